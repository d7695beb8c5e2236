//! Phonemes → token segments: the unit of scheduling, retry, cancellation, timing and memory.

use std::{fmt, ops::Range, str::FromStr};

use crate::text::vocabulary;

mod cut;

/// Kokoro's limit for one segment, without the padding zeros.
pub const MAX_TOKENS: usize = 510;

/// Less is no word.
const MIN_SIZE: usize = 8;

/// Short sentences wait together until they have this many times what a segment may have.
const HELD: usize = 4;

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
    /// A clause first, so that sound comes early; then growing so slowly that each is made while the one before sounds, to what a worker of 1.2 GB can hold.
    fn default() -> Self {
        Self {
            most: vec![32, 36, 48, 64, 88, 120, 160, 220],
        }
    }
}

/// No number of tokens that a segment can have, or too many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sizes are one to eight numbers from 8 to {MAX_TOKENS}, by commas")]
pub struct BadSizes;

impl FromStr for Sizes {
    type Err = BadSizes;

    fn from_str(text: &str) -> Result<Self, BadSizes> {
        let size = |size: &str| {
            let size = size.trim().parse().ok()?;
            (MIN_SIZE..=MAX_TOKENS).contains(&size).then_some(size)
        };
        let most: Vec<usize> = text.split(',').map(size).collect::<Option<_>>().ok_or(BadSizes)?;
        if most.len() > 8 {
            return Err(BadSizes);
        }
        Ok(Self { most })
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.most.iter().map(ToString::to_string).collect();
        f.write_str(&sizes.join(","))
    }
}

impl Sizes {
    /// The limit of the `nth` segment of a response.
    fn most(&self, nth: usize) -> usize {
        let most = self.most.get(nth).or(self.most.last());
        most.map_or(MAX_TOKENS, |&most| most.clamp(MIN_SIZE, MAX_TOKENS))
    }
}

/// The second segment of a response is at most so much of the first. When six listeners begin at once, each of two workers makes the
/// second segments of three while the first ones sound.
const SECOND: (usize, usize) = (4, 5);

/// Each segment after it is at most so much of the one before.
const GROWTH: (usize, usize) = (4, 3);

/// Sentences of a response in which segments grow so.
const GROWING: usize = 2;

/// Turns sentences into segments.
///
/// A sentence is a segment; short ones go together; a long one is cut at clause marks, then between words, then
/// anywhere. No phoneme is lost. Where the cuts are is a matter of the sentences at their sides and of nothing before
/// them, so that an edit changes the segments it touches and no others. The first few sentences of a response are cut
/// once more, so that sound comes early, each by its own number.
#[derive(Debug)]
pub struct Segmenter {
    sizes: Sizes,
    /// Number of the next segment before it is cut for early sound; past the end of `sizes`, none is.
    nth: usize,
    /// Segments given so far, and the tokens of the last.
    given: usize,
    before: usize,
    /// Short sentences that wait for what follows.
    held: Vec<Segment>,
}

impl Segmenter {
    /// `first`: what is pushed begins a response.
    #[must_use]
    pub fn new(sizes: Sizes, first: bool) -> Self {
        let nth = if first { 0 } else { sizes.most.len() };
        Self {
            sizes,
            nth,
            given: 0,
            before: 0,
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
        let waits = boundary == Boundary::Sentence
            && self
                .held
                .last()
                .is_none_or(|last| last.tokens.len() < self.least());
        if !waits {
            return self.finish();
        }
        if self.held.iter().map(|held| held.tokens.len()).sum::<usize>() <= HELD * self.most() {
            return Vec::new();
        }
        // A run without end: what is before its first cut depends on nothing that follows.
        let rest = cut::part(&self.held, self.most(), self.least()).map(|at| self.held.split_off(at));
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
    fn part(&mut self, mut sentences: Vec<Segment>, ready: &mut Vec<Segment>) {
        // The second parts wait here: a run can be long, and a stack is not.
        let mut later = Vec::new();
        loop {
            while let Some(at) = cut::part(&sentences, self.most(), self.least()) {
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
    fn cut(&mut self, mut segment: Segment, ready: &mut Vec<Segment>) {
        let mut later = Vec::new();
        loop {
            while let Some(at) = cut::place_by_content(&segment, self.most(), self.least()) {
                let (head, tail) = cut::at(segment, at);
                later.push(tail);
                segment = head;
            }
            self.ramp(segment, ready);
            match later.pop() {
                Some(next) => segment = next,
                None => return,
            }
        }
    }

    /// Cuts what comes too early in a response to be so long.
    fn ramp(&mut self, mut segment: Segment, ready: &mut Vec<Segment>) {
        for step in self.nth.. {
            let most = self.most_early(step);
            if segment.tokens.len() <= most {
                break;
            }
            let Some(at) = cut::place(&segment, self.head(most), most / 4) else {
                break;
            };
            let (head, tail) = cut::at(segment, at);
            self.give(head, ready);
            segment = tail;
        }
        if self.give(segment, ready) {
            self.nth += 1;
        }
    }

    /// Whether it can be heard. If not, such as a lone quote, what precedes it ends the sentence.
    fn give(&mut self, segment: Segment, ready: &mut Vec<Segment>) -> bool {
        let heard = !segment.is_silent();
        if heard {
            self.given += 1;
            self.before = segment.tokens.len();
            ready.push(segment);
        } else if let Some(last) = ready.last_mut() {
            last.boundary = segment.boundary;
        }
        heard
    }

    /// The limit of the segment that is cut for early sound as the `step`th. At the very start, where nothing is in hand yet,
    /// it also goes by the one before: that may be a heading or a word with a comma. Later ones do not, for an edit is to
    /// move no cut but its own.
    fn most_early(&self, step: usize) -> usize {
        let most = self.sizes.most(step);
        if self.given == 0 || self.nth >= GROWING {
            return most;
        }
        let (times, of) = if self.given == 1 { SECOND } else { GROWTH };
        // A few words at least: less is heard as a stumble.
        let least = self.sizes.most(0) * 5 / 8;
        most.min(least.max(self.before * times / of))
    }

    /// The limit of what is cut off where `most` are too few. The first of all is heard after a wait as long as its making: a sentence that
    /// nearly fills it stays whole, but what is parted anyway is parted sooner.
    fn head(&self, most: usize) -> usize {
        if self.given == 0 { most * 3 / 4 } else { most }
    }

    /// The limit of a segment that is not cut for early sound.
    fn most(&self) -> usize {
        self.sizes.most(usize::MAX)
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
