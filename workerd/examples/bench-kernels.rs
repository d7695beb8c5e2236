//! Times a converted model on ONNX Runtime's own operators and on our kernels, in turn in one process.
//!
//! `bench-kernels FOLDER VOICE.bin ISA TOKENS ROUNDS [THREADS]` prints one line a graph and the ratio of their medians, and how
//! far apart the samples are. `ops/bench-kernels` calls it. Time is this process's CPU time with one thread, so that
//! what else runs on the machine disturbs less, and wall time with more.

use std::{error::Error, path::PathBuf, time::Instant};

use common::{SAMPLE_RATE, STYLE_DIM, protocol::Job};
use nix::time::{ClockId, clock_gettime};
use workerd::{
    engine::Engine as _,
    kernels::{Isa, Setting},
    onnx::{Model, OnnxEngine, Options, Runtime},
};

fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter("workerd=info")
        .init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, voice, isa, tokens, rounds, more @ ..] = &arguments[..] else {
        return Err("usage: bench-kernels FOLDER VOICE.bin ISA TOKENS ROUNDS [THREADS]".into());
    };
    let threads: usize = more.first().map_or(Ok(1), |n| n.parse())?;
    let isa: Option<Isa> = if isa == "auto" { None } else { Some(isa.parse()?) };
    let job = job(voice, tokens.parse()?)?;
    let library = std::env::var("ORT_DYLIB_PATH").map_err(|_| "ORT_DYLIB_PATH is not set")?;
    let runtime = Runtime::open(&PathBuf::from(library))?;
    let model = PathBuf::from(folder).join(common::fused::PLAIN_FILE);
    let load = |kernels| {
        let options = Options {
            threads,
            kernels,
            isa,
        };
        OnnxEngine::load(&runtime, Model::File(&model), options)
    };
    let mut engines = [load(Setting::Off)?, load(Setting::Auto)?];
    let mut times = [Vec::new(), Vec::new()];
    let mut samples = [Vec::new(), Vec::new()];
    for round in 0..rounds.parse::<usize>()? {
        // Both orders, so that neither always runs on the other's warm caches.
        for which in [round % 2, 1 - round % 2] {
            let start = now(threads)?;
            let speech = engines[which]
                .synthesise(&job)
                .map_err(|fault| format!("{fault:?}"))?;
            times[which].push(now(threads)? - start);
            samples[which] = speech.pcm;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds of a bench")]
    let seconds = samples[0].len() as f64 / f64::from(SAMPLE_RATE);
    let medians = times.map(median);
    for (engine, median) in engines.iter().zip(medians) {
        println!(
            "{:>11} {tokens:>4} tokens {seconds:6.2} s of audio: {median:7.3} s, real-time factor {:.4}",
            engine.kernels(),
            median / seconds
        );
    }
    println!(
        "      ratio {:.3}, samples {:.1} dB apart",
        medians[1] / medians[0],
        apart(&samples[0], &samples[1])
    );
    Ok(())
}

/// A job of `tokens` made-up tokens in the style of `voice` for that length.
fn job(voice: &str, tokens: usize) -> Result<Job, Box<dyn Error>> {
    let bytes = std::fs::read(voice)?;
    let row = bytes
        .chunks_exact(STYLE_DIM * 4)
        .nth(tokens.checked_sub(1).ok_or("no tokens")?)
        .ok_or("the voice has no such row")?;
    Ok(Job {
        id: 0,
        tokens: (0..=u8::MAX).map(|i| 43 + i % 100).cycle().take(tokens).collect(),
        style: row.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect(),
        speed: 1.0,
    })
}

fn now(threads: usize) -> Result<f64, Box<dyn Error>> {
    if threads > 1 {
        thread_local!(static START: Instant = Instant::now());
        return Ok(START.with(|start| start.elapsed().as_secs_f64()));
    }
    let time = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?;
    Ok(std::time::Duration::from(time).as_secs_f64())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The power of the difference over that of `a`, in decibels.
fn apart(a: &[f32], b: &[f32]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    let power = |x: f64| x * x;
    let difference: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| power(f64::from(*a) - f64::from(*b)))
        .sum();
    10.0 * (difference / a.iter().map(|a| power(f64::from(*a))).sum::<f64>()).log10()
}
