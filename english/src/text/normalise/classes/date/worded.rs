//! Dates with their month in words: "July 25, 2012", "25 july 2012", "1-5 June", "15-Jan-2020".

use super::{day, day_then_month, month_then_day, two_digits, year, year_after};
use crate::text::normalise::{
    calendar::{self, month},
    engine::{Dot, Reading},
    line::Line,
    say::numbers,
    words::Role,
};

/// "July 25, 2012", "Jan. 5-10", "july 1876", "SEPT. 15".
pub(crate) fn month_day(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let month = month(token.core).or_else(|| modest_month(line, at))?;
    let full = month.len() == token.core.len();
    let abbreviated = |tokens| {
        let mut reading = Reading::new(month, tokens);
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
    if let Some((from, to)) = next.core.split_once('-')
        && let (Some(from), Some(second)) = (day(from), calendar::month(to))
    {
        return Some(to_next_month(
            line,
            at + 1,
            month_then_day(month, from, line.dialect),
            second,
        ));
    }
    if let Some((first, last, end)) = days(line, at + 1) {
        let mut words = month_then_day(month, first, line.dialect);
        if let Some(last) = last {
            words += &format!(" to {}", numbers::ordinal(last, line.dialect));
        }
        return Some(with_year(line, at, end, words));
    }
    if let Some(year) = year("", next.core, line.dialect) {
        return Some(Reading::new(format!("{} {year}", month), 2));
    }
    dotted.then(|| abbreviated(1))
}

/// "28-July 2" in "June 28-July 2, 2021": `from` is the first date, the token at `at` the one with the second month.
fn to_next_month(line: &Line<'_>, at: usize, from: String, month: &str) -> Reading {
    let Some(to) = line.next_after_dot(at).and_then(|last| day(last.core)) else {
        return Reading::new(format!("{from} to {}", month), 2);
    };
    let words = format!("{from} to {}", month_then_day(month, to, line.dialect));
    let Reading { words, tokens, .. } = with_year(line, at, at + 1, words);
    Reading::new(words, tokens + 1)
}

/// "may 5" in small letters: only where no verb can stand and nothing is counted.
fn modest_month(line: &Line<'_>, at: usize) -> Option<&'static str> {
    let month = match line.tokens[at].core {
        "may" => "May",
        "march" => "March",
        _ => return None,
    };
    let begins = line
        .previous(at)
        .is_none_or(|before| before.is(Role::MonthBefore));
    let number = line.next(at)?;
    let counted = line
        .next(at + 1)
        .is_some_and(|next| next.is_word() && next.shape.lower);
    (begins && !counted && (day(number.core).is_some() || number.core.len() == 4)).then_some(month)
}

/// "5", "5-10" or "5 – 10": a day, the last of several, and the token of it.
fn days<'a>(line: &Line<'a>, at: usize) -> Option<(&'a str, Option<&'a str>, usize)> {
    let core = line.tokens[at].core;
    if let Some((from, to)) = core.split_once(['-', '–']) {
        return Some((day(from)?, Some(day(to)?), at));
    }
    let first = day(core)?;
    let last = line.across_dash(at).and_then(|last| day(last.core));
    Some((first, last, at + 2 * usize::from(last.is_some())))
}

/// `words` for the tokens from `at` to `end`, and the year after them.
fn with_year(line: &Line<'_>, at: usize, end: usize, words: String) -> Reading {
    let year = year_after(line, end);
    let tokens = end + 1 - at + usize::from(year.is_some());
    Reading::new(words + &year.unwrap_or_default(), tokens)
}

/// "1-5 June 2023"
pub(crate) fn days_month(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (first, last, end) = days(line, at)?;
    let (last, month_token) = (last?, line.next(end)?);
    let month = month(month_token.core).filter(|_| month_token.shape.upper)?;
    let ordinal = |day| numbers::ordinal(day, line.dialect);
    let words = format!("the {} to {} of {month}", ordinal(first), ordinal(last));
    Some(with_year(line, at, end + 1, words))
}

/// "25 july 2012", "4th of July, 1776", "25 sept."
pub(crate) fn day_month(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let day_digits = day(token.core)?;
    let ordinal = token.core.len() > day_digits.len();
    let next = line.next(at)?;
    let of = next.core == "of";
    let month_at = at + 1 + usize::from(of);
    let month_token = if of { line.next(at + 1)? } else { next };
    let month = month(month_token.core).or(match month_token.core {
        "may" => Some("May"),
        "march" => Some("March"),
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
    let full = month.len() == month_token.core.len();
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
pub(crate) fn joined(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let parts: Vec<&str> = core.splitn(4, ['-', '/', '.']).collect();
    let dialect = line.dialect;
    let words = match parts[..] {
        [first, second] => match (month(first), day(first), month(second)) {
            (Some(month), _, _) => match (day(second), year("", second, dialect)) {
                (Some(day), _) => month_then_day(month, day, dialect),
                (_, Some(year)) => format!("{} {year}", month),
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
