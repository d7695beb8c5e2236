//! Phonemes → token segments: the unit of scheduling, retry, cancellation, timing and memory.

use std::ops::Range;

use crate::text::vocabulary;

mod cut;

/// Kokoro's limit for one segment, without the padding zeros.
pub const MAX_TOKENS: usize = 510;

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

/// How many tokens segments have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    /// The most tokens of the first segment of a response, of the second, and so on; the last holds for all that follow.
    pub most: Vec<usize>,
}

impl Default for Sizes {
    /// A clause first, so that sound comes early; then growing to what a worker of 1.2 GB can hold.
    fn default() -> Self {
        Self {
            most: vec![32, 80, 160, 220],
        }
    }
}

impl Sizes {
    /// The limit of the `nth` segment of a response.
    fn most(&self, nth: usize) -> usize {
        let most = self.most.get(nth).or(self.most.last());
        most.map_or(MAX_TOKENS, |&most| most.clamp(8, MAX_TOKENS))
    }
}

/// Turns sentences into segments.
///
/// Past the first few segments a cut depends on the sentences at its sides and on nothing before them, so that
/// an edit changes the segments it touches and no others: a sentence is a segment; a short one goes with the
/// next; a long one is cut at clause marks, then between words, then anywhere. No phoneme is lost.
#[derive(Debug)]
pub struct Segmenter {
    sizes: Sizes,
    /// Position in `sizes`; past its end the rule no longer depends on position.
    nth: usize,
    /// A short sentence that waits for the next.
    held: Option<Segment>,
}

impl Segmenter {
    /// `first`: what is pushed begins a response.
    #[must_use]
    pub fn new(sizes: Sizes, first: bool) -> Self {
        let nth = if first { 0 } else { sizes.most.len() };
        Self {
            sizes,
            nth,
            held: None,
        }
    }

    /// Takes a sentence of any length; gives the segments that are certain now.
    pub fn push(&mut self, sentence: Segment) -> Vec<Segment> {
        let mut ready = Vec::new();
        if sentence.is_silent() {
            if let Some(held) = &mut self.held
                && sentence.boundary == Boundary::Paragraph
            {
                held.boundary = Boundary::Paragraph;
                ready.extend(self.finish());
            }
            return ready;
        }
        let mut rest = match self.held.take() {
            Some(held) if held.tokens.len() + 1 + sentence.tokens.len() <= self.most() => held.join(sentence),
            Some(held) => {
                self.give(held, &mut ready);
                sentence
            }
            None => sentence,
        };
        while let Some(at) = cut::place(&rest, self.most(), self.least()) {
            let (head, tail) = cut::at(rest, at);
            self.give(head, &mut ready);
            rest = tail;
        }
        if rest.is_silent() {
            // The tail of a cut, such as a lone quote: what precedes it ends the sentence.
            ready
                .iter_mut()
                .rev()
                .take(1)
                .for_each(|last| last.boundary = rest.boundary);
        } else if rest.tokens.len() < self.least() && rest.boundary == Boundary::Sentence {
            self.held = Some(rest);
        } else {
            self.give(rest, &mut ready);
        }
        ready
    }

    /// What still waits, at the end of the text.
    pub fn finish(&mut self) -> Option<Segment> {
        self.nth += usize::from(self.held.is_some());
        self.held.take()
    }

    fn give(&mut self, segment: Segment, ready: &mut Vec<Segment>) {
        if !segment.is_silent() {
            self.nth += 1;
            ready.push(segment);
        }
    }

    fn most(&self) -> usize {
        self.sizes.most(self.nth)
    }

    /// Below this a sentence waits for the next, and no cut leaves less.
    fn least(&self) -> usize {
        self.most() / 4
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
    pub fn push_word(&mut self, phonemes: &str, source: Range<usize>) {
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
            }
            _ => self.words.push(Word { source, tokens }),
        }
    }

    /// Whether there is nothing to be heard in it.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        !self.phonemes.chars().any(vocabulary::is_sound)
    }

    fn join(mut self, next: Self) -> Self {
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
