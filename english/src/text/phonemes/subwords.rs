//! Words of the tagger → the smaller parts that are looked up, alone or joined.

use std::ops::Range;

/// Parts of `word` as byte ranges: letters with their apostrophes, numbers, dashes, single marks. Camel case is
/// split. A lone apostrophe inside belongs to no part.
pub(super) fn subwords(word: &str) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    let mut parts = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let end = part(&chars, at);
        if end > at {
            parts.push(chars[at].0..chars.get(end).map_or(word.len(), |&(byte, _)| byte));
        }
        at = end.max(at + 1);
    }
    parts
}

/// The index after the part that begins at `at`; `at` itself if none does.
fn part(chars: &[(usize, char)], at: usize) -> usize {
    let get = |i: usize| chars.get(i).map(|&(_, c)| c);
    let is = |i: usize, test: fn(char) -> bool| get(i).is_some_and(test);
    let run = |from: usize, test: fn(char) -> bool| (from..).find(|&i| !is(i, test)).unwrap_or(from);
    if is(at, is_apostrophe) {
        let end = run(at, is_apostrophe);
        return if at == 0 || end > at + 1 || end == chars.len() {
            end
        } else {
            at
        };
    }
    if is(at, is_dash) {
        let digits = digits(chars, at + 1);
        return if at == 0 && get(at) == Some('-') && digits > at + 1 {
            digits
        } else {
            run(at, is_dash)
        };
    }
    let number = digits(chars, at);
    if number > at {
        return number;
    }
    if !is(at, char::is_alphabetic) {
        return at + 1;
    }
    if is(at, char::is_uppercase) && is(at + 1, char::is_uppercase) && is(at + 2, char::is_lowercase) {
        return at + 1;
    }
    let letters = run(at, char::is_alphabetic);
    if let Some(hump) = (at..letters).find(|&i| is(i, char::is_lowercase) && is(i + 1, char::is_uppercase)) {
        return hump + 1;
    }
    let mut end = letters;
    while is(end, is_apostrophe) && is(end + 1, char::is_alphabetic) {
        end += 2;
    }
    end
}

/// Digits with single commas and full stops before or between them.
fn digits(chars: &[(usize, char)], from: usize) -> usize {
    let digit = |i: usize| chars.get(i).is_some_and(|&(_, c)| c.is_ascii_digit());
    let point = |i: usize| chars.get(i).is_some_and(|&(_, c)| matches!(c, ',' | '.'));
    let mut at = from;
    loop {
        at += match () {
            () if digit(at) => 1,
            () if point(at) && digit(at + 1) => 2,
            () => return at,
        };
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '‘' | '’')
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(word: &str) -> Vec<&str> {
        subwords(word).into_iter().map(|range| &word[range]).collect()
    }

    #[test]
    fn splits_camel_case_numbers_and_dashes() {
        assert_eq!(split("iPhone"), ["i", "Phone"]);
        assert_eq!(split("ABc"), ["A", "Bc"]);
        assert_eq!(split("B2A23C"), ["B", "2", "A", "23", "C"]);
        assert_eq!(split("-1,000.5%"), ["-1,000.5", "%"]);
        assert_eq!(split("_ab--c"), ["_", "ab", "--", "c"]);
    }

    #[test]
    fn keeps_apostrophes_with_one_letter() {
        assert_eq!(split("o’clock"), ["o’c", "lock"]);
        assert_eq!(split("'tis"), ["'", "tis"]);
        assert_eq!(split("’"), ["’"]);
        assert_eq!(split("a'1'"), ["a", "1", "'"]);
    }

    #[test]
    fn parts_are_in_order_and_within() {
        for word in [
            "",
            "éÉx",
            "a\u{301}b",
            "日本語abC",
            "''''",
            "-",
            "9.",
            ".9",
            "..9",
        ] {
            let parts = subwords(word);
            assert!(parts.windows(2).all(|pair| pair[0].end <= pair[1].start));
            assert!(
                parts
                    .iter()
                    .all(|part| !part.is_empty() && part.end <= word.len())
            );
        }
    }
}
