//! File names for `Content-Disposition`.

use axum::http::HeaderValue;

const MAX_CHARS: usize = 100;
const DEFAULT: &str = "speech";

/// `inline` or `attachment` with a file name that is safe in a header and on a disk. RFC 6266.
pub(super) fn disposition(kind: &str, wanted: Option<&str>, extension: &str) -> HeaderValue {
    let stem = wanted
        .map(clean)
        .filter(|stem| !stem.is_empty())
        .unwrap_or_else(|| DEFAULT.to_owned());
    let stem = stem.strip_suffix(&format!(".{extension}")).unwrap_or(&stem);
    let ascii: String = stem.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let mut value = format!("{kind}; filename=\"{ascii}.{extension}\"");
    if ascii != stem {
        let encoded: String = stem.bytes().map(percent_encoded).collect();
        value.push_str(&format!("; filename*=UTF-8''{encoded}.{extension}"));
    }
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

/// Without what means something to shells, file systems and headers.
fn clean(name: &str) -> String {
    let bad = |c: char| c.is_control() || r#"/\:*?"<>|%;"#.contains(c);
    let name: String = name.chars().filter(|c| !bad(*c)).take(MAX_CHARS).collect();
    name.trim_matches(['.', ' ']).to_owned()
}

fn percent_encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_harmless() {
        for (wanted, header) in [
            (None, "a; filename=\"speech.mp3\""),
            (Some("my book"), "a; filename=\"my book.mp3\""),
            (Some("x.mp3"), "a; filename=\"x.mp3\""),
            (Some("../../etc/passwd"), "a; filename=\"etcpasswd.mp3\""),
            (
                Some("a\"; filename=\"evil.exe\r\nX: y"),
                "a; filename=\"a filename=evil.exeX y.mp3\"",
            ),
            (Some("..."), "a; filename=\"speech.mp3\""),
            (
                Some("café"),
                "a; filename=\"caf_.mp3\"; filename*=UTF-8''caf%C3%A9.mp3",
            ),
        ] {
            assert_eq!(disposition("a", wanted, "mp3"), header);
        }
        let long = disposition("a", Some(&"x".repeat(5000)), "wav");
        assert_eq!(long.len(), "a; filename=\".wav\"".len() + MAX_CHARS);
    }
}
