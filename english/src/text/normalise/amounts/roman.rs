//! Roman numerals.

/// For the fast path: "Scene ii", "pp. iv-xii".
pub(crate) fn may_number(text: &str) -> bool {
    match text.split_once('-') {
        Some((from, to)) => is_small(from) && is_small(to),
        None => text.len() > 1 && is_small(text),
    }
}

pub(crate) fn is_small(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, b'i' | b'v' | b'x'))
}

const PARTS: [(&str, u32); 13] = [
    ("M", 1000),
    ("CM", 900),
    ("D", 500),
    ("CD", 400),
    ("C", 100),
    ("XC", 90),
    ("L", 50),
    ("XL", 40),
    ("X", 10),
    ("IX", 9),
    ("V", 5),
    ("IV", 4),
    ("I", 1),
];

/// The value of a Roman numeral below 4000 in capitals and in its usual form.
pub(crate) fn value(text: &str) -> Option<u32> {
    let (mut rest, mut sum) = (text, 0);
    for (letters, value) in PARTS {
        while let Some(tail) = rest.strip_prefix(letters) {
            rest = tail;
            sum += value;
        }
    }
    (rest.is_empty() && (1..4000).contains(&sum) && written(sum) == text).then_some(sum)
}

fn written(mut value: u32) -> String {
    let mut text = String::new();
    for (letters, part) in PARTS {
        while value >= part {
            text += letters;
            value -= part;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_numerals() {
        for (text, number) in [("IV", 4), ("XL", 40), ("MCMXCIV", 1994), ("XIV", 14), ("VIII", 8)] {
            assert_eq!(value(text), Some(number));
        }
        for not in ["", "IIII", "VX", "IXI", "A", "iv"] {
            assert_eq!(value(not), None, "{not}");
        }
    }
}
