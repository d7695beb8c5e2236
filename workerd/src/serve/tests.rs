use std::{
    collections::HashMap,
    os::unix::net::UnixStream,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use common::{
    STYLE_DIM,
    frame::write_frame,
    protocol::{Plane, State, encode},
};

use super::*;
use crate::engine::{Speech, Turn};

/// Makes one frame a token; of an early job one each turn, and its state tells how many are made. A token 99 is computed until it is stopped.
#[derive(Default)]
struct FakeEngine {
    stopped: Arc<AtomicBool>,
    /// Frames in all and frames made, by job.
    aside: HashMap<u64, (usize, usize)>,
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

    fn begin(&mut self, job: &Job) -> Result<Turn, Fault> {
        if job.tokens == [99] {
            while !self.stopped.load(Ordering::SeqCst) {
                thread::yield_now();
            }
            return Err(Fault::Cancelled);
        }
        let all = job.tokens.len() + 2;
        if job.early {
            self.aside.insert(job.id, (all, 0));
            self.go_on(job.id, 1)
        } else {
            Ok(turn(all, all, None))
        }
    }

    fn go_on(&mut self, job: u64, _threads: u8) -> Result<Turn, Fault> {
        let Some((all, made)) = self.aside.get_mut(&job) else {
            return Err(Fault::BadJob("never begun".to_owned()));
        };
        *made += 1;
        let (all, left) = (*all, *all - *made);
        if left == 0 {
            self.aside.remove(&job);
        }
        Ok(turn(all, 1, Some(1).filter(|_| left > 0)))
    }

    fn state(&self, job: u64) -> Option<State> {
        self.aside.get(&job).map(|(all, made)| state(*all, *made))
    }

    fn resume(&mut self, job: &Job, state: State) -> Result<Turn, Fault> {
        self.aside
            .insert(job.id, (state.frames.len(), state.parts.into()));
        self.go_on(job.id, 1)
    }

    fn forget(&mut self, job: u64) {
        self.aside.remove(&job);
    }

    fn rest(&mut self) {
        if let Some(rests) = &self.rests {
            rests.send(()).unwrap();
        }
    }
}

fn turn(all: usize, made: usize, next: Option<u16>) -> Turn {
    Turn {
        speech: Speech {
            pcm: vec![0.5; made * common::SAMPLES_PER_FRAME],
            frames: Some(vec![1; all]),
        },
        next,
    }
}

fn state(all: usize, made: usize) -> State {
    State {
        parts: u16::try_from(made).unwrap(),
        frames: vec![1; all],
        speech: (0, 0),
        signal: Plane::new(0, &[]),
        source: Plane::new(0, &[]),
        seen: Vec::new(),
    }
}

fn job(id: u64, tokens: Vec<u8>) -> ToWorker {
    run(id, tokens, false)
}

fn run(id: u64, tokens: Vec<u8>, early: bool) -> ToWorker {
    ToWorker::Run(Job {
        id,
        tokens,
        style: vec![0.0; STYLE_DIM],
        speed: 1.0,
        threads: 1,
        early,
        draft: false,
    })
}

fn go(job: u64) -> ToWorker {
    ToWorker::Go { job, threads: 1 }
}

fn is_part(message: &FromWorker, id: u64) -> bool {
    matches!(message, FromWorker::Part { job, next: 1, .. } if *job == id)
}

/// Takes the state that follows a part.
fn receive_state(stream: &UnixStream, id: u64) -> Vec<u8> {
    let (message, body) = receive(stream);
    assert_eq!(message, FromWorker::State { job: id });
    body
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
fn other_jobs_have_their_turn_between_the_parts_of_one() {
    let (stream, worker) = start();
    receive(&stream);
    let samples = |frames: usize| frames * common::SAMPLES_PER_FRAME * 4;
    for (message, id, frames) in [
        (run(1, vec![5], true), 1, 1),
        (run(2, vec![5], true), 2, 1),
        (go(1), 1, 1),
        (job(3, vec![5]), 3, 3),
        (go(2), 2, 1),
        (go(1), 1, 1),
        (go(2), 2, 1),
    ] {
        protocol::send(&stream, &message, &[]).unwrap();
        let (answer, body) = receive(&stream);
        let done =
            matches!(&answer, FromWorker::Done { job, frames: Some(f), .. } if *job == id && f.len() == 3);
        assert!(done || is_part(&answer, id), "{message:?}: {answer:?}");
        assert_eq!(body.len(), samples(frames));
        if !done {
            receive_state(&stream, id);
        }
    }
    // Both are done.
    for id in 1..3 {
        protocol::send(&stream, &go(id), &[]).unwrap();
        assert!(
            matches!(receive(&stream).0, FromWorker::Failed { job, fault: Fault::BadJob(_) } if job == id)
        );
    }
    drop(stream);
    worker.join().unwrap().unwrap();
}

#[test]
fn a_worker_goes_on_with_what_another_began() {
    let (first, one) = start();
    receive(&first);
    protocol::send(&first, &run(1, vec![5], true), &[]).unwrap();
    assert!(is_part(&receive(&first).0, 1));
    let begun = receive_state(&first, 1);
    assert_eq!(protocol::decode_state(&begun).unwrap(), state(3, 1));
    drop(first);
    one.join().unwrap().unwrap();

    let (second, other) = start();
    receive(&second);
    protocol::send(&second, &run(7, vec![5], true), &begun).unwrap();
    assert!(is_part(&receive(&second).0, 7));
    assert_eq!(
        protocol::decode_state(&receive_state(&second, 7)).unwrap(),
        state(3, 2)
    );
    protocol::send(&second, &go(7), &[]).unwrap();
    assert!(matches!(receive(&second).0, FromWorker::Done { job: 7, .. }));
    // Bytes that are no state cost only their job.
    protocol::send(&second, &run(8, vec![5], true), &begun[1..]).unwrap();
    assert!(matches!(
        receive(&second).0,
        FromWorker::Failed {
            job: 8,
            fault: Fault::BadJob(_)
        }
    ));
    protocol::send(&second, &job(9, vec![5]), &[]).unwrap();
    assert!(matches!(receive(&second).0, FromWorker::Done { job: 9, .. }));
    drop(second);
    other.join().unwrap().unwrap();
}

#[test]
fn a_job_that_is_set_aside_can_be_cancelled_and_is_answered_once() {
    let (stream, worker) = start();
    receive(&stream);
    protocol::send(&stream, &run(1, vec![5], true), &[]).unwrap();
    assert!(is_part(&receive(&stream).0, 1));
    receive_state(&stream, 1);
    for _ in 0..2 {
        protocol::send(&stream, &ToWorker::Cancel { job: 1 }, &[]).unwrap();
    }
    let cancelled = FromWorker::Failed {
        job: 1,
        fault: Fault::Cancelled,
    };
    assert_eq!(receive(&stream).0, cancelled);
    protocol::send(&stream, &ToWorker::Ping { nonce: 2 }, &[]).unwrap();
    assert_eq!(receive(&stream).0, FromWorker::Pong { nonce: 2 });
    drop(stream);
    worker.join().unwrap().unwrap();
}

#[test]
fn no_more_jobs_are_begun_than_may_be() {
    let (stream, worker) = start();
    receive(&stream);
    for id in 0..MOST_BEGUN as u64 {
        protocol::send(&stream, &run(id, vec![5], true), &[]).unwrap();
        assert!(is_part(&receive(&stream).0, id));
        receive_state(&stream, id);
    }
    protocol::send(&stream, &run(9, vec![5], true), &[]).unwrap();
    assert!(matches!(
        receive(&stream).0,
        FromWorker::Failed {
            job: 9,
            fault: Fault::BadJob(_)
        }
    ));
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
