//! Words broken at the end of a line, as in text from a PDF: "de-⏎cided" is one, "well-⏎known" are two.

use crate::text::phonemes::is_word;

/// What the hyphen at the end of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Hyphen {
    /// No part of a word that goes on: "two-⏎and three-day".
    #[default]
    Apart,
    /// One that stays: "well-⏎known".
    Kept,
    /// One that only breaks a word.
    Breaks,
}

/// No part of a word is longer, in bytes.
const LONGEST: usize = 32;

/// The hyphen at the end of `line`, before `next`. `begun` is what was joined to the line already: "inter" before "na-".
pub(super) fn hyphen(begun: &str, line: &str, next: &str) -> Hyphen {
    let Some(stem) = line.strip_suffix('-').filter(|stem| !stem.ends_with('-')) else {
        return Hyphen::Apart;
    };
    let end = next.find(|c: char| !c.is_alphabetic()).unwrap_or(next.len());
    let (second, after) = next.split_at(end);
    if !second.starts_with(char::is_lowercase) || second.len() > LONGEST {
        return Hyphen::Apart;
    }
    let mut first = last_letters(stem).to_owned();
    if first.is_empty()
        || after.len() > 1 && after.starts_with('-')
        || stem[..stem.len() - first.len()].ends_with('-')
    {
        let joins = stem.ends_with(char::is_alphanumeric) && !is_link(second);
        return if joins { Hyphen::Kept } else { Hyphen::Apart };
    }
    if first.len() == stem.len() {
        first.insert_str(0, last_letters(begun));
    }
    if first.len() > LONGEST {
        return Hyphen::Apart;
    }
    let known = |word: &str| is_word(&word.to_lowercase());
    if known(&format!("{first}{second}")) {
        Hyphen::Breaks
    } else if is_link(second) {
        Hyphen::Apart
    } else if known(&first) && known(second) {
        Hyphen::Kept
    } else {
        Hyphen::Breaks
    }
}

/// "two- and three-day": the second part of a word does not follow.
fn is_link(word: &str) -> bool {
    matches!(word, "and" | "or" | "nor" | "but" | "to" | "versus")
}

fn last_letters(text: &str) -> &str {
    let rest = text.trim_end_matches(char::is_alphabetic);
    &text[rest.len()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_broken_words_from_compounds() {
        for (line, next) in [
            ("He de-", "cided to go"),
            ("an inter-", "national law"),
            ("Schwarzen-", "egger"),
            ("a com-", "puter."),
            ("co-", "operate"),
        ] {
            assert_eq!(hyphen("", line, next), Hyphen::Breaks, "{line}{next}");
        }
        for (line, next) in [
            ("a well-", "known man"),
            ("mother-", "in-law"),
            ("a 20-", "year plan"),
        ] {
            assert_eq!(hyphen("", line, next), Hyphen::Kept, "{line}{next}");
        }
        for (line, next) in [
            ("two-", "and three-day"),
            ("he left--", "and so"),
            ("He left-", "She"),
            ("-", "a"),
        ] {
            assert_eq!(hyphen("", line, next), Hyphen::Apart, "{line}{next}");
        }
        assert_eq!(hyphen("rela", "tion-", "ship"), Hyphen::Breaks);
    }
}
