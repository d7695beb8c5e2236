//! Months and days of the week with a dash between.

use crate::text::normalise::{
    calendar::{month, weekday},
    engine::Reading,
    line::Line,
    say::range,
};

/// "Mon-Fri", "Monday–Friday", "Jan.-Mar.".
pub(crate) fn span(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    // "M-F 9-5"
    if core == "M-F" && line.get(at + 1).is_some_and(|hours| hours.shape.digit) {
        return Some(Reading::new("Monday to Friday", 1));
    }
    let name = |find: fn(&str) -> Option<&'static str>| {
        range(core, |side| {
            find(side.strip_suffix('.').unwrap_or(side)).map(str::to_owned)
        })
    };
    // "Mon/Wed/Fri"
    let list = |find: fn(&str) -> Option<&'static str>| {
        let names: Option<Vec<_>> = core.split('/').map(find).collect();
        names
            .filter(|names| names.len() > 1)
            .map(|names| names.join(" slash "))
    };
    let words = name(weekday)
        .or_else(|| name(month))
        .or_else(|| list(weekday))
        .or_else(|| list(month))?;
    // A full stop in the middle of a line is that of the second name.
    Some(match line.get(at + 1) {
        Some(_) => Reading::abbreviation(words, 1),
        None => Reading::new(words, 1),
    })
}
