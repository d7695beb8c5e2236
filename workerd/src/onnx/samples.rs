//! Which samples of a signal stand for what is still to come of it. Pure.
//!
//! The vocoder normalises by means over time, so samples are good if their mean is that of what they stand for. The signal that the
//! vocoder starts from is known as a whole before any sound: the samples are put where the means of its channels, and of their squares, come
//! nearest to those of all that is to come. Measured on 12 sentences of 6 to 11 s by four voices, against the sentence in one window:
//! docs/model-notes.md, H.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Steps of a sample.
pub(super) const SAMPLE: usize = 20;
/// Places that are tried are so many steps apart.
const STRIDE: usize = 2;
/// So often each sample is moved while the others stay.
const ROUNDS: usize = 3;

/// A signal, and the samples that were taken of it.
pub(super) struct Signal {
    /// `[steps + 1, features]`: the sum of each feature over the steps before. A feature is a channel or its square, divided by its
    /// standard deviation.
    sums: Array2<f32>,
    taken: Vec<Range<usize>>,
}

impl Signal {
    /// Of `[channels, steps]`.
    pub(super) fn new(signal: ArrayView2<'_, f32>) -> Self {
        let (channels, steps) = signal.dim();
        let mut sums = Array2::zeros((steps + 1, 2 * channels));
        for (channel, mut sums) in signal.outer_iter().zip(sums.axis_chunks_iter_mut(Axis(1), 2)) {
            let squares = channel.mapv(|x| x * x);
            for (feature, mut sums) in [channel, squares.view()].iter().zip(sums.columns_mut()) {
                let scale = 1.0 / feature.std(0.0).max(f32::EPSILON);
                let mut sum = 0.0;
                for (x, to) in feature.iter().zip(sums.iter_mut().skip(1)) {
                    sum += x * scale;
                    *to = sum;
                }
            }
        }
        Self {
            sums,
            taken: Vec::new(),
        }
    }

    /// `count` more samples of the steps `of`, each in a part of its own: those that, together with the ones taken before, are most
    /// like all of these steps.
    pub(super) fn samples(&mut self, of: Range<usize>, count: usize) -> Vec<Range<usize>> {
        if of.is_empty() {
            return Vec::new();
        }
        let part = |k: usize| of.start + k * of.len() / count..of.start + (k + 1) * of.len() / count;
        let mut samples: Vec<Range<usize>> = (0..count).map(|k| middle(&part(k))).collect();
        for _ in 0..ROUNDS {
            for k in 0..count {
                let others = samples[..k].iter().chain(&samples[k + 1..]).chain(&self.taken);
                let others: Vec<_> = others.cloned().collect();
                samples[k] = self.likest(places(&part(k)), &others, &of);
            }
        }
        self.taken.extend(samples.iter().cloned());
        samples
    }

    /// Of `places`, the one whose mean together with `others` is nearest to that of the steps `of`: by the squares of the differences.
    fn likest(
        &self,
        places: impl Iterator<Item = Range<usize>>,
        others: &[Range<usize>],
        of: &Range<usize>,
    ) -> Range<usize> {
        let wanted = self.sum(of) / count(of);
        let sum = others
            .iter()
            .fold(Array1::<f32>::zeros(wanted.len()), |sum, other| {
                sum + self.sum(other)
            });
        let steps: f32 = others.iter().map(count).sum();
        let apart = |place: &Range<usize>| {
            let difference = (&sum + &self.sum(place)) / (steps + count(place)) - &wanted;
            difference.dot(&difference)
        };
        places
            .map(|place| (apart(&place), place))
            .min_by(|(a, _), (b, _)| a.total_cmp(b))
            .map_or_else(|| of.clone(), |(_, place)| place)
    }

    fn sum(&self, of: &Range<usize>) -> Array1<f32> {
        &self.sums.row(of.end) - &self.sums.row(of.start)
    }
}

#[expect(clippy::cast_precision_loss, reason = "steps of one segment")]
fn count(steps: &Range<usize>) -> f32 {
    steps.len() as f32
}

/// A sample in the middle of `part`; all of a part that is no longer than a sample.
fn middle(part: &Range<usize>) -> Range<usize> {
    let start = part.start + part.len().saturating_sub(SAMPLE) / 2;
    start..(start + SAMPLE).min(part.end)
}

/// Where in `part` a sample may be; all of a part that is no longer than one.
fn places(part: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let last = part.end.saturating_sub(SAMPLE).max(part.start);
    let end = part.end;
    (part.start..=last)
        .step_by(STRIDE)
        .map(move |start| start..(start + SAMPLE).min(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One channel: quiet, but for steps 60 to 80 of each hundred.
    fn loud_for_a_fifth(steps: usize) -> Array2<f32> {
        Array2::from_shape_fn((1, steps), |(_, step)| {
            if (60..80).contains(&(step % 100)) {
                3.0
            } else {
                0.5
            }
        })
    }

    #[test]
    fn samples_are_like_what_they_stand_for() {
        let signal = loud_for_a_fifth(500);
        let samples = Signal::new(signal.view()).samples(100..500, 4);
        let loud = |samples: &[Range<usize>]| {
            let loud = samples
                .iter()
                .flat_map(Clone::clone)
                .filter(|step| (60..80).contains(&(step % 100)));
            loud.count() as f32 / (samples.len() * SAMPLE) as f32
        };
        assert!((loud(&samples) - 0.2).abs() < 0.03, "{samples:?}");
        // In the middle of its part none would be loud in full and all are in part.
        let even: Vec<_> = (0..4).map(|k| middle(&(100 + k * 100..200 + k * 100))).collect();
        assert!((loud(&even) - 0.2).abs() > 0.1, "{even:?}");
    }

    #[test]
    fn later_samples_make_up_for_the_earlier_ones() {
        let signal = loud_for_a_fifth(300);
        let mut signal = Signal::new(signal.view());
        // Loud all through.
        signal.taken.push(60..76);
        let samples = signal.samples(100..300, 2);
        let loud = samples
            .iter()
            .flat_map(Clone::clone)
            .filter(|step| (60..80).contains(&(step % 100)));
        assert!(loud.count() <= 2, "{samples:?}");
    }

    #[test]
    fn each_is_in_a_part_of_its_own_and_short_parts_are_whole() {
        let signal = loud_for_a_fifth(400);
        for (of, count) in [
            (0..400, 3),
            (7..400, 2),
            (30..60, 3),
            (399..400, 1),
            (10..12, 3),
            (0..50, 3),
        ] {
            let samples = Signal::new(signal.view()).samples(of.clone(), count);
            assert!(
                samples.windows(2).all(|pair| pair[0].end <= pair[1].start),
                "{samples:?}"
            );
            assert!(
                samples
                    .iter()
                    .all(|sample| of.start <= sample.start && sample.end <= of.end)
            );
            let shortest = of.len() / count;
            assert!(
                samples
                    .iter()
                    .all(|sample| (SAMPLE.min(shortest)..=SAMPLE).contains(&sample.len()))
            );
        }
        assert!(Signal::new(signal.view()).samples(50..50, 3).is_empty());
        assert!(Signal::new(signal.view()).samples(50..90, 0).is_empty());
    }

    #[test]
    fn a_channel_without_change_and_what_is_no_number_do_no_harm() {
        for value in [0.0, f32::NAN, f32::INFINITY] {
            let signal = Array2::from_elem((8, 200), value);
            assert_eq!(Signal::new(signal.view()).samples(0..200, 3).len(), 3);
        }
    }
}
