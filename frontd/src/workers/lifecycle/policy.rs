//! The numbers behind the life of a worker.

use std::time::Duration;

/// The numbers behind the decisions.
#[derive(Debug, Clone)]
pub struct Policy {
    /// A worker that is not ready by then is killed.
    pub start_limit: Duration,
    /// An idle worker is pinged this long after its last sign of life …
    pub ping_after: Duration,
    /// … and killed when it does not answer for this long. It may be giving memory back, which takes seconds on a starved machine.
    pub ping_limit: Duration,
    /// A retiring or ending worker that has not exited by itself is killed.
    pub retire_limit: Duration,
    /// Wait before the second start in a row that follows a failure; doubled each time …
    pub backoff_first: Duration,
    /// … up to this.
    pub backoff_most: Duration,
    /// Workers that are ready beside those that are wanted, so that a death costs no loading.
    pub spare: usize,
    /// While listeners are about to run dry, a dead worker is replaced so much later at most. Loading takes a core for two seconds,
    /// and the other workers can use that core at once.
    pub hold: Duration,
    /// Failed starts in a row, before any worker was ever ready, that end the program.
    pub hopeless_after: u32,
    /// Private memory in bytes above which a worker is replaced; half as much again, and it is killed in its job.
    pub memory_limit: Option<u64>,
    /// Jobs after which a worker is replaced.
    pub jobs_limit: Option<u64>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            start_limit: Duration::from_secs(60),
            ping_after: Duration::from_secs(2),
            ping_limit: Duration::from_secs(10),
            retire_limit: Duration::from_secs(5),
            backoff_first: Duration::from_millis(100),
            backoff_most: Duration::from_secs(15),
            spare: 0,
            hold: Duration::from_secs(4),
            hopeless_after: 5,
            memory_limit: None,
            jobs_limit: None,
        }
    }
}
