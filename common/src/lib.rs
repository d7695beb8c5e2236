//! What frontd, workerd and the text front end must agree on: frames, messages, exit codes, limits.
//!
//! Nothing here does more I/O than reading and writing a frame on a stream it is given.

pub mod conversion;
pub mod exit;
pub mod frame;
pub mod limits;
pub mod protocol;

/// Samples a second of everything that a model makes and a client hears.
pub const SAMPLE_RATE: u32 = 24_000;

/// Samples of one frame of a model's duration output.
pub const SAMPLES_PER_FRAME: usize = 600;

/// Samples of so many frames of each token.
#[must_use]
pub fn samples_of_frames(frames: &[u16]) -> usize {
    frames.iter().map(|n| usize::from(*n)).sum::<usize>() * SAMPLES_PER_FRAME
}

/// Floats of a style vector.
pub const STYLE_DIM: usize = 256;

/// The most tokens one synthesis takes, without the padding at both ends.
pub const MAX_TOKENS: usize = 510;
