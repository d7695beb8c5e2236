//! Request text → what is to be said: voice spans, rates, pauses, literal phonemes and plain text.
//!
//! Every piece remembers its place in the user's text, so that timings can be told in the user's own words.

use std::{ops::Range, time::Duration};

/// One item of a script, in speaking order.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Passage(Passage),
    Pause(Duration),
}

/// A stretch spoken by one voice at one rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// The voice expression of the tag or alias in force; `None` is the request's own voice.
    pub voice: Option<String>,
    /// Multiplies the request's speed.
    pub rate: f32,
    pub runs: Vec<Run>,
}

/// A run of a passage. `source` is a byte range of the user's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Where `text` and `source` are of one length they correspond byte for byte;
    /// otherwise (an entity, an alias) every part of `text` stands for all of `source`.
    Text { text: String, source: Range<usize> },
    /// Phonemes given by the user: `[word](/ipa/)`. `ipa` is without the slashes and not yet checked.
    Phonemes { ipa: String, source: Range<usize> },
}
