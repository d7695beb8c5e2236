//! From one sum to another: "$250-$300", "$5-10 million", "a $20 to $30 fee".

use super::{Currency, currencies::sign_before, describes, magnitude_word, number, one_thing, sum, tail};
use crate::text::normalise::{
    amounts::{amount_before, glued_magnitude, number_before},
    engine::Reading,
    line::Line,
    say::numbers,
};

/// A sum without its sign: amount, magnitude, currency.
type Sum<'a> = (&'a str, Option<&'static str>, Currency);

/// Both sums in one token; `rest` is what follows the first.
pub(super) fn glued(line: &Line<'_>, at: usize, first: Sum<'_>, rest: &str) -> Option<Reading> {
    let (amount, scale, currency) = first;
    let second = rest.strip_prefix(['-', '–', '—'])?;
    let (other, unsigned) = sign_before(second).unwrap_or((currency, second));
    if !unsigned.starts_with(|c: char| c.is_ascii_digit())
        || !numbers::is_integer(&number_before(unsigned).0.replace('.', ""))
    {
        return None;
    }
    let (to, after) = amount_before(unsigned);
    let (mut to_scale, after) = glued_magnitude(after);
    let mut tokens = 1;
    if to_scale.is_none() && after.is_empty() {
        to_scale = magnitude_word(line, at, &mut tokens);
    }
    let one_kind = scale.is_none() && sign_before(second).is_none();
    let described = after.is_empty() && describes(line, at, at + tokens - 1);
    let from = if described && other.one == currency.one {
        scaled(amount, scale, line)?
    } else if one_kind {
        // "$5-10 million": the first number is of the same kind as the second.
        number(amount, line.dialect)?
    } else {
        sum(amount, scale, currency, line.dialect)?
    };
    let said = if described { one_thing } else { sum };
    let to = said(&to, to_scale, other, line.dialect)?;
    Some(Reading::new(
        format!("{from} to {to}{}", tail(after, line)?),
        tokens,
    ))
}

/// "$20 to $30" before what both describe.
pub(super) fn worded(line: &Line<'_>, at: usize, first: Sum<'_>, rest: &str) -> Option<Reading> {
    let (amount, scale, currency) = first;
    let link = line
        .next(at)
        .filter(|link| rest.is_empty() && matches!(link.core, "to" | "or"))?
        .core;
    let (other, unsigned) = sign_before(line.next(at + 1)?.core)?;
    let (to, after) = amount_before(unsigned);
    let (to_scale, after) = glued_magnitude(after);
    if to.is_empty() || !after.is_empty() || other.one != currency.one || !describes(line, at, at + 2) {
        return None;
    }
    let from = scaled(amount, scale, line)?;
    let to = one_thing(&to, to_scale, other, line.dialect)?;
    Some(Reading::new(format!("{from} {link} {to}"), 3))
}

fn scaled(amount: &str, scale: Option<&str>, line: &Line<'_>) -> Option<String> {
    let scale = scale.map(|scale| format!(" {scale}")).unwrap_or_default();
    Some(number(amount, line.dialect)? + &scale)
}
