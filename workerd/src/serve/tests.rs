use std::{
    os::unix::net::UnixStream,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use common::{STYLE_DIM, frame::write_frame, protocol::encode};

use super::*;
use crate::engine::{Early, Speech};

/// Makes one frame a token; a token 99 is computed until it is stopped.
#[derive(Default)]
struct FakeEngine {
    stopped: Arc<AtomicBool>,
    /// Told of each rest.
    rests: Option<mpsc::SyncSender<()>>,
}

impl Engine for FakeEngine {
    fn durations(&self) -> bool {
        true
    }

    fn kernels(&self) -> &str {
        "fake"
    }

    fn stopper(&self) -> Stopper {
        let stopped = Arc::clone(&self.stopped);
        Arc::new(move || stopped.store(true, Ordering::SeqCst))
    }

    fn rearm(&mut self) {
        self.stopped.store(false, Ordering::SeqCst);
    }

    fn synthesise(&mut self, job: &Job, early: Early<'_>) -> Result<Speech, Fault> {
        if job.tokens == [99] {
            while !self.stopped.load(Ordering::SeqCst) {
                thread::yield_now();
            }
            return Err(Fault::Cancelled);
        }
        let frames = vec![1; job.tokens.len() + 2];
        let pcm = vec![0.5; frames.len() * common::SAMPLES_PER_FRAME];
        if job.early {
            for frame in pcm.chunks(common::SAMPLES_PER_FRAME).take(2) {
                early(frame, &frames);
            }
        }
        Ok(Speech {
            pcm,
            frames: Some(frames),
        })
    }

    fn rest(&mut self) {
        if let Some(rests) = &self.rests {
            rests.send(()).unwrap();
        }
    }
}

fn job(id: u64, tokens: Vec<u8>) -> ToWorker {
    ToWorker::Run(Job {
        id,
        tokens,
        style: vec![0.0; STYLE_DIM],
        speed: 1.0,
        threads: 1,
        early: false,
    })
}

/// A worker on a thread of its own; our end of the socket; its result.
fn start() -> (UnixStream, thread::JoinHandle<Result<(), ProtocolError>>) {
    start_with(FakeEngine::default(), REST_AFTER)
}

fn start_with(
    mut engine: FakeEngine,
    rest_after: Duration,
) -> (UnixStream, thread::JoinHandle<Result<(), ProtocolError>>) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let handle = thread::spawn(move || {
        let ready = Ready {
            load_ms: 0,
            kernels: "fake".into(),
            durations: true,
            unconfined: vec![],
        };
        let from = theirs.try_clone().unwrap();
        serve(&mut engine, &ready, from, theirs, rest_after)
    });
    (ours, handle)
}

fn receive(stream: &UnixStream) -> (FromWorker, Vec<u8>) {
    let frame = read_frame(stream).unwrap().expect("an answer");
    (protocol::decode(&frame.header).unwrap(), frame.body)
}

#[test]
fn answers_jobs_and_pings_until_the_other_side_hangs_up() {
    let (stream, worker) = start();
    assert!(matches!(receive(&stream).0, FromWorker::Ready(_)));
    let ToWorker::Run(early) = job(9, vec![1, 2, 3]) else {
        unreachable!()
    };
    let early = ToWorker::Run(Job { early: true, ..early });
    protocol::send(&stream, &early, &[]).unwrap();
    for _ in 0..2 {
        let (part, body) = receive(&stream);
        assert_eq!(
            part,
            FromWorker::Part {
                job: 9,
                frames: vec![1; 5]
            }
        );
        assert_eq!(body.len(), common::SAMPLES_PER_FRAME * 4);
    }
    // What was in no part.
    assert_eq!(receive(&stream).1.len(), 3 * common::SAMPLES_PER_FRAME * 4);
    for id in 1..4 {
        protocol::send(&stream, &job(id, vec![1, 2, 3]), &[]).unwrap();
        let (message, body) = receive(&stream);
        assert!(
            matches!(message, FromWorker::Done { job, frames: Some(ref f), .. } if job == id && *f == [1; 5])
        );
        assert_eq!(body.len(), 5 * common::SAMPLES_PER_FRAME * 4);
    }
    protocol::send(&stream, &ToWorker::Ping { nonce: 9 }, &[]).unwrap();
    assert_eq!(receive(&stream).0, FromWorker::Pong { nonce: 9 });
    drop(stream);
    worker.join().unwrap().unwrap();
}

#[test]
fn it_rests_once_after_each_spell_of_work() {
    let (told, rests) = mpsc::sync_channel(1000);
    let engine = FakeEngine {
        rests: Some(told),
        ..FakeEngine::default()
    };
    let (stream, worker) = start_with(engine, Duration::from_millis(20));
    receive(&stream);
    for id in 1..3 {
        protocol::send(&stream, &job(id, vec![5]), &[]).unwrap();
        receive(&stream);
        rests.recv_timeout(Duration::from_secs(20)).unwrap();
        // A ping is no work, and answering it comes after any second rest that this one would bring.
        protocol::send(&stream, &ToWorker::Ping { nonce: id }, &[]).unwrap();
        assert_eq!(receive(&stream).0, FromWorker::Pong { nonce: id });
        assert!(rests.try_recv().is_err());
    }
    drop(stream);
    worker.join().unwrap().unwrap();
    assert!(rests.try_recv().is_err());
}

#[test]
fn a_cancelled_job_ends_at_once_and_the_next_one_runs() {
    let (stream, worker) = start();
    receive(&stream);
    protocol::send(&stream, &job(1, vec![99]), &[]).unwrap();
    // A cancel for another job is none of its business.
    protocol::send(&stream, &ToWorker::Cancel { job: 7 }, &[]).unwrap();
    protocol::send(&stream, &ToWorker::Cancel { job: 1 }, &[]).unwrap();
    assert_eq!(
        receive(&stream).0,
        FromWorker::Failed {
            job: 1,
            fault: Fault::Cancelled
        }
    );
    protocol::send(&stream, &job(2, vec![5]), &[]).unwrap();
    assert!(matches!(receive(&stream).0, FromWorker::Done { job: 2, .. }));
    drop(stream);
    worker.join().unwrap().unwrap();
}

#[test]
fn a_lost_socket_stops_the_running_job() {
    let (stream, worker) = start();
    receive(&stream);
    protocol::send(&stream, &job(1, vec![99]), &[]).unwrap();
    drop(stream);
    // The answer to the stopped job has nowhere to go, which is the only error that may come of it.
    match worker.join().unwrap() {
        Ok(()) | Err(ProtocolError::Frame(_)) => {}
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_broken_job_costs_only_itself() {
    let (stream, worker) = start();
    receive(&stream);
    protocol::send(&stream, &job(1, vec![]), &[]).unwrap();
    assert!(matches!(
        receive(&stream).0,
        FromWorker::Failed {
            job: 1,
            fault: Fault::BadJob(_)
        }
    ));
    protocol::send(&stream, &job(2, vec![5]), &[]).unwrap();
    assert!(matches!(receive(&stream).0, FromWorker::Done { job: 2, .. }));
    drop(stream);
    worker.join().unwrap().unwrap();
}

#[test]
fn nonsense_ends_the_worker() {
    for bytes in [&[0xff; 16][..], &[1, 0, 0, 0, 0, 0, 0, 0, 9]] {
        let (mut stream, worker) = start();
        receive(&stream);
        stream.write_all(bytes).unwrap();
        assert!(worker.join().unwrap().is_err());
    }
    let (stream, worker) = start();
    receive(&stream);
    let mut header = encode(&ToWorker::Ping { nonce: 1 }).unwrap();
    header.push(0);
    write_frame(&stream, &header, &[]).unwrap();
    assert!(matches!(
        worker.join().unwrap(),
        Err(ProtocolError::TrailingBytes(1))
    ));
}

#[test]
fn another_version_is_told_apart() {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    ours.write_all(b"dextts\x09\x00").unwrap();
    assert!(matches!(
        shake_hands(&theirs, &theirs),
        Err(ProtocolError::Version { theirs: 9 })
    ));
    let mut sent = [0; PREAMBLE_LEN];
    ours.read_exact(&mut sent).unwrap();
    assert_eq!(sent, protocol::preamble());
}
