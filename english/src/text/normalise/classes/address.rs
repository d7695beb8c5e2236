//! Postal addresses: house numbers, streets, directions, states and ZIP codes.

mod directions;
mod postcode;
mod roads;
mod states;

pub(crate) use directions::read as direction_beside;
pub(crate) use postcode::read as postcode;
pub(crate) use roads::{county, number as road_number, read as road};
pub(crate) use states::{read as state, zip};

use crate::text::normalise::{
    amounts::{fractions, units::is_unit},
    context::streets::is_street,
    engine::Reading,
    line::Line,
    say::{house, numbers},
    words::{Role, begins_sentence, is, said},
};

/// A street's kind stands within so many tokens of the house number.
const MAX_STREET_TOKENS: usize = 6;

/// "1428 Elm St.", "221B Baker Street", "12 S 1st st", "120-14 Queens Blvd", "17 1/2 W. 10th St."
pub(crate) fn house_number(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let digits = core.trim_end_matches(|c: char| c.is_ascii_uppercase() || matches!(c, 'a'..='f'));
    let letter = &core[digits.len()..];
    if letter.len() > 1 {
        return None;
    }
    if let Some(reading) = half(line, at) {
        return Some(reading);
    }
    let to_road = || letter.is_empty() && roads::follows(line, at);
    if !(leads_to_street(line, at) || to_road() || directions::leads_to_name(line, at)) {
        return None;
    }
    let mut words = Vec::new();
    for part in digits.split('-') {
        if !numbers::is_digits(part) || part.len() > 5 || words.len() == 2 {
            return None;
        }
        words.push(match part.strip_prefix('0') {
            Some(digit) if digit.len() == 1 => format!("oh {}", numbers::spelled(digit)),
            _ => house(part, line.dialect),
        });
    }
    if !letter.is_empty() {
        words.push(letter.to_ascii_uppercase());
    }
    // "12-14 High St." is a range, "120-14" in Queens none.
    let range = digits
        .split_once('-')
        .is_some_and(|(from, to)| from.len() == to.len() && from < to);
    Some(Reading::new(words.join(if range { " to " } else { " " }), 1))
}

/// "17 1/2" before a street: without it "1/2 W." would be half a watt.
fn half(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let fraction = line
        .next(at)
        .filter(|_| token.is_digits() && token.core.len() < 5)?;
    let fraction = fractions::alone(fraction.core, line.dialect)?;
    leads_to_street(line, at + 1).then(|| {
        let number = house(token.core, line.dialect);
        Reading::new(format!("{number} and {fraction}"), 2)
    })
}

/// A street of names, ordinals and directions follows the number at `at`.
fn leads_to_street(line: &Line<'_>, at: usize) -> bool {
    for i in at..at + MAX_STREET_TOKENS {
        let Some(next) = line.next_after_dot(i) else {
            return false;
        };
        let dotted = line.tokens[i].close == ".";
        if i > at && dotted && line.tokens[i].core.len() > 2 && !goes_with_name(line.tokens[i].core) {
            return false;
        }
        if i > at && is_street(next) {
            return true;
        }
        let ordinal = next.is_ordinal();
        let named = next.is_word() && next.is_capitalised();
        if !(ordinal || named || next.is(Role::Direction)) {
            return i == at && is_small_street(line, at + 1);
        }
    }
    false
}

/// Abbreviations that stand in the names of streets: "N.E. 5th St.", "Jr. Blvd."
fn goes_with_name(text: &str) -> bool {
    is(text, Role::Direction) || matches!(text, "Jr" | "Mrs")
}

/// "oak st.", "old mill rd" in small letters from `at` on.
fn is_small_street(line: &Line<'_>, at: usize) -> bool {
    (at..at + 2).any(|name| small_street(line, name + 1).is_some())
        && line
            .get(at)
            .is_some_and(|name| name.core.len() > 2 && !name.is(Role::Function))
}

/// The kind of street at `at`, in small letters after a name in small letters.
fn small_street(line: &Line<'_>, at: usize) -> Option<&'static str> {
    let token = line.get(at)?;
    let name = said(token.core, Role::Street).filter(|_| !token.shape.upper)?;
    let before = line.previous(at)?;
    let named = before.is_word()
        && before.close.is_empty()
        && before.core.len() > 2
        && !before.is(Role::Function)
        && !is_unit(before.core);
    // "dr. who", "sq. feet" and the like go on with a word; "12 oak st. near" does too.
    let ends = token.close.starts_with(',')
        || token.core == "st" && token.close == "."
        || line
            .next_after_dot(at)
            .is_none_or(|next| next.is(Role::Function) || next.is_capitalised());
    let clear = token.is(Role::StreetSurely) || matches!(token.core, "st" | "dr" | "ct" | "pl") && ends;
    (named && clear).then_some(name)
}

/// A house number stands before, on the same line and not far.
fn in_address(line: &Line<'_>, at: usize) -> bool {
    let from = at.saturating_sub(MAX_STREET_TOKENS);
    line.tokens[from..at].iter().any(|token| {
        token.shape.digit
            && token
                .core
                .trim_end_matches(|c: char| c.is_ascii_alphabetic())
                .bytes()
                .all(|b| b.is_ascii_digit() || b == b'-')
    })
}

/// "Expy", "St." after a name.
pub(crate) fn street(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    if let Some(name) = small_street(line, at) {
        let numbered = |i: usize| {
            line.previous(i)
                .is_some_and(|number| number.is_digits() && number.close.is_empty())
        };
        let house = numbered(at - 1) || line.previous(at - 1).is_some() && numbered(at - 2);
        return house.then(|| Reading::abbreviation(name, 1));
    }
    let addressed = in_address(line, at);
    let name = said(token.core, Role::Street)
        .or_else(|| said(token.core, Role::StreetInAddress).filter(|_| addressed))?;
    // "Ave of the Stars"
    if matches!(token.core, "Ave" | "Av") && line.next_after_dot(at).is_some_and(|next| next.core == "of") {
        return Some(Reading::new(name, 1).goes_on());
    }
    let before = line.previous(at)?;
    let ordinal = before.is_ordinal();
    let named = before.is_word()
        && before.is_capitalised()
        && (before.core.len() > 2 || before.is_capitals() || before.core == "Jr");
    let next = line.next_after_dot(at);
    // "400 S. Dr. King Blvd.", "12 Harry Potter Pt. 2"
    let titled = token.core == "Dr" && before.is(Role::Direction) && leads_to_name(line, at);
    let part = matches!(token.core, "Est" | "Pt" | "Wk") && next.is_some_and(|next| next.shape.digit);
    if !(named || ordinal) || titled || part {
        return None;
    }
    let dotted = token.close.starts_with('.');
    let capital = token.is_capitalised();
    // "12th Ave. S", "Main St. Suite 5"
    let directed = dotted
        && next.is_some_and(|next| {
            next.is(Role::Direction)
                || matches!(
                    next.core,
                    "Apt" | "Bldg" | "Floor" | "Room" | "Ste" | "Suite" | "Unit"
                )
        });
    if addressed && directed {
        return Some(Reading::new(name, 1).goes_on());
    }
    // "on Church Ln" needs no number; "Schubert's Ave Maria" is none.
    let follows_name = next.is_some_and(|next| next.is_capitalised());
    let surely = capital && token.is(Role::StreetSurely) && !(token.core == "Ave" && !dotted && follows_name);
    if !addressed
        && !surely
        && (!dotted
            || !capital
            || matches!(
                token.core,
                "Av" | "Cl" | "Pl" | "Ct" | "Str" | "Ter" | "Cir" | "Sq"
            )
            || leads_to_name(line, at))
    {
        return None;
    }
    Some(Reading::abbreviation(name, 1))
}

/// "3rd Fl."
pub(crate) fn floor(line: &Line<'_>, at: usize) -> Option<Reading> {
    let before = line.previous(at)?;
    let ordinal = before.is_ordinal();
    ordinal.then(|| Reading::abbreviation("Floor", 1))
}

/// What follows "St." or "Dr." on the same sentence is the name of a saint or a person, as in "with Dr. Evil".
fn leads_to_name(line: &Line<'_>, at: usize) -> bool {
    matches!(line.tokens[at].core, "St" | "Dr")
        && line
            .next_after_dot(at)
            .is_some_and(|next| next.is_capitalised() && !begins_sentence(next.core) && !is_street(next))
}
