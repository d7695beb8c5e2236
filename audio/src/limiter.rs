//! Volume without clipping: a limiter that looks ahead, so that loud passages become quieter instead of
//! distorted.

/// The loudest sample that leaves here, about -0.2 dBFS: MP3 decoding overshoots a little.
pub const CEILING: f32 = 0.98;
/// 5 ms. The gain is decided for a block at a time and moves in a straight line between blocks.
pub const BLOCK: usize = 120;
/// How far the gain may fall or recover in a block: it is down within 50 ms before a peak and back 200 ms
/// after it.
const ATTACK: f32 = 0.1;
const RELEASE: f32 = 0.025;

/// Multiplies `pcm` by `volume` and keeps it within ±[`CEILING`]. Samples that are no numbers become silence.
///
/// The gain within a block never exceeds what the block's own peak allows: each of its two ends is the smaller
/// one of the two blocks that meet there, and the slopes only lower them.
pub fn apply(pcm: &mut [f32], volume: f32) {
    go_on(pcm, volume, 1.0);
}

/// [`apply`] for a sound that comes in parts: begins with the gain that the part before ended with, and returns its own last.
pub fn go_on(pcm: &mut [f32], volume: f32, before: f32) -> f32 {
    for sample in pcm.iter_mut() {
        *sample *= volume;
        if !sample.is_finite() {
            *sample = 0.0;
        }
    }
    let peak = |block: &[f32]| block.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let peaks: Vec<_> = pcm.chunks(BLOCK).map(peak).collect();
    hold(pcm, &peaks, CEILING, before)
}

/// Keeps `pcm` within ±`ceiling` by the `peaks` of its blocks of [`BLOCK`] samples, which are not below those of the samples. Begins and
/// ends as [`go_on`].
pub fn hold(pcm: &mut [f32], peaks: &[f32], ceiling: f32, before: f32) -> f32 {
    if before >= 1.0 && peaks.iter().all(|peak| *peak <= ceiling) {
        return 1.0;
    }
    let gains = edge_gains(peaks, ceiling, before);
    for (block, edges) in pcm.chunks_mut(BLOCK).zip(gains.windows(2)) {
        let step = (edges[1] - edges[0]) / BLOCK as f32;
        for (i, sample) in block.iter_mut().enumerate() {
            *sample = (*sample * (edges[0] + step * i as f32)).clamp(-ceiling, ceiling);
        }
    }
    gains.last().copied().unwrap_or(before)
}

/// The gain at the edges of blocks, one more than there are blocks; `before` the first.
fn edge_gains(peaks: &[f32], ceiling: f32, before: f32) -> Vec<f32> {
    let allowed = peaks.iter().map(|peak| (ceiling / peak).min(1.0));
    let mut edges = vec![1.0_f32; peaks.len() + 1];
    edges[0] = before.min(1.0);
    for (i, gain) in allowed.enumerate() {
        edges[i] = edges[i].min(gain);
        edges[i + 1] = edges[i + 1].min(gain);
    }
    for i in 1..edges.len() {
        edges[i] = edges[i].min(edges[i - 1] + RELEASE);
    }
    for i in (1..edges.len()).rev() {
        edges[i - 1] = edges[i - 1].min(edges[i] + ATTACK);
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(samples: usize, amplitude: f32) -> Vec<f32> {
        (0..samples)
            .map(|i| amplitude * (i as f32 * 0.05).sin())
            .collect()
    }

    #[test]
    fn leaves_what_fits_alone() {
        let mut pcm = sine(5000, 0.4);
        apply(&mut pcm, 2.0);
        let doubled: Vec<f32> = sine(5000, 0.4).iter().map(|s| s * 2.0).collect();
        assert_eq!(pcm, doubled);
    }

    #[test]
    fn makes_loud_sound_quieter_without_flattening_it() {
        let mut pcm = sine(24_000, 0.5);
        apply(&mut pcm, 10.0);
        assert!(pcm.iter().all(|s| s.abs() <= CEILING));
        // A clipped sine sits on its ceiling most of the time; this one only at its crests.
        let flat = pcm.iter().filter(|s| s.abs() > CEILING * 0.999).count();
        assert!(flat < pcm.len() / 20, "{flat} samples at the ceiling");
    }

    #[test]
    fn steps_of_gain_are_inaudible_and_the_ceiling_holds_around_a_click() {
        let mut pcm = vec![0.3_f32; 24_000];
        pcm[12_000] = 8.0;
        apply(&mut pcm, 1.0);
        assert!(pcm.iter().all(|s| s.abs() <= CEILING));
        assert!((pcm[2_000] - 0.3).abs() < 1e-6 && (pcm[22_000] - 0.3).abs() < 1e-6);
        let smooth = pcm
            .windows(2)
            .enumerate()
            .filter(|(i, _)| !(11_999..=12_000).contains(i));
        let jump = smooth.map(|(_, w)| (w[1] - w[0]).abs()).fold(0.0, f32::max);
        assert!(jump < 0.002, "{jump}");
    }

    #[test]
    fn silences_what_is_no_number() {
        let mut pcm = vec![f32::NAN, f32::INFINITY, -0.5, f32::NEG_INFINITY];
        apply(&mut pcm, 1.0);
        assert_eq!(pcm, [0.0, 0.0, -0.5, 0.0]);
        apply(&mut pcm, f32::NAN);
        assert_eq!(pcm, [0.0; 4]);
        apply(&mut [], 3.0);
    }
}
