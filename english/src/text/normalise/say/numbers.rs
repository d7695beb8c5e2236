//! Numbers in words. British English says "and" before the last two digits; digits are ASCII.

use crate::text::Dialect;

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const SCALES: [&str; 12] = [
    "",
    "thousand",
    "million",
    "billion",
    "trillion",
    "quadrillion",
    "quintillion",
    "sextillion",
    "septillion",
    "octillion",
    "nonillion",
    "decillion",
];

/// One of the words below a hundred that numbers are made of; "oh" is a nought, as in "nineteen oh five".
pub(crate) fn is_number_word(word: &str) -> bool {
    word == "oh" || ONES.contains(&word) || TENS[2..].contains(&word)
}

/// Up to 36 digits by value, longer ones digit by digit. Anything but digits is passed over.
pub(crate) fn cardinal(digits: &str, dialect: Dialect) -> String {
    let digits: Vec<u8> = digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|b| b - b'0')
        .collect();
    let significant = digits
        .iter()
        .position(|&d| d != 0)
        .map_or(&digits[..0], |first| &digits[first..]);
    if significant.is_empty() {
        return "zero".to_owned();
    }
    if significant.len() > 3 * SCALES.len() {
        return significant
            .iter()
            .map(|&d| ONES[usize::from(d)])
            .collect::<Vec<_>>()
            .join(" ");
    }
    let mut words: Vec<&str> = Vec::new();
    let head = (significant.len() - 1) % 3 + 1;
    let (first, others) = significant.split_at(head);
    let groups = others.len() / 3;
    for (i, group) in std::iter::once(first).chain(others.chunks(3)).enumerate() {
        let value = group.iter().fold(0, |sum, &d| sum * 10 + usize::from(d));
        if value == 0 {
            continue;
        }
        let scale = groups - i;
        if dialect == Dialect::British && scale == 0 && value < 100 && !words.is_empty() {
            words.push("and");
        }
        hundreds(value, dialect, &mut words);
        if scale > 0 {
            words.push(SCALES[scale]);
        }
    }
    words.join(" ")
}

fn hundreds(value: usize, dialect: Dialect, words: &mut Vec<&'static str>) {
    let (hundreds, rest) = (value / 100, value % 100);
    if hundreds > 0 {
        words.extend([ONES[hundreds], "hundred"]);
        if rest > 0 && dialect == Dialect::British {
            words.push("and");
        }
    }
    if rest > 0 {
        words.extend(below_hundred(rest));
    }
}

fn below_hundred(value: usize) -> impl Iterator<Item = &'static str> {
    let (tens, ones) = if value < 20 {
        (0, value)
    } else {
        (value / 10, value % 10)
    };
    let tens = (tens > 0).then(|| TENS[tens]);
    let ones = (ones > 0 || tens.is_none()).then(|| ONES[ones]);
    tens.into_iter().chain(ones)
}

/// "twenty third" of "23".
pub(crate) fn ordinal(digits: &str, dialect: Dialect) -> String {
    let mut words = cardinal(digits, dialect);
    let last = words.rfind(' ').map_or(0, |space| space + 1);
    let form = ordinal_of(&words[last..]);
    words.truncate(last);
    words + &form
}

fn ordinal_of(word: &str) -> String {
    match word {
        "one" => "first".into(),
        "two" => "second".into(),
        "three" => "third".into(),
        "five" => "fifth".into(),
        "eight" => "eighth".into(),
        "nine" => "ninth".into(),
        "twelve" => "twelfth".into(),
        word => match word.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{word}th"),
        },
    }
}

/// Digit by digit; anything but digits is passed over.
pub(crate) fn spelled(digits: &str) -> String {
    let mut words = String::with_capacity(digits.len() * 5);
    for digit in digits.bytes().filter(u8::is_ascii_digit) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(ONES[usize::from(digit - b'0')]);
    }
    words
}

/// A year of three or four digits: "nineteen eighty four", "nineteen oh five", "two thousand five".
pub(crate) fn year(digits: &str, dialect: Dialect) -> String {
    let Ok(value) = digits.parse::<usize>() else {
        return spelled(digits);
    };
    let (century, rest) = (value / 100, value % 100);
    if !(1..100).contains(&century) || (century % 10 == 0 && rest < 10) {
        return cardinal(digits, dialect);
    }
    let mut words: Vec<&str> = below_hundred(century).collect();
    match rest {
        0 => words.push("hundred"),
        1..10 => words.extend(["oh", ONES[rest]]),
        _ => words.extend(below_hundred(rest)),
    }
    words.join(" ")
}

/// "nineteen eighties" of "1980", "eighties" of "80".
pub(crate) fn decade(digits: &str, dialect: Dialect) -> String {
    plural(&year(digits, dialect))
}

/// The plural of number words: "eighties", "sixes", "thirds".
pub(crate) fn plural(words: &str) -> String {
    match words.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if words.ends_with('x') => format!("{words}es"),
        None => format!("{words}s"),
    }
}

/// Splits off a sign, as a word with a space.
pub(crate) fn sign(text: &str) -> (&'static str, &str) {
    for (mark, word) in [
        ("-", "minus "),
        ("−", "minus "),
        ("–", "minus "),
        ("+", "plus "),
        ("±", "plus or minus "),
        ("~", "about "),
        ("≈", "about "),
        ("<=", "less than or equal to "),
        (">=", "greater than or equal to "),
        ("≤", "less than or equal to "),
        ("≥", "greater than or equal to "),
        ("<", "less than "),
        (">", "greater than "),
    ] {
        if let Some(rest) = text.strip_prefix(mark) {
            return (word, rest);
        }
    }
    ("", text)
}

/// Digits, with commas between thousands or without.
pub(crate) fn is_integer(text: &str) -> bool {
    if !text.contains(',') {
        return is_digits(text);
    }
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default();
    is_digits(first) && first.len() <= 3 && grouped(groups)
}

/// Groups of three, or of two before the last three as in India.
fn grouped<'a>(groups: impl DoubleEndedIterator<Item = &'a str> + Clone) -> bool {
    let mut before = groups.rev();
    let last = before.next().unwrap_or_default();
    let all = |length: usize| {
        before
            .clone()
            .all(|group| group.len() == length && is_digits(group))
    };
    last.len() == 3 && is_digits(last) && (all(3) || all(2))
}

pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dialect::{American, British};

    #[test]
    fn says_cardinals() {
        assert_eq!(cardinal("0", American), "zero");
        assert_eq!(cardinal("101", American), "one hundred one");
        assert_eq!(cardinal("101", British), "one hundred and one");
        assert_eq!(cardinal("1001", British), "one thousand and one");
        assert_eq!(
            cardinal("123,000,012", American),
            "one hundred twenty three million twelve"
        );
        assert_eq!(cardinal("1,000,000,000", British), "one billion");
        assert_eq!(cardinal(&"9".repeat(40), American).split(' ').count(), 40);
    }

    #[test]
    fn says_ordinals_and_years() {
        assert_eq!(ordinal("0", American), "zeroth");
        assert_eq!(ordinal("1,000", American), "one thousandth");
        assert_eq!(ordinal("23", American), "twenty third");
        assert_eq!(ordinal("20", American), "twentieth");
        for (digits, words) in [
            ("1984", "nineteen eighty four"),
            ("1900", "nineteen hundred"),
            ("1905", "nineteen oh five"),
            ("2000", "two thousand"),
            ("2005", "two thousand five"),
            ("2012", "twenty twelve"),
            ("1066", "ten sixty six"),
            ("476", "four seventy six"),
        ] {
            assert_eq!(year(digits, American), words);
        }
        assert_eq!(year("2005", British), "two thousand and five");
        assert_eq!(decade("1980", American), "nineteen eighties");
        assert_eq!(decade("1900", American), "nineteen hundreds");
    }
}
