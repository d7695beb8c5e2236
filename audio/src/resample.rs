//! From the model's sample rate to another, part by part. Pure.

use rubato::{
    Async, FixedAsync, Indexing, Resampler as _, SincInterpolationParameters, SincInterpolationType,
    WindowFunction, audioadapter_buffers::direct::InterleavedSlice,
};

use crate::SAMPLE_RATE;

/// Samples given to the filter at once.
const CHUNK: usize = 1024;
/// Samples that one is made of: flat up to 11 kHz (10 kHz at 22.05), and what is added stays 120 dB below the sound. Half of it is a whole number of
/// samples at 22.05, 44.1 and 48 kHz, so that the sound is not shifted by a part of one.
const FILTER: usize = 320;
/// Places between two samples for which the filter is computed. Among them are all that these rates need, so nothing is interpolated.
const PLACES: usize = 294;

/// What the library says of it.
#[derive(Debug, thiserror::Error)]
#[error("the sample rate cannot be changed: {0}")]
pub struct ResampleError(String);

/// Changes the sample rate of a sound that comes in parts.
pub struct Resampler {
    /// `None`: the rate stays.
    filter: Option<Async<f32>>,
    rate: u32,
    /// What is too little for the filter.
    waiting: Vec<f32>,
    /// Samples that the filter is late by, still to be dropped.
    late: usize,
    taken: usize,
    given: usize,
}

impl std::fmt::Debug for Resampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Resampler").field(&self.rate).finish()
    }
}

impl Resampler {
    /// From [`SAMPLE_RATE`] to `rate`, in samples a second.
    ///
    /// # Errors
    /// When there is no filter for that rate.
    pub fn new(rate: u32) -> Result<Self, ResampleError> {
        let filter = (rate != SAMPLE_RATE).then(|| filter(rate)).transpose()?;
        Ok(Self {
            // It comes one sample earlier than it says: findings/rubato-sinc-delay.sh.
            late: filter.as_ref().map_or(0, |filter| filter.output_delay() - 1),
            filter,
            rate,
            waiting: Vec::new(),
            taken: 0,
            given: 0,
        })
    }

    /// What is ready after `pcm`, at the new rate; the filter keeps a little back.
    ///
    /// # Errors
    /// When the filter does not take it.
    pub fn push(&mut self, pcm: &[f32]) -> Result<Vec<f32>, ResampleError> {
        self.taken += pcm.len();
        if self.filter.is_none() {
            return Ok(pcm.to_vec());
        }
        self.waiting.extend(pcm);
        let mut out = Vec::new();
        let mut done = 0;
        while let Some(made) = self.step(done)? {
            done += made.0;
            out.extend(made.1);
        }
        self.waiting.drain(..done);
        Ok(out)
    }

    /// What the filter still holds: as many samples come out as the length asks for.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn finish(mut self) -> Result<Vec<f32>, ResampleError> {
        if self.filter.is_none() {
            return Ok(Vec::new());
        }
        let all = (self.taken as u64 * u64::from(self.rate)).div_ceil(u64::from(SAMPLE_RATE));
        let lacking = usize::try_from(all)
            .unwrap_or(usize::MAX)
            .saturating_sub(self.given);
        let mut out = Vec::new();
        while out.len() < lacking {
            out.extend(self.push(&[0.0; CHUNK])?);
        }
        out.truncate(lacking);
        Ok(out)
    }

    /// Filters one chunk of what waits from `from` on: how many samples were used, and what came out. `None`: too few wait.
    fn step(&mut self, from: usize) -> Result<Option<(usize, Vec<f32>)>, ResampleError> {
        let Some(filter) = &mut self.filter else {
            return Ok(None);
        };
        let needed = filter.input_frames_next();
        let Some(input) = self.waiting.get(from..from + needed) else {
            return Ok(None);
        };
        let mut out = vec![0.0; filter.output_frames_next()];
        let frames = out.len();
        let input = InterleavedSlice::new(input, 1, needed).map_err(failed)?;
        let mut output = InterleavedSlice::new_mut(&mut out, 1, frames).map_err(failed)?;
        let (used, made) = filter
            .process_into_buffer(&input, &mut output, None::<&Indexing>)
            .map_err(failed)?;
        out.truncate(made);
        let dropped = self.late.min(made);
        self.late -= dropped;
        out.drain(..dropped);
        self.given += out.len();
        Ok(Some((used, out)))
    }
}

fn filter(rate: u32) -> Result<Async<f32>, ResampleError> {
    let parameters = SincInterpolationParameters {
        oversampling_factor: PLACES,
        interpolation: SincInterpolationType::Nearest,
        ..SincInterpolationParameters::new(FILTER, WindowFunction::BlackmanHarris2)
    };
    let ratio = f64::from(rate) / f64::from(SAMPLE_RATE);
    Async::new_sinc(ratio, 1.0, &parameters, CHUNK, 1, FixedAsync::Input).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> ResampleError {
    ResampleError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second.
    fn sine(rate: u32) -> Vec<f32> {
        let step = 440.0 * std::f32::consts::TAU / rate as f32;
        (0..rate).map(|i| 0.5 * (i as f32 * step).sin()).collect()
    }

    #[test]
    fn a_sine_stays_the_same_sine_whatever_parts_it_comes_in() {
        for rate in [22_050, 24_000, 44_100, 48_000] {
            let mut resampler = Resampler::new(rate).unwrap();
            let mut made = Vec::new();
            for part in sine(SAMPLE_RATE).chunks(777) {
                made.extend(resampler.push(part).unwrap());
            }
            made.extend(resampler.finish().unwrap());
            let wanted = sine(rate);
            assert_eq!(made.len(), wanted.len(), "{rate}");
            // The filter rings at the ends, where the sine begins and stops.
            let inner = made.len() / 10..made.len() * 9 / 10;
            let worst = made[inner.clone()]
                .iter()
                .zip(&wanted[inner])
                .map(|(made, wanted)| (made - wanted).abs())
                .fold(0.0, f32::max);
            assert!(worst < 1e-3, "{rate}: {worst}");
        }
    }

    /// How much of a tone of `hz` is in the middle of `pcm`: its amplitude.
    fn tone(pcm: &[f32], rate: u32, hz: f64) -> f64 {
        let inner = pcm.len() / 10..pcm.len() * 9 / 10;
        let count = inner.len() as f64;
        let (mut sine, mut cosine) = (0.0, 0.0);
        for at in inner {
            let (s, c) = (at as f64 * hz * std::f64::consts::TAU / f64::from(rate)).sin_cos();
            sine += s * f64::from(pcm[at]);
            cosine += c * f64::from(pcm[at]);
        }
        2.0 * sine.hypot(cosine) / count
    }

    #[test]
    #[expect(clippy::cast_possible_truncation, reason = "samples are f32")]
    fn high_tones_stay_as_loud_and_bring_no_others() {
        // Each with the tone that it would become in the worst case: its image about 24 kHz, or about the new rate.
        for (rate, hz, image) in [
            (22_050, 10_000.0, None),
            (22_050, 11_600.0, Some(22_050.0 - 11_600.0)),
            (44_100, 10_500.0, Some(24_000.0 - 10_500.0)),
            (48_000, 10_500.0, Some(24_000.0 - 10_500.0)),
        ] {
            let step = hz * std::f64::consts::TAU / f64::from(SAMPLE_RATE);
            let pcm: Vec<f32> = (0..SAMPLE_RATE)
                .map(|i| 0.5 * (f64::from(i) * step).sin() as f32)
                .collect();
            let mut resampler = Resampler::new(rate).unwrap();
            let mut made = resampler.push(&pcm).unwrap();
            made.extend(resampler.finish().unwrap());
            if hz < f64::from(rate) / 2.0 {
                let heard = tone(&made, rate, hz);
                assert!((heard - 0.5).abs() < 0.005, "{rate}, {hz} Hz: {heard}");
            }
            if let Some(image) = image {
                let added = tone(&made, rate, image);
                assert!(added < 1e-5, "{rate}, {image} Hz: {added}");
            }
        }
    }

    #[test]
    fn nothing_becomes_nothing() {
        assert!(Resampler::new(44_100).unwrap().finish().unwrap().is_empty());
    }
}
