//! From `[channel][sample]` to a signal of chunks ([`super::chunks`]) and back, some channels on each thread.

use std::ops::Range;
use std::sync::Mutex;

use super::activation::Moments;
use super::chunks::Chunks;
use super::simd::{Simd, Work};
use super::{Pool, lock};

/// Parts of one signal: enough that two threads finish together.
const PARTS: usize = 4;
/// A signal of fewer samples, some 50 µs, is not worth waking another thread.
const FEW: usize = 1 << 17;

/// Brings `natural`, `[channel][sample]`, into `signal`; tells each channel's moments.
pub(super) fn gather<S: Simd>(
    s: S,
    chunks: Chunks,
    natural: &[f32],
    signal: &mut [S::V],
    pool: Pool<'_>,
) -> Vec<Moments> {
    let channels = natural.len() / chunks.len;
    let each = channels_a_part(channels, chunks.len);
    let mut moments = vec![Moments::default(); channels];
    let parts = natural
        .chunks(each * chunks.len)
        .zip(signal[chunks.start(0)..].chunks_mut(each * chunks.rows))
        .zip(moments.chunks_mut(each))
        .map(|((natural, signal), moments)| Gather {
            chunks,
            natural,
            signal,
            moments,
        });
    run(s, parts, pool);
    moments
}

/// Brings `signal` back into `natural`, `[channel][sample]`, where the samples of `stride` channels of the signal, its phases, take turns
/// in one channel.
pub(super) fn scatter<S: Simd>(
    s: S,
    chunks: Chunks,
    signal: &[S::V],
    stride: usize,
    natural: &mut [f32],
    pool: Pool<'_>,
) {
    let samples = chunks.len * stride;
    let each = channels_a_part(natural.len() / samples, samples);
    let parts = natural
        .chunks_mut(each * samples)
        .zip(signal[chunks.start(0)..].chunks(each * stride * chunks.rows))
        .map(|(natural, signal)| Scatter {
            chunks,
            signal,
            stride,
            natural,
        });
    run(s, parts, pool);
}

/// The moments of each of `channels` over the samples of `signal` in `ranges`, which do not overlap; none where there are none.
pub(super) fn moments_in<S: Simd>(
    s: S,
    chunks: Chunks,
    signal: &[S::V],
    channels: usize,
    ranges: &[Range<usize>],
    pool: Pool<'_>,
) -> Vec<Moments> {
    let mut moments = vec![Moments::default(); channels];
    let count: usize = ranges.iter().map(ExactSizeIterator::len).sum();
    let Some(first) = ranges
        .iter()
        .find(|range| !range.is_empty())
        .map(|range| range.start)
    else {
        return moments;
    };
    let masks = chunks.masks(s, ranges);
    let each = channels_a_part(channels, chunks.len);
    let parts = moments
        .chunks_mut(each)
        .zip(signal[chunks.start(0)..].chunks(each * chunks.rows))
        .map(|(moments, signal)| Count {
            chunks,
            signal,
            masks: &masks,
            first,
            count,
            moments,
        });
    run(s, parts, pool);
    moments
}

fn channels_a_part(channels: usize, samples: usize) -> usize {
    let parts = if channels * samples < FEW { 1 } else { PARTS };
    channels.div_ceil(parts).max(1)
}

fn run<S: Simd, W: Work<S> + Send>(s: S, parts: impl Iterator<Item = W>, pool: Pool<'_>) {
    let parts: Vec<_> = parts.map(|part| Mutex::new(Some(part))).collect();
    pool(parts.len(), &|i| {
        let part = lock(&parts[i]).take();
        if let Some(part) = part {
            s.run(part);
        }
    });
}

/// Some channels, as they are.
struct Gather<'a, V> {
    chunks: Chunks,
    natural: &'a [f32],
    /// From the first row of the first channel on.
    signal: &'a mut [V],
    moments: &'a mut [Moments],
}

impl<S: Simd> Work<S> for Gather<'_, S::V> {
    type Out = ();

    #[inline(always)]
    fn work(self, s: S) {
        self.chunks.gather(s, self.natural, self.signal, self.moments);
    }
}

/// Statistics of some channels.
struct Count<'a, V> {
    chunks: Chunks,
    /// From the first row of the first channel on.
    signal: &'a [V],
    masks: &'a [V],
    first: usize,
    count: usize,
    moments: &'a mut [Moments],
}

impl<S: Simd> Work<S> for Count<'_, S::V> {
    type Out = ();

    #[inline(always)]
    fn work(self, s: S) {
        let channels = self.signal.chunks_exact(self.chunks.rows);
        for (moments, rows) in self.moments.iter_mut().zip(channels) {
            *moments = self
                .chunks
                .moments_in(s, rows, self.masks, self.first, self.count);
        }
    }
}

/// Some channels of the result.
struct Scatter<'a, V> {
    chunks: Chunks,
    /// From the first row of the first channel on.
    signal: &'a [V],
    stride: usize,
    natural: &'a mut [f32],
}

impl<S: Simd> Work<S> for Scatter<'_, S::V> {
    type Out = ();

    #[inline(always)]
    fn work(self, s: S) {
        if self.stride == 1 {
            self.chunks.scatter(s, self.signal, self.natural);
        } else {
            self.chunks
                .interleave::<S>(self.signal, self.stride, self.natural);
        }
    }
}

#[cfg(test)]
mod tests;
