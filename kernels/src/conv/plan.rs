//! How one convolution is cut into tiles, blocks and tasks.

use std::ops::Range;

use crate::toom::{self, GROUP, PANEL, Scheme};

use super::super::chunks::Chunks;
use super::super::product::TILES;
use super::super::simd::Simd;
use super::Conv;

/// Tiles of the largest block.
pub(super) const MAX_TILES: usize = 6;
/// Rows of input that one tile of any scheme reads.
pub(super) const MAX_WINDOW: usize = 32;
/// Parts of the largest nested tile.
const MAX_PARTS: usize = 3;
/// Bytes of transformed input that a block may take for each lane of a vector, unless it has few tiles: a good half of the
/// second cache, of which CPUs with AVX-512 have twice as much as those without.
const BLOCK_BYTES_A_LANE: usize = 40 << 10;
/// Tasks of one convolution: enough that two threads finish together.
const MAX_TASKS: usize = 8;
/// A convolution of fewer blocks is parted by its output channels, so that a second thread has something to do. Both parts
/// transform the input, which is little beside the products of many channels.
const FEW_BLOCKS: usize = 3;

/// So many tiles are parted into an even number of blocks of nearly one size, so that two threads have the same to do.
const FEW_TILES: usize = 2 * TILES;

/// Some tiles of one kind, whose products are computed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Parts of each tile, or 0 where the scheme is not nested.
    pub(super) parts: usize,
    /// Of [`Plan::tiles`].
    pub(super) tiles: Range<usize>,
}

/// The blocks of one convolution.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The first row that each tile writes; a chain's dilation leads to the others.
    pub(super) tiles: Vec<usize>,
    pub(super) blocks: Vec<Block>,
    /// Panels of output channels, in parts of whole groups.
    panels: Vec<Range<usize>>,
}

impl Plan {
    pub(super) fn of<S: Simd>(conv: &Conv<'_>, chunks: Chunks) -> Self {
        let Some(scheme) = toom::scheme(conv.taps) else {
            return Self::default();
        };
        let lists = tops(scheme, conv.dilation, chunks.rows);
        let mut plan = Self::default();
        let mut back = Vec::new();
        // The largest blocks at both ends, where two threads begin.
        for (parts, tops) in lists.into_iter().enumerate().rev() {
            let sets = if scheme.nested { parts + 1 } else { 1 };
            let tile_bytes = sets * scheme.points() * conv.inputs * S::LANES * size_of::<f32>();
            let most = (BLOCK_BYTES_A_LANE * S::LANES / tile_bytes).clamp(TILES, MAX_TILES) / TILES * TILES;
            let (before, n) = (plan.tiles.len(), tops.len());
            let blocks = match n.div_ceil(most) {
                few if n < FEW_TILES => few,
                many => many.next_multiple_of(2),
            };
            let start = |block: usize| before + block * n / blocks;
            plan.tiles.extend(tops);
            let mut blocks: Vec<_> = (0..blocks)
                .map(|i| Block {
                    parts,
                    tiles: start(i)..start(i + 1),
                })
                .collect();
            back.push(blocks.split_off(blocks.len().div_ceil(2)));
            plan.blocks.append(&mut blocks);
        }
        plan.blocks.extend(back.into_iter().rev().flatten());
        let panels = conv.outputs.div_ceil(PANEL);
        let groups = panels.div_ceil(GROUP);
        let parts = if plan.blocks.len() < FEW_BLOCKS {
            groups.min(2)
        } else {
            1
        };
        let start = |part: usize| (part * groups / parts * GROUP).min(panels);
        plan.panels = (0..parts).map(|i| start(i)..start(i + 1)).collect();
        plan
    }

    pub(super) fn tasks(&self) -> usize {
        self.rows() * self.panels.len()
    }

    /// The blocks of a task and its panels of output channels.
    pub(super) fn task(&self, task: usize) -> (&[Block], Range<usize>) {
        let (n, rows) = (self.blocks.len(), self.rows());
        let (row, part) = (task % rows, task / rows);
        (
            &self.blocks[row * n / rows..(row + 1) * n / rows],
            self.panels[part].clone(),
        )
    }

    /// Into how many tasks the blocks are parted.
    fn rows(&self) -> usize {
        self.blocks.len().min(MAX_TASKS)
    }
}

/// The tiles of all chains by their number of parts. A chain's last tile has no more parts than it needs.
fn tops(scheme: Scheme, dilation: usize, rows: usize) -> [Vec<usize>; MAX_PARTS + 1] {
    let mut lists = [const { Vec::new() }; MAX_PARTS + 1];
    let chains = dilation.min(rows);
    for chain in 0..chains {
        let mut top = chain;
        let mut left = (rows - chain).div_ceil(dilation);
        while left > 0 {
            let parts = if scheme.nested {
                left.div_ceil(scheme.outputs).min(MAX_PARTS)
            } else {
                0
            };
            lists[parts].push(top);
            let outputs = parts.max(1) * scheme.outputs;
            top += dilation * outputs;
            left = left.saturating_sub(outputs);
        }
    }
    lists
}
