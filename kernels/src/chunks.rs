//! The time-chunked layout.
//!
//! Lane `l` of a vector holds chunk `l` of the time axis: sample `l · rows + r` of a channel is lane `l` of its row `r`, with
//! `rows = ⌈samples / lanes⌉`. Every shift, dilation and tile is then a step of rows: no shuffles, aligned loads. Only a row
//! before the first or past the last is special: there each lane continues in its neighbour's chunk, which is
//! the same memory read one float off ([`Chunks::edge`]).
//!
//! ```text
//! samples 0 1 2 3 4 5 6 7 8 9, four lanes → rows of   0 3 6 9
//!                                                     1 4 7 ·
//!                                                     2 5 8 ·
//! ```
//!
//! A signal is `[channel][row]` with one spare vector at both ends, so that a read one float off is inside.
//! Lanes past the last sample hold anything; whoever reads them masks them.

use std::ops::Range;

use super::activation::Moments;
use super::simd::{MAX_LANES, Simd};

/// How the samples of one channel lie in lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunks {
    /// Samples; at least one.
    pub(super) len: usize,
    pub(super) rows: usize,
    /// Rows before this one have a sample in every lane.
    pub(super) full: usize,
}

/// How to read one row that is not wholly inside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge<V> {
    /// Floats from the first of the channel's row 0.
    pub(super) offset: isize,
    /// All ones in lanes that have a sample.
    pub(super) mask: V,
}

impl Chunks {
    pub(super) fn of<S: Simd>(len: usize) -> Self {
        let rows = len.div_ceil(S::LANES);
        Self {
            len,
            rows,
            full: len.saturating_sub((S::LANES - 1) * rows).min(rows),
        }
    }

    /// Vectors of a signal of `channels`.
    pub(super) fn vectors(self, channels: usize) -> usize {
        channels * self.rows + 2
    }

    /// Where row 0 of `channel` is in a signal.
    pub(super) fn start(self, channel: usize) -> usize {
        1 + channel * self.rows
    }

    /// Lanes of `row` that have a sample, all ones; `row` may be before the first or past the last.
    #[inline(always)]
    pub(super) fn edge<S: Simd>(self, s: S, row: isize) -> Edge<S::V> {
        let rows = self.rows.cast_signed();
        let (shift, inside) = (row.div_euclid(rows), row.rem_euclid(rows));
        let mut mask = [0.0; MAX_LANES];
        let lanes = S::LANES.cast_signed();
        let far = shift <= -lanes || shift >= lanes;
        if !far {
            for (lane, bits) in mask.iter_mut().enumerate() {
                let at = lane.cast_signed() * rows + row;
                if at >= 0 && at < self.len.cast_signed() {
                    *bits = f32::from_bits(u32::MAX);
                }
            }
        }
        Edge {
            offset: inside * lanes + if far { 0 } else { shift },
            mask: s.load(&mask),
        }
    }

    /// Samples in the lanes of `row`, which is inside.
    pub(super) fn samples_in(self, row: usize) -> usize {
        (self.len - row).div_ceil(self.rows)
    }

    /// Brings `[channel][sample]` into `signal`, from the first channel's row 0 on, and tells each channel's moments.
    #[inline(always)]
    pub(super) fn gather<S: Simd>(self, s: S, natural: &[f32], signal: &mut [S::V], moments: &mut [Moments]) {
        let signal = signal.chunks_exact_mut(self.rows);
        for ((samples, rows), moments) in natural.chunks_exact(self.len).zip(signal).zip(moments) {
            let squares = self.full / S::LANES * S::LANES;
            for top in (0..squares).step_by(S::LANES) {
                let mut square = [s.splat(0.0); MAX_LANES];
                for (lane, vector) in square[..S::LANES].iter_mut().enumerate() {
                    *vector = s.load(&samples[lane * self.rows + top..]);
                }
                s.transpose(&mut square);
                rows[top..top + S::LANES].copy_from_slice(&square[..S::LANES]);
            }
            let flat = S::floats_mut(rows);
            for lane in 0..S::LANES {
                let start = lane * self.rows;
                for row in squares..self.rows.min(self.len.saturating_sub(start)) {
                    flat[row * S::LANES + lane] = samples[start + row];
                }
            }
            *moments = self.moments(s, rows);
        }
    }

    /// Brings `signal`, from the first channel's row 0 on, back to `[channel][sample]`.
    #[inline(always)]
    pub(super) fn scatter<S: Simd>(self, s: S, signal: &[S::V], natural: &mut [f32]) {
        for (samples, rows) in natural
            .chunks_exact_mut(self.len)
            .zip(signal.chunks_exact(self.rows))
        {
            let squares = self.full / S::LANES * S::LANES;
            for top in (0..squares).step_by(S::LANES) {
                let mut square = [s.splat(0.0); MAX_LANES];
                square[..S::LANES].copy_from_slice(&rows[top..top + S::LANES]);
                s.transpose(&mut square);
                for (lane, vector) in square[..S::LANES].iter().enumerate() {
                    let to = &mut samples[lane * self.rows + top..][..S::LANES];
                    to.copy_from_slice(S::floats(std::slice::from_ref(vector)));
                }
            }
            let flat = S::floats(rows);
            for lane in 0..S::LANES {
                let start = lane * self.rows;
                for row in squares..self.rows.min(self.len.saturating_sub(start)) {
                    samples[start + row] = flat[row * S::LANES + lane];
                }
            }
        }
    }

    /// As [`Self::scatter`] for channels of `stride` phases, one row of `signal` each: sample `t` of a phase is sample
    /// `stride · t + phase` of its channel.
    #[inline(always)]
    pub(super) fn interleave<S: Simd>(self, signal: &[S::V], stride: usize, natural: &mut [f32]) {
        let channels = signal.chunks_exact(stride * self.rows);
        for (samples, phases) in natural.chunks_exact_mut(self.len * stride).zip(channels) {
            for (phase, rows) in phases.chunks_exact(self.rows).enumerate() {
                let flat = S::floats(rows);
                for (t, sample) in samples[phase..].iter_mut().step_by(stride).enumerate() {
                    *sample = flat[t % self.rows * S::LANES + t / self.rows];
                }
            }
        }
    }

    /// All ones in lanes whose sample is in one of `ranges`, a vector a row.
    pub(super) fn masks<S: Simd>(self, s: S, ranges: &[Range<usize>]) -> Vec<S::V> {
        let mask = |row: usize| {
            let mut mask = [0.0; MAX_LANES];
            for (lane, bits) in mask[..S::LANES].iter_mut().enumerate() {
                let at = lane * self.rows + row;
                if at < self.len && ranges.iter().any(|range| range.contains(&at)) {
                    *bits = f32::from_bits(u32::MAX);
                }
            }
            s.load(&mask)
        };
        (0..self.rows).map(mask).collect()
    }

    /// The moments of one channel's samples where `masks` are all ones: `count` of them, the first being sample `first`.
    #[inline(always)]
    pub(super) fn moments_in<S: Simd>(
        self,
        s: S,
        rows: &[S::V],
        masks: &[S::V],
        first: usize,
        count: usize,
    ) -> Moments {
        let first = S::floats(rows)[first % self.rows * S::LANES + first / self.rows];
        let shift = s.splat(first);
        let (mut sum, mut squares) = (s.splat(0.0), s.splat(0.0));
        for (row, mask) in rows.iter().zip(masks) {
            let v = s.keep(s.sub(*row, shift), *mask);
            sum = s.add(sum, v);
            squares = s.fma(v, v, squares);
        }
        Moments::of::<S>(count, first, sum, squares)
    }

    #[inline(always)]
    fn moments<S: Simd>(self, s: S, rows: &[S::V]) -> Moments {
        let first = S::floats(&rows[..1])[0];
        let shift = s.splat(first);
        let (mut sum, mut squares) = (s.splat(0.0), s.splat(0.0));
        for row in &rows[..self.full] {
            let v = s.sub(*row, shift);
            sum = s.add(sum, v);
            squares = s.fma(v, v, squares);
        }
        for (row, v) in rows.iter().enumerate().skip(self.full) {
            let v = s.keep(s.sub(*v, shift), self.edge(s, row.cast_signed()).mask);
            sum = s.add(sum, v);
            squares = s.fma(v, v, squares);
        }
        Moments::of::<S>(self.len, first, sum, squares)
    }
}

#[cfg(test)]
mod tests;
