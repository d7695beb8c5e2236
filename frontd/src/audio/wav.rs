//! WAV, 16-bit PCM. The header is 44 bytes by hand because a stream cannot seek back to mend it.

use super::{Destination, EncodeError, Ending, SAMPLE_RATE};

/// Length of a header of exactly the chunks `fmt ` (16 bytes) and `data`.
const HEADER_BYTES: u32 = 44;
/// The size that says "until the end" (ffmpeg, sox and browsers take it so).
const UNKNOWN_SIZE: u32 = u32::MAX;
const BYTES_PER_SAMPLE: u32 = 2;

#[derive(Debug)]
pub(super) struct Wav {
    destination: Destination,
    /// Of samples, so far.
    data_bytes: u32,
    header_sent: bool,
}

impl Wav {
    pub(super) fn new(destination: Destination) -> Self {
        Self {
            destination,
            data_bytes: 0,
            header_sent: false,
        }
    }

    pub(super) fn encode(&mut self, pcm: &[f32]) -> Result<Vec<u8>, EncodeError> {
        let mut out = Vec::with_capacity(HEADER_BYTES as usize + pcm.len() * BYTES_PER_SAMPLE as usize);
        self.begin(&mut out);
        for &sample in pcm {
            out.extend_from_slice(&to_i16(sample).to_le_bytes());
        }
        self.count(pcm.len())?;
        Ok(out)
    }

    pub(super) fn finish(mut self) -> Ending {
        let mut tail = Vec::new();
        self.begin(&mut tail);
        let head = match self.destination {
            Destination::Stream => Vec::new(),
            Destination::File => header(self.data_bytes).to_vec(),
        };
        Ending { tail, head }
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if !self.header_sent {
            self.header_sent = true;
            out.extend_from_slice(&header(UNKNOWN_SIZE));
        }
    }

    fn count(&mut self, samples: usize) -> Result<(), EncodeError> {
        self.data_bytes = u32::try_from(samples)
            .ok()
            .and_then(|samples| samples.checked_mul(BYTES_PER_SAMPLE))
            .and_then(|bytes| self.data_bytes.checked_add(bytes))
            .filter(|&sum| sum <= u32::MAX - HEADER_BYTES || self.destination == Destination::Stream)
            .ok_or(EncodeError::WavTooLong)?;
        Ok(())
    }
}

/// <http://soundfile.sapp.org/doc/WaveFormat/>
fn header(data_bytes: u32) -> [u8; HEADER_BYTES as usize] {
    let mut header = [0; HEADER_BYTES as usize];
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        header[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    put(b"RIFF");
    put(&data_bytes.saturating_add(HEADER_BYTES - 8).to_le_bytes());
    put(b"WAVEfmt ");
    put(&16_u32.to_le_bytes());
    put(&1_u16.to_le_bytes()); // PCM
    put(&1_u16.to_le_bytes()); // channels
    put(&SAMPLE_RATE.to_le_bytes());
    put(&(SAMPLE_RATE * BYTES_PER_SAMPLE).to_le_bytes());
    put(&2_u16.to_le_bytes()); // bytes a frame
    put(&16_u16.to_le_bytes()); // bits a sample
    put(b"data");
    put(&data_bytes.to_le_bytes());
    header
}

fn to_i16(sample: f32) -> i16 {
    let scaled = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "clamped to the range; NaN becomes 0"
    )]
    let value = scaled as i16;
    value
}
