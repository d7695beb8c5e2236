//! The engine on a graph of Kokoro-82M's architecture against what Python's onnxruntime makes of the same tokens.
//!
//! `ops/test` makes the graph (random weights) and the reference where `../shared` has the generator, and sets
//! `KOKORO_ARCH`. The vocoder's noise is random, so lengths, durations and levels are compared, not samples.

#![allow(clippy::unwrap_used, reason = "a test ends where it finds a fault")]

use std::path::{Path, PathBuf};

use common::protocol::Job;
use serde_json::Value;
use workerd::{
    engine::Engine,
    onnx::{Model, OnnxEngine, Options, Runtime},
};

#[test]
fn the_real_architecture_speaks_as_in_python() {
    let Some(folder) = std::env::var_os("KOKORO_ARCH").map(PathBuf::from) else {
        harness::skip("KOKORO_ARCH names no graph; ops/test makes one where ../shared/kokoro-arch is");
        return;
    };
    let library = harness::onnx_runtime();
    let runtime = Runtime::open(&library).unwrap();
    let model = folder.join("kokoro/model.onnx");
    let mut engine = OnnxEngine::load(&runtime, Model::File(&model), Options::default()).unwrap();
    assert!(engine.durations());
    let reference: Value =
        serde_json::from_slice(&std::fs::read(folder.join("reference.json")).unwrap()).unwrap();
    let runs = reference.as_array().unwrap().iter().enumerate();
    // By the session of one thread; the first also by the one that has all cores.
    for (id, wanted, threads) in runs.flat_map(|(id, run)| {
        let threads: &[u8] = if id == 0 { &[1, 4] } else { &[1] };
        threads.iter().map(move |&threads| (id, run, threads))
    }) {
        let numbers = |name: &str| -> Vec<u16> {
            let list = wanted[name].as_array().unwrap();
            list.iter()
                .map(|n| u16::try_from(n.as_u64().unwrap()).unwrap())
                .collect()
        };
        let tokens: Vec<u8> = numbers("tokens")
            .into_iter()
            .map(|t| u8::try_from(t).unwrap())
            .collect();
        let voice = folder.join(format!("kokoro/voices/{}.bin", wanted["voice"].as_str().unwrap()));
        #[expect(clippy::cast_possible_truncation, reason = "a speed")]
        let job = Job {
            id: id as u64,
            style: style(&voice, tokens.len()),
            speed: wanted["speed"].as_f64().unwrap() as f32,
            tokens,
            threads,
            early: false,
            draft: false,
        };
        let speech = engine.synthesise(&job).unwrap();
        assert_eq!(
            speech.frames.unwrap(),
            numbers("frames"),
            "durations of run {id} by {threads}"
        );
        assert_eq!(
            speech.pcm.len() as u64,
            wanted["samples"],
            "samples of run {id} by {threads}"
        );
        let power: f64 = speech.pcm.iter().map(|x| f64::from(x * x)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a count of samples")]
        let level = (power / speech.pcm.len() as f64).sqrt() / wanted["rms"].as_f64().unwrap();
        assert!(
            (0.9..1.1).contains(&level),
            "level of run {id} by {threads}: {level}"
        );
    }
}

/// Row `tokens - 1` of a pack of f32 [510, 1, 256].
fn style(pack: &Path, tokens: usize) -> Vec<f32> {
    let bytes = std::fs::read(pack).unwrap();
    let row = bytes.chunks_exact(4 * 256).nth(tokens - 1).unwrap();
    row.as_chunks::<4>()
        .0
        .iter()
        .map(|sample| f32::from_le_bytes(*sample))
        .collect()
}
