//! Why workers end, and what their exits tell.

use common::exit::WorkerExit;

/// Why a worker is no more. `as_str` is its name in metrics and in the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It ended by a fault of its own.
    Crash,
    /// Somebody else killed or stopped it.
    Killed,
    /// It was past the deadline of its job or did not answer a ping.
    Hang,
    /// It held more memory than it may.
    Memory,
    /// It sent what the protocol does not allow.
    Protocol,
    /// It never became ready.
    Start,
    Recycled,
    Scaled,
    Drained,
}

impl Reason {
    pub const ALL: [Self; 9] = [
        Self::Crash,
        Self::Killed,
        Self::Hang,
        Self::Memory,
        Self::Protocol,
        Self::Start,
        Self::Recycled,
        Self::Scaled,
        Self::Drained,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Killed => "killed",
            Self::Hang => "hang",
            Self::Memory => "memory",
            Self::Protocol => "protocol",
            Self::Start => "start",
            Self::Recycled => "recycled",
            Self::Scaled => "scaled",
            Self::Drained => "drained",
        }
    }

    /// Whether the segment that was running may be what ended the worker.
    #[must_use]
    pub fn blames_the_job(self) -> bool {
        match self {
            Self::Crash | Self::Hang | Self::Memory | Self::Protocol => true,
            Self::Killed | Self::Start | Self::Recycled | Self::Scaled | Self::Drained => false,
        }
    }
}

/// How a process ended, as `wait` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Code(i32),
    Signal(i32),
}

impl Exit {
    /// What an exit that we did not cause means; `ready`: whether the worker ever was.
    pub(super) fn reason(self, ready: bool) -> Reason {
        const SIGKILL: i32 = 9;
        match (self, self.known()) {
            (Self::Signal(SIGKILL), _) | (_, Some(WorkerExit::Outside)) => Reason::Killed,
            (_, Some(WorkerExit::Protocol)) => Reason::Protocol,
            _ if !ready => Reason::Start,
            _ => Reason::Crash,
        }
    }

    /// Why no other start would end better, if none would.
    pub(super) fn hopeless(self) -> Option<&'static str> {
        Some(match self.known()? {
            WorkerExit::BadModel => "the model cannot be used",
            WorkerExit::NoModel => "the model cannot be opened",
            WorkerExit::NoRuntime => "ONNX Runtime cannot be loaded",
            WorkerExit::Protocol => "frontd and workerd are not of one release",
            WorkerExit::Jail => "the workers cannot be locked down on this kernel",
            WorkerExit::Usage => "workerd does not understand its arguments: is it of another release?",
            WorkerExit::Done | WorkerExit::Internal | WorkerExit::Outside => return None,
        })
    }

    fn known(self) -> Option<WorkerExit> {
        match self {
            Self::Code(code) => WorkerExit::from_code(code),
            Self::Signal(_) => None,
        }
    }
}
