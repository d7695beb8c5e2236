//! Where sentences end in normalised text.

use std::ops::Range;

use super::normalise::{begins_sentence, is_era, takes_letter};
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
    mark != '.' || !goes_on(before, after)
}

const CLOSING: [char; 8] = ['"', '\'', '”', '’', ')', ']', '»', '*'];
const OPENING: [char; 8] = ['"', '\'', '“', '‘', '(', '[', '«', '¿'];

fn starts_sentence(after: &str) -> bool {
    let first = after.trim_start_matches(OPENING).chars().next();
    first.is_some_and(|c| !c.is_lowercase() && (c.is_alphanumeric() || c == super::spanned::LITERAL))
}

/// The full stop at the end of `before` is that of an abbreviation in the middle of a sentence.
fn goes_on(before: &str, after: &str) -> bool {
    let (rest, word) = last_word(&before[..before.len() - 1]);
    if ABBREVIATIONS.iter().any(|known| known.eq_ignore_ascii_case(word)) {
        return true;
    }
    // Before a name: "the U.S. Army", "J. R. Smith", "Eds. Smith and Jones".
    let told = || is_era(word) || is_told_by_letter(rest, word, after);
    let pronoun = || word == "I" && !is_initials(rest.trim_end()) && !is_initial(after);
    let initials = is_initials(before) && !pronoun() && !told();
    let editor = matches!(word, "Ed" | "Eds" | "eds");
    let end = |c: char| !c.is_alphabetic() && !matches!(c, '\'' | '’');
    let next = after.trim_start_matches(OPENING).split(end).next();
    (initials || editor) && (is_initial(after) || !next.is_some_and(begins_sentence))
}

/// "plan B", "an A": the letter is no initial of the name that follows.
fn is_told_by_letter(before: &str, letter: &str, after: &str) -> bool {
    let (_, noun) = last_word(before.trim_end());
    let grade = matches!(noun, "a" | "an") && ("A"..="F").contains(&letter);
    (grade || takes_letter(noun)) && !is_initial(after)
}

/// "A. Milne": the letter of another name.
fn is_initial(after: &str) -> bool {
    let mut chars = after.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.next() == Some('.')
}

/// The last word of `text`, as far as abbreviations are long, and what stands before it.
fn last_word(text: &str) -> (&str, &str) {
    let word = last_chars(text, 12)
        .rsplit([' ', '(', '“', '"'])
        .next()
        .unwrap_or(text);
    text.split_at(text.len() - word.len())
}

/// "B.", "U.S.": letters with full stops after them.
pub(crate) fn is_initials(text: &str) -> bool {
    let letter = |part: &str| part.starts_with(char::is_uppercase) && part.chars().nth(1).is_none();
    let letters = last_word(text).1.strip_suffix('.');
    letters.is_some_and(|letters| letters.split('.').all(letter))
}

fn last_chars(text: &str, count: usize) -> &str {
    text.char_indices()
        .rev()
        .nth(count - 1)
        .map_or(text, |(i, _)| &text[i..])
}

/// Abbreviations that stand before a capital. What the normaliser writes out does not meet this list, and what it leaves
/// of "no.", "fig." and the like are words.
const ABBREVIATIONS: [&str; 25] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "rev", "gen", "col", "capt", "cpt", "lt", "sgt", "hon", "gov",
    "sen", "rep", "pres", "messrs", "mme", "mlle", "vs", "cf", "e.g", "i.e",
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

    /// Where a `|` stands a sentence ends, and nowhere else.
    #[test]
    fn ends_after_letters_where_a_word_begins_a_sentence() {
        for text in [
            "I live in the U.S.|My sister left.|Don’t ask.",
            "He moved to the U.K.|Isn't it far?|(It is.)",
            "“He is in the U.S.”|Their office is in D.C.|“What for?”",
            "in forty four B.C.|Caesar died.",
            "in ten sixty six A.D.|William came to the U.K. Parliament.",
            "We need a plan B.|Nobody has one.",
            "“Take vitamin C.|Doctors say so.”|Hepatitis B.|Vaccines help.",
            "She got an A.|Mary got a B.|Tom got an F.|Who got a C?",
            "Malcolm X.|He spoke of Mister T.|What a man!",
            "The answer is D.|None of the above.",
            "the U.S. Open, the U.S. Supreme Court and the D.C. Mayor",
            "A. A. Milne and G. I. Joe met J. A. Smith.|I left.",
            "She met I. M. Pei.|A. A. Milne did not.",
            "He is taller than I.|He left.",
            "J. R. Smith, John F. Kennedy, George W. Bush and Susan B. Anthony",
            "The U.S. Army met J. K. Rowling.|J. D. Vance came.",
            "a D. H. Lawrence novel|of plan B. J. Smith",
            "Oh no.|One more.|She ate a fig.|Then we saw art.|They did not.",
        ] {
            let whole = text.replace('|', " ");
            let ends: Vec<_> = text.split('|').collect();
            if text.contains("Lawrence") {
                assert_eq!(split(&whole).len(), 1, "{whole}");
            } else {
                assert_eq!(split(&whole), ends);
            }
        }
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
