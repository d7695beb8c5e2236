//! Measured speed of the workers. Pure.

use std::time::Duration;

use common::SAMPLE_RATE;

use super::queue::PerWork;

/// Weight of a new measurement.
const WEIGHT: f64 = 0.2;

/// Before anything is measured: Kokoro-82M on a slow core; it speaks about 14 tokens a second.
const UNMEASURED: PerWork = PerWork {
    compute: 0.08,
    speech: 0.07,
};

/// Moving averages. *Work* is a segment's tokens.
#[derive(Debug, Default)]
pub(super) struct Rates {
    measured: Option<PerWork>,
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
        Duration::try_from_secs_f64(work as f64 * self.per_work().compute).unwrap_or(Duration::MAX)
    }

    pub(super) fn per_work(&self) -> PerWork {
        self.measured.unwrap_or(UNMEASURED)
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
