//! `workerd`: started by frontd, never by hand.

use std::{io::BufWriter, path::PathBuf, process::ExitCode, time::Instant};

use clap::Parser;
use common::{exit::WorkerExit, protocol::Ready};
use interprocess::{
    TryClone,
    local_socket::{GenericFilePath, prelude::*},
};
use nix::unistd::Pid;
use tracing_subscriber::EnvFilter;
use workerd::{
    engine::Engine,
    jail,
    kernels::{Isa, Setting},
    onnx::{Model, OnnxEngine, Options, Runtime},
    serve, signals,
};

const WRITE_BUFFER: usize = 64 * 1024;

/// One synthesis worker of Dexterous TTS. frontd starts it; there is nothing to do with it by hand.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The Unix socket on which frontd waits.
    #[arg(long)]
    socket: PathBuf,
    /// The ONNX Runtime library.
    #[arg(long, env = "ORT_DYLIB_PATH")]
    onnxruntime: PathBuf,
    /// A Kokoro model file; without it, the built-in voice.
    #[arg(long)]
    model: Option<PathBuf>,
    /// Threads that compute any job; one may come with more.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Whether to use our own kernels for the vocoder, where the model and the CPU fit.
    #[arg(long, value_enum, default_value = "auto")]
    kernels: Setting,
    /// The instructions of our kernels (avx512, avx2, portable) instead of the best that the CPU has.
    #[arg(long)]
    kernels_isa: Option<Isa>,
    /// The pid of frontd, to notice at once when it is gone.
    #[arg(long)]
    parent: Option<i32>,
    /// The most data this worker may hold, in MiB.
    #[arg(long)]
    memory_mb: Option<u64>,
}

fn main() -> ExitCode {
    init_log();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                code(WorkerExit::Usage)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match work(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err((exit, error)) => {
            tracing::error!("{error:#}");
            code(exit)
        }
    }
}

fn work(arguments: &Arguments) -> Result<(), (WorkerExit, anyhow::Error)> {
    let parent = arguments.parent.map(Pid::from_raw);
    signals::tell_outsiders_apart().map_err(|e| (WorkerExit::Internal, e.into()))?;
    jail::at_start(parent, arguments.memory_mb.map(|mb| mb << 20))
        .map_err(|e| (WorkerExit::Jail, e.into()))?;
    let internal = |error: std::io::Error| (WorkerExit::Internal, error.into());
    let name = arguments
        .socket
        .as_path()
        .to_fs_name::<GenericFilePath>()
        .map_err(internal)?;
    let stream = LocalSocketStream::connect(name).map_err(internal)?;
    serve::shake_hands(&stream, &stream).map_err(|e| (WorkerExit::Protocol, e.into()))?;

    let from = stream.try_clone().map_err(internal)?;

    let started = Instant::now();
    let model = arguments.model.as_deref().map_or(Model::Builtin, Model::File);
    let options = Options {
        threads: arguments.threads,
        kernels: arguments.kernels,
        isa: arguments.kernels_isa,
    };
    let mut engine = Runtime::open(&arguments.onnxruntime)
        .and_then(|runtime| OnnxEngine::load(&runtime, model, options))
        .map_err(|error| (error.exit(), error.into()))?;
    let unconfined = jail::when_loaded().map_err(|e| (WorkerExit::Jail, e.into()))?;
    let ready = Ready {
        load_ms: u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX),
        kernels: engine.kernels().to_owned(),
        durations: engine.durations(),
        unconfined,
    };
    serve::serve(
        &mut engine,
        &ready,
        from,
        BufWriter::with_capacity(WRITE_BUFFER, stream),
        serve::REST_AFTER,
    )
    .map_err(|e| (WorkerExit::Protocol, e.into()))
}

/// frontd keeps the last lines to explain a death. ONNX Runtime is silent unless `RUST_LOG` asks: it tells of every
/// allocation, and its errors come back as results.
fn init_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,ort=off"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .init();
}

fn code(exit: WorkerExit) -> ExitCode {
    ExitCode::from(exit as u8)
}
