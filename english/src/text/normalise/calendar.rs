//! Months, days of the week and the clock.

pub(crate) mod clock;

use crate::text::normalise::words::{self, Role};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of the month of 1 to 12 that `digits` are.
pub(crate) fn numbered_month(digits: &str) -> Option<&'static str> {
    MONTHS.get(digits.parse::<usize>().ok()?.checked_sub(1)?).copied()
}

/// The month that `text` names. "may" and "march" are words first, so only capitals count there.
pub(crate) fn month(text: &str) -> Option<&'static str> {
    words::said(text, Role::Month).filter(|_| !matches!(text, "may" | "march"))
}

/// The day of the week that `text` names, written out or not.
pub(crate) fn weekday(text: &str) -> Option<&'static str> {
    words::said(text, Role::WeekdayShort).or_else(|| words::said(text, Role::Weekday))
}

/// A month or a day of the week, written out or not.
pub(crate) fn is_calendar_name(text: &str) -> bool {
    text.starts_with(char::is_uppercase) && (month(text).is_some() || weekday(text).is_some())
}

/// "May" and "June–" with a dash between are months from one to the other; so with days.
pub(crate) fn is_span(from: &str, to: &str) -> bool {
    let from = from.trim_end_matches('.');
    let to = &to[..to.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(to.len())];
    let month = |text: &str| text.starts_with(char::is_uppercase) && month(text).is_some();
    month(from) && month(to) || weekday(from).is_some() && weekday(to).is_some()
}
