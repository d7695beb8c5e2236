//! Adaptive instance normalisation followed by the Snake activation.
//!
//! AdaIN gives each channel the mean and size that the style asks for: `v = (1 + γ) (w (x − μ) / √(σ² + ε) + b) + β`, with γ and β
//! from the style, w and b of the layer, and μ and σ² over the channel's samples. Once μ and σ² are known it is one
//! multiplication and one addition a sample. Snake is `v + sin²(αv) / α`.
//! Sources: X. Huang and S. Belongie, *Arbitrary Style Transfer in Real-time with Adaptive Instance Normalization* (2017);
//! L. Ziyin et al., *Neural Networks Fail to Learn Periodic Functions and How to Fix It* (2020).

use std::f32::consts::PI;

use super::simd::Simd;

/// Count, mean and sum of squared distances from the mean of some samples.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Moments {
    pub(super) count: f64,
    pub(super) mean: f64,
    pub(super) squares: f64,
}

impl Moments {
    /// From sums in lanes of `x − shift` and its square over `count` samples. The shift keeps a small variance beside
    /// a large mean from being lost.
    #[inline(always)]
    pub(super) fn of<S: Simd>(count: usize, shift: f32, sum: S::V, squares: S::V) -> Self {
        let total = |v: S::V| S::floats(&[v]).iter().map(|x| f64::from(*x)).sum::<f64>();
        #[expect(clippy::cast_precision_loss, reason = "far fewer samples than 2^53")]
        let count = count as f64;
        let (sum, squares) = (total(sum), total(squares));
        let mean = if count > 0.0 { sum / count } else { 0.0 };
        Self {
            count,
            mean: mean + f64::from(shift),
            squares: (squares - mean * sum).max(0.0),
        }
    }

    /// The moments of both sets of samples together (Chan, Golub and LeVeque, 1979).
    pub(super) fn and(self, other: Self) -> Self {
        let count = self.count + other.count;
        if count == 0.0 {
            return self;
        }
        let apart = other.mean - self.mean;
        Self {
            count,
            mean: self.mean + apart * other.count / count,
            squares: self.squares + other.squares + apart * apart * self.count * other.count / count,
        }
    }

    /// The same distribution over another number of samples.
    pub(super) fn counted_as(self, count: f64) -> Self {
        if self.count == 0.0 {
            return self;
        }
        Self {
            count,
            squares: self.squares * count / self.count,
            ..self
        }
    }

    fn variance(self) -> f64 {
        if self.count > 0.0 {
            self.squares / self.count
        } else {
            0.0
        }
    }
}

/// What a layer's AdaIN and Snake have of their own: `[channels]` each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layer<'a> {
    pub(super) weight: &'a [f32],
    pub(super) offset: &'a [f32],
    pub(super) alpha: &'a [f32],
    pub(super) epsilon: f32,
}

/// One channel's AdaIN and Snake as constants of a sample.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Snake {
    scale: f32,
    offset: f32,
    /// α / π
    turns: f32,
    /// 1 / α
    inverse: f32,
}

/// [`Snake`] in every lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wide<V> {
    scale: V,
    offset: V,
    turns: V,
    inverse: V,
}

/// The constants of every channel; `style` is `1 + γ` and `β`.
pub(super) fn snakes(layer: Layer<'_>, style: [&[f32]; 2], moments: &[Moments], into: &mut Vec<Snake>) {
    into.clear();
    let [gain, shift] = style;
    for (c, moments) in moments.iter().enumerate() {
        let size = f64::from(layer.weight[c]) / (moments.variance() + f64::from(layer.epsilon)).sqrt();
        let gain = f64::from(gain[c]);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rounded to the precision that is computed in"
        )]
        into.push(Snake {
            scale: (gain * size) as f32,
            offset: (gain * (f64::from(layer.offset[c]) - moments.mean * size) + f64::from(shift[c])) as f32,
            turns: layer.alpha[c] / PI,
            inverse: 1.0 / layer.alpha[c],
        });
    }
}

impl Snake {
    /// Leaves every finite sample as it is.
    pub(super) const NONE: Self = Self {
        scale: 1.0,
        offset: 0.0,
        turns: 0.0,
        inverse: 0.0,
    };

    #[inline(always)]
    pub(super) fn wide<S: Simd>(self, s: S) -> Wide<S::V> {
        Wide {
            scale: s.splat(self.scale),
            offset: s.splat(self.offset),
            turns: s.splat(self.turns),
            inverse: s.splat(self.inverse),
        }
    }
}

impl<V: Copy> Wide<V> {
    /// AdaIN and Snake of one vector.
    #[inline(always)]
    pub(super) fn apply<S: Simd<V = V>>(self, s: S, x: V) -> V {
        let v = s.fma(x, self.scale, self.offset);
        s.fma(sin_squared(s, s.mul(v, self.turns)), self.inverse, v)
    }
}

/// `sin²(π t)`, within 2·10⁻⁷ for any finite `t`.
///
/// The period is 1, so `f = t − round(t)` is exact and in [−½, ½]; then a polynomial in f² (interpolated at Chebyshev
/// nodes, degree 6).
#[inline(always)]
fn sin_squared<S: Simd>(s: S, t: S::V) -> S::V {
    const P: [f32; 6] = [
        9.869_604,
        -32.469_67,
        42.727_19,
        -30.101_393,
        13.049_766,
        -3.356_053_6,
    ];
    let f = s.sub(t, s.round(t));
    let z = s.mul(f, f);
    let mut p = s.fma(z, s.splat(P[5]), s.splat(P[4]));
    p = s.fma(p, z, s.splat(P[3]));
    p = s.fma(p, z, s.splat(P[2]));
    p = s.fma(p, z, s.splat(P[1]));
    p = s.fma(p, z, s.splat(P[0]));
    s.mul(p, z)
}

#[cfg(test)]
mod tests;
