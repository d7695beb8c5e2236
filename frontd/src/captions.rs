//! What was said when: chunks and word timestamps in the user's own words, and subtitle files made of them.
//!
//! Chunks need only where segments were placed, so every model has them. Words need the model's durations;
//! without them there are none, and nothing is guessed.

mod shown;
mod subtitles;

use std::{ops::Range, time::Duration};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::shown::Shown;
use crate::{
    audio::Placed,
    script::Item,
    segments::{Segment, Word},
};

/// Samples of one frame of the model's durations.
const FRAME_SAMPLES: usize = 600;

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

/// A word and the seconds in which it is heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Timestamp {
    #[schema(example = "Hello")]
    pub word: String,
    #[schema(example = 0.05)]
    pub start_time: f64,
    #[schema(example = 0.425)]
    pub end_time: f64,
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
    shown: Shown,
    segments: Vec<Said>,
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
}

impl Captions {
    /// `items` is the script of `text`.
    #[must_use]
    pub fn new(text: &str, items: &[Item]) -> Self {
        Self {
            shown: Shown::new(text, items),
            segments: Vec::new(),
        }
    }

    /// Adds the next segment. `frames` are the model's durations: one for each token and one for the padding at
    /// either end. Returns its words, empty without durations.
    pub fn push(
        &mut self,
        segment: &Segment,
        placed: Placed,
        frames: Option<&[u16]>,
        voice: Option<&str>,
    ) -> Vec<Timestamp> {
        let words = frames.map_or_else(Vec::new, |frames| timed(&segment.words, frames, placed));
        let source = match segment.words.as_slice() {
            [first, .., last] => first.source.start..last.source.end.max(first.source.start),
            [only] => only.source.clone(),
            [] => self
                .segments
                .last()
                .map_or(0..0, |last| last.source.end..last.source.end),
        };
        let timestamps = words.iter().map(|word| self.timestamp(word)).collect();
        self.segments.push(Said {
            source,
            start: placed.time_of(placed.trimmed),
            voice: voice.map(str::to_owned),
            words,
        });
        timestamps
    }

    /// One for each segment; they follow each other without a gap from 0 to `total`.
    #[must_use]
    pub fn chunks(&self, total: Duration) -> Vec<Chunk> {
        let cuts = self.shown.cuts(self.segments.iter().map(|said| &said.source));
        let starts = self.segments.iter().skip(1).map(|said| said.start);
        let ends = starts.chain([total]).map(seconds);
        let mut start = 0.0;
        self.segments
            .iter()
            .zip(cuts.windows(2))
            .zip(ends)
            .map(|((said, cut), end)| Chunk {
                text: self.shown.between(cut[0]..cut[1]),
                start: std::mem::replace(&mut start, end),
                end,
                voice: said.voice.clone(),
            })
            .collect()
    }

    #[must_use]
    pub fn timestamps(&self) -> Vec<Timestamp> {
        self.words().map(|word| self.timestamp(word)).collect()
    }

    /// A subtitle file of the words so far.
    #[must_use]
    pub fn subtitles(&self, form: Subtitles) -> String {
        let words: Vec<SaidWord> = self.words().cloned().collect();
        subtitles::write(form, &self.shown, &words)
    }

    fn words(&self) -> impl Iterator<Item = &SaidWord> {
        self.segments.iter().flat_map(|said| &said.words)
    }

    fn timestamp(&self, word: &SaidWord) -> Timestamp {
        Timestamp {
            word: self.shown.between(word.source.clone()),
            start_time: seconds(word.start),
            end_time: seconds(word.end),
        }
    }
}

/// When each word is heard. `frames[0]` is the padding in front.
fn timed(words: &[Word], frames: &[u16], placed: Placed) -> Vec<SaidWord> {
    let mut ends = Vec::with_capacity(frames.len());
    let mut sum = 0;
    for frame in frames {
        sum += usize::from(*frame) * FRAME_SAMPLES;
        ends.push(sum);
    }
    let begin_of = |token: usize| ends.get(token).copied().unwrap_or(sum);
    words
        .iter()
        .map(|word| SaidWord {
            source: word.source.clone(),
            start: placed.time_of(begin_of(word.tokens.start)),
            end: placed.time_of(begin_of(word.tokens.end)),
        })
        .collect()
}

/// To the millisecond.
fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests;
