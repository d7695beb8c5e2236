//! Whatever no other class reads: letters, digits and signs one after the other.

use crate::text::normalise::{engine::Reading, line::Line, say::spelling::spelled};

pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    if core == "§§" {
        return Some(Reading::new("sections", 1));
    }
    // "Hello there. / Hi!": the stroke only parts lines.
    if core == "/"
        && at > 0
        && line.tokens[at - 1]
            .close
            .ends_with(['.', ',', ';', ':', '!', '?', '—'])
    {
        return Some(Reading::new("", 1));
    }
    // At the head of a line they only lead the eye.
    if at == 0 && line.tokens.len() > 1 && matches!(core, "→" | "⇒" | "·" | "•" | "‣") {
        return Some(Reading::new("", 1));
    }
    if core == "©" && at > 0 && line.tokens[at - 1].core.eq_ignore_ascii_case("copyright") {
        return Some(Reading::new("", 1));
    }
    if let Some(words) = note(core).or_else(|| company(core)) {
        return Some(Reading::new(words, 1));
    }
    Some(Reading::new(
        spelled(core, line.dialect, line.options.replace_remaining_symbols),
        1,
    ))
}

/// "C#" and "F♯".
fn note(core: &str) -> Option<String> {
    let letter = core.strip_suffix(['#', '♯'])?;
    (letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_uppercase())).then(|| format!("{letter} sharp"))
}

/// "AT&T": two letters before the sign are spelled, for they might be a word.
fn company(core: &str) -> Option<String> {
    let (first, second) = core.split_once('&')?;
    let capitals = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase());
    (first.len() == 2 && capitals(first) && capitals(second))
        .then(|| format!("{}.{}. and {second}", &first[..1], &first[1..]))
}
