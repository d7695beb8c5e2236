//! Statistics for a window of a sound that is computed in several.
//!
//! AdaIN normalises by the mean and variance of the whole sound. A window does not have the whole, so each layer goes by what is
//! known: all that came before, the window itself, and a few samples from what is still to come, counted as often as there is
//! of it. The last window has no more to come, so its statistics are those of the whole.
//!
//! ```text
//! sound    ──── before ────┤├──── core ────┤├──── to come, sampled ───
//! input                  ┌ context ─ core ─ context ┐┌ sample ┐┌ sample ┐      one after the other in time
//! ```
//!
//! The context makes the core exact at its edges; it is neither counted nor kept.

use std::collections::HashMap;
use std::ops::Range;

use super::activation::Moments;
use super::block::LAYERS;

/// A sound that is computed in windows, while one of them is: the window, and what the blocks have seen of the sound.
#[derive(Debug)]
pub struct Sound {
    pub window: Window,
    /// By the name of the block's node, so that another session of the same graph can go on.
    pub seen: HashMap<String, Seen>,
}

/// What of a node's input is what, in steps of the signal that the prosody made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Steps of the input.
    pub steps: usize,
    /// Steps of the window itself.
    pub core: Range<usize>,
    /// Samples of what is to come.
    pub ahead: Vec<Range<usize>>,
    /// Silence at the ends of the sound: steps of the input, and how many steps outside of all cores they stand for.
    pub silence: Vec<(Range<usize>, usize)>,
    /// Steps that come after the core.
    pub to_come: usize,
    /// Whether nothing came before.
    pub first: bool,
}

/// What the layers of a block have seen of a sound so far.
#[derive(Debug, Default)]
pub struct Seen {
    layers: [Layer; LAYERS],
}

#[derive(Debug, Default)]
struct Layer {
    /// Of each channel: all cores.
    before: Vec<Moments>,
    /// All samples: those that have come since are as good for what is still to come as any.
    ahead: Vec<Moments>,
}

impl Seen {
    /// Count, mean and squares of each channel: layer by layer, first of what came before, then of the samples of what is to come.
    /// All layers have the same channels.
    #[must_use]
    pub fn numbers(&self) -> Vec<[f64; 3]> {
        let moments = self
            .layers
            .iter()
            .flat_map(|layer| layer.before.iter().chain(&layer.ahead));
        moments
            .map(|moments| [moments.count, moments.mean, moments.squares])
            .collect()
    }

    /// From its [`Seen::numbers`].
    #[must_use]
    pub fn of(numbers: &[[f64; 3]]) -> Self {
        let channels = numbers.len() / (2 * LAYERS);
        let mut moments = numbers
            .iter()
            .map(|&[count, mean, squares]| Moments { count, mean, squares });
        let mut next = || moments.by_ref().take(channels).collect();
        Self {
            layers: std::array::from_fn(|_| Layer {
                before: next(),
                ahead: next(),
            }),
        }
    }
}

impl Sound {
    /// For the block of this name; `None` where the window is the whole sound, whose statistics need no gathering.
    #[must_use]
    pub fn gathering(&mut self, block: &str) -> Option<Gathering<'_>> {
        if self.window.is_all() {
            return None;
        }
        let seen = self.seen.entry(block.to_owned()).or_default();
        Some(Gathering {
            window: &self.window,
            seen,
        })
    }
}

/// A window with what came before.
#[derive(Debug)]
pub struct Gathering<'a> {
    pub window: &'a Window,
    pub seen: &'a mut Seen,
}

impl Window {
    /// `range` in samples of a signal of `len` in all.
    fn scaled(&self, range: &Range<usize>, len: usize) -> Range<usize> {
        let rate = len / self.steps.max(1);
        (range.start * rate).min(len)..(range.end * rate).min(len)
    }

    pub(super) fn core_of(&self, len: usize) -> [Range<usize>; 1] {
        [self.scaled(&self.core, len)]
    }

    pub(super) fn silence_of(&self, len: usize) -> impl Iterator<Item = Range<usize>> {
        self.silence.iter().map(move |(range, _)| self.scaled(range, len))
    }

    pub(super) fn ahead_of(&self, len: usize) -> Vec<Range<usize>> {
        self.ahead.iter().map(|range| self.scaled(range, len)).collect()
    }

    /// Whether it has the whole sound.
    fn is_all(&self) -> bool {
        self.first && self.to_come == 0 && self.silence.is_empty()
    }
}

impl Gathering<'_> {
    /// The moments to normalise layer `layer` by, and remembers those of the window; `core`, each of `silence` and `ahead` are the
    /// moments of each channel there, in a signal of `len` samples.
    pub(super) fn moments(
        &mut self,
        layer: usize,
        core: Vec<Moments>,
        silence: &[Vec<Moments>],
        ahead: Vec<Moments>,
        len: usize,
    ) -> Vec<Moments> {
        let seen = &mut self.seen.layers[layer];
        if self.window.first {
            seen.before = vec![Moments::default(); core.len()];
            seen.ahead = vec![Moments::default(); core.len()];
        }
        for (seen, ahead) in seen.ahead.iter_mut().zip(ahead) {
            *seen = seen.and(ahead);
        }
        #[expect(clippy::cast_precision_loss, reason = "samples of one segment")]
        let samples = |steps: usize| (steps * (len / self.window.steps.max(1))) as f64;
        let to_come = samples(self.window.to_come);
        let mut all = Vec::with_capacity(core.len());
        for (channel, core) in core.into_iter().enumerate() {
            let mut before = seen.before.get(channel).copied().unwrap_or_default().and(core);
            for (moments, (_, steps)) in silence.iter().zip(&self.window.silence) {
                before = before.and(moments[channel].counted_as(samples(*steps)));
            }
            let ahead = seen.ahead.get(channel).copied().unwrap_or_default();
            all.push(before.and(ahead.counted_as(to_come)));
            if let Some(seen) = seen.before.get_mut(channel) {
                *seen = before;
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: &[f64]) -> Moments {
        values.iter().fold(Moments::default(), |all, value| {
            all.and(Moments {
                count: 1.0,
                mean: *value,
                squares: 0.0,
            })
        })
    }

    #[test]
    fn the_last_window_has_the_statistics_of_the_whole() {
        let mut seen = Seen::default();
        let window = |first, to_come| Window {
            steps: 4,
            core: 0..2,
            ahead: std::iter::once(2..3).collect(),
            silence: Vec::new(),
            to_come,
            first,
        };
        let first = Gathering {
            window: &window(true, 4),
            seen: &mut seen,
        }
        .moments(0, vec![moments(&[1.0, 3.0])], &[], vec![moments(&[7.0])], 4);
        // The sample counts for all four that are to come.
        assert_eq!(first[0].count, 6.0);
        assert!((first[0].mean - 32.0 / 6.0).abs() < 1e-12);
        let last = Gathering {
            window: &window(false, 0),
            seen: &mut seen,
        }
        .moments(0, vec![moments(&[5.0, 7.0, 6.0, 8.0])], &[], Vec::new(), 4);
        let whole = moments(&[1.0, 3.0, 5.0, 7.0, 6.0, 8.0]);
        assert!((last[0].mean - whole.mean).abs() < 1e-12 && (last[0].squares - whole.squares).abs() < 1e-9);
        assert_eq!(last[0].count, 6.0);
    }

    #[test]
    fn what_was_seen_survives_the_way() {
        let mut seen = Seen::default();
        for (n, layer) in (0u8..).zip(&mut seen.layers) {
            layer.before = vec![moments(&[n.into(), 1.0]), moments(&[2.0])];
            layer.ahead = vec![moments(&[5.0]), moments(&[n.into()])];
        }
        let numbers = seen.numbers();
        assert_eq!(numbers.len(), LAYERS * 2 * 2);
        assert_eq!(Seen::of(&numbers).numbers(), numbers);
        assert_eq!(Seen::of(&numbers).layers[3].ahead, seen.layers[3].ahead);
        assert!(Seen::of(&numbers[..5]).layers[0].before.is_empty());
    }

    #[test]
    fn silence_that_is_not_computed_is_counted() {
        let window = Window {
            steps: 4,
            core: 0..4,
            ahead: Vec::new(),
            silence: vec![(0..1, 3), (3..4, 2)],
            to_come: 0,
            first: true,
        };
        let mut seen = Seen::default();
        let all = Gathering {
            window: &window,
            seen: &mut seen,
        }
        .moments(
            0,
            vec![moments(&[0.0, 4.0, 5.0, 6.0])],
            &[vec![moments(&[0.0])], vec![moments(&[6.0])]],
            Vec::new(),
            4,
        );
        assert_eq!(all[0].count, 9.0);
        assert!((all[0].mean - 27.0 / 9.0).abs() < 1e-12);
    }

    #[test]
    fn a_new_sound_begins_anew() {
        let mut seen = Seen::default();
        for value in [1.0, 5.0] {
            let window = Window {
                steps: 1,
                core: 0..1,
                ahead: Vec::new(),
                silence: Vec::new(),
                to_come: 0,
                first: true,
            };
            let gathered = Gathering {
                window: &window,
                seen: &mut seen,
            }
            .moments(3, vec![moments(&[value])], &[], Vec::new(), 10);
            assert_eq!(gathered[0].mean, value);
        }
    }
}
