//! Sums of money: signs and codes, cents, magnitudes, ranges, "per month".

mod currencies;
mod ranges;
mod shillings;
mod sum;

use crate::text::normalise::{
    amounts::{glued_magnitude, magnitude_letter, magnitude_name, names, units},
    engine::{Dot, Reading},
    line::{Line, tokens::Token},
    say::{number::Number, numbers},
    words::Role,
};
use currencies::{Currency, code, code_prefix, sign_before, sign_or_code};
pub(crate) use ranges::{or, pence, range, range_before_code};
pub(crate) use shillings::shillings;
use sum::{Form, Sum};

/// The sum that begins with the sign of its currency, and what is left of the token: "-$6.9/day".
fn signed<'a>(line: &Line<'a>, at: usize) -> Option<(Sum<'a>, &'a str)> {
    let (outer, unsigned) = numbers::sign(line.tokens[at].core);
    let (currency, rest) = sign_before(unsigned)?;
    // "$-5" is written too.
    let (inner, rest) = numbers::sign(rest);
    let (sum, rest) = Sum::at(rest, currency)?;
    let sign = if outer.is_empty() { inner } else { outer };
    Some((Sum { sign, ..sum }, rest))
}

/// "$ 20"
pub(crate) fn spaced(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (sign, unsigned) = numbers::sign(line.tokens[at].core);
    let (currency, rest) = sign_before(unsigned)?;
    if !rest.is_empty() || unsigned == "¢" {
        return None;
    }
    let (mut sum, rest) = Sum::at(line.next(at)?.core, currency)?;
    let tokens = 2 + sum.take_word(line, at + 1);
    let words = Sum { sign, ..sum }.say(Form::Alone, line.dialect);
    rest.is_empty().then(|| Reading::new(words, tokens))
}

/// "$100 USD", "$5CAD": the code names the dollar.
pub(crate) fn named(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (sum, rest) = signed(line, at).filter(|(sum, _)| sum.scale.is_none())?;
    let (name, tokens) = match rest {
        "" => (line.next(at)?.core, 2),
        rest => (rest, 1),
    };
    let currency = code(name).filter(|named| named.one.ends_with(sum.currency.one))?;
    let words = Sum { currency, ..sum }.say(Form::Alone, line.dialect);
    Some(Reading::new(words, tokens))
}

/// "two $20s"
pub(crate) fn notes(line: &Line<'_>, at: usize) -> Option<String> {
    let (sum, rest) = signed(line, at).filter(|(sum, _)| sum.scale.is_none())?;
    (matches!(rest, "s" | "'s" | "’s") && sum.amount.is_whole())
        .then(|| numbers::plural(&sum.amount.say(line.dialect)))
}

/// "a $100-million deal"
pub(crate) fn adjective(line: &Line<'_>, at: usize) -> Option<String> {
    let (sum, rest) = signed(line, at)?;
    let (word, adjective) = hyphen_magnitude(rest)?;
    let words = Sum {
        scale: Some(word),
        ..sum
    }
    .say(Form::Describing, line.dialect);
    Some(words + &adjective)
}

/// "-$6.9 million", "$20/mo"
pub(crate) fn sign(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (mut sum, mut rest) = signed(line, at)?;
    let mut last = at;
    if rest.is_empty() {
        last += sum.take_word(line, at);
    }
    // "$1 trillion-plus"
    if sum.scale.is_none()
        && rest.is_empty()
        && let Some(next) = line.next(at)
        && let Some(end) = next.core.find(['-', '+'])
        && let Some(name) = magnitude_name(&next.core[..end])
    {
        sum.scale = Some(name);
        rest = &next.core[end..];
        last += 1;
    }
    // "a $5 bill", "$100-a-plate"
    let describing = rest.starts_with('-') && rest != "-plus" || rest.is_empty() && describes(line, at, last);
    let form = if describing { Form::Describing } else { Form::Alone };
    let mut words = sum.say(form, line.dialect);
    // "$20 million dollars" is said once.
    let twice = |next: &Token<'_>| {
        let before = words.strip_suffix(next.core);
        before.is_some_and(|before| before.ends_with(' '))
    };
    if rest.is_empty() && line.next(last).is_some_and(twice) {
        last += 1;
    }
    // "$20/sq ft"
    let square = |next: &Token<'_>| Some(units::find(next.core, false)?.name(true, line.dialect));
    if rest == "/sq"
        && let Some(unit) = line.next(last).and_then(square)
    {
        return Some(Reading::abbreviation(
            format!("{words} per square {unit}"),
            last + 2 - at,
        ));
    }
    words += &tail(rest, line)?;
    let dot = if rest.contains('/') { Dot::Perhaps } else { Dot::No };
    Some(Reading::new(words, last + 1 - at).with_dot(dot))
}

/// "USD 50", "CAD $50"
pub(crate) fn after_code(line: &Line<'_>, at: usize) -> Option<Reading> {
    let currency = code(line.tokens[at].core)?;
    let next = line.next_after_dot(at)?.core;
    let signless = sign_before(next).filter(|(sign, _)| currency.one.ends_with(sign.one));
    let amount = signless.map_or(next, |(_, rest)| rest);
    let (mut sum, rest) = Sum::of(amount_of(currency, amount)?, currency);
    let tokens = 2 + sum.take_word(line, at + 1);
    let words = sum.say(Form::Alone, line.dialect);
    rest.is_empty().then(|| Reading::new(words, tokens))
}

/// "EUR50"
pub(crate) fn glued_code(line: &Line<'_>, at: usize) -> Option<String> {
    let (currency, rest) = code_prefix(line.tokens[at].core)?;
    let (sum, rest) = Sum::of(amount_of(currency, rest)?, currency);
    rest.is_empty().then(|| sum.say(Form::Alone, line.dialect))
}

/// "50€", "50 €", "50 USD", "1.5 million USD", "99¢", "2.14 DKK/kWh"
pub(crate) fn before_code(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (sign, unsigned) = numbers::sign(line.tokens[at].core);
    let (amount, rest) = Number::before_either(unsigned)?;
    let (mut scale, mut code) = glued_magnitude(rest);
    let mut last = at;
    if code.is_empty() {
        if scale.is_none() {
            scale = line.next(at).and_then(|next| magnitude_letter(next.core));
            last += usize::from(scale.is_some());
        }
        code = line.next(last)?.core;
        last += 1;
    }
    // "2.14 DKK/kWh"
    let (code, per) = code
        .split_once('/')
        .map_or((code, None), |(code, unit)| (code, Some(unit)));
    let currency = sign_or_code(code)?;
    let form = if describes(line, at, last) {
        Form::Describing
    } else {
        Form::Alone
    };
    let words = Sum {
        sign,
        amount,
        scale,
        currency,
    }
    .say(form, line.dialect);
    match per {
        Some(unit) => {
            let words = format!("{words} per {}", names::per(unit, line.dialect)?);
            Some(Reading::abbreviation(words, last + 1 - at))
        }
        None => Some(Reading::new(words, last + 1 - at)),
    }
}

/// What follows the sum in the tokens from `at` to `last` is described by it: "a $5 bill", "five $20 notes".
fn describes(line: &Line<'_>, at: usize, last: usize) -> bool {
    line.next(last).is_some_and(|next| {
        let article = line
            .previous(at)
            .is_some_and(|before| matches!(before.core, "a" | "A" | "an" | "An" | "another" | "every"));
        next.is_small_word()
            && (matches!(next.core, "bill" | "bills" | "note" | "notes" | "coin" | "coins")
                || article && !next.is(Role::Link))
    })
}

/// The amount after a code: "Rp 10.000" are ten thousand where prices are written so.
fn amount_of<'a>(currency: Currency, text: &'a str) -> Option<(Number<'a>, &'a str)> {
    let dotted = matches!(
        currency.many,
        "rupiah" | "dong" | "kronor" | "forints" | "Chilean pesos"
    );
    dotted
        .then(|| Number::thousands_before(text))
        .flatten()
        .or_else(|| Number::before_either(text))
}

/// "-million deal": the word and what follows it.
fn hyphen_magnitude(rest: &str) -> Option<(&'static str, String)> {
    let rest = rest.strip_prefix('-')?;
    let (name, more) = rest.split_once('-').unwrap_or((rest, ""));
    let word = magnitude_letter(name).or_else(|| magnitude_name(name))?;
    let adjective = if more.is_empty() {
        String::new()
    } else {
        format!(" {}", more.replace('-', " "))
    };
    more.chars()
        .all(|c| c.is_alphabetic() || c == '-')
        .then_some((word, adjective))
}

/// What follows a sum in one token: "/mo", "-a-month".
fn tail(rest: &str, line: &Line<'_>) -> Option<String> {
    match rest {
        "" => return Some(String::new()),
        "+" => return Some(" plus".to_owned()),
        _ => {}
    }
    if let Some(unit) = rest.strip_prefix('/') {
        // "$5/$10"
        if let Some((currency, other)) = sign_before(unit) {
            let (sum, after) = Sum::of(Number::before_either(other)?, currency);
            let words = sum.say(Form::Alone, line.dialect);
            return after.is_empty().then(|| format!(" slash {words}"));
        }
        if let Some((number, scale)) = Number::before(unit) {
            let (scale, rest) = glued_magnitude(scale);
            let scale = scale.map(|scale| format!(" {scale}")).unwrap_or_default();
            let words = number.say(line.dialect);
            return rest.is_empty().then(|| format!(" per {words}{scale}"));
        }
        return Some(format!(" per {}", names::per(unit, line.dialect)?));
    }
    // "£9.99pp", "£950pcm"
    let glued = match rest {
        "pp" => "per person",
        "pw" => "per week",
        "pcm" => "per calendar month",
        "pa" => "per annum",
        "ea" => "each",
        _ => "",
    };
    if !glued.is_empty() {
        return Some(format!(" {glued}"));
    }
    let words = rest.strip_prefix('-')?;
    (!words.is_empty() && words.chars().all(|c| c.is_alphabetic() || c == '-'))
        .then(|| format!(" {}", words.replace('-', " ")))
}
