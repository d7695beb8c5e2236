//! Times a converted model on ONNX Runtime's own operators and on our kernels, and compares their samples.
//!
//! ```text
//! bench-kernels time   FOLDER VOICE.bin ISA TOKENS ROUNDS THREADS   both in turn, in one process
//! bench-kernels lent   FOLDER VOICE.bin ISA TOKENS ROUNDS           a job of one thread and with a second core lent, in turn
//! bench-kernels queue  FOLDER VOICE.bin ISA|off TOKENS JOBS        one worker of a pair: prints seconds of audio, seconds
//! bench-kernels parity FOLDER VOICES ISA FIRST LAST                every length, the voices of the folder in turn
//! bench-kernels blocks ISA TOKENS                                  one residual block of each shape, on random data
//! bench-kernels memory FOLDER VOICE.bin ISA|off TOKENS             private and shared memory after three runs, and after a rest
//! ```
//!
//! `dev/bench-kernels` calls it. With one thread, `time` counts CPU time, so that what else runs on the machine disturbs
//! less; with more, the clock on the wall.

mod job;

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use common::{SAMPLE_RATE, conversion::PLAIN_FILE, protocol::Job};
use kernels::{
    Io, Isa, Kernels,
    block::{Block, LAYERS},
    serially, toom,
};
use nix::time::{ClockId, clock_gettime};
use workerd::{
    engine::{Engine as _, Speech},
    onnx::{Model, OnnxEngine, Options, Runtime, Setting},
};

/// Samples that should be the same may be so far apart, in decibels; 16-bit sound has its own floor at −98. Real activations are
/// larger and more uneven than those of random weights, which stay under −90.
const FURTHEST: f64 = -80.0;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter("workerd=warn,kernels=warn")
        .init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["time", folder, voice, isa, tokens, rounds, threads] => time(
            &Bench::new(folder, threads.parse()?)?,
            voice,
            isa,
            tokens.parse()?,
            rounds.parse()?,
        ),
        ["lent", folder, voice, isa, tokens, rounds] => lent(
            &Bench::new(folder, 1)?,
            voice,
            isa,
            tokens.parse()?,
            rounds.parse()?,
        ),
        ["queue", folder, voice, isa, tokens, jobs] => queue(
            &Bench::new(folder, 1)?,
            voice,
            isa,
            tokens.parse()?,
            jobs.parse()?,
        ),
        ["parity", folder, voices, isa, first, last] => parity(
            &Bench::new(folder, 1)?,
            Path::new(voices),
            isa,
            first.parse()?..=last.parse()?,
        ),
        ["blocks", isa, tokens] => blocks(isa.parse()?, tokens.parse()?),
        ["memory", folder, voice, isa, tokens] => {
            memory(&Bench::new(folder, 1)?, voice, isa, tokens.parse()?)
        }
        _ => Err("see the head of workerd/examples/bench-kernels.rs".into()),
    }
}

struct Bench {
    runtime: Runtime,
    model: PathBuf,
    threads: usize,
}

impl Bench {
    fn new(folder: &str, threads: usize) -> Result<Self> {
        let library = std::env::var("ORT_DYLIB_PATH").map_err(|_| "ORT_DYLIB_PATH is not set")?;
        Ok(Self {
            runtime: Runtime::open(&PathBuf::from(library))?,
            model: PathBuf::from(folder).join(PLAIN_FILE),
            threads,
        })
    }

    /// An engine with the kernels of `isa`, or without for `off`.
    fn load(&self, isa: &str) -> Result<OnnxEngine> {
        let options = Options {
            threads: self.threads,
            kernels: if isa == "off" { Setting::Off } else { Setting::Auto },
            isa: if ["off", "auto"].contains(&isa) {
                None
            } else {
                Some(isa.parse::<Isa>()?)
            },
            exact: true,
        };
        let engine = OnnxEngine::load(&self.runtime, Model::File(&self.model), options)?;
        if isa != "off" && engine.kernels() == "onnxruntime" {
            return Err(format!("the kernels cannot be used with {isa}").into());
        }
        Ok(engine)
    }
}

fn time(bench: &Bench, voice: &str, isa: &str, tokens: usize, rounds: usize) -> Result<()> {
    let job = job::job(Path::new(voice), &tokens.to_string())?;
    let mut engines = [bench.load("off")?, bench.load(isa)?];
    let mut times = [Vec::new(), Vec::new()];
    let mut samples = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        // Both orders, so that neither always runs on the other's warm caches.
        for which in [round % 2, 1 - round % 2] {
            let start = now(bench.threads)?;
            let speech = speak(&mut engines[which], &job)?;
            times[which].push(now(bench.threads)? - start);
            samples[which] = speech.pcm;
        }
    }
    let audio = seconds(&samples[0]);
    let mut ratios: Vec<f64> = times[1]
        .iter()
        .zip(&times[0])
        .map(|(ours, theirs)| ours / theirs)
        .collect();
    for (engine, times) in engines.iter().zip(&mut times) {
        let median = median(times);
        println!(
            "{:>11} {tokens:>4} tokens, {audio:5.2} s of audio, {} threads: {median:7.3} s, real-time factor {:.4}",
            engine.kernels(),
            bench.threads,
            median / audio
        );
    }
    let apart = apart(&samples[0], &samples[1]);
    println!(
        "      median ratio {:.3}, samples {apart:.1} dB apart",
        median(&mut ratios)
    );
    Ok(())
}

/// What a second core brings to a worker of one thread, by the clock.
fn lent(bench: &Bench, voice: &str, isa: &str, tokens: usize, rounds: usize) -> Result<()> {
    let mut jobs = [
        job::job(Path::new(voice), &tokens.to_string())?,
        job::job(Path::new(voice), &tokens.to_string())?,
    ];
    jobs[1].threads = 2;
    let mut engine = bench.load(isa)?;
    let mut times = [Vec::new(), Vec::new()];
    let alone = speak(&mut engine, &jobs[0])?;
    let mut furthest = f64::NEG_INFINITY;
    for round in 0..rounds {
        for which in [round % 2, 1 - round % 2] {
            let start = Instant::now();
            let speech = speak(&mut engine, &jobs[which])?;
            times[which].push(start.elapsed().as_secs_f64());
            if speech.frames != alone.frames {
                return Err("other durations with another number of threads".into());
            }
            furthest = furthest.max(apart(&alone.pcm, &speech.pcm));
        }
    }
    let audio = seconds(&alone.pcm);
    if furthest > FURTHEST {
        return Err(format!("{furthest:.1} dB apart with another number of threads").into());
    }
    let [one, two] = times.map(|mut times| median(&mut times));
    println!(
        "{isa:>11} {tokens:>4} tokens, {audio:5.2} s of audio: {one:.3} s, with a second core {two:.3} s: {:.3}, samples {furthest:.1} dB apart",
        two / one
    );
    Ok(())
}

/// Times a block of each shape of the vocoder, for the sound that `tokens` are likely to make.
fn blocks(isa: Isa, tokens: usize) -> Result<()> {
    let kernels = Kernels::new(isa).ok_or("this CPU has not these instructions")?;
    let mut total = 0.0;
    for (channels, rate) in [(256, 800), (128, 4800)] {
        let samples = tokens * rate * 69 / 1000;
        for taps in [3, 7, 11] {
            let weights = vec![0.01; LAYERS * toom::packed_len(channels, channels, taps).unwrap_or(0)];
            let ones = vec![1.0; LAYERS * 4 * channels];
            let block = Block {
                channels,
                taps,
                dilations: [1, 1, 3, 1, 5, 1],
                epsilon: 1e-5,
                weights: &weights,
                parameters: &ones,
            };
            let input: Vec<f32> = (0..101)
                .map(|i| (i as f32).sin())
                .cycle()
                .take(channels * samples)
                .collect();
            let mut output = vec![0.0; input.len()];
            let mut times = Vec::new();
            for _ in 0..5 {
                let start = now(1)?;
                let io = Io {
                    styles: [[&ones[..channels]; 2]; LAYERS],
                    input: &input,
                    output: &mut output,
                };
                kernels.run(block, io, &serially, &AtomicBool::new(false))?;
                times.push(now(1)? - start);
            }
            let time = median(&mut times);
            // The vocoder has one block of each, one more of 7 taps in the first stage and of 11 in the second.
            total += time
                * if [(256, 7), (128, 11)].contains(&(channels, taps)) {
                    2.0
                } else {
                    1.0
                };
            let flop = 2.0 * (LAYERS * channels * channels * taps * samples) as f64;
            println!(
                "{channels} channels, {taps:>2} taps: {:7.2} ms, as {:4.0} GFLOP/s of direct convolution",
                time * 1e3,
                flop / time / 1e9
            );
        }
    }
    println!(
        "eight blocks: {:.1} ms, real-time factor {:.4}",
        total * 1e3,
        total * 1e3 / (tokens * 69) as f64
    );
    Ok(())
}

fn queue(bench: &Bench, voice: &str, isa: &str, tokens: usize, jobs: usize) -> Result<()> {
    let job = job::job(Path::new(voice), &tokens.to_string())?;
    let mut engine = bench.load(isa)?;
    speak(&mut engine, &job)?;
    let (start, mut audio) = (Instant::now(), 0.0);
    for _ in 0..jobs {
        audio += seconds(&speak(&mut engine, &job)?.pcm);
    }
    println!("{audio:.3} {:.3}", start.elapsed().as_secs_f64());
    Ok(())
}

fn parity(bench: &Bench, voices: &Path, isa: &str, lengths: std::ops::RangeInclusive<usize>) -> Result<()> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(voices)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "bin"));
    files.sort();
    let mut engines = [bench.load("off")?, bench.load(isa)?];
    let (mut worst, mut count) = (f64::NEG_INFINITY, 0);
    for (tokens, voice) in lengths.zip(files.iter().cycle()) {
        let job = job::job(voice, &tokens.to_string())?;
        let [theirs, ours] = &mut engines;
        let apart = apart(&speak(theirs, &job)?.pcm, &speak(ours, &job)?.pcm);
        let name = voice.file_stem().unwrap_or_default().display();
        println!("{tokens:>4} tokens, {name:<12} {apart:.1} dB");
        worst = worst.max(apart);
        count += 1;
    }
    println!("worst of {count}: {worst:.1} dB");
    if worst > FURTHEST {
        Err(format!("over {FURTHEST} dB").into())
    } else {
        Ok(())
    }
}

fn memory(bench: &Bench, voice: &str, isa: &str, tokens: usize) -> Result<()> {
    let job = job::job(Path::new(voice), &tokens.to_string())?;
    let mut engine = bench.load(isa)?;
    for _ in 0..3 {
        speak(&mut engine, &job)?;
    }
    held(&engine, &format!("after {tokens} tokens"))?;
    let start = Instant::now();
    engine.rest();
    held(
        &engine,
        &format!("after a rest of {:.3} s", start.elapsed().as_secs_f64()),
    )
}

/// Prints what this process holds now.
fn held(engine: &OnnxEngine, when: &str) -> Result<()> {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup")?;
    let kilobytes = |names: &[&str]| -> u64 {
        let lines = rollup
            .lines()
            .filter(|line| names.iter().any(|name| line.starts_with(name)));
        lines
            .filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
            .sum()
    };
    let status = std::fs::read_to_string("/proc/self/status")?;
    let anonymous = kilobytes(&["Anonymous:"]) / 1024;
    let resident = kilobytes(&["Rss:"]) / 1024;
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default();
    println!(
        "{:>11} {when}: {anonymous} MB of its own, {} MB of mapped files, {peak}",
        engine.kernels(),
        resident - anonymous
    );
    Ok(())
}

fn speak(engine: &mut OnnxEngine, job: &Job) -> Result<Speech> {
    engine
        .synthesise(job)
        .map_err(|fault| format!("{fault:?}").into())
}

fn now(threads: usize) -> Result<f64> {
    if threads > 1 {
        thread_local!(static START: Instant = Instant::now());
        return Ok(START.with(|start| start.elapsed().as_secs_f64()));
    }
    let time = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?;
    Ok(Duration::from(time).as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a bench")]
fn seconds(samples: &[f32]) -> f64 {
    samples.len() as f64 / f64::from(SAMPLE_RATE)
}

fn median(times: &mut [f64]) -> f64 {
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
