//! AVX-512 and AVX2 with FMA.
#![allow(
    unsafe_code,
    reason = "vector instructions; each value of the two types proves that the CPU has them"
)]

use std::arch::x86_64::*;

use super::{MAX_LANES, Simd, Work};

/// AVX-512F: sixteen lanes, thirty-two registers.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Avx512(());

/// AVX2 and FMA: eight lanes, sixteen registers.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Avx2(());

impl Avx512 {
    /// The proof, where this CPU and operating system have AVX-512F.
    pub(in super::super) fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx512f").then_some(Self(()))
    }
}

impl Avx2 {
    /// The proof, where this CPU and operating system have AVX2 and FMA.
    pub(in super::super) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }
}

/// What the two machines have in common: the same instructions on vectors of another width.
macro_rules! simd {
    ($machine:ident, $vector:ty, $lanes:literal lanes, $rows:literal rows, $features:literal,
     $set1:ident $loadu:ident $add:ident $sub:ident $mul:ident $fmadd:ident,
     round $round:expr, keep $keep:expr, transpose $transpose:expr) => {
        impl Simd for $machine {
            type V = $vector;
            const LANES: usize = $lanes;
            const ROWS: usize = $rows;

            #[inline(always)]
            fn splat(self, x: f32) -> Self::V {
                // SAFETY: `self` proves that the CPU has the instructions.
                unsafe { $set1(x) }
            }
            #[inline(always)]
            fn load(self, from: &[f32]) -> Self::V {
                let from = &from[..Self::LANES];
                // SAFETY: as in `splat`, and `from` has as many floats as are read.
                unsafe { $loadu(from.as_ptr()) }
            }
            #[inline(always)]
            fn add(self, a: Self::V, b: Self::V) -> Self::V {
                // SAFETY: as in `splat`.
                unsafe { $add(a, b) }
            }
            #[inline(always)]
            fn sub(self, a: Self::V, b: Self::V) -> Self::V {
                // SAFETY: as in `splat`.
                unsafe { $sub(a, b) }
            }
            #[inline(always)]
            fn mul(self, a: Self::V, b: Self::V) -> Self::V {
                // SAFETY: as in `splat`.
                unsafe { $mul(a, b) }
            }
            #[inline(always)]
            fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
                // SAFETY: as in `splat`.
                unsafe { $fmadd(a, b, c) }
            }
            #[inline(always)]
            fn round(self, a: Self::V) -> Self::V {
                // SAFETY: as in `splat`.
                unsafe { $round(a) }
            }
            #[inline(always)]
            fn keep(self, a: Self::V, mask: Self::V) -> Self::V {
                // SAFETY: as in `splat`.
                unsafe { $keep(a, mask) }
            }
            #[inline(always)]
            fn transpose(self, square: &mut [Self::V; MAX_LANES]) {
                // SAFETY: as in `splat`.
                unsafe { $transpose(square) }
            }
            #[inline(always)]
            fn prefetch<T>(self, at: *const T) {
                // SAFETY: every x86-64 CPU has the instruction; it takes any address and reads nothing.
                unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) }
            }
            #[inline(always)]
            fn prefetch_near<T>(self, at: *const T) {
                // SAFETY: as in `prefetch`.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
            }
            fn floats(of: &[Self::V]) -> &[f32] {
                // SAFETY: a vector is so many floats in a row with no padding, any bits are a float, the alignment is greater.
                unsafe { std::slice::from_raw_parts(of.as_ptr().cast(), of.len() * Self::LANES) }
            }
            fn floats_mut(of: &mut [Self::V]) -> &mut [f32] {
                // SAFETY: as in `floats`; the borrow of `of` is held by the result.
                unsafe { std::slice::from_raw_parts_mut(of.as_mut_ptr().cast(), of.len() * Self::LANES) }
            }
            fn run<W: Work<Self>>(self, work: W) -> W::Out {
                #[target_feature(enable = $features)]
                fn inner<W: Work<$machine>>(simd: $machine, work: W) -> W::Out {
                    work.work(simd)
                }
                // SAFETY: as in `splat`.
                unsafe { inner(self, work) }
            }
        }
    };
}

simd!(
    Avx512, __m512, 16 lanes, 8 rows, "avx512f",
    _mm512_set1_ps _mm512_loadu_ps _mm512_add_ps _mm512_sub_ps _mm512_mul_ps _mm512_fmadd_ps,
    round _mm512_roundscale_ps::<0>, keep and_512, transpose transpose_512
);

simd!(
    Avx2, __m256, 8 lanes, 4 rows, "avx2,fma",
    _mm256_set1_ps _mm256_loadu_ps _mm256_add_ps _mm256_sub_ps _mm256_mul_ps _mm256_fmadd_ps,
    round _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>, keep _mm256_and_ps,
    transpose transpose_256
);

/// The AND of floats themselves is another extension's.
#[inline]
#[target_feature(enable = "avx512f")]
fn and_512(a: __m512, mask: __m512) -> __m512 {
    _mm512_castsi512_ps(_mm512_and_si512(
        _mm512_castps_si512(a),
        _mm512_castps_si512(mask),
    ))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn transpose_512(square: &mut [__m512; MAX_LANES]) {
    let r = *square;
    // Quarters of 4 × 4 within the 128-bit parts, then the parts.
    let mut u = r;
    for g in (0..16).step_by(4) {
        let t = [
            _mm512_castps_pd(_mm512_unpacklo_ps(r[g], r[g + 1])),
            _mm512_castps_pd(_mm512_unpackhi_ps(r[g], r[g + 1])),
            _mm512_castps_pd(_mm512_unpacklo_ps(r[g + 2], r[g + 3])),
            _mm512_castps_pd(_mm512_unpackhi_ps(r[g + 2], r[g + 3])),
        ];
        u[g] = _mm512_castpd_ps(_mm512_unpacklo_pd(t[0], t[2]));
        u[g + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(t[0], t[2]));
        u[g + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(t[1], t[3]));
        u[g + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(t[1], t[3]));
    }
    for j in 0..4 {
        let a = _mm512_shuffle_f32x4::<0x88>(u[j], u[4 + j]);
        let b = _mm512_shuffle_f32x4::<0xdd>(u[j], u[4 + j]);
        let c = _mm512_shuffle_f32x4::<0x88>(u[8 + j], u[12 + j]);
        let d = _mm512_shuffle_f32x4::<0xdd>(u[8 + j], u[12 + j]);
        square[j] = _mm512_shuffle_f32x4::<0x88>(a, c);
        square[4 + j] = _mm512_shuffle_f32x4::<0x88>(b, d);
        square[8 + j] = _mm512_shuffle_f32x4::<0xdd>(a, c);
        square[12 + j] = _mm512_shuffle_f32x4::<0xdd>(b, d);
    }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn transpose_256(square: &mut [__m256; MAX_LANES]) {
    let r = *square;
    // Quarters of 4 × 4 within the 128-bit parts, then the parts.
    let mut u = r;
    for g in (0..8).step_by(4) {
        let t = [
            _mm256_castps_pd(_mm256_unpacklo_ps(r[g], r[g + 1])),
            _mm256_castps_pd(_mm256_unpackhi_ps(r[g], r[g + 1])),
            _mm256_castps_pd(_mm256_unpacklo_ps(r[g + 2], r[g + 3])),
            _mm256_castps_pd(_mm256_unpackhi_ps(r[g + 2], r[g + 3])),
        ];
        u[g] = _mm256_castpd_ps(_mm256_unpacklo_pd(t[0], t[2]));
        u[g + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(t[0], t[2]));
        u[g + 2] = _mm256_castpd_ps(_mm256_unpacklo_pd(t[1], t[3]));
        u[g + 3] = _mm256_castpd_ps(_mm256_unpackhi_pd(t[1], t[3]));
    }
    for j in 0..4 {
        square[j] = _mm256_permute2f128_ps::<0x20>(u[j], u[4 + j]);
        square[4 + j] = _mm256_permute2f128_ps::<0x31>(u[j], u[4 + j]);
    }
}
