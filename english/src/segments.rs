//! Phonemes → token segments: the unit of scheduling, retry, cancellation, timing and memory.

use std::{fmt, ops::Range, str::FromStr};

use crate::text::vocabulary;

mod cut;

pub use common::MAX_TOKENS;

/// The fewest tokens that a segment may be limited to.
pub const MIN_LIMIT: usize = 40;

/// A sentence of fewer tokens is a word or two, which the model says badly by itself: it waits for the next sentence. Where none
/// follows, the segment is as short.
pub const SHORT: usize = 20;

/// No cut inside a sentence leaves less: shorter pieces have a rate and a pitch of their own.
const LEAST: usize = 40;

/// What follows a segment, which decides the pause between it and the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary {
    /// Inside a sentence that was too long for one segment.
    Clause,
    Sentence,
    Paragraph,
}

/// What parts a word from the next, from nothing to the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Break {
    /// Not even a space: "well-known".
    None,
    Space,
    /// The next word begins a phrase: "and", "which", "with".
    Phrase,
    Comma,
    Clause,
    Sentence,
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
    /// No lexicon knows it: its letters were read.
    pub guessed: bool,
}

/// The most tokens that a segment has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(usize);

impl Default for Limit {
    /// More than any sentence of ordinary prose has: 25 s of speech.
    fn default() -> Self {
        Self(400)
    }
}

/// No number of tokens that a segment can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a segment has from {MIN_LIMIT} to {MAX_TOKENS} tokens")]
pub struct BadLimit;

impl FromStr for Limit {
    type Err = BadLimit;

    /// Of a list, as earlier releases took it, the last number counts.
    fn from_str(text: &str) -> Result<Self, BadLimit> {
        let last = text.rsplit(',').next().unwrap_or_default();
        let limit = last.trim().parse().map_err(|_| BadLimit)?;
        if (MIN_LIMIT..=MAX_TOKENS).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err(BadLimit)
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Turns sentences into segments.
///
/// A sentence is a segment, because the model gives rate, pitch and pauses to what it is given as a whole. Only a sentence over the
/// limit is cut: at clause marks, else before a word that begins a phrase, else between words. Sentences of a word or two
/// go with the next. No phoneme is lost. Where the cuts are is a matter of the sentences at their sides and of nothing
/// before them, so that an edit changes the segments it touches and no others.
#[derive(Debug)]
pub struct Segmenter {
    limit: usize,
    /// Short sentences that wait for what follows.
    held: Vec<Segment>,
}

impl Segmenter {
    #[must_use]
    pub fn new(limit: Limit) -> Self {
        Self {
            limit: limit.0,
            held: Vec::new(),
        }
    }

    /// Takes a sentence of any length; gives the segments that are certain now.
    pub fn push(&mut self, sentence: Segment) -> Vec<Segment> {
        let boundary = sentence.boundary;
        if !sentence.is_silent() {
            self.held.push(sentence);
        } else if let (Some(last), Boundary::Paragraph) = (self.held.last_mut(), boundary) {
            last.boundary = boundary;
        }
        let waits =
            boundary == Boundary::Sentence && self.held.last().is_none_or(|last| last.tokens.len() < SHORT);
        if !waits {
            return self.finish();
        }
        // A run without end: what is before its first cut depends on nothing that follows.
        if self.held.iter().map(|held| held.tokens.len()).sum::<usize>() <= 4 * SHORT {
            return Vec::new();
        }
        let rest = cut::part(&self.held, self.limit, SHORT).map(|at| self.held.split_off(at));
        let ready = self.finish();
        self.held = rest.unwrap_or_default();
        ready
    }

    /// What still waits, at the end of the text.
    pub fn finish(&mut self) -> Vec<Segment> {
        let mut ready = Vec::new();
        let held = std::mem::take(&mut self.held);
        self.part(held, &mut ready);
        ready
    }

    /// Parts sentences that stand together, and joins those that stay together.
    fn part(&self, mut sentences: Vec<Segment>, ready: &mut Vec<Segment>) {
        // The second parts wait here: a run can be long, and a stack is not.
        let mut later = Vec::new();
        loop {
            while let Some(at) = cut::part(&sentences, self.limit, SHORT) {
                later.push(sentences.split_off(at));
            }
            if let Some(whole) = sentences.into_iter().reduce(Segment::join) {
                self.cut(whole, ready);
            }
            match later.pop() {
                Some(next) => sentences = next,
                None => return,
            }
        }
    }

    /// Cuts what is too long.
    fn cut(&self, mut segment: Segment, ready: &mut Vec<Segment>) {
        let mut later = Vec::new();
        loop {
            while let Some(at) = cut::place(&segment, self.limit, LEAST.min(self.limit / 4)) {
                let (head, tail) = cut::at(segment, at);
                later.push(tail);
                segment = head;
            }
            give(segment, ready);
            match later.pop() {
                Some(next) => segment = next,
                None => return,
            }
        }
    }
}

/// What can be heard is a segment. What cannot, such as a lone quote, only ends what precedes it.
fn give(segment: Segment, ready: &mut Vec<Segment>) {
    if !segment.is_silent() {
        ready.push(segment);
    } else if let Some(last) = ready.last_mut() {
        last.boundary = segment.boundary;
    }
}

impl Segment {
    /// A sentence without words yet.
    #[must_use]
    pub fn empty(boundary: Boundary) -> Self {
        Self {
            phonemes: String::new(),
            tokens: Vec::new(),
            words: Vec::new(),
            boundary,
        }
    }

    /// Appends signs; those that the model does not know are left out.
    pub fn push(&mut self, phonemes: &str) {
        for sign in phonemes.chars() {
            if let Some(id) = vocabulary::id(sign) {
                self.phonemes.push(sign);
                self.tokens.push(id);
            }
        }
    }

    /// Appends what `source` says. Tokens that stand for the same part of the user's text make one word.
    pub fn push_word(&mut self, phonemes: &str, source: Range<usize>, guessed: bool) {
        let start = self.tokens.len();
        self.push(phonemes);
        let tokens = start..self.tokens.len();
        if tokens.is_empty() {
            return;
        }
        match self.words.last_mut() {
            Some(last) if source.start < last.source.end => {
                last.source.end = last.source.end.max(source.end);
                last.tokens.end = tokens.end;
                last.guessed |= guessed;
            }
            _ => self.words.push(Word {
                source,
                tokens,
                guessed,
            }),
        }
    }

    /// What parts each word from the next, by the marks that the model reads.
    #[must_use]
    pub fn breaks(&self) -> Vec<Break> {
        cut::breaks(self)
    }

    /// Whether there is nothing to be heard in it.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        !self.phonemes.chars().any(vocabulary::is_sound)
    }

    fn join(mut self, next: Self) -> Self {
        // A heading or an item, which only its line ends: the model pauses at marks.
        if !cut::ends_with_mark(&self.phonemes) {
            self.push(".");
        }
        self.push(" ");
        let shift = self.tokens.len();
        self.phonemes.push_str(&next.phonemes);
        self.tokens.extend(next.tokens);
        self.words.extend(next.words.into_iter().map(|word| Word {
            tokens: word.tokens.start + shift..word.tokens.end + shift,
            ..word
        }));
        self.boundary = next.boundary;
        self
    }
}

#[cfg(test)]
mod tests;
