//! Looks into a model from outside of serving: where its time goes by type of operator, and what it says of made-up
//! tokens.
//!
//! ```text
//! inspect profile MODEL.onnx VOICE.bin KERNELS TOKENS RUNS SCRATCH   a row an operator: type, calls, ms a second of audio, share
//! inspect speak   MODEL.onnx VOICE.bin KERNELS TOKENS OUT.f32        samples as little-endian f32
//! inspect served  MODEL.onnx VOICE.bin KERNELS TOKENS OUT.f32        the same as it is served: silence at the ends is not computed
//! inspect windows MODEL.onnx VOICE.bin KERNELS TOKENS OUT.f32        as for a first sound, in windows
//! ```
//!
//! `KERNELS` is `auto`, `avx512`, `avx2`, `off` (ONNX Runtime's own operators) or, for `speak`, `unoptimised` (those, on the
//! graph exactly as it is in its file). `SCRATCH` begins the name of ONNX Runtime's own profile, which is removed again.
//! `dev/profile` and `dev/bench --spectrum` call it.

mod job;

use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
};

use common::{SAMPLE_RATE, protocol::Job};
use serde_json::Value;
use workerd::{
    engine::Engine as _,
    onnx::{Inspection, Model, OnnxEngine, Options, Runtime, Setting},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Runs of the same length before anything is counted, the engine's own first one included.
const WARM: usize = 2;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["profile", model, voice, kernels, tokens, runs, scratch] => {
            let job = job::job(Path::new(voice), tokens)?;
            profile(Path::new(model), kernels, &job, runs.parse()?, Path::new(scratch))
        }
        ["speak", model, voice, kernels, tokens, out] => {
            let job = job::job(Path::new(voice), tokens)?;
            speak(Path::new(model), kernels, true, &job, Path::new(out))
        }
        [way @ ("served" | "windows"), model, voice, kernels, tokens, out] => {
            let mut job = job::job(Path::new(voice), tokens)?;
            job.early = way == "windows";
            speak(Path::new(model), kernels, false, &job, Path::new(out))
        }
        _ => Err("see the head of workerd/examples/inspect.rs".into()),
    }
}

fn load(model: &Path, kernels: &str, exact: bool, inspection: Inspection<'_>) -> Result<OnnxEngine> {
    let library = std::env::var("ORT_DYLIB_PATH").map_err(|_| "ORT_DYLIB_PATH is not set")?;
    let runtime = Runtime::open(&PathBuf::from(library))?;
    let own = !["off", "unoptimised"].contains(&kernels);
    let options = Options {
        threads: 1,
        kernels: if own { Setting::Auto } else { Setting::Off },
        isa: if own && kernels != "auto" {
            Some(kernels.parse()?)
        } else {
            None
        },
        exact,
    };
    let engine = OnnxEngine::inspect(&runtime, Model::File(model), options, inspection)?;
    if own && engine.kernels() == "onnxruntime" {
        return Err("our kernels cannot be used with this model or on this CPU".into());
    }
    Ok(engine)
}

fn profile(model: &Path, kernels: &str, job: &Job, runs: usize, scratch: &Path) -> Result<()> {
    let inspection = Inspection {
        profile: Some(scratch),
        ..Inspection::default()
    };
    let mut engine = load(model, kernels, true, inspection)?;
    let mut samples = 0;
    for run in 1..WARM + runs {
        let speech = engine.synthesise(job).map_err(|fault| format!("{fault:?}"))?;
        samples += if run < WARM { 0 } else { speech.pcm.len() };
    }
    let file = engine.end_profile()?;
    let events: Vec<Value> = serde_json::from_slice(&std::fs::read(&file)?)?;
    std::fs::remove_file(&file)?;
    let times = Times::of(&events, runs)?;
    #[expect(clippy::cast_precision_loss, reason = "seconds of a bench")]
    let audio = samples as f64 / f64::from(SAMPLE_RATE);
    let mut rows: Vec<_> = times.operators.into_iter().collect();
    rows.sort_by(|(_, a), (_, b)| b.micros.total_cmp(&a.micros));
    let nodes: f64 = rows.iter().map(|(_, row)| row.micros).sum();
    rows.push((
        "(between operators)".to_owned(),
        Operator {
            calls: 0,
            micros: times.micros - nodes,
        },
    ));
    for (name, row) in rows {
        println!(
            "{name}\t{}\t{:.2}\t{:.1}",
            row.calls / runs,
            row.micros / 1000.0 / audio,
            100.0 * row.micros / times.micros
        );
    }
    println!("all\t\t{:.2}\t100.0", times.micros / 1000.0 / audio);
    Ok(())
}

/// Time of the last runs in ONNX Runtime's profile.
struct Times {
    micros: f64,
    operators: BTreeMap<String, Operator>,
}

#[derive(Default)]
struct Operator {
    calls: usize,
    micros: f64,
}

impl Times {
    fn of(events: &[Value], runs: usize) -> Result<Self> {
        let number = |event: &Value, name: &str| event[name].as_f64().unwrap_or_default();
        let mut whole: Vec<&Value> = events
            .iter()
            .filter(|event| event["name"] == "model_run")
            .collect();
        whole.sort_by(|a, b| number(a, "ts").total_cmp(&number(b, "ts")));
        let counted = whole
            .get(whole.len().saturating_sub(runs)..)
            .filter(|counted| counted.len() == runs)
            .ok_or("the profile lacks runs")?;
        let since = counted.first().map_or(0.0, |first| number(first, "ts"));
        let mut operators: BTreeMap<String, Operator> = BTreeMap::new();
        let nodes = events.iter().filter(|event| {
            event["cat"] == "Node"
                && number(event, "ts") >= since
                && event["name"]
                    .as_str()
                    .is_some_and(|name| name.ends_with("_kernel_time"))
        });
        for event in nodes {
            let name = event["args"]["op_name"].as_str().unwrap_or("?").to_owned();
            let operator = operators.entry(name).or_default();
            operator.calls += 1;
            operator.micros += number(event, "dur");
        }
        Ok(Self {
            micros: counted.iter().map(|run| number(run, "dur")).sum(),
            operators,
        })
    }
}

fn speak(model: &Path, kernels: &str, exact: bool, job: &Job, out: &Path) -> Result<()> {
    let inspection = Inspection {
        unoptimised: kernels == "unoptimised",
        ..Inspection::default()
    };
    let mut engine = load(model, kernels, exact, inspection)?;
    let speech = engine.synthesise(job).map_err(|fault| format!("{fault:?}"))?;
    let bytes: Vec<u8> = speech
        .pcm
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    Ok(std::fs::write(out, bytes)?)
}
