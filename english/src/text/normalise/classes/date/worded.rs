//! Dates with their month in words: "July 25, 2012", "25 july 2012", "1-5 June", "15-Jan-2020".

use super::item::{Date, Order, day, four_digits, two_digits};
use crate::text::normalise::{
    calendar::month,
    engine::{Dot, Reading},
    line::Line,
    words::Role,
};

/// "July 25, 2012", "Jan. 5-10", "july 1876", "SEPT. 15".
pub(crate) fn month_day(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let name = month(token.core).or_else(|| modest_month(line, at))?;
    let full = name.len() == token.core.len();
    let mut date = Date {
        month: name,
        ..Date::default()
    };
    if let Some(next) = line
        .next_after_dot(at)
        .filter(|next| next.shape.digit && (token.close.is_empty() || !full))
    {
        // "June 28-July 2, 2021"
        if let Some((from, to)) = next.core.split_once('-')
            && let (Some(from), Some(second)) = (day(from), month(to))
        {
            date.day = Some(from);
            return Some(to_next_month(line, at, &date, second));
        }
        if let Some((first, last, end)) = days(line, at + 1) {
            (date.day, date.last) = (Some(first), last);
            let tokens = end + 1 - at + date.take_year(line, end);
            return Some(Reading::new(date.say(line.dialect), tokens));
        }
        if let Some(year) = four_digits(next.core, line.dialect) {
            return Some(Reading::new(format!("{name} {year}"), 2));
        }
    }
    (token.close.starts_with('.') && !full).then(|| Reading::abbreviation(name, 1))
}

/// "June 28-July 2, 2021": the month of the first date stands at `at`, that of the second in the token after it.
fn to_next_month(line: &Line<'_>, at: usize, first: &Date<'_>, second: &'static str) -> Reading {
    let to = line.next_after_dot(at + 1).and_then(|last| day(last.core));
    let mut date = Date {
        day: to,
        month: second,
        ..Date::default()
    };
    let more = if to.is_some() {
        1 + date.take_year(line, at + 2)
    } else {
        0
    };
    let words = format!("{} to {}", first.say(line.dialect), date.say(line.dialect));
    Reading::new(words, 2 + more)
}

/// "may 5" in small letters: only where no verb can stand and nothing is counted.
fn modest_month(line: &Line<'_>, at: usize) -> Option<&'static str> {
    let begins = line
        .previous(at)
        .is_none_or(|before| before.is(Role::MonthBefore));
    let number = line.next(at)?;
    let counted = line
        .next(at + 1)
        .is_some_and(|next| next.is_word() && next.shape.lower);
    small_month(line.tokens[at].core)
        .filter(|_| begins && !counted && (day(number.core).is_some() || number.core.len() == 4))
}

/// The months that are words first.
fn small_month(text: &str) -> Option<&'static str> {
    match text {
        "may" => Some("May"),
        "march" => Some("March"),
        _ => None,
    }
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

/// "1-5 June 2023"
pub(crate) fn days_month(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (first, last, end) = days(line, at)?;
    let token = line.next(end).filter(|token| token.shape.upper)?;
    let mut date = Date {
        day: Some(first),
        last: Some(last?),
        month: month(token.core)?,
        order: Order::DayFirst,
        ..Date::default()
    };
    let tokens = end + 2 - at + date.take_year(line, end + 1);
    Some(Reading::new(date.say(line.dialect), tokens))
}

/// "25 july 2012", "4th of July, 1776", "25 sept."
pub(crate) fn day_month(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let first = day(core)?;
    let of = line.next(at)?.core == "of";
    let last = at + 1 + usize::from(of);
    let token = line.next(last - 1)?;
    let month = month(token.core).or_else(|| small_month(token.core))?;
    if of && core.len() == first.len() {
        return None;
    }
    let after_article = line
        .previous(at)
        .is_some_and(|before| before.core.eq_ignore_ascii_case("the"));
    let order = if after_article {
        Order::AfterArticle
    } else {
        Order::DayFirst
    };
    let mut date = Date {
        day: Some(first),
        month,
        order,
        ..Date::default()
    };
    let full = month.len() == token.core.len();
    let ended = full && token.close.starts_with('.');
    let year = if ended { 0 } else { date.take_year(line, last) };
    let dot = if full || year > 0 { Dot::No } else { Dot::Perhaps };
    Some(Reading::new(date.say(line.dialect), last + 1 - at + year).with_dot(dot))
}

/// "Jan-15", "15-Jan-2020", "Mar-2020", "Jan-5-2020" begin with a letter or a digit, so both ways come here.
pub(crate) fn joined(line: &Line<'_>, at: usize) -> Option<String> {
    let parts: Vec<&str> = line.tokens[at].core.splitn(4, ['-', '/', '.']).collect();
    let year = |text| four_digits(text, line.dialect).map(|year| format!(" {year}"));
    let short_year = |text| two_digits(text, line.dialect).map(|year| format!(" {year}"));
    let (first, second) = (parts[0], *parts.get(1)?);
    let (name, other, order) = match (month(first), month(second)) {
        (Some(name), _) => (name, second, Order::MonthFirst),
        (_, Some(name)) => (name, first, Order::DayFirst),
        _ => return None,
    };
    let mut date = Date {
        day: day(other),
        month: name,
        order,
        ..Date::default()
    };
    match parts[..] {
        [_, _] if date.day.is_none() => date.year = Some(year(other).filter(|_| order == Order::MonthFirst)?),
        [_, _] => {}
        [_, _, third] if date.day.is_some() => date.year = Some(year(third).or_else(|| short_year(third))?),
        _ => return None,
    }
    Some(date.say(line.dialect))
}
