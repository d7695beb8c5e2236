//! Which windows a sound is computed in. Pure.
//!
//! Steps are those of the signal between prosody and vocoder, 80 a second. The silence before and after the speech, a seventh of a
//! sentence, is not computed: a little of it stands for the rest in the statistics. A window is heard while the next one is made; they grow, because
//! the samples of what is to come cost as much for a small window as for a large one. A short sound is one window, and so is one that
//! nobody waits for.
//!
//! The very ends of the signal are computed always, though they are silent: what the model makes of them is unlike any other silence, and
//! without them the speech comes out 2.3 dB apart from that of the whole signal instead of 0.5 (docs/model-notes.md, H).

use std::ops::Range;

use kernels::window::Window;
use ndarray::ArrayView2;

use super::samples::Signal;

/// Beyond the edges of a window, so that it is exact at them: the reach of the residual blocks is 75 ms at both sides.
const CONTEXT: usize = 8;
/// Steps of silence that are computed beside the speech: the quietest sound and the reach of the blocks lie within. Those before the speech
/// stand for the silence that is not computed.
const MARGIN: usize = 8;
/// Steps at each end of the signal.
const END: usize = 6;
/// The energy, as the model's prosody tells it, that a step of speech has more than. Measured on 88 sentences of ten voices: speech has
/// -3 and more up to its last 50 dB, the silence at the ends -6 to -10 (a noise that a voice leaves behind counts as speech).
const SILENT: f32 = -5.0;
/// Speech in the first window, in the second and in the third; later ones double. By their steps, context and samples
/// included, a vocoder that takes 0.37 s for a second of sound makes each while the one before sounds.
const CORES: [usize; 3] = [52, 64, 112];
/// Speech of fewer steps is whole about as soon as its first window would be.
const SHORT: usize = 200;
/// A remainder of fewer steps goes with the window before it.
const LEAST: usize = 48;
/// Samples of what is to come, of each window in turn; the last number holds for all that follow.
const SAMPLES: [usize; 4] = [3, 2, 2, 0];

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

/// The windows of the sound of `signal`, `[channels, steps]`, of which `speech` is no silence; one, unless sound is wanted `early`.
pub(super) fn plan(signal: ArrayView2<'_, f32>, speech: Range<usize>, early: bool) -> Plan {
    let steps = signal.dim().1;
    let before = speech.start.saturating_sub(MARGIN);
    // The silence before the speech stands for that after it. Where there is none before it, everything is computed.
    let end = if before > 0 {
        (speech.end + MARGIN).min(steps)
    } else {
        steps
    };
    let early = early && speech.len() >= SHORT;
    // Only the windows of an early sound have more to come than themselves.
    let mut signal = early.then(|| Signal::new(signal));
    let mut windows: Vec<Input> = Vec::new();
    let mut start = before;
    let mut size = MARGIN + CORES[0];
    while start < end {
        let mut stop = start + size;
        if !early || stop + LEAST > end {
            stop = end;
        }
        let samples = SAMPLES.get(windows.len()).or(SAMPLES.last());
        let samples = signal
            .as_mut()
            .map(|signal| signal.samples(stop..end, samples.copied().unwrap_or_default()))
            .unwrap_or_default();
        windows.push(input(steps, before..end, start..stop, samples));
        start = stop;
        size = match CORES.get(windows.len()) {
            Some(core) => *core,
            None => size * 2,
        };
    }
    Plan {
        before,
        after: steps - end,
        windows,
    }
}

/// The window `core` of what is `computed` of a signal of `steps`. The first one has the ends of the signal beside it.
fn input(steps: usize, computed: Range<usize>, core: Range<usize>, samples: Vec<Range<usize>>) -> Input {
    let first = core.start == computed.start;
    let context = if first { 0 } else { CONTEXT };
    let body = core.start.saturating_sub(context)..(core.end + CONTEXT).min(computed.end);
    let mut pieces = Vec::new();
    let mut length = 0;
    // Where a piece of the signal comes to lie in the input.
    let mut put = |piece: Range<usize>| {
        let at = length..length + piece.len();
        length = at.end;
        if !piece.is_empty() {
            pieces.push(piece);
        }
        at
    };
    let (head, tail) = if first {
        let tail = computed.end.max(steps.saturating_sub(END));
        (0..END.min(computed.start), tail..steps)
    } else {
        (0..0, steps..steps)
    };
    let head = put(head);
    let offset = head.end + core.start - body.start;
    put(body);
    let ahead = samples.into_iter().map(&mut put).collect();
    let tail = put(tail);
    let inside = offset..offset + core.len();
    let mut silence = Vec::new();
    if first {
        let left_out = computed.start + steps - computed.end - head.len() - tail.len();
        let margin = inside.start..inside.start + MARGIN;
        silence.extend([
            (margin, left_out),
            (head.clone(), head.len()),
            (tail.clone(), tail.len()),
        ]);
        silence.retain(|(_, steps)| *steps > 0);
    }
    Input {
        pieces,
        window: Window {
            steps: length,
            core: inside,
            ahead,
            silence,
            to_come: computed.end - core.end,
            first,
        },
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::onnx::samples::SAMPLE;

    /// Of a signal in which all steps are alike.
    fn planned(steps: usize, speech: Range<usize>, early: bool) -> Plan {
        plan(Array2::zeros((4, steps)).view(), speech, early)
    }

    #[test]
    fn a_short_sound_and_an_unheard_one_are_one_window() {
        for (steps, early) in [(SHORT - 1, true), (2000, false), (1, true)] {
            let plan = planned(steps, 0..steps, early);
            assert_eq!((plan.before, plan.after, plan.windows.len()), (0, 0, 1));
            let Input { pieces, window } = &plan.windows[0];
            assert_eq!(*pieces, [Range { start: 0, end: steps }]);
            assert!(window.ahead.is_empty() && window.to_come == 0 && window.silence.is_empty());
        }
        assert!(planned(0, 0..0, true).windows.is_empty());
    }

    #[test]
    fn silence_at_the_ends_is_counted_and_only_its_outermost_steps_are_computed() {
        let plan = planned(300, 28..260, false);
        assert_eq!((plan.before, plan.after, plan.windows.len()), (20, 32, 1));
        let Input { pieces, window } = &plan.windows[0];
        assert_eq!(*pieces, [0..6, 20..268, 294..300]);
        assert_eq!((window.core.clone(), window.to_come), (6..254, 0));
        assert_eq!(window.silence, [(6..14, 52 - 12), (0..6, 6), (254..260, 6)]);
    }

    #[test]
    fn silence_that_is_hardly_more_than_is_computed_is_computed() {
        let Input { pieces, window } = &planned(250, 10..240, false).windows[0];
        assert_eq!(*pieces, [0..2, 2..248, 248..250]);
        assert_eq!(window.silence, [(0..2, 2), (248..250, 2)]);
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
        let plan = planned(830, 24..792, true);
        let of = |number: fn(&Window) -> usize| {
            plan.windows
                .iter()
                .map(|input| number(&input.window))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(|window| window.core.len()), [60, 64, 112, 224, 324]);
        assert_eq!(of(|window| window.ahead.len()), [3, 2, 2, 0, 0]);
        assert_eq!(of(|window| window.silence.len()), [3, 0, 0, 0, 0]);
        let first = &plan.windows[0];
        let samples = 3 * SAMPLE;
        assert_eq!(first.window.steps, 6 + 60 + CONTEXT + samples + 6);
        assert_eq!(first.pieces.last(), Some(&(824..830)));
    }

    proptest! {
        #[test]
        fn cores_cover_the_sound_once(steps in 1usize..4000, ends in (0usize..4000, 0usize..4000), early: bool) {
            let speech = ends.0.min(steps)..ends.1.clamp(ends.0.min(steps), steps);
            let Plan { before, after, windows } = planned(steps, speech.clone(), early);
            prop_assert!(before <= speech.start && steps - after >= speech.end);
            let mut at = before;
            for (i, Input { pieces, window }) in windows.iter().enumerate() {
                // Each step of the input is one of the signal.
                let signal: Vec<usize> = pieces.iter().flat_map(Clone::clone).collect();
                prop_assert_eq!(window.steps, signal.len());
                prop_assert!(signal.iter().all(|step| *step < steps));
                prop_assert!(window.core.clone().map(|step| signal[step]).eq(at..at + window.core.len()));
                at += window.core.len();
                prop_assert_eq!(window.to_come, steps - after - at);
                prop_assert_eq!(window.first, i == 0);
                prop_assert!(pieces.iter().all(|piece| !piece.is_empty()));
                prop_assert!(window.ahead.iter().all(|range| range.end <= window.steps && !range.is_empty()));
                prop_assert!(window.silence.iter().all(|(range, _)| range.end <= window.steps && !range.is_empty()));
                let silent: usize = window.silence.iter().map(|(_, steps)| steps).sum();
                prop_assert_eq!(silent, if i == 0 { before + after } else { 0 });
            }
            prop_assert_eq!(at + after, steps);
        }
    }
}
