//! The names of units: alone, squared, cubed, and per another.

use super::units::{self, Unit};
use crate::text::{
    Dialect,
    normalise::{amounts::number_before, say::numbers},
};

/// The name of a unit with a power or a "per", in the singular or plural.
pub(crate) fn compound(
    text: &str,
    one: bool,
    dialect: Dialect,
    find: &dyn Fn(&str) -> Option<Unit>,
) -> Option<String> {
    if let Some(unit) = find(text) {
        return Some(unit.name(one, dialect));
    }
    if let Some((upper, lower)) = text.split_once('/') {
        let upper = compound(upper, one, dialect, &|text| units::find(text, true))?;
        return Some(format!("{upper} per {}", per(lower, dialect)?));
    }
    // "kW·h", "N⋅m"
    if let Some((first, second)) = text.split_once(['·', '⋅']) {
        let part = |text, one| compound(text, one, dialect, &|text| units::find(text, true));
        return Some(format!("{} {}", part(first, true)?, part(second, one)?));
    }
    for (marks, power) in [(["²", "^2", "2"], "square"), (["³", "^3", "3"], "cubic")] {
        if let Some(unit) = marks
            .iter()
            .find_map(|mark| text.strip_suffix(mark))
            .and_then(|text| units::find(text, true))
        {
            return unit
                .length
                .then(|| format!("{power} {}", unit.name(one, dialect)));
        }
    }
    None
}

/// A unit after "per": always singular; a word that is no unit stays.
pub(crate) fn per(text: &str, dialect: Dialect) -> Option<String> {
    // "per 100 km"
    let (number, unit) = number_before(text);
    if matches!(number, "100" | "1000" | "1,000") && !unit.is_empty() {
        let name = compound(unit, number == "1", dialect, &|text| units::find(text, true))?;
        return Some(format!("{} {name}", numbers::decimal(number, dialect)?));
    }
    let short = match text.trim_end_matches('.') {
        "s" | "sec" => "second",
        "min" | "mn" => "minute",
        "h" | "hr" => "hour",
        "d" => "day",
        "wk" | "w" => "week",
        "mo" | "mth" => "month",
        "y" | "yr" => "year",
        "ea" => "each",
        "pp" => "person",
        "lb" | "lbs" => "pound",
        "s²" | "s2" | "s^2" => "second squared",
        other => {
            let unit = compound(other, true, dialect, &|text| units::find(text, true));
            return unit.or_else(|| {
                let word = other.chars().all(char::is_alphabetic) && !other.is_empty();
                word.then(|| {
                    if other.len() == 1 {
                        other.to_uppercase()
                    } else {
                        other.to_owned()
                    }
                })
            });
        }
    };
    Some(short.to_owned())
}

/// A span of time that something happens in.
pub(crate) fn is_period(text: &str) -> bool {
    matches!(
        text,
        "s" | "sec"
            | "second"
            | "min"
            | "minute"
            | "h"
            | "hr"
            | "hour"
            | "d"
            | "day"
            | "night"
            | "wk"
            | "week"
            | "mo"
            | "month"
            | "yr"
            | "year"
            | "person"
    )
}
