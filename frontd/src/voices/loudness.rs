//! How loud each voice is by itself, so that speakers of a dialogue can be made equal by one gain a voice. Following the sound would
//! move the gain by more than it mends: single sentences differ by half a LU (docs/model-notes.md).

/// Of a voice that was not measured: the median of those that were.
const UNKNOWN: f32 = -21.8;

/// Of a voice or a mix: the mean of the voices' LUFS by their weights, without those that are subtracted.
pub(super) fn of<'a>(parts: impl Iterator<Item = (&'a str, f32)> + Clone) -> f32 {
    let added = parts.filter(|(_, weight)| *weight > 0.0);
    let all: f32 = added.clone().map(|(_, weight)| weight).sum();
    if !(all.is_finite() && all > 0.0) {
        return UNKNOWN;
    }
    added.map(|(name, weight)| measured(name) * weight / all).sum()
}

fn measured(name: &str) -> f32 {
    let own = MEASURED.iter().find(|(voice, _)| *voice == name);
    own.map_or(UNKNOWN, |(_, lufs)| *lufs)
}

/// Integrated loudness of the 28 English voices of Kokoro-82M v1.0.
const MEASURED: [(&str, f32); 28] = [
    ("af_alloy", -23.0),
    ("af_aoede", -18.3),
    ("af_bella", -21.1),
    ("af_heart", -22.4),
    ("af_jessica", -22.3),
    ("af_kore", -18.6),
    ("af_nicole", -21.6),
    ("af_nova", -27.3),
    ("af_river", -21.9),
    ("af_sarah", -20.9),
    ("af_sky", -24.3),
    ("am_adam", -18.4),
    ("am_echo", -22.9),
    ("am_eric", -21.7),
    ("am_fenrir", -19.3),
    ("am_liam", -21.9),
    ("am_michael", -24.0),
    ("am_onyx", -23.9),
    ("am_puck", -19.1),
    ("am_santa", -22.7),
    ("bf_alice", -20.9),
    ("bf_emma", -20.3),
    ("bf_isabella", -18.1),
    ("bf_lily", -21.7),
    ("bm_daniel", -21.5),
    ("bm_fable", -22.3),
    ("bm_george", -21.7),
    ("bm_lewis", -23.4),
];

#[cfg(test)]
mod tests {
    use audio::Loudness;

    use super::*;

    #[test]
    fn a_voice_is_brought_to_what_was_asked_for() {
        let nova = of([("af_nova", 1.0)].into_iter());
        assert!((Loudness::Lufs(-19.0).gain(nova) - 2.6).abs() < 0.01);
        assert!((Loudness::Lufs(-19.0).gain(of([("af_kore", 1.0)].into_iter())) - 0.955).abs() < 0.001);
        assert_eq!(Loudness::Off.gain(nova), 1.0);
    }

    #[test]
    fn a_mix_is_the_mean_of_what_is_added() {
        let mix = |parts: &[(&'static str, f32)]| of(parts.iter().copied());
        assert!((mix(&[("af_sky", 2.0), ("am_adam", 1.0)]) - -22.333).abs() < 0.01);
        assert!((mix(&[("af_sky", 2.0), ("am_adam", -1.0)]) - -24.3).abs() < 0.01);
        assert!((mix(&[("af_kore", 0.5), ("mine", 0.5)]) - -20.2).abs() < 0.01);
        assert_eq!(mix(&[]), UNKNOWN);
        assert_eq!(mix(&[("af_heart", f32::INFINITY)]), UNKNOWN);
    }
}
