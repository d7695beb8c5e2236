//! The engine on the real ONNX Runtime, with the built-in voice. Needs `ORT_DYLIB_PATH`, which `ops/test` sets.

use std::sync::OnceLock;

use common::{
    STYLE_DIM,
    exit::WorkerExit,
    protocol::{Fault, Job},
};
use workerd::{
    engine::Engine,
    onnx::{Model, OnnxEngine, Options, Runtime},
};

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let library = harness::onnx_runtime();
        Runtime::open(&library).expect("ONNX Runtime opens")
    })
}

fn job(tokens: usize, speed: f32) -> Job {
    let tokens = (0..tokens)
        .map(|i| [50, 83, 54, 156, 57, 135, 16][i % 7])
        .collect();
    Job {
        id: 1,
        tokens,
        style: vec![0.0; STYLE_DIM],
        speed,
        threads: 1,
        early: false,
        draft: false,
    }
}

#[test]
fn the_builtin_voice_speaks_the_same_every_time() {
    let mut engine = OnnxEngine::load(runtime(), Model::Builtin, Options::default()).unwrap();
    assert!(engine.durations());
    let first = engine.synthesise(&job(20, 1.0)).unwrap();
    let frames = first.frames.as_ref().unwrap();
    assert_eq!(frames.len(), 22);
    assert!(first.pcm.iter().any(|x| x.abs() > 0.1), "silence");
    assert_eq!(engine.synthesise(&job(20, 1.0)).unwrap(), first);
    let mut second = OnnxEngine::load(runtime(), Model::Builtin, Options::default()).unwrap();
    assert_eq!(second.synthesise(&job(20, 1.0)).unwrap(), first);
    let fast = engine.synthesise(&job(20, 2.0)).unwrap();
    assert!(
        fast.pcm.len() * 10 < first.pcm.len() * 7,
        "{} against {}",
        fast.pcm.len(),
        first.pcm.len()
    );
}

#[test]
fn a_stopped_synthesis_says_so_and_the_next_one_works() {
    let mut engine = OnnxEngine::load(runtime(), Model::Builtin, Options::default()).unwrap();
    let stop = engine.stopper();
    engine.rearm();
    stop();
    assert_eq!(engine.synthesise(&job(100, 1.0)), Err(Fault::Cancelled));
    engine.rearm();
    // Before, inside or after the run: the result must be one of two.
    let stopping = std::thread::spawn(move || stop());
    assert!(matches!(
        engine.synthesise(&job(500, 0.5)),
        Ok(_) | Err(Fault::Cancelled)
    ));
    stopping.join().unwrap();
    engine.rearm();
    engine.synthesise(&job(10, 1.0)).unwrap();
}

#[test]
fn files_that_are_no_model_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let exit = |bytes: Option<&[u8]>| {
        let path = folder.path().join("model.onnx");
        match bytes {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => drop(std::fs::remove_file(&path)),
        }
        let error = OnnxEngine::load(runtime(), Model::File(&path), Options::default()).unwrap_err();
        assert!(error.to_string().contains("model.onnx"), "{error}");
        error.exit()
    };
    let builtin = include_bytes!("../assets/builtin.onnx");
    assert_eq!(exit(None), WorkerExit::NoModel);
    assert_eq!(exit(Some(b"Not found")), WorkerExit::BadModel);
    assert_eq!(exit(Some(&[])), WorkerExit::BadModel);
    assert_eq!(exit(Some(&builtin[..builtin.len() / 2])), WorkerExit::BadModel);
    // An Identity graph: valid ONNX, no Kokoro.
    let foreign: &[u8] = b"\x08\x08:,\n\x10\n\x01x\x12\x01y\"\x08Identity\x12\x01gZ\n\n\x01x\x12\x05\n\x03\x08\x01\x12\x00b\n\n\x01y\x12\x05\n\x03\x08\x01\x12\x00B\x02\x10\x11";
    assert_eq!(exit(Some(foreign)), WorkerExit::BadModel);
}

#[test]
fn a_library_that_is_not_there_is_told_apart() {
    let error = Runtime::open(std::path::Path::new("/nowhere/libonnxruntime.so")).unwrap_err();
    assert_eq!(error.exit(), WorkerExit::NoRuntime);
}
