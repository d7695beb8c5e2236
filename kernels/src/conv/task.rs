//! One task of a convolution: its blocks, one after the other.

use std::ops::Range;

use crate::toom::{self, GROUP, PANEL, Packing, Tables};

use super::plan::{Block, MAX_TILES, MAX_WINDOW, Plan};
use super::transform::{input_tile, output_tile, part, sets, window};
use super::{Pass, Weights};
use crate::activation::Moments;
use crate::chunks::Edge;
use crate::output::Output;
use crate::product::{self, Place};
use crate::simd::{Simd, Work};

/// Vectors between one point's transformed input and the next's. Without them the points would be multiples of 4 KB apart, and
/// a tile's values would all compete for the same few lines of the first cache.
const SPACE: usize = 2;

/// What one task works in; kept from run to run.
#[derive(Debug)]
pub(crate) struct Scratch<V> {
    v: Vec<V>,
    m: Vec<V>,
    /// Weights of one panel, transformed.
    w: Vec<V>,
    /// Rows that are not wholly inside, of the tiles of one block.
    edges: Vec<Edge<V>>,
    /// Per output channel: sums of `y − shift` and of its square in lanes, and the shift.
    sums: Vec<(V, V, f32)>,
}

impl<V> Default for Scratch<V> {
    fn default() -> Self {
        Self {
            v: Vec::new(),
            m: Vec::new(),
            w: Vec::new(),
            edges: Vec::new(),
            sums: Vec::new(),
        }
    }
}

/// One task of a convolution.
#[derive(Debug)]
pub(super) struct Task<'a, V> {
    pub(super) pass: Pass<'a, V>,
    pub(super) plan: &'a Plan,
    pub(super) task: usize,
    /// Where the outputs go; the residual is what is there.
    pub(super) output: &'a Output<'a, V>,
    pub(super) scratch: &'a mut Scratch<V>,
    /// `[outputs]`: those of this task's channels are set to the moments of its samples.
    pub(super) moments: &'a mut [Moments],
}

impl<S: Simd> Work<S> for Task<'_, S::V> {
    type Out = ();

    #[inline(always)]
    fn work(mut self, s: S) {
        let zero = s.splat(0.0);
        self.scratch.sums.clear();
        self.scratch
            .sums
            .resize(self.pass.conv.outputs, (zero, zero, 0.0));
        let (points, Some(packing)) = (
            toom::scheme(self.pass.conv.taps).map_or(0, toom::Scheme::points),
            Packing::of(self.pass.conv.outputs, self.pass.conv.inputs, self.pass.conv.taps),
        ) else {
            return;
        };
        let (blocks, panels) = self.plan.task(self.task);
        for (i, block) in blocks.iter().enumerate() {
            let now = Now {
                packing,
                panels: (panels.start, panels.end),
                tiles: &self.plan.tiles[block.tiles.clone()],
                next: blocks.get(i + 1),
                opening: i == 0,
            };
            match (points, block.parts) {
                (8, _) => self.block::<S, 6, 3, 8, 0>(s, &toom::F6_3, now),
                (12, _) => self.block::<S, 6, 7, 12, 0>(s, &toom::F6_7, now),
                (_, 1) => self.block::<S, 6, 6, 11, 1>(s, &toom::F6_6, now),
                (_, 2) => self.block::<S, 6, 6, 11, 2>(s, &toom::F6_6, now),
                _ => self.block::<S, 6, 6, 11, 3>(s, &toom::F6_6, now),
            }
        }
        self.tell_moments::<S>();
    }
}

/// The block at hand.
#[derive(Debug, Clone, Copy)]
struct Now<'a> {
    packing: Packing,
    /// The first panel of the task and the first that is another's.
    panels: (usize, usize),
    /// The first row of each tile's outputs.
    tiles: &'a [usize],
    next: Option<&'a Block>,
    /// Whether it is the first of its task.
    opening: bool,
}

/// Where a tile's window is.
#[derive(Debug, Clone, Copy, Default)]
struct View {
    /// The first row that has to be read; those before it are the last of the tile before.
    first: isize,
    rows: usize,
    inside: bool,
    /// Its first edge, where it is not inside.
    edge: usize,
}

impl<V: Copy> Task<'_, V> {
    /// `P` as in [`super::transform`].
    #[inline(always)]
    fn block<S: Simd<V = V>, const M: usize, const R: usize, const N: usize, const P: usize>(
        &mut self,
        s: S,
        tables: &Tables<M, R, N>,
        now: Now<'_>,
    ) {
        let (zero, count) = (s.splat(0.0), now.tiles.len());
        let (inputs, (first, last)) = (self.pass.conv.inputs, now.panels);
        let (deep, values) = (inputs * count, sets::<P>().len() * N);
        let each = PANEL * count * values;
        self.scratch
            .v
            .resize(self.scratch.v.len().max(values * (deep + SPACE)), zero);
        self.scratch
            .m
            .resize(self.scratch.m.len().max(GROUP * each), zero);
        self.transform_input::<S, M, R, N, P>(s, tables, now);
        // Weights that are transformed here are one panel's at a time, so that they stay in the second cache.
        let together = match self.pass.conv.weights {
            Weights::Transformed(_) => GROUP,
            Weights::Plain(_) => 1,
        };
        for start in (first..last).step_by(together) {
            let group = start..(start + together).min(last);
            self.prefetch_output::<S, M, P>(s, now.tiles, group.clone());
            if let Some(next) = now.next {
                let share = |panel: usize| (panel - first) * inputs / (last - first);
                self.prefetch_input::<S, M>(s, next, share(group.start)..share(group.end));
            }
            // The weights, how they are packed, and which panel is the first of them.
            let (weights, packing, origin) = match self.pass.conv.weights {
                Weights::Transformed(all) => (all, now.packing, 0),
                Weights::Plain(plain) => {
                    let alone = Packing {
                        panels: 1,
                        ..now.packing
                    };
                    let w = &mut self.scratch.w;
                    transform_weights::<S, M, R, N, P>(s, tables, alone, plain, start, w);
                    (S::floats(w), alone, start)
                }
            };
            for (i, set) in sets::<P>().iter().enumerate() {
                for point in 0..N {
                    let value = i * N + point;
                    let v = &self.scratch.v[value * (deep + SPACE)..][..deep];
                    for tiles in product::groups(count) {
                        let v = &v[tiles.start * inputs..tiles.end * inputs];
                        for (at, panel) in group.clone().enumerate() {
                            let start = packing.start(panel - origin, *set, point);
                            let weights = &weights[start..][..inputs * PANEL];
                            let place = Place {
                                first: at * each + tiles.start * values + value,
                                row: count * values,
                                tile: values,
                            };
                            product::panel(
                                s,
                                weights.as_chunks().0,
                                v,
                                tiles.len(),
                                &mut self.scratch.m,
                                place,
                            );
                        }
                    }
                }
            }
            for (at, panel) in group.enumerate() {
                self.transform_output::<S, M, R, N, P>(s, tables, now, panel, at * each);
            }
        }
    }

    /// Asks for the rows of `channels` that `block` reads. A tile's rows are short and far apart from channel to
    /// channel, so that the hardware does not foresee them; the products of the block before take long enough.
    #[inline(always)]
    fn prefetch_input<S: Simd<V = V>, const M: usize>(&self, s: S, block: &Block, channels: Range<usize>) {
        let dilation = self.pass.conv.dilation;
        let tiles = &self.plan.tiles[block.tiles.clone()];
        for (i, top) in tiles.iter().enumerate() {
            let end = top + dilation * M * block.parts.max(1);
            // What is past the end is read too, by the next tile if there is one.
            let more = if tiles.get(i + 1) == Some(&end) {
                0
            } else {
                self.pass.conv.taps / 2 * dilation
            };
            let last = (end + more).min(self.pass.chunks.rows);
            for channel in channels.clone() {
                let start = self.pass.chunks.start(channel);
                for row in self.pass.input[start + top..start + last]
                    .iter()
                    .step_by(dilation)
                {
                    s.prefetch(std::ptr::from_ref(row));
                }
            }
        }
    }

    /// Asks for the rows that `panels` of `tiles` write.
    #[inline(always)]
    fn prefetch_output<S: Simd<V = V>, const M: usize, const P: usize>(
        &self,
        s: S,
        tiles: &[usize],
        panels: Range<usize>,
    ) {
        let dilation = self.pass.conv.dilation;
        for channel in panels.start * PANEL..(panels.end * PANEL).min(self.pass.conv.outputs) {
            let start = self.pass.chunks.start(channel);
            for top in tiles {
                let last = (top + dilation * M * P.max(1)).min(self.pass.chunks.rows);
                for row in (*top..last).step_by(dilation) {
                    self.output.prefetch(s, start + row);
                }
            }
        }
    }

    /// Where the windows of `tiles` are; the rows of those at the edges go to the scratch.
    #[inline(always)]
    fn views<S: Simd<V = V>, const M: usize, const N: usize, const P: usize>(
        &mut self,
        s: S,
        tiles: &[usize],
    ) -> [View; MAX_TILES] {
        let dilation = self.pass.conv.dilation;
        let before = ((self.pass.conv.taps - 1) / 2 * dilation).cast_signed();
        let (outputs, all) = (M * P.max(1), P * M + N);
        let mut views = [View::default(); MAX_TILES];
        self.scratch.edges.clear();
        for (i, top) in tiles.iter().enumerate() {
            let follows = i > 0 && tiles[i - 1] + dilation * outputs == *top;
            let rows = if follows { outputs } else { all };
            let first = top.cast_signed() - before + (dilation * (all - rows)).cast_signed();
            let last = first + (dilation * (rows - 1)).cast_signed();
            let inside = first >= 0 && last < self.pass.chunks.full.cast_signed();
            views[i] = View {
                first,
                rows,
                inside,
                edge: self.scratch.edges.len(),
            };
            if !inside {
                for row in 0..rows {
                    let edge = self.pass.chunks.edge(s, first + (dilation * row).cast_signed());
                    self.scratch.edges.push(edge);
                }
            }
        }
        views
    }

    #[inline(always)]
    fn transform_input<S: Simd<V = V>, const M: usize, const R: usize, const N: usize, const P: usize>(
        &mut self,
        s: S,
        tables: &Tables<M, R, N>,
        now: Now<'_>,
    ) {
        const { assert!(P * M + N <= MAX_WINDOW) };
        let views = self.views::<S, M, N, P>(s, now.tiles);
        let (conv, chunks, count) = (&self.pass.conv, self.pass.chunks, now.tiles.len());
        let pitch = conv.inputs * count + SPACE;
        let flat = S::floats(self.pass.input);
        let v = &mut self.scratch.v[..sets::<P>().len() * N * pitch];
        // Where each tile's value of the first input is, and how far the next input's is.
        let mut places = [(0, 0); MAX_TILES];
        for tiles in product::groups(count) {
            for tile in tiles.clone() {
                places[tile] = (tiles.start * conv.inputs + tile - tiles.start, tiles.len());
            }
        }
        let mut x = [s.splat(0.0); MAX_WINDOW];
        for input in 0..conv.inputs {
            let snake = self.pass.snakes[input].wide(s);
            let start = chunks.start(input);
            for (tile, view) in views[..count].iter().enumerate() {
                let kept = P * M + N - view.rows;
                x.copy_within(M * P.max(1)..M * P.max(1) + kept, 0);
                let fresh = &mut x[kept..P * M + N];
                if view.inside {
                    let first = start + view.first.cast_unsigned();
                    let from = &self.pass.input[first..=first + conv.dilation * (view.rows - 1)];
                    // Two at once: the sine is one long chain of instructions.
                    let mut pairs = fresh.chunks_exact_mut(2);
                    let mut row = 0;
                    for pair in &mut pairs {
                        let (a, b) = (from[row], from[row + conv.dilation]);
                        (pair[0], pair[1]) = (snake.apply(s, a), snake.apply(s, b));
                        row += 2 * conv.dilation;
                    }
                    for x in pairs.into_remainder() {
                        *x = snake.apply(s, from[row]);
                    }
                } else {
                    for (x, edge) in fresh.iter_mut().zip(&self.scratch.edges[view.edge..]) {
                        let at = (start * S::LANES).cast_signed() + edge.offset;
                        *x = s.keep(snake.apply(s, s.load(&flat[at.cast_unsigned()..])), edge.mask);
                    }
                }
                let at = places[tile].0 + input * places[tile].1;
                for set in 0..sets::<P>().len() {
                    let points = input_tile(s, tables, &window::<S, M, N, P>(s, &x, set));
                    for (point, value) in points.into_iter().enumerate() {
                        v[(set * N + point) * pitch + at] = value;
                    }
                }
            }
        }
    }

    /// `at`: where the panel's products are.
    #[inline(always)]
    fn transform_output<S: Simd<V = V>, const M: usize, const R: usize, const N: usize, const P: usize>(
        &mut self,
        s: S,
        tables: &Tables<M, R, N>,
        now: Now<'_>,
        panel: usize,
        at: usize,
    ) {
        let (conv, chunks, count) = (&self.pass.conv, self.pass.chunks, now.tiles.len());
        let values = sets::<P>().len() * N;
        let m = &self.scratch.m[at..][..PANEL * count * values];
        let channels = PANEL.min(conv.outputs - panel * PANEL);
        for lane in 0..channels {
            let channel = panel * PANEL + lane;
            let bias = s.splat(conv.bias[channel]);
            let (mut sum, mut squares, mut shift) = self.scratch.sums[channel];
            let start = chunks.start(channel);
            for (tile, top) in now.tiles.iter().enumerate() {
                let m = &m[(lane * count + tile) * values..][..values];
                for number in 0..P.max(1) {
                    let mut points = [bias; N];
                    for (point, value) in points.iter_mut().enumerate() {
                        let of = |set: usize| m[set * N + point];
                        *value = part::<S, P>(s, number, of);
                    }
                    let mut out = output_tile(s, tables, &points, bias);
                    let top = top + conv.dilation * number * M;
                    let at = |i: usize| start + top + conv.dilation * i;
                    let rows = chunks.rows.saturating_sub(top).div_ceil(conv.dilation).min(M);
                    if self.pass.residual {
                        for (i, y) in out[..rows].iter_mut().enumerate() {
                            *y = s.add(*y, self.output.get(at(i)));
                        }
                    }
                    if now.opening && (tile, number) == (0, 0) {
                        // Distances are from a first sample: near enough to the mean that nothing is lost.
                        shift = S::floats(&out[..1])[0];
                    }
                    let wide = s.splat(shift);
                    if top + conv.dilation * (M - 1) < chunks.full {
                        for (i, y) in out.into_iter().enumerate() {
                            self.output.set(at(i), y);
                            let far = s.sub(y, wide);
                            sum = s.add(sum, far);
                            squares = s.fma(far, far, squares);
                        }
                    } else {
                        for (i, y) in out[..rows].iter().enumerate() {
                            self.output.set(at(i), *y);
                            let row = (top + conv.dilation * i).cast_signed();
                            let far = s.keep(s.sub(*y, wide), chunks.edge(s, row).mask);
                            sum = s.add(sum, far);
                            squares = s.fma(far, far, squares);
                        }
                    }
                }
            }
            self.scratch.sums[channel] = (sum, squares, shift);
        }
    }

    #[inline(always)]
    fn tell_moments<S: Simd<V = V>>(&mut self) {
        let outputs = toom::scheme(self.pass.conv.taps).map_or(0, |scheme| scheme.outputs);
        let (blocks, panels) = self.plan.task(self.task);
        let mut count = 0;
        for block in blocks {
            for top in &self.plan.tiles[block.tiles.clone()] {
                for i in 0..outputs * block.parts.max(1) {
                    let row = top + self.pass.conv.dilation * i;
                    if row < self.pass.chunks.rows {
                        count += self.pass.chunks.samples_in(row);
                    }
                }
            }
        }
        let channels = panels.start * PANEL..(panels.end * PANEL).min(self.pass.conv.outputs);
        for channel in channels {
            let (sum, squares, shift) = self.scratch.sums[channel];
            self.moments[channel] = Moments::of::<S>(count, shift, sum, squares);
        }
    }
}

/// Transforms the weights of a panel into `out`, packed as `packing` says; only those of [`sets`] are set.
#[inline(always)]
fn transform_weights<S: Simd, const M: usize, const R: usize, const N: usize, const P: usize>(
    s: S,
    tables: &Tables<M, R, N>,
    packing: Packing,
    plain: &[f32],
    panel: usize,
    out: &mut Vec<S::V>,
) {
    let (each, row) = (packing.inputs * PANEL, toom::plain_row(packing.inputs));
    let filter = if P == 0 { R } else { 2 * R };
    let floats = packing.sets * N * each;
    out.resize(out.len().max(floats.div_ceil(S::LANES)), s.splat(0.0));
    let out = S::floats_mut(out);
    let g = tables.g.map(|row| row.map(|g| s.splat(toom::narrow(g))));
    let taps = &plain[panel * filter * row..][..filter * row];
    for from in (0..each).step_by(S::LANES) {
        let n = S::LANES.min(each - from);
        for set in sets::<P>() {
            let [low, high] = toom::SETS[*set].map(|share| s.splat(toom::narrow(share)));
            let mut w = [low; R];
            for (tap, w) in w.iter_mut().enumerate() {
                *w = s.load(&taps[tap * row + from..]);
                if P > 0 {
                    let second = s.load(&taps[(R + tap) * row + from..]);
                    *w = s.fma(high, second, s.mul(low, *w));
                }
            }
            for (point, g) in g.iter().enumerate() {
                let mut sum = s.mul(g[0], w[0]);
                for tap in 1..R {
                    sum = s.fma(g[tap], w[tap], sum);
                }
                let sum = S::floats(std::slice::from_ref(&sum));
                let to = &mut out[packing.start(0, *set, point) + from..];
                // A whole vector is one store: its length is known when this is compiled.
                if n == S::LANES {
                    to[..S::LANES].copy_from_slice(sum);
                } else {
                    to[..n].copy_from_slice(&sum[..n]);
                }
            }
        }
    }
}
