//! What frontd and a worker say to each other.
//!
//! ```text
//! worker                                frontd
//!   │ preamble ───────────────────────────▶│  8 fixed bytes, the same in every version
//!   │◀─────────────────────────── preamble │  each side checks the other's version
//!   │ Ready ──────────────────────────────▶│  the model is loaded, the worker locked down
//!   │◀──────────────────────────────── Run │  one job at a time …
//!   │ Part + PCM ─────────────────────────▶│  … the first sound of one that somebody waits for,
//!   │ State + bytes ──────────────────────▶│  and all that another worker needs to go on, if this one dies;
//!   │◀───────────────────────── Run, Go, … │  another job may have its turn, or this one goes on
//!   │ Done + PCM ─────────────────────────▶│  the rest of a job
//!   │◀─────────────────────────────── Ping │  between turns, a sign of life
//!   │ Pong ───────────────────────────────▶│
//! ```
//!
//! Messages are bincode; PCM follows as raw little-endian `f32`, which is 2.5 times faster than a `Vec<f32>`
//! through serde. Both ends are installed together, so versions must be equal; a difference shows in
//! words that a person can act on. bincode is named only here, so that it can be replaced here.

use bincode::{Decode, Encode, config};

use crate::{
    MAX_TOKENS, STYLE_DIM,
    frame::{self, FrameError, MAX_HEADER},
    samples_of_frames,
};

/// Raised by every change of a message.
pub const VERSION: u16 = 6;

/// Jobs that a worker may have begun and not ended. What is kept of one takes 6 MB for ten seconds of sound, in the worker and
/// in frontd.
pub const MOST_BEGUN: usize = 4;

/// The longest [`State`], in bytes: that of 55 seconds of sound. A longer one is not sent.
pub const MAX_STATE: usize = 32 * 1024 * 1024;

/// Bytes that open a connection.
pub const PREAMBLE_LEN: usize = 8;

const MAGIC: [u8; 6] = *b"dextts";

/// An error text is cut to this many bytes, to fit a header with room to spare.
const MAX_TEXT: usize = 2_000;

/// From frontd to a worker.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum ToWorker {
    /// Begin a job. With a body, which is that of a [`FromWorker::State`]: go on with one that another worker of the same model
    /// began, after the part that the state belongs to.
    Run(Job),
    /// Compute the next part of a job that was begun.
    Go {
        job: u64,
        /// As in [`Job::threads`], from now on.
        threads: u8,
    },
    /// Give the job up. It is answered by [`FromWorker::Failed`], unless it was answered before.
    Cancel {
        job: u64,
    },
    Ping {
        nonce: u64,
    },
}

/// One synthesis.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Job {
    /// Never used twice on one connection.
    pub id: u64,
    /// Vocabulary ids, 1 to [`MAX_TOKENS`], without the padding zeros.
    pub tokens: Vec<u8>,
    /// [`STYLE_DIM`] finite floats.
    pub style: Vec<f32>,
    /// Finite and positive; 2 is twice as fast.
    pub speed: f32,
    /// Threads that may compute it, 1 or more: the worker's own and those of workers that have nothing to do.
    pub threads: u8,
    /// Whether somebody waits for the first sound: it comes in parts, then, and other jobs may be computed between two of them.
    pub early: bool,
    /// Whether the built-in voice speaks it, whatever model is loaded.
    pub draft: bool,
}

/// From a worker to frontd.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum FromWorker {
    Ready(Ready),
    /// Sound of a job before all of it is made: the next samples, as the body of [`Self::Done`]. The job is set aside until
    /// [`ToWorker::Go`]. One that is done again from its beginning makes the same parts.
    Part {
        job: u64,
        /// As in [`Self::Done`].
        frames: Vec<u16>,
        /// Frames that the next part takes to compute, at least 1.
        next: u16,
        compute_us: u64,
    },
    /// Follows each part, and may be missing. The frame's body is a [`State`], which only workers read.
    State {
        job: u64,
    },
    /// The frame's body is the PCM that was in no part: mono `f32` little-endian at [`crate::SAMPLE_RATE`].
    Done {
        job: u64,
        /// Frames of [`crate::SAMPLES_PER_FRAME`] for each token and the padding at both ends (tokens + 2 entries);
        /// `None` when the model does not tell.
        frames: Option<Vec<u16>>,
        /// Since the part before.
        compute_us: u64,
    },
    Failed {
        job: u64,
        fault: Fault,
    },
    Pong {
        nonce: u64,
    },
}

/// What a worker has of a job after a part of it. A worker of the same model that goes on from it makes the same samples.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct State {
    /// Parts that are made.
    pub parts: u16,
    /// As in [`FromWorker::Part`].
    pub frames: Vec<u16>,
    /// The first step with speech and the one behind the last, in steps of the signal.
    pub speech: (u32, u32),
    /// What the prosody made and the vocoder reads.
    pub signal: Plane,
    pub source: Plane,
    /// By the name of a layer of the vocoder and for each of its channels: count, mean and squares of what it has seen.
    pub seen: Vec<(String, Vec<[f64; 3]>)>,
}

/// Floats in rows of the same length.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Plane {
    pub rows: u32,
    /// `f32`, little-endian, row after row.
    pub bytes: Vec<u8>,
}

/// What a worker reports about itself once it can work.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Ready {
    pub load_ms: u32,
    /// Which kernels compute the vocoder: `onnxruntime`, or the name of ours.
    pub kernels: String,
    /// Whether the model tells how long each token lasts.
    pub durations: bool,
    /// What could not be locked down on this kernel; empty when all is.
    pub unconfined: Vec<String>,
}

/// Why a job was not done by a worker that is still well.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Fault {
    Cancelled,
    /// The job breaks a rule of [`Job`]. A bug of frontd.
    BadJob(String),
    /// The engine refused or failed.
    Engine(String),
}

/// What can be wrong with a message.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolError {
    #[error("not a Dexterous TTS socket: it began with {0:02x?}")]
    Foreign([u8; PREAMBLE_LEN]),
    #[error(
        "the other side speaks protocol {theirs}, this side {VERSION}: install frontd and workerd of one release"
    )]
    Version { theirs: u16 },
    #[error("a message that cannot be read: {0}")]
    Malformed(#[from] bincode::error::DecodeError),
    #[error("a message with {0} bytes left over")]
    TrailingBytes(usize),
    #[error("a message that cannot be written: {0}")]
    Unwritable(#[from] bincode::error::EncodeError),
    #[error("PCM of {samples} samples where the frames say {expected}")]
    WrongLength { samples: usize, expected: usize },
    #[error("PCM of {0} bytes is no whole number of samples")]
    RaggedPcm(usize),
    #[error("{0} durations for {1} tokens")]
    WrongDurations(usize, usize),
    #[error("PCM that is not finite")]
    NotFinite,
    #[error("a message that makes no sense now: {0}")]
    Unexpected(&'static str),
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// This side's preamble.
#[must_use]
pub fn preamble() -> [u8; PREAMBLE_LEN] {
    let mut bytes = [0; PREAMBLE_LEN];
    bytes[..MAGIC.len()].copy_from_slice(&MAGIC);
    bytes[MAGIC.len()..].copy_from_slice(&VERSION.to_le_bytes());
    bytes
}

/// Checks the other side's preamble.
///
/// # Errors
/// Another program, or another version of this one.
pub fn check_preamble(bytes: [u8; PREAMBLE_LEN]) -> Result<(), ProtocolError> {
    let [a, b, c, d, e, f, low, high] = bytes;
    if [a, b, c, d, e, f] != MAGIC {
        return Err(ProtocolError::Foreign(bytes));
    }
    match u16::from_le_bytes([low, high]) {
        VERSION => Ok(()),
        theirs => Err(ProtocolError::Version { theirs }),
    }
}

/// The header that carries `message`.
///
/// # Errors
/// Only what bincode itself refuses.
pub fn encode<M: Encode>(message: &M) -> Result<Vec<u8>, ProtocolError> {
    Ok(bincode::encode_to_vec(message, config::standard())?)
}

/// The message that a header carries.
///
/// # Errors
/// Malformed, longer than a header may be, or with bytes left over.
pub fn decode<M: Decode<()>>(header: &[u8]) -> Result<M, ProtocolError> {
    decode_within::<MAX_HEADER, M>(header)
}

/// The state that a body carries.
///
/// # Errors
/// As [`decode`].
pub fn decode_state(body: &[u8]) -> Result<State, ProtocolError> {
    decode_within::<MAX_STATE, State>(body)
}

fn decode_within<const LIMIT: usize, M: Decode<()>>(bytes: &[u8]) -> Result<M, ProtocolError> {
    let (message, read) = bincode::decode_from_slice(bytes, config::standard().with_limit::<LIMIT>())?;
    match bytes.len() - read {
        0 => Ok(message),
        rest => Err(ProtocolError::TrailingBytes(rest)),
    }
}

/// Writes `message` as a frame of its own.
///
/// # Errors
/// As [`encode`] and [`frame::write_frame`].
pub fn send<M: Encode>(to: impl std::io::Write, message: &M, body: &[u8]) -> Result<(), ProtocolError> {
    Ok(frame::write_frame(to, &encode(message)?, body)?)
}

impl Job {
    /// The rule of this job that is broken, in words; `None` when it can be run.
    #[must_use]
    pub fn defect(&self) -> Option<String> {
        if self.tokens.is_empty() || self.tokens.len() > MAX_TOKENS {
            return Some(format!(
                "{} tokens; 1 to {MAX_TOKENS} can be spoken at once",
                self.tokens.len()
            ));
        }
        if self.style.len() != STYLE_DIM {
            return Some(format!(
                "a style of {} floats instead of {STYLE_DIM}",
                self.style.len()
            ));
        }
        if !self.style.iter().all(|x| x.is_finite()) {
            return Some("a style that is not finite".to_owned());
        }
        if !(self.speed.is_finite() && self.speed > 0.0) {
            return Some(format!("a speed of {}", self.speed));
        }
        if self.threads == 0 {
            return Some("no thread to compute it".to_owned());
        }
        None
    }
}

impl Plane {
    /// `floats` are all of its rows.
    #[must_use]
    pub fn new(rows: u32, floats: &[f32]) -> Self {
        Self {
            rows,
            bytes: pcm_to_bytes(floats),
        }
    }

    /// All rows, one after the other.
    ///
    /// # Errors
    /// As [`pcm_from_bytes`].
    pub fn floats(&self) -> Result<Vec<f32>, ProtocolError> {
        pcm_from_bytes(&self.bytes)
    }
}

impl Fault {
    /// The engine's own words, cut to a length that fits a header.
    #[must_use]
    pub fn engine(message: &dyn std::fmt::Display) -> Self {
        let mut text = message.to_string();
        text.truncate(text.floor_char_boundary(MAX_TEXT));
        Self::Engine(text)
    }
}

/// PCM as bytes.
#[must_use]
pub fn pcm_to_bytes(pcm: &[f32]) -> Vec<u8> {
    let mut bytes = vec![0; pcm.len() * 4];
    let (chunks, _) = bytes.as_chunks_mut::<4>();
    for (chunk, sample) in chunks.iter_mut().zip(pcm) {
        *chunk = sample.to_le_bytes();
    }
    bytes
}

/// Reads the PCM of a [`FromWorker::Part`] or [`FromWorker::Done`].
///
/// # Errors
/// A length that is not whole samples; samples that are not finite.
pub fn pcm_from_bytes(bytes: &[u8]) -> Result<Vec<f32>, ProtocolError> {
    let (samples, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(ProtocolError::RaggedPcm(bytes.len()));
    }
    let pcm: Vec<f32> = samples.iter().map(|sample| f32::from_le_bytes(*sample)).collect();
    if pcm.iter().all(|x| x.is_finite()) {
        Ok(pcm)
    } else {
        Err(ProtocolError::NotFinite)
    }
}

/// Checks the durations of a job of `tokens` tokens; returns how many samples they ask for.
///
/// # Errors
/// Durations for another number of tokens.
pub fn samples_of(frames: &[u16], tokens: usize) -> Result<usize, ProtocolError> {
    if frames.len() != tokens + 2 {
        return Err(ProtocolError::WrongDurations(frames.len(), tokens));
    }
    Ok(samples_of_frames(frames))
}

#[cfg(test)]
mod tests;
