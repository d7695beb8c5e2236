//! Sums of money, whatever way they are written, and how they are said.

use super::currencies::Currency;
use crate::text::{
    Dialect,
    normalise::{
        amounts::{glued_magnitude, magnitude_letter},
        line::Line,
        say::{number::Number, numbers},
    },
};

#[derive(Debug)]
pub(super) struct Sum<'a> {
    /// "minus " or nothing.
    pub sign: &'static str,
    pub amount: Number<'a>,
    /// "million"
    pub scale: Option<&'static str>,
    pub currency: Currency,
}

/// "2½": the fraction in one character as a decimal.
fn with_half(text: &str) -> Option<(Number<'_>, &str)> {
    let (number, rest) = Number::before(text).filter(|(number, _)| number.is_whole())?;
    let (part, rest) = [("½", "5"), ("¼", "25"), ("¾", "75")]
        .into_iter()
        .find_map(|(sign, part)| Some((part, rest.strip_prefix(sign)?)))?;
    Some((number.with_fraction(part), rest))
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
        let amount = with_half(text).or_else(|| Number::before_either(text))?;
        Some(Self::of(amount, currency))
    }

    pub(super) fn of((amount, rest): (Number<'a>, &'a str), currency: Currency) -> (Self, &'a str) {
        let (scale, rest) = glued_magnitude(rest);
        let sum = Self {
            sign: "",
            amount,
            scale,
            currency,
        };
        (sum, rest)
    }

    /// Takes the magnitude that stands as a word of its own after `at`; answers how many tokens that is.
    pub(super) fn take_word(&mut self, line: &Line<'_>, at: usize) -> usize {
        if self.scale.is_some() {
            return 0;
        }
        self.scale = line.next(at).and_then(|next| magnitude_letter(next.core));
        usize::from(self.scale.is_some())
    }

    pub(super) fn say(&self, form: Form, dialect: Dialect) -> String {
        let cents = self.amount.fraction().trim_end_matches('0');
        let said = match (form, self.scale) {
            (Form::Number, scale) => {
                let scale = scale.map(|scale| format!(" {scale}")).unwrap_or_default();
                self.amount.say(dialect) + &scale
            }
            (form, Some(scale)) => {
                let name = if form == Form::Alone {
                    self.currency.many
                } else {
                    self.currency.one
                };
                format!("{} {scale} {name}", self.amount.say(dialect))
            }
            (Form::Describing, None) if cents.is_empty() => {
                let whole = numbers::cardinal(self.amount.whole(), dialect);
                format!("{whole} {}", self.currency.one)
            }
            _ => self.coins(cents, dialect),
        };
        format!("{}{said}", self.sign)
    }

    /// Two decimals are cents, more are said as decimals.
    fn coins(&self, cents: &str, dialect: Dialect) -> String {
        let Currency { one, many, minor } = self.currency;
        let whole = self.amount.whole();
        let value = whole.trim_start_matches(['0', ',']);
        let major = if value == "1" { one } else { many };
        if cents.is_empty() {
            return format!("{} {major}", numbers::cardinal(whole, dialect));
        }
        let Some((cent, cent_plural)) = minor.filter(|_| cents.len() <= 2) else {
            return format!("{} {many}", self.amount.say(dialect));
        };
        let cents = format!("{cents:0<2}");
        let unit = if cents == "01" { cent } else { cent_plural };
        let cents = format!("{} {unit}", numbers::cardinal(&cents, dialect));
        if value.is_empty() {
            cents
        } else {
            format!("{} {major} and {cents}", numbers::cardinal(whole, dialect))
        }
    }
}
