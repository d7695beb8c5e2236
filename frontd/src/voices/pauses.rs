//! The silences that each voice makes by itself.
//!
//! A pause belongs to the voice and hardly to the mark: inside one run, af_heart is silent for 310 ms at a clause and am_puck for 65.
//! So the silence between two runs is the voice's own, and a cut is not heard by it. docs/model-notes.md says how it was measured.

use std::time::Duration;

use audio::Pauses;

/// Of a voice that was not measured: the medians of those that were.
const UNKNOWN: Pauses = ms(180, 395);

const fn ms(clause: u64, sentence: u64) -> Pauses {
    Pauses {
        clause: Duration::from_millis(clause),
        sentence: Duration::from_millis(sentence),
    }
}

/// Of a mix: the mean of its voices' by the sizes of their weights.
pub(super) fn of<'a>(parts: impl Iterator<Item = (&'a str, f32)> + Clone) -> Pauses {
    let all: f64 = parts.clone().map(|(_, weight)| f64::from(weight.abs())).sum();
    if !(all.is_finite() && all > 0.0) {
        return UNKNOWN;
    }
    let mean = |pause: fn(Pauses) -> Duration| {
        parts
            .clone()
            .map(|(name, weight)| pause(measured(name)).mul_f64(f64::from(weight.abs()) / all))
            .sum()
    };
    Pauses {
        clause: mean(|pauses| pauses.clause),
        sentence: mean(|pauses| pauses.sentence),
    }
}

fn measured(name: &str) -> Pauses {
    let own = MEASURED.iter().find(|(voice, ..)| *voice == name);
    own.map_or(UNKNOWN, |(_, clause, sentence)| ms(*clause, *sentence))
}

/// Milliseconds at a clause and between sentences, of the 28 English voices of Kokoro-82M v1.0.
const MEASURED: [(&str, u64, u64); 28] = [
    ("af_alloy", 130, 370),
    ("af_aoede", 95, 390),
    ("af_bella", 375, 505),
    ("af_heart", 310, 515),
    ("af_jessica", 65, 295),
    ("af_kore", 65, 265),
    ("af_nicole", 975, 1360),
    ("af_nova", 105, 375),
    ("af_river", 90, 305),
    ("af_sarah", 330, 560),
    ("af_sky", 275, 455),
    ("am_adam", 260, 460),
    ("am_echo", 215, 310),
    ("am_eric", 70, 300),
    ("am_fenrir", 95, 285),
    ("am_liam", 140, 400),
    ("am_michael", 395, 430),
    ("am_onyx", 120, 400),
    ("am_puck", 65, 250),
    ("am_santa", 225, 510),
    ("bf_alice", 130, 195),
    ("bf_emma", 265, 540),
    ("bf_isabella", 340, 470),
    ("bf_lily", 125, 295),
    ("bm_daniel", 170, 320),
    ("bm_fable", 240, 435),
    ("bm_george", 340, 425),
    ("bm_lewis", 395, 530),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_has_the_mean_of_its_voices() {
        let heart = of([("af_heart", 0.3)].into_iter());
        assert_eq!(heart, ms(310, 515));
        let mix = of([("af_heart", 2.0), ("am_puck", 1.0)].into_iter());
        assert_eq!(mix.clause.as_millis(), (2 * 310 + 65) / 3);
        assert_eq!(of([("mine", 1.0)].into_iter()), UNKNOWN);
        assert_eq!(of(std::iter::empty()), UNKNOWN);
        assert_eq!(of([("af_heart", f32::INFINITY)].into_iter()), UNKNOWN);
    }
}
