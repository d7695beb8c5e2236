use super::*;

/// As many cases as `PROPTEST_CASES` says (`dev/check-kernels fuzz`), few where each is slow.
pub(super) fn config() -> proptest::test_runner::Config {
    let default = proptest::test_runner::Config::default();
    proptest::test_runner::Config {
        cases: if cfg!(miri) { 3 } else { default.cases },
        failure_persistence: None,
        ..default
    }
}

/// Reproducible noise in [−1, 1).
pub(super) fn noise(seed: &mut u64, n: usize) -> Vec<f32> {
    (0..n)
        .map(|_| {
            *seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (*seed >> 40) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

#[test]
fn instructions_have_names() {
    assert_eq!("avx2".parse(), Ok(Isa::Avx2));
    assert!("sse".parse::<Isa>().is_err());
}
