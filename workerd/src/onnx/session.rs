//! The opened library, and sessions in it.

use std::path::Path;

use ort::{
    environment::Environment,
    operator::OperatorDomain,
    session::{Session, builder::GraphOptimizationLevel},
};

use super::LoadError;

/// The voice that every build carries; see `assets/README.md`.
const BUILTIN: &[u8] = include_bytes!("../../assets/builtin.onnx");

/// Which model to load.
#[derive(Debug, Clone, Copy)]
pub enum Model<'a> {
    Builtin,
    File(&'a Path),
}

/// What the project's measurements want to see of an engine; serving asks for none of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inspection<'a> {
    /// Write the time of every node to a file whose name begins so. The jail forbids it, so never in a worker.
    pub profile: Option<&'a Path>,
    /// The graph exactly as it is in its file.
    pub unoptimised: bool,
}

/// The opened library. A process has one.
pub struct Runtime(Environment);

impl Runtime {
    /// Opens ONNX Runtime at `library`.
    ///
    /// # Errors
    /// The library cannot be opened, or this process has opened it before.
    pub fn open(library: &Path) -> Result<Self, LoadError> {
        let failed = |reason: String| LoadError::Runtime {
            path: library.display().to_string(),
            reason,
        };
        ort::init_from(library)
            .map_err(|error| failed(error.to_string()))?
            .with_name("workerd")
            .with_telemetry(false)
            .build()
            .map(Self)
            .map_err(|error| failed(error.to_string()))
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runtime")
    }
}

/// A session of `model` with `threads` of its own, that knows `operators`.
pub(super) fn open(
    runtime: &Runtime,
    model: Model<'_>,
    threads: usize,
    operators: Option<OperatorDomain>,
    inspection: Inspection<'_>,
) -> ort::Result<Session> {
    let level = if inspection.unoptimised {
        GraphOptimizationLevel::Disable
    } else {
        GraphOptimizationLevel::Level3
    };
    let mut builder = Session::builder(&runtime.0)?
        .with_optimization_level(level)?
        .with_intra_threads(threads)?
        .with_inter_threads(1)?
        // A spinning thread would take its core from another worker.
        .with_intra_op_spinning(false)?
        // Peak memory at 250 tokens: 842 MB without the pattern, 1216 MB with it, at no loss of speed.
        .with_memory_pattern(false)?
        // Packed weights are private copies; mapped ones are shared by all workers.
        .with_prepacking(false)?;
    if let Some(operators) = operators {
        builder = builder.with_operators(operators)?;
    }
    if let Some(file) = inspection.profile {
        builder = builder.with_profiling(file)?;
    }
    match model {
        Model::Builtin => builder.commit_from_memory(BUILTIN),
        Model::File(path) => builder.commit_from_file(path),
    }
}
