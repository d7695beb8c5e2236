//! What stands above and below the line: `r<sup>2</sup>`, `20^th^`, `H~2~O`, `x<sub>1</sub>`, and the marks of notes.

use crate::text::normalise::{
    options::{Aloud, Options},
    words::{self, Role},
};

/// What stands above or below the line is no longer than this, in bytes.
pub(super) const MAX_BYTES: usize = 400;

/// The end of `~2~` or `^2^` at `at`, with what stands in it. A word or a number stands before, and no space inside.
pub(super) fn marked(text: &str, at: usize) -> Option<(usize, &str)> {
    const LONGEST: usize = 16;
    let (mark, rest) = text[at..].split_at(1);
    let window = &rest[..rest.floor_char_boundary(LONGEST)];
    let inside = &window[..window.find(mark)?];
    let number = inside.trim_matches(['+', '-', '−']);
    let plain = |c: fn(char) -> bool| !number.is_empty() && number.chars().all(c);
    let one_kind = plain(|c| c.is_ascii_digit()) || plain(char::is_alphabetic);
    let based = text[..at].ends_with(|c: char| c.is_alphanumeric() || c == ')');
    let after = &rest[inside.len() + 1..];
    // "a^2^b" is a power of a power.
    let ends = !after.starts_with(mark) && (mark == "~" || !after.starts_with(char::is_alphanumeric));
    (based && one_kind && ends).then_some((at + inside.len() + 2, inside))
}

/// What is said for `inside` above the line, after `before`. Nothing for the mark of a note.
pub(super) fn above(before: &str, inside: &str, options: &Options) -> String {
    let inside = inside.trim();
    let letters = before.len() - before.trim_end_matches(char::is_alphabetic).len();
    let base = &before[before.len() - letters..];
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let year = digits == 4 && matches!(before.as_bytes()[before.len() - 4], b'1' | b'2');
    let symbol = match base.chars().count() {
        1 => true,
        // "mc²"
        2 => !base.contains(['a', 'e', 'i', 'o', 'u', 'y']),
        _ => false,
    };
    let reckons = symbol
        || words::is(base, Role::UnitLength)
        || digits > 0 && !year
        || before.ends_with(')') && before.len() > 1;
    let number = inside.trim_start_matches(['-', '−', '+']);
    let numeric = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    if numeric && reckons {
        return inside.chars().map(raised).collect();
    }
    let one = inside.chars().count() == 1;
    let ending = matches!(
        inside,
        "st" | "nd" | "rd" | "th" | "er" | "re" | "me" | "mes" | "lle" | "gr" | "ie" | "TM" | "SM"
    );
    // "e<sup>x</sup>", "2<sup>n+1</sup>"
    let exponent = inside.starts_with(char::is_alphanumeric) && !inside.ends_with(['+', '-', '−']) && !ending;
    if reckons && exponent && !inside.contains([',', ' ']) {
        return format!(" to the power of {inside}");
    }
    let note = inside.starts_with('[')
        || one && !reckons && !inside.starts_with(['™', '®', '©', '+', '-', '−', '°'])
        || !reckons
            && inside
                .chars()
                .all(|c| c.is_ascii_digit() || " ,–-*†‡§".contains(c));
    if note && options.citations == Aloud::Read {
        return format!(" {}", inside.trim_matches(['[', ']']));
    }
    if note || inside.chars().all(|c| "*†‡§".contains(c)) {
        return String::new();
    }
    // The charge of an ion.
    if inside.ends_with(['+', '-', '−']) {
        let sign = if inside.ends_with('+') { "plus" } else { "minus" };
        return format!(" {} {sign}", inside.trim_end_matches(['+', '-', '−']));
    }
    inside.to_owned()
}

/// What is said for `inside` below the line: "v one", but "H2O" in one.
pub(super) fn below(before: &str, inside: &str) -> String {
    let inside = inside.trim();
    let letters = before.len()
        - before
            .trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == ')')
            .len();
    let element = before[before.len() - letters..].contains(|c: char| c.is_ascii_uppercase());
    let digits = inside.bytes().all(|b| b.is_ascii_digit());
    if element && digits {
        inside.to_owned()
    } else {
        format!(" {inside}")
    }
}

/// The end of the number of a note in raised digits at `at`, after a mark: "shown.¹"
pub(super) fn note(text: &str, at: usize) -> Option<usize> {
    let (before, rest) = text.split_at(at);
    let digits = rest.find(|c| !"⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c)).unwrap_or(rest.len());
    let after_mark = before.len() > 1 && before.ends_with(['.', ',', ';', ':', '!', '?', '”', '"']);
    (digits > 0 && after_mark).then_some(at + digits)
}

/// A digit or sign as it is written above the line.
fn raised(c: char) -> char {
    match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4'..='9' => char::from_u32(u32::from(c) - u32::from('0') + 0x2070).unwrap_or(c),
        '-' | '−' => '⁻',
        '+' => '⁺',
        c => c,
    }
}
