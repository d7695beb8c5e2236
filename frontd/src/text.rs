//! The text front end: English as it is written → phonemes as Kokoro was trained on them.
//!
//! ```text
//! runs → Spanned → normalise → sentences → phonemes → segments
//! ```

use std::{
    collections::VecDeque,
    ops::Range,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use crate::{
    script::Run,
    segments::{Boundary, Segment, Segmenter, Sizes},
};
use phonemes::Phonemizer;
use spanned::Spanned;

pub mod normalise;
pub mod phonemes;
pub mod sentences;
pub mod spanned;
pub mod vocabulary;

/// Which English: American voices begin with `a`, British ones with `b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    American,
    British,
}

/// Where the text front end finds what it needs.
#[derive(Debug, Clone)]
pub struct TextConfig {
    /// The espeak-ng program for words that no lexicon knows; `None`: letter-to-sound rules.
    pub espeak: Option<PathBuf>,
    /// The user's lexicon.
    pub lexicon: Option<PathBuf>,
    pub sizes: Sizes,
}

impl Default for TextConfig {
    fn default() -> Self {
        Self {
            espeak: Some(PathBuf::from("espeak-ng")),
            lexicon: None,
            sizes: Sizes::default(),
        }
    }
}

/// Why a passage could not be turned into segments.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// A fault of ours, caught so that it ends one request only.
    #[error("the text could not be read")]
    Fault,
}

/// The text front end of one process; shared between requests.
#[derive(Debug)]
pub struct TextFront {
    config: TextConfig,
    american: OnceLock<Box<dyn Phonemizer>>,
    british: OnceLock<Box<dyn Phonemizer>>,
}

impl TextFront {
    #[must_use]
    pub fn new(config: TextConfig) -> Self {
        Self {
            config,
            american: OnceLock::new(),
            british: OnceLock::new(),
        }
    }

    /// The segments of one passage in order, each made when it is asked for. Bound to the CPU: call it where
    /// blocking is allowed. Loads the dialect when it is used first.
    ///
    /// `first`: the passage begins the response, so its first segments are short.
    pub fn segments(self: &Arc<Self>, runs: &[Run], dialect: Dialect, first: bool) -> Segments {
        let text = Spanned::from_runs(runs);
        let sentences: Vec<_> = sentences::sentences(text.text()).collect();
        Segments {
            front: Arc::clone(self),
            dialect,
            sentences: sentences.into_iter(),
            text,
            literals: 0,
            segmenter: Segmenter::new(self.config.sizes.clone(), first),
            ready: VecDeque::new(),
        }
    }

    fn phonemizer(&self, dialect: Dialect) -> &dyn Phonemizer {
        let slot = match dialect {
            Dialect::American => &self.american,
            Dialect::British => &self.british,
        };
        slot.get_or_init(|| phonemes::load(dialect)).as_ref()
    }
}

/// Signs in literal phonemes that the model does not know and that are left out, each once.
#[must_use]
pub fn unknown_signs(runs: &[Run]) -> Vec<char> {
    let mut unknown = Vec::new();
    for run in runs {
        if let Run::Phonemes { ipa, .. } = run {
            unknown.extend(phonemes::literal::check(ipa).dropped);
        }
    }
    unknown.sort_unstable();
    unknown.dedup();
    unknown
}

/// Iterator over the segments of a passage; see [`TextFront::segments`].
#[derive(Debug)]
pub struct Segments {
    front: Arc<TextFront>,
    dialect: Dialect,
    text: Spanned,
    sentences: std::vec::IntoIter<(Range<usize>, Boundary)>,
    /// How many literals of `text` have been said.
    literals: usize,
    segmenter: Segmenter,
    ready: VecDeque<Segment>,
}

impl Iterator for Segments {
    type Item = Result<Segment, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(segment) = self.ready.pop_front() {
                return Some(Ok(segment));
            }
            let Some((range, boundary)) = self.sentences.next() else {
                return self.segmenter.finish().map(Ok);
            };
            let sentence = self.sentence(range, boundary);
            self.ready.extend(self.segmenter.push(sentence));
        }
    }
}

impl Segments {
    fn sentence(&mut self, range: Range<usize>, boundary: Boundary) -> Segment {
        let written = &self.text.text()[range.clone()];
        let literals = &self.text.literals()[self.literals..];
        let literals = &literals[..written.matches(spanned::LITERAL).count().min(literals.len())];
        self.literals += literals.len();
        let mut sentence = Segment::empty(boundary);
        for token in self.front.phonemizer(self.dialect).phonemize(written, literals) {
            if token.phonemes.chars().any(char::is_alphabetic) {
                let place = token.range.start + range.start..token.range.end + range.start;
                sentence.push_word(&token.phonemes, self.text.source_of(place));
            } else {
                sentence.push(&token.phonemes);
            }
            if token.space {
                sentence.push(" ");
            }
        }
        sentence
    }
}

#[cfg(test)]
mod tests;
