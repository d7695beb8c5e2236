//! A finished file as an editor would hand it over: one gain, another sample rate, a title and chapters.
//!
//! ```text
//! PCM → temp folder, measured on the way → gain → limiter → sample rate → MP3 | WAV → tag | ZIP of chapters
//! ```
//!
//! What is loud is known only at the end, so the sound waits in the temp folder. Memory holds a block of it. All of it blocks on the disk.

mod chapters;
mod tag;

use std::{
    io::{self, Write as _},
    ops::Range,
    time::Duration,
};

use audio::{
    Bitrate, Destination, EncodeError, Encoder, Format, SAMPLE_RATE, duration_of,
    level::{self, Master, Meter},
    limiter,
    resample::{ResampleError, Resampler},
    samples_in,
};
use tokio_util::sync::CancellationToken;
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use self::chapters::Seekable;
pub use self::tag::MAX_CHAPTERS;
use crate::store::{Draft, StoreError};

/// Samples that are worked on at once.
const BLOCK: usize = 512 * limiter::BLOCK;
const SAMPLE_BYTES: usize = size_of::<f32>();
/// So much silence stays before the first word of a chapter's own file.
const BEFORE_CHAPTER: Duration = Duration::from_millis(250);

/// Sample rates that files are made at.
pub const SAMPLE_RATES: [u32; 4] = [22_050, SAMPLE_RATE, 44_100, 48_000];

/// What is wanted of a file beside the speech.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub format: Format,
    /// Of an MP3.
    pub bitrate: Bitrate,
    /// One of [`SAMPLE_RATES`].
    pub sample_rate: u32,
    /// Of an MP3's tag.
    pub title: Option<String>,
    pub artist: Option<String>,
    pub chapters: Option<ChapterForm>,
    pub master: Option<Master>,
}

/// What becomes of headings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChapterForm {
    /// Chapters of an MP3's tag.
    Tag,
    /// A file each, in a ZIP.
    Zip,
}

/// A part of the whole, from its heading to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    pub title: String,
    /// When its first word is heard.
    pub start: Duration,
}

#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the sound cannot be measured: {0}")]
    Measure(#[from] level::MeasureError),
    #[error(transparent)]
    Resample(#[from] ResampleError),
    #[error("the tag cannot be written: {0}")]
    Tag(#[from] id3::Error),
    #[error("the sound in the temp folder is shorter than it was written")]
    Short,
    #[error("the ZIP cannot be written: {0}")]
    Zip(ZipError),
    #[error("nobody wants the file any more")]
    Unwanted,
}

impl From<ZipError> for DeliveryError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => error.into(),
            error => Self::Zip(error),
        }
    }
}

impl From<io::Error> for DeliveryError {
    /// The writer of the ZIP wraps the faults of the disk.
    fn from(error: io::Error) -> Self {
        error
            .downcast::<StoreError>()
            .map_or_else(|error| Self::Zip(ZipError::Io(error)), Self::Store)
    }
}

impl Delivery {
    /// The content type of the file.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self.chapters {
            Some(ChapterForm::Zip) => "application/zip",
            _ => self.format.content_type(),
        }
    }

    /// The ending of its name.
    #[must_use]
    pub fn extension(&self) -> &'static str {
        match self.chapters {
            Some(ChapterForm::Zip) => "zip",
            _ => self.format.extension(),
        }
    }
}

/// What the sound is multiplied by, and what its true peaks do not exceed then.
#[derive(Debug, Clone, Copy)]
struct Level {
    gain: f32,
    ceiling: f32,
}

/// Makes one file.
#[derive(Debug)]
pub struct Finisher {
    wanted: Delivery,
    /// Little-endian `f32` at [`SAMPLE_RATE`].
    pcm: Draft,
    meter: Meter,
    samples: usize,
    /// Cancelled when nobody wants the file any more.
    unwanted: CancellationToken,
}

impl Finisher {
    /// `pcm` is an empty file for the sound while it is spoken.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn new(wanted: Delivery, pcm: Draft) -> Result<Self, DeliveryError> {
        Ok(Self {
            wanted,
            pcm,
            meter: Meter::new()?,
            samples: 0,
            unwanted: CancellationToken::new(),
        })
    }

    /// Takes the next sound.
    ///
    /// # Errors
    /// When the temp folder is full or fails.
    pub fn push(&mut self, pcm: &[f32]) -> Result<(), DeliveryError> {
        self.meter.add(pcm)?;
        self.samples += pcm.len();
        let bytes: Vec<u8> = pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        Ok(self.pcm.write(&bytes)?)
    }

    /// Creates an empty file of the temp folder, to finish in it what is not published.
    ///
    /// # Errors
    /// When the temp folder cannot be written.
    pub fn file(&self) -> Result<Draft, StoreError> {
        self.pcm.scratch()
    }

    /// Writes all of it into the empty `file`. `chapters` are in order; the first begins at 0. `unwanted` ends it before.
    ///
    /// # Errors
    /// See [`DeliveryError`].
    pub fn finish(
        mut self,
        chapters: &[Chapter],
        file: Draft,
        unwanted: &CancellationToken,
    ) -> Result<Draft, DeliveryError> {
        self.unwanted = unwanted.clone();
        let level = self.level()?;
        match self.wanted.chapters {
            Some(ChapterForm::Zip) => self.zip(chapters, level, file),
            _ => self.single(chapters, level, file),
        }
    }

    /// Where peaks are held down the whole becomes quieter, so it is measured again and the gain made up.
    fn level(&self) -> Result<Level, DeliveryError> {
        const MOST_TRIES: usize = 4;
        let Some(master) = self.wanted.master else {
            return Ok(Level {
                gain: 1.0,
                ceiling: limiter::CEILING,
            });
        };
        let ceiling = master.ceiling();
        let mut gain = self.meter.gain(master)?;
        for _ in 0..MOST_TRIES {
            if self.meter.peak()? * gain <= ceiling {
                break;
            }
            let mut held = Meter::new()?;
            self.each_block(0..self.samples, Level { gain, ceiling }, |pcm| Ok(held.add(pcm)?))?;
            gain *= held.gain(master)?;
        }
        Ok(Level { gain, ceiling })
    }

    /// The samples of `range`, at their level.
    fn each_block(
        &self,
        range: Range<usize>,
        Level { gain, ceiling }: Level,
        mut work: impl FnMut(&[f32]) -> Result<(), DeliveryError>,
    ) -> Result<(), DeliveryError> {
        let mut held = 1.0;
        let mut at = range.start;
        while at < range.end {
            self.wanted_still()?;
            let end = range.end.min(at + BLOCK);
            // A peak may be between this sound and what stands beside it.
            let from = range.start.max(at.saturating_sub(limiter::BLOCK));
            let beyond = range.end.min(end + limiter::BLOCK);
            let mut around = self.read(from..beyond)?;
            for sample in &mut around {
                *sample *= gain;
            }
            let peaks = level::true_peaks(&around, limiter::BLOCK)?;
            let pcm = &mut around[at - from..end - from];
            let peaks = &peaks[(at - from) / limiter::BLOCK..][..pcm.len().div_ceil(limiter::BLOCK)];
            held = limiter::hold(pcm, peaks, ceiling, held);
            work(pcm)?;
            at = end;
        }
        Ok(())
    }

    fn single(&self, chapters: &[Chapter], level: Level, mut file: Draft) -> Result<Draft, DeliveryError> {
        let wanted = &self.wanted;
        let marked: &[Chapter] = match wanted.chapters {
            Some(ChapterForm::Tag) => chapters,
            _ => &[],
        };
        if wanted.format == Format::Mp3 {
            let length = duration_of(self.samples);
            file.write(&tag::of_whole(
                wanted.title.as_deref(),
                wanted.artist.as_deref(),
                marked,
                length,
            )?)?;
        }
        self.encode(0..self.samples, level, &mut file)?;
        Ok(file)
    }

    fn zip(&self, chapters: &[Chapter], level: Level, file: Draft) -> Result<Draft, DeliveryError> {
        let whole = [Chapter {
            title: self.wanted.title.clone().unwrap_or_default(),
            start: Duration::ZERO,
        }];
        let chapters = if chapters.is_empty() { &whole } else { chapters };
        let scratch = file.scratch()?;
        let mut zip = ZipWriter::new(Seekable::new(file));
        let starts = chapters.iter().map(|chapter| {
            let heard = samples_in(chapter.start.saturating_sub(BEFORE_CHAPTER));
            heard.min(self.samples)
        });
        let starts: Vec<usize> = std::iter::once(0).chain(starts.skip(1)).collect();
        for (i, chapter) in chapters.iter().enumerate() {
            let end = starts.get(i + 1).copied().unwrap_or(self.samples);
            let mut part = scratch.another()?;
            if self.wanted.format == Format::Mp3 {
                let wanted = &self.wanted;
                part.write(&tag::of_chapter(
                    &chapter.title,
                    wanted.title.as_deref(),
                    wanted.artist.as_deref(),
                    (i + 1, chapters.len()),
                )?)?;
            }
            self.encode(starts[i]..end, level, &mut part)?;
            let name = chapters::file_name(i, chapters.len(), &chapter.title, self.wanted.format);
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Stored)
                .large_file(part.bytes() > u64::from(u32::MAX));
            zip.start_file(name, options)?;
            let mut buffer = vec![0; BLOCK];
            let mut at = 0;
            loop {
                let read = part.read(&mut buffer, at)?;
                if read == 0 {
                    break;
                }
                zip.write_all(&buffer[..read])?;
                at += read as u64;
            }
        }
        Ok(zip.finish()?.into_inner())
    }

    /// Appends the samples of `range`, encoded, to `file`.
    fn encode(&self, range: Range<usize>, level: Level, file: &mut Draft) -> Result<(), DeliveryError> {
        let wanted = &self.wanted;
        let mut resampler = Resampler::new(wanted.sample_rate)?;
        let mut encoder = Encoder::at(
            wanted.format,
            wanted.bitrate,
            wanted.sample_rate,
            Destination::File,
        )?;
        let begin = file.bytes();
        self.each_block(range, level, |pcm| {
            let sound = encoder.encode(&resampler.push(pcm)?)?;
            Ok(file.write(&sound)?)
        })?;
        let sound = encoder.encode(&resampler.finish()?)?;
        file.write(&sound)?;
        let ending = encoder.finish()?;
        file.write(&ending.tail)?;
        Ok(file.write_over(begin, &ending.head)?)
    }

    fn wanted_still(&self) -> Result<(), DeliveryError> {
        if self.unwanted.is_cancelled() {
            return Err(DeliveryError::Unwanted);
        }
        Ok(())
    }

    fn read(&self, range: Range<usize>) -> Result<Vec<f32>, DeliveryError> {
        let mut bytes = vec![0; range.len() * SAMPLE_BYTES];
        let mut read = 0;
        while read < bytes.len() {
            let at = (range.start * SAMPLE_BYTES + read) as u64;
            match self.pcm.read(&mut bytes[read..], at)? {
                0 => return Err(DeliveryError::Short),
                more => read += more,
            }
        }
        let (samples, _) = bytes.as_chunks::<SAMPLE_BYTES>();
        Ok(samples.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}

#[cfg(test)]
mod tests;
