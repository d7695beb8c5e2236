use std::path::PathBuf;

use super::Reader;
use crate::{
    segments::{Limit, MAX_TOKENS, MIN_LIMIT},
    text::{TextConfig, lexicon},
};

/// The text front end.
#[derive(Debug, Clone)]
pub struct Text {
    /// The espeak-ng program for words that no lexicon knows. `ESPEAK`, espeak-ng; `off`: letter-to-sound rules only.
    pub espeak: Option<PathBuf>,
    /// Words of your own and how they are said. `LEXICON_FILE`, none.
    pub lexicon: Option<PathBuf>,
    /// The most tokens (a token is a phoneme, about 16 a second) of a sentence that is said in one breath; a longer one is cut at a
    /// clause. It decides about a worker's memory. `SEGMENT_TOKENS`, 400.
    pub limit: Limit,
}

impl Text {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let espeak = reader.text("ESPEAK").unwrap_or_else(|| "espeak-ng".to_owned());
        Self {
            espeak: (espeak != "off").then(|| espeak.into()),
            lexicon: reader.path("LEXICON_FILE"),
            limit: reader.parsed(
                "SEGMENT_TOKENS",
                Limit::default(),
                &format!("a number from {MIN_LIMIT} to {MAX_TOKENS}"),
                |value| value.parse().ok(),
            ),
        }
    }

    /// What is wrong with the lexicon's file.
    #[must_use]
    pub fn lexicon_faults(&self) -> Vec<String> {
        match self.lexicon.as_deref().map(lexicon::file::read) {
            None => Vec::new(),
            Some(Ok((_, faults))) => faults.iter().map(ToString::to_string).collect(),
            Some(Err(error)) => vec![error.to_string()],
        }
    }

    /// For the text front end.
    #[must_use]
    pub fn front(&self) -> TextConfig {
        TextConfig {
            espeak: self.espeak.clone(),
            lexicon: self.lexicon.clone(),
            limit: self.limit,
        }
    }
}
