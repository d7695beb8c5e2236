//! Sums of money: signs and codes, cents, magnitudes, ranges, "per month".

mod currencies;
mod ranges;

pub(crate) use ranges::{or, range};

use crate::text::{
    Dialect,
    normalise::{
        amounts::{
            amount_before, glued_magnitude, magnitude_letter, magnitude_name, names, number_before,
            thousands_before,
        },
        engine::Reading,
        line::Line,
        say::{self, numbers},
        words::Role,
    },
};
use std::borrow::Cow;

use currencies::{Currency, code, code_prefix, sign_before, sign_or_code};

/// A sum that begins with the sign of its currency: "-$6.9 million".
struct Signed<'a> {
    /// "minus " before the sign or after it.
    minus: String,
    currency: Currency,
    amount: Cow<'a, str>,
    scale: Option<&'static str>,
    /// What is left of the token.
    rest: &'a str,
}

fn signed<'a>(line: &Line<'a>, at: usize) -> Option<Signed<'a>> {
    let (outer, unsigned) = numbers::sign(line.tokens[at].core);
    let (currency, rest) = sign_before(unsigned)?;
    // "$-5" is written too.
    let (inner, rest) = numbers::sign(rest);
    let (amount, rest) = amount_before(rest);
    let (scale, rest) = glued_magnitude(rest);
    let minus = format!("{outer}{inner}");
    (!amount.is_empty()).then_some(Signed {
        minus,
        currency,
        amount,
        scale,
        rest,
    })
}

/// "$ 20"
pub(crate) fn spaced(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let (minus, unsigned) = numbers::sign(core);
    let (currency, rest) = sign_before(unsigned)?;
    if !rest.is_empty() || core.contains('¢') {
        return None;
    }
    let (amount, rest) = amount_before(line.next(at)?.core);
    let (mut scale, rest) = glued_magnitude(rest);
    let mut tokens = 2;
    if scale.is_none() {
        scale = magnitude_word(line, at + 1, &mut tokens);
    }
    let said = !amount.is_empty() && rest.is_empty();
    let words = said.then(|| sum(&amount, scale, currency, line.dialect))??;
    Some(Reading::new(format!("{minus}{words}"), tokens))
}

/// "$100 USD", "$5CAD": the code names the dollar.
pub(crate) fn named(line: &Line<'_>, at: usize) -> Option<Reading> {
    let first = signed(line, at).filter(|first| first.scale.is_none())?;
    let (name, tokens) = match first.rest {
        "" => (line.next(at)?.core, 2),
        rest => (rest, 1),
    };
    let named = code(name).filter(|named| named.one.ends_with(first.currency.one))?;
    let words = sum(&first.amount, None, named, line.dialect)?;
    Some(Reading::new(format!("{}{words}", first.minus), tokens))
}

/// "two $20s"
pub(crate) fn notes(line: &Line<'_>, at: usize) -> Option<Reading> {
    let first = signed(line, at).filter(|first| first.scale.is_none())?;
    (matches!(first.rest, "s" | "'s" | "’s") && numbers::is_integer(&first.amount)).then(|| {
        Reading::new(
            numbers::plural(&numbers::cardinal(&first.amount, line.dialect)),
            1,
        )
    })
}

/// "a $100-million deal"
pub(crate) fn adjective(line: &Line<'_>, at: usize) -> Option<Reading> {
    let Signed {
        minus,
        currency,
        amount,
        rest,
        ..
    } = signed(line, at)?;
    let (word, adjective) = hyphen_magnitude(rest)?;
    let number = number(&amount, line.dialect)?;
    Some(Reading::new(
        format!("{minus}{number} {word} {}{adjective}", currency.one),
        1,
    ))
}

/// "-$6.9 million", "$20/mo"
pub(crate) fn sign(line: &Line<'_>, at: usize) -> Option<Reading> {
    let Signed {
        minus,
        currency,
        amount,
        mut scale,
        mut rest,
    } = signed(line, at)?;
    let mut tokens = 1;
    if scale.is_none() && rest.is_empty() {
        scale = magnitude_word(line, at, &mut tokens);
    }
    // "$1 trillion-plus"
    if scale.is_none()
        && rest.is_empty()
        && let Some(next) = line.next(at)
        && let Some(end) = next.core.find(['-', '+'])
        && let Some(name) = magnitude_name(&next.core[..end])
    {
        scale = Some(name);
        rest = &next.core[end..];
        tokens += 1;
    }
    // "a $5 bill", "$100-a-plate": before what it describes a sum is one thing.
    let said = if rest.starts_with('-') && rest != "-plus"
        || describes(line, at, at + tokens - 1) && rest.is_empty()
    {
        one_thing(&amount, scale, currency, line.dialect)?
    } else {
        sum(&amount, scale, currency, line.dialect)?
    };
    let mut words = format!("{minus}{said}");
    // "$20 million dollars" is said once.
    if rest.is_empty()
        && line.next(at + tokens - 1).is_some_and(|next| {
            words
                .strip_suffix(next.core)
                .is_some_and(|before| before.ends_with(' '))
        })
    {
        tokens += 1;
    }
    if rest == "+" {
        words += " plus";
        rest = "";
    }
    words += &tail(rest, line)?;
    if rest.contains('/') {
        return Some(Reading::abbreviation(words, tokens));
    }
    Some(Reading::new(words, tokens))
}

/// What follows the sum in the tokens from `at` to `last` is described by it: "a $5 bill", "five $20 notes".
fn describes(line: &Line<'_>, at: usize, last: usize) -> bool {
    line.next(last).is_some_and(|next| {
        let article = line
            .previous(at)
            .is_some_and(|before| matches!(before.core, "a" | "A" | "an" | "An" | "another" | "every"));
        next.is_word()
            && !next.shape.upper
            && (matches!(next.core, "bill" | "bills" | "note" | "notes" | "coin" | "coins")
                || article && !next.is(Role::Link))
    })
}

/// "USD 50", "CAD $50"
pub(crate) fn after_code(line: &Line<'_>, at: usize) -> Option<Reading> {
    let currency = code(line.tokens[at].core)?;
    let next = line.next_after_dot(at)?;
    let signless = sign_before(next.core).filter(|(sign, _)| currency.one.ends_with(sign.one));
    let (amount, rest) = amount_of(currency, signless.map_or(next.core, |(_, rest)| rest));
    let (mut scale, rest) = glued_magnitude(rest);
    if amount.is_empty() || !rest.is_empty() {
        return None;
    }
    let mut tokens = 2;
    if scale.is_none() {
        scale = magnitude_word(line, at + 1, &mut tokens);
    }
    Some(Reading::new(sum(&amount, scale, currency, line.dialect)?, tokens))
}

/// "EUR50"
pub(crate) fn glued_code(line: &Line<'_>, at: usize) -> Option<String> {
    let (currency, rest) = code_prefix(line.tokens[at].core)?;
    let (amount, rest) = amount_of(currency, rest);
    let (scale, rest) = glued_magnitude(rest);
    (rest.is_empty() && !amount.is_empty()).then(|| sum(&amount, scale, currency, line.dialect))?
}

/// The amount after a code: "Rp 10.000" are ten thousand where prices are written so.
fn amount_of<'a>(currency: Currency, text: &'a str) -> (Cow<'a, str>, &'a str) {
    let dotted = matches!(
        currency.many,
        "rupiah" | "dong" | "kronor" | "forints" | "Chilean pesos"
    );
    dotted
        .then(|| thousands_before(text))
        .flatten()
        .unwrap_or_else(|| amount_before(text))
}

/// "50p", "10p-20p", "10-20p"
pub(crate) fn pence(line: &Line<'_>, at: usize) -> Option<String> {
    let (minus, unsigned) = numbers::sign(line.tokens[at].core);
    let pence = unsigned
        .strip_suffix('p')
        .filter(|_| line.dialect == Dialect::British)?;
    let number = |digits: &str| numbers::cardinal(digits, line.dialect);
    let side = |text: &str| {
        let digits = text.strip_suffix('p').unwrap_or(text);
        numbers::is_digits(digits).then(|| number(digits))
    };
    if let Some(words) = say::range(pence, side) {
        return Some(words + " pence");
    }
    let unit = if pence == "1" { "penny" } else { "pence" };
    (pence.len() <= 3 && numbers::is_digits(pence)).then(|| format!("{minus}{} {unit}", number(pence)))
}

/// "100-150 USD"
pub(crate) fn range_before_code(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (from, rest) = amount_before(line.tokens[at].core);
    let (to, after) = amount_before(rest.strip_prefix(['-', '–'])?);
    if from.is_empty() || to.is_empty() {
        return None;
    }
    let (currency, tokens) = match after {
        "" => (sign_or_code(line.next(at)?.core)?, 2),
        after => (sign_or_code(after)?, 1),
    };
    let to = sum(&to, None, currency, line.dialect)?;
    Some(Reading::new(
        format!("{} to {to}", number(&from, line.dialect)?),
        tokens,
    ))
}

/// "50€", "50 €", "50 USD", "1.5 million USD", "99¢"
pub(crate) fn before_code(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (minus, unsigned) = numbers::sign(line.tokens[at].core);
    let (amount, rest) = amount_before(unsigned);
    if amount.is_empty() {
        return None;
    }
    let (mut scale, rest) = glued_magnitude(rest);
    let mut tokens = 1;
    let code = if rest.is_empty() {
        scale = scale.or_else(|| magnitude_word(line, at, &mut tokens));
        tokens += 1;
        line.next(at + tokens - 2)?.core
    } else {
        rest
    };
    let currency = sign_or_code(code)?;
    let describes = describes(line, at, at + tokens - 1);
    let said = if describes { one_thing } else { sum };
    let words = said(&amount, scale, currency, line.dialect)?;
    Some(Reading::new(format!("{minus}{words}"), tokens))
}

/// The magnitude that stands as a word of its own after `at`.
fn magnitude_word(line: &Line<'_>, at: usize, tokens: &mut usize) -> Option<&'static str> {
    let next = line.next(at)?;
    let word = magnitude_letter(next.core)?;
    *tokens += 1;
    Some(word)
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
    if rest.is_empty() {
        return Some(String::new());
    }
    if let Some(unit) = rest.strip_prefix('/') {
        // "$5/$10"
        if let Some((currency, other)) = sign_before(unit) {
            let (amount, after) = amount_before(other);
            let words = sum(&amount, None, currency, line.dialect)?;
            return after.is_empty().then(|| format!(" slash {words}"));
        }
        let (number, scale) = number_before(unit);
        if !number.is_empty() {
            let (scale, rest) = glued_magnitude(scale);
            let scale = scale.map(|scale| format!(" {scale}")).unwrap_or_default();
            let words = numbers::decimal(number, line.dialect)?;
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

fn number(amount: &str, dialect: Dialect) -> Option<String> {
    numbers::decimal(amount, dialect)
}

/// "five dollar", "one point five million dollar": a sum that describes a noun.
fn one_thing(amount: &str, scale: Option<&str>, currency: Currency, dialect: Dialect) -> Option<String> {
    let cents = amount
        .split_once('.')
        .is_some_and(|(_, cents)| cents.contains(|c| c != '0'));
    if cents && scale.is_none() {
        return sum(amount, scale, currency, dialect);
    }
    let scale = scale.map(|scale| format!(" {scale}")).unwrap_or_default();
    let whole = if scale.is_empty() {
        amount.split('.').next()?
    } else {
        amount
    };
    Some(format!("{}{scale} {}", number(whole, dialect)?, currency.one))
}

/// A sum in words. Two decimals are cents, more are said as decimals; with a magnitude all are.
fn sum(amount: &str, scale: Option<&str>, currency: Currency, dialect: Dialect) -> Option<String> {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let cents = fraction.trim_end_matches('0');
    if let Some(scale) = scale {
        return Some(format!("{} {scale} {}", number(amount, dialect)?, currency.many));
    }
    let value = whole.trim_start_matches(['0', ',']);
    let major = if value == "1" { currency.one } else { currency.many };
    if cents.is_empty() {
        return Some(format!("{} {major}", numbers::cardinal(whole, dialect)));
    }
    let Some((cent, cent_plural)) = currency.minor.filter(|_| cents.len() <= 2) else {
        return Some(format!("{} {}", number(amount, dialect)?, currency.many));
    };
    let cents = format!("{cents:0<2}");
    let unit = if cents == "01" { cent } else { cent_plural };
    let cents = format!("{} {unit}", numbers::cardinal(&cents, dialect));
    Some(if value.is_empty() {
        cents
    } else {
        format!("{} {major} and {cents}", numbers::cardinal(whole, dialect))
    })
}
