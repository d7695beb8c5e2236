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

/// Takes sound of a job before all of it is made, in order: the next samples, and the frames of [`Speech::frames`].
pub type Early<'a> = &'a mut dyn FnMut(&[f32], &[u16]);

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

    /// Computes one job that has no [`Job::defect`]. Where the job asks for it and the model allows it, sound is given out `early`;
    /// what is returned is all of it.
    ///
    /// # Errors
    /// [`Fault::Cancelled`] after a stop, [`Fault::Engine`] when the model fails.
    fn synthesise(&mut self, job: &Job, early: Early<'_>) -> Result<Speech, Fault>;

    /// Gives back the memory that only a next job would need, because none has come for a while.
    fn rest(&mut self);
}
