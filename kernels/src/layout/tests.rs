use super::super::simd::Portable;
use super::super::tests::noise;
use super::*;

/// Runs the parts from the last to the first; fails if there is one only.
fn backwards(parts: usize, f: &(dyn Fn(usize) + Sync)) {
    assert!(parts > 1, "too short to be parted");
    (0..parts).rev().for_each(f);
}

#[test]
#[cfg_attr(miri, ignore = "no code of its own that is unsafe, and far too slow")]
fn parts_are_the_whole_and_phases_take_turns() {
    // No multiple of the lanes, and of the parts neither.
    let (channels, samples) = (6, FEW / 6 + 3);
    let natural = noise(&mut 7, channels * samples);
    let chunks = Chunks::of::<Portable>(samples);
    let mut signal = vec![[f32::NAN; 4]; chunks.vectors(channels)];
    let moments = gather(Portable, chunks, &natural, &mut signal, &backwards);
    for (channel, moments) in natural.chunks(samples).zip(&moments) {
        let mean = channel.iter().map(|x| f64::from(*x)).sum::<f64>() / samples as f64;
        assert!((moments.mean - mean).abs() < 1e-6 && moments.count == samples as f64);
    }

    let mut back = vec![f32::NAN; natural.len()];
    scatter(Portable, chunks, &signal, 1, &mut back, &backwards);
    assert_eq!(back, natural);

    let mut turns = vec![f32::NAN; natural.len()];
    scatter(Portable, chunks, &signal, 2, &mut turns, &backwards);
    for (pair, turns) in natural.chunks(2 * samples).zip(turns.chunks(2 * samples)) {
        let expected = (0..2 * samples).map(|t| pair[t % 2 * samples + t / 2]);
        assert!(expected.eq(turns.iter().copied()));
    }
}
