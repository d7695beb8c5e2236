//! What the words around a number tell of it.

pub(crate) mod streets;

use crate::text::normalise::{
    line::Line,
    say::{house, number::Number, numbers},
    words::Role,
};

/// A noun stands before whose numbers are names: "flat", "exit", "room".
pub(crate) fn is_place(line: &Line<'_>, at: usize) -> bool {
    line.after_a(at, Role::Place)
}

/// Rooms, flights, roads and aeroplanes of three digits are said like houses: "seven forty seven".
pub(crate) fn is_named(line: &Line<'_>, at: usize) -> bool {
    // "flight UA 237"
    let flight = at > 1
        && line.tokens[at - 1].is_capitals()
        && line.tokens[at - 2].core.eq_ignore_ascii_case("flight");
    flight || line.after_a(at, Role::Named)
}

/// A word follows that is counted, or a magnitude; or a word of amount stands before.
pub(crate) fn counts(line: &Line<'_>, at: usize) -> bool {
    line.next(at).is_some_and(|next| {
        next.is(Role::Magnitude)
            || (next.is_word() && next.shape.lower && !next.shape.upper && !next.is(Role::Function))
    }) || line.after_a(at, Role::AmountWord)
}

/// A plural follows: "10 - 15 minutes".
pub(crate) fn counts_plural(line: &Line<'_>, at: usize) -> bool {
    line.next(at).is_some_and(|next| {
        next.is_small_word() && next.core.len() > 3 && next.core.ends_with('s') && counts(line, at)
    })
}

/// "2m people": what follows is counted in millions, and not measured in meters.
pub(crate) fn counts_millions(line: &Line<'_>, at: usize) -> bool {
    line.before_a(at, Role::Counted)
}

/// No name or noun of a number stands before, as in "Apollo 11 500 times".
pub(crate) fn after_word(line: &Line<'_>, at: usize) -> bool {
    line.previous(at)
        .is_none_or(|before| before.is_small_word() || before.is(Role::Function))
}

/// "7M users", "1.5B", "300M" are amounts, "flat 4B" and "7B" not.
pub(crate) fn is_amount(number: &Number<'_>, line: &Line<'_>, at: usize) -> bool {
    !number.is_whole()
        || number.whole().len() > 2 && !is_place(line, at)
        || line
            .next(at)
            .is_some_and(|next| next.is_small_word() && (next.core.ends_with('s') || next.core == "people"))
}

/// Digits that stand for no amount: announced as a code, or long and alone.
pub(crate) fn is_code(digits: &str, line: &Line<'_>, at: usize) -> bool {
    if digits.len() == 3 {
        let dialled = matches!(
            digits,
            "911" | "999" | "112" | "411" | "311" | "211" | "988" | "101" | "111"
        );
        let area = at > 1
            && line.tokens[at - 1].core.eq_ignore_ascii_case("code")
            && line.tokens[at - 2].core.eq_ignore_ascii_case("area");
        return area || dialled && line.after_a(at, Role::Dialling);
    }
    if digits.len() < 4 {
        return false;
    }
    // As long as a telephone number.
    if digits.len() >= 10 && line.next(at).is_none() {
        return true;
    }
    // "Text STOP to 88022": short numbers of mobile networks.
    let texted = matches!(digits.len(), 5 | 6)
        && line.tokens[at.saturating_sub(3)..at]
            .iter()
            .any(|token| token.core.eq_ignore_ascii_case("text"));
    if texted || is_announced(line, at) {
        return true;
    }
    // Long digits without a comma and without anything that they count.
    digits.len() > 4 && !counts(line, at) && (line.tokens.len() == 1 || !digits.ends_with("00"))
}

/// A word stands shortly before whose number is read digit by digit, and no other number between.
pub(crate) fn is_announced(line: &Line<'_>, at: usize) -> bool {
    const REACH: usize = 3;
    // "4111 1111": groups of one number.
    let group = |i: &usize| line.tokens[*i].shape.digit && line.tokens[*i].close.is_empty();
    let first = (0..at).rev().take(REACH).take_while(group).last().unwrap_or(at);
    let before = line.tokens[first.saturating_sub(REACH)..first].iter().rev();
    before
        .take_while(|token| !token.shape.digit)
        .any(|token| token.is(Role::Announcing))
}

/// "RTX 4090", "RFC 2119": said in pairs.
pub(crate) fn is_model(digits: &str, line: &Line<'_>, at: usize) -> bool {
    !digits.ends_with("00")
        && !counts_plural(line, at)
        && line
            .next(at)
            .is_none_or(|next| next.shape.upper || next.is(Role::Function))
        && line.previous(at).is_some_and(|before| {
            before.is_capitals() && before.is_word() && before.core.len() > 1 && before.core.len() < 6
        })
}

/// A number of four digits that is said as a year.
pub(crate) fn is_year(digits: &str, line: &Line<'_>, at: usize) -> bool {
    let value: u32 = digits.parse().unwrap_or(0);
    let announced = line.after_a(at, Role::Dating);
    let follower = line.next(at);
    // "1500 people", "2000 miles": something is counted.
    let counted = follower.is_some_and(|next| {
        next.is_word()
            && next.shape.lower
            && !next.shape.upper
            && next.core.len() > 3
            && (next.core.ends_with('s') && !next.core.ends_with("ss") || next.core == "people")
            && !matches!(next.core, "was" | "has" | "is" | "census" | "lens")
            || next.is(Role::Magnitude)
    });
    match value {
        1000..1100 | 2100..3000 => announced && !counted,
        1100..2100 => !counted && !line.after_a(at, Role::Counting),
        _ => false,
    }
}

/// An equals sign stands within a few tokens.
pub(crate) fn in_equation(line: &Line<'_>, at: usize) -> bool {
    const REACH: usize = 8;
    let from = at.saturating_sub(REACH);
    let to = line.tokens.len().min(at + REACH);
    line.tokens[from..to].iter().any(|token| token.core == "=")
}

/// Digits alone, by what stands around them.
pub(crate) fn plain(digits: &str, line: &Line<'_>, at: usize) -> String {
    let spelled =
        (digits.len() > 1 && digits.starts_with('0')) || digits.len() > 12 || is_code(digits, line, at);
    if spelled {
        numbers::spelled(digits)
    } else if digits.len() == 3 && is_named(line, at) {
        house(digits, line.dialect)
    } else if digits.len() == 4 && line.previous(at).is_some_and(|before| before.core == "Form") {
        // "Form 1040"
        house(digits, line.dialect)
    } else if digits.len() == 4 && (is_year(digits, line, at) || is_model(digits, line, at)) {
        numbers::year(digits, line.dialect)
    } else {
        numbers::cardinal(digits, line.dialect)
    }
}

/// "1 000 000", "12 500 people": thousands set apart by spaces; the digits and the number of tokens.
pub(crate) fn spaced(line: &Line<'_>, at: usize) -> Option<(String, usize)> {
    const MAX_GROUPS: usize = 6;
    let first = &line.tokens[at];
    if !first.is_digits() || first.core.len() > 3 || first.core.starts_with('0') {
        return None;
    }
    let mut number = first.core.to_owned();
    let mut tokens = 1;
    while let Some(next) = line
        .next(at + tokens - 1)
        .filter(|next| next.is_digits() && next.core.len() == 3 && tokens <= MAX_GROUPS)
    {
        number += next.core;
        tokens += 1;
    }
    // A fourth digit or a second number makes something else of it.
    let ends = !line.next(at + tokens - 1).is_some_and(|next| next.shape.digit);
    let last = at + tokens - 1;
    let alone = line.tokens.len() == 2;
    let surely = tokens > 2
        || (tokens == 2 && (alone || number.ends_with("000") || counts(line, last) && after_word(line, at)));
    (ends && surely).then_some((number, tokens))
}
