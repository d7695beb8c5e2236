//! From one sum to another: "$250-$300", "$5-10 million", "a $20 to $30 fee", "100-150 USD".

use super::{
    currencies::{sign_before, sign_or_code},
    describes, signed,
    sum::{Form, Sum},
    tail,
};
use crate::text::{
    Dialect,
    normalise::{
        engine::Reading,
        line::Line,
        say::{self, DASHES, number::Number, numbers},
    },
};

/// "$250-$300", "$5-10 million": both sums in one token.
pub(crate) fn range(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (first, rest) = signed(line, at)?;
    let second = rest.strip_prefix(DASHES)?;
    let own_sign = sign_before(second);
    let (currency, unsigned) = own_sign.unwrap_or((first.currency, second));
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) || Number::before(unsigned).is_none() {
        return None;
    }
    let (mut to, after) = Sum::at(unsigned, currency)?;
    let more = if after.is_empty() {
        to.take_word(line, at)
    } else {
        0
    };
    let described = after.is_empty() && describes(line, at, at + more);
    // "$5-10 million": the first number is of the same kind as the second.
    let one_kind = first.scale.is_none() && own_sign.is_none();
    let (from_form, form) = match described {
        true if currency.one == first.currency.one => (Form::Number, Form::Describing),
        true => (Form::Alone, Form::Describing),
        false if one_kind => (Form::Number, Form::Alone),
        false => (Form::Alone, Form::Alone),
    };
    let (from, to) = (first.say(from_form, line.dialect), to.say(form, line.dialect));
    Some(Reading::new(
        format!("{from} to {to}{}", tail(after, line)?),
        1 + more,
    ))
}

/// "$20 to $30" before what both describe.
pub(crate) fn or(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (first, rest) = signed(line, at)?;
    let link = line.next(at).filter(|_| rest.is_empty())?.core;
    let (currency, unsigned) = sign_before(line.next(at + 1)?.core)?;
    let (to, after) = Sum::at(unsigned, currency)?;
    let same = after.is_empty() && currency.one == first.currency.one;
    if !matches!(link, "to" | "or") || !same || !describes(line, at, at + 2) {
        return None;
    }
    let (from, to) = (
        first.say(Form::Number, line.dialect),
        to.say(Form::Describing, line.dialect),
    );
    Some(Reading::new(format!("{from} {link} {to}"), 3))
}

/// "50p", "10p-20p", "10-20p"
pub(crate) fn pence(line: &Line<'_>, at: usize) -> Option<String> {
    let (minus, unsigned) = numbers::sign(line.tokens[at].core);
    let pence = unsigned
        .strip_suffix('p')
        .filter(|_| line.dialect == Dialect::British)?;
    let number = |text: &str| {
        let amount = text.strip_suffix('p').unwrap_or(text);
        let digits = amount.strip_suffix('½').unwrap_or(amount);
        let half = if digits == amount { "" } else { " and a half" };
        numbers::is_digits(digits).then(|| numbers::cardinal(digits, line.dialect) + half)
    };
    if let Some(words) = say::range(pence, number) {
        return Some(words + " pence");
    }
    let unit = if pence == "1" { "penny" } else { "pence" };
    Some(format!(
        "{minus}{} {unit}",
        number(pence).filter(|_| pence.chars().count() <= 3)?
    ))
}

/// "100-150 USD"
pub(crate) fn range_before_code(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (from, rest) = Number::before_either(line.tokens[at].core)?;
    let (to, after) = Number::before_either(rest.strip_prefix(['-', '–'])?)?;
    let (code, tokens) = match after {
        "" => (line.next(at)?.core, 2),
        after => (after, 1),
    };
    let (to, _) = Sum::of((to, ""), sign_or_code(code)?);
    let (from, to) = (from.say(line.dialect), to.say(Form::Alone, line.dialect));
    Some(Reading::new(format!("{from} to {to}"), tokens))
}
