//! From one measure to another: "10kg-20kg", "20%-30%", "5 - 6 km".

use super::{amount::Amount, amount_at, compound, degrees, percent, unit};
use crate::text::{
    Dialect,
    normalise::{
        amounts::units,
        engine::Reading,
        line::Line,
        say::{number::Number, range},
    },
};

/// "10kg-20kg"
pub(super) fn twice(core: &str, dialect: Dialect) -> Option<String> {
    range(core, |side| {
        let (number, unit) = Number::before(side)?;
        let name = compound(unit, number.is_one(), dialect, &|text| units::find(text, true))?;
        Some(format!("{} {name}", number.say(dialect)))
    })
}

/// "20%-30%", "50°-60°F": the sign stands on both sides.
pub(crate) fn signed_twice(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (from, to) = amount_at(line, at)?.rsplit_once(['-', '–'])?;
    let name = |sign: &str| {
        Some(match sign {
            "%" => " percent",
            "°" => " degrees",
            "°C" => " degrees Celsius",
            "°F" => " degrees Fahrenheit",
            _ => return None,
        })
    };
    let amount = |text| Amount::before(text, line.dialect);
    let ((first, sign), (second, other)) = (amount(from)?, amount(to)?);
    let (unit, last) = (name(sign)?, name(other)?);
    // One unit for both is said once: "fifty to sixty degrees".
    let unit = if sign == "%" || sign.len() > other.len() {
        unit
    } else {
        ""
    };
    let (first, second) = (first.say(line.dialect), second.say(line.dialect));
    Some(Reading::new(format!("{first}{unit} to {second}{last}"), 1))
}

/// "5 - 6 km", "20 – 30 %": a dash between spaces, and after it a greater number with a unit.
pub(crate) fn spaced_range(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (first, second) = (&line.tokens[at], line.across_dash(at)?);
    let (from, (to, _)) = (Number::of(first.core)?, Number::before(second.core)?);
    if from.value() >= to.value() {
        return None;
    }
    let last = percent(line, at + 2)
        .or_else(|| degrees(line, at + 2))
        .or_else(|| unit(line, at + 2))?;
    let words = format!("{} to {}", from.say(line.dialect), last.words);
    Some(Reading {
        words,
        tokens: last.tokens + 2,
        ..last
    })
}
