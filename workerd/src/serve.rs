//! The loop of a worker: one turn of a job at a time over any reader and writer.
//!
//! A second thread reads, so that a cancelled job ends at once and so that the worker notices the loss of its
//! socket while it computes.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use common::{
    frame::read_frame,
    protocol::{
        self, Fault, FromWorker, Job, MAX_STATE, MOST_BEGUN, PREAMBLE_LEN, ProtocolError, Ready, ToWorker,
        check_preamble, pcm_to_bytes,
    },
};

use crate::engine::{Engine, Stopper, Turn};

/// Messages that may wait: a turn, and a cancellation of each job that was begun.
const INBOX: usize = MOST_BEGUN + 2;

/// A worker that has had no job for so long gives memory back.
pub const REST_AFTER: Duration = Duration::from_secs(10);

/// Exchanges preambles. Done before the model is loaded, so that a wrong version costs nothing.
///
/// # Errors
/// Another program or version on the other side, or a socket that fails.
pub fn shake_hands(mut from: impl Read, mut to: impl Write) -> Result<(), ProtocolError> {
    let io = |error: std::io::Error| ProtocolError::Frame(error.into());
    to.write_all(&protocol::preamble()).map_err(io)?;
    to.flush().map_err(io)?;
    let mut theirs = [0; PREAMBLE_LEN];
    from.read_exact(&mut theirs).map_err(io)?;
    check_preamble(theirs)
}

/// Answers jobs until the other side hangs up; lets the engine rest once `rest_after` has passed since the last job.
///
/// # Errors
/// A frame or message that breaks the protocol, or a socket that fails.
pub fn serve(
    engine: &mut dyn Engine,
    ready: &Ready,
    from: impl Read + Send + 'static,
    mut to: impl Write,
    rest_after: Duration,
) -> Result<(), ProtocolError> {
    protocol::send(&mut to, &FromWorker::Ready(ready.clone()), &[])?;
    let running = Arc::new(Running {
        jobs: Mutex::default(),
        stop: engine.stopper(),
    });
    let (inbox_tx, inbox) = mpsc::sync_channel(INBOX);
    let reader = Arc::clone(&running);
    std::thread::Builder::new()
        .name("reader".to_owned())
        .spawn(move || read_messages(from, &reader, &inbox_tx))
        .map_err(|error| ProtocolError::Frame(error.into()))?;

    let mut worker = Worker {
        engine,
        running,
        aside: BTreeSet::new(),
        to,
    };
    // When to rest; nothing has been used yet.
    let mut rest_at = None;
    loop {
        let message = match rest_at {
            Some(moment) => inbox.recv_timeout(Instant::saturating_duration_since(&moment, Instant::now())),
            None => inbox.recv().map_err(RecvTimeoutError::from),
        };
        match message {
            Ok(message) => match message? {
                (ToWorker::Run(job), state) => {
                    worker.run(&job, &state)?;
                    rest_at = Some(Instant::now() + rest_after);
                }
                (ToWorker::Go { job, threads }, _) => {
                    worker.turn(job, |engine| engine.go_on(job, threads))?;
                    rest_at = Some(Instant::now() + rest_after);
                }
                (ToWorker::Cancel { job }, _) => worker.cancel(job)?,
                (ToWorker::Ping { nonce }, _) => worker.send(&FromWorker::Pong { nonce }, &[])?,
            },
            Err(RecvTimeoutError::Timeout) => {
                worker.engine.rest();
                rest_at = None;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

/// The engine, its jobs, and the way back.
struct Worker<'e, W> {
    engine: &'e mut dyn Engine,
    running: Arc<Running>,
    /// Jobs of which a part has been sent and the rest is to come.
    aside: BTreeSet<u64>,
    to: W,
}

impl<W: Write> Worker<'_, W> {
    /// `state`: as a body of [`ToWorker::Run`].
    fn run(&mut self, job: &Job, state: &[u8]) -> Result<(), ProtocolError> {
        let defect = job.defect().or_else(|| {
            (self.aside.len() >= MOST_BEGUN).then(|| format!("{MOST_BEGUN} jobs are begun already"))
        });
        if let Some(defect) = defect {
            return self.fail(job.id, Fault::BadJob(defect));
        }
        if state.is_empty() {
            return self.turn(job.id, |engine| engine.begin(job));
        }
        match protocol::decode_state(state) {
            Ok(state) => self.turn(job.id, |engine| engine.resume(job, state)),
            Err(error) => self.fail(job.id, Fault::BadJob(error.to_string())),
        }
    }

    /// Computes one turn of a job and sends what it made.
    fn turn(
        &mut self,
        job: u64,
        compute: impl FnOnce(&mut dyn Engine) -> Result<Turn, Fault>,
    ) -> Result<(), ProtocolError> {
        let started = Instant::now();
        let made = if self.running.begin(job, self.engine) {
            compute(self.engine)
        } else {
            Err(Fault::Cancelled)
        };
        let compute_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.running.end();
        let Turn { speech, next } = match made {
            Ok(turn) => turn,
            Err(fault) => return self.fail(job, fault),
        };
        let message = match (next, speech.frames) {
            (Some(next), Some(frames)) => {
                self.aside.insert(job);
                FromWorker::Part {
                    job,
                    frames,
                    next,
                    compute_us,
                }
            }
            (Some(_), None) => return self.fail(job, Fault::Engine("a part without durations".to_owned())),
            (None, frames) => {
                self.aside.remove(&job);
                FromWorker::Done {
                    job,
                    frames,
                    compute_us,
                }
            }
        };
        self.send(&message, &pcm_to_bytes(&speech.pcm))?;
        // After the sound, which somebody waits for.
        if let Some(state) = self.engine.state(job) {
            let state = protocol::encode(&state)?;
            if state.len() <= MAX_STATE {
                self.send(&FromWorker::State { job }, &state)?;
            }
        }
        Ok(())
    }

    /// A job that is not here has been answered already.
    fn cancel(&mut self, job: u64) -> Result<(), ProtocolError> {
        if self.aside.contains(&job) {
            self.fail(job, Fault::Cancelled)
        } else {
            Ok(())
        }
    }

    /// The end of a job.
    fn fail(&mut self, job: u64, fault: Fault) -> Result<(), ProtocolError> {
        self.aside.remove(&job);
        self.engine.forget(job);
        self.send(&FromWorker::Failed { job, fault }, &[])
    }

    fn send(&mut self, message: &FromWorker, body: &[u8]) -> Result<(), ProtocolError> {
        protocol::send(&mut self.to, message, body)
    }
}

/// Hands messages to the loop; stops the running job when it is cancelled or the socket is gone.
fn read_messages(
    mut from: impl Read,
    running: &Running,
    inbox: &mpsc::SyncSender<Result<(ToWorker, Vec<u8>), ProtocolError>>,
) {
    loop {
        let message = match read_frame(&mut from) {
            Ok(Some(frame)) => {
                protocol::decode::<ToWorker>(&frame.header).map(|message| (message, frame.body))
            }
            Ok(None) => break,
            Err(error) => Err(error.into()),
        };
        if let Ok((ToWorker::Cancel { job }, _)) = message {
            running.stop(job);
        }
        let failed = message.is_err();
        if inbox.send(message).is_err() || failed {
            break;
        }
    }
    running.stop_all();
}

/// The job in hand, shared by the two threads. The lock makes "is it still that job? then stop it" one step.
struct Running {
    jobs: Mutex<Jobs>,
    stop: Stopper,
}

#[derive(Default)]
struct Jobs {
    running: Option<u64>,
    /// The last job that was cancelled: it may still wait in the inbox.
    cancelled: Option<u64>,
    /// Nobody waits for an answer any more.
    gone: bool,
}

impl Running {
    /// Whether the job is still wanted; if so it counts as running.
    fn begin(&self, id: u64, engine: &mut dyn Engine) -> bool {
        let mut jobs = self.lock();
        let wanted = !jobs.gone && jobs.cancelled != Some(id);
        if wanted {
            engine.rearm();
            jobs.running = Some(id);
        }
        wanted
    }

    fn end(&self) {
        self.lock().running = None;
    }

    fn stop(&self, id: u64) {
        let mut jobs = self.lock();
        jobs.cancelled = Some(id);
        if jobs.running == Some(id) {
            (self.stop)();
        }
    }

    fn stop_all(&self) {
        let mut jobs = self.lock();
        jobs.gone = true;
        if jobs.running.is_some() {
            (self.stop)();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
