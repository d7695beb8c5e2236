//! How a worker ends, as a number that frontd understands.
//!
//! The numbers follow BSD's `sysexits.h` where one fits.

/// Exit code of workerd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum WorkerExit {
    /// The socket was closed: frontd has gone or wants no more. Nothing is done.
    Done = 0,
    /// The command line makes no sense. frontd gives up: every restart would end the same way.
    Usage = 64,
    /// The model file is damaged or is no Kokoro model. frontd gives up.
    BadModel = 65,
    /// The model file cannot be opened. frontd gives up.
    NoModel = 66,
    /// ONNX Runtime cannot be loaded. frontd gives up.
    NoRuntime = 69,
    /// A bug of ours, or a limit of the machine such as no more threads. frontd tries again.
    Internal = 70,
    /// frontd spoke another protocol, or nonsense. frontd gives up when it happens at the handshake.
    Protocol = 76,
    /// Another process sent it a deadly signal: no fault of the worker or of its job.
    Outside = 75,
    /// The worker could not lock itself down. frontd gives up.
    Jail = 77,
}

impl WorkerExit {
    /// The meaning of an exit status, if it is one of ours.
    #[must_use]
    pub fn from_code(code: i32) -> Option<Self> {
        use WorkerExit::*;
        [
            Done, Usage, BadModel, NoModel, NoRuntime, Internal, Outside, Protocol, Jail,
        ]
        .into_iter()
        .find(|exit| *exit as i32 == code)
    }

    /// Whether every restart would end the same way.
    #[must_use]
    pub fn is_permanent(self) -> bool {
        use WorkerExit::*;
        match self {
            Usage | BadModel | NoModel | NoRuntime | Protocol | Jail => true,
            Done | Internal | Outside => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_own_codes_only() {
        assert_eq!(WorkerExit::from_code(65), Some(WorkerExit::BadModel));
        assert_eq!(WorkerExit::from_code(75), Some(WorkerExit::Outside));
        assert_eq!(WorkerExit::from_code(1), None);
        assert_eq!(WorkerExit::from_code(-1), None);
    }
}
