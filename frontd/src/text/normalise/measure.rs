//! Numbers with units: names in the right number, per, square and cubic, feet and inches; percent and degrees.

mod units;

use super::{
    money::{magnitude_name, number_before},
    numbers,
    tokens::Token,
    words::{Line, Reading},
};
use crate::text::Dialect;
use units::Unit;

pub(super) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let token = &line.tokens[at];
    if !token.shape.digit {
        return (line.options.unit_normalization && token.shape.symbol).then(|| rate(line, at))?;
    }
    // Most numbers are followed by a word: nothing to look up.
    let unit_follows = |next: &Token<'_>| {
        next.core.len() <= MAX_UNIT_BYTES && !next.is_digits() || magnitude_name(next.core).is_some()
    };
    if token.is_digits() && token.close.is_empty() && !line.next(at).is_some_and(unit_follows) {
        return None;
    }
    percent(line, at)
        .or_else(|| degrees(line, at))
        .or_else(|| {
            line.options
                .unit_normalization
                .then(|| feet(line, at).or_else(|| inches(line, at)))?
        })
        .or_else(|| {
            line.options
                .unit_normalization
                .then(|| measured(line, at, core))?
        })
}

/// No quotation mark is looked for further back.
const MAX_QUOTED_TOKENS: usize = 24;

/// Signs of units are no longer than this; "square" and "cubic" are as long.
const MAX_UNIT_BYTES: usize = 8;

/// An amount as written before a unit: a number, a fraction, a range or a product.
struct Amount {
    words: String,
    one: bool,
}

/// The amount at the start of `text`, and the rest.
fn amount(text: &str, dialect: Dialect) -> Option<(Amount, &str)> {
    let (sign, unsigned) = numbers::sign(text);
    let (first, mut rest) = number_before(unsigned);
    if first.is_empty() {
        return None;
    }
    let mut words = format!("{sign}{}", numbers::decimal(first, dialect)?);
    let mut one = first == "1";
    for (mark, word) in [
        ("-", "to"),
        ("–", "to"),
        ("x", "by"),
        ("×", "by"),
        ("~", "to"),
        ("±", "plus or minus"),
    ] {
        while let Some((second, after)) = rest
            .strip_prefix(mark)
            .map(number_before)
            .filter(|(second, _)| !second.is_empty())
        {
            words += &format!(" {word} {}", numbers::decimal(second, dialect)?);
            rest = after;
            one = false;
        }
    }
    if let Some((numerator, denominator)) = text.split_once('/') {
        let (denominator, after) = number_before(denominator);
        if let Some(fraction) = super::fraction::words(numerator, denominator, dialect) {
            return Some((
                Amount {
                    words: fraction,
                    one: true,
                },
                after,
            ));
        }
    }
    if let Some((c, fraction)) = rest
        .chars()
        .next()
        .and_then(|c| Some((c, super::fraction::vulgar(c)?)))
    {
        words += &format!(" and {fraction}");
        rest = &rest[c.len_utf8()..];
        one = false;
    }
    Some((Amount { words, one }, rest))
}

/// "5%", "5-10 %", "5 ‰".
fn percent(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (amount, rest) = amount(line.tokens[at].core, line.dialect)?;
    let (sign, tokens) = if rest.is_empty() {
        (line.next(at)?.core, 2)
    } else {
        (rest, 1)
    };
    let (unit, more) = match sign.chars().next()? {
        '%' => ("percent", &sign[1..]),
        '‰' => ("per mille", &sign['‰'.len_utf8()..]),
        _ => return None,
    };
    let more = match more {
        "" => String::new(),
        "+" => " plus".to_owned(),
        more => format!(
            " {}",
            more.strip_prefix('-')
                .filter(|m| m.chars().all(char::is_alphabetic))?
        ),
    };
    Some(Reading::new(format!("{} {unit}{more}", amount.words), tokens))
}

/// "20°", "20 °C", "20°C", "40°N".
fn degrees(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (amount, rest) = amount(line.tokens[at].core, line.dialect)?;
    let (sign, tokens) = if rest.is_empty() {
        (line.next(at)?.core, 2)
    } else {
        (rest, 1)
    };
    let scale = sign.strip_prefix('°').or_else(|| sign.strip_prefix('º'))?;
    let (scale, tokens) = match line.next(at + tokens - 1) {
        Some(next) if scale.is_empty() && matches!(next.core, "C" | "F" | "N" | "S" | "E" | "W") => {
            (next.core, tokens + 1)
        }
        _ => (scale, tokens),
    };
    let name = match scale {
        "" => "",
        "C" | "c" => " Celsius",
        "F" | "f" => " Fahrenheit",
        "K" => " Kelvin",
        "N" => " north",
        "S" => " south",
        "E" => " east",
        "W" => " west",
        _ => return None,
    };
    let degrees = if amount.one { "degree" } else { "degrees" };
    Some(Reading::new(format!("{} {degrees}{name}", amount.words), tokens))
}

/// 5'10" and 5′10″; 6'.
fn feet(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let (feet, rest) = number_before(token.core);
    let rest = rest.strip_prefix(['\'', '′', '’'])?;
    if feet.is_empty() || !numbers::is_digits(feet) {
        return None;
    }
    let closed = line.tokens[at].close.starts_with(['"', '”', '″']) && !rest.is_empty();
    let inches = rest.trim_end_matches(['"', '″', '”']);
    let unit = if feet == "1" { "foot" } else { "feet" };
    let mut words = format!("{} {unit}", numbers::cardinal(feet, line.dialect));
    if !inches.is_empty() {
        words += &format!(" {}", numbers::decimal(inches, line.dialect)?);
    }
    Some(Reading {
        close: closed,
        ..Reading::new(words, 1)
    })
}

/// 10" and 5/8″, where no quotation is open.
fn inches(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    if !token.close.starts_with(['"', '″', '”']) || token.open.ends_with(['"', '“']) {
        return None;
    }
    let before = line.tokens[at.saturating_sub(MAX_QUOTED_TOKENS)..at].iter().rev();
    let quoted = before
        .take_while(|token| token.shape.digit || !token.close.contains(['"', '”']))
        .any(|token| token.open.contains(['"', '“']));
    let (amount, rest) = amount(token.core, line.dialect)?;
    let unit = if amount.one { "inch" } else { "inches" };
    (!quoted && rest.is_empty()).then(|| Reading {
        close: true,
        ..Reading::new(format!("{} {unit}", amount.words), 1)
    })
}

/// "km/h" without a number.
fn rate(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let (upper, _) = core.split_once('/')?;
    if upper.len() < 2 && core != "m/s" {
        return None;
    }
    units::find(upper, true)?;
    compound(core, false, line.dialect, &|text| units::find(text, true)).map(|name| Reading::new(name, 1))
}

/// "12kg", "5 km/h", "2x8 m2", "3 sq ft", "12/kg", "1.5 million km".
fn measured(line: &Line<'_>, at: usize, core: &str) -> Option<Reading> {
    let dialect = line.dialect;
    if let Some((number, unit)) = core.split_once('/')
        && let Some(words) = numbers::decimal(number, dialect)
        && unit.starts_with(char::is_alphabetic)
    {
        return Some(Reading::new(format!("{words} per {}", per(unit, dialect)?), 1));
    }
    let (mut amount, rest) = amount(core, dialect)?;
    // "747s" are aeroplanes.
    if rest == "s" && core.len() == 4 {
        return None;
    }
    let glued = !rest.is_empty();
    let rest = rest
        .strip_prefix('-')
        .filter(|unit| unit.len() > 1)
        .unwrap_or(rest);
    let mut tokens = 1;
    if !glued && let Some(name) = line.next(at).and_then(|next| magnitude_name(next.core)) {
        amount.words += &format!(" {name}");
        amount.one = false;
        tokens += 1;
    }
    // "3 1/2 km"
    if !glued
        && let Some(fraction) = line
            .next(at)
            .and_then(|next| super::fraction::alone(next.core, dialect))
    {
        amount.words += &format!(" and {fraction}");
        amount.one = false;
        tokens += 1;
    }
    let unit_at = at + tokens - usize::from(glued);
    let written = if glued {
        rest
    } else {
        line.next(at + tokens - 1)?.core
    };
    if !glued {
        tokens += 1;
    }
    let hyphenated = glued && core.len() > rest.len() && core[..core.len() - rest.len()].ends_with('-');
    // "12-inch" and the like, with the unit written out, are read by their hyphen.
    if hyphenated && written.len() > 4 {
        return None;
    }
    let powered = match written {
        "sq" | "Sq" | "square" => Some("square"),
        "cu" | "cubic" => Some("cubic"),
        _ => None,
    };
    if let Some(power) = powered {
        let unit = units::find(line.next_after_dot(unit_at)?.core, false)?;
        return Some(Reading::abbreviation(
            format!("{} {power} {}", amount.words, unit.name(amount.one, dialect)),
            tokens + 1,
        ));
    }
    // "6 ft. 2 in." and "5 lb 3 oz" follow from reading one after the other.
    let attributive = glued
        && line
            .previous(at)
            .is_some_and(|p| matches!(p.core, "a" | "an" | "A" | "An"))
        && line.next(at).is_some_and(|next| {
            next.shape.lower
                && !matches!(
                    next.core,
                    "of" | "long" | "tall" | "wide" | "deep" | "high" | "away" | "or" | "and" | "to" | "in"
                )
        });
    let name = compound(
        written,
        amount.one || hyphenated || attributive,
        dialect,
        &|text| {
            units::find(text, glued).filter(|unit| glued || !unit.ambiguous || unit_stands(line, unit_at))
        },
    )?;
    Some(Reading::abbreviation(format!("{} {name}", amount.words), tokens))
}

/// "in" and the like are units only where no word follows that could make them one.
fn unit_stands(line: &Line<'_>, at: usize) -> bool {
    let token = &line.tokens[at];
    // "5 ft 10 in"
    let after_feet =
        token.core == "in" && at > 1 && matches!(line.tokens[at - 2].core, "ft" | "foot" | "feet");
    after_feet
        || token.close.starts_with(['.', ',', ')', ';'])
        || line.get(at + 1).is_none()
        || line
            .next(at)
            .is_some_and(|next| next.shape.digit || matches!(next.core, "x" | "×" | "by"))
}

/// The name of a unit with a power or a "per", in the singular or plural.
fn compound(
    text: &str,
    one: bool,
    dialect: Dialect,
    find: &dyn Fn(&str) -> Option<&'static Unit>,
) -> Option<String> {
    if let Some(unit) = find(text) {
        return Some(unit.name(one, dialect));
    }
    if let Some((upper, lower)) = text.split_once('/') {
        let upper = compound(upper, one, dialect, &|text| units::find(text, true))?;
        return Some(format!("{upper} per {}", per(lower, dialect)?));
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
pub(super) fn per(text: &str, dialect: Dialect) -> Option<String> {
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
