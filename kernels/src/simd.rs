//! Vectors of floats as the kernels see them: one trait, three machines.
//!
//! Code is written once over [`Simd`] and compiled for each machine by [`Simd::run`]. A value of an implementing
//! type is the proof that this CPU has the instructions, so that all methods are safe to call.

#[cfg(target_arch = "x86_64")]
pub(super) mod x86;

/// The most lanes of any machine.
pub(super) const MAX_LANES: usize = 16;

/// The instructions of one machine.
pub(super) trait Simd: Copy + Send + Sync {
    /// A vector of [`Self::LANES`] floats.
    type V: Copy + Send + Sync;
    const LANES: usize;
    /// Weight rows that a product holds in registers: 4 or 8, a divisor of [`crate::toom::PANEL`].
    const ROWS: usize;

    fn splat(self, x: f32) -> Self::V;
    /// The first [`Self::LANES`] floats of `from`, which may be unaligned.
    ///
    /// # Panics
    /// When `from` is shorter.
    fn load(self, from: &[f32]) -> Self::V;
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a · b + c`.
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// To the nearest whole number.
    fn round(self, a: Self::V) -> Self::V;
    /// The bits of `a` where those of `mask` are set: a lane is kept (all ones) or becomes zero, even if not a number.
    fn keep(self, a: Self::V, mask: Self::V) -> Self::V;

    /// Turns the square of the first [`Self::LANES`] vectors: lane `j` of vector `i` becomes lane `i` of vector `j`.
    fn transpose(self, square: &mut [Self::V; MAX_LANES]);

    /// Asks for the cache line of `at` before it is needed: into the second cache. Any address will do.
    fn prefetch<T>(self, at: *const T);
    /// As [`Self::prefetch`], into the first cache.
    fn prefetch_near<T>(self, at: *const T);

    fn floats(of: &[Self::V]) -> &[f32];
    fn floats_mut(of: &mut [Self::V]) -> &mut [f32];

    /// Runs `work` compiled for this machine.
    fn run<W: Work<Self>>(self, work: W) -> W::Out;
}

/// Something to compute with the instructions of `S`.
pub(super) trait Work<S> {
    type Out;
    /// Must be `#[inline(always)]`, as must all that it calls in a loop: only then is it compiled for the machine.
    fn work(self, simd: S) -> Self::Out;
}

/// No special instructions: the reference, and what runs where there are none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portable;

const PORTABLE_LANES: usize = 4;

impl Simd for Portable {
    type V = [f32; PORTABLE_LANES];
    const LANES: usize = PORTABLE_LANES;
    const ROWS: usize = 4;

    #[inline(always)]
    fn splat(self, x: f32) -> Self::V {
        [x; PORTABLE_LANES]
    }
    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::V {
        std::array::from_fn(|i| from[i])
    }
    #[inline(always)]
    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] + b[i])
    }
    #[inline(always)]
    fn sub(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] - b[i])
    }
    #[inline(always)]
    fn mul(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] * b[i])
    }
    #[inline(always)]
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] * b[i] + c[i])
    }
    #[inline(always)]
    fn round(self, a: Self::V) -> Self::V {
        a.map(f32::round_ties_even)
    }
    #[inline(always)]
    fn keep(self, a: Self::V, mask: Self::V) -> Self::V {
        std::array::from_fn(|i| f32::from_bits(a[i].to_bits() & mask[i].to_bits()))
    }
    #[inline(always)]
    fn transpose(self, square: &mut [Self::V; MAX_LANES]) {
        let from = *square;
        for (i, vector) in square[..PORTABLE_LANES].iter_mut().enumerate() {
            for (x, other) in vector.iter_mut().zip(&from) {
                *x = other[i];
            }
        }
    }
    #[inline(always)]
    fn prefetch<T>(self, _: *const T) {}
    #[inline(always)]
    fn prefetch_near<T>(self, _: *const T) {}
    fn floats(of: &[Self::V]) -> &[f32] {
        of.as_flattened()
    }
    fn floats_mut(of: &mut [Self::V]) -> &mut [f32] {
        of.as_flattened_mut()
    }
    fn run<W: Work<Self>>(self, work: W) -> W::Out {
        work.work(self)
    }
}
