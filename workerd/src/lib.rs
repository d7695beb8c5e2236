//! One ONNX CPU session that answers synthesis jobs on a Unix socket.
//!
//! Small on purpose: no text, no voices, no HTTP, no files after start-up. So it can be locked down hard, killed at
//! any time and replaced at once.

pub mod engine;
pub mod jail;
pub mod kernels;
pub mod onnx;
pub mod serve;
pub mod signals;
