//! Which windows a sound is computed in. Pure.
//!
//! Steps are those of the signal between prosody and vocoder, 80 a second. The silence before and after the speech, a seventh of a
//! sentence, is not computed: a little of it stands for the rest in the statistics. A window is heard while the next one is made; they grow, because
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
/// Steps of silence that are computed at each end: the quietest sound and the reach of the blocks lie within. Those before the speech
/// stand for the rest of it.
const MARGIN: usize = 8;
/// The energy, as the model's prosody tells it, that a step of speech has more than. Measured on 88 sentences of ten voices: speech has
/// -3 and more up to its last 50 dB, the silence at the ends -6 to -10 (a noise that a voice leaves behind counts as speech).
const SILENT: f32 = -5.0;
/// Speech in the first window, in the second and in the third; later ones double. By their steps, context and samples
/// included, a vocoder that takes 0.37 s for a second of sound makes each while the one before sounds.
const CORES: [usize; 3] = [52, 64, 112];
/// Speech of fewer steps is whole as soon as its first window would be. Its silence is computed too: it is as long as the speech, and
/// what stands for it in the statistics was heard (7 of 112 sentences of three words misheard that the exact sound was not, 1 the other
/// way; docs/model-notes.md, H).
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

/// How a sound is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Steps of silence before the first window and after the last.
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) windows: Vec<Input>,
}

/// Where there is speech, by the energy of each step; everywhere if there is none.
pub(super) fn speech(energy: &[f32]) -> Range<usize> {
    let loud = |energy: &f32| *energy > SILENT;
    match (energy.iter().position(loud), energy.iter().rposition(loud)) {
        (Some(first), Some(last)) => first..last + 1,
        _ => 0..energy.len(),
    }
}

/// The windows of a sound of `steps`, of which `speech` is no silence; one, unless sound is wanted `early`.
pub(super) fn plan(steps: usize, speech: Range<usize>, early: bool) -> Plan {
    let short = speech.len() < SHORT;
    let speech = if short { 0..steps } else { speech };
    let before = speech.start.saturating_sub(MARGIN);
    // The silence before the speech stands for all silence in the statistics. Where there is none before it, everything is computed.
    let end = if before > 0 {
        (speech.end + MARGIN).min(steps)
    } else {
        steps
    };
    let after = steps - end;
    let early = early && !short;
    let mut windows: Vec<Input> = Vec::new();
    let mut start = before;
    let mut size = MARGIN + CORES[0];
    while start < end {
        let mut stop = start + size;
        if !early || stop + LEAST > end {
            stop = end;
        }
        let samples = SAMPLES.get(windows.len()).or(SAMPLES.last());
        let silence = Some(before + after).filter(|more| start == before && *more > 0);
        windows.push(input(
            before..end,
            start..stop,
            silence,
            samples.copied().unwrap_or_default(),
        ));
        start = stop;
        size = match CORES.get(windows.len()) {
            Some(core) => *core,
            None => size * 2,
        };
    }
    Plan {
        before,
        after,
        windows,
    }
}

/// The window `core` of what is computed of a signal; the first steps of `silence` stand for so many more.
fn input(computed: Range<usize>, core: Range<usize>, silence: Option<usize>, samples: usize) -> Input {
    let first = core.start == computed.start;
    let context = if first { 0 } else { CONTEXT };
    let body = core.start.saturating_sub(context)..(core.end + CONTEXT).min(computed.end);
    let to_come = computed.end - core.end;
    let inside = core.start - body.start..core.end - body.start;
    let mut pieces = vec![body];
    let mut length = pieces[0].len();
    let mut ahead = Vec::new();
    if to_come > 0 {
        for k in 0..samples {
            let middle = core.end + (2 * k + 1) * to_come / (2 * samples);
            let piece = middle.saturating_sub(SAMPLE / 2)..(middle + SAMPLE / 2).min(computed.end);
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
            silence: silence.map(|more| (0..MARGIN, more)),
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
    fn a_short_sound_and_an_unheard_one_are_one_window() {
        for (steps, early) in [(SHORT - 1, true), (2000, false), (1, true)] {
            let plan = plan(steps, 0..steps, early);
            assert_eq!((plan.before, plan.after, plan.windows.len()), (0, 0, 1));
            let Input { pieces, window } = &plan.windows[0];
            assert_eq!(*pieces, [Range { start: 0, end: steps }]);
            assert!(window.ahead.is_empty() && window.to_come == 0 && window.silence.is_none());
        }
        assert!(plan(0, 0..0, true).windows.is_empty());
    }

    #[test]
    fn silence_at_the_ends_is_counted_and_not_computed() {
        let plan = plan(300, 28..260, false);
        assert_eq!((plan.before, plan.after, plan.windows.len()), (20, 32, 1));
        let Input { pieces, window } = &plan.windows[0];
        assert_eq!(*pieces, [Range { start: 20, end: 268 }]);
        assert_eq!(
            (window.silence.clone(), window.to_come),
            (Some((0..MARGIN, 52)), 0)
        );
    }

    #[test]
    fn speech_is_where_the_energy_is() {
        let energy = |loud: Range<usize>| -> Vec<f32> {
            (0..50)
                .map(|i| if loud.contains(&i) { 2.0 } else { -9.0 })
                .collect()
        };
        assert_eq!(speech(&energy(20..40)), 20..40);
        assert_eq!(speech(&energy(0..0)), 0..50);
        assert_eq!(speech(&[f32::NAN; 3]), 0..3);
        assert_eq!(speech(&[]), 0..0);
    }

    #[test]
    fn windows_grow_and_all_but_the_last_have_samples_of_the_rest() {
        let plan = plan(830, 24..792, true);
        let of = |number: fn(&Window) -> usize| {
            plan.windows
                .iter()
                .map(|input| number(&input.window))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(|window| window.core.len()), [60, 64, 112, 224, 324]);
        assert_eq!(of(|window| window.ahead.len()), [4, 2, 2, 0, 0]);
        assert_eq!(plan.windows[0].window.silence, Some((0..MARGIN, 16 + 30)));
        assert_eq!(
            of(|window| usize::from(window.silence.is_some())),
            [1, 0, 0, 0, 0]
        );
    }

    proptest! {
        #[test]
        fn cores_cover_the_sound_once(steps in 1usize..4000, ends in (0usize..4000, 0usize..4000), early: bool) {
            let speech = ends.0.min(steps)..ends.1.clamp(ends.0.min(steps), steps);
            let Plan { before, after, windows } = plan(steps, speech.clone(), early);
            prop_assert!(before <= speech.start && steps - after >= speech.end);
            let mut at = before;
            for (i, Input { pieces, window }) in windows.iter().enumerate() {
                let body = &pieces[0];
                prop_assert_eq!(body.start + window.core.start, at);
                at += window.core.len();
                prop_assert_eq!(window.to_come, steps - after - at);
                prop_assert_eq!(window.first, i == 0);
                prop_assert_eq!(window.steps, pieces.iter().map(ExactSizeIterator::len).sum::<usize>());
                prop_assert!(pieces.iter().all(|piece| piece.start < piece.end && piece.end <= steps - after));
                prop_assert!(window.ahead.iter().all(|range| range.end <= window.steps && !range.is_empty()));
                let silence = window.silence.clone().unwrap_or((0..0, 0));
                prop_assert!(silence.0.end <= window.core.end);
                prop_assert_eq!(silence.1, if i == 0 { before + after } else { 0 });
            }
            prop_assert_eq!(at + after, steps);
        }
    }
}
