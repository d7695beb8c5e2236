//! How loud the whole is, and how loud it is to be. Pure.

pub use ebur128::Error as MeasureError;
use ebur128::{EbuR128, Mode};

use crate::{Loudness, SAMPLE_RATE};

/// The RMS that an audiobook of ACX gets: in the middle of -23 to -18 dB, a little to the loud side.
const ACX_RMS: f64 = -20.0;
/// Its true peaks, of which ACX wants none above -3 dB: decoding an MP3 adds more than a decibel.
const ACX_CEILING: f32 = 0.56;
/// For other targets: -1.5 dB.
const CEILING: f32 = 0.84;
/// The filter that finds true peaks reports a sample at most so many samples later.
const LATE: usize = 12;
/// A gain beyond is that of a text without speech.
const MOST_GAIN: f64 = 40.0;

/// How loud the finished whole is to be, by one gain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Master {
    /// As ACX takes audiobooks: RMS from -23 to -18 dB, peaks to -3 dB.
    Acx,
    /// Integrated loudness by ITU-R BS.1770, gated.
    Lufs(f64),
}

/// It is no [`Master`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("acx is expected, or a number of LUFS from -40 to -10")]
pub struct BadMaster;

impl Master {
    /// The amplitude that nothing exceeds, between samples neither.
    pub fn ceiling(self) -> f32 {
        match self {
            Self::Acx => ACX_CEILING,
            Self::Lufs(_) => CEILING,
        }
    }
}

impl std::str::FromStr for Master {
    type Err = BadMaster;

    fn from_str(text: &str) -> Result<Self, BadMaster> {
        if text.eq_ignore_ascii_case("acx") {
            return Ok(Self::Acx);
        }
        match text.parse() {
            Ok(Loudness::Lufs(lufs)) => Ok(Self::Lufs(lufs.into())),
            Ok(Loudness::Off) | Err(()) => Err(BadMaster),
        }
    }
}

/// Measures sound as it comes.
pub struct Meter {
    loudness: EbuR128,
    /// Sum of squares.
    energy: f64,
    samples: usize,
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Meter").field(&self.samples).finish()
    }
}

impl Meter {
    /// Of nothing yet.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn new() -> Result<Self, MeasureError> {
        Ok(Self {
            // A histogram has the same size for any length.
            loudness: EbuR128::new(1, SAMPLE_RATE, Mode::I | Mode::HISTOGRAM | Mode::TRUE_PEAK)?,
            energy: 0.0,
            samples: 0,
        })
    }

    /// Takes the next sound, at [`SAMPLE_RATE`].
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn add(&mut self, pcm: &[f32]) -> Result<(), MeasureError> {
        self.energy += pcm.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>();
        self.samples += pcm.len();
        self.loudness.add_frames_f32(pcm)
    }

    /// The factor that brings the measured sound to `master`; 1 for a sound without speech.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn gain(&self, master: Master) -> Result<f32, MeasureError> {
        let decibels = match master {
            Master::Lufs(wanted) => wanted - self.loudness.loudness_global()?,
            Master::Acx => ACX_RMS - self.rms(),
        };
        let decibels = if decibels.abs() <= MOST_GAIN {
            decibels
        } else {
            0.0
        };
        #[expect(clippy::cast_possible_truncation, reason = "a gain of at most 100")]
        let gain = 10_f64.powf(decibels / 20.0) as f32;
        Ok(gain)
    }

    /// The largest amplitude, which may be between samples.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn peak(&self) -> Result<f32, MeasureError> {
        self.loudness.true_peak(0).map(single)
    }

    /// In dB below full scale, silences included.
    #[expect(clippy::cast_precision_loss, reason = "samples of hours")]
    fn rms(&self) -> f64 {
        10.0 * (self.energy / self.samples as f64).log10()
    }
}

/// The true peaks of the blocks of a sound: what another sample rate or a converter makes of them, also between samples (ITU-R BS.1770,
/// annex 2). Amplitudes, one a block of `block` samples.
///
/// # Errors
/// When there is no memory.
pub fn true_peaks(pcm: &[f32], block: usize) -> Result<Vec<f32>, MeasureError> {
    let mut meter = EbuR128::new(1, SAMPLE_RATE, Mode::TRUE_PEAK)?;
    let told = pcm.chunks(block).chain([&[0.0; LATE][..]]).map(|part| {
        meter.add_frames_f32(part)?;
        meter.prev_true_peak(0).map(single)
    });
    let told: Vec<f32> = told.collect::<Result<_, _>>()?;
    Ok(told.windows(2).map(|pair| pair[0].max(pair[1])).collect())
}

#[expect(clippy::cast_possible_truncation, reason = "samples are f32")]
fn single(peak: f64) -> f32 {
    peak as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a sine of 997 Hz, whose loudness is its level: -3.01 - 0.69 + 0.69 dB (BS.1770).
    fn measured(amplitude: f32) -> Meter {
        let mut meter = Meter::new().unwrap();
        let pcm: Vec<f32> = (0..SAMPLE_RATE)
            .map(|i| amplitude * (i as f32 * 997.0 * std::f32::consts::TAU / SAMPLE_RATE as f32).sin())
            .collect();
        meter.add(&pcm).unwrap();
        meter
    }

    #[test]
    fn one_gain_brings_the_whole_to_the_target() {
        let decibels = |meter: &Meter, master| 20.0 * meter.gain(master).unwrap().log10();
        let sine = measured(0.1);
        // -20 dB peak is -23 LUFS and an RMS of -23 dB.
        assert!((decibels(&sine, Master::Lufs(-19.0)) - 4.0).abs() < 0.2);
        assert!((decibels(&sine, Master::Acx) - 3.0).abs() < 0.1);
        assert!((sine.peak().unwrap() - 0.1).abs() < 1e-3);
        // Silence stays silence.
        assert_eq!(measured(0.0).gain(Master::Acx).unwrap(), 1.0);
        assert_eq!(measured(0.0).gain(Master::Lufs(-16.0)).unwrap(), 1.0);
    }

    #[test]
    fn a_peak_between_samples_is_found_in_its_block() {
        // A quarter of the rate, 45 degrees off: every sample is 3 dB below the crests.
        let mut pcm = vec![0.0; 1000];
        for (i, sample) in pcm[397..500].iter_mut().enumerate() {
            *sample = (std::f32::consts::FRAC_PI_2 * (i as f32 + 0.5)).sin();
        }
        let peaks = true_peaks(&pcm, 100).unwrap();
        assert_eq!(peaks.len(), 10);
        for (block, peak) in peaks.iter().enumerate() {
            match block {
                // Where it sets in there is a little more than its crests.
                4 => assert!((1.0..1.1).contains(peak), "{peak}"),
                // What is reported late counts for the block before, too.
                2 | 3 | 5 => assert!((0.0..1.1).contains(peak)),
                _ => assert!(*peak < 0.2, "{block}: {peak}"),
            }
        }
    }

    #[test]
    fn targets_are_read() {
        assert_eq!("ACX".parse(), Ok(Master::Acx));
        assert_eq!("-19".parse(), Ok(Master::Lufs(-19.0)));
        for bad in ["", "off", "-9", "-41", "NaN", "acx2"] {
            assert_eq!(bad.parse::<Master>(), Err(BadMaster), "{bad}");
        }
    }
}
