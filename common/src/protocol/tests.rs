use proptest::prelude::*;

use super::*;
use crate::SAMPLES_PER_FRAME;

fn job() -> Job {
    Job {
        id: 7,
        tokens: vec![43, 157],
        style: vec![0.5; STYLE_DIM],
        speed: 1.0,
        threads: 1,
        early: true,
        draft: false,
    }
}

fn state() -> State {
    State {
        parts: 2,
        frames: vec![1, 2],
        speech: (0, 6),
        signal: Plane::new(1, &[0.5]),
        source: Plane::new(0, &[]),
        seen: vec![("b".to_owned(), vec![[1.0, 2.0, 3.0]])],
    }
}

/// Golden bytes of version 6: a change here is a change of the protocol and must raise `VERSION`.
#[test]
fn golden_bytes() {
    assert_eq!(preamble(), *b"dextts\x06\x00");
    assert_eq!(encode(&ToWorker::Go { job: 7, threads: 2 }).unwrap(), [1, 7, 2]);
    assert_eq!(encode(&ToWorker::Cancel { job: 300 }).unwrap(), [2, 251, 44, 1]);
    assert_eq!(encode(&ToWorker::Ping { nonce: 5 }).unwrap(), [3, 5]);
    let run = encode(&ToWorker::Run(job())).unwrap();
    assert_eq!(run[..5], [0, 7, 2, 43, 157]);
    assert_eq!(run[5..8], [251, 0, 1]);
    assert_eq!(run[8..12], 0.5f32.to_le_bytes());
    assert_eq!(run[8 + 4 * STYLE_DIM..][..4], 1f32.to_le_bytes());
    assert_eq!(run[8 + 4 * STYLE_DIM + 4..], [1, 1, 0]);
    let ready = Ready {
        load_ms: 43,
        kernels: "ort".into(),
        durations: true,
        unconfined: vec![],
    };
    assert_eq!(
        encode(&FromWorker::Ready(ready)).unwrap(),
        [0, 43, 3, b'o', b'r', b't', 1, 0]
    );
    let part = FromWorker::Part {
        job: 7,
        frames: vec![1, 2],
        next: 3,
        compute_us: 9,
    };
    assert_eq!(encode(&part).unwrap(), [1, 7, 2, 1, 2, 3, 9]);
    assert_eq!(encode(&FromWorker::State { job: 7 }).unwrap(), [2, 7]);
    let state = encode(&state()).unwrap();
    assert_eq!(state[..13], [2, 2, 1, 2, 0, 6, 1, 4, 0, 0, 0, 63, 0]);
    assert_eq!(state[13..18], [0, 1, 1, b'b', 1]);
    assert_eq!(state[18..26], 1f64.to_le_bytes());
    let done = FromWorker::Done {
        job: 7,
        frames: Some(vec![1, 2]),
        compute_us: 9,
    };
    assert_eq!(encode(&done).unwrap(), [3, 7, 1, 2, 1, 2, 9]);
    let failed = FromWorker::Failed {
        job: 7,
        fault: Fault::Cancelled,
    };
    assert_eq!(encode(&failed).unwrap(), [4, 7, 0]);
    assert_eq!(encode(&FromWorker::Pong { nonce: 5 }).unwrap(), [5, 5]);
}

#[test]
fn every_message_survives_the_way() {
    let run = ToWorker::Run(job());
    assert_eq!(decode::<ToWorker>(&encode(&run).unwrap()).unwrap(), run);
    assert_eq!(decode_state(&encode(&state()).unwrap()).unwrap(), state());
    let failed = FromWorker::Failed {
        job: u64::MAX,
        fault: Fault::engine(&"no memory"),
    };
    assert_eq!(decode::<FromWorker>(&encode(&failed).unwrap()).unwrap(), failed);
}

#[test]
fn forged_bytes_are_told_apart() {
    assert!(matches!(
        check_preamble(*b"GET / HT"),
        Err(ProtocolError::Foreign(_))
    ));
    assert!(matches!(
        check_preamble(*b"dextts\x09\x00"),
        Err(ProtocolError::Version { theirs: 9 })
    ));
    assert!(matches!(
        decode::<ToWorker>(&[9]),
        Err(ProtocolError::Malformed(_))
    ));
    assert!(matches!(
        decode::<ToWorker>(&[3]),
        Err(ProtocolError::Malformed(_))
    ));
    assert!(matches!(
        decode::<ToWorker>(&[3, 5, 0]),
        Err(ProtocolError::TrailingBytes(1))
    ));
    assert!(matches!(
        decode_state(&[0, 0, 0, 0, 1, 252, 255, 255, 255, 255]),
        Err(ProtocolError::Malformed(_))
    ));
    // A vector that claims 4 billion tokens is refused by the limit, not by the allocator.
    assert!(matches!(
        decode::<ToWorker>(&[0, 7, 252, 255, 255, 255, 255]),
        Err(ProtocolError::Malformed(_))
    ));
}

#[test]
fn pcm_is_checked() {
    let bytes = pcm_to_bytes(&[0.25; 3]);
    assert_eq!(pcm_from_bytes(&bytes).unwrap(), [0.25; 3]);
    assert_eq!(Plane::new(3, &[0.25; 3]).floats().unwrap(), [0.25; 3]);
    assert!(matches!(
        pcm_from_bytes(&bytes[1..]),
        Err(ProtocolError::RaggedPcm(_))
    ));
    assert!(matches!(
        pcm_from_bytes(&f32::NAN.to_le_bytes()),
        Err(ProtocolError::NotFinite)
    ));
}

#[test]
fn durations_are_those_of_the_tokens() {
    assert_eq!(samples_of(&[1, 2, 1], 1).unwrap(), 4 * SAMPLES_PER_FRAME);
    assert!(matches!(
        samples_of(&[1, 2], 1),
        Err(ProtocolError::WrongDurations(2, 1))
    ));
}

#[test]
fn jobs_are_checked() {
    assert_eq!(job().defect(), None);
    let broken = [
        Job {
            tokens: vec![],
            ..job()
        },
        Job {
            tokens: vec![1; MAX_TOKENS + 1],
            ..job()
        },
        Job {
            style: vec![0.0; 255],
            ..job()
        },
        Job {
            style: vec![f32::NAN; STYLE_DIM],
            ..job()
        },
        Job { speed: 0.0, ..job() },
        Job { threads: 0, ..job() },
        Job {
            speed: f32::INFINITY,
            ..job()
        },
    ];
    for job in broken {
        assert!(job.defect().is_some(), "{job:?}");
    }
}

#[test]
fn long_errors_are_cut_at_a_character() {
    let Fault::Engine(text) = Fault::engine(&"é".repeat(5_000)) else {
        panic!()
    };
    assert_eq!(text.len(), MAX_TEXT);
}

proptest! {
    #[test]
    fn any_header_is_a_message_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode::<ToWorker>(&bytes);
        let _ = decode::<FromWorker>(&bytes);
        let _ = decode_state(&bytes);
    }
}
