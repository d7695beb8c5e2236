//! Other readings of the same words: the melody of a text of another length, at a slightly other speed of the model's own.
//!
//! A row of a pack holds the sound of the voice and its prosody, for texts of one length. Rows of shorter texts are faster and lower, those of
//! longer ones slower and higher, and from about 90 tokens on they are all alike (docs/model-notes.md). So the prosody comes from another row,
//! and the model's own speed takes back most of what that does to the length.

/// One reading.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variant {
    /// The prosody is that of a text so many times as long.
    longer: f32,
    /// The model's own speed.
    pace: f32,
}

/// The plain reading, then nine others.
pub(super) const VARIANTS: [Variant; 10] = [
    variant(1.0, 1.0),
    variant(0.6, 0.88),
    variant(1.6, 1.06),
    variant(1.0, 0.95),
    variant(1.0, 1.06),
    variant(0.5, 0.84),
    variant(2.5, 1.04),
    variant(0.75, 0.93),
    variant(0.7, 0.99),
    variant(1.6, 1.0),
];

/// Rows below are those of a word or two, with which sentences are mumbled.
const LEAST_ROW: usize = 20;
/// Where the row stays there is nothing to take back.
const PACES: std::ops::RangeInclusive<f32> = 0.94..=1.06;

const fn variant(longer: f32, pace: f32) -> Variant {
    Variant { longer, pace }
}

impl Variant {
    /// For a segment of `tokens`: the number of tokens whose row gives the prosody, and the model's own speed.
    pub(super) fn of(self, tokens: usize) -> (usize, f32) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "at most 510 tokens"
        )]
        let wanted = (tokens as f32 * self.longer) as usize;
        let row = wanted.max(LEAST_ROW.min(tokens));
        if row == tokens {
            (row, self.pace.clamp(*PACES.start(), *PACES.end()))
        } else {
            (row, self.pace)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_reading_is_untouched_and_no_two_others_are_the_same() {
        for tokens in [1, 15, 45, 100, 510] {
            assert_eq!(VARIANTS[0].of(tokens), (tokens, 1.0));
        }
        let mut all = VARIANTS.map(|variant| variant.of(60)).to_vec();
        all.dedup();
        assert_eq!(all.len(), VARIANTS.len());
    }

    #[test]
    fn rows_and_paces_stay_within_reason() {
        assert_eq!(variant(0.6, 0.88).of(100), (60, 0.88));
        assert_eq!(variant(0.5, 0.84).of(30), (LEAST_ROW, 0.84));
        assert_eq!(variant(0.5, 0.84).of(8), (8, 0.94), "what is short keeps its own");
        assert_eq!(variant(2.5, 1.04).of(40), (100, 1.04));
    }
}
