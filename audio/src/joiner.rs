//! Segments → one sound: silence trimmed, what is left stretched to its speed, edges faded, pauses between.
//!
//! Pure: samples in, samples out. A segment goes out as soon as it is pushed, whole or in parts, with the pause *before* it,
//! so a response ends with its last word and a pause is never sent for nothing.

use std::time::Duration;

use common::samples_of_frames;
use english::segments::Boundary;

use super::{
    duration_of, limiter, samples_in,
    stretch::{self, Stretch},
};

/// 5 ms: the grain in which silence is looked for.
const WINDOW: usize = 120;
/// Kept before the first and after the last window with sound: soft consonants begin and end below the
/// threshold.
const LEAD: usize = 720;
const TAIL: usize = 1440;
/// 5 ms, within the silence that was kept.
const FADE: usize = 120;
/// A window is silent below this part of the segment's peak (-36 dB). Every voice's soft ends are within the margins of it; one has
/// noise of -38 to -43 dB in its pauses (docs/model-notes.md)…
const RELATIVE_FLOOR: f32 = 0.0158;
/// …or below this in any case (-66 dBFS).
const ABSOLUTE_FLOOR: f32 = 0.0005;
/// The longest pause, whatever was asked for: all that a script may hold.
const MAX_PAUSE: Duration = english::script::MAX_PAUSES;

/// How long it is silent from speech to speech, at speed 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pauses {
    /// At a mark inside a sentence.
    pub clause: Duration,
    /// Between two sentences.
    pub sentence: Duration,
}

/// Where a segment's sound went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// The sample of the response at which the segment's kept sound begins.
    pub start: usize,
    /// Samples cut from the segment's front.
    pub trimmed: usize,
    /// Samples of the segment that were kept, before they were stretched.
    pub kept: usize,
    /// How much faster they are heard.
    pub speed: f32,
}

impl Placed {
    /// Where sample `at` of the segment sounds in the response. What was trimmed is at the edges of the rest.
    #[must_use]
    pub fn time_of(&self, at: usize) -> Duration {
        let within = at.saturating_sub(self.trimmed).min(self.kept);
        duration_of(self.start + stretch::length(within, self.speed.into()))
    }
}

/// How a segment is heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Manner {
    /// 2 is twice as fast, with the pause after it.
    pub speed: f32,
    /// What its samples are multiplied by.
    pub volume: f32,
}

impl Manner {
    /// As the model says it.
    pub const PLAIN: Self = Self {
        speed: 1.0,
        volume: 1.0,
    };
}

/// Joins the segments of one response, in order.
#[derive(Debug, Default)]
pub struct Joiner {
    samples: usize,
    natural: Duration,
    explicit: Duration,
    under_way: UnderWay,
}

/// A segment of which parts are to come.
#[derive(Debug)]
struct UnderWay {
    stretch: Stretch,
    manner: Manner,
    /// Its loudest sample so far.
    peak: f32,
    /// What the limiter's last part ended with.
    gain: f32,
}

impl UnderWay {
    fn new(manner: Manner) -> Self {
        Self {
            stretch: Stretch::new(manner.speed),
            manner,
            peak: 0.0,
            gain: 1.0,
        }
    }
}

impl Default for UnderWay {
    fn default() -> Self {
        Self::new(Manner::PLAIN)
    }
}

/// How a segment ends, which decides about the pause after it.
#[derive(Debug, Clone, Copy)]
pub struct End {
    /// Its last phoneme or mark.
    pub last: Option<char>,
    pub boundary: Boundary,
    pub pauses: Pauses,
}

impl Joiner {
    /// Samples that have come out so far.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Adds a pause that the user asked for. It takes the place of the natural one at the same spot.
    pub fn pause(&mut self, pause: Duration) {
        self.explicit = (self.explicit + pause).min(MAX_PAUSE);
    }

    /// The pause before a segment and its sound.
    pub fn push(&mut self, pcm: &[f32], manner: Manner, end: End) -> (Vec<f32>, Placed) {
        let sound = sounding(pcm, 0.0);
        let mut out = self.take_pause();
        let placed = Placed {
            start: self.samples + out.len(),
            trimmed: sound.start,
            kept: sound.len(),
            speed: manner.speed,
        };
        let from = out.len();
        let mut stretched = Stretch::new(manner.speed);
        out.extend(stretched.push(&pcm[sound]));
        out.extend(stretched.finish());
        limiter::apply(&mut out[from..], manner.volume);
        fade_in(&mut out[from..]);
        fade_out(&mut out[from..]);
        self.samples += out.len();
        self.natural = natural_pause(end).div_f32(manner.speed);
        (out, placed)
    }

    /// The pause before a segment and the first part of its sound; the segment has these frames. How much of its end will be
    /// trimmed is not known yet: it is taken to be the padding's silence.
    pub fn begin(&mut self, pcm: &[f32], frames: &[u16], manner: Manner) -> (Vec<f32>, Placed) {
        let start = sounding(pcm, 0.0).start;
        let silence = samples_of_frames(frames.last().map_or(&[][..], std::slice::from_ref));
        let mut out = self.take_pause();
        let placed = Placed {
            start: self.samples + out.len(),
            trimmed: start,
            kept: (samples_of_frames(frames) + TAIL).saturating_sub(start + silence),
            speed: manner.speed,
        };
        let from = out.len();
        self.under_way = UnderWay::new(manner);
        out.extend(self.under_way.stretch.push(&pcm[start..]));
        self.under_way.peak = loudness(pcm);
        self.under_way.gain = limiter::go_on(&mut out[from..], manner.volume, 1.0);
        fade_in(&mut out[from..]);
        self.samples += out.len();
        (out, placed)
    }

    /// The next part of a segment that was begun.
    pub fn go_on(&mut self, pcm: &[f32]) -> Vec<f32> {
        let under_way = &mut self.under_way;
        under_way.peak = under_way.peak.max(loudness(pcm));
        let mut out = under_way.stretch.push(pcm);
        under_way.gain = limiter::go_on(&mut out, under_way.manner.volume, under_way.gain);
        self.samples += out.len();
        out
    }

    /// Its last part.
    pub fn end(&mut self, pcm: &[f32], end: End) -> Vec<f32> {
        let UnderWay {
            mut stretch,
            manner,
            peak,
            gain,
        } = std::mem::take(&mut self.under_way);
        let sound = sounding(pcm, peak);
        let mut out = stretch.push(&pcm[..sound.end]);
        out.extend(stretch.finish());
        limiter::go_on(&mut out, manner.volume, gain);
        fade_out(&mut out);
        self.samples += out.len();
        self.natural = natural_pause(end).div_f32(manner.speed);
        out
    }

    /// What is left after the last segment: a pause, if the user asked for one.
    pub fn finish(mut self) -> Vec<f32> {
        self.natural = Duration::ZERO;
        self.take_pause()
    }

    fn take_pause(&mut self) -> Vec<f32> {
        let pause = if self.explicit.is_zero() {
            self.natural
        } else {
            self.explicit
        };
        self.explicit = Duration::ZERO;
        self.natural = Duration::ZERO;
        vec![0.0; samples_in(pause.min(MAX_PAUSE))]
    }
}

/// The silence between a segment that ends so and the next, at speed 1, on top of [`LEAD`] and [`TAIL`] (90 ms): the voice's own, a
/// little longer or shorter by the mark (docs/model-notes.md says how both were measured).
fn natural_pause(
    End {
        last,
        boundary,
        pauses,
    }: End,
) -> Duration {
    const PARAGRAPH: Duration = Duration::from_millis(350);
    let sentence = pauses.sentence.mul_f32(match last {
        Some('!' | '?') => 0.95,
        _ => 1.1,
    });
    let pause = match boundary {
        Boundary::Paragraph => sentence + PARAGRAPH,
        Boundary::Sentence => sentence,
        Boundary::Clause => pauses.clause.mul_f32(match last {
            Some(',') => 0.7,
            Some('—') => 0.8,
            Some(';' | '…') => 1.1,
            Some(':') => 1.3,
            Some('.' | '!' | '?' | ')' | '”' | '"') => 1.0,
            // Cut between two words for want of a better place: no pause.
            _ => 0.0,
        }),
    };
    pause.saturating_sub(duration_of(LEAD + TAIL))
}

fn loudness(window: &[f32]) -> f32 {
    let finite = window.iter().filter(|s| s.is_finite());
    finite.fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// The range that sounds beside what has a peak of at least `peak`, with its margins; empty when nothing does.
fn sounding(pcm: &[f32], peak: f32) -> std::ops::Range<usize> {
    let floor = (loudness(pcm).max(peak) * RELATIVE_FLOOR).max(ABSOLUTE_FLOOR);
    let sounds = |window: &[f32]| loudness(window) > floor;
    let Some(first) = pcm.chunks(WINDOW).position(sounds) else {
        return 0..0;
    };
    let last = pcm.chunks(WINDOW).rposition(sounds).unwrap_or(first);
    (first * WINDOW).saturating_sub(LEAD)..((last + 1) * WINDOW + TAIL).min(pcm.len())
}

/// A raised-cosine ramp, so that a segment that begins in full sound does not click.
fn fade_in(pcm: &mut [f32]) {
    let length = FADE.min(pcm.len() / 2);
    for (i, sample) in pcm[..length].iter_mut().enumerate() {
        *sample *= ramp(i, length);
    }
}

/// The same at the end.
fn fade_out(pcm: &mut [f32]) {
    let length = FADE.min(pcm.len() / 2);
    for (i, sample) in pcm.iter_mut().rev().take(length).enumerate() {
        *sample *= ramp(i, length);
    }
}

fn ramp(i: usize, length: usize) -> f32 {
    0.5 - 0.5 * (std::f32::consts::PI * (i as f32 + 0.5) / length as f32).cos()
}

#[cfg(test)]
mod tests;
