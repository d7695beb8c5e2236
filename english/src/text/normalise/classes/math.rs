//! Formulas: signs between numbers and single letters, powers, scientific notation.

use crate::text::{
    Dialect,
    normalise::{
        context::in_equation,
        engine::Reading,
        line::{Line, tokens::Token},
        say::{
            number::Number,
            numbers,
            spelling::{self, is_greek, letter_name, spelled},
        },
        words::{Role, said},
    },
};

/// "+/-"
pub(crate) fn plus_or_minus(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    (token.core == "+/" && token.close == "-").then(|| Reading::new("plus or minus", 1).with_close(true))
}

/// "->", "!="
pub(crate) fn operator(line: &Line<'_>, at: usize) -> Option<String> {
    said(line.tokens[at].core, Role::Operator).map(str::to_owned)
}

/// "a 5* hotel", "dial *67"
pub(crate) fn star(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    if let Some(stars) = core.strip_suffix('*').filter(|stars| stars.len() == 1) {
        let hotel = numbers::is_digits(stars) && line.next(at).is_some_and(|next| next.is_word());
        return hotel.then(|| format!("{} star", numbers::cardinal(stars, line.dialect)));
    }
    let digits = core
        .strip_prefix('*')
        .filter(|digits| numbers::is_digits(digits))?;
    let dialled = line.previous(at).is_some_and(|before| {
        matches!(
            before.core.to_ascii_lowercase().as_str(),
            "dial" | "press" | "enter"
        )
    });
    dialled.then(|| format!("star {}", spelling::digits(digits, line.dialect)))
}

/// "File > Save As": a way through menus.
pub(crate) fn menu(line: &Line<'_>, at: usize) -> Option<String> {
    let item = |token: &Token<'_>| token.is_word() && token.shape.upper && token.core.len() > 2;
    let between = line.tokens[at].core == ">"
        && at > 0
        && item(&line.tokens[at - 1])
        && line.next(at).is_some_and(item);
    between.then(|| ",".to_owned())
}

/// What a rule reads of one token; the bracket before "(a+b)²" is one of the formula.
fn formula(line: &Line<'_>, at: usize, words: Option<String>) -> Option<Reading> {
    let token = &line.tokens[at];
    let inside = token.open.ends_with('(') && token.core.contains(')') && !token.core.contains('(');
    Some(Reading::new(words?, 1).with_open(inside))
}

/// "1.5e10", "2.3×10^8", "6.02x10²³"
pub(crate) fn power_of_ten(line: &Line<'_>, at: usize) -> Option<Reading> {
    formula(line, at, scientific(line.tokens[at].core, line.dialect))
}

/// "f(x)", "sin(2x)", "O(n)": of what stands in the brackets.
pub(crate) fn function(line: &Line<'_>, at: usize) -> Option<Reading> {
    formula(line, at, function_words(line, at))
}

/// "1-2=5", "y=x", "x²", "10^6", "2*8", "√2"
pub(crate) fn expression(line: &Line<'_>, at: usize) -> Option<Reading> {
    formula(line, at, expression_words(line.tokens[at].core, line, at))
}

/// "n-1", "x-2": such letters name no thing.
pub(crate) fn index(line: &Line<'_>, at: usize) -> Option<String> {
    let (letter, number) = line.tokens[at].core.split_once('-')?;
    // "k-12" are the grades of a school.
    (matches!(letter, "n" | "x" | "y" | "k") && number.len() == 1 && numbers::is_digits(number))
        .then(|| format!("{letter} minus {}", spelling::digits(number, line.dialect)))
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
    let number = Number::signed(number)?.say(dialect);
    let power = power(&exponent, dialect)?;
    Some(format!("{number} times ten to the {power}"))
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

/// A sign that stands alone between two operands: "3 x 4".
pub(crate) fn sign(line: &Line<'_>, at: usize) -> Option<String> {
    let token = &line.tokens[at];
    let between = at > 0
        && matches!(line.tokens[at - 1].close, "" | "\"" | "″" | "”" | "'" | "′")
        && is_operand(line.tokens[at - 1].core)
        && line.next(at).is_some_and(|next| is_operand(next.core));
    if !between {
        return None;
    }
    Some(
        match token.core {
            // "so x != y"
            "x" if !line.next(at)?.shape.digit => return None,
            "x" | "X" | "×" if line.tokens[at - 1].shape.digit || after_unit(line, at) => {
                let power = line.next(at).is_some_and(|next| next.core.starts_with("10^"));
                if power || in_equation(line, at) || token.core == "×" && !is_sized(line, at) {
                    "times"
                } else {
                    "by"
                }
            }
            "*" | "·" | "⋅" => "times",
            "**" => "to the power of",
            "/" if line.tokens[at - 1].shape.digit => "divided by",
            "−" => "minus",
            "^" => "to the power of",
            _ => return None,
        }
        .to_owned(),
    )
}

/// The numbers on one side of the token at `at` have a unit: they are sides of a thing.
fn is_sized(line: &Line<'_>, at: usize) -> bool {
    let unit = |text: &str| !text.is_empty() && text.chars().all(char::is_alphabetic);
    !line.tokens[at - 1].core.ends_with(|c: char| c.is_ascii_digit())
        || line.get(at + 2).is_some_and(|after| unit(after.core))
}

/// "10 ft x 12 ft"
fn after_unit(line: &Line<'_>, at: usize) -> bool {
    at > 1 && line.tokens[at - 2].shape.digit && line.next(at).is_some_and(|next| next.shape.digit)
}

/// "5! = 120"
pub(crate) fn factorial(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let equals = line.get(at + 1).is_some_and(|next| next.core.starts_with('='));
    if token.close != "!" || !token.open.is_empty() || !equals {
        return None;
    }
    let letter =
        || matches!(token.core.as_bytes(), [b'a'..=b'z' | b'A'..=b'Z']).then(|| token.core.to_owned());
    let number = Number::signed(token.core).map(|number| number.say(line.dialect));
    let value = number.or_else(letter)?;
    Some(Reading::new(format!("{value} factorial"), 1).with_close(true))
}

fn function_words(line: &Line<'_>, at: usize) -> Option<String> {
    let (name, rest) = line.tokens[at].core.split_once('(')?;
    let inner = rest.strip_suffix(')')?;
    let said = match name {
        "sin" => "sine",
        "cos" => "cosine",
        "tan" => "tangent",
        "log" | "ln" | "exp" | "max" | "min" | "lim" => name,
        "log2" => "log two",
        "log10" => "log ten",
        _ if name.len() == 1 && name.bytes().all(|b| b.is_ascii_alphabetic()) && inner != "s" => name,
        _ => return None,
    };
    if inner.is_empty() || inner.len() > 32 || inner.contains(['(', ')']) {
        return None;
    }
    let inner = Number::signed(inner)
        .map(|number| number.say(line.dialect))
        .or_else(|| expression_words(inner, line, at))
        .unwrap_or_else(|| spelled(inner, line.dialect, true));
    Some(format!("{said} of {inner}"))
}

/// A number or a single letter, possibly with a sign or a power.
fn is_operand(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '-') || text.chars().count() <= 2
}

fn expression_words(core: &str, line: &Line<'_>, at: usize) -> Option<String> {
    const OPERATORS: &str = "=+*^<>≤≥≠≈±×÷−√²³⁴⁵⁶⁷⁸⁹⁰¹⁻∞∑∏∫∂∆∇∈π∛";
    // "****", "s**t": what is not to be shown.
    let hidden = core.contains("**") && core.bytes().all(|b| b == b'*' || b.is_ascii_alphabetic());
    if hidden || core.len() > 64 || !core.contains(|c: char| OPERATORS.contains(c)) {
        return None;
    }
    // Operands of several letters make it something else, such as "C++" or a name.
    let formula = core.contains('=')
        || core.contains('*')
            && core.contains('+')
            && core.starts_with(|c: char| c.is_ascii_digit() || c == '(')
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
        } else if is_greek(c) {
            c.len_utf8()
        } else if c.is_alphabetic() {
            rest.find(|d: char| !d.is_alphabetic() || is_greek(d))
                .unwrap_or(rest.len())
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
            Number::of(part.trim_end_matches([',', '.']))?.say(line.dialect)
        } else if c.is_alphabetic() {
            if part.chars().count() > 3 && !core.contains('=') {
                return None;
            }
            letter_name(part).map_or_else(|| part.to_owned(), str::to_owned)
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
                '*' if operand_before
                    && rest
                        .strip_prefix('*')
                        .is_some_and(|power| power.starts_with(|c: char| c.is_ascii_digit())) =>
                {
                    rest = &rest[1..];
                    "to the power of".to_owned()
                }
                '*' if formula || core.len() > 1 && line.tokens.len() > 1 => "times".to_owned(),
                '*' if core.len() == 1 => return None,
                '*' if operand_before && !rest.is_empty() => "asterisk".to_owned(),
                '+' if operand_before && rest.is_empty() => "plus".to_owned(),
                '+' if rest.starts_with('+') => return None,
                '/' if formula && before.is_ascii_digit() => "divided by".to_owned(),
                '/' if formula => "over".to_owned(),
                '/' => return None,
                '×' => "times".to_owned(),
                '(' if before.is_alphabetic() => "of".to_owned(),
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
                c => match spelling::name(c) {
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
