//! Pitch, level and spectrum of a few seconds of speech, by plain sums: enough to tell voices apart.

use std::sync::LazyLock;

use common::SAMPLE_RATE;

const RATE: f32 = SAMPLE_RATE as f32;
const WINDOW: usize = 1200;
const HOP: usize = 240;
/// Periods that are looked for, in samples: 421 to 60 Hz.
const PERIODS: std::ops::Range<usize> = 57..400;
/// Of a window.
static HANN: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let turn = |i| std::f32::consts::TAU * i as f32 / WINDOW as f32;
    (0..WINDOW).map(|i| 0.5 - 0.5 * turn(i).cos()).collect()
});
/// A window is voiced when its autocorrelation has a peak above this, and is not quieter than this below the loudest.
const VOICED: f32 = 0.55;
const QUIET_DB: f32 = 30.0;

/// Median fundamental frequency of the voiced windows in Hz; panics where nothing is voiced.
pub(crate) fn pitch(pcm: &[f32]) -> f32 {
    median(contour(pcm).into_iter().flatten().collect())
}

pub(crate) fn semitones(hz: f32, over: f32) -> f32 {
    12.0 * (hz / over).log2()
}

/// Root mean square, in dB below full scale.
pub(crate) fn level_db(pcm: &[f32]) -> f32 {
    10.0 * (pcm.iter().map(|x| x * x).sum::<f32>() / pcm.len() as f32 + 1e-12).log10()
}

/// Long-term level of 18 bands a third of an octave wide, 125 Hz to 6.3 kHz, in dB against their mean.
pub(crate) fn spectrum(pcm: &[f32]) -> Vec<f32> {
    let bands: Vec<f32> = (0..18)
        .map(|band| {
            let centre = 125.0 * 2f32.powf(band as f32 / 3.0);
            let points = 12;
            let power: f32 = (0..points)
                .map(|i| power_at(pcm, centre * 2f32.powf((i as f32 / points as f32 - 0.5) / 3.0)))
                .sum();
            10.0 * (power + 1e-12).log10()
        })
        .collect();
    let mean = bands.iter().sum::<f32>() / bands.len() as f32;
    bands.iter().map(|level| level - mean).collect()
}

/// Mean power of the windows at a frequency (Goertzel, Hann window).
fn power_at(pcm: &[f32], hz: f32) -> f32 {
    let turn = std::f32::consts::TAU * hz / RATE;
    let coefficient = 2.0 * turn.cos();
    let windows: Vec<f32> = pcm
        .windows(WINDOW)
        .step_by(WINDOW / 2)
        .map(|window| {
            let (mut one, mut two) = (0.0f32, 0.0f32);
            for (sample, hann) in window.iter().zip(&*HANN) {
                let next = sample * hann + coefficient * one - two;
                (one, two) = (next, one);
            }
            one * one + two * two - coefficient * one * two
        })
        .collect();
    windows.iter().sum::<f32>() / windows.len() as f32
}

fn contour(pcm: &[f32]) -> Vec<Option<f32>> {
    let windows = || pcm.windows(WINDOW).step_by(HOP);
    let loudest = windows().map(level_db).fold(-200.0, f32::max);
    windows()
        .map(|window| {
            (level_db(window) > loudest - QUIET_DB)
                .then(|| window_pitch(window))
                .flatten()
        })
        .collect()
}

fn median(mut values: Vec<f32>) -> f32 {
    assert!(!values.is_empty(), "nothing voiced");
    values.sort_by(f32::total_cmp);
    values[values.len() / 2]
}

fn window_pitch(window: &[f32]) -> Option<f32> {
    let energy: f32 = window.iter().map(|x| x * x).sum();
    let correlation = |lag: usize| -> f32 {
        let sum: f32 = window.iter().zip(&window[lag..]).map(|(a, b)| a * b).sum();
        sum / energy * window.len() as f32 / (window.len() - lag) as f32
    };
    let values: Vec<f32> = PERIODS.map(correlation).collect();
    let best = values.iter().copied().fold(f32::MIN, f32::max);
    // The first peak that is nearly the best: later ones are multiples of the period.
    let at = (1..values.len() - 1)
        .find(|&i| values[i] > 0.85 * best && values[i] >= values[i - 1] && values[i] >= values[i + 1])?;
    (best > VOICED).then(|| RATE / (PERIODS.start + at) as f32)
}
