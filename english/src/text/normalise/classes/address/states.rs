//! States and ZIP codes.

use super::in_address;
use crate::text::normalise::{
    engine::Reading,
    line::Line,
    say::numbers,
    words::{Role, said},
};

/// "Santa Clara, CA 95051", "City, NY", "Gary, Ind."
pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let before = line.get(at.checked_sub(1)?)?;
    if !token.open.is_empty() || !before.is_capitalised() || !token.spaced {
        return None;
    }
    short(line, at).or_else(|| code(line, at))
}

/// "CA"
fn code(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (token, before) = (&line.tokens[at], &line.tokens[at - 1]);
    let mut name = said(token.core, Role::State)?;
    let next = line.next(at).map_or("", |next| next.core);
    // "Perth, WA 6000"
    let australian = next.len() == 4 && next.starts_with('6') && numbers::is_digits(next);
    if token.core == "WA"
        && (australian || matches!(before.core, "Albany" | "Broome" | "Fremantle" | "Perth"))
    {
        name = "Western Australia";
    }
    if token.core == "NT" && matches!(before.core, "Darwin" | "Katherine" | "Springs") {
        name = "Northern Territory";
    }
    let zipped = is_zip(next);
    let after_comma = before.close == "," && before.shape.lower;
    let clear = after_comma && (!token.is(Role::StateWord) || in_address(line, at));
    (clear || (zipped && matches!(before.close, "," | ".," | ""))).then(|| Reading::abbreviation(name, 1))
}

/// "Ind." after a place and a comma.
fn short(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let name = said(token.core, Role::StateShort)?;
    if !token.close.starts_with('.') || !line.tokens[at - 1].close.ends_with(',') {
        return None;
    }
    let goes_on = token.close.len() > 1
        || line
            .next_after_dot(at)
            .is_some_and(|next| is_zip(next.core) || !next.is_capitalised());
    // "Yes, Pa.", "Mr. Jones, Miss. Smith"
    let spoken = line.tokens[at - 1].is(Role::Answer);
    let ends = line.get(at + 1).is_none() && !spoken;
    (goes_on || ends || !token.is(Role::StateShortWord)).then(|| Reading::abbreviation(name, 1))
}

fn is_zip(text: &str) -> bool {
    let (zip, more) = text.split_once('-').unwrap_or((text, ""));
    zip.len() == 5
        && numbers::is_digits(zip)
        && (more.is_empty() || (more.len() == 4 && numbers::is_digits(more)))
}

/// The ZIP code after a state, digit by digit.
pub(crate) fn zip(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let before = line.previous(at)?;
    let state = before.is(Role::State) || before.is(Role::StateShort) || before.is(Role::StateName);
    if !(state || before.core == "D.C") || !is_zip(token.core) {
        return None;
    }
    let groups: Vec<_> = token.core.split('-').map(numbers::spelled).collect();
    Some(Reading::new(groups.join(", "), 1))
}
