//! Postal addresses: house numbers, streets, directions, states and ZIP codes.

mod tables;

use super::{
    numbers,
    words::{Dot, Line, Reading},
};
use crate::text::Dialect;
use tables::{DIRECTIONS, STATES, STREETS, WORDS, WRITTEN_OUT};

/// A street's kind stands within so many tokens of the house number.
const MAX_STREET_TOKENS: usize = 6;

pub(super) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    if token.shape.digit {
        return house_number(line, at).or_else(|| zip(line, at));
    }
    if token.core.len() > 5 || token.shape.symbol {
        return None;
    }
    street(line, at)
        .or_else(|| numbered_way(line, at))
        .or_else(|| floor(line, at))
        .or_else(|| direction(line, at))
        .or_else(|| state(line, at))
}

/// For the fast path.
pub(super) fn may_abbreviate(text: &str) -> bool {
    street_name(text).is_some()
}

/// The kind of street that an abbreviation with or without its full stop names.
fn street_name(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    STREETS
        .iter()
        .find(|(short, _)| *short == lower)
        .map(|(_, name)| *name)
}

fn is_street(text: &str) -> bool {
    street_name(text).is_some() || WRITTEN_OUT.contains(&text.to_ascii_lowercase().as_str())
}

/// "1428 Elm St.", "221B Baker Street", "12 S 1st st".
fn house_number(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let digits = core.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let letter = &core[digits.len()..];
    if !numbers::is_digits(digits) || digits.len() > 5 || letter.len() > 1 || !leads_to_street(line, at) {
        return None;
    }
    let mut words = house(digits, line.dialect);
    if !letter.is_empty() {
        words.push(' ');
        words += letter;
    }
    Some(Reading::new(words, 1))
}

/// A street of names, ordinals and directions follows the number at `at`.
fn leads_to_street(line: &Line<'_>, at: usize) -> bool {
    for i in at..at + MAX_STREET_TOKENS {
        let Some(next) = line.next_after_dot(i) else {
            return false;
        };
        let dotted = line.tokens[i].close == ".";
        if i > at && dotted && line.tokens[i].core.len() > 2 {
            return false;
        }
        if i > at && is_street(next.core) {
            return true;
        }
        let ordinal = next.shape.digit && next.core.ends_with(['t', 'd', 'h']);
        if !(ordinal || (next.is_word() && next.core.starts_with(char::is_uppercase))) {
            return false;
        }
    }
    false
}

/// "twenty seven eighty eight", "one twenty three", "twelve hundred".
pub(super) fn house(digits: &str, dialect: Dialect) -> String {
    match digits.len() {
        3 if !digits.ends_with("00") => {
            let (hundred, rest) = digits.split_at(1);
            let hundred = numbers::cardinal(hundred, dialect);
            match rest.strip_prefix('0') {
                Some(digit) => format!("{hundred} oh {}", numbers::spelled(digit)),
                None => format!("{hundred} {}", numbers::cardinal(rest, dialect)),
            }
        }
        4 if digits.starts_with("10") && digits[2..].starts_with('0') && !digits.ends_with("00") => {
            format!("ten oh {}", numbers::spelled(&digits[3..]))
        }
        4 if !digits.starts_with('0') => numbers::year(digits, dialect),
        5 => numbers::spelled(digits),
        _ => numbers::cardinal(digits, dialect),
    }
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
                .all(|b| b.is_ascii_digit())
    })
}

/// "Expy", "St." after a name.
fn street(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let name = street_name(token.core)?;
    // "Ave of the Stars"
    if token.core == "Ave" && line.next_after_dot(at).is_some_and(|next| next.core == "of") {
        return Some(Reading {
            dot: Dot::Yes,
            ..Reading::new(name, 1)
        });
    }
    let before = line.previous(at)?;
    let ordinal = before.shape.digit && before.core.ends_with(['t', 'd', 'h']);
    let named = before.is_word()
        && before.core.starts_with(char::is_uppercase)
        && (before.core.len() > 2 || before.is_capitals());
    if !(named || ordinal) {
        return None;
    }
    let dotted = token.close.starts_with('.');
    let addressed = in_address(line, at);
    let capital = token.core.starts_with(char::is_uppercase);
    // "12th Ave. S", "Main St. Suite 5"
    let directed = dotted
        && line.next_after_dot(at).is_some_and(|next| {
            DIRECTIONS.iter().any(|(short, _)| *short == next.core)
                || matches!(next.core, "Apt" | "Floor" | "Room" | "Ste" | "Suite" | "Unit")
        });
    if addressed && directed {
        return Some(Reading {
            dot: Dot::Yes,
            ..Reading::new(name, 1)
        });
    }
    if !addressed
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

/// "Rte 9", "Hwy. 101", "Fl 34"
fn numbered_way(line: &Line<'_>, at: usize) -> Option<Reading> {
    let name = match line.tokens[at].core {
        "Rte" | "Rt" => "Route",
        "Hwy" => "Highway",
        "Fl" => "Floor",
        "Ste" => "Suite",
        "Rm" => "Room",
        "Apt" => "Apartment",
        _ => return None,
    };
    line.next_after_dot(at)
        .filter(|next| {
            let number = next.core.strip_prefix('#').unwrap_or(next.core);
            number.starts_with(|c: char| c.is_ascii_digit())
        })
        .map(|_| Reading {
            dot: Dot::Yes,
            ..Reading::new(name, 1)
        })
}

/// "3rd Fl."
fn floor(line: &Line<'_>, at: usize) -> Option<Reading> {
    let before = line.previous(at)?;
    let ordinal = before.shape.digit && before.core.ends_with(['t', 'd', 'h']);
    (matches!(line.tokens[at].core, "Fl" | "fl") && ordinal).then(|| Reading::abbreviation("Floor", 1))
}

/// What follows "St." or "Dr." on the same sentence is the name of a saint or a person, as in "with Dr. Evil".
fn leads_to_name(line: &Line<'_>, at: usize) -> bool {
    let sentence_word = |text: &str| {
        matches!(
            text,
            "It" | "He"
                | "She"
                | "They"
                | "We"
                | "I"
                | "You"
                | "The"
                | "A"
                | "An"
                | "This"
                | "That"
                | "There"
                | "But"
                | "And"
                | "Then"
                | "In"
                | "On"
                | "At"
                | "When"
        )
    };
    matches!(line.tokens[at].core, "St" | "Dr")
        && line.next_after_dot(at).is_some_and(|next| {
            next.core.starts_with(char::is_uppercase) && !sentence_word(next.core) && !is_street(next.core)
        })
}

/// "E" between a house number and a street.
fn direction(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let (_, name) = DIRECTIONS.iter().find(|(short, _)| *short == token.core)?;
    // "NW 5th Ave"
    if line.next_after_dot(at).is_some_and(|next| {
        next.shape.digit
            && next.core.ends_with(['t', 'd', 'h'])
            && line.next(at + 1).is_some_and(|street| is_street(street.core))
    }) {
        return Some(Reading {
            dot: Dot::Yes,
            ..Reading::new(*name, 1)
        });
    }
    let before = line.previous(at)?;
    let numbered = before.is_digits() && line.next_after_dot(at).is_some() && leads_to_street(line, at - 1);
    let after_street = is_street(before.core) && in_address(line, at);
    // "Hwy 101 N"
    let after_road = before.is_digits()
        && at > 1
        && matches!(
            line.tokens[at - 2].core.to_ascii_lowercase().as_str(),
            "hwy" | "highway" | "interstate" | "route" | "rte"
        );
    // "I-95 N"
    let after_road =
        after_road || before.core.starts_with("I-") && before.core.ends_with(|c: char| c.is_ascii_digit());
    if numbered {
        return Some(Reading {
            dot: Dot::Yes,
            ..Reading::new(*name, 1)
        });
    }
    (after_street || after_road).then(|| Reading::abbreviation(*name, 1))
}

/// "Santa Clara, CA 95051", "City, NY".
fn state(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    if token.core.len() != 2 || !token.is_capitals() || !token.open.is_empty() {
        return None;
    }
    let (_, name) = STATES.iter().find(|(short, _)| *short == token.core)?;
    let before = line.get(at.checked_sub(1)?)?;
    if !before.core.starts_with(char::is_uppercase) || !token.spaced {
        return None;
    }
    let zipped = line.next(at).is_some_and(|next| is_zip(next.core));
    let after_comma = before.close == "," && before.shape.lower;
    let clear = after_comma && (!WORDS.contains(&token.core) || in_address(line, at));
    (clear || (zipped && matches!(before.close, "," | ""))).then(|| Reading::abbreviation(*name, 1))
}

fn is_zip(text: &str) -> bool {
    let (zip, more) = text.split_once('-').unwrap_or((text, ""));
    zip.len() == 5
        && numbers::is_digits(zip)
        && (more.is_empty() || (more.len() == 4 && numbers::is_digits(more)))
}

/// The ZIP code after a state, digit by digit.
fn zip(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let before = line.previous(at)?;
    let state = STATES
        .iter()
        .any(|(short, name)| *short == before.core || *name == before.core);
    if !state || !is_zip(token.core) {
        return None;
    }
    let groups: Vec<_> = token.core.split('-').map(numbers::spelled).collect();
    Some(Reading::new(groups.join(", "), 1))
}
