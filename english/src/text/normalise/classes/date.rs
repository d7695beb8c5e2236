//! Dates in words and in numbers, decades, years before and after Christ.

mod decades;
mod item;
mod numeric;
mod spans;
mod worded;

pub(crate) use decades::decade;
pub(crate) use numeric::{day_and_month, numeric, years};
pub(crate) use spans::span;
pub(crate) use worded::{day_month, days_month, joined, month_day};

use crate::text::normalise::{
    calendar::month,
    engine::Reading,
    line::{Line, tokens::Token},
    say::numbers,
    words::{self, Role},
};

use item::two_digits;

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

/// "'99", "’05".
pub(crate) fn short_year(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let short = token.open.ends_with(['\'', '’', '‘']) && !token.close.contains(['\'', '’']);
    let words = two_digits(token.core, line.dialect).filter(|_| short)?;
    Some(Reading::new(words, 1).with_open(true))
}

/// "2023Q1", "2023-H2"
pub(crate) fn quarter(line: &Line<'_>, at: usize) -> Option<String> {
    let (year, rest) = line.tokens[at].core.split_at_checked(4)?;
    let (letter, part) = rest.strip_prefix('-').unwrap_or(rest).split_at_checked(1)?;
    let known = matches!(letter, "Q" | "H") && matches!(part, "1" | "2" | "3" | "4");
    (known && ("1900".."2200").contains(&year)).then(|| {
        let part = numbers::cardinal(part, line.dialect);
        format!("{} {letter} {part}", numbers::year(year, line.dialect))
    })
}

/// "Poe et al., 2021a": one of several works of a year.
pub(crate) fn lettered(line: &Line<'_>, at: usize) -> Option<String> {
    let token = &line.tokens[at];
    let (year, letter) = token.core.split_at_checked(4)?;
    let known = matches!(letter, "a" | "b" | "c" | "d" | "e")
        && numbers::is_digits(year)
        && ("1800".."2100").contains(&year);
    let named = token.open.ends_with('(') && at > 0
        || at
            .checked_sub(1)
            .is_some_and(|before| line.tokens[before].close.ends_with([',', '.']));
    (known && named).then(|| {
        format!(
            "{} {}",
            numbers::year(year, line.dialect),
            letter.to_ascii_uppercase()
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

/// "Mon, Wed and Fri", "between Jan and Mar", "on Tue": short and without a full stop, beside another or after a word of
/// time.
pub(crate) fn listed(line: &Line<'_>, at: usize) -> Option<String> {
    let token = &line.tokens[at];
    let role = if token.is(Role::WeekdayShort) {
        Role::WeekdayShort
    } else {
        Role::Month
    };
    let name = words::said(token.core, role).filter(|name| is_short(token, name))?;
    let like = |i: Option<usize>| {
        i.and_then(|i| line.get(i))
            .is_some_and(|other| other.is(role) && other.is_capitalised())
    };
    let link = |i: Option<usize>| {
        i.and_then(|i| line.get(i)).is_some_and(|word| {
            word.close.is_empty() && matches!(word.core, "&" | "and" | "or" | "through" | "to" | "until")
        })
    };
    let back = |steps| at.checked_sub(steps);
    let after = link(Some(at + 1)) && like(Some(at + 2)) || token.close == "," && like(Some(at + 1));
    let before = link(back(1)) && like(back(2)) || like(back(1)) && line.tokens[at - 1].close == ",";
    let timed = line.previous(at).is_some_and(|word| {
        word.is(Role::MonthBefore)
            || role == Role::WeekdayShort
                && matches!(
                    word.core,
                    "every" | "Every" | "this" | "open" | "Open" | "closed" | "Closed"
                )
    });
    (after || before || timed).then(|| name.to_owned())
}

/// "Fri" of "Friday", with a capital.
fn is_short(token: &Token<'_>, name: &str) -> bool {
    token.is_capitalised() && token.core.len() < name.len() && token.shape.lower
}

#[cfg(test)]
mod tests;
