use super::super::simd::Portable;
use super::*;

#[test]
fn the_sine_is_right_everywhere() {
    let mut worst: f64 = 0.0;
    let step = if cfg!(miri) { 997 } else { 1 };
    for i in (-40_000..40_000).step_by(step) {
        let t = i as f32 / 10_000.0;
        let [value, ..] = sin_squared(Portable, [t; 4]);
        let exact = (std::f64::consts::PI * f64::from(t)).sin().powi(2);
        worst = worst.max((f64::from(value) - exact).abs());
    }
    assert!(worst < 3e-7, "{worst}");
    for huge in [1e9f32, -3e20, f32::MAX] {
        let [value, ..] = sin_squared(Portable, [huge; 4]);
        assert!((0.0..=1.0).contains(&value), "{huge}: {value}");
    }
}

#[test]
fn moments_of_parts_are_those_of_the_whole() {
    // A small variance beside a large mean.
    let samples: Vec<f64> = (0..1000).map(|i| 5000.0 + f64::from(i % 7) * 0.01).collect();
    let of = |part: &[f64]| {
        let mean = part.iter().sum::<f64>() / part.len() as f64;
        Moments {
            count: part.len() as f64,
            mean,
            squares: part.iter().map(|x| (x - mean).powi(2)).sum(),
        }
    };
    let (whole, parts) = (
        of(&samples),
        of(&samples[..10]).and(of(&samples[10..])).and(Moments::default()),
    );
    assert!((whole.mean - parts.mean).abs() < 1e-9);
    assert!((whole.variance() - parts.variance()).abs() < 1e-9);
}

#[test]
fn a_shift_keeps_a_small_variance_beside_a_large_mean() {
    let x = [5000.0f32, 5000.01, 5000.02, 5000.03];
    let far: Vec<f32> = x.iter().map(|x| x - x.floor().min(5000.0)).collect();
    let squares: Vec<f32> = far.iter().map(|x| x * x).collect();
    let wide = |v: &[f32]| [v[0], v[1], v[2], v[3]];
    let moments = Moments::of::<Portable>(4, 5000.0, wide(&far), wide(&squares));
    assert!(
        (moments.variance() - 1.25e-4).abs() < 2e-6,
        "{}",
        moments.variance()
    );
}
