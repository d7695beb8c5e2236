//! The names of units: alone, squared, cubed, and per another.

use super::units::{self, Unit};
use crate::text::{
    Dialect,
    normalise::{
        say::number::Number,
        words::{Role, is, said},
    },
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
    if let Some((number, unit)) = Number::before(text)
        && number.is_whole()
        && number.whole().len() <= 5
        && !unit.is_empty()
    {
        let name = compound(unit, number.is_one(), dialect, &|text| units::find(text, true))?;
        return Some(format!("{} {name}", number.say(dialect)));
    }
    let text = text.trim_end_matches('.');
    if let Some(short) = said(text, Role::Per) {
        return Some(short.to_owned());
    }
    compound(text, true, dialect, &|text| units::find(text, true)).or_else(|| {
        let word = text.chars().all(char::is_alphabetic) && !text.is_empty();
        word.then(|| {
            if text.len() == 1 {
                text.to_uppercase()
            } else {
                text.to_owned()
            }
        })
    })
}

/// A span of time that something happens in.
pub(crate) fn is_period(text: &str) -> bool {
    is(text, Role::PeriodOfTime)
}
