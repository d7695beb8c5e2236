//! The loop of a worker: one job at a time over any reader and writer.
//!
//! A second thread reads, so that a cancelled job ends at once and so that the worker notices the loss of its
//! socket while it computes.

use std::{
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
        self, Fault, FromWorker, Job, PREAMBLE_LEN, ProtocolError, Ready, ToWorker, check_preamble,
        pcm_to_bytes,
    },
};

use crate::engine::{Engine, Stopper};

/// Messages that may wait. frontd sends the next job after the last answer, so two would do.
const INBOX: usize = 4;

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

    // When to rest; nothing has been used yet.
    let mut rest_at = None;
    loop {
        let message = match rest_at {
            Some(moment) => inbox.recv_timeout(Instant::saturating_duration_since(&moment, Instant::now())),
            None => inbox.recv().map_err(RecvTimeoutError::from),
        };
        match message {
            Ok(message) => match message? {
                ToWorker::Run(job) => {
                    run(engine, &job, &running, &mut to)?;
                    rest_at = Some(Instant::now() + rest_after);
                }
                // Its job has been answered already.
                ToWorker::Cancel { .. } => {}
                ToWorker::Ping { nonce } => protocol::send(&mut to, &FromWorker::Pong { nonce }, &[])?,
            },
            Err(RecvTimeoutError::Timeout) => {
                engine.rest();
                rest_at = None;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn run(engine: &mut dyn Engine, job: &Job, running: &Running, to: impl Write) -> Result<(), ProtocolError> {
    if let Some(defect) = job.defect() {
        return protocol::send(
            to,
            &FromWorker::Failed {
                job: job.id,
                fault: Fault::BadJob(defect),
            },
            &[],
        );
    }
    let started = Instant::now();
    let mut to = to;
    let (mut sent, mut lost) = (0, None);
    let result = if running.begin(job.id, engine) {
        engine.synthesise(job, &mut |pcm, frames| {
            let part = FromWorker::Part {
                job: job.id,
                frames: frames.to_vec(),
            };
            sent += pcm.len();
            // The reader notices the loss of the socket too, and stops the job.
            if let Err(error) = protocol::send(&mut to, &part, &pcm_to_bytes(pcm)) {
                lost.get_or_insert(error);
            }
        })
    } else {
        Err(Fault::Cancelled)
    };
    let compute_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    running.end();
    if let Some(error) = lost {
        return Err(error);
    }
    match result {
        Ok(speech) => {
            let done = FromWorker::Done {
                job: job.id,
                frames: speech.frames,
                compute_us,
            };
            protocol::send(to, &done, &pcm_to_bytes(&speech.pcm[sent..]))
        }
        Err(fault) => protocol::send(to, &FromWorker::Failed { job: job.id, fault }, &[]),
    }
}

/// Hands messages to the loop; stops the running job when it is cancelled or the socket is gone.
fn read_messages(
    mut from: impl Read,
    running: &Running,
    inbox: &mpsc::SyncSender<Result<ToWorker, ProtocolError>>,
) {
    loop {
        let message = match read_frame(&mut from) {
            Ok(Some(frame)) => protocol::decode::<ToWorker>(&frame.header),
            Ok(None) => break,
            Err(error) => Err(error.into()),
        };
        if let Ok(ToWorker::Cancel { job }) = message {
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
