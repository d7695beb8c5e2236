//! Letters with full stops between: "U.S.", "non-U.S.", "r.s.v.p.".

use crate::text::normalise::{
    engine::{Dot, Reading},
    line::Line,
    words::{Role, said},
};

/// No initials are longer.
const MAX_LETTERS: usize = 7;

/// "U.S.-based", "non-U.S."
pub(crate) fn compound(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    if !core.contains('.') || !core.contains('-') || core.len() > 31 {
        return None;
    }
    let single = |part: &str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_uppercase());
    let mut words = Vec::new();
    let mut spelled = false;
    for part in core.split('-') {
        let letters = part.strip_suffix('.').unwrap_or(part);
        if letters.contains('.') && letters.split('.').all(single) {
            words.push(format!("{letters}."));
            spelled = true;
        } else if !part.is_empty() && part.chars().all(char::is_alphabetic) {
            words.push(part.to_owned());
        } else {
            return None;
        }
    }
    let dot = if words.last().is_some_and(|last| last.ends_with('.')) {
        Dot::Yes
    } else {
        Dot::No
    };
    spelled.then(|| Reading::new(words.join(" "), 1).with_dot(dot))
}

/// "U.S.", "A.D.", "r.s.v.p.": spelled. Capitals keep their full stops, which tell them from words ("U.S." from "us").
pub(crate) fn initials(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = Some(line.tokens[at].core).filter(|core| core.len() <= MAX_LETTERS)?;
    let single = |part: &str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_alphabetic());
    if !core.contains('.') || !core.split('.').all(single) {
        return None;
    }
    if core.bytes().any(|b| b.is_ascii_uppercase()) {
        return Some(Reading::new(format!("{core}."), 1).goes_on());
    }
    Some(Reading::abbreviation(
        core.replace('.', "").to_ascii_uppercase(),
        1,
    ))
}

/// "Inc.'s", "U.S.'s"
pub(crate) fn possessive(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = Some(line.tokens[at].core).filter(|core| core.len() <= MAX_LETTERS)?;
    let short = core.strip_suffix(".'s").or_else(|| core.strip_suffix(".’s"))?;
    let words = said(short, Role::Dotted).map(str::to_owned);
    let initials = short.contains('.') && short.split('.').all(|part| part.len() == 1);
    let words = words.or_else(|| initials.then(|| short.replace('.', " ")))?;
    Some(Reading::new(format!("{words}'s"), 1))
}
