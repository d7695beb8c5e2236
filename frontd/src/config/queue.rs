use std::time::Duration;

use super::Reader;
use crate::scheduler::Limits;

/// What is let in, how long a segment may take, and what is kept.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Responses that may wait for their first segment. `MAX_QUEUE`, 16.
    pub waiting: usize,
    /// Responses under way at once. `MAX_RESPONSES`, 64.
    pub responses: usize,
    /// Longest expected wait for first audio. `MAX_WAIT` (or `MAX_WAIT_SECONDS`), 30s.
    pub wait: Duration,
    /// Segments of one response that are worked on ahead of its client. `LOOK_AHEAD`, 4.
    pub look_ahead: usize,
    /// The least time for a segment before its worker counts as hanging. `JOB_DEADLINE` (or
    /// `JOB_DEADLINE_SECONDS`), 5s.
    pub deadline_floor: Duration,
    /// Memory in MiB for finished segments, so that a repeated or edited text is not computed again; 0: nothing is kept.
    /// `SEGMENT_CACHE_MB`, 64.
    pub cache_mb: usize,
}

/// A segment gets this many times its expected time: a busy machine is not a hanging one.
const DEADLINE_FACTOR: f64 = 10.0;

impl Queue {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let seconds = Duration::from_secs;
        let range = seconds(1)..=seconds(600);
        Self {
            waiting: reader.number("MAX_QUEUE", 16, 1, 10_000),
            responses: reader.number("MAX_RESPONSES", 64, 1, 500),
            wait: reader.duration("MAX_WAIT", "MAX_WAIT_SECONDS", seconds(30), range.clone()),
            look_ahead: reader.number("LOOK_AHEAD", 4, 1, 64),
            deadline_floor: reader.duration("JOB_DEADLINE", "JOB_DEADLINE_SECONDS", seconds(5), range),
            cache_mb: reader.number("SEGMENT_CACHE_MB", 64, 0, 1 << 20),
        }
    }

    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            queue: self.waiting,
            responses: self.responses,
            wait: self.wait,
            deadline_floor: self.deadline_floor,
            deadline_factor: DEADLINE_FACTOR,
        }
    }
}
