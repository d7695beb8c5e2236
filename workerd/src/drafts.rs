//! A model with the built-in voice beside it, which speaks drafts many times as fast.

use std::sync::Arc;

use common::protocol::{Fault, Job, State};

use crate::engine::{Engine, Stopper, Turn};

/// Two engines: one speaks, the other drafts.
#[derive(Debug)]
pub struct WithDrafts<M, D> {
    model: M,
    drafts: D,
}

impl<M: Engine, D: Engine> WithDrafts<M, D> {
    /// `drafts` speaks a job in one turn.
    #[must_use]
    pub fn new(model: M, drafts: D) -> Self {
        Self { model, drafts }
    }
}

impl<M: Engine, D: Engine> Engine for WithDrafts<M, D> {
    fn durations(&self) -> bool {
        self.model.durations()
    }

    fn kernels(&self) -> &str {
        self.model.kernels()
    }

    fn stopper(&self) -> Stopper {
        let (model, drafts) = (self.model.stopper(), self.drafts.stopper());
        Arc::new(move || {
            model();
            drafts();
        })
    }

    fn rearm(&mut self) {
        self.model.rearm();
        self.drafts.rearm();
    }

    fn begin(&mut self, job: &Job) -> Result<Turn, Fault> {
        if job.draft {
            self.drafts.begin(job)
        } else {
            self.model.begin(job)
        }
    }

    fn go_on(&mut self, job: u64, threads: u8) -> Result<Turn, Fault> {
        self.model.go_on(job, threads)
    }

    fn state(&self, job: u64) -> Option<State> {
        self.model.state(job)
    }

    fn resume(&mut self, job: &Job, state: State) -> Result<Turn, Fault> {
        self.model.resume(job, state)
    }

    fn forget(&mut self, job: u64) {
        self.model.forget(job);
    }

    fn rest(&mut self) {
        self.drafts.rest();
        self.model.rest();
    }
}
