//! One ONNX CPU session that answers synthesis jobs on a Unix socket, and the conversion of the model that it maps.
//!
//! Small on purpose: no text, no voices, no HTTP, no files after start-up. So it can be locked down hard, killed at
//! any time and replaced at once.

pub mod convert;
pub mod drafts;
pub mod engine;
pub mod fused;
pub mod jail;
pub mod onnx;
pub mod serve;
pub mod signals;
