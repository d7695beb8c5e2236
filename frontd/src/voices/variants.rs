//! Other readings of the same words: the prosody of a text of another length, at a slightly other speed of the model's own.
//!
//! A row of a pack holds the sound of the voice and its prosody, for texts of one length. Rows of shorter texts are faster and lower, those of
//! longer ones slower, and from about 90 tokens on they are all alike (docs/model-notes.md). So the melody comes from another row, and the
//! model's own speed takes back most of what that does to the length.

/// One reading.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variant {
    pub(super) row: Row,
    /// The model's own speed.
    pub(super) pace: f32,
}

/// The row of whose prosody a text is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Row {
    /// That of the text's own length.
    Own,
    /// That of a text so many times as long.
    Times(f32),
}

/// A row below is that of a word or two, with which sentences are mumbled.
const LEAST_ROW: usize = 20;

impl Row {
    pub(super) fn of(self, tokens: usize) -> usize {
        match self {
            Self::Own => tokens,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "at most 510 tokens"
            )]
            Self::Times(factor) => ((tokens as f32 * factor) as usize).max(LEAST_ROW.min(tokens)),
        }
    }
}

const fn variant(row: Row, pace: f32) -> Variant {
    Variant { row, pace }
}

/// The plain reading, then nine others.
pub(super) const VARIANTS: [Variant; 10] = [
    variant(Row::Own, 1.0),
    variant(Row::Times(0.5), 0.94),
    variant(Row::Times(1.6), 1.06),
    variant(Row::Own, 0.95),
    variant(Row::Own, 1.06),
    variant(Row::Times(0.35), 0.92),
    variant(Row::Times(2.5), 1.04),
    variant(Row::Times(0.7), 0.93),
    variant(Row::Times(0.5), 1.0),
    variant(Row::Times(1.6), 0.97),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_within_reason() {
        assert_eq!(Row::Own.of(77), 77);
        assert_eq!(Row::Times(0.5).of(100), 50);
        assert_eq!(Row::Times(0.35).of(30), LEAST_ROW);
        assert_eq!(Row::Times(0.35).of(8), 8, "what is short keeps its own");
        assert_eq!(Row::Times(2.5).of(40), 100);
    }
}
