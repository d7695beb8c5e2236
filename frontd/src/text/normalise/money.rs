//! Sums of money: signs and codes, cents, magnitudes, ranges, "per month".

use std::borrow::Cow;

use super::{
    measure, numbers,
    words::{Line, Reading},
};
use crate::text::Dialect;

pub(super) struct Currency {
    pub one: &'static str,
    pub many: &'static str,
    /// The hundredth, if it is in use.
    pub minor: Option<(&'static str, &'static str)>,
}

const fn currency(
    one: &'static str,
    many: &'static str,
    minor: Option<(&'static str, &'static str)>,
) -> Currency {
    Currency { one, many, minor }
}

const CENTS: Option<(&str, &str)> = Some(("cent", "cents"));
const PENCE: Option<(&str, &str)> = Some(("penny", "pence"));

/// Signs, longest first where one begins another.
const SIGNS: &[(&str, Currency)] = &[
    ("US$", currency("US dollar", "US dollars", CENTS)),
    (
        "NZ$",
        currency("New Zealand dollar", "New Zealand dollars", CENTS),
    ),
    ("HK$", currency("Hong Kong dollar", "Hong Kong dollars", CENTS)),
    ("CA$", currency("Canadian dollar", "Canadian dollars", CENTS)),
    ("AU$", currency("Australian dollar", "Australian dollars", CENTS)),
    ("A$", currency("Australian dollar", "Australian dollars", CENTS)),
    ("C$", currency("Canadian dollar", "Canadian dollars", CENTS)),
    ("S$", currency("Singapore dollar", "Singapore dollars", CENTS)),
    ("R$", currency("real", "reais", Some(("centavo", "centavos")))),
    ("$", currency("dollar", "dollars", CENTS)),
    ("£", currency("pound", "pounds", PENCE)),
    ("€", currency("euro", "euros", CENTS)),
    ("¥", currency("yen", "yen", None)),
    ("₹", currency("rupee", "rupees", Some(("paisa", "paise")))),
    ("₩", currency("won", "won", None)),
    ("₽", currency("ruble", "rubles", Some(("kopek", "kopeks")))),
    ("₺", currency("lira", "lira", Some(("kurush", "kurush")))),
    ("₪", currency("shekel", "shekels", Some(("agora", "agorot")))),
    ("₫", currency("dong", "dong", None)),
    ("₴", currency("hryvnia", "hryvnias", Some(("kopeck", "kopecks")))),
    ("₦", currency("naira", "naira", Some(("kobo", "kobo")))),
    ("₱", currency("peso", "pesos", Some(("centavo", "centavos")))),
    ("₿", currency("bitcoin", "bitcoins", None)),
    ("฿", currency("baht", "baht", None)),
    ("¢", currency("cent", "cents", None)),
];

const CODES: &[(&str, Currency)] = &[
    ("Rs", currency("rupee", "rupees", Some(("paisa", "paise")))),
    ("USD", currency("US dollar", "US dollars", CENTS)),
    ("EUR", currency("euro", "euros", CENTS)),
    ("GBP", currency("pound", "pounds", PENCE)),
    ("JPY", currency("yen", "yen", None)),
    ("CNY", currency("yuan", "yuan", None)),
    ("RMB", currency("renminbi", "renminbi", None)),
    ("INR", currency("rupee", "rupees", Some(("paisa", "paise")))),
    ("CAD", currency("Canadian dollar", "Canadian dollars", CENTS)),
    ("AUD", currency("Australian dollar", "Australian dollars", CENTS)),
    (
        "NZD",
        currency("New Zealand dollar", "New Zealand dollars", CENTS),
    ),
    ("HKD", currency("Hong Kong dollar", "Hong Kong dollars", CENTS)),
    ("SGD", currency("Singapore dollar", "Singapore dollars", CENTS)),
    (
        "CHF",
        currency("Swiss franc", "Swiss francs", Some(("centime", "centimes"))),
    ),
    ("KRW", currency("won", "won", None)),
    ("SEK", currency("Swedish krona", "Swedish kronor", None)),
    ("NOK", currency("Norwegian krone", "Norwegian kroner", None)),
    ("DKK", currency("Danish krone", "Danish kroner", None)),
    ("PLN", currency("zloty", "zlotys", None)),
    ("RUB", currency("ruble", "rubles", None)),
    ("BRL", currency("real", "reais", None)),
    ("MXN", currency("Mexican peso", "Mexican pesos", None)),
    ("ZAR", currency("rand", "rand", None)),
    ("TRY", currency("Turkish lira", "Turkish lira", None)),
    ("BTC", currency("bitcoin", "bitcoins", None)),
];

pub(super) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    prefixed(line, at)
        .or_else(|| code_before(line, at))
        .or_else(|| suffixed(line, at))
}

/// The sign at the start of `text`, and the rest.
fn sign_before(text: &str) -> Option<(&'static Currency, &str)> {
    if text.starts_with("us$") {
        return sign_before(&text[2..]).map(|(_, rest)| (&SIGNS[0].1, rest));
    }
    SIGNS
        .iter()
        .find_map(|(sign, currency)| text.strip_prefix(sign).map(|rest| (currency, rest)))
}

fn code(text: &str) -> Option<&'static Currency> {
    CODES
        .iter()
        .find(|(code, _)| *code == text)
        .map(|(_, currency)| currency)
}

/// "-$6.9 million", "$250-$300", "$20/mo", "$100-million".
fn prefixed(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let (minus, unsigned) = numbers::sign(core);
    let (currency, rest) = sign_before(unsigned)?;
    if rest.is_empty() && !core.contains('¢') {
        // "$ 20"
        let (amount, rest) = amount_before(line.next(at)?.core);
        let (mut scale, rest) = glued_magnitude(rest);
        let mut tokens = 2;
        if scale.is_none() {
            scale = magnitude_word(line, at + 1, &mut tokens);
        }
        let said = !amount.is_empty() && rest.is_empty();
        return said
            .then(|| sum(&amount, scale, currency, line.dialect))?
            .map(|words| Reading::new(format!("{minus}{words}"), tokens));
    }
    // "$-5" is written too.
    let (inner, rest) = numbers::sign(rest);
    let (amount, rest) = amount_before(rest);
    if amount.is_empty() {
        return None;
    }
    let mut tokens = 1;
    let (mut scale, mut rest) = glued_magnitude(rest);
    let range = rest.strip_prefix(['-', '–', '—']).filter(|second| {
        let second = sign_before(second).map_or(*second, |(_, rest)| rest);
        second.starts_with(|c: char| c.is_ascii_digit())
            && numbers::is_integer(&number_before(second).0.replace('.', ""))
    });
    if let Some(second) = range {
        let (other, second) = sign_before(second).map_or((currency, second), |(other, rest)| (other, rest));
        let (to, second) = amount_before(second);
        let (glued, after) = glued_magnitude(second);
        let mut to_scale = glued;
        if to_scale.is_none() && after.is_empty() {
            to_scale = magnitude_word(line, at, &mut tokens);
        }
        let from = if scale.is_none() && sign_before(range?).is_none() {
            // "$5-10 million": the first number is of the same kind as the second.
            number(&amount, line.dialect)?
        } else {
            sum(&amount, scale, currency, line.dialect)?
        };
        if !after.is_empty() {
            return None;
        }
        return Some(Reading::new(
            format!(
                "{minus}{inner}{from} to {}",
                sum(&to, to_scale, other, line.dialect)?
            ),
            tokens,
        ));
    }
    if let Some((word, adjective)) = hyphen_magnitude(rest) {
        let words = format!(
            "{minus}{inner}{} {word} {}{adjective}",
            number(&amount, line.dialect)?,
            currency.one
        );
        return Some(Reading::new(words, 1));
    }
    if scale.is_none() && rest.is_empty() {
        scale = magnitude_word(line, at, &mut tokens);
    }
    let mut words = format!("{minus}{inner}{}", sum(&amount, scale, currency, line.dialect)?);
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

/// "USD 50", "EUR50".
fn code_before(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    if let Some(currency) = code(token.core) {
        let next = line.next_after_dot(at)?;
        let (amount, rest) = number_before(next.core);
        let (mut scale, rest) = glued_magnitude(rest);
        if amount.is_empty() || !rest.is_empty() {
            return None;
        }
        let mut tokens = 2;
        if scale.is_none() {
            scale = magnitude_word(line, at + 1, &mut tokens);
        }
        return Some(Reading::new(sum(amount, scale, currency, line.dialect)?, tokens));
    }
    let (currency, rest) = CODES
        .iter()
        .find_map(|(code, currency)| token.core.strip_prefix(code).map(|rest| (currency, rest)))?;
    let (amount, rest) = number_before(rest);
    let (scale, rest) = glued_magnitude(rest);
    (rest.is_empty() && !amount.is_empty())
        .then(|| sum(amount, scale, currency, line.dialect))?
        .map(|words| Reading::new(words, 1))
}

/// "50€", "50 €", "50 USD", "1.5 million USD", "99¢", "50p".
fn suffixed(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (minus, unsigned) = numbers::sign(line.tokens[at].core);
    let (amount, rest) = amount_before(unsigned);
    if amount.is_empty() {
        return None;
    }
    let say = |scale, currency, tokens| {
        let words = sum(&amount, scale, currency, line.dialect)?;
        Some(Reading::new(format!("{minus}{words}"), tokens))
    };
    if rest == "p" && line.dialect == Dialect::British && amount.len() <= 3 && numbers::is_digits(&amount) {
        let unit = if amount == "1" { "penny" } else { "pence" };
        return Some(Reading::new(
            format!("{minus}{} {unit}", numbers::cardinal(&amount, line.dialect)),
            1,
        ));
    }
    let (scale, rest) = glued_magnitude(rest);
    let exact = |text: &str| {
        SIGNS
            .iter()
            .find(|(sign, _)| *sign == text)
            .map(|(_, c)| c)
            .or_else(|| code(text))
    };
    if let Some(currency) = exact(rest) {
        return say(scale, currency, 1);
    }
    if !rest.is_empty() {
        return None;
    }
    let mut tokens = 1;
    let scale = scale.or_else(|| magnitude_word(line, at, &mut tokens));
    let currency = exact(line.next(at + tokens - 1)?.core)?;
    say(scale, currency, tokens + 1)
}

/// As [`number_before`], with a decimal comma too: "9,99", "1.000,50".
fn amount_before(text: &str) -> (Cow<'_, str>, &str) {
    let (number, rest) = number_before(text);
    if !number.is_empty() {
        return (number.into(), rest);
    }
    let end = text
        .bytes()
        .position(|b| !(b.is_ascii_digit() || b == b',' || b == b'.'))
        .unwrap_or(text.len());
    let written = &text[..end];
    let swapped: String = written
        .chars()
        .map(|c| match c {
            ',' => '.',
            '.' => ',',
            c => c,
        })
        .collect();
    if written.contains(',') && numbers::is_decimal(&swapped) {
        (swapped.into(), &text[end..])
    } else {
        ("".into(), text)
    }
}

/// Digits, commas and a decimal point at the start of `text`, and the rest.
pub(super) fn number_before(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let digit_follows = bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        match bytes[end] {
            b'0'..=b'9' => end += 1,
            b',' | b'.' if digit_follows => end += 1,
            _ => break,
        }
    }
    if !numbers::is_decimal(&text[..end]) {
        return ("", text);
    }
    text.split_at(end)
}

/// "k", "M", "bn" and the like right after a number.
fn glued_magnitude(text: &str) -> (Option<&'static str>, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    match magnitude_letter(&text[..end]) {
        Some(word) => (Some(word), &text[end..]),
        None => (None, text),
    }
}

fn magnitude_letter(text: &str) -> Option<&'static str> {
    Some(match text {
        "k" | "K" => "thousand",
        "m" | "M" | "mm" | "MM" | "mn" | "mil" => "million",
        "b" | "B" | "bn" | "Bn" | "BN" => "billion",
        "t" | "T" | "tn" | "trn" => "trillion",
        _ => return magnitude_name(text),
    })
}

pub(super) fn magnitude_name(text: &str) -> Option<&'static str> {
    [
        "hundred",
        "thousand",
        "million",
        "billion",
        "trillion",
        "quadrillion",
        "crore",
        "lakh",
    ]
    .into_iter()
    .find(|name| name.eq_ignore_ascii_case(text))
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
        let (number, scale) = number_before(unit);
        if !number.is_empty() {
            let (scale, rest) = glued_magnitude(scale);
            let scale = scale.map(|scale| format!(" {scale}")).unwrap_or_default();
            let words = numbers::decimal(number, line.dialect)?;
            return rest.is_empty().then(|| format!(" per {words}{scale}"));
        }
        return Some(format!(" per {}", measure::per(unit, line.dialect)?));
    }
    let words = rest.strip_prefix('-')?;
    (!words.is_empty() && words.chars().all(|c| c.is_alphabetic() || c == '-'))
        .then(|| format!(" {}", words.replace('-', " ")))
}

fn number(amount: &str, dialect: Dialect) -> Option<String> {
    numbers::decimal(amount, dialect)
}

/// A sum in words. Two decimals are cents, more are said as decimals; with a magnitude all are.
fn sum(amount: &str, scale: Option<&str>, currency: &Currency, dialect: Dialect) -> Option<String> {
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
