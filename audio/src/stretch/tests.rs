use proptest::prelude::*;

use super::*;

fn stretched(pcm: &[f32], speed: f32) -> Vec<f32> {
    let mut stretch = Stretch::new(speed);
    let mut out = stretch.push(pcm);
    out.extend(stretch.finish());
    out
}

/// A hum of 150 Hz with harmonics, as a voice has them.
fn hum(samples: usize) -> Vec<f32> {
    let wave = |i: usize, k: f32| (std::f32::consts::TAU * 150.0 * k * i as f32 / 24_000.0).sin() / k;
    (0..samples)
        .map(|i| 0.2 * (wave(i, 1.0) + wave(i, 2.0) + wave(i, 3.0)))
        .collect()
}

/// Beginnings of periods a second.
fn pitch(pcm: &[f32]) -> f32 {
    let rises = pcm.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
    rises as f32 * 24_000.0 / pcm.len() as f32
}

fn level(pcm: &[f32]) -> f32 {
    (pcm.iter().map(|s| s * s).sum::<f32>() / pcm.len() as f32).sqrt()
}

#[test]
fn the_pitch_and_the_level_stay() {
    let sound = hum(48_000);
    for speed in [0.25, 0.5, 0.8, 1.25, 2.0, 3.0, 4.0] {
        let out = stretched(&sound, speed);
        assert!((out.len() as f32 - 48_000.0 / speed).abs() <= 0.5);
        let inner = &out[1000..out.len() - 1000];
        assert!(
            (pitch(inner) / pitch(&sound) - 1.0).abs() < 0.02,
            "{speed}: {} Hz",
            pitch(inner)
        );
        assert!(
            (level(inner) / level(&sound) - 1.0).abs() < 0.03,
            "{speed}: {}",
            level(inner)
        );
    }
}

#[test]
fn what_is_heard_is_where_the_speed_puts_it() {
    for speed in [0.5, 1.5, 2.0] {
        let mut sound = vec![0.0; 72_000];
        sound[24_000..26_400].copy_from_slice(&hum(2400));
        let out = stretched(&sound, speed);
        let begins = out.iter().position(|s| s.abs() > 0.02).unwrap();
        let late = begins as f32 - 24_000.0 / speed;
        assert!(late.abs() < (HOP + SEARCH) as f32, "{speed}: {late} samples late");
    }
}

#[test]
fn at_speed_1_the_samples_are_untouched_and_come_at_once() {
    let sound = hum(5000);
    let mut stretch = Stretch::new(1.0);
    assert_eq!(stretch.push(&sound), sound);
    assert!(stretch.finish().is_empty());
}

#[test]
fn little_is_kept_back() {
    let sound = hum(48_000);
    for speed in [0.25, 0.5, 1.25, 2.0, 4.0] {
        let mut stretch = Stretch::new(speed);
        for (i, part) in sound.chunks(2400).enumerate() {
            stretch.push(part);
            let heard = (stretch.windows * HOP) as f32 * speed;
            let kept = ((i + 1) * 2400) as f32 - heard;
            // 40 ms, and what would not make a window.
            assert!(kept < 960.0 + HOP as f32 * speed, "{speed}: {kept}");
            assert!(stretch.sound.len() < 2400 + 4 * HOP, "{speed}");
        }
    }
}

#[test]
fn silence_and_what_is_no_number_do_no_harm() {
    assert!(stretched(&[], 2.0).is_empty());
    assert_eq!(stretched(&[0.5], 4.0).len(), 0);
    assert_eq!(stretched(&[0.5], 0.25).len(), 4);
    assert_eq!(stretched(&vec![0.0; 4800], 0.5), vec![0.0; 9600]);
    assert_eq!(stretched(&vec![f32::NAN; 4800], 2.0).len(), 2400);
    assert_eq!(stretched(&vec![f32::INFINITY; 4800], 2.0).len(), 2400);
}

proptest! {
    #[test]
    fn parts_make_the_sound_of_the_whole(
        sizes in prop::collection::vec(0usize..3000, 0..12),
        speed in 0.25_f32..4.0,
        seed in any::<u32>(),
    ) {
        let mut noise = seed;
        let sound: Vec<f32> = hum(sizes.iter().sum())
            .into_iter()
            .map(|hum| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                hum + noise as f32 / u32::MAX as f32 - 0.5
            })
            .collect();
        let mut stretch = Stretch::new(speed);
        let mut out = Vec::new();
        let mut rest = sound.as_slice();
        for size in sizes {
            let (part, others) = rest.split_at(size);
            out.extend(stretch.push(part));
            rest = others;
        }
        out.extend(stretch.finish());
        prop_assert!((out.len() as f64 - sound.len() as f64 / f64::from(speed)).abs() <= 0.5);
        prop_assert_eq!(out, stretched(&sound, speed));
    }
}
