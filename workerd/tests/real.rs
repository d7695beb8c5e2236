//! The engine on the real weights of Kokoro-82M, where `KOKORO_REAL` names a models folder of them: `ops/test real`.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::{
    iter,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use common::{
    SAMPLES_PER_FRAME, STYLE_DIM,
    conversion::{BLOCKS, PLAIN_FILE, REPORT_FILE, Report},
    protocol::{Fault, Job, MAX_STATE, State, decode_state, encode},
};
use kernels::{Isa, Kernels};
use serde_json::Value;
use workerd::{
    convert,
    engine::{Engine as _, Speech},
    onnx::{Model, OnnxEngine, Options, Runtime, Setting},
};

/// Samples that should be the same may be so far apart, in decibels of power.
const FURTHEST: f64 = -80.0;

/// The converted model's folder and the voices; `None` with a sentence where there are no real weights.
fn real() -> Option<(PathBuf, PathBuf)> {
    let Some(folder) = std::env::var_os("KOKORO_REAL") else {
        harness::skip("KOKORO_REAL names no models folder; ops/test real brings one");
        return None;
    };
    let kokoro = PathBuf::from(folder).join("kokoro");
    let converted = convert::convert(&kokoro.join("model.onnx"), &kokoro).unwrap();
    Some((converted.folder, kokoro.join("voices")))
}

/// With all silence computed.
fn load(folder: &Path, kernels: Setting, isa: Option<Isa>) -> OnnxEngine {
    load_as(folder, kernels, isa, true)
}

fn load_as(folder: &Path, kernels: Setting, isa: Option<Isa>, exact: bool) -> OnnxEngine {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| Runtime::open(&harness::onnx_runtime()).unwrap());
    let options = Options {
        threads: 1,
        kernels,
        isa,
        exact,
    };
    OnnxEngine::load(runtime, Model::File(&folder.join(PLAIN_FILE)), options).unwrap()
}

#[test]
fn the_conversion_finds_everything_in_weights_of_8_bits() {
    let Some((folder, _)) = real() else { return };
    let report: Report = std::fs::read_to_string(folder.join(REPORT_FILE))
        .unwrap()
        .parse()
        .unwrap();
    let expected = Report {
        quantised: true,
        durations: true,
        blocks: BLOCKS,
        convolutions: 19,
        products: 74,
        misfits: Vec::new(),
    };
    assert_eq!(report, expected);
}

/// `KOKORO_REFERENCE` is what Python's onnxruntime makes of the float graph of these weights (`dev/ears/parity.py`). The vocoder's noise is
/// random, so lengths, durations and levels are compared, not samples.
#[test]
fn it_speaks_as_in_python() {
    let Some((folder, voices)) = real() else { return };
    let Some(reference) = std::env::var_os("KOKORO_REFERENCE") else {
        harness::skip("KOKORO_REFERENCE names no file; ops/test makes one where ../shared/kokoro-real is");
        return;
    };
    let mut engine = load(&folder, Setting::Auto, None);
    let reference: Value = serde_json::from_slice(&std::fs::read(reference).unwrap()).unwrap();
    let runs = reference.as_array().unwrap().iter().enumerate();
    // By the sessions of one thread; the first run also by those that have all cores.
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
        #[expect(clippy::cast_possible_truncation, reason = "a speed")]
        let speech = engine
            .synthesise(&Job {
                id: id as u64,
                style: row(&voices, wanted["voice"].as_str().unwrap(), tokens.len()),
                speed: wanted["speed"].as_f64().unwrap() as f32,
                tokens,
                threads,
                early: false,
                draft: false,
            })
            .unwrap();
        let of = format!("run {id} by {threads}");
        assert_eq!(speech.frames.unwrap(), numbers("frames"), "durations of {of}");
        assert_eq!(speech.pcm.len() as u64, wanted["samples"], "samples of {of}");
        let power: f64 = speech.pcm.iter().map(|x| f64::from(x * x)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a count of samples")]
        let level = (power / speech.pcm.len() as f64).sqrt() / wanted["rms"].as_f64().unwrap();
        assert!((0.9..1.1).contains(&level), "level of {of}: {level}");
    }
}

/// A voice, or a mix with the weight of the second.
#[derive(Debug, Clone, Copy)]
struct Style(&'static str, Option<(&'static str, f32)>);

/// The four voices and two mixes of an English set; of another set its voices in turn.
fn styles(voices: &Path) -> Vec<Style> {
    if voices.join("af_heart.bin").is_file() {
        return vec![
            Style("af_heart", None),
            Style("am_michael", None),
            Style("bf_emma", None),
            Style("bm_george", None),
            Style("af_bella", Some(("af_sky", 0.33))),
            Style("am_adam", Some(("bf_isabella", 0.5))),
        ];
    }
    vec![
        Style("alpha", None),
        Style("gongitsune", None),
        Style("nezumi", None),
        Style("kumo", None),
        Style("alpha", Some(("kumo", 0.33))),
        Style("tebukuro", Some(("nezumi", 0.5))),
    ]
}

fn row(voices: &Path, name: &str, tokens: usize) -> Vec<f32> {
    let bytes = std::fs::read(voices.join(format!("{name}.bin"))).unwrap();
    let row = bytes.chunks_exact(4 * STYLE_DIM).nth(tokens - 1).unwrap();
    row.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect()
}

/// "The old lighthouse keeper climbed the narrow stairs …" over and over, in Kokoro's tokens.
fn job(voices: &Path, style: Style, tokens: usize, speed: f32) -> Job {
    const PHRASE: [u8; 30] = [
        81, 83, 16, 156, 31, 54, 46, 16, 54, 156, 25, 62, 50, 156, 39, 61, 16, 53, 156, 51, 58, 85, 16, 53,
        54, 156, 25, 55, 46, 3,
    ];
    let mut row = self::row(voices, style.0, tokens);
    if let Some((other, weight)) = style.1 {
        let other = self::row(voices, other, tokens);
        row.iter_mut()
            .zip(other)
            .for_each(|(a, b)| *a += (b - *a) * weight);
    }
    Job {
        id: 1,
        tokens: PHRASE.into_iter().cycle().take(tokens).collect(),
        style: row,
        speed,
        threads: 1,
        early: false,
        draft: false,
    }
}

/// Tokens and speed; the styles in turn.
const CASES: [(usize, f32); 8] = [
    (1, 1.0),
    (2, 2.0),
    (9, 0.5),
    (30, 1.0),
    (58, 2.0),
    (31, 0.5),
    (104, 1.0),
    (250, 2.0),
];

#[test]
fn kernels_make_the_samples_that_onnx_runtime_makes() {
    let Some((folder, voices)) = real() else { return };
    let isas: Vec<Isa> = [Isa::Avx512, Isa::Avx2]
        .into_iter()
        .filter(|isa| Kernels::new(*isa).is_some())
        .collect();
    if isas.is_empty() {
        harness::skip("this CPU has neither AVX-512 nor AVX2, so that nobody computes with our kernels");
        return;
    }
    let mut plain = load(&folder, Setting::Off, None);
    assert_eq!(plain.kernels(), "onnxruntime");
    let mut fused: Vec<OnnxEngine> = isas
        .iter()
        .map(|isa| load(&folder, Setting::Auto, Some(*isa)))
        .collect();
    for (&(tokens, speed), style) in CASES.iter().zip(styles(&voices).into_iter().cycle()) {
        let job = job(&voices, style, tokens, speed);
        // All with one thread, side by side.
        let speeches: Vec<Speech> = std::thread::scope(|scope| {
            let engines = iter::once(&mut plain).chain(&mut fused);
            let threads: Vec<_> = engines
                .map(|engine| scope.spawn(|| engine.synthesise(&job).unwrap()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let (expected, with_one) = speeches.split_first().unwrap();
        assert_durations(expected, tokens);
        let compare = |engine: &OnnxEngine, threads: u8, speech: &Speech| {
            let case = format!(
                "{} with {threads}: {tokens} tokens at {speed}, {style:?}",
                engine.kernels()
            );
            assert_eq!(speech.frames, expected.frames, "{case}");
            let apart = apart(&expected.pcm, &speech.pcm);
            println!("{case}: {apart:.1} dB");
            assert!(apart < FURTHEST, "{case}: {apart:.1} dB apart");
        };
        for (engine, speech) in fused.iter_mut().zip(with_one) {
            compare(engine, 1, speech);
            let job = Job {
                threads: 2,
                ..job.clone()
            };
            let speech = engine.synthesise(&job).unwrap();
            compare(engine, 2, &speech);
        }
    }
}

/// The engine as it serves; `None` with a sentence where it has no kernels.
fn served(folder: &Path) -> Option<OnnxEngine> {
    let engine = load_as(folder, Setting::Auto, None, false);
    if engine.kernels() == "onnxruntime" {
        harness::skip("this CPU has neither AVX-512 nor AVX2, so that nothing is made in windows");
        return None;
    }
    Some(engine)
}

#[test]
fn silence_at_the_ends_is_left_out_and_the_speech_stays() {
    let Some((folder, voices)) = real() else { return };
    let Some(mut served) = served(&folder) else { return };
    let job = job(&voices, styles(&voices)[0], 60, 1.0);
    let expected = load(&folder, Setting::Auto, None).synthesise(&job).unwrap();
    let speech = served.synthesise(&job).unwrap();
    assert_eq!(speech.frames, expected.frames);
    assert_eq!(speech.pcm.len(), expected.pcm.len());
    let first = speech.pcm.iter().position(|x| *x != 0.0).unwrap();
    let last = speech.pcm.iter().rposition(|x| *x != 0.0).unwrap();
    assert!(first > 0 && last + 1 < speech.pcm.len(), "{first} to {last}");
    let peak = |samples: &[f32]| samples.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
    let loudest = peak(&expected.pcm);
    let left_out = peak(&expected.pcm[..first]).max(peak(&expected.pcm[last + 1..]));
    assert!(left_out < loudest / 100.0, "{left_out} of {loudest} was left out");
    let power = |samples: &[f32]| samples.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
    let level = 10.0 * (power(&speech.pcm) / power(&expected.pcm)).log10();
    assert!(level.abs() < 1.0, "{level:.2} dB louder");
}

#[test]
fn a_sentence_that_is_set_aside_sounds_as_if_it_were_not() {
    let Some((folder, voices)) = real() else { return };
    let Some(mut engine) = served(&folder) else { return };
    let sentence = |id: u64, style: usize| {
        let mut job = job(&voices, styles(&voices)[style], 90, 1.0);
        (job.id, job.early) = (id, true);
        job
    };
    let jobs = [sentence(1, 0), sentence(2, 1)];
    let alone: Vec<Speech> = jobs.iter().map(|job| engine.synthesise(job).unwrap()).collect();
    // A turn of each, and a whole sentence in between.
    let mut pcm = [const { Vec::new() }; 2];
    let mut going = [true; 2];
    for (job, pcm) in jobs.iter().zip(&mut pcm) {
        let turn = engine.begin(job).unwrap();
        assert!(turn.next.is_some(), "a long sentence came in one part");
        pcm.extend(turn.speech.pcm);
    }
    engine
        .synthesise(&job(&voices, styles(&voices)[2], 20, 1.0))
        .unwrap();
    while going.contains(&true) {
        for (i, job) in jobs.iter().enumerate() {
            if going[i] {
                let turn = engine.go_on(job.id, 1).unwrap();
                pcm[i].extend(turn.speech.pcm);
                going[i] = turn.next.is_some();
            }
        }
    }
    assert!(pcm[0] == alone[0].pcm && pcm[1] == alone[1].pcm);
    assert!(engine.go_on(1, 1).is_err(), "it is over");
}

#[test]
fn another_worker_goes_on_with_the_same_samples_where_one_died() {
    let Some((folder, voices)) = real() else { return };
    let (Some(mut one), Some(mut other)) = (served(&folder), served(&folder)) else {
        return;
    };
    let mut job = job(&voices, styles(&voices)[0], 90, 1.0);
    job.early = true;
    let expected = one.synthesise(&job).unwrap();
    let mut turn = one.begin(&job).unwrap();
    let mut pcm = turn.speech.pcm;
    // A part of each in turn; the state goes the way that it goes through frontd.
    let mut parts = 1;
    while turn.next.is_some() {
        let state = one.state(job.id).expect("the state of a job that is set aside");
        let bytes = encode(&state).unwrap();
        println!("after {} samples: {} bytes", pcm.len(), bytes.len());
        assert!(bytes.len() < MAX_STATE);
        one.forget(job.id);
        std::mem::swap(&mut one, &mut other);
        job.id += 1;
        turn = one.resume(&job, decode_state(&bytes).unwrap()).unwrap();
        pcm.append(&mut turn.speech.pcm);
        parts += 1;
    }
    assert!(parts > 2, "{parts} parts");
    assert_eq!(turn.speech.frames, expected.frames);
    assert!(pcm == expected.pcm, "other samples");
    assert!(one.state(job.id).is_none(), "it is over");
}

#[test]
fn a_state_that_is_none_of_such_a_job_fails_alone() {
    let Some((folder, voices)) = real() else { return };
    let Some(mut engine) = served(&folder) else { return };
    let mut job = job(&voices, styles(&voices)[0], 90, 1.0);
    job.early = true;
    engine.begin(&job).unwrap();
    let good = engine.state(job.id).unwrap();
    engine.forget(job.id);
    let broken: [fn(&mut State); 7] = [
        |state| state.parts = 0,
        |state| state.parts = u16::MAX,
        |state| state.frames[3] += 1,
        |state| state.speech = (u32::MAX, 0),
        |state| state.signal.rows = 0,
        |state| state.signal.rows /= 2,
        |state| state.source.bytes.truncate(1001),
    ];
    for (i, breaks) in broken.into_iter().enumerate() {
        let mut state = good.clone();
        breaks(&mut state);
        let fault = engine.resume(&job, state).expect_err("a broken state");
        assert!(matches!(fault, Fault::BadJob(_)), "{i}: {fault:?}");
    }
    assert!(engine.resume(&job, good).is_ok());
}

/// A frame is 600 samples, and each token has some.
fn assert_durations(speech: &Speech, tokens: usize) {
    let frames = speech.frames.as_ref().expect("durations");
    assert_eq!(frames.len(), tokens + 2);
    assert!(frames.iter().all(|frames| *frames > 0));
    let sum: usize = frames.iter().map(|frames| usize::from(*frames)).sum();
    assert_eq!(sum * SAMPLES_PER_FRAME, speech.pcm.len());
}

/// The power of the difference over that of `a`, in decibels; infinite for other lengths.
fn apart(a: &[f32], b: &[f32]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    let power = |x: f64| x * x;
    let differences = a.iter().zip(b).map(|(a, b)| f64::from(*a) - f64::from(*b));
    let difference: f64 = differences.map(power).sum();
    10.0 * (difference / a.iter().map(|a| power(f64::from(*a))).sum::<f64>()).log10()
}
