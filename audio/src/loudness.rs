//! How loud speech is to be.

use std::{fmt, str::FromStr};

/// LUFS that can be asked for.
const LEAST: f32 = -40.0;
const MOST: f32 = -10.0;

/// How loud every voice is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loudness {
    /// As it is by itself.
    Off,
    /// So many LUFS, by ITU-R BS.1770.
    Lufs(f32),
}

impl FromStr for Loudness {
    /// It is no [`Loudness::WANTED`].
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.eq_ignore_ascii_case("off") {
            return Ok(Self::Off);
        }
        let lufs: f32 = text.parse().map_err(|_| ())?;
        if (LEAST..=MOST).contains(&lufs) {
            Ok(Self::Lufs(lufs))
        } else {
            Err(())
        }
    }
}

impl fmt::Display for Loudness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Lufs(lufs) => lufs.fmt(f),
        }
    }
}

impl Loudness {
    /// What can be asked for.
    pub const WANTED: &str = "off or a number of LUFS from -40 to -10";

    /// What the sound of a voice of `own` LUFS is to be multiplied by.
    #[must_use]
    pub fn gain(self, own: f32) -> f32 {
        match self {
            Self::Off => 1.0,
            Self::Lufs(wanted) => 10_f32.powf((wanted - own) / 20.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_off_or_lufs() {
        for (text, expected) in [
            ("off", Loudness::Off),
            ("OFF", Loudness::Off),
            ("-19", Loudness::Lufs(-19.0)),
        ] {
            assert_eq!(text.parse(), Ok(expected));
        }
        assert_eq!(
            Loudness::Lufs(-19.5).to_string().parse(),
            Ok(Loudness::Lufs(-19.5))
        );
        for bad in ["", "on", "19", "-5", "-50", "NaN", "-inf", "1e999"] {
            assert_eq!(bad.parse::<Loudness>(), Err(()), "{bad}");
        }
    }
}
