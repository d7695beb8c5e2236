//! The vocoder's residual block: three times `x ← x + conv₂(act₂(conv₁(act₁(x))))`.
//!
//! Each activation is AdaIN and Snake; it needs the moments of the whole signal. The convolution before it
//! computes them while it writes, so that every convolution reads its input once and writes its output once. Between
//! convolutions there is one barrier and one look at the cancel flag.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::toom;

use super::activation::{Layer, Moments, Snake, snakes};
use super::chunks::Chunks;
use super::conv::{Conv, Pass, Spare, Weights};
use super::simd::Simd;
use super::window::Gathering;
use super::{KernelError, Pool, layout};

/// Layers of a residual block.
pub const LAYERS: usize = 6;

/// What a block is made of; `channels` go in and out of every layer.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    pub channels: usize,
    /// Taps of every filter; odd.
    pub taps: usize,
    pub dilations: [usize; LAYERS],
    pub epsilon: f32,
    /// The layers' weights one after the other, each as [`toom::pack`] makes them.
    pub weights: &'a [f32],
    /// `[layer][4][channels]`: bias of the convolution, Snake's α, weight and offset of the normalisation.
    pub parameters: &'a [f32],
}

/// The buffers of a block or convolution, for any; they grow to the largest that was asked for.
#[derive(Debug)]
pub(super) struct Workspace<V> {
    pub(super) x: Vec<V>,
    pub(super) y: Vec<V>,
    pub(super) snakes: Vec<Snake>,
    pub(super) scratch: Spare<V>,
}

impl<V> Default for Workspace<V> {
    fn default() -> Self {
        Self {
            x: Vec::new(),
            y: Vec::new(),
            snakes: Vec::new(),
            scratch: Mutex::default(),
        }
    }
}

impl Block<'_> {
    /// Checks all sizes against each other, so that nothing after this can fail.
    ///
    /// # Errors
    /// [`KernelError::Size`], [`KernelError::Taps`].
    pub fn check(&self) -> Result<(), KernelError> {
        let packed = toom::packed_len(self.channels, self.channels, self.taps)
            .filter(|_| self.taps % 2 == 1)
            .ok_or(KernelError::Taps(self.taps))?;
        let sizes = [
            ("channels", self.channels > 0),
            ("dilations", self.dilations.iter().all(|d| (1..=64).contains(d))),
            ("weights", self.weights.len() == packed * LAYERS),
            ("parameters", self.parameters.len() == self.channels * 4 * LAYERS),
        ];
        match sizes.iter().find(|(_, fits)| !fits) {
            Some((name, _)) => Err(KernelError::Size(name)),
            None => Ok(()),
        }
    }

    fn conv(&self, layer: usize) -> Conv<'_> {
        let size = self.weights.len() / LAYERS;
        Conv {
            inputs: self.channels,
            outputs: self.channels,
            taps: self.taps,
            dilation: self.dilations[layer],
            weights: Weights::Transformed(&self.weights[layer * size..][..size]),
            bias: self.parameter(layer, 0),
        }
    }

    fn layer(&self, layer: usize) -> Layer<'_> {
        Layer {
            alpha: self.parameter(layer, 1),
            weight: self.parameter(layer, 2),
            offset: self.parameter(layer, 3),
            epsilon: self.epsilon,
        }
    }

    fn parameter(&self, layer: usize, which: usize) -> &[f32] {
        &self.parameters[(layer * 4 + which) * self.channels..][..self.channels]
    }
}

/// One run of a block.
pub(super) struct Run<'a, V> {
    pub(super) block: Block<'a>,
    /// `1 + γ` and `β` of each layer's AdaIN, `[channels]` each.
    pub(super) styles: [[&'a [f32]; 2]; LAYERS],
    /// `[channels][samples]`
    pub(super) input: &'a [f32],
    /// As `input`.
    pub(super) output: &'a mut [f32],
    pub(super) workspace: &'a mut Workspace<V>,
    /// When it is not the whole sound.
    pub(super) gathering: Option<Gathering<'a>>,
    pub(super) pool: Pool<'a>,
    pub(super) cancel: &'a AtomicBool,
}

impl<V: Copy + Send + Sync> Run<'_, V> {
    pub(super) fn run<S: Simd<V = V>>(mut self, s: S) -> Result<(), KernelError> {
        let channels = self.block.channels;
        self.block.check()?;
        if self
            .styles
            .as_flattened()
            .iter()
            .any(|style| style.len() != channels)
        {
            return Err(KernelError::Size("styles"));
        }
        if !self.input.len().is_multiple_of(channels) || self.input.len() != self.output.len() {
            return Err(KernelError::Size("samples"));
        }
        if self.input.is_empty() {
            return Ok(());
        }
        let chunks = Chunks::of::<S>(self.input.len() / channels);
        let (mut x, mut y) = (
            std::mem::take(&mut self.workspace.x),
            std::mem::take(&mut self.workspace.y),
        );
        for signal in [&mut x, &mut y] {
            signal.resize(chunks.vectors(channels), s.splat(0.0));
        }
        let mut moments = layout::gather(s, chunks, self.input, &mut x, self.pool);
        let done = (0..LAYERS).try_for_each(|layer| {
            if self.cancel.load(Ordering::Relaxed) {
                return Err(KernelError::Cancelled);
            }
            let (input, output) = if layer % 2 == 0 {
                (&x, &mut y)
            } else {
                (&y, &mut x)
            };
            self.gather(s, layer, chunks, input, &mut moments);
            self.layer(s, layer, chunks, input, output, &mut moments);
            Ok(())
        });
        if done.is_ok() {
            layout::scatter(s, chunks, &x, 1, self.output, self.pool);
        }
        (self.workspace.x, self.workspace.y) = (x, y);
        done
    }

    /// In a window, the moments of layer `layer`'s input as far as the whole sound is known.
    fn gather<S: Simd<V = V>>(
        &mut self,
        s: S,
        layer: usize,
        chunks: Chunks,
        input: &[V],
        moments: &mut Vec<Moments>,
    ) {
        let Some(gathering) = &mut self.gathering else {
            return;
        };
        let channels = self.block.channels;
        let over = |ranges: &[_]| layout::moments_in(s, chunks, input, channels, ranges, self.pool);
        let core = over(&gathering.window.core_of(chunks.len));
        let silence = gathering.window.silence_of(chunks.len);
        let silence: Vec<_> = silence.map(|range| over(&[range])).collect();
        let ahead = over(&gathering.window.ahead_of(chunks.len));
        *moments = gathering.moments(layer, core, &silence, ahead, chunks.len);
    }

    /// One activation and convolution; `moments` are those of the input, then those of the output.
    fn layer<S: Simd<V = V>>(
        &mut self,
        s: S,
        layer: usize,
        chunks: Chunks,
        input: &[V],
        output: &mut [V],
        moments: &mut Vec<Moments>,
    ) {
        let conv = self.block.conv(layer);
        snakes(
            self.block.layer(layer),
            self.styles[layer],
            moments,
            &mut self.workspace.snakes,
        );
        let pass = Pass {
            conv,
            chunks,
            snakes: &self.workspace.snakes,
            input,
            residual: layer % 2 == 1,
        };
        *moments = pass.run(s, output, &self.workspace.scratch, self.pool);
    }
}

#[cfg(test)]
mod tests;
