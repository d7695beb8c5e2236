//! Sums of money, whatever way they are written, and how they are said.

use std::borrow::Cow;

use super::currencies::Currency;
use crate::text::{
    Dialect,
    normalise::{
        amounts::{amount_before, glued_magnitude, magnitude_letter, number_before},
        line::Line,
        say::numbers,
    },
};

#[derive(Debug)]
pub(super) struct Sum<'a> {
    /// "minus " or nothing.
    pub sign: &'static str,
    pub amount: Cow<'a, str>,
    /// "million"
    pub scale: Option<&'static str>,
    pub currency: Currency,
}

/// "2½": the fraction in one character as a decimal.
fn with_half(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let (number, rest) = number_before(text);
    let halves = [("½", ".5"), ("¼", ".25"), ("¾", ".75")].into_iter();
    let (part, rest) = halves
        .filter(|_| numbers::is_integer(number))
        .find_map(|(sign, part)| Some((part, rest.strip_prefix(sign)?)))?;
    Some((format!("{number}{part}").into(), rest))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// "five dollars and ten cents", "one point five million dollars"
    Alone,
    /// Before what it describes a sum is one thing: "five dollar", "five million dollar".
    Describing,
    /// Before another sum of the same kind: "five", "five million".
    Number,
}

impl<'a> Sum<'a> {
    /// The amount at the start of `text` with the magnitude right after it, and the rest.
    pub(super) fn at(text: &'a str, currency: Currency) -> Option<(Self, &'a str)> {
        Self::of(with_half(text).unwrap_or_else(|| amount_before(text)), currency)
    }

    pub(super) fn of((amount, rest): (Cow<'a, str>, &'a str), currency: Currency) -> Option<(Self, &'a str)> {
        let (scale, rest) = glued_magnitude(rest);
        let sum = Self {
            sign: "",
            amount,
            scale,
            currency,
        };
        (!sum.amount.is_empty()).then_some((sum, rest))
    }

    /// Takes the magnitude that stands as a word of its own after `at`; answers how many tokens that is.
    pub(super) fn take_word(&mut self, line: &Line<'_>, at: usize) -> usize {
        if self.scale.is_some() {
            return 0;
        }
        self.scale = line.next(at).and_then(|next| magnitude_letter(next.core));
        usize::from(self.scale.is_some())
    }

    pub(super) fn say(&self, form: Form, dialect: Dialect) -> Option<String> {
        let (whole, fraction) = self.amount.split_once('.').unwrap_or((&self.amount, ""));
        let cents = fraction.trim_end_matches('0');
        let said = match (form, self.scale) {
            (Form::Number, scale) => {
                let scale = scale.map(|scale| format!(" {scale}")).unwrap_or_default();
                numbers::decimal(&self.amount, dialect)? + &scale
            }
            (form, Some(scale)) => {
                let name = if form == Form::Alone {
                    self.currency.many
                } else {
                    self.currency.one
                };
                format!("{} {scale} {name}", numbers::decimal(&self.amount, dialect)?)
            }
            (Form::Describing, None) if cents.is_empty() => {
                format!("{} {}", numbers::decimal(whole, dialect)?, self.currency.one)
            }
            _ => self.coins(whole, cents, dialect)?,
        };
        Some(format!("{}{said}", self.sign))
    }

    /// Two decimals are cents, more are said as decimals.
    fn coins(&self, whole: &str, cents: &str, dialect: Dialect) -> Option<String> {
        let Currency { one, many, minor } = self.currency;
        let value = whole.trim_start_matches(['0', ',']);
        let major = if value == "1" { one } else { many };
        if cents.is_empty() {
            return Some(format!("{} {major}", numbers::cardinal(whole, dialect)));
        }
        let Some((cent, cent_plural)) = minor.filter(|_| cents.len() <= 2) else {
            return Some(format!("{} {many}", numbers::decimal(&self.amount, dialect)?));
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
}
