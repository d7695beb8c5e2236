//! What stands beside a number: its magnitude, its unit, its fraction.

pub(crate) mod fractions;
pub(crate) mod names;
pub(crate) mod roman;
pub(crate) mod units;

use crate::text::normalise::words::{Role, said};

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
