//! What others may see of the workers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Task,
    lifecycle::{Phase, Reason, WorkerId},
};

/// Exits that the status remembers.
pub(super) const LAST_EXITS: usize = 16;

/// All workers at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FleetStatus {
    /// How many are wanted.
    pub target: usize,
    /// How many more are to be ready, so that a death costs no loading.
    pub spare: usize,
    pub workers: Vec<WorkerStatus>,
    /// How many ended since the start, by reason.
    pub ended: BTreeMap<Reason, u64>,
    /// The latest exits, newest first.
    pub last_exits: Vec<(WorkerId, Reason)>,
}

/// One worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerStatus {
    pub id: WorkerId,
    pub pid: i32,
    pub state: Phase,
    pub jobs: u64,
    /// Bytes that no other process shares, at the last look.
    pub private_bytes: u64,
    pub age_s: u64,
    /// Which kernels compute; unknown until it is ready.
    pub kernels: Option<String>,
    /// Whether its model tells how long each token lasts; unknown until it is ready.
    pub durations: Option<bool>,
}

impl FleetStatus {
    /// Workers that take jobs: of those that could, as many as are wanted.
    #[must_use]
    pub fn serving(&self) -> usize {
        (self.in_phase(Phase::Ready) + self.in_phase(Phase::Busy)).min(self.target)
    }

    #[must_use]
    pub fn in_phase(&self, phase: Phase) -> usize {
        self.workers.iter().filter(|worker| worker.state == phase).count()
    }

    /// Ends that nobody planned.
    #[must_use]
    pub fn restarts(&self) -> u64 {
        let planned = [Reason::Scaled, Reason::Drained];
        self.ended
            .iter()
            .filter(|(reason, _)| !planned.contains(reason))
            .map(|(_, count)| count)
            .sum()
    }
}

impl Task {
    pub(super) fn status(&self) -> FleetStatus {
        let mut workers: Vec<WorkerStatus> = self
            .alive
            .iter()
            .filter_map(|(id, alive)| {
                let (state, jobs, private_bytes) = self.fleet.look(*id)?;
                Some(WorkerStatus {
                    id: *id,
                    pid: alive.pid,
                    state,
                    jobs,
                    private_bytes,
                    age_s: alive.since.elapsed().as_secs(),
                    kernels: alive.ready.as_ref().map(|ready| ready.kernels.clone()),
                    durations: alive.ready.as_ref().map(|ready| ready.durations),
                })
            })
            .collect();
        workers.sort_by_key(|worker| worker.id);
        FleetStatus {
            target: self.fleet.target(),
            spare: self.setup.policy.spare,
            workers,
            ended: self.fleet.ended().clone(),
            last_exits: self.last_exits.iter().copied().collect(),
        }
    }
}
