//! Dates in words and in numbers, decades, years before and after Christ.

mod decades;
mod numeric;
mod spans;

use super::{
    numbers,
    tokens::Token,
    words::{Dot, Line, Reading},
};
use crate::text::Dialect;
use decades::decade;
use spans::span;

pub(super) use spans::is_span;

const MONTHS: [(&str, &[&str]); 12] = [
    ("January", &["january", "jan"]),
    ("February", &["february", "feb"]),
    ("March", &["march", "mar"]),
    ("April", &["april", "apr"]),
    ("May", &["may"]),
    ("June", &["june", "jun"]),
    ("July", &["july", "jul"]),
    ("August", &["august", "aug"]),
    ("September", &["september", "sept", "sep"]),
    ("October", &["october", "oct"]),
    ("November", &["november", "nov"]),
    ("December", &["december", "dec"]),
];

const WEEKDAYS: [(&str, &[&str]); 7] = [
    ("Monday", &["Mon"]),
    ("Tuesday", &["Tue", "Tues"]),
    ("Wednesday", &["Wed"]),
    ("Thursday", &["Thu", "Thur", "Thurs"]),
    ("Friday", &["Fri"]),
    ("Saturday", &["Sat"]),
    ("Sunday", &["Sun"]),
];

pub(super) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    if token.shape.digit {
        short_year(line, at)
            .or_else(|| decade(line, at))
            .or_else(|| day_month(line, at))
            .or_else(|| numeric::read(line, at))
            .or_else(|| joined(line, at))
            .or_else(|| era(line, at))
    } else {
        if matches!(token.core, "AD" | "A.D")
            && let Some(year) = line
                .next_after_dot(at)
                .filter(|next| next.is_digits() && next.core.len() <= 4)
        {
            return Some(Reading::new(
                format!("A.D. {}", numbers::year(year.core, line.dialect)),
                2,
            ));
        }
        month_day(line, at)
            .or_else(|| weekday(line, at))
            .or_else(|| span(line, at))
    }
}

/// For the fast path.
pub(super) fn may_abbreviate(text: &str) -> bool {
    text.len() >= 3 && WEEKDAYS.iter().any(|(_, short)| short.contains(&text))
}

/// The month of 1 to 12 that `text` names. "may" and "march" are words first, so only capitals count there.
fn month(text: &str) -> Option<usize> {
    if !(3..=9).contains(&text.len()) || matches!(text, "may" | "march") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    MONTHS
        .iter()
        .position(|(_, names)| names.contains(&lower.as_str()))
        .map(|i| i + 1)
}

fn month_name(month: usize) -> &'static str {
    MONTHS[month - 1].0
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
fn short_year(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let digits = token.core.strip_suffix("s").is_none() && token.is_digits() && token.core.len() == 2;
    (digits && token.open.ends_with(['\'', '’', '‘']) && !token.close.contains(['\'', '’'])).then(|| {
        Reading {
            open: true,
            ..Reading::new(two_digits(token.core, line.dialect), 1)
        }
    })
}

/// "July twenty fifth", "July the twenty fifth".
fn month_then_day(month: usize, day: &str, dialect: Dialect) -> String {
    let article = if dialect == Dialect::British { "the " } else { "" };
    format!(
        "{} {article}{}",
        month_name(month),
        numbers::ordinal(day, dialect)
    )
}

fn day_then_month(month: usize, day: &str, dialect: Dialect, article: bool) -> String {
    let article = if article { "the " } else { "" };
    format!(
        "{article}{} of {}",
        numbers::ordinal(day, dialect),
        month_name(month)
    )
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

/// "July 25, 2012", "Jan. 5-10", "july 1876", "SEPT. 15".
fn month_day(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let month = month(token.core).or_else(|| modest_month(line, at))?;
    let full = MONTHS[month - 1].1[0].len() == token.core.len();
    let abbreviated = |tokens| {
        let mut reading = Reading::new(month_name(month), tokens);
        reading.dot = Dot::Perhaps;
        reading
    };
    let dotted = token.close.starts_with('.') && !full;
    let Some(next) = line
        .next_after_dot(at)
        .filter(|next| next.shape.digit && (token.close.is_empty() || !full))
    else {
        return dotted.then(|| abbreviated(1));
    };
    if let Some(first) = day(next.core) {
        let mut words = month_then_day(month, first, line.dialect);
        let mut tokens = 2;
        // "June 1st - 5th"
        if let Some(last) = dash_between(line, at + 1).and_then(|last| day(last.core)) {
            words += &format!(" to {}", numbers::ordinal(last, line.dialect));
            tokens += 2;
            if let Some(year) = year_after(line, at + 3) {
                words += &year;
                tokens += 1;
            }
            return Some(Reading::new(words, tokens));
        }
        if let Some(year) = year_after(line, at + 1) {
            words += &year;
            tokens += 1;
        }
        return Some(Reading::new(words, tokens));
    }
    if let Some((from, to)) = next.core.split_once(['-', '–'])
        && let (Some(from), Some(to)) = (day(from), day(to))
    {
        let mut words = format!(
            "{} to {}",
            month_then_day(month, from, line.dialect),
            numbers::ordinal(to, line.dialect)
        );
        let mut tokens = 2;
        if let Some(year) = year_after(line, at + 1) {
            words += &year;
            tokens += 1;
        }
        return Some(Reading::new(words, tokens));
    }
    if let Some(year) = year("", next.core, line.dialect) {
        return Some(Reading::new(format!("{} {year}", month_name(month)), 2));
    }
    dotted.then(|| abbreviated(1))
}

/// "may 5" in small letters: only where no verb can stand and nothing is counted.
fn modest_month(line: &Line<'_>, at: usize) -> Option<usize> {
    let month = match line.tokens[at].core {
        "may" => 5,
        "march" => 3,
        _ => return None,
    };
    let begins = line.previous(at).is_none_or(|before| {
        matches!(
            before.core,
            "on" | "On"
                | "in"
                | "of"
                | "by"
                | "since"
                | "until"
                | "before"
                | "after"
                | "last"
                | "next"
                | "late"
                | "early"
        )
    });
    let number = line.next(at)?;
    let counted = line
        .next(at + 1)
        .is_some_and(|next| next.is_word() && next.shape.lower);
    (begins && !counted && (day(number.core).is_some() || number.core.len() == 4)).then_some(month)
}

/// The token after a dash that stands alone after the one at `at`.
fn dash_between<'l, 'a>(line: &'l Line<'a>, at: usize) -> Option<&'l Token<'a>> {
    let dash = line.get(at + 1)?;
    let lone = dash.core.is_empty() && matches!(dash.open, "-" | "–" | "—") && dash.close.is_empty();
    line.get(at + 2)
        .filter(|last| lone && line.tokens[at].close.is_empty() && last.spaced && last.open.is_empty())
}

/// "1-5 June 2023"
fn days_month(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (first, last) = line.tokens[at].core.split_once(['-', '–'])?;
    let (first, last) = (day(first)?, day(last)?);
    let month_token = line.next(at)?;
    let month = month(month_token.core).filter(|_| month_token.shape.upper)?;
    let ordinal = |day| numbers::ordinal(day, line.dialect);
    let mut words = format!(
        "the {} to {} of {}",
        ordinal(first),
        ordinal(last),
        month_name(month)
    );
    let mut tokens = 2;
    if let Some(year) = year_after(line, at + 1) {
        words += &year;
        tokens += 1;
    }
    Some(Reading::new(words, tokens))
}

/// "25 july 2012", "4th of July, 1776", "25 sept."
fn day_month(line: &Line<'_>, at: usize) -> Option<Reading> {
    if let Some(reading) = days_month(line, at) {
        return Some(reading);
    }
    let token = &line.tokens[at];
    let day_digits = day(token.core)?;
    let ordinal = token.core.len() > day_digits.len();
    let next = line.next(at)?;
    let of = next.core == "of";
    let month_at = at + 1 + usize::from(of);
    let month_token = if of { line.next(at + 1)? } else { next };
    let month = month(month_token.core).or(match month_token.core {
        "may" => Some(5),
        "march" => Some(3),
        _ => None,
    })?;
    if of && !ordinal {
        return None;
    }
    let after_the = line
        .previous(at)
        .is_some_and(|before| before.core.eq_ignore_ascii_case("the"));
    let mut words = day_then_month(month, day_digits, line.dialect, !after_the);
    let mut tokens = month_at + 1 - at;
    let full = MONTHS[month - 1].1[0].len() == month_token.core.len();
    let year = (!full || !month_token.close.starts_with('.'))
        .then(|| year_after(line, month_at))
        .flatten();
    let mut reading = match year {
        Some(year) => {
            words += &year;
            tokens += 1;
            Reading::new(words, tokens)
        }
        None => Reading::new(words, tokens),
    };
    if !full && tokens == month_at + 1 - at {
        reading.dot = Dot::Perhaps;
    }
    Some(reading)
}

/// "Jan-15", "15-Jan-2020", "Mar-2020", "Jan-5-2020" begin with a letter or a digit, so both ways come here.
fn joined(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let parts: Vec<&str> = core.splitn(4, ['-', '/', '.']).collect();
    let dialect = line.dialect;
    let words = match parts[..] {
        [first, second] => match (month(first), day(first), month(second)) {
            (Some(month), _, _) => match (day(second), year("", second, dialect)) {
                (Some(day), _) => month_then_day(month, day, dialect),
                (_, Some(year)) => format!("{} {year}", month_name(month)),
                _ => return None,
            },
            (_, Some(day), Some(month)) => day_then_month(month, day, dialect, true),
            _ => return None,
        },
        [first, second, third] => {
            let year = year("", third, dialect).or_else(|| {
                (third.len() == 2 && numbers::is_digits(third)).then(|| two_digits(third, dialect))
            })?;
            match (month(first), month(second)) {
                (Some(month), _) => format!("{} {year}", month_then_day(month, day(second)?, dialect)),
                (_, Some(month)) => format!("{} {year}", day_then_month(month, day(first)?, dialect, true)),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Reading::new(words, 1))
}

/// "44 BC", "1066 A.D.".
fn era(line: &Line<'_>, at: usize) -> Option<Reading> {
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
    if !token.is_digits() || token.core.len() > 4 {
        return None;
    }
    let year = numbers::year(token.core, line.dialect);
    let mut reading = Reading::new(format!("{year} {}", era.trim_end_matches('.')), 2);

    if era.ends_with('.') && !next.close.starts_with('.') {
        reading.words.push('.');
    }
    Some(reading)
}

/// "Mon, Jan 5" and "Tue." where a date follows.
fn weekday(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let (name, _) = WEEKDAYS.iter().find(|(_, short)| short.contains(&token.core))?;
    let is_weekday = |text: &str| WEEKDAYS.iter().any(|(_, short)| short.contains(&text));
    // "Sat." and "Sun." are words too.
    let beside = |offset: isize| {
        at.checked_add_signed(offset)
            .and_then(|at| line.get(at))
            .is_some_and(|token| is_weekday(token.core))
    };
    if token.close == "." && (!matches!(token.core, "Sat" | "Sun") || beside(2) || beside(-2)) {
        return Some(Reading::abbreviation(*name, 1));
    }
    let next = line.get(at + 1)?;
    let dated = month(next.core).is_some() || next.shape.digit;
    (dated && matches!(token.close, "" | "," | "." | ".,")).then(|| Reading {
        dot: Dot::Yes,
        ..Reading::new(*name, 1)
    })
}

#[cfg(test)]
mod tests;
