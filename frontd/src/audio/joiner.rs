//! Segments → one sound: silence trimmed, edges faded, pauses between.
//!
//! Pure: samples in, samples out. A segment goes out whole as soon as it is pushed, with the pause *before* it,
//! so a response ends with its last word and a pause is never sent for nothing.

use std::time::Duration;

use super::{duration_of, limiter, samples_in};
use crate::segments::Boundary;

/// 5 ms: the grain in which silence is looked for.
const WINDOW: usize = 120;
/// Kept before the first and after the last window with sound: soft consonants begin and end below the
/// threshold.
const LEAD: usize = 720;
const TAIL: usize = 1440;
/// 5 ms, within the silence that was kept.
const FADE: usize = 120;
/// A window is silent below this part of the segment's peak (-44 dB)…
const RELATIVE_FLOOR: f32 = 0.006;
/// …or below this in any case (-66 dBFS).
const ABSOLUTE_FLOOR: f32 = 0.0005;
/// The longest pause, whatever was asked for: all that a script may hold.
const MAX_PAUSE: Duration = crate::script::MAX_PAUSES;

/// Where a segment's sound went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The sample of the response at which the segment's kept sound begins.
    pub start: usize,
    /// Samples cut from the segment's front.
    pub trimmed: usize,
    /// Samples of the segment that were kept.
    pub kept: usize,
}

impl Placed {
    /// Where sample `at` of the segment sounds in the response. What was trimmed is at the edges of the rest.
    #[must_use]
    pub fn time_of(&self, at: usize) -> Duration {
        duration_of(self.start + at.saturating_sub(self.trimmed).min(self.kept))
    }
}

/// Joins the segments of one response, in order.
#[derive(Debug)]
pub struct Joiner {
    volume: f32,
    /// Natural pauses are divided by it.
    speed: f32,
    samples: usize,
    natural: Duration,
    explicit: Duration,
}

impl Joiner {
    /// `volume` multiplies the sound, `speed` is the request's: faster speech has shorter pauses.
    #[must_use]
    pub fn new(volume: f32, speed: f32) -> Self {
        Self {
            volume,
            speed: speed.clamp(0.25, 4.0),
            samples: 0,
            natural: Duration::ZERO,
            explicit: Duration::ZERO,
        }
    }

    /// Samples that have come out so far.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Adds a pause that the user asked for. It takes the place of the natural one at the same spot.
    pub fn pause(&mut self, pause: Duration) {
        self.explicit = (self.explicit + pause).min(MAX_PAUSE);
    }

    /// The pause before the segment and its sound. `end` is the segment's last phoneme and what follows it.
    pub fn push(&mut self, pcm: &[f32], end: (Option<char>, Boundary)) -> (Vec<f32>, Placed) {
        let sound = sounding(pcm);
        let mut out = self.take_pause();
        let placed = Placed {
            start: self.samples + out.len(),
            trimmed: sound.start,
            kept: sound.len(),
        };
        let from = out.len();
        out.extend_from_slice(&pcm[sound]);
        limiter::apply(&mut out[from..], self.volume);
        fade_edges(&mut out[from..]);
        self.samples += out.len();
        self.natural = natural_pause(end.0, end.1).div_f32(self.speed);
        (out, placed)
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

/// The silence between a segment that ends so and the next, at speed 1, on top of [`LEAD`] and [`TAIL`] (90 ms).
fn natural_pause(last: Option<char>, boundary: Boundary) -> Duration {
    Duration::from_millis(match (boundary, last) {
        (Boundary::Paragraph, _) => 600,
        (Boundary::Sentence, Some('…' | '—')) => 400,
        (Boundary::Sentence, _) => 280,
        (Boundary::Clause, Some(';' | ':' | '—' | '…' | '.' | '!' | '?')) => 180,
        (Boundary::Clause, Some(',' | ')' | '”' | '"')) => 90,
        // Cut between two words for want of a better place.
        (Boundary::Clause, _) => 0,
    })
}

/// The range that sounds, with its margins; empty when nothing does.
fn sounding(pcm: &[f32]) -> std::ops::Range<usize> {
    let loudness = |window: &[f32]| {
        let finite = window.iter().filter(|s| s.is_finite());
        finite.fold(0.0_f32, |peak, sample| peak.max(sample.abs()))
    };
    let floor = (loudness(pcm) * RELATIVE_FLOOR).max(ABSOLUTE_FLOOR);
    let sounds = |window: &[f32]| loudness(window) > floor;
    let Some(first) = pcm.chunks(WINDOW).position(sounds) else {
        return 0..0;
    };
    let last = pcm.chunks(WINDOW).rposition(sounds).unwrap_or(first);
    (first * WINDOW).saturating_sub(LEAD)..((last + 1) * WINDOW + TAIL).min(pcm.len())
}

/// Raised-cosine ramps, so that no edge clicks even where a segment begins or ends in full sound.
fn fade_edges(pcm: &mut [f32]) {
    let length = FADE.min(pcm.len() / 2);
    for i in 0..length {
        let gain = 0.5 - 0.5 * (std::f32::consts::PI * (i as f32 + 0.5) / length as f32).cos();
        pcm[i] *= gain;
        let mirrored = pcm.len() - 1 - i;
        pcm[mirrored] *= gain;
    }
}

#[cfg(test)]
mod tests;
