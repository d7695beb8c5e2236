//! Sound: segments of PCM in, one encoded response or file out.
//!
//! ```text
//! segment PCM → Joiner (trim, stretch, fade, pauses, volume) → Encoder (MP3 | WAV) → body or file
//! ```
//!
//! Pure: no runtime, no HTTP, no files. Everywhere one channel of `f32` in -1..=1, at [`SAMPLE_RATE`] if nothing else is said.

pub mod joiner;
pub mod level;
pub mod limiter;
mod loudness;
mod mp3;
pub mod resample;
mod stretch;
mod wav;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::{
    joiner::{End, Joiner, Manner, Pauses, Placed},
    loudness::Loudness,
    mp3::Bitrate,
};

/// Samples a second of everything that is spoken here.
pub const SAMPLE_RATE: u32 = 24_000;

/// The two formats of the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Mp3,
    Wav,
}

impl Format {
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
        }
    }

    /// The file name's ending, also the format's name in requests.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
        }
    }
}

/// Where the bytes go, which decides what their head can say of the length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// Bytes that were sent cannot be changed, so the header gives no length.
    Stream,
    /// [`Ending::head`] overwrites the first bytes, so that players show the right duration.
    File,
}

/// The last bytes of an encoding.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// To be appended.
    pub tail: Vec<u8>,
    /// To be written over the first bytes. Empty for [`Destination::Stream`].
    pub head: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    #[error("the MP3 encoder could not be made: {0}")]
    Build(mp3lame_encoder::BuildError),
    #[error("the MP3 encoder failed: {0}")]
    Encode(mp3lame_encoder::EncodeError),
    #[error("a WAV file holds at most 4 GiB")]
    WavTooLong,
    #[error("the WAV file cannot be written: {0}")]
    Wav(#[from] hound::Error),
}

/// Makes one response or file. Encodings of two encoders of one format and bitrate may be put one after the
/// other: MP3 players read on, and that is why a stream carries no Xing frame.
#[derive(Debug)]
pub struct Encoder(Inner);

#[derive(Debug)]
enum Inner {
    Mp3(mp3::Mp3),
    Wav(wav::Wav),
}

impl Encoder {
    /// # Errors
    /// When LAME has no memory.
    pub fn new(format: Format, bitrate: Bitrate, destination: Destination) -> Result<Self, EncodeError> {
        Self::at(format, bitrate, SAMPLE_RATE, destination)
    }

    /// For sound at another sample rate than the model's.
    ///
    /// # Errors
    /// When LAME has no memory, or not that bitrate at that rate.
    pub fn at(
        format: Format,
        bitrate: Bitrate,
        sample_rate: u32,
        destination: Destination,
    ) -> Result<Self, EncodeError> {
        Ok(Self(match format {
            Format::Mp3 => Inner::Mp3(mp3::Mp3::new(bitrate, sample_rate, destination)?),
            Format::Wav => Inner::Wav(wav::Wav::new(sample_rate, destination)?),
        }))
    }

    /// The bytes that are ready after `pcm`. MP3 keeps up to a few frames back.
    ///
    /// # Errors
    /// See [`EncodeError`]; the encoding cannot go on after one.
    pub fn encode(&mut self, pcm: &[f32]) -> Result<Vec<u8>, EncodeError> {
        match &mut self.0 {
            Inner::Mp3(mp3) => mp3.encode(pcm),
            Inner::Wav(wav) => wav.encode(pcm),
        }
    }

    /// # Errors
    /// See [`EncodeError`].
    pub fn finish(self) -> Result<Ending, EncodeError> {
        match self.0 {
            Inner::Mp3(mp3) => mp3.finish(),
            Inner::Wav(wav) => wav.finish(),
        }
    }
}

/// The number of samples nearest to `duration`.
#[must_use]
pub fn samples_in(duration: Duration) -> usize {
    let samples = (duration.as_nanos() * u128::from(SAMPLE_RATE) + 500_000_000) / 1_000_000_000;
    usize::try_from(samples).unwrap_or(usize::MAX)
}

/// How long `samples` sound.
#[must_use]
pub fn duration_of(samples: usize) -> Duration {
    let nanos = samples as u128 * 1_000_000_000 / u128::from(SAMPLE_RATE);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
