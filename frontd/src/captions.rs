//! What was said when: chunks and word timestamps in the user's own words, and subtitle files made of them.
//!
//! Chunks need only where segments were placed, so every model has them. Words need the model's durations;
//! without them there are none, and nothing is guessed.

mod cues;
mod headings;
mod shown;
mod subtitles;

use std::{ops::Range, sync::OnceLock, time::Duration};

use audio::Placed;
use common::SAMPLES_PER_FRAME;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::headings::headings;
use self::shown::Shown;
use crate::{
    script::Item,
    segments::{Break, Segment},
};

/// A stretch of text and the seconds in which it is heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Chunk {
    /// The user's own words.
    #[schema(example = "Hello there.")]
    pub text: String,
    /// Seconds from the beginning of the sound.
    #[schema(example = 0.0)]
    pub start: f64,
    #[schema(example = 1.275)]
    pub end: f64,
    /// Who speaks, where a script has more than one voice.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub voice: Option<String>,
}

/// A chunk as soon as it is heard, with its place in the text.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Spoken {
    #[serde(flatten)]
    pub chunk: Chunk,
    /// Where the chunk begins in the input, in UTF-16 units as JavaScript counts them.
    #[schema(example = 0)]
    pub from: usize,
    /// Where it ends.
    #[schema(example = 12)]
    pub to: usize,
    /// Empty when the model does not tell.
    pub words: Vec<Timestamp>,
}

/// A word and the seconds in which it is heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Timestamp {
    #[schema(example = "Hello")]
    pub word: String,
    #[schema(example = 0.05)]
    pub start_time: f64,
    #[schema(example = 0.425)]
    pub end_time: f64,
    /// True where no lexicon knows the word, so that its letters were read; left out elsewhere.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub guessed: bool,
}

/// A subtitle file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Subtitles {
    Srt,
    Vtt,
}

impl Subtitles {
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Srt => "srt",
            Self::Vtt => "vtt",
        }
    }

    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Srt => "application/x-subrip; charset=utf-8",
            Self::Vtt => "text/vtt; charset=utf-8",
        }
    }
}

/// Collects what was said when, segment by segment, while a response is made.
#[derive(Debug)]
pub struct Captions {
    text: String,
    items: Vec<Item>,
    /// Made when it is used first, on the thread that encodes, because it reads the whole text.
    shown: OnceLock<Shown>,
    segments: Vec<Said>,
    /// A place in the text, in bytes and in UTF-16 units.
    counted: (usize, usize),
}

#[derive(Debug)]
struct Said {
    /// From the first to the last word in the user's text.
    source: Range<usize>,
    start: Duration,
    voice: Option<String>,
    /// Empty when the model does not tell.
    words: Vec<SaidWord>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct SaidWord {
    source: Range<usize>,
    start: Duration,
    end: Duration,
    /// What parts it from the next.
    after: Break,
    /// Another voice says the next.
    voice_ends: bool,
    guessed: bool,
}

impl Captions {
    /// `items` is the script of `text`.
    #[must_use]
    pub fn new(text: &str, items: &[Item]) -> Self {
        Self {
            text: text.to_owned(),
            items: items.to_vec(),
            shown: OnceLock::new(),
            segments: Vec::new(),
            counted: (0, 0),
        }
    }

    fn shown(&self) -> &Shown {
        self.shown.get_or_init(|| Shown::new(&self.text, &self.items))
    }

    /// Adds the next segment. `frames` are the model's durations: one for each token and one for the padding at
    /// either end.
    pub fn push(&mut self, segment: &Segment, placed: Placed, frames: Option<&[u16]>, voice: Option<&str>) {
        let words = frames.map_or_else(Vec::new, |frames| timed(segment, frames, placed));
        let source = match segment.words.as_slice() {
            [first, .., last] => first.source.start..last.source.end.max(first.source.start),
            [only] => only.source.clone(),
            [] => self
                .segments
                .last()
                .map_or(0..0, |last| last.source.end..last.source.end),
        };
        self.segments.push(Said {
            source,
            start: placed.time_of(placed.trimmed),
            voice: voice.map(str::to_owned),
            words,
        });
    }

    /// The segment that was added last, which ends at `end`.
    pub fn last(&mut self, end: Duration) -> Option<Spoken> {
        let said = self.segments.last()?;
        let (start, voice) = (seconds(said.start), said.voice.clone());
        // With the marks that stand at the words.
        let source = &said.source;
        let before = self.text.get(..source.start)?.rfind(char::is_whitespace);
        let from = before
            .map_or(0, |at| at + 1)
            .max(self.counted.0.min(source.start));
        let from = (from..=source.start).find(|at| self.text.is_char_boundary(*at))?;
        let after = self.text.get(source.end..)?.find(char::is_whitespace);
        let to = after.map_or(self.text.len(), |at| source.end + at);
        let chunk = Chunk {
            text: self.shown().between(from..to),
            start,
            end: seconds(end),
            voice,
        };
        // The segment before already reported a word that it began.
        let earlier = self
            .segments
            .iter()
            .rev()
            .nth(1)
            .and_then(|said| said.words.last());
        let new = said
            .words
            .iter()
            .filter(|word| earlier.is_none_or(|earlier| earlier.source != word.source));
        let words = new
            .map(|word| self.timestamp(word))
            .filter(|word| !word.word.is_empty())
            .collect();
        let (from, to) = (self.utf16(from), self.utf16(to));
        Some(Spoken {
            chunk,
            from,
            to,
            words,
        })
    }

    /// The text's length in UTF-16 units.
    #[must_use]
    pub fn units(&self) -> usize {
        self.text.encode_utf16().count()
    }

    /// Counts on from where it counted last, so that a whole text is counted once.
    fn utf16(&mut self, byte: usize) -> usize {
        let (at, units) = if byte >= self.counted.0 {
            self.counted
        } else {
            (0, 0)
        };
        let more = self.text.get(at..byte).unwrap_or_default().encode_utf16().count();
        self.counted = (byte, units + more);
        units + more
    }

    /// One for each segment; they follow each other without a gap from 0 to `total`.
    #[must_use]
    pub fn chunks(&self, total: Duration) -> Vec<Chunk> {
        let cuts = self.shown().cuts(self.segments.iter().map(|said| &said.source));
        let starts = self.segments.iter().skip(1).map(|said| said.start);
        let ends = starts.chain([total]).map(seconds);
        let mut start = 0.0;
        self.segments
            .iter()
            .zip(cuts.windows(2))
            .zip(ends)
            .map(|((said, cut), end)| Chunk {
                text: self.shown().between(cut[0]..cut[1]),
                start: std::mem::replace(&mut start, end),
                end,
                voice: said.voice.clone(),
            })
            .collect()
    }

    #[must_use]
    pub fn timestamps(&self) -> Vec<Timestamp> {
        self.words().iter().map(|word| self.timestamp(word)).collect()
    }

    /// A subtitle file of the words so far.
    #[must_use]
    pub fn subtitles(&self, form: Subtitles) -> String {
        subtitles::write(form, self.shown(), &self.words())
    }

    /// All words, each once: one that was said in several segments is one. What shows nothing is none.
    fn words(&self) -> Vec<SaidWord> {
        let mut words: Vec<SaidWord> = Vec::new();
        let mut voice = None;
        for said in &self.segments {
            if let Some(last) = words.last_mut() {
                last.voice_ends |= voice != Some(&said.voice);
            }
            voice = Some(&said.voice);
            for word in &said.words {
                match words.last_mut() {
                    Some(last) if last.source == word.source => {
                        (last.end, last.after) = (word.end, word.after);
                    }
                    _ if self.shown().between(word.source.clone()).is_empty() => {}
                    _ => words.push(word.clone()),
                }
            }
        }
        words
    }

    fn timestamp(&self, word: &SaidWord) -> Timestamp {
        Timestamp {
            word: self.shown().between(word.source.clone()),
            start_time: seconds(word.start),
            end_time: seconds(word.end),
            guessed: word.guessed,
        }
    }
}

/// Samples by which a word is heard before the frames of its first token, and over before those after its last: 80 ms and 40 ms, against a
/// forced alignment of four voices (docs/hearing.md). The space between two words is in those of neither.
const HEARD_BEFORE: usize = 1_920;
const OVER_BEFORE: usize = 960;

/// When each word is heard. `frames[0]` is the padding in front.
fn timed(segment: &Segment, frames: &[u16], placed: Placed) -> Vec<SaidWord> {
    let mut ends = Vec::with_capacity(frames.len());
    let mut sum = 0;
    for frame in frames {
        sum += usize::from(*frame) * SAMPLES_PER_FRAME;
        ends.push(sum);
    }
    let begin_of = |token: usize| ends.get(token).copied().unwrap_or(sum);
    let mut over = Duration::ZERO;
    segment
        .words
        .iter()
        .zip(segment.breaks())
        .map(|(word, after)| {
            let start = placed.time_of(begin_of(word.tokens.start).saturating_sub(HEARD_BEFORE));
            let end = placed.time_of(begin_of(word.tokens.end).saturating_sub(OVER_BEFORE));
            let start = start.max(over);
            over = end.max(start);
            SaidWord {
                source: word.source.clone(),
                start,
                end: over,
                after,
                voice_ends: false,
                guessed: word.guessed,
            }
        })
        .collect()
}

/// To the millisecond.
fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests;
