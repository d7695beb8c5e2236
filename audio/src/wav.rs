//! WAV, 16-bit PCM. A file is hound's work; the 44 bytes before a stream are made by hand, because a stream cannot seek back
//! to mend them.

use std::{
    io::{self, Seek, SeekFrom, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::{Destination, EncodeError, Ending, SAMPLE_RATE};

/// Length of a header of exactly the chunks `fmt ` (16 bytes) and `data`.
const HEADER_BYTES: usize = 44;
/// The size that a stream's data is given: twelve hours, which no response has. It is a whole number of samples and the sum with
/// [`HEADER_BYTES`] is below 2 GiB, so that readers which add to it, divide it or take it as signed read the stream to its end: hound, symphonia,
/// libsndfile, Python's wave, ffmpeg, sox and Chromium do. The largest number, 0xFFFFFFFF, is refused by hound.
const STREAM_BYTES: u32 = 0x7FFF_F000;
const BYTES_PER_SAMPLE: u32 = 2;

#[derive(Debug)]
pub(super) enum Wav {
    Stream { header_sent: bool },
    File(File),
}

impl Wav {
    /// A stream has the model's sample rate.
    pub(super) fn new(sample_rate: u32, destination: Destination) -> Result<Self, EncodeError> {
        Ok(match destination {
            Destination::Stream => Self::Stream { header_sent: false },
            Destination::File => Self::File(File::new(sample_rate)?),
        })
    }

    pub(super) fn encode(&mut self, pcm: &[f32]) -> Result<Vec<u8>, EncodeError> {
        match self {
            Self::Stream { header_sent } => {
                let mut out = Vec::with_capacity(HEADER_BYTES + pcm.len() * BYTES_PER_SAMPLE as usize);
                if !std::mem::replace(header_sent, true) {
                    out.extend(stream_header());
                }
                out.extend(pcm.iter().flat_map(|&sample| to_i16(sample).to_le_bytes()));
                Ok(out)
            }
            Self::File(file) => file.encode(pcm),
        }
    }

    pub(super) fn finish(self) -> Result<Ending, EncodeError> {
        match self {
            Self::Stream { header_sent: true } => Ok(Ending::default()),
            Self::Stream { header_sent: false } => Ok(Ending {
                tail: stream_header(),
                head: Vec::new(),
            }),
            Self::File(file) => file.finish(),
        }
    }
}

/// A file that is handed on in parts, its header last.
pub(super) struct File {
    writer: WavWriter<Handle>,
    written: Handle,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("File").field(&self.writer.len()).finish()
    }
}

impl File {
    fn new(sample_rate: u32) -> Result<Self, EncodeError> {
        let spec = WavSpec {
            channels: 1,
            sample_rate,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        let written = Handle::default();
        let writer = WavWriter::new(written.clone(), spec)?;
        Ok(Self { writer, written })
    }

    fn encode(&mut self, pcm: &[f32]) -> Result<Vec<u8>, EncodeError> {
        let samples = u32::try_from(pcm.len()).ok();
        let bytes = samples
            .and_then(|samples| samples.checked_add(self.writer.len()))
            .and_then(|samples| samples.checked_mul(BYTES_PER_SAMPLE));
        // The header's own bytes count in the file's size.
        let (Some(samples), Some(0..0xFFFF_FF00)) = (samples, bytes) else {
            return Err(EncodeError::WavTooLong);
        };
        let mut writer = self.writer.get_i16_writer(samples);
        pcm.iter().for_each(|&sample| writer.write_sample(to_i16(sample)));
        writer.flush()?;
        Ok(std::mem::take(&mut self.written.lock().fresh))
    }

    fn finish(self) -> Result<Ending, EncodeError> {
        self.writer.finalize()?;
        let mut written = self.written.lock();
        Ok(Ending {
            tail: std::mem::take(&mut written.fresh),
            head: std::mem::take(&mut written.head),
        })
    }
}

/// What hound writes to, seen from both sides.
#[derive(Debug, Clone, Default)]
struct Handle(Arc<Mutex<Written>>);

#[derive(Debug, Default)]
struct Written {
    /// The first bytes, as they are now.
    head: Vec<u8>,
    /// Bytes at the end that have not been handed on.
    fresh: Vec<u8>,
    /// Of the whole file.
    length: u64,
    at: u64,
}

impl Handle {
    fn lock(&self) -> MutexGuard<'_, Written> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Handle {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self.lock();
        if written.at == written.length {
            let lacking = HEADER_BYTES.saturating_sub(written.head.len()).min(bytes.len());
            written.head.extend(&bytes[..lacking]);
            written.fresh.extend(bytes);
            written.length += bytes.len() as u64;
        } else {
            let at = usize::try_from(written.at).unwrap_or(usize::MAX);
            let place = written
                .head
                .get_mut(at..)
                .and_then(|rest| rest.get_mut(..bytes.len()));
            let place = place.ok_or_else(|| io::Error::other("only the header may be written again"))?;
            place.copy_from_slice(bytes);
        }
        written.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Handle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let mut written = self.lock();
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => written.at.checked_add_signed(by),
            SeekFrom::End(by) => written.length.checked_add_signed(by),
        };
        written.at = at
            .filter(|at| *at <= written.length)
            .ok_or(io::ErrorKind::InvalidInput)?;
        Ok(written.at)
    }
}

/// <http://soundfile.sapp.org/doc/WaveFormat/>
fn stream_header() -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    let mut put = |bytes: &[u8]| header.extend_from_slice(bytes);
    put(b"RIFF");
    // All that follows this number.
    put(&(STREAM_BYTES + 36).to_le_bytes());
    put(b"WAVEfmt ");
    put(&16_u32.to_le_bytes());
    put(&1_u16.to_le_bytes()); // PCM
    put(&1_u16.to_le_bytes()); // channels
    put(&SAMPLE_RATE.to_le_bytes());
    put(&(SAMPLE_RATE * BYTES_PER_SAMPLE).to_le_bytes());
    put(&2_u16.to_le_bytes()); // bytes a frame
    put(&16_u16.to_le_bytes()); // bits a sample
    put(b"data");
    put(&STREAM_BYTES.to_le_bytes());
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
