//! Where sentences end in normalised text.

use std::ops::Range;

use super::normalise::begins_sentence;
use crate::segments::Boundary;

/// The longest sentence in bytes; a longer one is cut at a space. Bounds the memory of all that follows.
const LONGEST: usize = 4_000;

/// Sentences in order, as byte ranges without outer white space, each with what follows it.
///
/// `text` is normalised: `'\n'` ends a sentence, `"\n\n"` a paragraph. Linear in `text`.
pub fn sentences(text: &str) -> impl Iterator<Item = (Range<usize>, Boundary)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + white_space(&text[at..]);
            if start == text.len() {
                return None;
            }
            let (end, boundary) = end_of_sentence(text, start);
            at = end;
            let sentence = text[start..end].trim_end();
            if !sentence.is_empty() {
                return Some((start..start + sentence.len(), boundary));
            }
        }
    })
}

fn white_space(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn end_of_sentence(text: &str, start: usize) -> (usize, Boundary) {
    let mut last_space = None;
    for (i, c) in text[start..].char_indices() {
        let at = start + i;
        match c {
            '\n' => {
                let paragraph = text[at + 1..].trim_start_matches(' ').starts_with('\n');
                return (
                    at,
                    if paragraph {
                        Boundary::Paragraph
                    } else {
                        Boundary::Sentence
                    },
                );
            }
            ' ' if ends_before(&text[start..at], &text[at + 1..]) => return (at, Boundary::Sentence),
            ' ' => last_space = Some(at),
            _ => {}
        }
        if i >= LONGEST {
            return (last_space.unwrap_or(at), Boundary::Clause);
        }
    }
    (text.len(), Boundary::Sentence)
}

/// Whether a sentence ends between `before` and `after`, which a space parts.
fn ends_before(before: &str, after: &str) -> bool {
    let before = before.trim_end_matches(CLOSING);
    let Some(mark) = before.chars().next_back() else {
        return false;
    };
    if !matches!(mark, '.' | '!' | '?' | '…') || !starts_sentence(after) {
        return false;
    }
    mark != '.' || !(is_abbreviation(before) || is_initials(before) && !after_initials(after))
}

const CLOSING: [char; 8] = ['"', '\'', '”', '’', ')', ']', '»', '*'];
const OPENING: [char; 8] = ['"', '\'', '“', '‘', '(', '[', '«', '¿'];

fn starts_sentence(after: &str) -> bool {
    let first = after.trim_start_matches(OPENING).chars().next();
    first.is_some_and(|c| !c.is_lowercase() && (c.is_alphanumeric() || c == super::spanned::LITERAL))
}

/// `before` ends with `'.'`.
fn is_abbreviation(before: &str) -> bool {
    let tail = last_chars(&before[..before.len() - 1], 12);
    let word = tail.rsplit([' ', '(', '“', '"']).next().unwrap_or(tail);
    let mut letters = word.chars();
    let initial = letters.next().is_some_and(|c| c.is_uppercase() && c != 'I') && letters.next().is_none();
    initial || ABBREVIATIONS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// "U.S.", "D.C.": letters with full stops between.
pub(crate) fn is_initials(text: &str) -> bool {
    let tail = last_chars(text, 12);
    let word = tail.rsplit([' ', '(', '“', '"']).next().unwrap_or(tail);
    let letter = |part: &str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_uppercase());
    word.strip_suffix('.')
        .is_some_and(|letters| letters.contains('.') && letters.split('.').all(letter))
}

/// The name of "the U.S. Army" goes on; what begins with one of these words is a sentence.
fn after_initials(after: &str) -> bool {
    let after = after.trim_start_matches(OPENING);
    let end = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
    begins_sentence(&after[..end])
}

fn last_chars(text: &str, count: usize) -> &str {
    text.char_indices()
        .rev()
        .nth(count - 1)
        .map_or(text, |(i, _)| &text[i..])
}

/// Abbreviations that stand before a capital. What the normaliser writes out does not meet this list.
const ABBREVIATIONS: [&str; 34] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "rev", "gen", "col", "capt", "cpt", "lt", "sgt", "hon", "gov",
    "sen", "rep", "pres", "messrs", "mme", "mlle", "vs", "no", "vol", "fig", "ch", "sec", "art", "ed", "cf",
    "mt", "ft", "e.g", "i.e",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).map(|(range, _)| &text[range]).collect()
    }

    #[test]
    fn splits_at_marks_before_capitals() {
        assert_eq!(
            split("“Well!” said he. “Come.” Was it? It was."),
            ["“Well!” said he.", "“Come.”", "Was it?", "It was."]
        );
    }

    #[test]
    fn keeps_abbreviations_and_initials() {
        assert_eq!(
            split("Mr. Darcy met J. R. Smith. He left."),
            ["Mr. Darcy met J. R. Smith.", "He left."]
        );
        assert_eq!(split("Than I. He left."), ["Than I.", "He left."]);
        assert_eq!(
            split("He left the U.S. Army. He is in the U.S. It is big."),
            ["He left the U.S. Army.", "He is in the U.S.", "It is big."]
        );
    }

    #[test]
    fn tells_paragraphs_from_sentences() {
        let found: Vec<_> = sentences("A heading\n\nOne\nTwo\n \nThree")
            .map(|(_, b)| b)
            .collect();
        assert_eq!(
            found,
            [
                Boundary::Paragraph,
                Boundary::Sentence,
                Boundary::Paragraph,
                Boundary::Sentence
            ]
        );
    }

    #[test]
    fn bounds_a_sentence_without_end() {
        let text = "é".repeat(100_000);
        let all: Vec<_> = sentences(&text).collect();
        assert!(all.iter().all(|(range, _)| range.len() <= LONGEST + 2));
        assert_eq!(
            all.iter().map(|(range, _)| range.len()).sum::<usize>(),
            text.len()
        );
    }
}
