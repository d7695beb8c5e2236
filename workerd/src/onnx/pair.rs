//! One graph in two sessions: for a job's own threads, and for those that may be lent to it.

use std::num::NonZero;

use ort::session::Session;

/// The most threads of a wide session: beyond, they wait for each other more than they gain.
const WIDEST: usize = 4;

/// ONNX Runtime gives threads to a session, not to a run. The weights of both sessions are the same mapped pages.
pub(super) struct Pair {
    pub(super) narrow: Session,
    wide: Option<Session>,
}

/// The threads of a wide session; `None` where there are no more than `threads`.
pub(super) fn widest(threads: usize) -> Option<usize> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    Some(cores.min(WIDEST)).filter(|widest| *widest > threads)
}

impl Pair {
    /// Opens both, one after the other: a worker that starts takes one core, and leaves the others to those that speak.
    ///
    /// # Errors
    /// Those of `open`, which is given the number of threads.
    pub(super) fn open<E>(
        threads: usize,
        wide: Option<usize>,
        open: &impl Fn(usize) -> Result<Session, E>,
    ) -> Result<Self, E> {
        Ok(Self {
            narrow: open(threads)?,
            wide: wide.map(open).transpose()?,
        })
    }

    /// The one for a job that may have more threads, or not.
    pub(super) fn session(&mut self, wide: bool) -> &mut Session {
        match &mut self.wide {
            Some(session) if wide => session,
            _ => &mut self.narrow,
        }
    }
}
