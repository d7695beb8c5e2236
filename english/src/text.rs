//! The text front end: English as it is written → phonemes as Kokoro was trained on them.
//!
//! ```text
//! runs → Spanned → normalise → sentences → phonemes → segments
//! ```

use std::{
    collections::VecDeque,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use crate::{
    script::Run,
    segments::{Boundary, Limit, Segment, Segmenter},
};
use lexicon::{Lexicon, file::Watched};
use normalise::{Options, Piece};
use phonemes::Phonemizer;
use spanned::Spanned;

pub mod lexicon;
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
    /// The user's lexicon; see [`lexicon`].
    pub lexicon: Option<PathBuf>,
    pub limit: Limit,
}

impl Default for TextConfig {
    fn default() -> Self {
        Self {
            espeak: Some(PathBuf::from("espeak-ng")),
            lexicon: None,
            limit: Limit::default(),
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
    lexicon: Option<Watched>,
    american: OnceLock<Box<dyn Phonemizer>>,
    british: OnceLock<Box<dyn Phonemizer>>,
}

impl TextFront {
    #[must_use]
    pub fn new(config: TextConfig) -> Self {
        Self {
            lexicon: config.lexicon.clone().map(Watched::new),
            config,
            american: OnceLock::new(),
            british: OnceLock::new(),
        }
    }

    /// The segments of one passage in order, each made when it is asked for. Bound to the CPU: call it where
    /// blocking is allowed. Loads the dialect when it is used first. `lexicon` is the request's own.
    pub fn segments(
        self: &Arc<Self>,
        runs: &[Run],
        dialect: Dialect,
        options: &Options,
        lexicon: Option<&Lexicon>,
    ) -> Segments {
        let text = normalise::spoken(self.with_lexicons(runs, dialect, lexicon), dialect, options);
        let chunks: VecDeque<_> = normalise::chunks(&text).collect();
        Segments {
            front: Arc::clone(self),
            dialect,
            options: *options,
            chunks,
            sentences: VecDeque::new(),
            segmenter: Segmenter::new(self.config.limit),
            ready: VecDeque::new(),
        }
    }

    /// What a passage says as a whole, for people to look at.
    ///
    /// # Errors
    ///
    /// As the items of [`TextFront::segments`].
    pub fn read(&self, runs: &[Run], dialect: Dialect, options: &Options) -> Result<Reading, TextError> {
        guarded(|| {
            let (text, pieces) =
                normalise::explain(&self.with_lexicons(runs, dialect, None), dialect, options);
            let sentences = self.sentences(&text, dialect);
            let phonemes: Vec<&str> = sentences
                .iter()
                .map(|sentence| sentence.phonemes.trim())
                .collect();
            let phonemes = phonemes.join(" ");
            let mut segmenter = Segmenter::new(self.config.limit);
            let mut segments: Vec<_> = sentences
                .into_iter()
                .flat_map(|sentence| segmenter.push(sentence))
                .collect();
            segments.extend(segmenter.finish());
            Reading {
                normalised: text.text().to_owned(),
                pieces,
                phonemes,
                segments,
            }
        })
    }

    /// The server's lexicon, if it has one.
    #[must_use]
    pub fn lexicon(&self) -> Option<&Watched> {
        self.lexicon.as_ref()
    }

    /// The passage with the lexicons applied, `own` before the server's.
    fn with_lexicons(&self, runs: &[Run], dialect: Dialect, own: Option<&Lexicon>) -> Spanned {
        let servers = self.lexicon.as_ref().map(Watched::current);
        let lexicons: Vec<&Lexicon> = own.into_iter().chain(servers.as_deref()).collect();
        lexicon::apply(&lexicons, Spanned::from_runs(runs), dialect)
    }

    /// The sentences of normalised text, each as one segment of any length.
    fn sentences(&self, text: &Spanned, dialect: Dialect) -> VecDeque<Segment> {
        let mut literals = text.literals();
        let phonemizer = self.phonemizer(dialect);
        let sentence = |(range, boundary): (Range<usize>, Boundary)| {
            let written = &text.text()[range.clone()];
            let (own, rest) =
                literals.split_at(written.matches(spanned::LITERAL).count().min(literals.len()));
            literals = rest;
            let mut sentence = Segment::empty(boundary);
            let tokens = phonemizer.phonemize(written, own);
            let sounds = |token: &phonemes::Token| token.phonemes.chars().any(vocabulary::is_sound);
            // "in the U.S.": the full stop of the word is that of the sentence, too, if no other mark ends it.
            let last = tokens.iter().rposition(sounds).filter(|&last| {
                let marked = tokens[last + 1..]
                    .iter()
                    .any(|token| token.phonemes.contains(['.', '!', '?', '…', ',', ';', ':', '—']));
                !marked
                    && boundary != Boundary::Clause
                    && sentences::is_initials(&written[tokens[last].range.clone()])
            });
            for (i, token) in tokens.iter().enumerate() {
                if sounds(token) {
                    let place = token.range.start + range.start..token.range.end + range.start;
                    sentence.push_word(&token.phonemes, text.source_of(place), token.guessed);
                    if Some(i) == last {
                        sentence.push(".");
                    }
                } else {
                    sentence.push(&token.phonemes);
                }
                if token.space {
                    sentence.push(" ");
                }
            }
            sentence
        };
        sentences::sentences(text.text()).map(sentence).collect()
    }

    fn phonemizer(&self, dialect: Dialect) -> &dyn Phonemizer {
        let slot = match dialect {
            Dialect::American => &self.american,
            Dialect::British => &self.british,
        };
        slot.get_or_init(|| phonemes::load(dialect, &self.config))
            .as_ref()
    }
}

/// A text as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Plain English words and ordinary punctuation.
    pub normalised: String,
    /// What a rule read, in order.
    pub pieces: Vec<Piece>,
    pub phonemes: String,
    /// As if the text began a response.
    pub segments: Vec<Segment>,
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
    options: Options,
    /// What is yet to be normalised.
    chunks: VecDeque<Spanned>,
    /// What is yet to be cut into segments.
    sentences: VecDeque<Segment>,
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
            if let Some(sentence) = self.sentences.pop_front() {
                self.ready.extend(self.segmenter.push(sentence));
                continue;
            }
            let Some(chunk) = self.chunks.pop_front() else {
                self.ready.extend(self.segmenter.finish());
                return self.ready.pop_front().map(Ok);
            };
            let (front, dialect, options) = (&self.front, self.dialect, &self.options);
            let read = || front.sentences(&normalise::normalise_chunk(&chunk, dialect, options), dialect);
            match guarded(read) {
                Ok(sentences) => self.sentences = sentences,
                Err(fault) => {
                    self.chunks.clear();
                    return Some(Err(fault));
                }
            }
        }
    }
}

/// Turns a panic into an error, so that a fault of ours ends one request and not the process.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, TextError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| TextError::Fault)
}

#[cfg(test)]
mod tests;
