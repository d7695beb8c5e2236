//! What computes speech, seen from the loop that serves jobs.

use std::sync::Arc;

use common::protocol::{Fault, Job, State};

/// What a job makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    /// Mono samples at [`common::SAMPLE_RATE`].
    pub pcm: Vec<f32>,
    /// Frames of [`common::SAMPLES_PER_FRAME`] for each token and the padding at both ends, when the model tells.
    pub frames: Option<Vec<u16>>,
}

/// What a job makes in one turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The next samples and the frames of the whole job.
    pub speech: Speech,
    /// Frames that the next turn computes; `None` after the last one.
    pub next: Option<u16>,
}

/// Ends the synthesis that is running, from another thread; harmless when none is.
pub type Stopper = Arc<dyn Fn() + Send + Sync>;

/// A loaded model.
pub trait Engine {
    /// Whether [`Speech::frames`] will be there.
    fn durations(&self) -> bool;

    /// Which kernels compute the vocoder.
    fn kernels(&self) -> &str;

    fn stopper(&self) -> Stopper;

    /// Forgets an earlier stop. Called before every turn.
    fn rearm(&mut self);

    /// Computes one job that has no [`Job::defect`]: all of it, or the first part of one that asks for it, where the model allows
    /// that. What is left is kept until its last turn, a fault, or [`Engine::forget`].
    ///
    /// # Errors
    /// [`Fault::Cancelled`] after a stop, [`Fault::Engine`] when the model fails.
    fn begin(&mut self, job: &Job) -> Result<Turn, Fault>;

    /// Computes the next part of a job that was begun, with so many threads.
    ///
    /// # Errors
    /// As [`Engine::begin`], and [`Fault::BadJob`] for one that was not.
    fn go_on(&mut self, job: u64, threads: u8) -> Result<Turn, Fault>;

    /// What another engine of the same model goes on from with a job that was begun and is not ended; `None`: it is begun again.
    fn state(&self, job: u64) -> Option<State>;

    /// Computes the next part of a job that another engine began, and keeps what is left of it as [`Engine::begin`] does.
    ///
    /// # Errors
    /// As [`Engine::begin`], and [`Fault::BadJob`] for a state that is no state of such a job.
    fn resume(&mut self, job: &Job, state: State) -> Result<Turn, Fault>;

    /// Drops what is left of a job, if anything is.
    fn forget(&mut self, job: u64);

    /// Gives back the memory that only a next job would need, because none has come for a while.
    fn rest(&mut self);

    /// A job from its beginning to its end.
    ///
    /// # Errors
    /// As [`Engine::begin`].
    fn synthesise(&mut self, job: &Job) -> Result<Speech, Fault> {
        let mut turn = self.begin(job)?;
        let mut pcm = turn.speech.pcm;
        while turn.next.is_some() {
            turn = self.go_on(job.id, job.threads)?;
            pcm.append(&mut turn.speech.pcm);
        }
        Ok(Speech {
            pcm,
            frames: turn.speech.frames,
        })
    }
}
