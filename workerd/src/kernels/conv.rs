//! One-dimensional convolution by Toom-Cook tiles, its input activated on the way in.
//!
//! A tile is `M` outputs along a dilation's chain of rows (`r, r + d, r + 2d, …`), in all lanes at once. A block is a few
//! neighbouring tiles of one chain for all channels, made so that its transformed input stays in the second cache:
//!
//! 1. for each input channel: activate the rows the block reads (each once), then `Bᵀ` tile by tile into
//!    `v[point][group × input][tile]`;
//! 2. for each panel of output channels and each point: the product of its weights and `v` ([`super::product`]);
//! 3. for each output channel: `Aᵀ`, bias, the residual if asked for, and sums for the next layer's AdaIN.
//!
//! Blocks are independent, so that several threads can take tasks of them. The split into tasks depends on the
//! shape alone: the same samples come out whatever the number of threads.

use std::ops::Range;

use common::toom::{self, PANEL, Tables};

use super::activation::{Moments, Snake};
use super::chunks::{Chunks, Edge};
use super::output::Output;
use super::product;
use super::simd::{Simd, Work};

/// Tiles of the largest block.
const MAX_TILES: usize = 6;
/// Rows that the largest block reads along a chain, for any scheme of [`toom::scheme`].
const MAX_ROWS: usize = 64;
/// Bytes of transformed input that a block may take.
const BLOCK_BYTES: usize = 640 << 10;
/// Tasks of one convolution: enough that two threads finish together.
const MAX_TASKS: usize = 8;

/// A convolution of stride 1 that keeps the length: `taps` is odd, both sides are padded by zeros.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conv<'a> {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) taps: usize,
    pub(super) dilation: usize,
    /// As [`toom::pack`] makes them.
    pub(super) weights: &'a [f32],
    /// `[outputs]`
    pub(super) bias: &'a [f32],
}

/// Tiles `first .. first + count` of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Block {
    chain: usize,
    first: usize,
    count: usize,
}

/// The blocks of one convolution.
#[derive(Debug, Default)]
pub(super) struct Plan {
    blocks: Vec<Block>,
}

/// What one task works in; kept from run to run.
#[derive(Debug)]
pub(super) struct Scratch<V> {
    v: Vec<V>,
    m: Vec<V>,
    /// Per output channel: sums of `y − shift` and of its square in lanes, and the shift.
    sums: Vec<(V, V, f32)>,
}

impl<V> Default for Scratch<V> {
    fn default() -> Self {
        Self {
            v: Vec::new(),
            m: Vec::new(),
            sums: Vec::new(),
        }
    }
}

impl Plan {
    pub(super) fn of<S: Simd>(conv: &Conv<'_>, chunks: Chunks) -> Self {
        let Some(scheme) = toom::scheme(conv.taps) else {
            return Self::default();
        };
        let tile_bytes = scheme.points() * scheme.groups * conv.inputs * S::LANES * size_of::<f32>();
        let most = (BLOCK_BYTES / tile_bytes).clamp(3, MAX_TILES);
        let mut blocks = Vec::new();
        for chain in 0..conv.dilation.min(chunks.rows) {
            let tiles = (chunks.rows - chain)
                .div_ceil(conv.dilation)
                .div_ceil(scheme.outputs);
            let parts = tiles.div_ceil(most);
            for part in 0..parts {
                let first = part * tiles / parts;
                let count = (part + 1) * tiles / parts - first;
                blocks.push(Block { chain, first, count });
            }
        }
        Self { blocks }
    }

    pub(super) fn tasks(&self) -> usize {
        self.blocks.len().min(MAX_TASKS)
    }

    fn task(&self, task: usize) -> &[Block] {
        let (n, tasks) = (self.blocks.len(), self.tasks());
        &self.blocks[task * n / tasks..(task + 1) * n / tasks]
    }
}

/// One task of a convolution.
#[derive(Debug)]
pub(super) struct Task<'a, V> {
    pub(super) conv: Conv<'a>,
    pub(super) chunks: Chunks,
    pub(super) plan: &'a Plan,
    pub(super) task: usize,
    /// `[inputs]`
    pub(super) snakes: &'a [Snake],
    pub(super) input: &'a [V],
    /// Where the outputs go; the residual is what is there.
    pub(super) output: &'a Output<'a, V>,
    pub(super) residual: bool,
    pub(super) scratch: &'a mut Scratch<V>,
    /// `[outputs]`: set to the moments of this task's samples.
    pub(super) moments: &'a mut [Moments],
}

impl<S: Simd> Work<S> for Task<'_, S::V> {
    type Out = ();

    #[inline(always)]
    fn work(self, s: S) {
        match toom::scheme(self.conv.taps).map(|scheme| (scheme.outputs, scheme.taps)) {
            Some((6, 3)) => self.run(s, &toom::F6_3),
            Some((6, 7)) => self.run(s, &toom::F6_7),
            _ => self.run(s, &toom::F7_6),
        }
    }
}

impl<V: Copy> Task<'_, V> {
    #[inline(always)]
    fn run<S: Simd<V = V>, const M: usize, const R: usize, const N: usize>(
        mut self,
        s: S,
        tables: &Tables<M, R, N>,
    ) {
        let zero = s.splat(0.0);
        let depth = self.conv.taps.div_ceil(R) * self.conv.inputs;
        let panels = self.conv.outputs.div_ceil(PANEL);
        self.scratch.v.resize(N * depth * MAX_TILES, zero);
        self.scratch.m.resize(N * PANEL * MAX_TILES, zero);
        self.scratch.sums.clear();
        self.scratch.sums.resize(self.conv.outputs, (zero, zero, 0.0));
        let blocks = self.plan.task(self.task);
        for (i, block) in blocks.iter().enumerate() {
            self.transform_input(s, tables, *block);
            for panel in 0..panels {
                self.prefetch_output::<S, M>(s, *block, panel);
                if let Some(next) = blocks.get(i + 1) {
                    let share = |panel: usize| panel * self.conv.inputs / panels;
                    self.prefetch_input::<S, M, N>(s, *next, share(panel)..share(panel + 1));
                }
                for point in 0..N {
                    let weights = &self.conv.weights[(panel * N + point) * depth * PANEL..][..depth * PANEL];
                    let v = &self.scratch.v[point * depth * block.count..][..depth * block.count];
                    let m = &mut self.scratch.m[point * PANEL * block.count..][..PANEL * block.count];
                    product::panel(s, weights.as_chunks().0, v, block.count, m);
                }
                self.transform_output(s, tables, *block, panel, i == 0);
            }
        }
        self.tell_moments::<S, M>();
    }

    /// Asks for the rows of `channels` that only `block` reads. A block's rows are short and far apart from channel to
    /// channel, so that the hardware does not foresee them; the products of the block before take long enough.
    #[inline(always)]
    fn prefetch_input<S: Simd<V = V>, const M: usize, const N: usize>(
        &self,
        s: S,
        block: Block,
        channels: Range<usize>,
    ) {
        let first = block.chain + self.conv.dilation * M * block.first;
        let last = first + self.conv.dilation * (M * (block.count - 1) + N);
        for channel in channels {
            let start = self.chunks.start(channel);
            let rows = start + first.min(self.chunks.rows)..start + last.min(self.chunks.rows);
            for row in self.input[rows].iter().step_by(self.conv.dilation) {
                s.prefetch(std::ptr::from_ref(row));
            }
        }
    }

    /// Asks for the rows that `panel` of `block` writes.
    #[inline(always)]
    fn prefetch_output<S: Simd<V = V>, const M: usize>(&self, s: S, block: Block, panel: usize) {
        let first = block.chain + self.conv.dilation * M * block.first;
        let last = (first + self.conv.dilation * M * block.count).min(self.chunks.rows);
        for channel in panel * PANEL..((panel + 1) * PANEL).min(self.conv.outputs) {
            let start = self.chunks.start(channel);
            for row in (first..last).step_by(self.conv.dilation) {
                self.output.prefetch(s, start + row);
            }
        }
    }

    #[inline(always)]
    fn transform_input<S: Simd<V = V>, const M: usize, const R: usize, const N: usize>(
        &mut self,
        s: S,
        tables: &Tables<M, R, N>,
        block: Block,
    ) {
        let (conv, chunks) = (&self.conv, self.chunks);
        let groups = conv.taps.div_ceil(R);
        let depth = groups * conv.inputs;
        let rows = (block.count - 1) * M + N + (groups - 1) * R;
        let before = ((conv.taps - 1) / 2 * conv.dilation).cast_signed();
        let first = (block.chain + conv.dilation * M * block.first).cast_signed() - before;
        let last = first + (conv.dilation * (rows - 1)).cast_signed();
        let inside = first >= 0 && last < chunks.full.cast_signed();
        let mut edges = [Edge {
            offset: 0,
            mask: s.splat(0.0),
        }; MAX_ROWS];
        if !inside {
            for (i, edge) in edges[..rows].iter_mut().enumerate() {
                *edge = chunks.edge(s, first + (conv.dilation * i).cast_signed());
            }
        }
        let mut x = [s.splat(0.0); MAX_ROWS];
        let flat = S::floats(self.input);
        let v = &mut self.scratch.v[..N * depth * block.count];
        for input in 0..conv.inputs {
            let snake = self.snakes[input].wide(s);
            let start = chunks.start(input);
            if inside {
                let from = &self.input[start + first.cast_unsigned()..start + last.cast_unsigned() + 1];
                for (x, from) in x[..rows].iter_mut().zip(from.iter().step_by(conv.dilation)) {
                    *x = snake.apply(s, *from);
                }
            } else {
                for (x, edge) in x[..rows].iter_mut().zip(&edges) {
                    let at = (start * S::LANES).cast_signed() + edge.offset;
                    *x = s.keep(snake.apply(s, s.load(&flat[at.cast_unsigned()..])), edge.mask);
                }
            }
            for group in 0..groups {
                for tile in 0..block.count {
                    let from: &[V; N] = match x[tile * M + group * R..].first_chunk() {
                        Some(from) => from,
                        None => return,
                    };
                    let points = input_tile(s, tables, from);
                    let at = (group * conv.inputs + input) * block.count + tile;
                    for (point, value) in points.into_iter().enumerate() {
                        v[point * depth * block.count + at] = value;
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn transform_output<S: Simd<V = V>, const M: usize, const R: usize, const N: usize>(
        &mut self,
        s: S,
        tables: &Tables<M, R, N>,
        block: Block,
        panel: usize,
        opening: bool,
    ) {
        let (conv, chunks) = (&self.conv, self.chunks);
        let m = &self.scratch.m[..N * PANEL * block.count];
        let channels = PANEL.min(conv.outputs - panel * PANEL);
        for lane in 0..channels {
            let channel = panel * PANEL + lane;
            let bias = s.splat(conv.bias[channel]);
            let (mut sum, mut squares, mut first) = self.scratch.sums[channel];
            let mut shift = s.splat(first);
            let start = chunks.start(channel);
            for tile in 0..block.count {
                let mut points = [bias; N];
                for (point, value) in points.iter_mut().enumerate() {
                    *value = m[(point * PANEL + lane) * block.count + tile];
                }
                let out = output_tile(s, tables, &points, bias);
                let top = block.chain + conv.dilation * M * (block.first + tile);
                for (i, mut y) in out.into_iter().enumerate() {
                    let row = top + conv.dilation * i;
                    if row >= chunks.rows {
                        break;
                    }
                    if self.residual {
                        y = s.add(y, self.output.get(start + row));
                    }
                    self.output.set(start + row, y);
                    if opening && tile == 0 && i == 0 {
                        // Distances are from a first sample: near enough to the mean that nothing is lost.
                        first = S::floats(&[y])[0];
                        shift = s.splat(first);
                    }
                    let mut far = s.sub(y, shift);
                    if row >= chunks.full {
                        far = s.keep(far, chunks.edge(s, row.cast_signed()).mask);
                    }
                    sum = s.add(sum, far);
                    squares = s.fma(far, far, squares);
                }
            }
            self.scratch.sums[channel] = (sum, squares, first);
        }
    }

    #[inline(always)]
    fn tell_moments<S: Simd<V = V>, const M: usize>(&mut self) {
        let mut count = 0;
        for block in self.plan.task(self.task) {
            for i in 0..M * block.count {
                let row = block.chain + self.conv.dilation * (M * block.first + i);
                if row < self.chunks.rows {
                    count += self.chunks.samples_in(row);
                }
            }
        }
        for (channel, moments) in self.moments.iter_mut().enumerate() {
            let (sum, squares, shift) = self.scratch.sums[channel];
            *moments = Moments::of::<S>(count, shift, sum, squares);
        }
    }
}

/// `Bᵀ x`, the two rows of each pair of points from one even and one odd half.
#[inline(always)]
fn input_tile<S: Simd, const M: usize, const R: usize, const N: usize>(
    s: S,
    tables: &Tables<M, R, N>,
    x: &[S::V; N],
) -> [S::V; N] {
    let mut out = [x[0]; N];
    out[0] = half(s, &tables.bt[0], x, 0);
    out[N - 1] = half(s, &tables.bt[N - 1], x, 1);
    let mut pair = 1;
    while pair < N - 1 {
        let even = half(s, &tables.bt[pair], x, 0);
        let odd = half(s, &tables.bt[pair], x, 1);
        out[pair] = s.add(even, odd);
        out[pair + 1] = s.sub(even, odd);
        pair += 2;
    }
    out
}

/// The even (`first` = 0) or odd (1) terms of `row · x`.
#[inline(always)]
fn half<S: Simd, const N: usize>(s: S, row: &[f32; N], x: &[S::V; N], first: usize) -> S::V {
    let mut sum = s.mul(s.splat(row[first]), x[first]);
    let mut i = first + 2;
    while i < N {
        if row[i] != 0.0 {
            sum = s.fma(s.splat(row[i]), x[i], sum);
        }
        i += 2;
    }
    sum
}

/// `Aᵀ m + bias`, even rows from the sums of pairs, odd rows from their differences.
#[inline(always)]
fn output_tile<S: Simd, const M: usize, const R: usize, const N: usize>(
    s: S,
    tables: &Tables<M, R, N>,
    m: &[S::V; N],
    bias: S::V,
) -> [S::V; M] {
    let mut halves = [[bias; N]; 2];
    let mut pair = 1;
    while pair < N - 1 {
        halves[0][pair] = s.add(m[pair], m[pair + 1]);
        halves[1][pair] = s.sub(m[pair], m[pair + 1]);
        pair += 2;
    }
    let mut out = [bias; M];
    out[0] = s.add(out[0], m[0]);
    out[M - 1] = s.add(out[M - 1], m[N - 1]);
    let mut i = 0;
    while i < M {
        let mut pair = 1;
        while pair < N - 1 {
            out[i] = s.fma(s.splat(tables.at[i][pair]), halves[i % 2][pair], out[i]);
            pair += 2;
        }
        i += 1;
    }
    out
}

#[cfg(test)]
mod tests;
