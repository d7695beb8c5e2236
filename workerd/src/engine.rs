//! What computes speech, seen from the loop that serves jobs.

use std::sync::Arc;

use common::protocol::{Fault, Job};

/// What a job makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    /// Mono samples at [`common::SAMPLE_RATE`].
    pub pcm: Vec<f32>,
    /// Frames of [`common::SAMPLES_PER_FRAME`] for each token and the padding at both ends, when the model tells.
    pub frames: Option<Vec<u16>>,
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

    /// Forgets an earlier stop. Called before every synthesis.
    fn rearm(&mut self);

    /// Computes one job that has no [`Job::defect`].
    ///
    /// # Errors
    /// [`Fault::Cancelled`] after a stop, [`Fault::Engine`] when the model fails.
    fn synthesise(&mut self, job: &Job) -> Result<Speech, Fault>;

    /// Gives back the memory that only a next job would need, because none has come for a while.
    fn rest(&mut self);
}
