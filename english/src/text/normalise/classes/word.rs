//! Words in odd spellings: drawn out, laughing, in CamelCase or snake_case, with an optional plural.

use crate::text::normalise::{
    amounts::roman::value,
    line::Line,
    say::spelling::{letter_name, parts, spelled},
    words::{Role, is},
};

/// Laughter is as long as this many syllables.
const MAX_LAUGH: usize = 3;

pub(crate) fn optional_plural(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    line.options
        .optional_pluralization_normalization
        .then(|| plural(core))?
}

pub(crate) fn snake_case(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let snake = core.contains('_')
        && core.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        && core.contains(char::is_alphabetic);
    snake
        .then(|| snake_words(core, line))
        .filter(|words| !words.is_empty())
}

/// "Δx", "μ": Greek words have been written in Latin letters before.
pub(crate) fn greek(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let words = || letter_name(core).map_or_else(|| spelled(core, line.dialect, true), str::to_owned);
    line.tokens[at].is_word().then(words)
}

pub(crate) fn camel_case(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let split = parts(core);
    (line.tokens[at].is_word() && !line.tokens[at].shape.repeated && split != core).then_some(split)
}

/// "item(s)" → "items".
fn plural(core: &str) -> Option<String> {
    let (stem, ending) = ["(s)", "(es)", "(S)"]
        .into_iter()
        .find_map(|ending| Some((core.strip_suffix(ending)?, ending)))?;
    let word = !stem.is_empty() && stem.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\'');
    word.then(|| format!("{stem}{}", ending.trim_matches(['(', ')']).to_ascii_lowercase()))
}

fn snake_words(core: &str, line: &Line<'_>) -> String {
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

/// "hahahaha" → "ha ha ha".
pub(crate) fn laughter(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
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
pub(crate) fn drawn_out(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    // "XVIII" is not drawn out.
    if !line.tokens[at].is_word() || value(core).is_some() {
        return None;
    }
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
