//! The names of the model that speaks, as OpenAI's clients and catalogues of models write them, and that of the one that drafts.

/// The built-in voice, which drafts what the model will say.
pub(super) const DRAFT: &str = "draft";

/// The model's names that are listed.
pub(super) const SERVED: [&str; 4] = ["kokoro", "tts-1", "tts-1-hd", "gpt-4o-mini-tts"];

/// What a catalogue may append to `kokoro`: the size, the version and the file's form.
const KOKORO: [&str; 11] = [
    "82m", "v1", "0", "tts", "onnx", "int8", "q8", "fp16", "fp32", "q8f16", "en",
];

/// Whether `id` means the model that speaks here: `kokoro`, `hexgrad/Kokoro-82M`, `kokoro-v1_0`, `tts-1-1106`,
/// `gpt-4o-mini-tts-2025-12-15`. Another version or language of Kokoro does not.
#[must_use]
pub(super) fn is_served(id: &str) -> bool {
    let id = id.trim().to_ascii_lowercase();
    // The owner, as hubs write it.
    let name = id.rsplit_once('/').map_or(id.as_str(), |(_, name)| name);
    let mut parts = name.split(['-', '_', '.', ':']);
    if parts.next() == Some("kokoro") {
        return parts.all(|part| KOKORO.contains(&part));
    }
    let dated = |served: &&str| name.strip_prefix(*served).is_some_and(is_date);
    SERVED.contains(&name) || SERVED.iter().any(dated)
}

/// Whether `id` means the built-in voice.
#[must_use]
pub(super) fn is_draft(id: &str) -> bool {
    id.trim().eq_ignore_ascii_case(DRAFT)
}

/// `-1106` or `-2025-12-15`.
fn is_date(rest: &str) -> bool {
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let marks = rest.bytes().filter(|byte| *byte == b'-').count();
    rest.starts_with('-') && digits + marks == rest.len() && [(4, 1), (8, 3)].contains(&(digits, marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_known_as_catalogues_write_them() {
        for id in [
            "kokoro",
            "Kokoro",
            "hexgrad/Kokoro-82M",
            "kokoro-82m",
            "kokoro-v1",
            "kokoro-v1.0",
            "kokoro-v1_0",
            "onnx-community/Kokoro-82M-v1.0-ONNX",
            "kokoro-v1.0.int8",
            "tts-1",
            "tts-1-1106",
            "tts-1-hd",
            "tts-1-hd-1106",
            "gpt-4o-mini-tts",
            "gpt-4o-mini-tts-2025-12-15",
            "openai/gpt-4o-mini-tts",
        ] {
            assert!(is_served(id), "{id}");
        }
        for id in [
            "",
            "/",
            "piper",
            "kokoro-v0_19",
            "Kokoro-82M-v1.1-zh",
            "kokoroid",
            "tts-2",
            "tts-1-",
            "tts-1-11",
            "tts-1-hd-x",
            "gpt-4o-mini",
            "gpt-4o-mini-tts-20-25",
            "gpt-4o-mini-tts2025-12-15",
        ] {
            assert!(!is_served(id), "{id}");
        }
    }
}
