//! Phonemes → token segments: the unit of scheduling, retry, cancellation, timing and memory.

use std::ops::Range;

/// What follows a segment, which decides the pause between it and the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary {
    /// Inside a sentence that was too long for one segment, or cut for early first audio.
    Clause,
    Sentence,
    Paragraph,
}

/// A run of tokens that is synthesised at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Phonemes of the segment, punctuation and spaces included; one `char` a token.
    pub phonemes: String,
    /// Vocabulary ids, 1 to 510 of them, without the padding zeros. Kokoro's 178 symbols fit a byte.
    pub tokens: Vec<u8>,
    /// The user's words in order.
    pub words: Vec<Word>,
    pub boundary: Boundary,
}

/// A word of the user's text and the tokens that say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Byte range of the user's text.
    pub source: Range<usize>,
    /// Indices into [`Segment::tokens`].
    pub tokens: Range<usize>,
}
