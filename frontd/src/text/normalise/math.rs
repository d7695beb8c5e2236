//! Formulas: signs between numbers and single letters, powers, scientific notation.

use super::{
    numbers,
    words::{Line, Reading},
};
use crate::text::Dialect;

pub(super) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    if matches!(core, "->" | "-->" | "=>" | "==>") {
        return Some(Reading::new("to", 1));
    }
    scientific(core, line.dialect)
        .or_else(|| sign(line, at))
        .or_else(|| expression(core, line, at))
        .map(|words| Reading::new(words, 1))
}

/// "1.5e10", "2.3×10^8", "6.02x10²³".
fn scientific(text: &str, dialect: Dialect) -> Option<String> {
    let digit = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '−' || c == '+');
    if !digit {
        return None;
    }
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.to_owned()),
        None => {
            let (number, power) = text.split_once(['×', 'x', '*', '·'])?;
            let power = power.strip_prefix("10")?;
            let exponent = match power.strip_prefix('^') {
                Some(power) => power.to_owned(),
                None => superscript(power)?,
            };
            (number, exponent)
        }
    };
    let number = numbers::decimal(number, dialect)?;
    Some(format!(
        "{number} times ten to the {}",
        power(&exponent, dialect)?
    ))
}

/// "tenth", or "minus three" for a negative exponent.
fn power(exponent: &str, dialect: Dialect) -> Option<String> {
    let exponent = exponent.trim_matches(['(', ')', '{', '}']);
    let (sign, digits) = numbers::sign(exponent);
    if !numbers::is_digits(digits) || digits.len() > 6 {
        return None;
    }
    Some(match sign {
        "minus " => format!("minus {}", numbers::cardinal(digits, dialect)),
        _ => numbers::ordinal(digits, dialect),
    })
}

/// Superscript digits as ASCII.
fn superscript(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    text.chars()
        .map(|c| {
            Some(match c {
                '⁰' => '0',
                '¹' => '1',
                '²' => '2',
                '³' => '3',
                '⁴'..='⁹' => char::from_digit(u32::from(c) - 0x2070, 10)?,
                '⁻' => '-',
                '⁺' => '+',
                _ => return None,
            })
        })
        .collect()
}

/// A sign that stands alone between two operands.
fn sign(line: &Line<'_>, at: usize) -> Option<String> {
    let token = &line.tokens[at];
    let between = at > 0
        && line.tokens[at - 1].close.is_empty()
        && is_operand(line.tokens[at - 1].core)
        && line.next(at).is_some_and(|next| is_operand(next.core));
    if !between {
        return None;
    }
    Some(
        match token.core {
            "x" | "X" | "×" if line.tokens[at - 1].shape.digit => "by",
            "*" | "·" | "⋅" => "times",
            "/" if line.tokens[at - 1].shape.digit => "divided by",
            "-" | "−" => "minus",
            "^" => "to the power of",
            _ => return None,
        }
        .to_owned(),
    )
}

/// A number or a single letter, possibly with a sign or a power.
fn is_operand(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '-') || text.chars().count() <= 2
}

/// "1-2=5", "y=x", "x²", "10^6", "2*8", "√2".
fn expression(core: &str, line: &Line<'_>, at: usize) -> Option<String> {
    const OPERATORS: &str = "=+*^<>≤≥≠≈±×÷−√²³⁴⁵⁶⁷⁸⁹⁰¹⁻∞∑∏∫∂∆∇∈π";
    if core.len() > 64 || !core.contains(|c: char| OPERATORS.contains(c)) {
        return None;
    }
    // Operands of several letters make it something else, such as "C++" or a name.
    let formula = core.contains('=')
        || line
            .next(at)
            .is_some_and(|next| matches!(next.core, "=" | "+" | "≈" | "<" | ">"));
    let mut words = String::new();
    let mut rest = core;
    let mut before = '\0';
    while let Some(c) = rest.chars().next() {
        let end = if c.is_ascii_digit() {
            rest.find(|d: char| !(d.is_ascii_digit() || d == '.' || d == ','))
                .unwrap_or(rest.len())
        } else if c.is_alphabetic() {
            rest.find(|d: char| !d.is_alphabetic()).unwrap_or(rest.len())
        } else if superscript(&rest[..c.len_utf8()]).is_some() {
            rest.find(|d: char| superscript(d.encode_utf8(&mut [0; 4])).is_none())
                .unwrap_or(rest.len())
        } else {
            c.len_utf8()
        };
        let part = &rest[..end];
        rest = &rest[end..];
        let operand_before = before.is_alphanumeric() || before == ')';
        let word = if c.is_ascii_digit() {
            numbers::decimal(part.trim_end_matches([',', '.']), line.dialect)?
        } else if c.is_alphabetic() {
            if part.chars().count() > 3 && !core.contains('=') {
                return None;
            }
            super::symbols::letter_name(part).map_or_else(|| part.to_owned(), str::to_owned)
        } else if let Some(exponent) = superscript(part) {
            exponent_words(&exponent, line.dialect)?
        } else {
            match c {
                '^' => {
                    let end = rest
                        .find(|d: char| !(d.is_ascii_digit() || d == '-'))
                        .unwrap_or(rest.len());
                    let exponent = &rest[..end];
                    if exponent.is_empty() {
                        "to the power of".to_owned()
                    } else {
                        rest = &rest[end..];
                        exponent_words(exponent, line.dialect)?
                    }
                }
                '-' | '−' if formula || c == '−' || !operand_before => "minus".to_owned(),
                '*' if formula || line.tokens.len() > 1 => "times".to_owned(),
                '*' if operand_before && !rest.is_empty() => "asterisk".to_owned(),
                '+' if operand_before && rest.is_empty() => "plus".to_owned(),
                '+' if rest.starts_with('+') => return None,
                '/' if formula && before.is_ascii_digit() => "divided by".to_owned(),
                '/' if formula => "over".to_owned(),
                '/' => return None,
                '×' => "times".to_owned(),
                '(' | ')' | '[' | ']' | '|' | ',' | ' ' | '\'' => String::new(),
                '√' => "the square root of".to_owned(),
                '>' if rest.starts_with('=') => {
                    rest = &rest[1..];
                    "greater than or equal to".to_owned()
                }
                '<' if rest.starts_with('=') => {
                    rest = &rest[1..];
                    "less than or equal to".to_owned()
                }
                '=' => "equals".to_owned(),
                c => match super::symbols::name(c) {
                    "" => return None,
                    name => name.to_owned(),
                },
            }
        };
        if !words.is_empty() && !word.is_empty() {
            words.push(' ');
        }
        words += &word;
        before = c;
    }
    (!words.is_empty()).then_some(words)
}

fn exponent_words(exponent: &str, dialect: Dialect) -> Option<String> {
    Some(match exponent {
        "2" => "squared".to_owned(),
        "3" => "cubed".to_owned(),
        exponent => format!("to the {}", power(exponent, dialect)?),
    })
}
