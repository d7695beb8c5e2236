//! The transforms of one tile in registers: `Bᵀ` on the way in, `Aᵀ` on the way out, and around them what nests two
//! halves of a filter ([`crate::toom`]). `P` is the number of parts of a nested tile, 0 of one that is not.

use crate::toom::Tables;

use super::super::simd::Simd;

/// The sets of weights that a tile of `P` parts is multiplied by.
pub(super) const fn sets<const P: usize>() -> &'static [usize] {
    match P {
        0 => &[0],
        1 => &[0, 3],
        2 => &[0, 1, 3],
        _ => &[0, 1, 2, 3],
    }
}

/// The tile of `N` samples that the products of set number `set` of [`sets`] need, from windows `M` rows apart.
#[inline(always)]
pub(super) fn window<S: Simd, const M: usize, const N: usize, const P: usize>(
    s: S,
    x: &[S::V],
    set: usize,
) -> [S::V; N] {
    let mut out = [x[0]; N];
    let at = |window: usize, i: usize| x[window * M + i];
    let mut i = 0;
    while i < N {
        out[i] = match (P, set) {
            (0 | 1, _) => at(set, i),
            (2, 0) => s.sub(at(0, i), at(1, i)),
            // The set holds half of the sum.
            (2, 1) => s.add(at(1, i), at(1, i)),
            (2, _) => s.sub(at(2, i), at(1, i)),
            (_, 0) => s.sub(at(0, i), at(2, i)),
            (_, 1) => s.add(at(1, i), at(2, i)),
            (_, 2) => s.sub(at(2, i), at(1, i)),
            _ => s.sub(at(3, i), at(1, i)),
        };
        i += 1;
    }
    out
}

/// The products of `part` of a tile, from those of all its sets.
#[inline(always)]
pub(super) fn part<S: Simd, const P: usize>(s: S, part: usize, m: impl Fn(usize) -> S::V) -> S::V {
    match (P, part) {
        (0, _) => m(0),
        (1, _) => s.add(m(0), m(1)),
        (2, 0) => s.add(m(0), m(1)),
        (2, _) => s.add(m(1), m(2)),
        (_, 0) => s.add(m(0), s.add(m(1), m(2))),
        (_, 1) => s.sub(m(1), m(2)),
        _ => s.add(s.add(m(1), m(2)), m(3)),
    }
}

/// `Bᵀ x`, the two rows of each pair of points from one even and one odd half.
#[inline(always)]
pub(super) fn input_tile<S: Simd, const M: usize, const R: usize, const N: usize>(
    s: S,
    tables: &Tables<M, R, N>,
    x: &[S::V; N],
) -> [S::V; N] {
    let zero = 1 - N % 2;
    let mut out = [x[0]; N];
    if zero == 1 {
        out[0] = half(s, &tables.bt[0], x, 0);
    }
    out[N - 1] = half(s, &tables.bt[N - 1], x, zero);
    let mut pair = zero;
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
pub(super) fn output_tile<S: Simd, const M: usize, const R: usize, const N: usize>(
    s: S,
    tables: &Tables<M, R, N>,
    m: &[S::V; N],
    bias: S::V,
) -> [S::V; M] {
    let zero = 1 - N % 2;
    let mut halves = [[bias; N]; 2];
    let mut pair = zero;
    while pair < N - 1 {
        halves[0][pair] = s.add(m[pair], m[pair + 1]);
        halves[1][pair] = s.sub(m[pair], m[pair + 1]);
        pair += 2;
    }
    let mut out = [bias; M];
    if zero == 1 {
        out[0] = s.add(out[0], m[0]);
    }
    out[M - 1] = s.add(out[M - 1], m[N - 1]);
    let mut i = 0;
    while i < M {
        let mut pair = zero;
        while pair < N - 1 {
            out[i] = s.fma(s.splat(tables.at[i][pair]), halves[i % 2][pair], out[i]);
            pair += 2;
        }
        i += 1;
    }
    out
}
