use ::audio::{Bitrate, Loudness};

use super::Reader;

/// The sound that is sent.
#[derive(Debug, Clone)]
pub struct Audio {
    /// kbit/s of MP3: 64, 80, 96, 112, 128 or 160. `MP3_BITRATE`, 96.
    pub mp3: Bitrate,
    /// How loud every voice is made, in LUFS, or off. `LOUDNESS`, off.
    pub loudness: Loudness,
}

impl Audio {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let kbps = reader.number("MP3_BITRATE", u16::from(Bitrate::default()), 1, u16::MAX);
        let mp3 = Bitrate::try_from(kbps).unwrap_or_else(|error| {
            reader.fault("MP3_BITRATE", error.to_string());
            Bitrate::default()
        });
        let loudness = reader.parsed("LOUDNESS", Loudness::Off, Loudness::WANTED, |value| {
            value.parse().ok()
        });
        Self { mp3, loudness }
    }
}
