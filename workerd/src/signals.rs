//! Tells a crash from a deadly signal that another process sent.
//!
//! frontd gives up a segment that ended two workers. A worker that somebody killed is no proof against its segment,
//! so such a death ends with [`WorkerExit::Outside`]; a crash of its own stays what it is.

#![expect(unsafe_code, reason = "signal handlers can be installed in no other way")]

use common::exit::WorkerExit;
use nix::{
    libc::{c_int, c_void, getpid, siginfo_t},
    sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction},
};

/// Signals that a process gets from its own faults. SIGKILL cannot be caught; frontd knows when it was not the sender.
const FAULTS: [Signal; 7] = [
    Signal::SIGSEGV,
    Signal::SIGABRT,
    Signal::SIGBUS,
    Signal::SIGILL,
    Signal::SIGFPE,
    Signal::SIGTRAP,
    Signal::SIGTERM,
];

/// Installs the handlers.
///
/// # Errors
/// The kernel refuses.
pub fn tell_outsiders_apart() -> nix::Result<()> {
    let flags = SaFlags::SA_SIGINFO | SaFlags::SA_ONSTACK | SaFlags::SA_RESETHAND | SaFlags::SA_NODEFER;
    let action = SigAction::new(SigHandler::SigAction(on_fault), flags, SigSet::empty());
    for signal in FAULTS {
        // SAFETY: `on_fault` calls only async-signal-safe functions and touches no memory of ours.
        unsafe { sigaction(signal, &action) }?;
    }
    Ok(())
}

/// Sent by another process: end at once. Our own fault: return; the handler was reset, so the fault happens again
/// (or `abort` raises it again) and ends the process as it would have without us.
extern "C" fn on_fault(_signal: c_int, info: *mut siginfo_t, _context: *mut c_void) {
    // SAFETY: the kernel passes a valid siginfo with SA_SIGINFO; `si_pid` is set for signals from user space, which
    // are those with a code of 0 or less. `getpid` and `_exit` are async-signal-safe.
    unsafe {
        if let Some(info) = info.as_ref()
            && info.si_code <= 0
            && info.si_pid() != getpid()
        {
            nix::libc::_exit(WorkerExit::Outside as c_int);
        }
    }
}
