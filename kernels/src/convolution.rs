//! A convolution by itself: those of the decoder, and transposed ones, whose phases are convolutions of their own
//! (`workerd::fused::CONVOLUTION`).

use std::sync::atomic::{AtomicBool, Ordering};

use crate::toom;

use super::activation::Snake;
use super::block::Workspace;
use super::chunks::Chunks;
use super::conv::{Conv, Pass, Weights};
use super::simd::Simd;
use super::{KernelError, Pool, layout};

/// What a convolution is made of.
#[derive(Debug, Clone, Copy)]
pub struct Convolution<'a> {
    pub inputs: usize,
    /// Taps of every filter; odd, and both sides are padded by zeros.
    pub taps: usize,
    /// Outputs of the convolution for one channel of the result, and samples of the result for one that goes in.
    pub stride: usize,
    /// As [`pack`] makes them.
    pub weights: &'a [f32],
    /// `[channels · stride]`
    pub bias: &'a [f32],
}

impl Convolution<'_> {
    /// Checks all sizes against each other, so that nothing after this can fail.
    ///
    /// # Errors
    /// [`KernelError::Size`], [`KernelError::Taps`].
    pub fn check(&self) -> Result<(), KernelError> {
        let size = if stays_plain(self.stride) {
            toom::plain_len
        } else {
            toom::packed_len
        };
        let packed = size(self.bias.len(), self.inputs, self.taps)
            .filter(|_| self.taps % 2 == 1)
            .ok_or(KernelError::Taps(self.taps))?;
        let sizes = [
            ("inputs", self.inputs > 0),
            (
                "outputs",
                self.stride > 0 && !self.bias.is_empty() && self.bias.len().is_multiple_of(self.stride),
            ),
            ("weights", self.weights.len() == packed),
        ];
        match sizes.iter().find(|(_, fits)| !fits) {
            Some((name, _)) => Err(KernelError::Size(name)),
            None => Ok(()),
        }
    }
}

/// A transposed convolution runs once for each window of the sound: its weights are transformed beforehand. Those of the decoder run once
/// for a sentence: theirs stay as they are, which takes less memory, and are transformed when they run.
const fn stays_plain(stride: usize) -> bool {
    stride == 1
}

/// Packs the weights `[channels · stride][inputs][taps]` of a convolution for [`Convolution::weights`].
///
/// `None` when the shape does not fit the data or there is no scheme.
#[must_use]
pub fn pack(weights: &[f32], outputs: usize, inputs: usize, taps: usize, stride: usize) -> Option<Vec<f32>> {
    let pack = if stays_plain(stride) {
        toom::pack_plain
    } else {
        toom::pack
    };
    pack(weights, outputs, inputs, taps)
}

/// One run of a convolution.
pub(super) struct Run<'a> {
    pub(super) convolution: Convolution<'a>,
    /// `[inputs][samples]`
    pub(super) input: &'a [f32],
    /// `[channels][samples · stride]`
    pub(super) output: &'a mut [f32],
    pub(super) pool: Pool<'a>,
    pub(super) cancel: &'a AtomicBool,
}

impl Run<'_> {
    pub(super) fn run<S: Simd>(self, s: S, workspace: &mut Workspace<S::V>) -> Result<(), KernelError> {
        let Convolution {
            inputs,
            taps,
            stride,
            weights,
            bias,
        } = self.convolution;
        self.convolution.check()?;
        let samples = self.input.len() / inputs;
        if self.input.len() != inputs * samples || self.output.len() != bias.len() * samples {
            return Err(KernelError::Size("samples"));
        }
        if self.cancel.load(Ordering::Relaxed) {
            return Err(KernelError::Cancelled);
        }
        if samples == 0 {
            return Ok(());
        }
        let chunks = Chunks::of::<S>(samples);
        let Workspace {
            x,
            y,
            snakes,
            scratch,
        } = workspace;
        x.resize(chunks.vectors(inputs), s.splat(0.0));
        y.resize(chunks.vectors(bias.len()), s.splat(0.0));
        snakes.clear();
        snakes.resize(inputs, Snake::NONE);
        layout::gather(s, chunks, self.input, x, self.pool);
        let pass = Pass {
            conv: Conv {
                inputs,
                outputs: bias.len(),
                taps,
                dilation: 1,
                weights: if stays_plain(stride) {
                    Weights::Plain(weights)
                } else {
                    Weights::Transformed(weights)
                },
                bias,
            },
            chunks,
            snakes,
            input: x,
            residual: false,
        };
        pass.run(s, y, scratch, self.pool);
        layout::scatter(s, chunks, y, stride, self.output, self.pool);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
