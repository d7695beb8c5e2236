//! Dates in numbers alone: ISO, "5/12/2024" in the order of the dialect, "15.01.2020".

use super::{day_then_month, month_then_day, two_digits};
use crate::text::{
    Dialect,
    normalise::{
        calendar::{clock, numbered_month},
        engine::Reading,
        line::Line,
        say::numbers,
        words::Role,
    },
};

pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let core = token.core;
    if !core.contains(['-', '/', '.', '–']) || core.len() > 40 {
        return None;
    }
    if let Some((date, clock)) = core.split_once(['T', 't'])
        && let Some(date) = date_words(date, line.dialect)
    {
        let zulu = clock.strip_suffix(['Z', 'z']);
        let clock = zulu.unwrap_or(clock);
        let clock = clock.split(['.', '+', '-']).next().unwrap_or(clock);
        let clock = clock::clock(clock, line.dialect)?;
        return Some(Reading::new(
            format!("{date}, {clock}{}", if zulu.is_some() { " UTC" } else { "" }),
            1,
        ));
    }
    if let Some(words) = date_words(core, line.dialect) {
        return Some(Reading::new(words, 1));
    }
    day_and_month(line, at).map(|words| Reading::new(words, 1))
}

fn date_words(text: &str, dialect: Dialect) -> Option<String> {
    let mark = text.chars().find(|c| !c.is_ascii_digit())?;
    let mut parts = text.split(mark);
    let (first, second) = (parts.next()?, parts.next()?);
    let third = parts.next();
    if parts.next().is_some()
        || ![Some(first), Some(second), third]
            .into_iter()
            .flatten()
            .all(numbers::is_digits)
    {
        return None;
    }
    match (first.len(), second.len(), third.map(str::len)) {
        (4, 1..=2, Some(1..=2)) if matches!(mark, '-' | '/' | '.' | '–') => {
            let (month, day) = (numbered_month(second)?, day(third?)?);
            let year = numbers::year(first, dialect);
            Some(spoken(month, day, Some(&year), dialect))
        }
        (1..=2, 1..=2, Some(length @ (2 | 4))) => {
            let year = third?;
            let year = if length == 4 {
                numbers::year(year, dialect)
            } else {
                two_digits(year, dialect)
            };
            // "1.2.34" is a version; "1/2/34" a date. "31/31/100" is neither.
            let day_first = first.len() == 2 && second.len() == 2 && first > "12";
            if length == 2 && !day_first && (mark == '.' || first.len() + second.len() < 3 && mark == '-') {
                return None;
            }
            day_month_year(first, second, mark, &year, dialect)
        }
        // "2020-12" is a month of that year, "2011-12" two years.
        (4, 2, None)
            if matches!(mark, '-' | '/')
                && ("1800".."2100").contains(&first)
                && numbered_month(second).is_some()
                && !follows(first, second) =>
        {
            Some(format!(
                "{} {}",
                numbered_month(second)?,
                numbers::year(first, dialect)
            ))
        }
        // "1999/2000"
        (4, 4, None) if mark == '/' && ("1500".."2200").contains(&first) && follows(first, second) => {
            Some(format!(
                "{} {}",
                numbers::year(first, dialect),
                numbers::year(second, dialect)
            ))
        }
        // "2020/21"
        (4, 2, None) if mark == '/' && follows(first, second) => Some(format!(
            "{} {}",
            numbers::year(first, dialect),
            two_digits(second, dialect)
        )),
        // "5/2024"
        (1..=2, 4, None) if mark == '/' && ("1500".."2200").contains(&second) && first != "0" => Some(
            format!("{} {}", numbered_month(first)?, numbers::year(second, dialect)),
        ),
        _ => None,
    }
}

/// The second year is the one after the first.
fn follows(first: &str, second: &str) -> bool {
    let (first, second): (Option<u32>, Option<u32>) = (first.parse().ok(), second.parse().ok());
    first
        .zip(second)
        .is_some_and(|(first, second)| first + 1 == second || (first + 1) % 100 == second)
}

/// American dates have the month first, British ones and those that can be nothing else the day.
fn day_month_year(first: &str, second: &str, _mark: char, year: &str, dialect: Dialect) -> Option<String> {
    let american = dialect == Dialect::American;
    let (month_first, day_first) = (
        (numbered_month(first), day(second)),
        (numbered_month(second), day(first)),
    );
    match (month_first, day_first) {
        ((Some(month), Some(day)), _) if american => Some(spoken(month, day, Some(year), dialect)),
        (_, (Some(month), Some(day))) => {
            Some(format!("{} {year}", day_then_month(month, day, dialect, true)))
        }
        ((Some(month), Some(day)), _) => Some(spoken(month, day, Some(year), dialect)),
        _ => None,
    }
}

/// "on 5/12": a word of time stands before.
fn day_and_month(line: &Line<'_>, at: usize) -> Option<String> {
    let (first, second) = line.tokens[at].core.split_once('/')?;
    if (first, second) == ("9", "11") {
        return None;
    }
    let before = line.get(at.checked_sub(1)?)?;
    let dated = before.is(Role::DatedBefore)
        || before.core.to_ascii_lowercase().ends_with("day")
        // "the week of 6/10", "as of 6/30"
        || before.core.eq_ignore_ascii_case("of") && at > 1 && matches!(line.tokens[at - 2].core, "as" | "As" | "week" | "weekend" | "night");
    if !dated || second.len() > 2 || first.len() > 2 {
        return None;
    }
    if line.dialect == Dialect::British {
        return Some(day_then_month(
            numbered_month(second)?,
            day(first)?,
            line.dialect,
            true,
        ));
    }
    Some(spoken(numbered_month(first)?, day(second)?, None, line.dialect))
}

fn spoken(month: &str, day: &str, year: Option<&str>, dialect: Dialect) -> String {
    let mut words = if dialect == Dialect::British {
        day_then_month(month, day, dialect, true)
    } else {
        month_then_day(month, day, dialect)
    };
    if let Some(year) = year {
        words.push(' ');
        words += year;
    }
    words
}

fn day(digits: &str) -> Option<&str> {
    let value: usize = digits.parse().ok()?;
    (digits.len() <= 2 && (1..=31).contains(&value)).then_some(digits)
}
