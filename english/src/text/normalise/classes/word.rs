//! Words in odd spellings: drawn out, laughing, in CamelCase or snake_case, with an optional plural.

use crate::text::normalise::{
    engine::Reading,
    line::Line,
    say::spelling::{is_greek, letter_name, parts, spelled},
    words::{Role, is},
};

/// Laughter is as long as this many syllables.
const MAX_LAUGH: usize = 3;

pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    if line.options.optional_pluralization_normalization
        && let Some(words) = optional_plural(core)
    {
        return Some(Reading::new(words, 1));
    }
    if core.contains('_')
        && core.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        && core.contains(char::is_alphabetic)
    {
        let words = snake(core, line);
        return (!words.is_empty()).then(|| Reading::new(words, 1));
    }
    if !line.tokens[at].is_word() {
        return None;
    }
    if let Some(name) = letter_name(core) {
        return Some(Reading::new(name, 1));
    }
    // "Δx", "μ": Greek words have been written in Latin letters before.
    if core.contains(is_greek) {
        return Some(Reading::new(spelled(core, line.dialect, true), 1));
    }
    if core == "IEEE" {
        return Some(Reading::new("I triple E", 1));
    }
    if let Some(words) = laughter(core) {
        return Some(Reading::new(words, 1));
    }
    if line.tokens[at].shape.repeated {
        return drawn_out(core).map(|word| Reading::new(word, 1));
    }
    let split = parts(core);
    (split != core).then(|| Reading::new(split, 1))
}

/// "item(s)" → "items".
fn optional_plural(core: &str) -> Option<String> {
    let (stem, ending) = ["(s)", "(es)", "(S)"]
        .into_iter()
        .find_map(|ending| Some((core.strip_suffix(ending)?, ending)))?;
    let word = !stem.is_empty() && stem.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\'');
    word.then(|| format!("{stem}{}", ending.trim_matches(['(', ')']).to_ascii_lowercase()))
}

fn snake(core: &str, line: &Line<'_>) -> String {
    let mut words = String::new();
    for part in core.split(['_', '-']).filter(|part| !part.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        if part.contains(|c: char| !c.is_alphabetic()) {
            words += &spelled(part, line.dialect, true);
        } else {
            words += &parts(part);
        }
    }
    words
}

/// "HTTPServer": an acronym and a word in one, which "NGOs" is not.
pub(crate) fn begins_with_capitals(text: &str) -> bool {
    let capitals = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = &text[capitals..];
    capitals > 2 && rest.len() > 4 && rest.bytes().all(|b| b.is_ascii_lowercase())
}

/// "hahahaha" → "ha ha ha".
fn laughter(core: &str) -> Option<String> {
    if core.len() < 6 || !core.is_ascii() {
        return None;
    }
    let lower = core.to_ascii_lowercase();
    let syllable = match &lower[..2] {
        "ha" | "ah" => "ha",
        "he" | "eh" => "heh",
        "hi" | "ih" => "hee",
        "ho" => "ho",
        _ => return None,
    };
    let vowel = lower.bytes().find(|&b| b != b'h')?;
    let vowels = lower.bytes().filter(|&b| b == vowel).count();
    let laughs = lower.bytes().filter(|&b| b == b'h').count();
    if vowels + laughs != lower.len() || vowels < 3 || laughs < 3 {
        return None;
    }
    Some(vec![syllable; MAX_LAUGH.min(laughs)].join(" "))
}

/// "soooo" → "so": a letter three times or more is said once, or twice where English doubles it.
fn drawn_out(core: &str) -> Option<String> {
    let lower = core.to_lowercase();
    if let Some(sound) = sound(&lower) {
        return Some(sound.to_owned());
    }
    let once = squeezed(core, 1);
    let twice = squeezed(core, 2);
    // "www", "AAA": a run and nothing else.
    if once.chars().count() == 1 {
        return None;
    }
    let doubled = is(&twice, Role::Doubled);
    Some(if doubled { twice } else { once })
}

/// Interjections, which have their own spelling.
fn sound(lower: &str) -> Option<&'static str> {
    let mut letters: Vec<char> = lower.chars().collect();
    letters.dedup();
    let skeleton: String = letters.into_iter().collect();
    Some(match skeleton.as_str() {
        "hm" => "hmm",
        "sh" => "shh",
        "gr" => "grr",
        "br" => "brr",
        "ah" if lower.len() > 3 => "ah",
        "oh" if lower.starts_with("ooo") => "ooh",
        "m" => "mmm",
        "z" => "zzz",
        "pf" | "pft" => "pfft",
        "pst" => "psst",
        _ => return None,
    })
}

/// Runs of three or more cut down to `keep`.
fn squeezed(core: &str, keep: usize) -> String {
    let mut out = String::with_capacity(core.len());
    let mut chars = core.chars().peekable();
    while let Some(c) = chars.next() {
        let mut run = 1;
        while chars.next_if(|d| d.to_lowercase().eq(c.to_lowercase())).is_some() {
            run += 1;
        }
        let kept = if run > 2 { keep } else { run };
        out.extend(std::iter::repeat_n(c, kept));
    }
    out
}
