//! One-dimensional convolution by Toom-Cook tiles, its input activated on the way in.
//!
//! A tile is `M` outputs (or a few times `M`, nested) along a dilation's chain of rows (`r, r + d, r + 2d, …`), in all lanes
//! at once. A block is a few tiles of any chains, for all channels, made so that its transformed input stays in the
//! second cache ([`plan`], [`task`]):
//!
//! 1. for each input channel: activate the rows the tiles read, then `Bᵀ` into
//!    `v[set][point][group of tiles][input][tile]` ([`transform`]);
//! 2. for each group of panels of output channels, each set of weights and each point: the products of its weights
//!    and `v` into `m[panel][output][tile][set][point]` ([`super::product`]);
//! 3. for each output channel: `Aᵀ`, bias, the residual if asked for, and sums for the next layer's AdaIN.
//!
//! Blocks are independent, so that several threads can take tasks of them. The split into tasks depends on the
//! shape alone: the same samples come out whatever the number of threads.

mod plan;
mod task;
mod transform;

use std::sync::{Mutex, PoisonError};

use super::activation::{Moments, Snake};
use super::chunks::Chunks;
use super::output::Output;
use super::simd::Simd;
use super::{Pool, lock};

use plan::Plan;
use task::{Scratch, Task};

/// A convolution of stride 1 that keeps the length: `taps` is odd, both sides are padded by zeros.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conv<'a> {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) taps: usize,
    pub(super) dilation: usize,
    pub(super) weights: Weights<'a>,
    /// `[outputs]`
    pub(super) bias: &'a [f32],
}

/// The weights of a convolution.
#[derive(Debug, Clone, Copy)]
pub(super) enum Weights<'a> {
    /// As [`crate::toom::pack`] makes them.
    Transformed(&'a [f32]),
    /// As [`crate::toom::pack_plain`] makes them: they are transformed for each block.
    Plain(&'a [f32]),
}

/// Everything about a convolution but where its outputs go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass<'a, V> {
    pub(super) conv: Conv<'a>,
    pub(super) chunks: Chunks,
    /// `[inputs]`
    pub(super) snakes: &'a [Snake],
    pub(super) input: &'a [V],
    /// Whether what is in the output is added.
    pub(super) residual: bool,
}

/// Scratch that no task has at the moment.
pub(super) type Spare<V> = Mutex<Vec<Scratch<V>>>;

impl<V: Copy + Send + Sync> Pass<'_, V> {
    /// Computes all tasks on the threads of `pool`; returns the moments of the outputs.
    pub(super) fn run<S: Simd<V = V>>(
        self,
        s: S,
        output: &mut [V],
        spare: &Spare<V>,
        pool: Pool<'_>,
    ) -> Vec<Moments> {
        let plan = Plan::of::<S>(&self.conv, self.chunks);
        let output = shared(output);
        let told = Mutex::new(vec![Vec::new(); plan.tasks()]);
        pool(plan.tasks(), &|task| {
            let mut scratch = lock(spare).pop().unwrap_or_default();
            let mut moments = vec![Moments::default(); self.conv.outputs];
            s.run(Task {
                pass: self,
                plan: &plan,
                task,
                output: &output,
                scratch: &mut scratch,
                moments: &mut moments,
            });
            lock(&told)[task] = moments;
            lock(spare).push(scratch);
        });
        // In the order of the tasks, so that the sums are the same whoever was first.
        let told = told.into_inner().unwrap_or_else(PoisonError::into_inner);
        (0..self.conv.outputs)
            .map(|channel| {
                told.iter()
                    .map(|task| task[channel])
                    .fold(Moments::default(), Moments::and)
            })
            .collect()
    }
}

#[expect(unsafe_code, reason = "the tasks of one plan write disjoint rows of channels")]
fn shared<V: Copy>(signal: &mut [V]) -> Output<'_, V> {
    // SAFETY: a row of a chain is in one tile, a tile in one block, a channel in one panel; a block with a panel is in one task
    // (`Plan`), and each task is run once (`Pool`).
    unsafe { Output::new(signal) }
}

#[cfg(test)]
mod tests;
