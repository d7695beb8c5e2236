//! Dates in numbers alone: ISO, "5/12/2024" in the order of the dialect, "15.01.2020".

use super::item::{Date, Order, day, two_digits};
use crate::text::{
    Dialect,
    normalise::{
        calendar::{clock, numbered_month},
        line::Line,
        say::numbers,
        words::Role,
    },
};

/// "2024-05-12", "5/12/2024", "2020-12", "2024-05-12T10:30:00Z"
pub(crate) fn numeric(line: &Line<'_>, at: usize) -> Option<String> {
    let (core, dialect) = (line.tokens[at].core, line.dialect);
    if core.len() > 40 {
        return None;
    }
    if let Some((date, clock)) = core.split_once(['T', 't'])
        && let Some(date) = whole(date, dialect)
    {
        let zulu = clock.strip_suffix(['Z', 'z']);
        let clock = zulu.unwrap_or(clock).split(['.', '+', '-']).next()?;
        let clock = clock::clock(clock, dialect)?;
        let zone = if zulu.is_some() { " UTC" } else { "" };
        return Some(format!("{}, {clock}{zone}", date.say(dialect)));
    }
    whole(core, dialect).map(|date| date.say(dialect))
}

/// "1999/2000", "2020/21": a year and the next.
pub(crate) fn years(line: &Line<'_>, at: usize) -> Option<String> {
    let (first, second) = line.tokens[at].core.split_once('/')?;
    if first.len() != 4 || !numbers::is_digits(first) || !follows(first, second) {
        return None;
    }
    let to = match second.len() {
        2 => two_digits(second, line.dialect)?,
        4 if ("1500".."2200").contains(&first) => numbers::year(second, line.dialect),
        _ => return None,
    };
    Some(format!("{} {to}", numbers::year(first, line.dialect)))
}

fn whole(text: &str, dialect: Dialect) -> Option<Date<'_>> {
    let mark = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(mark, '-' | '/' | '.' | '–') {
        return None;
    }
    let parts: Vec<&str> = text.splitn(4, mark).collect();
    if !parts.iter().all(|part| numbers::is_digits(part)) {
        return None;
    }
    let order = match dialect {
        Dialect::American => Order::MonthFirst,
        Dialect::British => Order::DayFirst,
    };
    let four = |year: &str| Some(format!(" {}", numbers::year(year, dialect)));
    match (
        &parts[..],
        parts.iter().map(|part| part.len()).collect::<Vec<_>>().as_slice(),
    ) {
        ([year, month, of_month], [4, 1..=2, 1..=2]) if matches!(mark, '-' | '/' | '.' | '–') => {
            Some(Date {
                day: Some(day(of_month)?),
                month: numbered_month(month)?,
                year: four(year),
                order,
                ..Date::default()
            })
        }
        ([first, second, year], [1..=2, 1..=2, length @ (2 | 4)]) => {
            // "1.2.34" is a version; "1/2/34" a date. "31/31/100" is neither.
            let day_first = first.len() == 2 && second.len() == 2 && *first > "12";
            let short = mark == '.' || first.len() + second.len() < 3 && mark == '-';
            if *length == 2 && !day_first && short {
                return None;
            }
            let year = match length {
                4 => four(year),
                _ => two_digits(year, dialect).map(|year| format!(" {year}")),
            };
            // American dates have the month first, British ones and those that can be nothing else the day.
            let read = |month, of_month| Some((numbered_month(month)?, day(of_month)?));
            let (month, day, order) = match (read(first, second), read(second, first)) {
                (Some((month, day)), _) if dialect == Dialect::American => (month, day, Order::MonthFirst),
                (_, Some((month, day))) | (Some((month, day)), None) => (month, day, Order::DayFirst),
                _ => return None,
            };
            Some(Date {
                day: Some(day),
                month,
                year,
                order,
                ..Date::default()
            })
        }
        // "2020-12" is a month of that year, "2011-12" two years; "5/2024"
        ([year, month], [4, 2])
            if matches!(mark, '-' | '/') && ("1800".."2100").contains(year) && !follows(year, month) =>
        {
            Some(Date {
                month: numbered_month(month)?,
                year: four(year),
                ..Date::default()
            })
        }
        ([month, year], [1..=2, 4]) if mark == '/' && ("1500".."2200").contains(year) => Some(Date {
            month: numbered_month(month)?,
            year: four(year),
            ..Date::default()
        }),
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

/// "on 5/12": a word of time stands before.
pub(crate) fn day_and_month(line: &Line<'_>, at: usize) -> Option<String> {
    let (first, second) = line.tokens[at].core.split_once('/')?;
    let before = line.get(at.checked_sub(1)?)?;
    // "the week of 6/10", "as of 6/30"
    let of = || {
        before.core.eq_ignore_ascii_case("of")
            && at > 1
            && matches!(
                line.tokens[at - 2].core,
                "as" | "As" | "week" | "weekend" | "night"
            )
    };
    let dated = before.is(Role::DatedBefore) || before.core.to_ascii_lowercase().ends_with("day") || of();
    if (first, second) == ("9", "11") || !dated || !numbers::is_digits(first) || !numbers::is_digits(second) {
        return None;
    }
    let (month, of_month, order) = match line.dialect {
        Dialect::American => (first, second, Order::MonthFirst),
        Dialect::British => (second, first, Order::DayFirst),
    };
    let date = Date {
        day: Some(day(of_month)?),
        month: numbered_month(month).filter(|_| month.len() <= 2)?,
        order,
        ..Date::default()
    };
    Some(date.say(line.dialect))
}
