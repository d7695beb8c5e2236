//! `workerd`: started by frontd, to serve or to convert a model.

use std::{
    fs,
    io::BufWriter,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::{Parser, Subcommand};
use common::{exit::WorkerExit, protocol::Ready};
use interprocess::{
    TryClone,
    local_socket::{GenericFilePath, prelude::*},
};
use kernels::Isa;
use nix::unistd::Pid;
use tracing_subscriber::EnvFilter;
use workerd::{
    convert::{self, ConvertError},
    drafts::WithDrafts,
    engine::Engine,
    jail::{self, JailError},
    onnx::{LoadError, Model, OnnxEngine, Options, Runtime, Setting},
    serve, signals,
};

const WRITE_BUFFER: usize = 64 * 1024;

/// The synthesis worker of Dexterous TTS. frontd starts it to serve, and to convert a model once.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer synthesis jobs on a socket.
    Serve(Arguments),
    /// Make a folder that workers map out of a Kokoro model file, and print its path.
    Convert {
        /// The ONNX file, with weights of 32 or of 8 bits.
        model: PathBuf,
        /// The folder to make it in.
        into: PathBuf,
        /// The pid of frontd, to end with it.
        #[arg(long)]
        parent: Option<i32>,
    },
}

#[derive(Debug, clap::Args)]
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
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                code(WorkerExit::Usage)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let done = match &cli.command {
        Command::Serve(arguments) => work(arguments),
        Command::Convert { model, into, parent } => convert(model, into, *parent),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err((exit, error)) => {
            tracing::error!("{error:#}");
            code(exit)
        }
    }
}

/// The most data that a conversion may hold: the graph, and one convolution with its transformed weights.
const CONVERSION_MEMORY: u64 = 768 << 20;
/// The most time of a core that a conversion may take, in seconds; it takes about five.
const CONVERSION_SECONDS: u64 = 300;

fn convert(model: &Path, into: &Path, parent: Option<i32>) -> Result<(), (WorkerExit, anyhow::Error)> {
    let jailed = |error: JailError| (WorkerExit::Jail, error.into());
    fs::create_dir_all(into).map_err(|error| {
        let why = anyhow::Error::from(error).context(format!("cannot make the folder {}", into.display()));
        (WorkerExit::Internal, why)
    })?;
    jail::at_start(parent.map(Pid::from_raw), Some(CONVERSION_MEMORY), Some(into)).map_err(jailed)?;
    jail::for_conversion(CONVERSION_SECONDS).map_err(jailed)?;
    let converted = convert::convert(model, into).map_err(|error| {
        let exit = match error {
            ConvertError::Source { .. } => WorkerExit::NoModel,
            ConvertError::Model { .. } => WorkerExit::BadModel,
            ConvertError::Target { .. } | ConvertError::Space { .. } => WorkerExit::Internal,
        };
        (exit, error.into())
    })?;
    println!("{}", converted.folder.display());
    Ok(())
}

fn work(arguments: &Arguments) -> Result<(), (WorkerExit, anyhow::Error)> {
    let parent = arguments.parent.map(Pid::from_raw);
    signals::tell_outsiders_apart().map_err(|e| (WorkerExit::Internal, e.into()))?;
    jail::at_start(parent, arguments.memory_mb.map(|mb| mb << 20), None)
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
    let options = Options {
        threads: arguments.threads,
        kernels: arguments.kernels,
        isa: arguments.kernels_isa,
        exact: false,
    };
    let mut engine = load(&arguments.onnxruntime, arguments.model.as_deref(), options)
        .map_err(|error| (error.exit(), error.into()))?;
    let unconfined = jail::when_loaded().map_err(|e| (WorkerExit::Jail, e.into()))?;
    let ready = Ready {
        load_ms: u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX),
        kernels: engine.kernels().to_owned(),
        durations: engine.durations(),
        unconfined,
    };
    serve::serve(
        engine.as_mut(),
        &ready,
        from,
        BufWriter::with_capacity(WRITE_BUFFER, stream),
        serve::REST_AFTER,
    )
    .map_err(|e| (WorkerExit::Protocol, e.into()))
}

/// The model with the built-in voice for drafts, or the built-in voice, whose drafts are its speech.
fn load(runtime: &Path, model: Option<&Path>, options: Options) -> Result<Box<dyn Engine>, LoadError> {
    let runtime = Runtime::open(runtime)?;
    let builtin = OnnxEngine::load(&runtime, Model::Builtin, options)?;
    Ok(match model {
        None => Box::new(builtin),
        Some(file) => {
            let model = OnnxEngine::load(&runtime, Model::File(file), options)?;
            Box::new(WithDrafts::new(model, builtin))
        }
    })
}

/// frontd keeps the last lines to explain a death. ONNX Runtime is silent unless `RUST_LOG` asks: it logs every
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
