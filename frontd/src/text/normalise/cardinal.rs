//! Numbers on their own: years against cardinals, codes digit by digit, ordinals, decimals, versions.

use super::{
    money::magnitude_name,
    numbers,
    words::{Line, Reading},
};

pub(super) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    if !token.shape.digit {
        return None;
    }
    ordinal(token.core, line)
        .or_else(|| version(line, at))
        .or_else(|| decade_like(token.core, line))
        .or_else(|| number(line, at))
        .or_else(|| paragraph(token.core, line))
        .or_else(|| grouped(token.core, line))
        .map(|words| Reading::new(words, 1))
}

/// "23rd"; a wrong ending is spelled: "11st".
fn ordinal(core: &str, line: &Line<'_>) -> Option<String> {
    let digits = core.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = core[digits.len()..].to_ascii_lowercase();
    if !numbers::is_integer(digits) || !matches!(ending.as_str(), "st" | "nd" | "rd" | "th") {
        return None;
    }
    let bytes = digits.as_bytes();
    let teen = bytes.len() > 1 && bytes[bytes.len() - 2] == b'1';
    let expected = match bytes.last()? {
        b'1' if !teen => "st",
        b'2' if !teen => "nd",
        b'3' if !teen => "rd",
        _ => "th",
    };
    if ending == expected {
        return Some(numbers::ordinal(digits, line.dialect));
    }
    Some(format!(
        "{} {ending}",
        super::symbols::digits(digits, line.dialect)
    ))
}

/// "v1.2", "1.2.3", "Python 3.11": the parts one after the other.
fn version(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let (prefix, numbered) = match core.strip_prefix(['v', 'V']) {
        Some(rest) => ("version ", rest),
        None => ("", core),
    };
    let mut parts = numbered.split('.');
    let thousands = prefix.is_empty()
        && numbered.matches('.').count() > 1
        && numbered.split('.').skip(1).all(|part| part.len() == 3);
    if thousands && numbers::is_integer(&numbered.replace('.', ",")) {
        return Some(numbers::cardinal(numbered, line.dialect));
    }
    let dots = numbered.bytes().filter(|&b| b == b'.').count();
    if !parts.all(|part| numbers::is_digits(part) && part.len() <= 4)
        || dots > 5
        || (prefix.is_empty() && dots < 2)
    {
        return None;
    }
    let words: Vec<_> = numbered
        .split('.')
        .map(|part| super::symbols::digits(part, line.dialect))
        .collect();
    Some(format!("{prefix}{}", words.join(" point ")))
}

/// "747s", "60s": the plural of a number.
fn decade_like(core: &str, line: &Line<'_>) -> Option<String> {
    let digits = core.strip_suffix('s')?.trim_end_matches(['\'', '’']);
    let said = numbers::is_digits(digits).then(|| {
        if digits.len() == 3 && !digits.ends_with("00") {
            super::address::house(digits, line.dialect)
        } else if digits.len() == 4 {
            numbers::year(digits, line.dialect)
        } else {
            numbers::cardinal(digits, line.dialect)
        }
    })?;
    Some(numbers::plural(&said))
}

/// "1_000_000", "1.000.000", "1080p".
fn grouped(core: &str, line: &Line<'_>) -> Option<String> {
    if let Some(lines) = core
        .strip_suffix(['p', 'i'])
        .filter(|lines| matches!(*lines, "480" | "720" | "1080" | "1440" | "2160"))
    {
        return Some(format!(
            "{} {}",
            super::address::house(lines, line.dialect),
            core[lines.len()..].to_ascii_uppercase()
        ));
    }
    let digits = core.contains('_')
        && core.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        && core.starts_with(|c: char| c.is_ascii_digit());
    digits.then(|| numbers::cardinal(core, line.dialect))
}

/// "401(k)", "501(c)(3)".
fn paragraph(core: &str, line: &Line<'_>) -> Option<String> {
    let (digits, rest) = core.split_once('(')?;
    let rest = rest.strip_suffix(')')?;
    if !numbers::is_digits(digits) || digits.len() > 4 {
        return None;
    }
    let mut words = super::address::house(digits, line.dialect);
    for part in rest.split(")(") {
        if part.is_empty() || part.len() > 3 || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        words.push(' ');
        if numbers::is_digits(part) {
            words += &numbers::cardinal(part, line.dialect);
        } else {
            words += &part.to_ascii_uppercase();
        }
    }
    Some(words)
}

fn number(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let (sign, unsigned) = numbers::sign(core);
    if numbers::is_digits(unsigned) {
        let words = if sign.is_empty() {
            plain(unsigned, line, at)
        } else {
            numbers::cardinal(unsigned, line.dialect)
        };
        return Some(format!("{sign}{words}"));
    }
    let (number, suffix) = super::money::number_before(unsigned);
    if number.is_empty() {
        return None;
    }
    let words = numbers::decimal(number, line.dialect)?;
    let suffix = match suffix {
        "" => "",
        "+" => " plus",
        // "4K", "a 10K race"
        "k" | "K" if matches!(number, "2" | "4" | "5" | "8" | "10") => " K",
        "k" | "K" => " thousand",
        "M" | "mn" => " million",
        "B" | "bn" => " billion",
        "x" | "X" => " x",
        _ => return None,
    };
    Some(format!("{sign}{words}{suffix}"))
}

/// Digits alone, by what stands around them.
pub(super) fn plain(digits: &str, line: &Line<'_>, at: usize) -> String {
    let spelled =
        (digits.len() > 1 && digits.starts_with('0')) || digits.len() > 12 || is_code(digits, line, at);
    if spelled {
        numbers::spelled(digits)
    } else if digits.len() == 4 && (is_year(digits, line, at) || is_model(digits, line, at)) {
        numbers::year(digits, line.dialect)
    } else {
        numbers::cardinal(digits, line.dialect)
    }
}

/// Digits that stand for no amount: announced as a code, or long and alone.
fn is_code(digits: &str, line: &Line<'_>, at: usize) -> bool {
    if digits.len() == 3 {
        let dialled = matches!(
            digits,
            "911" | "999" | "112" | "411" | "311" | "211" | "988" | "101" | "111"
        );
        return dialled
            && line.previous(at).is_some_and(|before| {
                matches!(
                    before.core.to_ascii_lowercase().as_str(),
                    "call" | "called" | "calling" | "dial" | "dialled" | "dialed" | "phone" | "ring" | "text"
                )
            });
    }
    if digits.len() < 4 {
        return false;
    }
    let announced = line.tokens[at.saturating_sub(3)..at].iter().any(|token| {
        matches!(
            token.core.to_ascii_lowercase().as_str(),
            "code"
                | "pin"
                | "otp"
                | "passcode"
                | "password"
                | "zip"
                | "ending"
                | "extension"
                | "serial"
                | "id"
                | "account"
                | "passport"
                | "invoice"
                | "ticket"
        )
    });
    if announced {
        return true;
    }
    // Long digits without a comma and without anything that they count.
    digits.len() > 4 && !counts(line, at) && (line.tokens.len() == 1 || !digits.ends_with("00"))
}

/// A word follows that is counted, or a magnitude; or a word of amount stands before.
fn counts(line: &Line<'_>, at: usize) -> bool {
    line.next(at).is_some_and(|next| {
        magnitude_name(next.core).is_some()
            || (next.is_word() && next.shape.lower && !next.shape.upper && !is_function_word(next.core))
    }) || line.previous(at).is_some_and(|before| {
        matches!(
            before.core.to_ascii_lowercase().as_str(),
            "about"
                | "over"
                | "nearly"
                | "almost"
                | "around"
                | "approximately"
                | "exactly"
                | "only"
                | "some"
                | "was"
                | "were"
                | "are"
                | "is"
                | "than"
                | "to"
                | "of"
                | "total"
                | "equals"
        )
    })
}

fn is_function_word(text: &str) -> bool {
    matches!(
        text,
        "a" | "an"
            | "and"
            | "are"
            | "as"
            | "at"
            | "be"
            | "been"
            | "but"
            | "by"
            | "for"
            | "from"
            | "had"
            | "has"
            | "he"
            | "in"
            | "is"
            | "it"
            | "not"
            | "of"
            | "on"
            | "or"
            | "she"
            | "so"
            | "than"
            | "that"
            | "the"
            | "then"
            | "there"
            | "they"
            | "this"
            | "to"
            | "until"
            | "was"
            | "we"
            | "were"
            | "when"
            | "which"
            | "while"
            | "who"
            | "will"
            | "with"
            | "would"
            | "you"
    )
}

/// "RTX 4090", "RFC 2119": said in pairs.
fn is_model(digits: &str, line: &Line<'_>, at: usize) -> bool {
    !digits.ends_with("00")
        && line.next(at).is_none()
        && line.previous(at).is_some_and(|before| {
            before.is_capitals() && before.is_word() && before.core.len() > 1 && before.core.len() < 6
        })
}

/// A number of four digits that is said as a year.
fn is_year(digits: &str, line: &Line<'_>, at: usize) -> bool {
    let value: u32 = digits.parse().unwrap_or(0);
    let announced = line.previous(at).is_some_and(|before| {
        matches!(
            before.core.to_ascii_lowercase().as_str(),
            "in" | "since"
                | "until"
                | "till"
                | "by"
                | "year"
                | "circa"
                | "ca"
                | "c"
                | "early"
                | "late"
                | "mid"
                | "anno"
                | "spring"
                | "summer"
                | "autumn"
                | "fall"
                | "winter"
                | "before"
                | "after"
                | "during"
        )
    });
    let follower = line.next(at);
    // "1500 people", "2000 miles": something is counted.
    let counted = follower.is_some_and(|next| {
        next.is_word()
            && next.shape.lower
            && !next.shape.upper
            && next.core.len() > 3
            && (next.core.ends_with('s') && !next.core.ends_with("ss") || next.core == "people")
            && !matches!(next.core, "was" | "has" | "is" | "census" | "lens")
            || magnitude_name(next.core).is_some()
    });
    match value {
        1000..1100 | 2100..3000 => announced && !counted,
        1100..2100 => !counted,
        _ => false,
    }
}
