//! From one sum to another: "$250-$300", "$5-10 million", "a $20 to $30 fee".

use super::{currencies::sign_before, describes, magnitude_word, number, one_thing, signed, sum, tail};
use crate::text::normalise::{
    amounts::{amount_before, glued_magnitude, number_before},
    engine::Reading,
    line::Line,
    say::numbers,
};

/// "$250-$300", "$5-10 million": both sums in one token.
pub(crate) fn range(line: &Line<'_>, at: usize) -> Option<Reading> {
    let first = signed(line, at)?;
    let second = first.rest.strip_prefix(['-', '–', '—'])?;
    let (other, unsigned) = sign_before(second).unwrap_or((first.currency, second));
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
    let one_kind = first.scale.is_none() && sign_before(second).is_none();
    let described = after.is_empty() && describes(line, at, at + tokens - 1);
    let from = if described && other.one == first.currency.one {
        scaled(&first.amount, first.scale, line)?
    } else if one_kind {
        // "$5-10 million": the first number is of the same kind as the second.
        number(&first.amount, line.dialect)?
    } else {
        sum(&first.amount, first.scale, first.currency, line.dialect)?
    };
    let said = if described { one_thing } else { sum };
    let to = said(&to, to_scale, other, line.dialect)?;
    let words = format!("{}{from} to {to}{}", first.minus, tail(after, line)?);
    Some(Reading::new(words, tokens))
}

/// "$20 to $30" before what both describe.
pub(crate) fn or(line: &Line<'_>, at: usize) -> Option<Reading> {
    let first = signed(line, at).filter(|first| first.rest.is_empty())?;
    let link = line.next(at)?.core;
    if !matches!(link, "to" | "or") {
        return None;
    }
    let (other, unsigned) = sign_before(line.next(at + 1)?.core)?;
    let (to, after) = amount_before(unsigned);
    let (to_scale, after) = glued_magnitude(after);
    let same = other.one == first.currency.one;
    if to.is_empty() || !after.is_empty() || !same || !describes(line, at, at + 2) {
        return None;
    }
    let from = scaled(&first.amount, first.scale, line)?;
    let to = one_thing(&to, to_scale, other, line.dialect)?;
    Some(Reading::new(format!("{}{from} {link} {to}", first.minus), 3))
}

fn scaled(amount: &str, scale: Option<&str>, line: &Line<'_>) -> Option<String> {
    let scale = scale.map(|scale| format!(" {scale}")).unwrap_or_default();
    Some(number(amount, line.dialect)? + &scale)
}
