//! Measured speed of the workers. Pure.

use std::time::Duration;

use common::SAMPLE_RATE;

/// Weight of a new measurement.
const WEIGHT: f64 = 0.2;

/// Before anything is measured: Kokoro-82M on a slow core. Only deadlines and waits depend on it.
const COMPUTE_PER_WORK: f64 = 0.08;

/// Before anything is measured: Kokoro-82M speaks about 14 tokens a second.
const SPEECH_PER_WORK: f64 = 0.07;

/// Moving averages. *Work* is a segment's tokens divided by its speed.
#[derive(Debug, Default)]
pub(super) struct Rates {
    measured: Option<PerWork>,
}

#[derive(Debug, Clone, Copy)]
struct PerWork {
    compute: f64,
    speech: f64,
}

impl Rates {
    #[expect(clippy::cast_precision_loss, reason = "counts of one segment")]
    pub(super) fn measured(&mut self, work: usize, samples: usize, compute: Duration) {
        let per = |total: f64| total / work.max(1) as f64;
        let new = PerWork {
            compute: per(compute.as_secs_f64()),
            speech: per(samples as f64 / f64::from(SAMPLE_RATE)),
        };
        let mix = |old: f64, new: f64| old + WEIGHT * (new - old);
        self.measured = Some(match self.measured {
            None => new,
            Some(old) => PerWork {
                compute: mix(old.compute, new.compute),
                speech: mix(old.speech, new.speech),
            },
        });
    }

    pub(super) fn known(&self) -> bool {
        self.measured.is_some()
    }

    /// Expected time of one worker for this much work.
    #[expect(clippy::cast_precision_loss, reason = "counts of queued segments")]
    pub(super) fn compute(&self, work: usize) -> Duration {
        let per_work = self.measured.map_or(COMPUTE_PER_WORK, |rates| rates.compute);
        Duration::try_from_secs_f64(work as f64 * per_work).unwrap_or(Duration::MAX)
    }

    pub(super) fn speech_per_work(&self) -> f64 {
        self.measured.map_or(SPEECH_PER_WORK, |rates| rates.speech)
    }

    pub(super) fn real_time_factor(&self) -> f64 {
        self.measured.map_or(0.0, |rates| {
            if rates.speech > 0.0 {
                rates.compute / rates.speech
            } else {
                0.0
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_what_is_measured() {
        let mut rates = Rates::default();
        assert_eq!(rates.real_time_factor(), 0.0);
        rates.measured(100, 7 * 24_000, Duration::from_secs(3));
        assert!((rates.real_time_factor() - 3.0 / 7.0).abs() < 1e-9);
        assert_eq!(rates.compute(50), Duration::from_millis(1500));
        for _ in 0..50 {
            rates.measured(100, 7 * 24_000, Duration::from_secs(6));
        }
        assert!((rates.compute(100).as_secs_f64() - 6.0).abs() < 0.01);
    }
}
