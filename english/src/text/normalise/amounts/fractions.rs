//! Fractions with a slash or in one character.

use crate::text::{
    Dialect,
    normalise::{
        say::{house, numbers},
        words::{Role, said},
    },
};

/// A fraction that is a token of its own after a whole number.
pub(crate) fn alone(text: &str, dialect: Dialect) -> Option<String> {
    match text.split_once('/') {
        Some((numerator, denominator)) if denominator.len() <= 3 => words(numerator, denominator, dialect),
        Some(_) => None,
        None => single(text).map(str::to_owned),
    }
}

fn single(text: &str) -> Option<&'static str> {
    let mut chars = text.chars();
    chars.next().and_then(vulgar).filter(|_| chars.next().is_none())
}

/// The name of a fraction in one character.
pub(crate) fn vulgar(c: char) -> Option<&'static str> {
    if c.is_ascii() {
        return None;
    }
    said(c.encode_utf8(&mut [0; 4]), Role::Fraction)
}

/// "2½" in words.
pub(crate) fn with_sign(text: &str, dialect: Dialect) -> Option<String> {
    let last = text.chars().next_back()?;
    let fraction = vulgar(last)?;
    let (sign, whole) = numbers::sign(&text[..text.len() - last.len_utf8()]);
    if whole.is_empty() {
        return Some(format!("{sign}{fraction}"));
    }
    numbers::is_integer(whole).then(|| {
        let whole = numbers::cardinal(whole, dialect);
        format!("{sign}{whole} and {}", with_article(fraction))
    })
}

/// "one half" is "a half" after a whole number.
fn with_article(fraction: &str) -> String {
    match fraction.strip_prefix("one ") {
        Some(part @ ("half" | "quarter" | "third")) => format!("a {part}"),
        _ => fraction.to_owned(),
    }
}

/// "three quarters" of "3" and "4"; "over" where the denominator is no usual one.
pub(crate) fn words(numerator: &str, denominator: &str, dialect: Dialect) -> Option<String> {
    let denominator = ["ths", "th", "TH", "rds", "rd", "nds", "nd", "st"]
        .iter()
        .find_map(|ending| denominator.strip_suffix(ending))
        .unwrap_or(denominator);
    if !numbers::is_integer(numerator)
        || !numbers::is_integer(denominator)
        || numerator.len() > 9
        || denominator.len() > 9
    {
        return None;
    }
    // "120/80" is no fraction.
    let (above, below) = (numerator.parse::<u64>(), denominator.parse::<u64>());
    if above.is_ok_and(|above| below.is_ok_and(|below| above >= below && below > 32)) {
        let side = |digits| house(digits, dialect);
        return Some(format!("{} over {}", side(numerator), side(denominator)));
    }
    let top = numbers::cardinal(numerator, dialect);
    let one = top == "one";
    let bottom = match denominator.parse::<u64>().unwrap_or(u64::MAX) {
        2 if one => "half".to_owned(),
        2 => "halves".to_owned(),
        4 if one => "quarter".to_owned(),
        4 => "quarters".to_owned(),
        value @ (3..=100 | 1000 | 10_000 | 1_000_000) => {
            let ordinal = numbers::ordinal(&value.to_string(), dialect);
            if one { ordinal } else { numbers::plural(&ordinal) }
        }
        _ => format!("over {}", numbers::cardinal(denominator, dialect)),
    };
    Some(format!("{top} {bottom}"))
}
