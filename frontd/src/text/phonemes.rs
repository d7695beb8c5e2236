//! Words → phonemes as Kokoro was trained on them.

use std::ops::Range;

use super::Dialect;

mod interim;
pub mod literal;

/// A word or mark of a sentence and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Bytes of the sentence.
    pub range: Range<usize>,
    pub phonemes: String,
    /// Whether a space follows.
    pub space: bool,
}

/// Turns sentences into phonemes.
pub trait Phonemizer: Send + Sync + std::fmt::Debug {
    /// `sentence` has at most a few thousand bytes. `literals` are what its [`LITERAL`](super::spanned::LITERAL)s say, in order.
    fn phonemize(&self, sentence: &str, literals: &[String]) -> Vec<Token>;
}

/// Loads what a dialect needs; takes a moment.
#[must_use]
pub fn load(dialect: Dialect) -> Box<dyn Phonemizer> {
    Box::new(interim::Misaki::load(dialect))
}
