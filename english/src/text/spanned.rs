//! Text that remembers where each part of it came from.

use std::ops::Range;

use crate::script::Run;

/// Stands in [`Spanned::text`] for a word whose phonemes the user gave.
pub const LITERAL: char = '\u{FFFC}';

/// Text with the origin of each part and the literal phonemes that stand in it.
///
/// In normalised text `'\n'` ends a sentence whatever stands before it and `"\n\n"` ends a paragraph; any
/// other white space is one `' '`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spanned {
    text: String,
    origins: Vec<Origin>,
    /// What the [`LITERAL`]s in `text` say, in order.
    literals: Vec<String>,
    /// Where they stand in `text`.
    literal_at: Vec<usize>,
}

/// From `at` on (to the next origin) the text stands for `source`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    at: usize,
    source: Range<usize>,
    /// Byte for byte; otherwise every part stands for all of `source`.
    verbatim: bool,
}

impl Spanned {
    /// Collects the runs of a passage. A [`LITERAL`] of the user's own becomes a space.
    #[must_use]
    pub fn from_runs(runs: &[Run]) -> Self {
        let mut spanned = Self::default();
        for run in runs {
            match run {
                Run::Text { text, source } if text.len() == source.len() && !text.contains(LITERAL) => {
                    spanned.push_verbatim(text, source.start);
                }
                Run::Text { text, source } => {
                    spanned.push_replaced(&text.replace(LITERAL, " "), source.clone());
                }
                Run::Phonemes { ipa, source } => spanned.push_literal(ipa, source.clone()),
            }
        }
        spanned
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn literals(&self) -> &[String] {
        &self.literals
    }

    /// Its parts in order, each with the place that it stands for.
    pub fn parts(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        let ends = self.origins.iter().skip(1).map(|next| next.at);
        let parts = self.origins.iter().zip(ends.chain([self.text.len()]));
        parts.map(|(origin, end)| (&self.text[origin.at..end], origin.source.clone()))
    }

    /// Appends text that stands byte for byte in the user's text from `source_start` on.
    pub fn push_verbatim(&mut self, text: &str, source_start: usize) {
        self.push(text, source_start..source_start + text.len(), true);
    }

    /// Appends text that stands, as a whole, for `source`.
    pub fn push_replaced(&mut self, text: &str, source: Range<usize>) {
        self.push(text, source, false);
    }

    /// Appends a word with given phonemes.
    pub fn push_literal(&mut self, ipa: &str, source: Range<usize>) {
        self.literal_at.push(self.text.len());
        self.literals.push(ipa.to_owned());
        self.push(LITERAL.encode_utf8(&mut [0; 4]), source, false);
    }

    /// Appends `range` of `other` with its origins and literals.
    ///
    /// # Panics
    /// When `range` is not at character boundaries of `other`.
    pub fn push_part(&mut self, other: &Self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let first_literal = other.literal_at.partition_point(|&at| at < range.start);
        for (at, ipa) in other.literal_at.iter().zip(&other.literals).skip(first_literal) {
            if *at >= range.end {
                break;
            }
            self.literal_at.push(self.text.len() + at - range.start);
            self.literals.push(ipa.clone());
        }
        let first = other
            .origins
            .partition_point(|o| o.at <= range.start)
            .saturating_sub(1);
        for (i, origin) in other.origins.iter().enumerate().skip(first) {
            if origin.at >= range.end {
                break;
            }
            let next = other.origins.get(i + 1).map_or(other.text.len(), |next| next.at);
            let (from, to) = (origin.at.max(range.start), next.min(range.end));
            let source = if origin.verbatim {
                let start = origin.source.start + from - origin.at;
                start..start + to - from
            } else {
                origin.source.clone()
            };
            self.push(&other.text[from..to], source, origin.verbatim);
        }
    }

    /// `range` alone, with its origins and literals.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let mut part = Self::default();
        part.push_part(self, range);
        part
    }

    fn push(&mut self, text: &str, source: Range<usize>, verbatim: bool) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len();
        let continues = |last: &Origin| {
            last.verbatim == verbatim
                && if verbatim {
                    last.source.start + at - last.at == source.start
                } else {
                    last.source == source
                }
        };
        match self.origins.last_mut() {
            Some(last) if continues(last) => last.source.end = source.end,
            _ => self.origins.push(Origin { at, source, verbatim }),
        }
        self.text.push_str(text);
    }

    /// The smallest range of the user's text that `range` of this text stands for.
    #[must_use]
    pub fn source_of(&self, range: Range<usize>) -> Range<usize> {
        let first = self
            .origins
            .partition_point(|o| o.at <= range.start)
            .saturating_sub(1);
        let mut found: Option<Range<usize>> = None;
        for (i, origin) in self.origins.iter().enumerate().skip(first) {
            if origin.at >= range.end.max(range.start + 1) {
                break;
            }
            let end = self.origins.get(i + 1).map_or(self.text.len(), |next| next.at);
            let part = if origin.verbatim {
                let skip = range.start.saturating_sub(origin.at);
                let take = range.end.min(end).saturating_sub(origin.at);
                origin.source.start + skip..origin.source.start + take.max(skip)
            } else {
                origin.source.clone()
            };
            found = Some(match found {
                Some(sum) => sum.start.min(part.start)..sum.end.max(part.end),
                None => part,
            });
        }
        found.unwrap_or(0..0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_place_of_verbatim_and_replaced_text() {
        // The user wrote "a &amp; b".
        let spanned = Spanned::from_runs(&[
            Run::Text {
                text: "a ".into(),
                source: 0..2,
            },
            Run::Text {
                text: "&".into(),
                source: 2..7,
            },
            Run::Text {
                text: " b".into(),
                source: 7..9,
            },
        ]);
        assert_eq!(spanned.text(), "a & b");
        assert_eq!(spanned.source_of(0..1), 0..1);
        assert_eq!(spanned.source_of(2..3), 2..7);
        assert_eq!(spanned.source_of(4..5), 8..9);
        assert_eq!(spanned.source_of(0..5), 0..9);
    }

    #[test]
    fn takes_parts_with_their_origins_and_literals() {
        let whole = Spanned::from_runs(&[
            Run::Text {
                text: "say ".into(),
                source: 10..14,
            },
            Run::Phonemes {
                ipa: "a".into(),
                source: 14..20,
            },
            Run::Text {
                text: " or ".into(),
                source: 20..24,
            },
            Run::Phonemes {
                ipa: "b".into(),
                source: 24..30,
            },
        ]);
        let part = whole.part(8..whole.text().len());
        assert_eq!(part.text(), "or \u{FFFC}");
        assert_eq!(part.literals(), ["b"]);
        assert_eq!(part.source_of(0..2), 21..23);
        assert_eq!(part.source_of(3..6), 24..30);
        let mut again = whole.part(0..8);
        again.push_part(&whole, 8..whole.text().len());
        assert_eq!(again, whole);
    }

    #[test]
    fn keeps_literals_in_order() {
        let spanned = Spanned::from_runs(&[Run::Phonemes {
            ipa: "kəkˈɔɹO".into(),
            source: 0..6,
        }]);
        assert_eq!(spanned.text(), "\u{FFFC}");
        assert_eq!(spanned.literals(), ["kəkˈɔɹO"]);
        assert_eq!(spanned.source_of(0..3), 0..6);
    }
}
