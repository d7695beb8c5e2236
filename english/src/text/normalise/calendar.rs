//! Months, days of the week and the clock.

pub(crate) mod clock;

pub(crate) const MONTHS: [(&str, &[&str]); 12] = [
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

pub(crate) const WEEKDAYS: [(&str, &[&str]); 7] = [
    ("Monday", &["Mon"]),
    ("Tuesday", &["Tue", "Tues"]),
    ("Wednesday", &["Wed", "Weds"]),
    ("Thursday", &["Thu", "Thur", "Thurs"]),
    ("Friday", &["Fri"]),
    ("Saturday", &["Sat"]),
    ("Sunday", &["Sun"]),
];

/// A month or a day of the week, written out or not.
pub(crate) fn is_calendar_name(text: &str) -> bool {
    text.starts_with(char::is_uppercase)
        && (month(text).is_some()
            || WEEKDAYS
                .iter()
                .any(|(name, short)| *name == text || short.contains(&text)))
}

/// For the fast path.
pub(crate) fn may_abbreviate(text: &str) -> bool {
    text.len() >= 3 && WEEKDAYS.iter().any(|(_, short)| short.contains(&text))
}

/// The month of 1 to 12 that `text` names. "may" and "march" are words first, so only capitals count there.
pub(crate) fn month(text: &str) -> Option<usize> {
    if !(3..=9).contains(&text.len()) || matches!(text, "may" | "march") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    MONTHS
        .iter()
        .position(|(_, names)| names.contains(&lower.as_str()))
        .map(|i| i + 1)
}

pub(crate) fn month_name(month: usize) -> &'static str {
    MONTHS[month - 1].0
}

/// "May" and "June–" with a dash between are months from one to the other; so with days.
pub(crate) fn is_span(from: &str, to: &str) -> bool {
    let from = from.trim_end_matches('.');
    let to = &to[..to.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(to.len())];
    let month = |text: &str| text.starts_with(char::is_uppercase) && (text == "May" || month(text).is_some());
    let day = |text: &str| {
        WEEKDAYS
            .iter()
            .any(|(name, short)| *name == text || short.contains(&text))
    };
    month(from) && month(to) || day(from) && day(to)
}
