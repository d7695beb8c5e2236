//! The socket of one worker: messages in, events out.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use common::{
    frame::{FrameError, PREFIX_LEN, Prefix},
    protocol::{self, FromWorker, MAX_STATE, MOST_BEGUN, PREAMBLE_LEN, ProtocolError, ToWorker},
};
use interprocess::local_socket::{
    GenericFilePath, ListenerOptions,
    tokio::{Listener, Stream, prelude::*},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::mpsc,
};

use super::{Begun, Event, Part, Speech, lifecycle::WorkerId};

/// Messages to one worker that may wait: a turn, a ping, and a cancellation of each job that was begun.
pub(super) const OUTBOX: usize = MOST_BEGUN + 4;

/// A message, and what another worker has made of the job that it begins.
pub(super) type Outgoing = (ToWorker, Option<Arc<Begun>>);

/// The jobs that are out.
#[derive(Debug, Default)]
struct Out {
    jobs: HashMap<u64, Awaited>,
    /// The one that is computed. Only it makes sound; the others are set aside, and can only fail.
    turn: Option<u64>,
}

/// A socket on which exactly one worker is awaited.
#[derive(Debug)]
pub(super) struct Port {
    listener: Listener,
    path: PathBuf,
}

impl Port {
    /// Binds the socket of worker `id` in `folder`, which only we may enter.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(super) fn bind(folder: &Path, id: WorkerId) -> io::Result<Self> {
        let path = folder.join(format!("worker-{}.sock", id.0));
        let _ = fs::remove_file(&path);
        let name = path.as_path().to_fs_name::<GenericFilePath>()?;
        let listener = ListenerOptions::new()
            .name(name)
            .reclaim_name(false)
            .create_tokio()?;
        Ok(Self { listener, path })
    }

    #[must_use]
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the worker with this pid; others are turned away.
    async fn accept(&self, pid: i32) -> Result<Stream, ProtocolError> {
        loop {
            let stream = self.listener.accept().await.map_err(FrameError::from)?;
            match peer_pid(&stream) {
                Some(peer) if peer != pid => {
                    tracing::warn!(peer, pid, "a stranger knocked at a worker's socket");
                }
                _ => return Ok(stream),
            }
        }
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Talks with a worker until one side hangs up, then says so. We hang up by closing `outbox`.
pub(super) async fn talk(
    id: WorkerId,
    pid: i32,
    port: Port,
    outbox: mpsc::Receiver<Outgoing>,
    events: mpsc::Sender<(WorkerId, Event)>,
) {
    let error = converse(id, pid, port, outbox, &events).await.err();
    // Fails only when the task that listens has ended, and with it the program.
    let _ = events.send((id, Event::Lost(error))).await;
}

async fn converse(
    id: WorkerId,
    pid: i32,
    port: Port,
    outbox: mpsc::Receiver<Outgoing>,
    events: &mpsc::Sender<(WorkerId, Event)>,
) -> Result<(), ProtocolError> {
    let mut stream = port.accept(pid).await?;
    drop(port);
    let mut theirs = [0; PREAMBLE_LEN];
    stream.read_exact(&mut theirs).await.map_err(FrameError::from)?;
    protocol::check_preamble(theirs)?;
    stream
        .write_all(&protocol::preamble())
        .await
        .map_err(FrameError::from)?;

    let awaited = Mutex::new(Out::default());
    tokio::select! {
        result = read(id, &stream, events, &awaited) => result,
        result = write(&stream, outbox, &awaited) => result,
    }
}

/// A job that is out, as far as its answer can be checked.
#[derive(Debug)]
struct Awaited {
    tokens: usize,
    /// What has come of it in parts.
    pcm: Vec<f32>,
    frames: Option<Vec<u16>>,
    /// Frames that the next part takes to compute.
    next: u16,
}

impl Awaited {
    fn new(tokens: usize, begun: Option<&Begun>) -> Self {
        Self {
            tokens,
            pcm: begun.map(|begun| begun.pcm.clone()).unwrap_or_default(),
            frames: begun.map(|begun| begun.frames.clone()),
            next: 0,
        }
    }

    /// What another worker needs to go on after the last part.
    ///
    /// # Errors
    /// There was no part, or the state is too long.
    fn begun(&self, state: Vec<u8>) -> Result<Begun, ProtocolError> {
        let frames = self.frames.clone().filter(|_| state.len() <= MAX_STATE);
        Ok(Begun {
            pcm: self.pcm.clone(),
            frames: frames.ok_or(ProtocolError::Unexpected("a state of no part, or a long one"))?,
            next: self.next,
            state,
        })
    }

    /// Takes the next samples; returns at which sample they begin.
    ///
    /// # Errors
    /// Samples that cannot be read, durations that are not those of the tokens or of an earlier part, more samples than they
    /// ask for.
    fn take(&mut self, body: &[u8], frames: Option<Vec<u16>>) -> Result<usize, ProtocolError> {
        let start = self.pcm.len();
        if start > 0 && self.frames != frames {
            return Err(ProtocolError::Unexpected("other durations than before"));
        }
        self.pcm.extend(protocol::pcm_from_bytes(body)?);
        if let Some(frames) = &frames {
            let expected = protocol::samples_of(frames, self.tokens)?;
            if self.pcm.len() > expected {
                return Err(self.wrong_length(expected));
            }
        }
        self.frames = frames;
        Ok(start)
    }

    /// All of it, after the last samples.
    ///
    /// # Errors
    /// Fewer samples than the durations ask for.
    fn whole(self) -> Result<Speech, ProtocolError> {
        if let Some(frames) = &self.frames {
            let expected = protocol::samples_of(frames, self.tokens)?;
            if self.pcm.len() != expected {
                return Err(self.wrong_length(expected));
            }
        }
        Ok(Speech {
            pcm: self.pcm,
            frames: self.frames,
        })
    }

    fn wrong_length(&self, expected: usize) -> ProtocolError {
        ProtocolError::WrongLength {
            samples: self.pcm.len(),
            expected,
        }
    }
}

async fn read(
    id: WorkerId,
    mut from: impl AsyncRead + Unpin,
    events: &mpsc::Sender<(WorkerId, Event)>,
    awaited: &Mutex<Out>,
) -> Result<(), ProtocolError> {
    let mut ready = false;
    while let Some((message, body)) = receive(&mut from).await? {
        let event = match message {
            FromWorker::Ready(_) if ready => return Err(ProtocolError::Unexpected("ready twice")),
            FromWorker::Ready(told) => {
                ready = true;
                Event::Ready(told)
            }
            _ if !ready => return Err(ProtocolError::Unexpected("not ready yet")),
            FromWorker::Done {
                job,
                frames,
                compute_us,
            } => {
                let mut awaited = lock(awaited);
                awaited.sound_of(job)?.take(&body, frames)?;
                Event::Done {
                    job,
                    speech: awaited.over(job)?.whole()?,
                    compute: Duration::from_micros(compute_us),
                }
            }
            FromWorker::Part {
                job,
                frames,
                next,
                compute_us,
            } => {
                let mut awaited = lock(awaited);
                let awaited = awaited.sound_of(job)?;
                let start = awaited.take(&body, Some(frames.clone()))?;
                awaited.next = next;
                Event::Part {
                    job,
                    part: Part {
                        start,
                        pcm: awaited.pcm[start..].to_vec(),
                        frames,
                        next,
                    },
                    compute: Duration::from_micros(compute_us),
                }
            }
            FromWorker::State { job } => {
                let begun = lock(awaited).begun(job, body)?;
                Event::Begun {
                    job,
                    begun: Arc::new(begun),
                }
            }
            FromWorker::Failed { job, fault } => {
                lock(awaited).over(job)?;
                Event::Failed { job, fault }
            }
            FromWorker::Pong { .. } => Event::Pong,
        };
        if events.send((id, event)).await.is_err() {
            break;
        }
    }
    Ok(())
}

async fn write(
    mut to: impl AsyncWrite + Unpin,
    mut outbox: mpsc::Receiver<Outgoing>,
    awaited: &Mutex<Out>,
) -> Result<(), ProtocolError> {
    while let Some((message, begun)) = outbox.recv().await {
        let header = protocol::encode(&message)?;
        let begun = begun.as_deref();
        lock(awaited).begin(&message, begun);
        let state = begun.map(|begun| begun.state.as_slice()).unwrap_or_default();
        let mut bytes = Prefix::checked(header.len(), state.len())?.to_bytes().to_vec();
        bytes.extend(header);
        to.write_all(&bytes).await.map_err(FrameError::from)?;
        to.write_all(state).await.map_err(FrameError::from)?;
    }
    Ok(())
}

impl Out {
    /// A turn begins.
    fn begin(&mut self, message: &ToWorker, begun: Option<&Begun>) {
        match message {
            ToWorker::Run(job) => {
                self.jobs.insert(job.id, Awaited::new(job.tokens.len(), begun));
                self.turn = Some(job.id);
            }
            ToWorker::Go { job, .. } => self.turn = Some(*job),
            ToWorker::Cancel { .. } | ToWorker::Ping { .. } => {}
        }
    }

    /// The job that has its turn, which ends with this sound.
    fn sound_of(&mut self, job: u64) -> Result<&mut Awaited, ProtocolError> {
        if self.turn.take() != Some(job) {
            return Err(ProtocolError::Unexpected("sound of a job that is not computed"));
        }
        self.jobs
            .get_mut(&job)
            .ok_or(ProtocolError::Unexpected("sound of no job"))
    }

    /// A job as far as it is made.
    fn begun(&self, job: u64, state: Vec<u8>) -> Result<Begun, ProtocolError> {
        let awaited = self
            .jobs
            .get(&job)
            .ok_or(ProtocolError::Unexpected("the state of no job"))?;
        awaited.begun(state)
    }

    /// A job is over: done, failed, or given up.
    fn over(&mut self, job: u64) -> Result<Awaited, ProtocolError> {
        self.turn = self.turn.filter(|turn| *turn != job);
        self.jobs
            .remove(&job)
            .ok_or(ProtocolError::Unexpected("an answer to no job"))
    }
}

fn lock(awaited: &Mutex<Out>) -> MutexGuard<'_, Out> {
    awaited.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn receive(
    from: &mut (impl AsyncRead + Unpin),
) -> Result<Option<(FromWorker, Vec<u8>)>, ProtocolError> {
    let mut prefix = [0; PREFIX_LEN];
    match from.read(&mut prefix).await.map_err(FrameError::from)? {
        0 => return Ok(None),
        n => from
            .read_exact(&mut prefix[n..])
            .await
            .map_err(FrameError::from)?,
    };
    let Prefix { header_len, body_len } = Prefix::parse(prefix)?;
    let header = exactly(from, header_len).await?;
    let body = exactly(from, body_len).await?;
    Ok(Some((protocol::decode(&header)?, body)))
}

/// Grows with what arrives, so that a length that lies costs nothing.
async fn exactly(from: &mut (impl AsyncRead + Unpin), length: usize) -> Result<Vec<u8>, ProtocolError> {
    let mut bytes = Vec::new();
    from.take(length as u64)
        .read_to_end(&mut bytes)
        .await
        .map_err(FrameError::from)?;
    if bytes.len() == length {
        Ok(bytes)
    } else {
        Err(FrameError::Truncated.into())
    }
}

fn peer_pid(stream: &Stream) -> Option<i32> {
    stream.peer_creds().ok()?.pid()
}

#[cfg(test)]
mod tests {
    use common::SAMPLES_PER_FRAME;

    use super::*;

    fn awaited() -> Awaited {
        Awaited::new(1, None)
    }

    #[test]
    fn only_the_job_that_is_computed_makes_sound() {
        let mut out = Out::default();
        let run = |id| {
            ToWorker::Run(common::protocol::Job {
                id,
                tokens: vec![1],
                style: Vec::new(),
                speed: 1.0,
                threads: 1,
                early: true,
                draft: false,
            })
        };
        for id in [1, 2] {
            out.begin(&run(id), None);
            out.sound_of(id).unwrap();
            assert!(out.sound_of(id).is_err(), "two parts in one turn");
        }
        let go = ToWorker::Go { job: 1, threads: 1 };
        out.begin(&go, None);
        assert!(out.sound_of(2).is_err(), "it is set aside");
        out.begin(&go, None);
        // One that is set aside can be given up meanwhile.
        out.over(2).unwrap();
        out.sound_of(1).unwrap();
        out.over(1).unwrap();
        assert!(out.over(1).is_err() && out.sound_of(3).is_err());
    }

    fn samples(count: usize) -> Vec<u8> {
        protocol::pcm_to_bytes(&vec![0.5; count])
    }

    #[test]
    fn parts_make_a_whole() {
        let frames = Some(vec![1, 1, 1]);
        let mut awaited = awaited();
        assert_eq!(
            awaited.take(&samples(SAMPLES_PER_FRAME), frames.clone()).unwrap(),
            0
        );
        let start = awaited
            .take(&samples(2 * SAMPLES_PER_FRAME), frames.clone())
            .unwrap();
        assert_eq!(start, SAMPLES_PER_FRAME);
        let speech = awaited.whole().unwrap();
        assert_eq!((speech.pcm.len(), speech.frames), (3 * SAMPLES_PER_FRAME, frames));
    }

    #[test]
    fn another_worker_goes_on_where_one_was() {
        let frames = vec![1, 1, 1];
        let mut first = awaited();
        assert!(first.begun(vec![7]).is_err(), "nothing is made");
        first
            .take(&samples(SAMPLES_PER_FRAME), Some(frames.clone()))
            .unwrap();
        first.next = 2;
        assert!(first.begun(vec![0; MAX_STATE + 1]).is_err());
        let begun = first.begun(vec![7]).unwrap();
        assert_eq!((begun.next, begun.pcm.len()), (2, SAMPLES_PER_FRAME));
        let mut second = Awaited::new(1, Some(&begun));
        let start = second.take(&samples(2 * SAMPLES_PER_FRAME), Some(frames));
        assert_eq!(start.unwrap(), SAMPLES_PER_FRAME);
        assert_eq!(second.whole().unwrap().pcm.len(), 3 * SAMPLES_PER_FRAME);
    }

    #[test]
    fn parts_that_make_none_are_told_apart() {
        let frames = Some(vec![1, 1, 1]);
        let mut short = awaited();
        short.take(&samples(SAMPLES_PER_FRAME), frames.clone()).unwrap();
        let other = short.take(&samples(1), Some(vec![1, 2, 1]));
        assert!(matches!(other, Err(ProtocolError::Unexpected(_))));
        assert!(matches!(short.whole(), Err(ProtocolError::WrongLength { .. })));
        let long = awaited().take(&samples(3 * SAMPLES_PER_FRAME + 1), frames);
        assert!(matches!(long, Err(ProtocolError::WrongLength { .. })));
        let ragged = awaited().take(&[0; 3], Some(vec![1, 1, 1]));
        assert!(matches!(ragged, Err(ProtocolError::RaggedPcm(3))));
        let wrong = awaited().take(&samples(1), Some(vec![1]));
        assert!(matches!(wrong, Err(ProtocolError::WrongDurations(1, 1))));
    }
}
