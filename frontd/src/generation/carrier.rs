//! A word by itself, said after a sentence that nobody hears.
//!
//! Kokoro-82M garbles lone words: a third of the words of bm_george are heard as others. After a short sentence
//! of its own the model says them well (docs/model-notes.md F has the figures). So the worker is given both, and the sentence is cut
//! off in the pause between. Pure: tokens and samples in, samples out.

use common::{SAMPLES_PER_FRAME, samples_of_frames};

use crate::{
    segments::{SHORT, Segment},
    text::vocabulary,
    workers::Speech,
};

/// "Listen to this", with the marks at which most voices pause for longest.
const CARRIER: &str = "lˈɪsᵊn tə ðˈɪs.” “";
/// The marks at its end: the pause.
const MARKS: usize = 4;

/// 5 ms: the grain in which the quietest place is looked for…
const STEP: usize = 120;
/// …and the steps of which the level at a place is the mean.
const SPAN: usize = 6;
/// A place is as quiet as the quietest when it has at most this many times its energy (3 dB).
const AS_QUIET: f32 = 2.0;

/// Whether a segment is to be said after the carrier.
pub(super) fn is_wanted(segment: &Segment) -> bool {
    segment.tokens.len() < SHORT
}

/// The carrier and `tokens` after it.
pub(super) fn before(tokens: &[u8]) -> Vec<u8> {
    CARRIER
        .chars()
        .filter_map(vocabulary::id)
        .chain(tokens.iter().copied())
        .collect()
}

/// The speech of what followed the carrier, with its frames; `None` when the durations are not those of a carrier and a segment.
pub(super) fn after(speech: &Speech) -> Option<Speech> {
    let frames = speech.frames.as_deref()?;
    // The padding in front has frames too.
    let carrier = 1 + CARRIER.chars().count();
    let (before, own) = frames.split_at_checked(carrier)?;
    let (pause, word) = (
        samples_of_frames(&before[..carrier - MARKS]),
        samples_of_frames(before),
    );
    let cut = pause + quietest(speech.pcm.get(pause..word)?);
    // Durations are whole frames; what is left of one before the cut is silence.
    let left = cut % SAMPLES_PER_FRAME;
    let mut pcm = speech.pcm[cut - left..].to_vec();
    pcm[..left].fill(0.0);
    let padding = u16::try_from((word - cut + left) / SAMPLES_PER_FRAME).ok()?;
    Some(Speech {
        pcm,
        frames: Some(std::iter::once(padding).chain(own.iter().copied()).collect()),
    })
}

/// The sample at the quietest place, the last one where several are as quiet.
fn quietest(pause: &[f32]) -> usize {
    let energy: Vec<f32> = pause
        .chunks_exact(STEP)
        .map(|step| step.iter().map(|sample| sample * sample).sum())
        .collect();
    let spans: Vec<f32> = energy.windows(SPAN).map(|span| span.iter().sum()).collect();
    let least = spans.iter().copied().fold(f32::INFINITY, f32::min);
    let last = spans.iter().rposition(|span| *span <= least * AS_QUIET);
    last.map_or(0, |step| (step + SPAN / 2) * STEP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::Boundary;

    #[test]
    fn every_sign_of_the_carrier_is_one_of_the_models() {
        let word = [5, 6];
        let tokens = before(&word);
        assert_eq!(tokens.len(), CARRIER.chars().count() + 2);
        assert!(tokens.ends_with(&word));
    }

    #[test]
    fn only_a_word_or_two_is_said_after_it() {
        let of = |phonemes: &str| {
            let mut segment = Segment::empty(Boundary::Paragraph);
            segment.push(phonemes);
            segment
        };
        assert!(is_wanted(&of("stˈɑp.")));
        assert!(!is_wanted(&of("ɪt wʌz ˌOvəɹ bˈI nˈun.")));
    }

    /// A carrier of a second, `quiet` samples in the pause of ten frames, and a word of four frames.
    fn spoken(quiet: std::ops::Range<usize>) -> Speech {
        let mut frames = vec![1; 1 + CARRIER.chars().count()];
        let marks = frames.len() - MARKS;
        frames[0] = 4;
        frames[marks..].copy_from_slice(&[4, 3, 2, 1]);
        frames.extend([2, 2, 3]);
        let samples = samples_of_frames(&frames);
        let mut pcm = vec![0.5; samples];
        let word = samples - 7 * SAMPLES_PER_FRAME;
        pcm[word - 10 * SAMPLES_PER_FRAME..][quiet].fill(0.001);
        Speech {
            pcm,
            frames: Some(frames),
        }
    }

    #[test]
    fn the_carrier_is_cut_off_where_it_is_quiet() {
        // From a sixth of the pause to its middle.
        let word = after(&spoken(1000..3000)).unwrap();
        let frames = word.frames.unwrap();
        // 3,000 samples are five frames: as many are left of the pause.
        assert_eq!(frames[1..], [2, 2, 3]);
        assert_eq!(word.pcm.len(), samples_of_frames(&frames));
        let sounds = word.pcm.iter().position(|sample| *sample > 0.1).unwrap();
        assert_eq!(sounds, word.pcm.len() - (7 + 5) * SAMPLES_PER_FRAME);
        assert!(sounds > 0, "the cut is inside of the silence");
    }

    #[test]
    fn speech_without_a_carrier_is_none() {
        let short = Speech {
            pcm: vec![0.0; 3 * SAMPLES_PER_FRAME],
            frames: Some(vec![1, 1, 1]),
        };
        assert_eq!(after(&short).map(|word| word.pcm.len()), None);
        let untimed = Speech {
            pcm: vec![0.0; 60_000],
            frames: None,
        };
        assert_eq!(after(&untimed).map(|word| word.pcm.len()), None);
    }
}
