//! Text as people write it → plain English words and ordinary punctuation.
//!
//! ```text
//! markup (what is said) → unicode → markup (lines) → tokens → the first class that can read them → words
//! ```
//!
//! One file per class; their rules stand in one list (`rules.rs`), in order. A rule sees the tokens of one line and a place among them; it
//! answers with words and the number of tokens they stand for, or passes. What no class reads is read sign by sign
//! (`classes/symbols.rs`). Every look ahead is bounded by a token or a few of them, so the time is linear in the text.
//!
//! Invariant: no clock, no I/O, no state between calls.

mod amounts;
mod calendar;
mod chunks;
mod classes;
mod context;
mod engine;
mod line;
mod markup;
pub mod options;
mod rules;
mod say;
mod unicode;
mod words;

use std::ops::Range;

pub use chunks::{MAX_CHUNK_BYTES, chunks};
pub use options::Options;
pub(in crate::text) use say::numbers::is_number_word;
use say::{number::Number, numbers};
pub(in crate::text) use words::{begins_sentence, is_era, takes_letter};

use super::{Dialect, spanned::Spanned};

/// A number in digits that no class has read, in words: "12", "1,000.5", "2nd"; four digits as a year. `None` unless it is one.
#[must_use]
pub fn number_in_words(text: &str, dialect: Dialect) -> Option<String> {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    match &text[digits.len()..] {
        "" if digits.len() == 4 && numbers::is_digits(digits) => Some(numbers::year(digits, dialect)),
        "" => {
            let plain = |c: char| c.is_ascii_digit() || matches!(c, '-' | ',' | '.');
            let spelled = || digits.chars().all(plain).then(|| numbers::spelled(digits));
            Number::signed(digits)
                .map(|number| number.say(dialect))
                .or_else(spelled)
        }
        "st" | "nd" | "rd" | "th" if numbers::is_digits(digits) => Some(numbers::ordinal(digits, dialect)),
        _ => None,
    }
}

/// What a rule read: where it stands in the user's text, and what is said for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Class and name of the rule: "money.range".
    pub rule: &'static str,
    pub source: Range<usize>,
    pub said: String,
}

/// Reads a whole text chunk by chunk. The result keeps the contract of [`Spanned`]: `'\n'` ends a sentence (a heading, an item, a
/// row), `"\n\n"` a paragraph, other white space is one `' '`; what remains are words, `. , ; : ! ? — …`, quotation marks
/// and round brackets, and the literals in their places.
#[must_use]
pub fn normalise(input: &Spanned, dialect: Dialect, options: &Options) -> Spanned {
    explain(input, dialect, options).0
}

/// What of a text is said at all: without comments, front matter and the thoughts of a language model, and with formulas in
/// words. It goes before the text is cut into chunks.
#[must_use]
pub fn spoken(input: Spanned, dialect: Dialect, options: &Options) -> Spanned {
    markup::spoken(input, dialect, options)
}

/// As [`normalise`], with what each rule read, in order.
#[must_use]
pub fn explain(input: &Spanned, dialect: Dialect, options: &Options) -> (Spanned, Vec<Piece>) {
    let (mut out, mut pieces) = (Spanned::default(), Vec::new());
    for chunk in chunks(&spoken(input.clone(), dialect, options)) {
        read(&chunk, dialect, options, &mut out, &mut pieces);
    }
    (out, pieces)
}

/// Reads one of the [`chunks()`] of what is [`spoken`].
#[must_use]
pub fn normalise_chunk(chunk: &Spanned, dialect: Dialect, options: &Options) -> Spanned {
    let mut out = Spanned::default();
    read(chunk, dialect, options, &mut out, &mut Vec::new());
    out
}

/// Where the title stands if `line` is a heading of Markdown: `## Title`.
#[must_use]
pub fn heading(line: &str) -> Option<Range<usize>> {
    markup::heading(line)
}

/// What a reader sees of `input`: the text without its markup, with `'\n'` where a line ends.
#[must_use]
pub fn visible(input: Spanned, options: &Options) -> Spanned {
    let text = spoken(input, Dialect::American, options);
    let mut out = Spanned::default();
    for chunk in chunks(&text) {
        let lines = markup::lines(&unicode::clean(&chunk), options);
        out.push_part(&lines, 0..lines.text().len());
    }
    out
}

fn read(chunk: &Spanned, dialect: Dialect, options: &Options, out: &mut Spanned, pieces: &mut Vec<Piece>) {
    let lines = markup::lines(&unicode::clean(chunk), options);
    engine::read(&lines, &rules::RULES, dialect, options, out, pieces);
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod hostile;
