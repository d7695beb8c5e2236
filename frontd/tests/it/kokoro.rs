//! The server on a graph of Kokoro-82M's architecture (random weights), where `KOKORO_ARCH` names one.

use std::{
    io::Read,
    time::{Duration, Instant},
};

use nix::sys::signal::{Signal, kill};
use serde_json::Value;

use harness::{Server, prose, wav};

/// `None` with a sentence where there is no graph. The folder is written to: the converted model is kept there.
fn server(workers: &str) -> Option<Server> {
    server_with(workers, "auto")
}

fn server_with(workers: &str, kernels: &str) -> Option<Server> {
    let Ok(folder) = std::env::var("KOKORO_ARCH") else {
        harness::skip("KOKORO_ARCH names no graph; ops/test makes one where ../shared/kokoro-arch is");
        return None;
    };
    Some(Server::start(&[
        ("MODEL", "auto"),
        ("MODEL_DIR", &folder),
        ("WORKERS", workers),
        ("KERNELS", kernels),
    ]))
}

#[test]
fn it_speaks_is_cancelled_and_restarts_in_time() {
    let Some(server) = server("1") else { return };
    let health: Value = serde_json::from_str(&server.get("/health").1).unwrap();
    assert_eq!(health["model"], "kokoro-82m");
    assert_eq!(health["hint"], Value::Null);
    println!("kernels: {}", health["kernels"]);
    assert!(server.speech(&wav("Hello there.")).len() > 20_000);

    // A long segment is running when its client leaves.
    let mut body = server.speak(&wav(&prose(30))).unwrap();
    body.read_exact(&mut [0; 4096]).unwrap();
    let start = Instant::now();
    drop(body);
    server.wait_until_quiet();
    let freed = start.elapsed();
    println!("left to quiet: {freed:?}");

    let old = server.workers()[0];
    let start = Instant::now();
    kill(old, Signal::SIGKILL).unwrap();
    server.wait_for("replaced", |status| {
        let workers = status["fleet"]["workers"].as_array().unwrap();
        workers.len() == 1 && workers[0]["pid"] != old.as_raw() && workers[0]["state"] == "ready"
    });
    let replaced = start.elapsed();
    println!("SIGKILL to ready: {replaced:?}");
    // 0.5 s and 1 to 2 s on a quiet machine; tests share theirs, and a start computes on two cores.
    assert!(freed < Duration::from_secs(3), "{freed:?}");
    assert!(replaced < Duration::from_secs(20), "{replaced:?}");
}

#[test]
fn health_and_metrics_tell_which_kernels_compute() {
    let of = |server: &Server| {
        server.wait_until_quiet();
        let health: Value = serde_json::from_str(&server.get("/health").1).unwrap();
        let name = health["kernels"].as_str().unwrap().to_owned();
        let line = format!("tts_worker_kernels{{kernels=\"{name}\"}} 1");
        let (_, metrics) = server.get("/metrics");
        assert!(
            metrics.lines().any(|have| have == line),
            "no {line} in:\n{metrics}"
        );
        assert!(server.speech(&wav("Hello there.")).len() > 10_000);
        name
    };
    // The built-in voice has no blocks for the kernels.
    assert_eq!(of(&Server::start(&[("WORKERS", "1")])), "onnxruntime");
    let Some(off) = server_with("1", "off") else {
        return;
    };
    assert_eq!(of(&off), "onnxruntime");
    drop(off);
    let Some(auto) = server_with("1", "auto") else {
        return;
    };
    let best = [(has("avx512f"), "avx512"), (has("avx2") && has("fma"), "avx2")];
    let best = best
        .iter()
        .find(|(has, _)| *has)
        .map_or("onnxruntime", |(_, name)| name);
    assert_eq!(of(&auto), best);
}

/// Whether this CPU has a feature, as Linux tells it.
fn has(feature: &str) -> bool {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    cpu.split_whitespace().any(|word| word == feature)
}

#[test]
fn a_worker_killed_in_its_job_is_not_heard() {
    let Some(server) = server("2") else { return };
    let text = prose(6);
    let whole = server.speech(&wav(&text)).len();
    let heard = std::thread::scope(|scope| {
        let listener = scope.spawn(|| server.speech(&wav(&text)).len());
        for _ in 0..3 {
            let status = server.wait_for("busy", |status| {
                listener.is_finished()
                    || status["fleet"]["workers"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .any(|w| w["state"] == "busy")
            });
            for worker in status["fleet"]["workers"].as_array().unwrap() {
                if worker["state"] == "busy" {
                    let pid = i32::try_from(worker["pid"].as_i64().unwrap()).unwrap();
                    let _ = kill(nix::unistd::Pid::from_raw(pid), Signal::SIGKILL);
                }
            }
        }
        listener.join().unwrap()
    });
    // The vocoder's noise is random, but not the length.
    assert!(
        heard.abs_diff(whole) < 24_000,
        "{heard} bytes, {whole} on a quiet server"
    );
}
