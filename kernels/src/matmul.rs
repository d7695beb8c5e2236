//! Rows times a constant matrix (`workerd::fused::MAT_MUL`), with ONNX Runtime's bits.
//!
//! A lane of a vector is a row, so that the matrix is the weights of [`super::product`] and is read in the order in which it
//! lies in the mapped file; ONNX Runtime packs it anew in every run, which takes longer than the product where there
//! are few rows. Each sum runs over [`RUN`] products by fused multiply-adds, and the sums of all runs are added up in
//! order: exactly what ONNX Runtime does.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::matrix;
use crate::toom::{GROUP, PANEL};

use super::block::Workspace;
use super::output::Output;
use super::product::{self, Place};
use super::simd::{MAX_LANES, Simd, Work};
use super::{KernelError, Pool};

/// Products of one sum: `MLAS_SGEMM_STRIDEK` of ONNX Runtime, whose products of matrices of 128 columns and more sum like this.
const RUN: usize = 128;
/// Tasks of one product: enough that two threads finish together.
const MAX_TASKS: usize = 8;
/// Fewer multiplications than this, a quarter of a millisecond, are not worth waking another thread.
const FEW: usize = 1 << 24;

/// A constant matrix.
#[derive(Debug, Clone, Copy)]
pub struct MatMul<'a> {
    pub depth: usize,
    pub columns: usize,
    /// As [`matrix::pack`] makes it.
    pub matrix: &'a [f32],
}

impl MatMul<'_> {
    /// Checks all sizes against each other, so that nothing after this can fail.
    ///
    /// # Errors
    /// [`KernelError::Size`]
    pub fn check(&self) -> Result<(), KernelError> {
        if !matrix::fits(self.depth, self.columns) {
            Err(KernelError::Size("columns"))
        } else if Some(self.matrix.len()) != self.depth.checked_mul(self.columns) {
            Err(KernelError::Size("weights"))
        } else {
            Ok(())
        }
    }
}

/// One run of a product.
pub(super) struct Run<'a> {
    pub(super) matmul: MatMul<'a>,
    /// `[rows][depth]`
    pub(super) input: &'a [f32],
    /// `[rows][columns]`
    pub(super) output: &'a mut [f32],
    pub(super) pool: Pool<'a>,
    pub(super) cancel: &'a AtomicBool,
}

impl Run<'_> {
    pub(super) fn run<S: Simd>(self, s: S, workspace: &mut Workspace<S::V>) -> Result<(), KernelError> {
        let MatMul { depth, columns, .. } = self.matmul;
        self.matmul.check()?;
        let rows = self.input.len() / depth;
        if self.input.len() != rows * depth || self.output.len() != rows * columns {
            return Err(KernelError::Size("samples"));
        }
        if self.cancel.load(Ordering::Relaxed) {
            return Err(KernelError::Cancelled);
        }
        let tiles = rows.div_ceil(S::LANES);
        let v = &mut workspace.x;
        v.clear();
        v.resize(tiles * depth, s.splat(0.0));
        s.run(Turn {
            input: self.input,
            depth,
            rows,
            v,
        });
        let output = shared(self.output);
        let groups = (columns / PANEL).div_ceil(GROUP);
        let few = rows * depth * columns < FEW;
        let tasks = if few { 1 } else { groups.min(MAX_TASKS) };
        let start = |task: usize| (task * groups / tasks * GROUP).min(columns / PANEL);
        (self.pool)(tasks, &|task| {
            s.run(Task {
                matmul: self.matmul,
                rows,
                v,
                panels: start(task)..start(task + 1),
                output: &output,
            });
        });
        Ok(())
    }
}

#[expect(unsafe_code, reason = "the tasks of one product write disjoint columns")]
fn shared(output: &mut [f32]) -> Output<'_, [f32; PANEL]> {
    // SAFETY: the columns of a panel are one value of each row, a panel is in one task, and each task is run once (`Pool`).
    unsafe { Output::new(output.as_chunks_mut().0) }
}

/// Brings the rows into lanes: `v[group of tiles][depth][tile]`.
struct Turn<'a, V> {
    input: &'a [f32],
    depth: usize,
    rows: usize,
    v: &'a mut [V],
}

impl<S: Simd> Work<S> for Turn<'_, S::V> {
    type Out = ();

    #[inline(always)]
    fn work(self, s: S) {
        for tiles in product::groups(self.rows.div_ceil(S::LANES)) {
            let v = &mut self.v[tiles.start * self.depth..tiles.end * self.depth];
            for (at, tile) in tiles.clone().enumerate() {
                let top = tile * S::LANES;
                for k in (0..self.depth).step_by(S::LANES) {
                    let mut square = [s.splat(0.0); MAX_LANES];
                    for (row, lanes) in (top..self.rows).zip(&mut square[..S::LANES]) {
                        *lanes = s.load(&self.input[row * self.depth + k..]);
                    }
                    s.transpose(&mut square);
                    for (i, lanes) in square[..S::LANES].iter().enumerate() {
                        v[(k + i) * tiles.len() + at] = *lanes;
                    }
                }
            }
        }
    }
}

/// Some panels of columns, of all rows.
struct Task<'a, V> {
    matmul: MatMul<'a>,
    rows: usize,
    v: &'a [V],
    panels: Range<usize>,
    output: &'a Output<'a, [f32; PANEL]>,
}

impl<S: Simd> Work<S> for Task<'_, S::V> {
    type Out = ();

    #[inline(always)]
    fn work(self, s: S) {
        let MatMul {
            depth,
            columns,
            matrix,
        } = self.matmul;
        let tiles = self.rows.div_ceil(S::LANES);
        let slab = tiles * PANEL;
        // `[panel of the group][tile][column]`
        let mut sums = vec![s.splat(0.0); GROUP * slab];
        let mut run = sums.clone();
        for start in self.panels.clone().step_by(GROUP) {
            let group = start..(start + GROUP).min(self.panels.end);
            for k in (0..depth).step_by(RUN) {
                let end = (k + RUN).min(depth);
                for tiles in product::groups(tiles) {
                    let v = &self.v[tiles.start * depth..tiles.end * depth];
                    let v = &v[k * tiles.len()..end * tiles.len()];
                    for (at, panel) in group.clone().enumerate() {
                        let weights = &matrix[(panel * depth + k) * PANEL..(panel * depth + end) * PANEL];
                        let place = Place {
                            first: at * slab + tiles.start * PANEL,
                            row: 1,
                            tile: PANEL,
                        };
                        product::panel(s, weights.as_chunks().0, v, tiles.len(), &mut run, place);
                    }
                }
                if k == 0 {
                    sums.copy_from_slice(&run);
                } else {
                    for (sum, run) in sums.iter_mut().zip(&run) {
                        *sum = s.add(*sum, *run);
                    }
                }
            }
            for (at, panel) in group.enumerate() {
                let sums = &sums[at * slab..][..slab];
                for row in 0..self.rows {
                    let (tile, lane) = (row / S::LANES, row % S::LANES);
                    let flat = S::floats(&sums[tile * PANEL..][..PANEL]);
                    let values = std::array::from_fn(|column| flat[column * S::LANES + lane]);
                    self.output.set(row * columns / PANEL + panel, values);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
