//! The promise: kill any worker at any moment, and no listener hears it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use nix::sys::signal::{Signal, kill};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};

use harness::{Server, eventually, prose, wav};

const SIGNALS: [Signal; 4] = [Signal::SIGKILL, Signal::SIGSTOP, Signal::SIGSEGV, Signal::SIGABRT];

/// Seeded: `CHAOS_SEED` repeats a run; `CHAOS_SECONDS` is 60 unless it says otherwise, as CI does.
#[test]
fn four_listeners_hear_nothing_of_the_killing() {
    let number =
        |name: &str, default: u64| std::env::var(name).map_or(default, |value| value.parse().unwrap());
    let (seed, seconds) = (number("CHAOS_SEED", 7), number("CHAOS_SECONDS", 60));
    println!("CHAOS_SEED={seed} CHAOS_SECONDS={seconds}");
    let server = Server::start(&[("WORKERS", "2"), ("LOG_LEVEL", "error")]);
    let requests: Vec<Value> = (0..4)
        .map(|n| {
            let voice = ["af_heart", "am_adam", "bf_emma", "bm_george"][n];
            json!({ "input": prose(20 + 10 * n), "voice": voice, "response_format": "wav" })
        })
        .collect();
    let (quiet, segments): (Vec<Vec<u8>>, Vec<f64>) = requests
        .iter()
        .map(|request| {
            let before = segments_by(&server, "done");
            (server.speech(request), segments_by(&server, "done") - before)
        })
        .unzip();
    // Once around, so that pools and caches are filled before they are counted.
    all_at_once(&server, &requests);
    server.wait_until_quiet();
    let before = server.holdings();
    let done_before = segments_by(&server, "done");

    let over = AtomicBool::new(false);
    let (kills, responses) = std::thread::scope(|scope| {
        let listeners: Vec<_> = requests
            .iter()
            .zip(&quiet)
            .map(|(request, expected)| {
                scope.spawn(|| {
                    let mut responses = 0;
                    while !over.load(Ordering::SeqCst) {
                        let got = server.speech(request);
                        assert!(
                            got == *expected,
                            "response {responses} differs: {} bytes, {} expected",
                            got.len(),
                            expected.len()
                        );
                        responses += 1;
                    }
                    responses
                })
            })
            .collect();
        let mut rng = StdRng::seed_from_u64(seed);
        let mut kills = 0;
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(seconds) && listeners.iter().all(|l| !l.is_finished()) {
            // The moment is what is random.
            std::thread::sleep(Duration::from_millis(rng.random_range(200..1800)));
            if let Some(worker) = server.workers().choose(&mut rng) {
                kills += u32::from(kill(*worker, *SIGNALS.choose(&mut rng).unwrap()).is_ok());
            }
        }
        over.store(true, Ordering::SeqCst);
        let responses: Vec<u32> = listeners
            .into_iter()
            .map(|listener| listener.join().expect("a listener"))
            .collect();
        (kills, responses)
    });
    println!("{kills} signals, responses: {responses:?}");
    assert!(u64::from(kills) * 2 > seconds, "{kills} signals are too few");

    let status = server.wait_until_quiet();
    // The supervisor looks into /proc again and again: a file that is open for a moment is no leak.
    assert!(eventually(|| server.holdings().files <= before.files));
    let after = server.holdings();
    println!("before {before:?}, after {after:?}");
    assert_eq!(after.children, before.children);
    assert_eq!(after.sockets, before.sockets);
    assert!(after.files <= before.files, "open files: {before:?}, {after:?}");
    assert!(
        after.memory < before.memory + (24 << 20),
        "frontd grew: {before:?}, {after:?}"
    );
    let ended = &status["fleet"]["ended"];
    assert!(
        ended["killed"].as_u64().unwrap() * 10 >= u64::from(kills) * 9,
        "{ended}"
    );
    // Each segment of each response was answered once, however often it was begun.
    let heard: f64 = responses
        .iter()
        .zip(&segments)
        .map(|(responses, segments)| f64::from(*responses) * segments)
        .sum();
    assert_eq!(segments_by(&server, "done") - done_before, heard);
    assert_eq!(segments_by(&server, "failed"), 0.0);
    assert!(segments_by(&server, "retried") > 0.0, "no segment was hit");
}

fn segments_by(server: &Server, outcome: &str) -> f64 {
    server.metric(&format!("tts_segments_total{{outcome=\"{outcome}\"}}"))
}

fn all_at_once(server: &Server, requests: &[Value]) {
    std::thread::scope(|scope| {
        for request in requests {
            scope.spawn(|| server.speech(request));
        }
    });
}

#[test]
fn the_quiet_server_says_the_same_every_time() {
    let server = Server::start(&[]);
    let request = wav(&prose(10));
    let first = server.speech(&request);
    assert_eq!(server.speech(&request), first);
    let other = Server::start(&[("WORKERS", "1")]);
    assert_eq!(other.speech(&request), first);
}
