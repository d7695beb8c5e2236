//! An amount as it is written before a unit, and how it is said.

use crate::text::{
    Dialect,
    normalise::{
        amounts::fractions::{self, vulgar},
        say::{number::Number, numbers},
    },
};

/// Marks between two numbers of one amount, and how each is said.
const JOINTS: [(&str, &str); 6] = [
    ("-", "to"),
    ("–", "to"),
    ("x", "by"),
    ("×", "by"),
    ("~", "to"),
    ("±", "plus or minus"),
];

pub(super) struct Amount<'a> {
    /// "minus " or the like, or nothing.
    sign: &'static str,
    written: Written<'a>,
    /// What follows it as a token of its own: "million", "and one half".
    more: Option<String>,
}

enum Written<'a> {
    /// "½"
    Sign(&'static str),
    /// "5", "5-10", "2x8", and "2½" with what its last character says.
    Numbers {
        first: Number<'a>,
        others: Vec<(&'static str, Number<'a>)>,
        fraction: Option<&'static str>,
    },
    /// "1/2", "5-1/2", where the whole is digits.
    Fraction { whole: Option<&'a str>, words: String },
    /// "50/60 Hz", "128/256 GB": one of two, for nobody counts in such parts.
    OneOfTwo(&'a str, &'a str),
}

impl<'a> Amount<'a> {
    /// The amount at the start of `text`, and the rest.
    pub(super) fn before(text: &'a str, dialect: Dialect) -> Option<(Self, &'a str)> {
        let (sign, unsigned) = numbers::sign(text);
        let of = |sign, written| Self {
            sign,
            written,
            more: None,
        };
        if let Some((fraction, rest)) = fraction_sign(unsigned) {
            return Some((of(sign, Written::Sign(fraction)), rest));
        }
        let (first, mut rest) = Number::before_either(unsigned)?;
        let mut others = Vec::new();
        for (mark, word) in JOINTS {
            while let Some((other, after)) = rest.strip_prefix(mark).and_then(Number::before_either) {
                others.push((word, other));
                rest = after;
            }
        }
        if let Some((numerator, denominator)) = text.split_once('/') {
            let (denominator, rest) = denominator.split_at(number_length(denominator));
            if let Some(parts) = parts(numerator, denominator, dialect) {
                return Some((of("", parts), rest));
            }
        }
        let (fraction, rest) = fraction_sign(rest).map_or((None, rest), |(name, rest)| (Some(name), rest));
        let numbers = Written::Numbers {
            first,
            others,
            fraction,
        };
        Some((of(sign, numbers), rest))
    }

    /// With what follows it as a token of its own.
    pub(super) fn with(self, more: String) -> Self {
        Self {
            more: Some(more),
            ..self
        }
    }

    /// What it counts is one thing or less: "one mile", "three quarters of a mile".
    pub(super) fn is_one(&self) -> bool {
        self.more.is_none()
            && match &self.written {
                Written::Sign(_) => true,
                Written::Numbers {
                    first,
                    others,
                    fraction,
                } => first.is_one() && others.is_empty() && fraction.is_none(),
                Written::Fraction { whole, words } => whole.is_none() && !words.contains(" over "),
                Written::OneOfTwo(..) => false,
            }
    }

    pub(super) fn say(&self, dialect: Dialect) -> String {
        let said = match &self.written {
            Written::Sign(fraction) => (*fraction).to_owned(),
            Written::Numbers {
                first,
                others,
                fraction,
            } => {
                let mut words = first.say(dialect);
                for (joint, number) in others {
                    words += &format!(" {joint} {}", number.say(dialect));
                }
                if let Some(fraction) = fraction {
                    words += &format!(" and {fraction}");
                }
                words
            }
            Written::Fraction { whole: None, words } => words.clone(),
            Written::Fraction {
                whole: Some(whole),
                words,
            } => format!("{} and {words}", numbers::cardinal(whole, dialect)),
            Written::OneOfTwo(one, other) => {
                let number = |digits| numbers::cardinal(digits, dialect);
                format!("{} or {}", number(one), number(other))
            }
        };
        let more = self.more.as_ref().map(|more| format!(" {more}"));
        format!("{}{said}{}", self.sign, more.unwrap_or_default())
    }
}

/// The fraction in one character at the start of `text`, and the rest.
fn fraction_sign(text: &str) -> Option<(&'static str, &str)> {
    let c = text.chars().next()?;
    Some((vulgar(c)?, &text[c.len_utf8()..]))
}

/// How long the number is that `text` begins with.
fn number_length(text: &str) -> usize {
    Number::before(text).map_or(0, |(_, rest)| text.len() - rest.len())
}

/// "1/2", "5-1/2", "50/60".
fn parts<'a>(numerator: &'a str, denominator: &'a str, dialect: Dialect) -> Option<Written<'a>> {
    let mixed = numerator
        .split_once('-')
        .filter(|(whole, _)| numbers::is_digits(whole));
    let (whole, numerator) = mixed.map_or((None, numerator), |(whole, part)| (Some(whole), part));
    let words = fractions::words(numerator, denominator, dialect)?;
    if whole.is_none() {
        let (above, below): (u64, u64) = (numerator.parse().ok()?, denominator.parse().ok()?);
        if above < below && above > 1 && !matches!(below, 2..=10 | 12 | 16 | 20 | 32 | 64 | 100) {
            return Some(Written::OneOfTwo(numerator, denominator));
        }
    }
    Some(Written::Fraction { whole, words })
}
