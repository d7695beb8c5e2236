//! One workerd process. Nothing else knows a pid, starts or kills.

use std::{
    collections::VecDeque,
    io,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use nix::{
    sys::{
        signal::{Signal, killpg},
        wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid},
    },
    unistd::Pid,
};
use std::os::unix::process::ExitStatusExt;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    process::{Child, Command},
    task::JoinHandle,
};

use super::lifecycle::{Exit, WorkerId};

/// Lines of standard error that are kept to explain a death.
const LAST_WORDS: usize = 8;
/// A longer line is cut into several.
const LINE_LIMIT: u64 = 2_000;

/// How workers are started.
#[derive(Debug, Clone)]
pub struct Program {
    pub workerd: PathBuf,
    pub onnxruntime: PathBuf,
    /// `None`: the built-in voice.
    pub model: Option<PathBuf>,
    pub threads: usize,
    /// `auto` or `off`.
    pub kernels: &'static str,
    /// The instructions of the kernels; `None`: the best.
    pub isa: Option<&'static str>,
    /// Hard limit of a worker's data in MiB.
    pub memory_mb: Option<u64>,
}

/// A started worker. Dropping it kills the process.
#[derive(Debug)]
pub struct Process {
    child: Child,
    pid: Pid,
    last_words: Arc<Mutex<VecDeque<String>>>,
    reader: JoinHandle<()>,
}

/// What `/proc` says about a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vitals {
    /// Bytes that no other process shares.
    pub private: u64,
    /// Stopped by a signal or a debugger.
    pub stopped: bool,
}

impl Process {
    /// Starts a worker that will connect to `socket`.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn spawn(id: WorkerId, program: &Program, socket: &std::path::Path) -> io::Result<Self> {
        let mut command = Command::new(&program.workerd);
        command
            .args(["serve", "--socket"])
            .arg(socket)
            .arg("--onnxruntime")
            .arg(&program.onnxruntime)
            .args(["--threads", &program.threads.to_string()])
            .args(["--kernels", program.kernels])
            .args(["--parent", &std::process::id().to_string()]);
        if let Some(model) = &program.model {
            command.arg("--model").arg(model);
        }
        if let Some(isa) = program.isa {
            command.args(["--kernels-isa", isa]);
        }
        if let Some(mb) = program.memory_mb {
            command.args(["--memory-mb", &mb.to_string()]);
        }
        command
            // Nothing of our environment is a worker's business; secrets least of all.
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| {
                name.to_str()
                    .is_some_and(|name| ["RUST_LOG", "RUST_BACKTRACE"].contains(&name))
            }))
            // ONNX Runtime 1.31 keeps events under the home folder, where its API's switch does not count, and at its end waits five
            // seconds to send them.
            .env("ORT_DISABLE_TELEMETRY", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn()?;
        let raw = child
            .id()
            .ok_or_else(|| io::Error::other("it ended while it was started"))?;
        let pid = Pid::from_raw(i32::try_from(raw).map_err(io::Error::other)?);
        let last_words = Arc::new(Mutex::new(VecDeque::new()));
        let reader = match child.stderr.take() {
            Some(stderr) => tokio::spawn(read_words(id, stderr, Arc::clone(&last_words))),
            None => tokio::spawn(std::future::ready(())),
        };
        Ok(Self {
            child,
            pid,
            last_words,
            reader,
        })
    }

    #[must_use]
    pub fn pid(&self) -> i32 {
        self.pid.as_raw()
    }

    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle(self.pid)
    }

    /// Waits for the end; tells how it was and the last lines that the worker wrote.
    pub async fn wait(mut self) -> (Exit, Vec<String>) {
        let status = self.child.wait().await;
        // The pipe closes with the process; what it still holds is part of the explanation.
        let _ = (&mut self.reader).await;
        let words = self
            .last_words
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
            .collect();
        (status.map_or(Exit::Code(-1), exit_of), words)
    }
}

/// Acts on a process that somebody else waits for.
#[derive(Debug, Clone, Copy)]
pub struct Handle(Pid);

impl Handle {
    /// SIGKILL to the whole group. Harmless when it is gone: the pid is not reused before it was waited for.
    pub fn kill(self) {
        // The group exists from the child's first instruction on; a failure means that it has ended.
        let _ = killpg(self.0, Signal::SIGKILL);
    }

    /// Memory and state; `None` when the process is gone.
    #[must_use]
    pub fn vitals(self) -> Option<Vitals> {
        let folder = PathBuf::from(format!("/proc/{}", self.0));
        let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
        // pid (name) state …: the name may hold anything, even parentheses.
        let state = stat.rsplit_once(')')?.1.trim_start().chars().next()?;
        let statm = std::fs::read_to_string(folder.join("statm")).ok()?;
        let mut pages = statm
            .split(' ')
            .skip(1)
            .map_while(|field| field.parse::<u64>().ok());
        let (resident, shared) = (pages.next()?, pages.next()?);
        Some(Vitals {
            private: resident.saturating_sub(shared) * page_size(),
            stopped: matches!(state, 'T' | 't'),
        })
    }
}

/// Waits for processes that were handed to us because we are PID 1, and only for those.
///
/// tokio waits for our own children by pid; `known` tells which they are.
pub fn reap_strangers(known: impl Fn(i32) -> bool) {
    let peek = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    while let Ok(WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, _, _)) = waitid(Id::All, peek) {
        // One of our own lies first in the kernel's list: tokio is about to take it. The next tick goes on.
        if known(pid.as_raw()) || waitpid(pid, Some(WaitPidFlag::WNOHANG)).is_err() {
            break;
        }
    }
}

fn exit_of(status: ExitStatus) -> Exit {
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, Some(signal)) => Exit::Signal(signal),
        (None, None) => Exit::Code(-1),
    }
}

fn page_size() -> u64 {
    nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE)
        .ok()
        .flatten()
        .and_then(|size| u64::try_from(size).ok())
        .unwrap_or(4096)
}

/// Logs a line that a child wrote. What it warns of, the operator sees; it dies of its errors, and its end tells them.
pub fn told(line: &str, worker: Option<WorkerId>) {
    let worker = worker.map(|worker| worker.0);
    match line.split_once(' ') {
        Some(("WARN", told)) => tracing::warn!(worker, "{told}"),
        Some(("INFO", told)) => tracing::info!(worker, "{told}"),
        _ => tracing::debug!(worker, "workerd: {line}"),
    }
}

async fn read_words(id: WorkerId, stderr: impl AsyncRead + Unpin, words: Arc<Mutex<VecDeque<String>>>) {
    let mut stderr = BufReader::new(stderr);
    loop {
        let mut line = Vec::new();
        match (&mut stderr).take(LINE_LIMIT).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        told(&line, Some(id));
        let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
        if words.len() == LAST_WORDS {
            words.pop_front();
        }
        words.push_back(line);
    }
}
