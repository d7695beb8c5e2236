//! Months and days of the week with a dash between.

use crate::text::normalise::{
    calendar::{month, weekday},
    engine::Reading,
    line::Line,
};

/// "Mon-Fri", "Monday–Friday", "Jan.-Mar.".
pub(crate) fn span(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (from, to) = line.tokens[at].core.split_once(['-', '–'])?;
    // "M-F 9-5"
    if (from, to) == ("M", "F") && line.get(at + 1).is_some_and(|hours| hours.shape.digit) {
        return Some(Reading::new("Monday to Friday", 1));
    }
    let from = from.strip_suffix('.').unwrap_or(from);
    let words = match (weekday(from), weekday(to)) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => format!("{} to {}", month(from)?, month(to)?),
    };
    // A full stop in the middle of a line is that of the second name.
    Some(match line.get(at + 1) {
        Some(_) => Reading::abbreviation(words, 1),
        None => Reading::new(words, 1),
    })
}
