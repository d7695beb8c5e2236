//! From the model's sample rate to another, part by part. Pure.

use rubato::{Fft, FixedSync, Indexing, Resampler as _, audioadapter_buffers::direct::InterleavedSlice};

use crate::SAMPLE_RATE;

/// Samples given to the filter at once.
const CHUNK: usize = 1024;

#[derive(Debug, thiserror::Error)]
#[error("the sample rate cannot be changed: {0}")]
pub struct ResampleError(String);

pub struct Resampler {
    /// `None`: the rate stays.
    fft: Option<Fft<f32>>,
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
    pub fn new(rate: u32) -> Result<Self, ResampleError> {
        let fft = (rate != SAMPLE_RATE)
            .then(|| Fft::new(SAMPLE_RATE as usize, rate as usize, CHUNK, 1, FixedSync::Input))
            .transpose()
            .map_err(failed)?;
        Ok(Self {
            late: fft.as_ref().map_or(0, rubato::Resampler::output_delay),
            fft,
            rate,
            waiting: Vec::new(),
            taken: 0,
            given: 0,
        })
    }

    pub fn push(&mut self, pcm: &[f32]) -> Result<Vec<f32>, ResampleError> {
        self.taken += pcm.len();
        if self.fft.is_none() {
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
    pub fn finish(mut self) -> Result<Vec<f32>, ResampleError> {
        if self.fft.is_none() {
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
        let Some(fft) = &mut self.fft else { return Ok(None) };
        let needed = fft.input_frames_next();
        let Some(input) = self.waiting.get(from..from + needed) else {
            return Ok(None);
        };
        let mut out = vec![0.0; fft.output_frames_next()];
        let frames = out.len();
        let input = InterleavedSlice::new(input, 1, needed).map_err(failed)?;
        let mut output = InterleavedSlice::new_mut(&mut out, 1, frames).map_err(failed)?;
        let (used, made) = fft
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

    #[test]
    fn nothing_becomes_nothing() {
        assert!(Resampler::new(44_100).unwrap().finish().unwrap().is_empty());
    }
}
