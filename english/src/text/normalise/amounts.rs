//! The number at the start of a sum, and its magnitude.

pub(crate) mod fractions;
pub(crate) mod names;
pub(crate) mod roman;
pub(crate) mod units;

use crate::text::normalise::{
    say::numbers,
    words::{Role, said},
};
use std::borrow::Cow;

/// As [`number_before`], with a decimal comma too: "9,99", "1.000,50".
pub(crate) fn amount_before(text: &str) -> (Cow<'_, str>, &str) {
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

/// Thousands with points between and perhaps a decimal comma: "10.000", "1.250.000,00".
pub(crate) fn thousands_before(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let end = text
        .bytes()
        .position(|b| !(b.is_ascii_digit() || b == b',' || b == b'.'))
        .unwrap_or(text.len());
    let (written, rest) = text.split_at(end);
    let (whole, cents) = written.split_once(',').unwrap_or((written, ""));
    let grouped = whole.replace('.', ",");
    let known = whole.contains('.')
        && numbers::is_integer(&grouped)
        && (cents.is_empty() || cents.len() == 2 && numbers::is_digits(cents));
    known.then(|| {
        let amount = if cents.is_empty() {
            grouped
        } else {
            format!("{grouped}.{cents}")
        };
        (amount.into(), rest)
    })
}

/// Digits, commas and a decimal point at the start of `text`, and the rest.
pub(crate) fn number_before(text: &str) -> (&str, &str) {
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
pub(crate) fn glued_magnitude(text: &str) -> (Option<&'static str>, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    match magnitude_letter(&text[..end]) {
        Some(word) => (Some(word), &text[end..]),
        None => (None, text),
    }
}

/// The magnitude that a letter or a word names.
pub(crate) fn magnitude_letter(text: &str) -> Option<&'static str> {
    said(text, Role::MagnitudeShort).or_else(|| magnitude_name(text))
}

/// The magnitude that is written out.
pub(crate) fn magnitude_name(text: &str) -> Option<&'static str> {
    said(text, Role::Magnitude)
}
