//! The matrix product of one panel of weights and one block's transformed input at one point.
//!
//! `ROWS × TILES` sums stay in registers while the depth runs: each step loads `TILES` vectors, broadcasts `ROWS` weights
//! and does `ROWS · TILES` multiply-adds (8 × 3 of 32 registers with AVX-512, 4 × 3 of 16 with AVX2). Both operands are
//! read in the order they lie in memory.

use common::toom::PANEL;

use super::simd::Simd;

/// How far ahead weights are asked for, in floats. They come from the third cache or from memory, page by page, and the
/// hardware's own foresight ends at each page.
const AHEAD: usize = 1024;

/// `m[row][tile] = Σ weights[depth][row] · v[depth][tile]` for `PANEL` rows and `tiles` tiles.
#[inline(always)]
pub(super) fn panel<S: Simd>(s: S, weights: &[[f32; PANEL]], v: &[S::V], tiles: usize, m: &mut [S::V]) {
    let mut tile = 0;
    while tile < tiles {
        // No product of one tile after one of three: four are two and two.
        let width = match tiles - tile {
            1 => 1,
            2 | 4 => 2,
            _ => 3,
        };
        for row in (0..PANEL).step_by(S::ROWS) {
            let part = Part {
                weights,
                row,
                v,
                tile,
                tiles,
            };
            let m = &mut m[row * tiles + tile..];
            match (S::ROWS, width) {
                (8, 1) => part.product::<S, 8, 1>(s, m),
                (8, 2) => part.product::<S, 8, 2>(s, m),
                (8, _) => part.product::<S, 8, 3>(s, m),
                (_, 1) => part.product::<S, 4, 1>(s, m),
                (_, 2) => part.product::<S, 4, 2>(s, m),
                (..) => part.product::<S, 4, 3>(s, m),
            }
        }
        tile += width;
    }
}

/// Some rows and tiles of a product.
#[derive(Debug, Clone, Copy)]
struct Part<'a, V> {
    weights: &'a [[f32; PANEL]],
    row: usize,
    v: &'a [V],
    tile: usize,
    tiles: usize,
}

impl<V: Copy> Part<'_, V> {
    #[inline(always)]
    fn product<S: Simd<V = V>, const ROWS: usize, const TILES: usize>(self, s: S, m: &mut [V]) {
        let mut sums = [[s.splat(0.0); TILES]; ROWS];
        for (weights, v) in self.weights.iter().zip(self.v.chunks_exact(self.tiles)) {
            s.prefetch_near(weights.as_ptr().wrapping_add(AHEAD));
            let v = &v[self.tile..self.tile + TILES];
            let weights = &weights[self.row..self.row + ROWS];
            for row in 0..ROWS {
                let weight = s.splat(weights[row]);
                for tile in 0..TILES {
                    sums[row][tile] = s.fma(weight, v[tile], sums[row][tile]);
                }
            }
        }
        for (i, sums) in sums.into_iter().enumerate() {
            m[i * self.tiles..][..TILES].copy_from_slice(&sums);
        }
    }
}
