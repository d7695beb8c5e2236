//! Which windows a sound is computed in. Pure.
//!
//! Steps are those of the signal between prosody and vocoder, 80 a second. A window is heard while the next one is made; they grow, because
//! the samples of what is to come cost as much for a small window as for a large one. A short sound is one window, and so is one that
//! nobody waits for.
//!
//! Measured on 6 sentences of 6 to 12 s (three texts, two voices) against the sentence in one window, in bins within 40 dB of each frame's
//! peak: 4.0 dB apart, the level of the worst second 1.6 dB off, that of the sentence at most 0.8 dB. More samples bring it nearer and
//! the first sound later: four, four and eight of 0.3 s 2.5 dB, twelve in every window 1.0 dB (docs/model-notes.md).

use std::ops::Range;

use crate::kernels::window::Window;

/// Beyond the edges of a window, so that it is exact at them: the reach of the residual blocks is 75 ms at both sides.
const CONTEXT: usize = 8;
/// Steps of silence before the speech that are computed; they stand for the rest of it.
const LEAD: usize = 8;
/// Speech in the first window, in the second and in the third; later ones double. By their steps, context and samples
/// included, a vocoder that takes 0.37 s for a second of sound makes each while the one before sounds.
const CORES: [usize; 3] = [52, 64, 112];
/// A sound of fewer steps is whole as soon as its first window would be.
const SHORT: usize = 200;
/// A remainder of fewer steps goes with the window before it.
const LEAST: usize = 48;
/// Samples of what is to come, of each window in turn; the last number holds for all that follow.
const SAMPLES: [usize; 4] = [4, 2, 2, 0];
/// Steps of a sample.
const SAMPLE: usize = 20;

/// A window and the pieces of the signal that it is computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    /// Taken out of the signal and put one after the other.
    pub(super) pieces: Vec<Range<usize>>,
    pub(super) window: Window,
}

/// The windows of a sound of `steps`, whose first `lead` are silence; one, unless sound is wanted `early`. Only then is silence before the
/// first core left out.
pub(super) fn plan(steps: usize, lead: usize, early: bool) -> Vec<Input> {
    let mut inputs: Vec<Input> = Vec::new();
    let early = early && steps >= SHORT;
    let mut start = if early {
        lead.min(steps / 2).saturating_sub(LEAD)
    } else {
        0
    };
    let mut size = lead.min(LEAD) + CORES[0];
    while start < steps {
        let mut end = start + size;
        if !early || end + LEAST > steps {
            end = steps;
        }
        let samples = SAMPLES.get(inputs.len()).or(SAMPLES.last());
        let first = inputs.is_empty();
        inputs.push(input(
            steps,
            start..end,
            first,
            samples.copied().unwrap_or_default(),
        ));
        start = end;
        size = match CORES.get(inputs.len()) {
            Some(core) => *core,
            None => size * 2,
        };
    }
    inputs
}

fn input(steps: usize, core: Range<usize>, first: bool, samples: usize) -> Input {
    let context = if first { 0 } else { CONTEXT };
    let silence = Some((0..LEAD, core.start)).filter(|(_, more)| first && *more > 0);
    let body = core.start.saturating_sub(context)..(core.end + CONTEXT).min(steps);
    let to_come = steps - core.end;
    let inside = core.start - body.start..core.end - body.start;
    let mut pieces = vec![body];
    let mut length = pieces[0].len();
    let mut ahead = Vec::new();
    if to_come > 0 {
        for k in 0..samples {
            let middle = core.end + (2 * k + 1) * to_come / (2 * samples);
            let piece = middle.saturating_sub(SAMPLE / 2)..(middle + SAMPLE / 2).min(steps);
            ahead.push(length..length + piece.len());
            length += piece.len();
            pieces.push(piece);
        }
    }
    Input {
        pieces,
        window: Window {
            steps: length,
            core: inside,
            ahead,
            silence,
            to_come,
            first,
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_sound_and_an_unheard_one_are_whole() {
        for (steps, early) in [(SHORT - 1, true), (2000, false), (1, true)] {
            let plan = plan(steps, 24, early);
            assert_eq!(plan.len(), 1);
            assert_eq!(plan[0].pieces, [Range { start: 0, end: steps }]);
            assert!(plan[0].window.ahead.is_empty() && plan[0].window.to_come == 0);
        }
        assert!(plan(0, 0, true).is_empty());
    }

    #[test]
    fn windows_grow_and_all_but_the_last_have_samples_of_the_rest() {
        let plan = plan(800, 24, true);
        let of =
            |number: fn(&Window) -> usize| plan.iter().map(|input| number(&input.window)).collect::<Vec<_>>();
        assert_eq!(of(|window| window.core.len()), [60, 64, 112, 224, 324]);
        assert_eq!(of(|window| window.ahead.len()), [4, 2, 2, 0, 0]);
        assert_eq!(plan[0].window.silence, Some((0..LEAD, 24 - LEAD)));
    }

    proptest! {
        #[test]
        fn cores_cover_the_sound_once(steps in 1usize..4000, lead in 0usize..80, early: bool) {
            let plan = plan(steps, lead, early);
            // Silence may be left out at the start, and is counted.
            let mut at = plan[0].pieces[0].start;
            prop_assert_eq!(plan[0].window.silence.as_ref().map_or(0, |(_, more)| *more), at);
            for (i, input) in plan.iter().enumerate() {
                let Input { pieces, window } = input;
                let body = &pieces[0];
                prop_assert_eq!(body.start + window.core.start, at);
                at += window.core.len();
                prop_assert_eq!(window.to_come, steps - at);
                prop_assert_eq!(window.first, i == 0);
                prop_assert_eq!(window.steps, pieces.iter().map(ExactSizeIterator::len).sum::<usize>());
                prop_assert!(pieces.iter().all(|piece| piece.start < piece.end && piece.end <= steps));
                prop_assert!(window.ahead.iter().all(|range| range.end <= window.steps && !range.is_empty()));
            }
            prop_assert_eq!(at, steps);
        }
    }
}
