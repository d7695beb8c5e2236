//! Workers that break the protocol, beside one that does not.
//!
//! The faulty one is this test binary again, started by a script that stands in for workerd.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::PathBuf,
};

use common::{
    SAMPLES_PER_FRAME,
    frame::read_frame,
    protocol::{self, Fault, FromWorker, Job, Ready, ToWorker},
};

use harness::{Server, program, prose, script, wav};

const FAULT: &str = "FAULTY_WORKER";
const SOCKET: &str = "FAULTY_WORKER_SOCKET";

/// Each fault, and the reason that frontd must give for the end of such a worker.
const FAULTS: [(&str, &str); 15] = [
    ("garbage", "protocol"),
    ("huge frame", "protocol"),
    ("too much", "protocol"),
    ("too little", "protocol"),
    ("ragged", "protocol"),
    ("not finite", "protocol"),
    ("wrong durations", "protocol"),
    ("another job", "protocol"),
    ("part of another job", "protocol"),
    ("part too long", "protocol"),
    ("state of no part", "protocol"),
    ("twice ready", "protocol"),
    ("unasked", "protocol"),
    ("cut off", "crash"),
    ("silent", "hang"),
];

/// Is a worker when the script says so; otherwise nothing.
#[test]
fn act_as_a_worker() {
    let (Ok(fault), Ok(socket)) = (std::env::var(FAULT), std::env::var(SOCKET)) else {
        return;
    };
    let mut stream = UnixStream::connect(socket).unwrap();
    let preamble = if fault == "version" {
        *b"dextts\x09\x00"
    } else {
        protocol::preamble()
    };
    stream.write_all(&preamble).unwrap();
    let _ = stream.read_exact(&mut [0; protocol::PREAMBLE_LEN]);
    let ready = FromWorker::Ready(Ready {
        load_ms: 1,
        kernels: "faulty".into(),
        durations: true,
        unconfined: vec![],
    });
    protocol::send(&stream, &ready, &[]).unwrap();
    if fault == "twice ready" {
        protocol::send(&stream, &ready, &[]).unwrap();
    }
    if fault == "unasked" {
        let failed = FromWorker::Failed {
            job: 1,
            fault: Fault::Cancelled,
        };
        protocol::send(&stream, &failed, &[]).unwrap();
    }
    while let Ok(Some(frame)) = read_frame(&stream) {
        match protocol::decode(&frame.header).unwrap() {
            ToWorker::Run(job) => misbehave(&fault, &job, &mut stream),
            ToWorker::Ping { nonce } => protocol::send(&stream, &FromWorker::Pong { nonce }, &[]).unwrap(),
            ToWorker::Go { .. } | ToWorker::Cancel { .. } => {}
        }
    }
    std::process::exit(0);
}

fn misbehave(fault: &str, job: &Job, stream: &mut UnixStream) {
    let frames = vec![1u16; job.tokens.len() + 2];
    let samples = frames.len() * SAMPLES_PER_FRAME;
    let done = |job: u64, frames: Vec<u16>| FromWorker::Done {
        job,
        frames: Some(frames),
        compute_us: 1,
    };
    let part = |job: u64, frames: Vec<u16>| FromWorker::Part {
        job,
        frames,
        next: 1,
        compute_us: 1,
    };
    let (message, body) = match fault {
        "garbage" => return stream.write_all(&[0xA5; 4096]).unwrap(),
        "huge frame" => {
            return stream
                .write_all(&[4, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3, 4])
                .unwrap();
        }
        "too much" => (done(job.id, frames), vec![0; 4 * (samples + 1)]),
        "too little" => (done(job.id, frames), vec![0; 4 * (samples - 1)]),
        "ragged" => (done(job.id, frames), vec![0; 4 * samples - 3]),
        "not finite" => (done(job.id, frames), vec![0xff; 4 * samples]),
        "dies of long ones" | "silent" if job.tokens.len() < 20 => {
            (done(job.id, frames), 0.25_f32.to_le_bytes().repeat(samples))
        }
        "dies of long ones" => std::process::exit(3),
        "wrong durations" => (done(job.id, vec![1; 3]), vec![0; 4 * 3 * SAMPLES_PER_FRAME]),
        "another job" => (done(job.id + 1, frames), vec![0; 4 * samples]),
        "part of another job" => (part(job.id + 1, frames), vec![0; 4]),
        "part too long" => (part(job.id, frames), vec![0; 4 * (samples + 1)]),
        "state of no part" => (FromWorker::State { job: job.id }, vec![1]),
        "cut off" => {
            let mut bytes = Vec::new();
            protocol::send(&mut bytes, &done(job.id, frames), &vec![0; 4 * samples]).unwrap();
            stream.write_all(&bytes[..bytes.len() / 2]).unwrap();
            std::process::exit(3);
        }
        // "silent": answers nothing, for ever.
        _ => return,
    };
    let _ = protocol::send(stream, &message, &body);
}

/// A stand-in for workerd: faulty the first `times` times it is started, then the real one.
pub(crate) fn stand_in(folder: &std::path::Path, fault: &str, times: usize) -> PathBuf {
    let (path, count) = (folder.join("stand-in"), folder.join("count"));
    std::fs::write(&count, "").unwrap();
    let text = format!(
        "#!/bin/sh\n\
         if [ $(wc -c < {count}) -lt {times} ]; then\n\
           printf x >> {count}\n\
           while [ \"$1\" != --socket ]; do shift; done\n\
           {FAULT}='{fault}' {SOCKET}=\"$2\" exec {this} --exact faulty_workers::act_as_a_worker --nocapture\n\
         fi\n\
         exec {real} \"$@\"\n",
        count = count.display(),
        this = std::env::current_exe().unwrap().display(),
        real = program("workerd").display(),
    );
    script(&path, &text);
    path
}

#[test]
fn no_fault_of_a_worker_reaches_a_listener() {
    let text = prose(12);
    let expected = Server::start(&[]).speech(&wav(&text));
    for (fault, reason) in FAULTS {
        let folder = tempfile::tempdir().unwrap();
        let program = stand_in(folder.path(), fault, 1);
        let program = program.to_str().unwrap();
        let variables = [
            ("WORKERD", program),
            ("LOG_LEVEL", "off"),
            ("JOB_DEADLINE_SECONDS", "1"),
            ("WORKERS", "1"),
        ];
        let server = Server::start_in(folder, &variables);
        if fault == "silent" {
            // A worker whose speed is not known has half a minute for a sentence; this one shows its speed.
            server.speech(&wav("Yes."));
        }
        assert!(
            server.speech(&wav(&text)) == expected,
            "{fault}: not the same speech"
        );
        let status = server.wait_until_quiet();
        assert_eq!(status["fleet"]["ended"][reason], 1, "{fault}: {status:#}");
    }
}

#[test]
fn a_worker_of_another_version_at_boot_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let program = stand_in(folder.path(), "version", 100);
    let run = Server::command(folder.path(), &[("WORKERD", program.to_str().unwrap())])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1));
    let words = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(
        words.contains("install frontd and workerd of one release"),
        "{words}"
    );
}

#[test]
fn a_segment_that_ends_two_workers_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let program = stand_in(folder.path(), "cut off", 2);
    let variables = [
        ("WORKERD", program.to_str().unwrap()),
        ("LOG_LEVEL", "off"),
        ("WORKERS", "1"),
    ];
    let server = Server::start_in(folder, &variables);
    let (status, text, headers) = server.post("/v1/audio/speech", &wav("This one is poison.").to_string());
    assert_eq!(status, 500, "{text}");
    assert!(text.contains("unspeakable"), "{text}");
    assert_eq!(headers["x-should-retry"], "false");
    // The third worker was not touched, and serves.
    assert!(server.speech(&wav("This one is fine.")).len() > 10_000);
    assert_eq!(server.status()["fleet"]["ended"]["crash"], 2);
}
