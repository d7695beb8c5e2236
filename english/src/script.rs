//! Request text → what to say: voice spans, rates, pauses, literal phonemes and plain text.
//!
//! Every piece remembers its place in the user's text, so that timings can name the user's own words.

mod ssml;
mod tags;

use std::{collections::BTreeMap, ops::Range, time::Duration};

/// The longest single pause.
pub const MAX_PAUSE: Duration = Duration::from_secs(60);
/// All pauses of a script together.
pub const MAX_PAUSES: Duration = Duration::from_secs(600);
/// A rate below or above is refused, also where nested ones multiply to it. With the rate that an alias brings, it is clamped,
/// whichever of the two is written first.
pub const RATES: std::ops::RangeInclusive<f32> = common::limits::SPEEDS;
/// Decibels by which a tag makes the rest louder.
pub const GAINS: std::ops::RangeInclusive<f32> = -24.0..=12.0;
/// The highest variant; 0 is the plain reading.
pub const MAX_VARIANT: u8 = 9;
/// Phonemes of one literal, in bytes.
pub const MAX_LITERAL_BYTES: usize = 512;

/// One item of a script, in speaking order.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Passage(Passage),
    Pause(Duration),
}

/// A stretch spoken by one voice at one rate and level.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// The voice expression of the tag or alias in force; `None` is the request's own voice.
    pub voice: Option<String>,
    /// Multiplies the request's speed.
    pub rate: f32,
    /// Decibels louder than the request's own volume.
    pub gain: f32,
    /// Which reading; `None` is the request's own.
    pub variant: Option<u8>,
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

/// How to read the text.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whether `[voice:…]`, `[rate:…]`, `[gain:…]` and `[variant:…]` are tags. Otherwise they are text like any other.
    pub voice_tags: bool,
    /// The text is SSML, and brackets mean nothing.
    pub ssml: bool,
    /// Names that tags and SSML may use for voices, in lower case.
    pub aliases: BTreeMap<String, Alias>,
}

/// What a name of the request's own stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    /// A voice expression.
    pub voice: String,
    pub rate: f32,
}

/// What cannot be read. `at` counts the characters of the text from 1.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScriptError {
    #[error("a pause may last at most {} s; that at character {at} is longer", MAX_PAUSE.as_secs())]
    PauseTooLong { at: usize },
    #[error("the pauses of a text may last at most {} s together; that at character {at} is too much", MAX_PAUSES.as_secs())]
    PausesTooLong { at: usize },
    #[error("a rate must be a number from {} to {}; at character {at} stands {found:?}", RATES.start(), RATES.end())]
    Rate { at: usize, found: String },
    #[error("a gain must be a number of decibels from {} to {}, as [gain:-3dB] says; at character {at} stands {found:?}", GAINS.start(), GAINS.end())]
    Gain { at: usize, found: String },
    #[error("a variant must be a whole number from 0 to {MAX_VARIANT}; at character {at} stands {found:?}")]
    Variant { at: usize, found: String },
    #[error("the voice tag at character {at} names no voice, as [voice:af_heart] does")]
    Voice { at: usize },
    #[error("the phonemes at character {at} have more than {MAX_LITERAL_BYTES} bytes")]
    LiteralTooLong { at: usize },
    #[error("the SSML cannot be read at character {at}: {reason}")]
    Xml { at: usize, reason: String },
    #[error("the SSML has a document type or entities of its own, at character {at}; both are refused")]
    Doctype { at: usize },
    #[error(
        "the SSML has more than {} elements within each other, at character {at}",
        ssml::MAX_DEPTH
    )]
    TooDeep { at: usize },
    #[error("the SSML element <{element}> at character {at} has {reason}")]
    Attribute {
        at: usize,
        element: String,
        reason: String,
    },
}

impl ScriptError {
    /// While a text is read `at` counts bytes.
    fn counted_in_characters(mut self, text: &str) -> Self {
        let (Self::PauseTooLong { at }
        | Self::PausesTooLong { at }
        | Self::Rate { at, .. }
        | Self::Gain { at, .. }
        | Self::Variant { at, .. }
        | Self::Voice { at }
        | Self::LiteralTooLong { at }
        | Self::Xml { at, .. }
        | Self::Doctype { at }
        | Self::TooDeep { at }
        | Self::Attribute { at, .. }) = &mut self;
        *at = text.char_indices().take_while(|(byte, _)| byte < at).count() + 1;
        self
    }
}

/// Reads a text. Takes time in proportion to its length.
///
/// # Errors
/// See [`ScriptError`]. Plain text without tags has none.
pub fn parse(text: &str, options: &Options) -> Result<Vec<Item>, ScriptError> {
    let mut script = Builder::default();
    let read = if options.ssml {
        ssml::read(text, options, &mut script)
    } else {
        tags::read(text, options, &mut script)
    };
    read.map_err(|error| error.counted_in_characters(text))?;
    Ok(script.finish())
}

/// Collects items; a passage ends where voice, rate or level change, at pauses, and on request.
#[derive(Debug)]
struct Builder {
    items: Vec<Item>,
    runs: Vec<Run>,
    speaker: Speaker,
    pauses: Duration,
}

/// Who speaks, how fast and how loud.
#[derive(Debug, Clone, PartialEq)]
struct Speaker {
    voice: Option<String>,
    /// The alias' own rate.
    voice_rate: f32,
    /// That of tags and prosody.
    rate: f32,
    gain: f32,
    variant: Option<u8>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            runs: Vec::new(),
            speaker: Speaker {
                voice: None,
                voice_rate: 1.0,
                rate: 1.0,
                gain: 0.0,
                variant: None,
            },
            pauses: Duration::ZERO,
        }
    }
}

impl Builder {
    fn text(&mut self, text: &str, source: Range<usize>) {
        if !text.is_empty() {
            let text = text.to_owned();
            self.runs.push(Run::Text { text, source });
        }
    }

    fn phonemes(&mut self, ipa: &str, source: Range<usize>) -> Result<(), ScriptError> {
        if ipa.len() > MAX_LITERAL_BYTES {
            return Err(ScriptError::LiteralTooLong { at: source.start });
        }
        let ipa = ipa.to_owned();
        self.runs.push(Run::Phonemes { ipa, source });
        Ok(())
    }

    fn pause(&mut self, pause: Duration, at: usize) -> Result<(), ScriptError> {
        if pause > MAX_PAUSE {
            return Err(ScriptError::PauseTooLong { at });
        }
        self.pauses += pause;
        if self.pauses > MAX_PAUSES {
            return Err(ScriptError::PausesTooLong { at });
        }
        self.end_passage();
        self.items.push(Item::Pause(pause));
        Ok(())
    }

    fn voice(&mut self, name: &str, options: &Options) {
        let alias = options.aliases.get(&name.to_lowercase());
        self.switch(Speaker {
            voice: Some(alias.map_or(name, |alias| &alias.voice).to_owned()),
            voice_rate: alias.map_or(1.0, |alias| alias.rate),
            ..self.speaker.clone()
        });
    }

    /// `found` is the rate as it was written.
    fn rate(&mut self, rate: f32, found: &str, at: usize) -> Result<(), ScriptError> {
        if !RATES.contains(&rate) {
            return Err(wrong_rate(found, at));
        }
        self.switch(Speaker {
            rate,
            ..self.speaker.clone()
        });
        Ok(())
    }

    fn gain(&mut self, gain: f32) {
        self.switch(Speaker {
            gain,
            ..self.speaker.clone()
        });
    }

    fn variant(&mut self, variant: u8) {
        self.switch(Speaker {
            variant: Some(variant),
            ..self.speaker.clone()
        });
    }

    fn switch(&mut self, speaker: Speaker) {
        if speaker != self.speaker {
            self.end_passage();
            self.speaker = speaker;
        }
    }

    fn end_passage(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        let blank = |run: &Run| matches!(run, Run::Text { text, .. } if text.trim().is_empty());
        if !runs.iter().all(blank) {
            self.items.push(Item::Passage(Passage {
                voice: self.speaker.voice.clone(),
                rate: (self.speaker.rate * self.speaker.voice_rate).clamp(*RATES.start(), *RATES.end()),
                gain: self.speaker.gain,
                variant: self.speaker.variant,
                runs,
            }));
        }
    }

    fn finish(mut self) -> Vec<Item> {
        self.end_passage();
        self.items
    }
}

fn wrong_rate(found: &str, at: usize) -> ScriptError {
    let found = quoted(found);
    ScriptError::Rate { at, found }
}

/// A message quotes at most so much of the text.
fn quoted(found: &str) -> String {
    const MOST: usize = 40;
    found.chars().take(MOST).collect()
}

/// `1.5s`, `300ms` or `1.5` (seconds).
fn parse_time(text: &str) -> Option<Duration> {
    let text = text.trim().to_ascii_lowercase();
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s').unwrap_or(&text), 1.0),
    };
    Duration::try_from_secs_f64(parse_decimal(number)? * unit).ok()
}

/// `-3dB`, `+2.5 dB` or `1`.
fn parse_decibels(text: &str) -> Option<f32> {
    let lower = text.to_ascii_lowercase();
    let number = lower.strip_suffix("db").unwrap_or(&lower).trim_end();
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, number.strip_prefix('+').unwrap_or(number)),
    };
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked next")]
    let gain = (sign * parse_decimal(digits)?) as f32;
    GAINS.contains(&gain).then_some(gain)
}

/// Digits with at most one point: neither `inf` nor `1e9` nor a sign.
fn parse_decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests;
