use std::path::{Path, PathBuf};

use super::Reader;
use crate::workers::MAX_WORKERS;

/// No instructions are forced on the kernels.
const BEST: &str = "best";

/// The worker processes.
#[derive(Debug, Clone)]
pub struct Workers {
    /// How many. `WORKERS`, one per CPU that this process may use.
    pub count: usize,
    /// How many more are loaded and wait, so that a death costs no loading. `SPARE_WORKERS`, 1.
    pub spare: usize,
    /// Threads that compute one segment. `WORKER_THREADS`, 1.
    pub threads: usize,
    /// `auto`: our own kernels, where the model and the CPU fit; `off`: ONNX Runtime's operators. `KERNELS`, auto.
    pub kernels: &'static str,
    /// The instructions of our kernels; `None`: the best that the CPU has. `KERNELS_ISA`, best.
    pub isa: Option<&'static str>,
    /// Private memory in MiB above which a worker is replaced. `WORKER_MEMORY_MB`, 1500; 0: no limit.
    pub memory_mb: Option<u64>,
    /// Segments after which a worker is replaced. `WORKER_MAX_JOBS`, 0: never.
    pub max_jobs: Option<u64>,
    /// The worker program. `WORKERD`, `workerd` beside this program.
    pub program: PathBuf,
    /// The ONNX Runtime library. `ORT_DYLIB_PATH`, `libonnxruntime.so` beside this program.
    pub onnxruntime: PathBuf,
    /// For the workers' sockets; made with access for this user only. `RUN_DIR`, a new one in the temporary folder.
    pub run_dir: Option<PathBuf>,
    /// The ops socket; see [`Workers::control_socket`]. `CONTROL_SOCKET`, `dexterous-tts-PORT.sock` in `XDG_RUNTIME_DIR` or
    /// the temporary folder.
    pub control: Option<PathBuf>,
    /// For the ops socket. `XDG_RUNTIME_DIR`, the temporary folder.
    pub runtime_dir: PathBuf,
}

impl Workers {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let beside = |name: &str| {
            let folder = std::env::current_exe()
                .ok()
                .and_then(|exe| exe.parent().map(Path::to_path_buf));
            folder.unwrap_or_default().join(name)
        };
        let some = |n: u64| (n > 0).then_some(n);
        Self {
            count: reader.number("WORKERS", cpus(), 1, MAX_WORKERS),
            spare: reader.number("SPARE_WORKERS", 1, 0, MAX_WORKERS),
            threads: reader.number("WORKER_THREADS", 1, 1, 64),
            kernels: one_of(reader, "KERNELS", ["auto", "off"]),
            isa: Some(one_of(
                reader,
                "KERNELS_ISA",
                [BEST, "avx512", "avx2", "portable"],
            ))
            .filter(|isa| *isa != BEST),
            memory_mb: some(reader.number("WORKER_MEMORY_MB", 1500, 0, 1 << 20)),
            max_jobs: some(reader.number("WORKER_MAX_JOBS", 0, 0, u64::MAX)),
            program: reader.path("WORKERD").unwrap_or_else(|| beside("workerd")),
            onnxruntime: reader
                .path("ORT_DYLIB_PATH")
                .unwrap_or_else(|| beside("libonnxruntime.so")),
            run_dir: reader.path("RUN_DIR"),
            runtime_dir: reader.path("XDG_RUNTIME_DIR").unwrap_or_else(std::env::temp_dir),
            control: reader.path("CONTROL_SOCKET"),
        }
    }

    /// The ops socket of the server that listens on `port`, so that two servers of one user need no setting for it.
    #[must_use]
    pub fn control_socket(&self, port: u16) -> PathBuf {
        let name = || format!("dexterous-tts-{port}.sock");
        self.control
            .clone()
            .unwrap_or_else(|| self.runtime_dir.join(name()))
    }
}

/// One of some words, of which the first is the default.
fn one_of<const N: usize>(reader: &mut Reader, variable: &str, words: [&'static str; N]) -> &'static str {
    reader.parsed(variable, words[0], &words.join(" or "), |value| {
        words.into_iter().find(|word| *word == value)
    })
}

/// CPUs that this process may use; affinity and cgroup quotas are counted by the standard library.
fn cpus() -> usize {
    std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(MAX_WORKERS)
}
