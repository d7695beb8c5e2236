//! A number as it is written, read once: whoever holds one need not ask again whether it is one.

use std::borrow::Cow;

use super::numbers::{cardinal, is_digits, is_integer, sign, spelled};
use crate::text::Dialect;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number<'a> {
    /// "minus " or the like, or nothing.
    sign: &'static str,
    /// Digits, with commas between thousands or without; nothing in ".5".
    whole: Cow<'a, str>,
    /// The digits after the decimal point.
    fraction: Option<&'a str>,
}

impl<'a> Number<'a> {
    /// All of `text`, with its sign: "-1,000.05".
    pub(crate) fn signed(text: &'a str) -> Option<Self> {
        let (sign, unsigned) = sign(text);
        Some(Self {
            sign,
            ..Self::of(unsigned)?
        })
    }

    /// All of `text`: "5", "1,000.05", ".5".
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        match text.split_once('.') {
            Some((whole, fraction)) => Self::made(whole.into(), Some(fraction)),
            None => Self::made(text.into(), None),
        }
    }

    fn made(whole: Cow<'a, str>, fraction: Option<&'a str>) -> Option<Self> {
        let known = is_integer(&whole) || whole.is_empty() && fraction.is_some();
        (known && fraction.is_none_or(is_digits)).then_some(Self {
            sign: "",
            whole,
            fraction,
        })
    }

    /// The number at the start of `text`, and the rest: "5" of "5kg", "1,000" of "1,000.".
    pub(crate) fn before(text: &'a str) -> Option<(Self, &'a str)> {
        let bytes = text.as_bytes();
        let digit_at = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let end = (0..bytes.len())
            .find(|&at| !(digit_at(at) || matches!(bytes[at], b',' | b'.') && digit_at(at + 1)))
            .unwrap_or(bytes.len());
        let (written, rest) = text.split_at(end);
        Some((Self::of(written)?, rest))
    }

    /// The same, with a decimal comma too: "9,99", "1.000,50".
    pub(crate) fn before_either(text: &'a str) -> Option<(Self, &'a str)> {
        Self::before(text).or_else(|| {
            let (written, rest) = text.split_at(digits_and_marks(text));
            let (whole, fraction) = written.split_once(',')?;
            Some((Self::made(whole.replace('.', ",").into(), Some(fraction))?, rest))
        })
    }

    /// Thousands with points between and perhaps a decimal comma: "10.000", "1.250.000,00".
    pub(crate) fn thousands_before(text: &'a str) -> Option<(Self, &'a str)> {
        let (written, rest) = text.split_at(digits_and_marks(text));
        let (whole, cents) = written.split_once(',').unwrap_or((written, ""));
        let cents = Some(cents).filter(|cents| !cents.is_empty());
        let known = whole.contains('.') && cents.is_none_or(|cents| cents.len() == 2);
        let number = Self::made(whole.replace('.', ",").into(), cents).filter(|_| known)?;
        Some((number, rest))
    }

    /// A whole number and a part of one: "2" and "5" of "2½".
    pub(crate) fn with_fraction(self, fraction: &'a str) -> Self {
        Self {
            fraction: Some(fraction),
            ..self
        }
    }

    /// What stands before the decimal point, with its commas.
    pub(crate) fn whole(&self) -> &str {
        &self.whole
    }

    /// What stands after it; nothing where there is none.
    pub(crate) fn fraction(&self) -> &'a str {
        self.fraction.unwrap_or_default()
    }

    /// There is no decimal point.
    pub(crate) fn is_whole(&self) -> bool {
        self.fraction.is_none()
    }

    /// What it counts is one thing.
    pub(crate) fn is_one(&self) -> bool {
        self.sign.is_empty() && self.is_whole() && self.whole == "1"
    }

    /// For comparisons; without its sign.
    pub(crate) fn value(&self) -> f64 {
        let text = format!("{}.{}", self.whole.replace(',', ""), self.fraction());
        text.parse().unwrap_or_default()
    }

    /// "minus one thousand point zero five"
    pub(crate) fn say(&self, dialect: Dialect) -> String {
        let mut words = self.sign.to_owned();
        if !self.whole.is_empty() {
            words += &cardinal(&self.whole, dialect);
        }
        if let Some(fraction) = self.fraction {
            if !self.whole.is_empty() {
                words.push(' ');
            }
            words += "point ";
            words += &spelled(fraction);
        }
        words
    }
}

/// How many bytes of digits, commas and points `text` begins with.
fn digits_and_marks(text: &str) -> usize {
    text.bytes()
        .position(|b| !(b.is_ascii_digit() || b == b',' || b == b'.'))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dialect::American;

    #[test]
    fn says_what_is_written() {
        let said = |text| Number::signed(text).map(|number| number.say(American));
        assert_eq!(
            said("-1,000.05").as_deref(),
            Some("minus one thousand point zero five")
        );
        assert_eq!(said(".5").as_deref(), Some("point five"));
        for not in ["", ".", "1.", "1,00", "a", "1.2.3", "-"] {
            assert_eq!(said(not), None, "{not}");
        }
    }

    #[test]
    fn takes_a_number_from_the_start() {
        type Take = fn(&'static str) -> Option<(Number<'static>, &'static str)>;
        let cases: [(Take, &str, &str, &str); 7] = [
            (Number::before, "5kg", "five", "kg"),
            (Number::before, "1,000.", "one thousand", "."),
            (Number::before, "2.5.", "two point five", "."),
            (Number::before_either, "9,99 €", "nine point nine nine", " €"),
            (
                Number::before_either,
                "1.000,50",
                "one thousand point five zero",
                "",
            ),
            (Number::thousands_before, "10.000 kr", "ten thousand", " kr"),
            (
                Number::thousands_before,
                "1.250,00",
                "one thousand two hundred fifty point zero zero",
                "",
            ),
        ];
        for (take, written, said, left) in cases {
            let (number, rest) = take(written).unwrap();
            assert_eq!((number.say(American).as_str(), rest), (said, left), "{written}");
        }
        for not in ["kg", "", "1,00", "1.2.3", ",5."] {
            assert_eq!(Number::before(not), None, "{not}");
        }
    }

    #[test]
    fn is_compared_by_its_value() {
        let value = |text| Number::of(text).unwrap().value();
        assert!(value("1,000") > value("999.5") && value(".5") < value("1"));
        assert!(Number::of("1").unwrap().is_one() && !Number::of("1.0").unwrap().is_one());
    }
}
