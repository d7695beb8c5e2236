//! The matrix product of one panel of weights and one block's transformed input at one point.
//!
//! `ROWS × TILES` sums stay in registers while the depth runs: each step loads `TILES` vectors, broadcasts `ROWS` weights
//! and does `ROWS · TILES` multiply-adds (8 × 3 of 32 registers with AVX-512, 4 × 3 of 16 with AVX2). Both operands are
//! read in the order they lie in memory.

use std::ops::Range;

use crate::toom::PANEL;

use super::simd::Simd;

/// Tiles whose sums are in registers at once.
pub(super) const TILES: usize = 3;

/// How far ahead weights are asked for, in floats. They come from the third cache or from memory, page by page, and the
/// hardware's own foresight ends at each page.
const AHEAD: usize = 1024;

/// `0..tiles` in groups of at most [`TILES`]. No group of one after one of three: four are two and two, since a product of one
/// waits for its own sums.
pub(super) fn groups(tiles: usize) -> impl Iterator<Item = Range<usize>> {
    let mut first = 0;
    std::iter::from_fn(move || {
        let wide = match tiles - first {
            0 => return None,
            4 => 2,
            left => left.min(TILES),
        };
        first += wide;
        Some(first - wide..first)
    })
}

/// Where the sums of a product go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Of row 0 and tile 0.
    pub(super) first: usize,
    /// From one row to the next.
    pub(super) row: usize,
    /// From one tile to the next.
    pub(super) tile: usize,
}

/// `m[place of row and tile] = Σ weights[depth][row] · v[depth][tile]` for `PANEL` rows and at most [`TILES`] tiles.
#[inline(always)]
pub(super) fn panel<S: Simd>(
    s: S,
    weights: &[[f32; PANEL]],
    v: &[S::V],
    tiles: usize,
    m: &mut [S::V],
    place: Place,
) {
    // The sums of one tile are few: all rows at once, so that none waits for the one before.
    let rows = if tiles == 1 { PANEL } else { S::ROWS };
    for row in (0..PANEL).step_by(rows) {
        let place = Place {
            first: place.first + row * place.row,
            ..place
        };
        match (rows, tiles) {
            (_, 1) => product::<S, PANEL, 1>(s, weights, row, v, m, place),
            (8, 2) => product::<S, 8, 2>(s, weights, row, v, m, place),
            (8, _) => product::<S, 8, TILES>(s, weights, row, v, m, place),
            (_, 2) => product::<S, 4, 2>(s, weights, row, v, m, place),
            (..) => product::<S, 4, TILES>(s, weights, row, v, m, place),
        }
    }
}

/// `ROWS` rows from `row` on of `WIDE` tiles.
#[inline(always)]
fn product<S: Simd, const ROWS: usize, const WIDE: usize>(
    s: S,
    weights: &[[f32; PANEL]],
    row: usize,
    v: &[S::V],
    m: &mut [S::V],
    place: Place,
) {
    let mut sums = [[s.splat(0.0); WIDE]; ROWS];
    for (weights, v) in weights.iter().zip(v.as_chunks::<WIDE>().0) {
        s.prefetch_near(weights.as_ptr().wrapping_add(AHEAD));
        let weights = &weights[row..row + ROWS];
        for row in 0..ROWS {
            let weight = s.splat(weights[row]);
            for tile in 0..WIDE {
                sums[row][tile] = s.fma(weight, v[tile], sums[row][tile]);
            }
        }
    }
    for (row, sums) in sums.into_iter().enumerate() {
        for (tile, sum) in sums.into_iter().enumerate() {
            m[place.first + row * place.row + tile * place.tile] = sum;
        }
    }
}
