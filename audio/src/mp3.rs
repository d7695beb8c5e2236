//! MP3 by LAME: MPEG-2 layer III (MPEG-1 from 32 kHz on), one channel, constant bitrate.

use std::fmt;

use mp3lame_encoder::{
    Builder, Encoder, FlushGap, Mode, MonoPcm, Quality, VbrMode, max_required_buffer_size,
};
use serde::{Deserialize, Serialize};

use super::{Destination, EncodeError, Ending, SAMPLE_RATE};

/// What LAME wants free before a flush, and before the first frame.
const FLUSH_BYTES: usize = 7200;
/// The longest run of samples given to LAME at once: it takes the count as a C int, and the output buffer is
/// sized for it.
const MAX_RUN: usize = 1 << 16;

/// What LAME has at 24 kHz (MPEG-2). Below 64 a frame is too small for the Info tag that tells players the duration.
const MPEG_2: [u16; 6] = [64, 80, 96, 112, 128, 160];
/// …and from 32 kHz on.
const MPEG_1: [u16; 10] = [64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const LEAST_MPEG_1_RATE: u32 = 32_000;

/// Kilobits a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Bitrate(u16);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the MP3 bitrate must be one of 64, 80, 96, 112, 128 or 160 kbit/s")]
pub struct BadBitrate;

impl Default for Bitrate {
    fn default() -> Self {
        Self(96)
    }
}

impl TryFrom<u16> for Bitrate {
    type Error = BadBitrate;

    fn try_from(kbps: u16) -> Result<Self, BadBitrate> {
        Self::at(kbps, SAMPLE_RATE).ok_or(BadBitrate)
    }
}

impl From<Bitrate> for u16 {
    fn from(bitrate: Bitrate) -> Self {
        bitrate.0
    }
}

impl Bitrate {
    /// The bitrates that LAME has at a sample rate.
    #[must_use]
    pub fn all_at(sample_rate: u32) -> &'static [u16] {
        if sample_rate < LEAST_MPEG_1_RATE {
            &MPEG_2
        } else {
            &MPEG_1
        }
    }

    /// One of [`Self::all_at`].
    #[must_use]
    pub fn at(kbps: u16, sample_rate: u32) -> Option<Self> {
        Self::all_at(sample_rate).contains(&kbps).then_some(Self(kbps))
    }

    fn lame(self) -> Option<mp3lame_encoder::Bitrate> {
        use mp3lame_encoder::Bitrate::*;
        Some(match self.0 {
            64 => Kbps64,
            80 => Kbps80,
            96 => Kbps96,
            112 => Kbps112,
            128 => Kbps128,
            160 => Kbps160,
            192 => Kbps192,
            224 => Kbps224,
            256 => Kbps256,
            320 => Kbps320,
            _ => return None,
        })
    }
}

/// The only user of mp3lame-encoder. Its `*_to_vec` functions write past a Vec without spare capacity from
/// safe code (they pass LAME a length of 0, which LAME takes as "do not check"), so every call here goes
/// through [`reserved`].
pub(super) struct Mp3 {
    lame: Encoder,
    destination: Destination,
}

impl fmt::Debug for Mp3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mp3")
            .field("destination", &self.destination)
            .finish_non_exhaustive()
    }
}

impl Mp3 {
    pub(super) fn new(
        bitrate: Bitrate,
        sample_rate: u32,
        destination: Destination,
    ) -> Result<Self, EncodeError> {
        use mp3lame_encoder::BuildError;
        let build = || {
            Builder::new()
                .ok_or(BuildError::NoMem)?
                .with_num_channels(1)?
                .with_mode(Mode::Mono)?
                .with_sample_rate(sample_rate)?
                .with_output_sample_rate(sample_rate.try_into().ok())?
                .with_vbr_mode(VbrMode::Off)?
                .with_brate(bitrate.lame().ok_or(BuildError::BadBRate)?)?
                .with_quality(Quality::Good)?
                .with_to_write_vbr_tag(destination == Destination::File)?
                .build()
        };
        let lame = build().map_err(EncodeError::Build)?;
        Ok(Self { lame, destination })
    }

    pub(super) fn encode(&mut self, pcm: &[f32]) -> Result<Vec<u8>, EncodeError> {
        let mut out = Vec::new();
        for run in pcm.chunks(MAX_RUN) {
            let out = reserved(&mut out, max_required_buffer_size(run.len()));
            self.lame
                .encode_to_vec(MonoPcm(run), out)
                .map_err(EncodeError::Encode)?;
        }
        Ok(out)
    }

    pub(super) fn finish(mut self) -> Result<Ending, EncodeError> {
        let mut ending = Ending::default();
        // FlushNoGap would lose the last samples: it does not pad the last frame.
        self.lame
            .flush_to_vec::<FlushGap>(reserved(&mut ending.tail, FLUSH_BYTES))
            .map_err(EncodeError::Encode)?;
        if self.destination == Destination::File {
            let size = self.lame.lame_tag_size();
            self.lame.lame_tag_encode_to_vec(reserved(&mut ending.head, size));
        }
        Ok(ending)
    }
}

fn reserved(out: &mut Vec<u8>, bytes: usize) -> &mut Vec<u8> {
    out.reserve(bytes);
    out
}
