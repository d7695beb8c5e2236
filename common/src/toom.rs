//! Toom-Cook convolution: its tables, and weights transformed and packed for it.
//!
//! frontd transforms a model's weights once, when the model is converted; workerd multiplies by them. So both the
//! mathematics and the order of the bytes are here.
//!
//! # Mathematics
//!
//! A tile of `M` outputs of a filter of `R` taps is `y = Aᵀ [(G w) ⊙ (Bᵀ x)]` with `N = M + R − 1` products, where
//! direct convolution takes `M·R`. The rows belong to `N` points: polynomials are evaluated there, multiplied and
//! put together again. The points are 0, pairs `±a`, and infinity:
//!
//! - `Aᵀ[i][p] = aₚⁱ` (0⁰ = 1); at infinity only the last output has a 1.
//! - `G[p][r] = aₚʳ / fₚ` with `fₚ = ∏ (aₚ − a_q)` over the other finite points; at infinity only the last tap.
//! - `Bᵀ[p] =` the coefficients of `∏ (x − a_q)` over the other finite points; at infinity over all of them.
//!
//! Each row of `Bᵀ` is scaled by a power of two to entries near one, and `G` by its inverse. Rows of a pair `±a` have the
//! same even entries and opposite odd ones, which halves the work of both transforms.
//! A longer filter is a sum of groups of `R` taps, added up before `Aᵀ`.
//!
//! Sources: S. Winograd, *Arithmetic Complexity of Computations* (1980); A. Lavin and S. Gray, *Fast Algorithms for
//! Convolutional Neural Networks* (2016); B. Barabasz et al., *Error Analysis and Improving the Accuracy of Winograd
//! Convolution for Deep Neural Networks* (2020). The points were found by trying all sets of thirty simple
//! candidates on random data; `ops/kernel-points.py` does it again.

/// Output channels of one panel of packed weights.
pub const PANEL: usize = 8;

/// The tables of `F(M, R)` with `N = M + R − 1` points, in the order 0, a, −a, b, −b, …, infinity.
#[derive(Debug, Clone, Copy)]
pub struct Tables<const M: usize, const R: usize, const N: usize> {
    /// Output transform.
    pub at: [[f32; N]; M],
    /// Weight transform.
    pub g: [[f64; R]; N],
    /// Input transform.
    pub bt: [[f32; N]; N],
}

/// How filters of some length are convolved: `outputs` a tile, `taps` in each of `groups`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    pub outputs: usize,
    pub taps: usize,
    pub groups: usize,
}

impl Scheme {
    #[must_use]
    pub const fn points(self) -> usize {
        self.outputs + self.taps - 1
    }
}

/// The longest filter that has a scheme.
pub const MAX_TAPS: usize = 12;

/// The scheme for a filter of `taps`, or `None` when there is none.
#[must_use]
pub const fn scheme(taps: usize) -> Option<Scheme> {
    let (outputs, group) = match taps {
        1..=3 => (6, 3),
        7 => (6, 7),
        4..=6 | 8..=MAX_TAPS => (7, 6),
        _ => return None,
    };
    Some(Scheme {
        outputs,
        taps: group,
        groups: taps.div_ceil(group),
    })
}

/// Points of `F(6, 3)`: error −121 dB on random data of 128 channels.
pub const F6_3: Tables<6, 3, 8> = tables(&[0.5, 1.0, 2.0]);
/// Points of `F(6, 7)`: error −107 dB.
pub const F6_7: Tables<6, 7, 12> = tables(&[0.4, 0.75, 1.0, 1.6, 8.0 / 3.0]);
/// Points of `F(7, 6)`: error −106 dB.
pub const F7_6: Tables<7, 6, 12> = tables(&[0.375, 0.7, 1.125, 1.6, 8.0 / 3.0]);

/// Floats that [`pack`] makes.
///
/// `None` when no scheme fits or the number overflows.
#[must_use]
pub fn packed_len(outputs: usize, inputs: usize, taps: usize) -> Option<usize> {
    let scheme = scheme(taps)?;
    outputs
        .checked_next_multiple_of(PANEL)?
        .checked_mul(inputs)?
        .checked_mul(scheme.points() * scheme.groups)
}

/// Transforms the weights `[outputs][inputs][taps]` of a convolution and packs them as
/// `[panel][point][group × input][PANEL]`, output channels past the last one zero.
///
/// `None` when the shape does not fit the data or there is no scheme.
#[must_use]
pub fn pack(weights: &[f32], outputs: usize, inputs: usize, taps: usize) -> Option<Vec<f32>> {
    let scheme = scheme(taps)?;
    if weights.len() != outputs.checked_mul(inputs)?.checked_mul(taps)? || weights.is_empty() {
        return None;
    }
    let g: Vec<&[f64]> = match (scheme.outputs, scheme.taps) {
        (6, 3) => F6_3.g.iter().map(|row| &row[..]).collect(),
        (6, 7) => F6_7.g.iter().map(|row| &row[..]).collect(),
        _ => F7_6.g.iter().map(|row| &row[..]).collect(),
    };
    let depth = scheme.groups * inputs;
    let mut packed = vec![0.0; packed_len(outputs, inputs, taps)?];
    for (output, filters) in weights.chunks_exact(inputs * taps).enumerate() {
        let (panel, lane) = (output / PANEL, output % PANEL);
        for (input, filter) in filters.chunks_exact(taps).enumerate() {
            for (group, part) in filter.chunks(scheme.taps).enumerate() {
                for (point, row) in g.iter().enumerate() {
                    let value: f64 = row.iter().zip(part).map(|(g, w)| g * f64::from(*w)).sum();
                    let at = ((panel * g.len() + point) * depth + group * inputs + input) * PANEL + lane;
                    packed[at] = narrow(value);
                }
            }
        }
    }
    Some(packed)
}

/// The tables for the pairs `±a` of `pairs`; `N = 2·P + 2`.
const fn tables<const M: usize, const R: usize, const N: usize, const P: usize>(
    pairs: &[f64; P],
) -> Tables<M, R, N> {
    assert!(N == M + R - 1 && N == 2 * P + 2);
    let mut points = [0.0; N];
    let mut i = 0;
    while i < P {
        points[2 * i + 1] = pairs[i];
        points[2 * i + 2] = -pairs[i];
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
        let scale = power_of_two_near(largest(&poly));
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
const fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests;
