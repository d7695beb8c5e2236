//! Numbers with units: names in the right number, per, square and cubic, feet and inches; percent and degrees.

mod amount;
mod described;
mod ranges;
mod signs;

use ranges::twice;
pub(crate) use ranges::{signed_twice, spaced_range};
pub(crate) use signs::{bearing, degrees, feet, inches, sides};

use std::borrow::Cow;

use crate::text::{
    Dialect,
    normalise::{
        amounts::{
            fractions::{self, vulgar},
            magnitude_name,
            names::{compound, is_period, per},
            units,
        },
        context,
        engine::Reading,
        line::{Line, tokens::Token},
        say::{number::Number, numbers},
        words::Role,
    },
};
use amount::Amount;
use described::is_described;

/// The core of a token that may be an amount. Most numbers are followed by a word: nothing to look up.
fn amount_at<'a>(line: &Line<'a>, at: usize) -> Option<&'a str> {
    let token = &line.tokens[at];
    let first = token.core.chars().next()?;
    if first.is_ascii_lowercase() || !(token.shape.digit || vulgar(first).is_some()) {
        return None;
    }
    let unit =
        |next: &Token<'_>| next.core.len() <= MAX_UNIT_BYTES && !next.is_digits() || next.is(Role::Magnitude);
    let alone = token.is_digits() && token.close.is_empty() && !line.next(at).is_some_and(unit);
    (!alone).then_some(token.core)
}

/// The same, where units are read.
fn unit_at<'a>(line: &Line<'a>, at: usize) -> Option<&'a str> {
    line.options.unit_normalization.then(|| amount_at(line, at))?
}

/// Signs of units are no longer than this, "kg·m/s²" among them.
const MAX_UNIT_BYTES: usize = 12;

/// "5%", "5-10 %", "5 ‰".
pub(crate) fn percent(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (amount, rest) = Amount::before(amount_at(line, at)?, line.dialect)?;
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
    let amount = amount.say(line.dialect);
    Some(Reading::new(format!("{amount} {unit}{more}"), tokens))
}

/// "km/h" without a number.
pub(crate) fn rate(line: &Line<'_>, at: usize) -> Option<String> {
    let token = &line.tokens[at];
    let core = token.core;
    let amount = token.shape.digit && !core.starts_with(|c: char| c.is_ascii_lowercase());
    if amount || !line.options.unit_normalization {
        return None;
    }
    let (upper, lower) = core.split_once('/')?;
    // "7 days/week", "10 req/s"
    if line.previous(at).is_some_and(|before| before.shape.digit)
        && units::find(upper, true).is_none()
        && upper.len() > 2
        && upper.bytes().all(|b| b.is_ascii_lowercase())
        && is_period(lower)
    {
        return Some(format!("{upper} per {}", per(lower, line.dialect)?));
    }
    if upper.len() < 2 && core != "m/s" {
        return None;
    }
    units::find(upper, true)?;
    // "ML/AI" are no milliliters.
    let known = lower.trim_end_matches(['2', '3', '²', '³', '^']);
    if units::find(known, true).is_none() && !is_period(lower) {
        return None;
    }
    compound(core, false, line.dialect, &|text| units::find(text, true))
}

/// A unit that only what stands beside it tells, and the tokens up to it.
fn by_neighbours(line: &Line<'_>, at: usize) -> Option<(&'static str, &'static str, usize)> {
    let core = line.tokens[at].core;
    let after = line.next_after_dot(at + 1).map(|after| after.core);
    match line.next(at)?.core {
        // "1 pt. of milk"
        "pt" | "pts" if after == Some("of") => Some(("pint", "pints", 2)),
        "fl" if after == Some("oz") => Some(("fluid ounce", "fluid ounces", 3)),
        // "25 bps" of interest; modems were faster.
        "bps" if core.parse::<u32>().is_ok_and(|points| points <= 250) => {
            Some(("basis point", "basis points", 2))
        }
        _ => None,
    }
}

/// "12kg", "5 km/h", "2x8 m2", "3 sq ft", "12/kg", "1.5 million km".
pub(crate) fn unit(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (core, dialect) = (unit_at(line, at)?, line.dialect);
    if let Some(words) = twice(core, dialect) {
        return Some(Reading::abbreviation(words, 1));
    }
    if let Some(number) = Number::of(core)
        && let Some((one, many, tokens)) = by_neighbours(line, at)
    {
        let unit = if number.is_one() { one } else { many };
        let words = format!("{} {unit}", number.say(dialect));
        return Some(Reading::abbreviation(words, tokens));
    }
    // "12A" is a fuse, "flat 4A" none.
    if let Some((_, unit)) = Number::before(core)
        && (unit == "m" && context::counts_millions(line, at)
            || unit == "A" && (core.len() == 2 || context::is_place(line, at)))
    {
        return None;
    }
    if let Some((number, tokens)) = context::spaced(line, at) {
        let unit = line.next(at + tokens - 1)?.core;
        let name = compound(unit, false, dialect, &|text| units::find(text, false))?;
        return Some(Reading::abbreviation(
            format!("{} {name}", numbers::cardinal(&number, dialect)),
            tokens + 1,
        ));
    }
    if let Some((number, unit)) = core.split_once('/')
        && let Some(number) = Number::signed(number)
        && unit.starts_with(char::is_alphabetic)
    {
        let words = format!("{} per {}", number.say(dialect), per(unit, dialect)?);
        return Some(Reading::new(words, 1));
    }
    let (mut amount, rest) = Amount::before(core, dialect)?;
    // "12st 7lb"; "21st" and "11st" are ordinals, right or wrong.
    if rest == "st"
        && (dialect == Dialect::British && !core.ends_with("1st")
            || line.next(at).is_some_and(|next| next.core.ends_with("lb")))
    {
        return Some(Reading::new(format!("{} stone", amount.say(dialect)), 1));
    }
    // "747s" are aeroplanes, and "4s" after "iPhone" is a model.
    if rest == "s" && (core.len() == 4 || core.len() == 2 && line.after_a(at, Role::Hump)) {
        return None;
    }
    let glued = !rest.is_empty();
    // "a 9-V battery", where "5-A" alone is a serial.
    let of_noun = line.next(at).is_some_and(|next| next.is_small_word());
    let rest = rest
        .strip_prefix('-')
        .filter(|unit| unit.len() > 1 || matches!(*unit, "L" | "V" | "W") && of_noun)
        .unwrap_or(rest);
    let mut tokens = 1;
    if !glued && let Some(name) = line.next(at).and_then(|next| magnitude_name(next.core)) {
        amount = amount.with(name.to_owned());
        tokens += 1;
    }
    // "3 1/2 km"
    if !glued
        && let Some(fraction) = line
            .next(at)
            .and_then(|next| fractions::alone(next.core, dialect))
    {
        amount = amount.with(format!("and {fraction}"));
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
        let unit = unit.name(amount.is_one(), dialect);
        let words = format!("{} {power} {unit}", amount.say(dialect));
        return Some(Reading::abbreviation(words, tokens + 1));
    }
    // "6 ft. 2 in." and "5 lb 3 oz" follow from reading one after the other.
    let attributive = line
        .previous(at)
        .is_some_and(|p| matches!(p.core, "a" | "an" | "A" | "An"))
        && line
            .next_after_dot(at + tokens - 1)
            .is_some_and(|next| is_described(next, glued));
    let described = line.next_after_dot(at + tokens - 1).is_some_and(|next| {
        next.is(Role::Described)
            || matches!(written, "V" | "W") && next.is_small_word() && !next.is(Role::Function)
    });
    // "8 L/100 km"
    let hundred = written
        .split_once('/')
        .is_some_and(|(_, number)| numbers::is_integer(number));
    let written = match line.next(at + tokens - 1).filter(|_| hundred) {
        Some(next) => {
            tokens += 1;
            Cow::Owned(format!("{written}{}", next.core))
        }
        None => Cow::Borrowed(written),
    };
    let name = compound(
        &written,
        amount.is_one() || hyphenated || attributive || described,
        dialect,
        &|text| {
            units::find(text, glued).filter(|unit| glued || !unit.ambiguous || unit_stands(line, unit_at))
        },
    )?;
    let words = format!("{} {name}", amount.say(dialect));
    Some(Reading::abbreviation(words, tokens))
}

/// "in" and the like are units only where no word follows that could make them one.
fn unit_stands(line: &Line<'_>, at: usize) -> bool {
    let token = &line.tokens[at];
    // "5 ft 10 in"
    let after_feet =
        token.core == "in" && at > 1 && matches!(line.tokens[at - 2].core, "ft" | "foot" | "feet");
    let goes_on = matches!(token.core, "g" | "t" | "l" | "L" | "h" | "s" | "W" | "V" | "J")
        && line.next(at).is_some_and(|next| next.is(Role::GoesOnAfterUnit));
    // "220 V outlet", "a 5 W bulb"
    let electric = matches!(token.core, "V" | "W") && line.next(at).is_some_and(|next| next.is_small_word());
    after_feet
        || electric
        || goes_on
        || token.close.starts_with(['.', ',', ')', ';'])
        || line.get(at + 1).is_none()
        || line.next(at).is_some_and(|next| {
            // "1 in 10" are chances.
            next.shape.digit && token.core != "in" || matches!(next.core, "x" | "×" | "by")
        })
}
