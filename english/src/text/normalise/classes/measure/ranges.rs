//! Amounts of two numbers: from one measure to another ("10kg-20kg", "20%-30%", "5 - 6 km"), parts, one of two.

use super::{Amount, amount, amount_at, compound, degrees, percent, unit};
use crate::text::{
    Dialect,
    normalise::{
        amounts::{fractions, number_before, units},
        engine::Reading,
        line::Line,
        say::{numbers, range},
    },
};

/// "10kg-20kg"
pub(super) fn twice(core: &str, dialect: Dialect) -> Option<String> {
    range(core, |side| {
        let (number, unit) = number_before(side);
        let name = compound(unit, number == "1", dialect, &|text| units::find(text, true))?;
        Some(format!("{} {name}", numbers::decimal(number, dialect)?))
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
    let ((first, sign), (second, other)) = (amount(from, line.dialect)?, amount(to, line.dialect)?);
    let (unit, last) = (name(sign)?, name(other)?);
    // One unit for both is said once: "fifty to sixty degrees".
    let unit = if sign == "%" || sign.len() > other.len() {
        unit
    } else {
        ""
    };
    Some(Reading::new(
        format!("{}{unit} to {}{last}", first.words, second.words),
        1,
    ))
}

/// "5 - 6 km", "20 – 30 %": a dash between spaces, and after it a greater number with a unit.
pub(crate) fn spaced_range(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (first, second) = (&line.tokens[at], line.across_dash(at)?);
    let value = |text: &str| text.replace(',', "").parse::<f64>().ok();
    let from = value(first.core).filter(|_| numbers::is_decimal(first.core))?;
    if from >= value(number_before(second.core).0)? {
        return None;
    }
    let last = percent(line, at + 2)
        .or_else(|| degrees(line, at + 2))
        .or_else(|| unit(line, at + 2))?;
    let words = format!(
        "{} to {}",
        numbers::decimal(first.core, line.dialect)?,
        last.words
    );
    Some(Reading {
        words,
        tokens: last.tokens + 2,
        ..last
    })
}

/// "1/2", "5-1/2"; "50/60 Hz" and "128/256 GB" are one of two, for nobody counts in such parts.
pub(super) fn parts(numerator: &str, denominator: &str, dialect: Dialect) -> Option<Amount> {
    if let Some((whole, numerator)) = numerator
        .split_once('-')
        .filter(|(whole, _)| numbers::is_digits(whole))
    {
        let fraction = fractions::words(numerator, denominator, dialect)?;
        return Some(Amount {
            words: format!("{} and {fraction}", numbers::cardinal(whole, dialect)),
            one: false,
        });
    }
    let words = fractions::words(numerator, denominator, dialect)?;
    let (above, below): (u64, u64) = (numerator.parse().ok()?, denominator.parse().ok()?);
    if above < below && above > 1 && !matches!(below, 2..=10 | 12 | 16 | 20 | 32 | 64 | 100) {
        let number = |digits| numbers::cardinal(digits, dialect);
        return Some(Amount {
            words: format!("{} or {}", number(numerator), number(denominator)),
            one: false,
        });
    }
    let one = !words.contains(" over ");
    Some(Amount { words, one })
}
