//! Dates in words and in numbers, decades, years before and after Christ.

mod decades;
mod numeric;
mod spans;
mod worded;

pub(crate) use decades::decade;
pub(crate) use numeric::read as numeric;
pub(crate) use spans::span;
pub(crate) use worded::{day_month, days_month, joined, month_day};

use crate::text::{
    Dialect,
    normalise::{
        calendar::month,
        engine::Reading,
        line::Line,
        say::numbers,
        words::{self, Role},
    },
};

/// "AD 1066"
pub(crate) fn anno(line: &Line<'_>, at: usize) -> Option<Reading> {
    let year = line
        .next_after_dot(at)
        .filter(|next| next.is_digits() && next.core.len() <= 4)?;
    Some(Reading::new(
        format!("A.D. {}", numbers::year(year.core, line.dialect)),
        2,
    ))
}

/// A day of 1 to 31 with or without its ordinal ending.
fn day(text: &str) -> Option<&str> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = &text[digits.len()..];
    let ending = ending.is_empty()
        || ["st", "nd", "rd", "th"]
            .iter()
            .any(|e| e.eq_ignore_ascii_case(ending));
    let value: usize = digits.parse().ok()?;
    (ending && digits.len() <= 2 && (1..=31).contains(&value)).then_some(digits)
}

/// A year of four digits, or of two after an apostrophe.
fn year(open: &str, text: &str, dialect: Dialect) -> Option<String> {
    if text.len() == 4 && numbers::is_digits(text) && !text.starts_with('0') {
        return Some(numbers::year(text, dialect));
    }
    (open.ends_with(['\'', '’', '‘']) && text.len() == 2 && numbers::is_digits(text))
        .then(|| two_digits(text, dialect))
}

/// A year written with two digits.
fn two_digits(text: &str, dialect: Dialect) -> String {
    match text.strip_prefix('0') {
        Some("0") => "two thousand".to_owned(),
        Some(digit) => format!("oh {}", numbers::spelled(digit)),
        None => numbers::cardinal(text, dialect),
    }
}

/// "'99", "’05".
pub(crate) fn short_year(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let digits = token.core.strip_suffix("s").is_none() && token.is_digits() && token.core.len() == 2;
    (digits && token.open.ends_with(['\'', '’', '‘']) && !token.close.contains(['\'', '’']))
        .then(|| Reading::new(two_digits(token.core, line.dialect), 1).with_open(true))
}

/// "July twenty fifth", "July the twenty fifth".
fn month_then_day(month: &str, day: &str, dialect: Dialect) -> String {
    let article = if dialect == Dialect::British { "the " } else { "" };
    format!("{} {article}{}", month, numbers::ordinal(day, dialect))
}

fn day_then_month(month: &str, day: &str, dialect: Dialect, article: bool) -> String {
    let article = if article { "the " } else { "" };
    format!("{article}{} of {}", numbers::ordinal(day, dialect), month)
}

/// The year after the token at `at`, as words with what leads to them.
fn year_after(line: &Line<'_>, at: usize) -> Option<String> {
    let next = line.get(at + 1).filter(|next| next.spaced)?;
    let close = line.tokens[at].close;
    if !matches!(close, "" | "," | "." | ".,") || !matches!(next.open, "" | "'" | "’" | "‘") {
        return None;
    }
    let words = year(next.open, next.core, line.dialect)?;
    Some(format!(
        "{}{words}",
        if close.ends_with(',') { ", " } else { " " }
    ))
}

/// "2023Q1", "2023-H2"
pub(crate) fn quarter(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (year, rest) = line.tokens[at].core.split_at_checked(4)?;
    let (letter, part) = rest.strip_prefix('-').unwrap_or(rest).split_at_checked(1)?;
    (("1900".."2200").contains(&year) && matches!(letter, "Q" | "H") && matches!(part, "1" | "2" | "3" | "4"))
        .then(|| {
            let part = numbers::cardinal(part, line.dialect);
            Reading::new(
                format!("{} {letter} {part}", numbers::year(year, line.dialect)),
                1,
            )
        })
}

/// "44 BC", "1066 A.D.".
pub(crate) fn era(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let next = line.next(at)?;
    let letters: String = next.core.chars().filter(|&c| c != '.').collect();
    let era = match letters.as_str() {
        "BC" => "B.C.",
        "AD" => "A.D.",
        "BCE" => "BCE",
        "CE" => "CE",
        _ => return None,
    };
    // "10,000 BC"
    let long = token.core.contains(',') && numbers::is_integer(token.core);
    if !long && (!token.is_digits() || token.core.len() > 5) {
        return None;
    }
    let year = if token.core.len() > 4 {
        numbers::cardinal(token.core, line.dialect)
    } else {
        numbers::year(token.core, line.dialect)
    };
    let mut reading = Reading::new(format!("{year} {}", era.trim_end_matches('.')), 2);

    if era.ends_with('.') && !next.close.starts_with('.') {
        reading.words.push('.');
    }
    Some(reading)
}

/// "Mon, Jan 5" and "Tue." where a date follows.
pub(crate) fn weekday(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let name = words::said(token.core, Role::WeekdayShort)?;
    // "Sat." and "Sun." are words too.
    let beside = |offset: isize| {
        at.checked_add_signed(offset)
            .and_then(|at| line.get(at))
            .is_some_and(|token| token.is(Role::WeekdayShort))
    };
    if token.close == "." && (!matches!(token.core, "Sat" | "Sun") || beside(2) || beside(-2)) {
        return Some(Reading::abbreviation(name, 1));
    }
    let next = line.get(at + 1)?;
    let dated = month(next.core).is_some() || next.shape.digit;
    (dated && matches!(token.close, "" | "," | "." | ".,")).then(|| Reading::new(name, 1).goes_on())
}

#[cfg(test)]
mod tests;
