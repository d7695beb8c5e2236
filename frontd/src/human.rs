//! What people read: durations, and why something failed.

use std::{error::Error, time::Duration};

use humantime::{FormattedDuration, format_duration};

/// `340ms`, `2s 340ms`, `3m 12s`, `2h 5m`: without what nobody wants to know of a time of that length.
#[must_use]
pub fn duration(duration: Duration) -> FormattedDuration {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    let seconds = duration.as_secs();
    format_duration(match seconds {
        0..MINUTE => Duration::from_millis(seconds * 1000 + u64::from(duration.subsec_millis())),
        MINUTE..HOUR => Duration::from_secs(seconds),
        _ => Duration::from_secs(seconds - seconds % MINUTE),
    })
}

/// An error and what caused it, each once: many errors tell their cause themselves, where others leave it to the reader.
#[must_use]
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !told.contains(&text) {
            told = format!("{told}: {text}");
        }
        next = cause.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Fault {
        #[error("it cannot be read: {0}")]
        Tells(#[source] std::io::Error),
        #[error("it cannot be read")]
        Leaves(#[source] std::io::Error),
    }

    #[test]
    fn a_cause_is_told_once() {
        for fault in [Fault::Tells, Fault::Leaves] {
            let fault = fault(std::io::Error::other("no disk"));
            assert_eq!(causes(&fault), "it cannot be read: no disk");
        }
    }

    #[test]
    fn long_times_are_told_coarsely() {
        for (micros, told) in [
            (0, "0s"),
            (900, "0s"),
            (340_900, "340ms"),
            (2_340_500, "2s 340ms"),
            (192_000_001, "3m 12s"),
            (7_530_000_000, "2h 5m"),
        ] {
            assert_eq!(duration(Duration::from_micros(micros)).to_string(), told);
        }
    }
}
