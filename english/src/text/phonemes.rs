//! Words → phonemes as Kokoro was trained on them.

use std::{
    ops::Range,
    sync::{Arc, LazyLock},
};

use super::{Dialect, TextConfig};

mod english;
mod features;
mod guess;
mod heteronyms;
pub mod literal;
mod pronounce;
mod spacy;
mod stress;
mod stutter;
mod subwords;
mod table;
mod tagger;
mod words;

/// A word or mark of a sentence and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Bytes of the sentence.
    pub range: Range<usize>,
    pub phonemes: String,
    /// No lexicon knows the word, so rules or espeak-ng have read its letters.
    pub guessed: bool,
    /// Whether a space follows.
    pub space: bool,
}

/// What follows a word, which decides how some are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Context {
    /// Whether the next sound is a vowel; `None` where a mark or nothing follows.
    vowel: Option<bool>,
    /// Whether the next word is `to`.
    to: bool,
}

/// Turns sentences into phonemes.
pub trait Phonemizer: Send + Sync + std::fmt::Debug {
    /// `sentence` has at most a few thousand bytes. `literals` are what its [`LITERAL`](super::spanned::LITERAL)s say, in order.
    fn phonemize(&self, sentence: &str, literals: &[String]) -> Vec<Token>;
}

/// One for both dialects.
static TAGGER: LazyLock<Arc<tagger::Tagger>> = LazyLock::new(|| Arc::new(tagger::Tagger::load()));

/// Whether a lexicon knows `word`, written small, alone or with an ending.
pub(in crate::text) fn is_word(word: &str) -> bool {
    [Dialect::American, Dialect::British].into_iter().any(|dialect| {
        let said = pronounce::Pronouncer::new(dialect).word(word, "", Context::default());
        word.len() > 1 && said.is_some()
    })
}

/// Loads what a dialect needs; takes a moment.
#[must_use]
pub fn load(dialect: Dialect, config: &TextConfig) -> Box<dyn Phonemizer> {
    Box::new(english::English {
        dialect,
        tagger: Arc::clone(&TAGGER),
        pronouncer: pronounce::Pronouncer::new(dialect),
        guesser: guess::Guesser::new(dialect, config.espeak.clone()),
    })
}
