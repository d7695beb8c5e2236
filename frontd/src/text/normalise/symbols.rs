//! Whatever no class reads: letters, digits and signs one after the other.

use super::{numbers, words::Line, words::Reading};
use crate::text::Dialect;

pub(super) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    Some(Reading {
        words: spelled(core, line.dialect, line.options.replace_remaining_symbols),
        tokens: 1,
        dot: false,
    })
}

/// The parts of `text` in words, one space between.
pub(super) fn spelled(text: &str, dialect: Dialect, name_signs: bool) -> String {
    let mut words = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let same = |d: char| {
            if c.is_ascii_digit() {
                d.is_ascii_digit()
            } else if c.is_alphabetic() {
                d.is_alphabetic() || d == '\'' || d == '’'
            } else {
                false
            }
        };
        let end = rest
            .char_indices()
            .skip(1)
            .find(|&(_, d)| !same(d))
            .map_or(rest.len(), |(i, _)| i);
        let part = &rest[..end];
        rest = &rest[end..];
        if c.is_ascii_digit() {
            push(&mut words, &digits(part, dialect));
        } else if c.is_alphabetic() {
            push(&mut words, part);
        } else if name_signs {
            push(&mut words, name(c));
        }
    }
    words
}

fn push(words: &mut String, word: &str) {
    if !words.is_empty() && !word.is_empty() {
        words.push(' ');
    }
    words.push_str(word);
}

/// Short numbers by value, long ones and those with a leading zero digit by digit.
pub(super) fn digits(digits: &str, dialect: Dialect) -> String {
    if digits.len() > 3 || (digits.len() > 1 && digits.starts_with('0')) {
        numbers::spelled(digits)
    } else {
        numbers::cardinal(digits, dialect)
    }
}

/// How a sign is called, if it is called at all.
pub(super) fn name(sign: char) -> &'static str {
    match sign {
        '&' => "and",
        '@' => "at",
        '#' => "hash",
        '%' => "percent",
        '+' => "plus",
        '−' => "minus",
        '=' => "equals",
        '*' => "asterisk",
        '/' => "slash",
        '\\' => "backslash",
        '.' => "dot",
        '$' => "dollar",
        '£' => "pound",
        '€' => "euro",
        '¥' => "yen",
        '₹' => "rupee",
        '~' => "tilde",
        '^' => "caret",
        '°' => "degrees",
        '<' => "less than",
        '>' => "greater than",
        '§' => "section",
        '©' => "copyright",
        _ => "",
    }
}
