//! Toom-Cook convolution: its tables, and weights transformed and packed for it.
//!
//! The conversion transforms a model's weights once; the kernels multiply by them. So both the mathematics and the order
//! of the bytes are here.
//!
//! # Mathematics
//!
//! A tile of `M` outputs of a filter of `R` taps is `y = Aᵀ [(G w) ⊙ (Bᵀ x)]` with `N = M + R − 1` products, where
//! direct convolution takes `M·R`. The rows belong to `N` points: polynomials are evaluated there, multiplied and
//! put together again. The points are pairs `±a`, infinity, and 0 where `N` is even:
//!
//! - `Aᵀ[i][p] = aₚⁱ` (0⁰ = 1); at infinity only the last output has a 1.
//! - `G[p][r] = aₚʳ / fₚ` with `fₚ = ∏ (aₚ − a_q)` over the other finite points; at infinity only the last tap.
//! - `Bᵀ[p] =` the coefficients of `∏ (x − a_q)` over the other finite points; at infinity over all of them.
//!
//! Each row of `Bᵀ` is scaled by a power of two to entries near one, and `G` by its inverse. Rows of a pair `±a` have the
//! same even entries and opposite odd ones, which halves the work of both transforms.
//!
//! A filter of 8 to 12 taps is **nested**: two halves `g₀`, `g₁` of six taps, and tiles of six outputs, so that the window
//! which half `i` needs for part `j` of the outputs is window `i + j` of the input, six samples apart. Parts and
//! halves are thus again a convolution, of two taps, whose products are whole tiles of `F(6, 6)`. Its points are 0, 1,
//! −1 and infinity, which add almost no error: three parts (18 outputs) for four tiles of eleven products, 44 where
//! direct convolution of 11 taps takes 198. A tile of fewer parts uses some of the same four sets of weights
//! ([`SETS`]).
//!
//! Sources: S. Winograd, *Arithmetic Complexity of Computations* (1980); A. Lavin and S. Gray, *Fast Algorithms for
//! Convolutional Neural Networks* (2016); B. Barabasz et al., *Error Analysis and Improving the Accuracy of Winograd
//! Convolution for Deep Neural Networks* (2020). The points were found by trying all sets of thirty simple
//! candidates on random data; `dev/kernel-points.py` does it again.

use super::simd::MAX_LANES;

/// Output channels of one panel of packed weights.
pub const PANEL: usize = 8;

/// Panels that are packed side by side, so that one point's input is used for all of them while it is near.
pub const GROUP: usize = 4;

/// The tables of `F(M, R)` with `N = M + R − 1` points, in the order 0 (if `N` is even), a, −a, b, −b, …, infinity.
#[derive(Debug, Clone, Copy)]
pub struct Tables<const M: usize, const R: usize, const N: usize> {
    /// Output transform.
    pub at: [[f32; N]; M],
    /// Weight transform.
    pub g: [[f64; R]; N],
    /// Input transform.
    pub bt: [[f32; N]; N],
}

/// How filters of some length are convolved: `outputs` a tile or part of a tile, `taps` a filter or half of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    pub outputs: usize,
    pub taps: usize,
    /// Whether two halves of the filter are convolved by [`SETS`].
    pub nested: bool,
}

impl Scheme {
    #[must_use]
    pub const fn points(self) -> usize {
        self.outputs + self.taps - 1
    }

    /// Taps of a whole filter, with zeros where there are fewer.
    #[must_use]
    pub const fn filter(self) -> usize {
        if self.nested { 2 * self.taps } else { self.taps }
    }

    /// Sets of transformed weights.
    #[must_use]
    pub const fn sets(self) -> usize {
        if self.nested { SETS.len() } else { 1 }
    }
}

/// What the sets of a nested filter have of its two halves: the points 0, 1, −1 and infinity.
pub const SETS: [[f64; 2]; 4] = [[1.0, 0.0], [0.5, 0.5], [0.5, -0.5], [0.0, 1.0]];

/// The longest filter that has a scheme.
pub const MAX_TAPS: usize = 12;

/// The scheme for a filter of `taps`, or `None` when there is none.
#[must_use]
pub const fn scheme(taps: usize) -> Option<Scheme> {
    let (outputs, taps, nested) = match taps {
        1..=3 => (6, 3, false),
        4..=7 => (6, 7, false),
        8..=MAX_TAPS => (6, 6, true),
        _ => return None,
    };
    Some(Scheme {
        outputs,
        taps,
        nested,
    })
}

/// Points of `F(6, 3)`: error −121 dB on random data of 128 channels.
pub const F6_3: Tables<6, 3, 8> = tables(&[0.5, 1.0, 2.0]);
/// Points of `F(6, 7)`: error −107 dB.
pub const F6_7: Tables<6, 7, 12> = tables(&[0.4, 0.75, 1.0, 1.6, 8.0 / 3.0]);
/// Points of `F(6, 6)`: error −107 dB, nested.
pub const F6_6: Tables<6, 6, 11> = tables(&[0.25, 0.6, 0.9, 1.6, 3.0]);

/// Where the weights of a convolution lie: `[group][set][point][panel of the group][input][PANEL]`.
///
/// The last group has as many panels as are left, its last panel zeros past the last output channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packing {
    pub panels: usize,
    pub sets: usize,
    pub points: usize,
    pub inputs: usize,
}

impl Packing {
    /// `None` when there is no scheme for `taps`.
    #[must_use]
    pub fn of(outputs: usize, inputs: usize, taps: usize) -> Option<Self> {
        let scheme = scheme(taps)?;
        Some(Self {
            panels: outputs.div_ceil(PANEL),
            sets: scheme.sets(),
            points: scheme.points(),
            inputs,
        })
    }

    /// Floats of all weights; `None` when the number overflows.
    #[must_use]
    pub fn floats(self) -> Option<usize> {
        self.panels
            .checked_mul(PANEL)?
            .checked_mul(self.inputs)?
            .checked_mul(self.sets * self.points)
    }

    /// The first float of a panel at a point of a set; `inputs · PANEL` of them follow.
    #[must_use]
    #[inline]
    pub fn start(self, panel: usize, set: usize, point: usize) -> usize {
        let first = panel / GROUP * GROUP;
        let together = GROUP.min(self.panels - first);
        let before = first * self.sets * self.points;
        (before + (set * self.points + point) * together + (panel - first)) * self.inputs * PANEL
    }
}

/// Floats that [`pack`] makes.
///
/// `None` when no scheme fits or the number overflows.
#[must_use]
pub fn packed_len(outputs: usize, inputs: usize, taps: usize) -> Option<usize> {
    Packing::of(outputs, inputs, taps)?.floats()
}

/// Transforms the weights `[outputs][inputs][taps]` of a convolution and packs them as [`Packing`] says.
///
/// `None` when the shape does not fit the data or there is no scheme.
#[must_use]
pub fn pack(weights: &[f32], outputs: usize, inputs: usize, taps: usize) -> Option<Vec<f32>> {
    let scheme = scheme(taps)?;
    let packing = Packing::of(outputs, inputs, taps)?;
    if weights.len() != outputs.checked_mul(inputs)?.checked_mul(taps)? || weights.is_empty() {
        return None;
    }
    let g: Vec<&[f64]> = match scheme.points() {
        8 => F6_3.g.iter().map(|row| &row[..]).collect(),
        12 => F6_7.g.iter().map(|row| &row[..]).collect(),
        _ => F6_6.g.iter().map(|row| &row[..]).collect(),
    };
    let sets: &[[f64; 2]] = if scheme.nested { &SETS } else { &SETS[..1] };
    let mut packed = vec![0.0; packing.floats()?];
    for (output, filters) in weights.chunks_exact(inputs * taps).enumerate() {
        let (panel, lane) = (output / PANEL, output % PANEL);
        for (input, filter) in filters.chunks_exact(taps).enumerate() {
            let (low, high) = filter.split_at(scheme.taps.min(taps));
            let tap = |half: &[f32], r: usize| half.get(r).map_or(0.0, |w| f64::from(*w));
            for (set, [a, b]) in sets.iter().enumerate() {
                for (point, row) in g.iter().enumerate() {
                    let taps = row.iter().enumerate();
                    let value: f64 = taps.map(|(r, g)| g * (a * tap(low, r) + b * tap(high, r))).sum();
                    packed[packing.start(panel, set, point) + input * PANEL + lane] = narrow(value);
                }
            }
        }
    }
    Some(packed)
}

/// Floats of one tap of one panel that is packed plainly: as many as whole vectors of any machine hold.
#[must_use]
pub const fn plain_row(inputs: usize) -> usize {
    (inputs * PANEL).next_multiple_of(MAX_LANES)
}

/// Floats that [`pack_plain`] makes.
///
/// `None` when no scheme fits or the number overflows.
#[must_use]
pub fn plain_len(outputs: usize, inputs: usize, taps: usize) -> Option<usize> {
    let row = inputs.checked_mul(PANEL)?.checked_next_multiple_of(MAX_LANES)?;
    let rows = outputs.div_ceil(PANEL).checked_mul(scheme(taps)?.filter())?;
    rows.checked_mul(row)
}

/// Packs the weights `[outputs][inputs][taps]` of a convolution as they are: `[panel][tap][input][PANEL]`, each tap filled up with zeros
/// to [`plain_row`], and as many taps as the scheme's filter has. They are transformed when they are used, which suits a
/// convolution of many channels and few samples: three taps take 3 floats in memory where their transform takes 8.
///
/// `None` when the shape does not fit the data or there is no scheme.
#[must_use]
pub fn pack_plain(weights: &[f32], outputs: usize, inputs: usize, taps: usize) -> Option<Vec<f32>> {
    let (filter, row) = (scheme(taps)?.filter(), plain_row(inputs));
    if weights.len() != outputs.checked_mul(inputs)?.checked_mul(taps)? || weights.is_empty() {
        return None;
    }
    let mut packed = vec![0.0; plain_len(outputs, inputs, taps)?];
    for (output, filters) in weights.chunks_exact(inputs * taps).enumerate() {
        let (panel, lane) = (output / PANEL, output % PANEL);
        for (input, own) in filters.chunks_exact(taps).enumerate() {
            for (tap, weight) in own.iter().enumerate() {
                packed[(panel * filter + tap) * row + input * PANEL + lane] = *weight;
            }
        }
    }
    Some(packed)
}

/// The tables for the pairs `±a` of `pairs`; `N = 2·P + 2` with the point 0, `2·P + 1` without.
const fn tables<const M: usize, const R: usize, const N: usize, const P: usize>(
    pairs: &[f64; P],
) -> Tables<M, R, N> {
    assert!(N == M + R - 1 && (N == 2 * P + 2 || N == 2 * P + 1));
    let zero = N - 1 - 2 * P;
    let mut points = [0.0; N];
    let mut i = 0;
    while i < P {
        points[zero + 2 * i] = pairs[i];
        points[zero + 2 * i + 1] = -pairs[i];
        i += 1;
    }
    let mut out = Tables {
        at: [[0.0; N]; M],
        g: [[0.0; R]; N],
        bt: [[0.0; N]; N],
    };
    let mut p = 0;
    while p < N {
        let finite = p < N - 1;
        // The product over the other finite points, and its value at this one.
        let mut poly = [0.0; N];
        poly[0] = 1.0;
        let mut factor = 1.0;
        let mut degree = 0;
        let mut q = 0;
        while q < N - 1 {
            if q != p {
                let mut c = degree + 1;
                while c > 0 {
                    poly[c] = poly[c - 1] - points[q] * poly[c];
                    c -= 1;
                }
                poly[0] *= -points[q];
                degree += 1;
                if finite {
                    factor *= points[p] - points[q];
                }
            }
            q += 1;
        }
        let mut scale = power_of_two_near(largest(&poly));
        if zero == 0 && points[p] < 0.0 {
            // Without the factor x it is the even entries that differ: turned round, so that pairs are alike everywhere.
            scale = -scale;
        }
        let mut c = 0;
        while c < N {
            out.bt[p][c] = narrow(poly[c] / scale);
            c += 1;
        }
        let mut power = 1.0;
        let mut r = 0;
        while r < R {
            out.g[p][r] = if finite {
                power / factor * scale
            } else if r == R - 1 {
                scale
            } else {
                0.0
            };
            power *= points[p];
            r += 1;
        }
        power = 1.0;
        let mut m = 0;
        while m < M {
            out.at[m][p] = if finite {
                narrow(power)
            } else if m == M - 1 {
                1.0
            } else {
                0.0
            };
            power *= points[p];
            m += 1;
        }
        p += 1;
    }
    out
}

const fn largest(values: &[f64]) -> f64 {
    let mut most: f64 = 0.0;
    let mut i = 0;
    while i < values.len() {
        most = most.max(values[i].abs());
        i += 1;
    }
    most
}

/// The power of two nearest to `value` > 0 by ratio.
const fn power_of_two_near(value: f64) -> f64 {
    let mut power = 1.0;
    while power * std::f64::consts::SQRT_2 < value {
        power *= 2.0;
    }
    while power / std::f64::consts::SQRT_2 > value {
        power /= 2.0;
    }
    power
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounded to the precision that is computed in"
)]
pub(super) const fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests;
