//! What a worker gives up, because all it needs is memory, its socket and its standard error.
//!
//! | when | what | against |
//! |---|---|---|
//! | at start | dies with frontd, no core files, first in line for the OOM killer | orphans, frontd being killed |
//! | at start | no_new_privs; landlock: the file system is read-only, but for the folder of a conversion | whatever a model file could make us or ONNX Runtime do |
//! | at start of a conversion | seccomp: no socket, no program, no tracing; a limit of time | the same |
//! | model loaded | landlock: no path at all, no TCP | the same, for good |
//! | model loaded | seccomp: only the calls that computing needs | new files, sockets, programs, tracing |
//!
//! Landlock binds the thread that asks and those it starts: the threads that ONNX Runtime starts while it loads keep the
//! read-only rule, and seccomp, which binds all, lets them open nothing.
//!
//! Calls off the list fail with `EPERM`, because the C library probes some and copes (malloc reads
//! `/proc/sys/vm/overcommit_memory`); those that only an attacker makes kill the process.

use std::{collections::BTreeMap, fs, io, path::Path};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus,
};
use nix::{
    sys::{
        prctl,
        resource::{Resource, setrlimit},
        signal::Signal,
    },
    unistd::{Pid, getppid},
};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, SeccompRule, TargetArch};

/// The landlock version that is asked for; an older kernel enforces what it knows.
const LANDLOCK: ABI = ABI::V5;

/// Above every ordinary process and below the maximum of 1000, so that an operator can still mark another victim.
const OOM_SCORE: &str = "800";

/// Why the worker cannot be locked down.
#[derive(Debug, thiserror::Error)]
pub enum JailError {
    #[error("frontd was gone before its worker began")]
    Orphan,
    #[error("cannot set {0}")]
    Process(&'static str, #[source] nix::Error),
    #[error("the folder of the conversion cannot be opened: {0}")]
    Folder(String),
    #[error("landlock cannot be used")]
    Landlock(#[from] RulesetError),
    #[error("the seccomp filter cannot be made")]
    Seccomp(#[from] seccompiler::BackendError),
    #[error("the seccomp filter cannot be set")]
    SeccompInstall(#[from] seccompiler::Error),
    #[error("seccomp is not made for this processor ({0})")]
    Architecture(&'static str),
}

/// Before the model is read. `parent` is frontd's pid; `memory` bounds the worker's data in bytes; files can be written in
/// `writable` alone.
///
/// # Errors
/// The parent has gone, or the kernel refuses what every kernel since 3.5 can do.
pub fn at_start(parent: Option<Pid>, memory: Option<u64>, writable: Option<&Path>) -> Result<(), JailError> {
    prctl::set_pdeathsig(Signal::SIGKILL).map_err(|e| JailError::Process("the parent-death signal", e))?;
    // The parent may have died before the signal was armed.
    if parent.is_some_and(|parent| getppid() != parent) {
        return Err(JailError::Orphan);
    }
    prctl::set_no_new_privs().map_err(|e| JailError::Process("no_new_privs", e))?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0).map_err(|e| JailError::Process("the core file limit", e))?;
    if let Some(bytes) = memory {
        setrlimit(Resource::RLIMIT_DATA, bytes, bytes)
            .map_err(|e| JailError::Process("the memory limit", e))?;
    }
    // Raising one's own score is always allowed, but /proc may not be there.
    if let Err(error) = fs::write("/proc/self/oom_score_adj", OOM_SCORE) {
        tracing::warn!(%error, "the kernel may pick frontd before this worker when memory ends");
    }
    // Before the session starts its threads, so that they are bound too.
    read_only(writable)?;
    Ok(())
}

/// After [`at_start`], for a process that converts a model and ends: it opens files, and nothing else of the machine. `seconds` of
/// a core end it.
///
/// # Errors
/// The kernel has the means but refuses.
pub fn for_conversion(seconds: u64) -> Result<(), JailError> {
    setrlimit(Resource::RLIMIT_CPU, seconds, seconds)
        .map_err(|e| JailError::Process("the limit of time", e))?;
    seccompiler::apply_filter_all_threads(&never(DEADLY)?)?;
    Ok(())
}

/// After the model is loaded. Returns what this kernel could not enforce; empty when all holds.
///
/// # Errors
/// The kernel has the means but refuses.
pub fn when_loaded() -> Result<Vec<String>, JailError> {
    let mut missing = Vec::new();
    match no_path()? {
        RulesetStatus::FullyEnforced => {}
        RulesetStatus::PartiallyEnforced => missing.push("landlock in part".to_owned()),
        RulesetStatus::NotEnforced => missing.push("landlock".to_owned()),
    }
    // In this order: the second filter forbids adding a third.
    for filter in [never(DEADLY)?, only(NEEDED)?] {
        seccompiler::apply_filter_all_threads(&filter)?;
    }
    Ok(missing)
}

fn read_only(but: Option<&Path>) -> Result<RulesetStatus, JailError> {
    let root = match PathFd::new("/") {
        Ok(root) => root,
        Err(error) => {
            tracing::warn!(%error, "the root folder cannot be opened; the file system stays writable while loading");
            return Ok(RulesetStatus::NotEnforced);
        }
    };
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(LANDLOCK))?
        .create()?
        .add_rule(PathBeneath::new(root, AccessFs::from_read(LANDLOCK)))?;
    if let Some(folder) = but {
        let folder = PathFd::new(folder).map_err(|error| JailError::Folder(error.to_string()))?;
        ruleset = ruleset.add_rule(PathBeneath::new(folder, AccessFs::from_all(LANDLOCK)))?;
    }
    Ok(ruleset.restrict_self()?.ruleset)
}

fn no_path() -> Result<RulesetStatus, JailError> {
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(LANDLOCK))?
        .handle_access(AccessNet::from_all(LANDLOCK))?
        .create()?
        .restrict_self()?;
    Ok(status.ruleset)
}

/// What computing, logging and talking on an open socket take.
const NEEDED: &[nix::libc::c_long] = {
    use nix::libc::*;
    &[
        SYS_read,
        SYS_write,
        SYS_readv,
        SYS_writev,
        SYS_recvfrom,
        SYS_recvmsg,
        SYS_sendto,
        SYS_sendmsg,
        SYS_shutdown,
        SYS_ppoll,
        SYS_close,
        SYS_fstat,
        SYS_lseek,
        SYS_mmap,
        SYS_munmap,
        SYS_mremap,
        SYS_mprotect,
        SYS_madvise,
        SYS_brk,
        SYS_futex,
        SYS_membarrier,
        SYS_rseq,
        SYS_set_robust_list,
        SYS_sched_yield,
        SYS_sched_getaffinity,
        SYS_sched_setaffinity,
        SYS_clone,
        SYS_clone3,
        SYS_gettid,
        SYS_getpid,
        SYS_getcpu,
        SYS_prctl,
        SYS_tgkill,
        SYS_rt_sigaction,
        SYS_rt_sigprocmask,
        SYS_rt_sigreturn,
        SYS_sigaltstack,
        SYS_restart_syscall,
        SYS_clock_gettime,
        SYS_clock_getres,
        SYS_clock_nanosleep,
        SYS_nanosleep,
        SYS_gettimeofday,
        SYS_getrandom,
        SYS_getrusage,
        SYS_sysinfo,
        SYS_uname,
        SYS_exit,
        SYS_exit_group,
        #[cfg(target_arch = "x86_64")]
        SYS_poll,
        #[cfg(target_arch = "x86_64")]
        SYS_time,
        #[cfg(target_arch = "x86_64")]
        SYS_arch_prctl,
    ]
};

/// What no part of a worker ever asks for.
const DEADLY: &[nix::libc::c_long] = {
    use nix::libc::*;
    &[
        SYS_execve,
        SYS_execveat,
        SYS_ptrace,
        SYS_process_vm_readv,
        SYS_process_vm_writev,
        SYS_socket,
        SYS_socketpair,
        SYS_connect,
        SYS_bind,
        SYS_listen,
        SYS_accept,
        SYS_accept4,
        SYS_mount,
        SYS_unshare,
        SYS_setns,
        SYS_bpf,
        SYS_init_module,
        SYS_finit_module,
        SYS_kexec_load,
        SYS_keyctl,
        SYS_add_key,
        SYS_perf_event_open,
        SYS_userfaultfd,
        SYS_pidfd_getfd,
        SYS_io_uring_setup,
    ]
};

fn only(calls: &[nix::libc::c_long]) -> Result<BpfProgram, JailError> {
    let refuse = SeccompAction::Errno(nix::libc::EPERM.unsigned_abs());
    filter(calls, refuse, SeccompAction::Allow)
}

fn never(calls: &[nix::libc::c_long]) -> Result<BpfProgram, JailError> {
    filter(calls, SeccompAction::Allow, SeccompAction::KillProcess)
}

fn filter(
    calls: &[nix::libc::c_long],
    otherwise: SeccompAction,
    listed: SeccompAction,
) -> Result<BpfProgram, JailError> {
    let arch: TargetArch = std::env::consts::ARCH
        .try_into()
        .map_err(|_| JailError::Architecture(std::env::consts::ARCH))?;
    let rules: BTreeMap<i64, Vec<SeccompRule>> = calls.iter().map(|&call| (call, Vec::new())).collect();
    Ok(SeccompFilter::new(rules, otherwise, listed, arch)?.try_into()?)
}

/// Whether this kernel has landlock at all; for tests and for `/health`.
#[must_use]
pub fn landlock_is_there() -> bool {
    match fs::read_to_string("/sys/kernel/security/lsm") {
        Ok(list) => list.split(',').any(|name| name.trim() == "landlock"),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}
