//! Reproducible noise in [−1, 1).

pub fn noise(seed: &mut u64, n: usize) -> impl Iterator<Item = f32> {
    (0..n).map(|_| {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 40) as f32 / (1 << 23) as f32 - 1.0
    })
}
