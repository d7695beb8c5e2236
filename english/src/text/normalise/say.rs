//! How numbers, signs and names are said, whatever class they stand in.

pub(crate) mod number;
pub(crate) mod numbers;
pub(crate) mod spelling;

use crate::text::Dialect;

/// "twenty seven eighty eight", "one twenty three", "twelve hundred".
pub(crate) fn house(digits: &str, dialect: Dialect) -> String {
    match digits.len() {
        3 if !digits.ends_with("00") => {
            let (hundred, rest) = digits.split_at(1);
            let hundred = numbers::cardinal(hundred, dialect);
            match rest.strip_prefix('0') {
                Some(digit) => format!("{hundred} oh {}", numbers::spelled(digit)),
                None => format!("{hundred} {}", numbers::cardinal(rest, dialect)),
            }
        }
        4 if digits.starts_with("10") && digits[2..].starts_with('0') && !digits.ends_with("00") => {
            format!("ten oh {}", numbers::spelled(&digits[3..]))
        }
        4 if !digits.starts_with('0') => numbers::year(digits, dialect),
        5 => numbers::spelled(digits),
        _ => numbers::cardinal(digits, dialect),
    }
}

/// Hundreds are said as such: "eight hundred".
pub(crate) fn prefix_words(digits: &str) -> String {
    match digits {
        "800" => "eight hundred".to_owned(),
        "900" => "nine hundred".to_owned(),
        _ => numbers::spelled(digits),
    }
}

/// With the first letter in its large form, if it is ASCII.
pub(crate) fn capitalised(words: &str) -> String {
    let mut capital = words.to_owned();
    if let Some(first) = capital.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    capital
}

/// Dashes that lead from one side to another.
pub(crate) const DASHES: [char; 3] = ['-', '–', '—'];

/// From one side to the other, each read by `side`: "5-10".
pub(crate) fn range(text: &str, side: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (from, to) = text.split_once(DASHES)?;
    Some(format!("{} to {}", side(from)?, side(to)?))
}
