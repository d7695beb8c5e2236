//! Voices: names and mixes of names → the style row that the model speaks with.
//!
//! A voice is a pack in the voices folder (510 rows, one for each length of text) or a row of the built-in
//! model's table. The two models do not understand each other's rows, except that the built-in one takes
//! Kokoro's packs, so [`Model`] decides what counts as a voice.

mod catalogue;
mod expression;
mod loudness;
mod pack;
mod pauses;
mod variants;

use std::{
    collections::BTreeMap,
    fmt,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use audio::{Loudness, Pauses};
use ndarray::{Array1, Array2, s};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::{catalogue::Catalogue, variants::VARIANTS};
pub use self::{
    catalogue::{MAX_PACKS, RefreshError},
    expression::MAX_EXPRESSION_BYTES,
    pack::{PACK_BYTES, ROWS, STYLE},
};
use crate::text::Dialect;

/// Which model the styles are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Names of the built-in table first, then packs of the folder.
    BuiltIn,
    /// Packs of the folder only, and none that were mixed from built-in rows.
    Kokoro,
}

#[derive(Debug, Clone)]
pub struct Settings {
    pub model: Model,
    /// Holds `NAME.bin` packs. It need not exist.
    pub folder: PathBuf,
    pub weights: Weights,
    /// More names, or other meanings of OpenAI's: name → expression.
    pub aliases: BTreeMap<String, String>,
}

/// What the weights of a mix are divided by. Without a minus the first two are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// Their sum, so that a mix is as strong as a voice: what is subtracted is made up for by the rest. It loses fewer words and
    /// is seldom louder than full scale (docs/model-notes.md).
    Sum,
    /// The sum of their sizes, as in Kokoro-FastAPI: a mix with a minus is weaker than a voice.
    Sizes,
    /// Nothing.
    AsGiven,
}

impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sum => "true",
            Self::Sizes => "absolute",
            Self::AsGiven => "false",
        })
    }
}

/// Of the sizes of a mix's weights, so much has to be left of their sum: below, voices cancel each other and the model makes noise.
const LEAST_LEFT: f32 = 0.3;

/// Below this, the response carries a warning.
const LITTLE_LEFT: f32 = 0.4;

/// What a voice list says about a voice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Voice {
    pub name: String,
    pub gender: Gender,
    pub accent: Accent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    Female,
    Male,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Accent {
    American,
    British,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum VoiceError {
    #[error("the voice is empty")]
    Empty,
    #[error("a voice has at most {MAX_EXPRESSION_BYTES} bytes")]
    TooLong,
    #[error("the voice cannot be read at character {at}: {expected} expected")]
    Syntax { at: usize, expected: &'static str },
    #[error(
        "the weight of {name:?} must be a number above 0 and at most {}",
        expression::MAX_WEIGHT
    )]
    Weight { name: String },
    #[error(
        "the voices of the mix cancel each other: {left:.2} of its weights is left, and {LEAST_LEFT} is needed to speak; \
         give what is subtracted a smaller weight"
    )]
    Cancelled { left: f32 },
    #[error("there is no voice {name:?}{}", suggestion(.near))]
    Unknown { name: String, near: Vec<String> },
    #[error("the pack of voice {name:?} cannot be used: {reason}")]
    BadPack { name: String, reason: String },
}

fn suggestion(near: &[String]) -> String {
    match near {
        [] => String::new(),
        near => format!("; did you mean {}?", near.join(" or ")),
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("a voice's name has 1 to 64 letters, digits and underscores")]
    BadName,
    #[error("there is already a voice {0:?}")]
    Taken(String),
    #[error("the voices folder is full: it holds {MAX_PACKS} packs")]
    Full,
    #[error("the pack could not be written")]
    Io(#[from] std::io::Error),
}

/// The voices there are. All methods but [`Voices::resolve`], [`Voices::save`] and [`Voices::refresh`] are free
/// of I/O; those three read or write files of the folder and belong on a blocking thread.
#[derive(Debug)]
pub struct Voices {
    settings: Settings,
    catalogue: RwLock<Arc<Catalogue>>,
}

impl Voices {
    /// Reads the table and looks into the folder. A folder that cannot be read is reported and taken as empty.
    #[must_use]
    pub fn open(settings: Settings) -> Self {
        let voices = Self {
            catalogue: RwLock::new(Arc::new(Catalogue::without_folder(settings.model))),
            settings,
        };
        if let Err(error) = voices.refresh() {
            tracing::warn!(%error, "The voices folder cannot be read; its voices are missing.");
        }
        voices
    }

    /// Looks into the folder again: new packs become voices, changed ones are read anew at their next use.
    ///
    /// # Errors
    /// When the folder exists but cannot be read; what was known before stays.
    pub fn refresh(&self) -> Result<(), RefreshError> {
        let known = self.catalogue();
        let fresh = Catalogue::scan(self.settings.model, &self.settings.folder, &known)?;
        *self.catalogue.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(())
    }

    /// All voices, by name.
    #[must_use]
    pub fn list(&self) -> Vec<Voice> {
        self.catalogue().names().map(Voice::named).collect()
    }

    /// Reads an expression like `af_bella(2)+af_sky`.
    ///
    /// # Errors
    /// See [`VoiceError`]; all of them are the caller's but [`VoiceError::BadPack`].
    pub fn resolve(&self, expression: &str) -> Result<Style, VoiceError> {
        let mut terms = Vec::new();
        let catalogue = self.catalogue();
        for term in expression::parse(expression)? {
            if let Some(name) = catalogue.find(&term.name) {
                terms.push((name.to_owned(), term.weight));
                continue;
            }
            let Some(meaning) = self.alias(&term.name) else {
                let name = term.name;
                let near = self.near(&name, &catalogue);
                return Err(VoiceError::Unknown { name, near });
            };
            let inner = self.normalised(expression::parse(meaning)?)?;
            terms.extend(
                inner
                    .into_iter()
                    .map(|inner| (inner.name, inner.weight * term.weight)),
            );
        }
        let terms = terms
            .into_iter()
            .map(|(name, weight)| expression::Term { name, weight });
        let parts = self
            .normalised(terms.collect())?
            .into_iter()
            .map(|term| Ok((catalogue.rows(&term.name)?, term)))
            .collect::<Result<Vec<_>, VoiceError>>()?;
        Ok(Style::new(parts))
    }

    /// Stores `style` in the folder, so that `name` is a voice from now on.
    ///
    /// # Errors
    /// See [`SaveError`].
    pub fn save(&self, name: &str, style: &Style) -> Result<(), SaveError> {
        let name = name.to_ascii_lowercase();
        if !catalogue::is_pack_name(&name) {
            return Err(SaveError::BadName);
        }
        let catalogue = self.catalogue();
        if catalogue.find(&name).is_some() || self.alias(&name).is_some() {
            return Err(SaveError::Taken(name));
        }
        if catalogue.packs() >= MAX_PACKS {
            return Err(SaveError::Full);
        }
        match pack::write_new(&self.settings.folder, &name, &style.pack()) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(SaveError::Taken(name)),
            Err(error) => Err(error.into()),
            Ok(()) => self.refresh().map_err(|error| SaveError::Io(error.into())),
        }
    }

    fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.catalogue.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn alias(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        let own = self
            .settings
            .aliases
            .iter()
            .find(|(alias, _)| alias.eq_ignore_ascii_case(&name));
        own.map(|(_, meaning)| meaning.as_str()).or_else(|| {
            OPENAI
                .iter()
                .find(|(openai, _)| *openai == name)
                .map(|(_, ours)| *ours)
        })
    }

    /// Names that stand for voices or mixes: the operator's and OpenAI's.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        let own = self.settings.aliases.keys().map(String::as_str);
        own.chain(OPENAI.iter().map(|(name, _)| *name))
    }

    fn near(&self, name: &str, catalogue: &Catalogue) -> Vec<String> {
        nearest(name, catalogue.names().chain(self.aliases()))
    }

    fn normalised(&self, mut terms: Vec<expression::Term>) -> Result<Vec<expression::Term>, VoiceError> {
        let left = left(&terms);
        // A number that is written as the limit is not below it.
        if left < LEAST_LEFT - 1e-4 {
            return Err(VoiceError::Cancelled { left });
        }
        let weights = terms.iter().map(|term| term.weight);
        let divisor = match self.settings.weights {
            Weights::Sum => weights.sum(),
            Weights::AsGiven if terms.len() > 1 => 1.0,
            // One voice is itself at any weight.
            Weights::Sizes | Weights::AsGiven => weights.map(f32::abs).sum(),
        };
        for term in &mut terms {
            term.weight /= divisor;
        }
        Ok(terms)
    }
}

/// What is left of the weights when they are added up, by the sum of their sizes: 1 without a minus, below 0 when more is
/// subtracted than is there.
fn left(terms: &[expression::Term]) -> f32 {
    let weights = terms.iter().map(|term| term.weight);
    weights.clone().sum::<f32>() / weights.map(f32::abs).sum::<f32>()
}

/// A voice or a mix, ready to speak.
#[derive(Clone)]
pub struct Style {
    parts: Vec<(Arc<pack::Rows>, f32)>,
    name: String,
    voice: Voice,
    pauses: Pauses,
    /// LUFS.
    loudness: f32,
    nearly_cancelled: bool,
}

impl fmt::Debug for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Style").field(&self.name).finish()
    }
}

impl Style {
    fn new(parts: Vec<(Arc<pack::Rows>, expression::Term)>) -> Self {
        let name = match parts.as_slice() {
            [(_, only)] => only.name.clone(),
            all => all
                .iter()
                .enumerate()
                .map(|(i, (_, term))| term.written(i == 0))
                .collect(),
        };
        // A mix speaks the dialect of its first voice.
        let voice = Voice::named(parts.first().map_or("", |(_, term)| &term.name));
        let weights = parts.iter().map(|(_, term)| (term.name.as_str(), term.weight));
        let (pauses, loudness) = (pauses::of(weights.clone()), loudness::of(weights));
        let (rows, terms): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        let nearly_cancelled = left(&terms) < LITTLE_LEFT;
        let weights = terms.iter().map(|term| term.weight);
        Self {
            parts: rows.into_iter().zip(weights).collect(),
            name,
            voice,
            pauses,
            loudness,
            nearly_cancelled,
        }
    }

    /// The voice's name; of a mix, its expression with the weights in use.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self.voice.accent {
            Accent::American => Dialect::American,
            Accent::British => Dialect::British,
        }
    }

    /// The silences that it makes by itself.
    #[must_use]
    pub fn pauses(&self) -> Pauses {
        self.pauses
    }

    /// What its sound is multiplied by to be as loud as `wanted`.
    #[must_use]
    pub fn gain(&self, wanted: Loudness) -> f32 {
        wanted.gain(self.loudness)
    }

    /// Whether so little is left of a mix with a minus that it may not sound like a voice.
    #[must_use]
    pub fn is_nearly_cancelled(&self) -> bool {
        self.nearly_cancelled
    }

    /// The row for a segment of `tokens` tokens, padding not counted: [`STYLE`] values.
    #[must_use]
    pub fn style(&self, tokens: usize) -> Array1<f32> {
        let mut sum = Array1::zeros(STYLE);
        for (rows, weight) in &self.parts {
            sum.scaled_add(*weight, &rows.row(tokens));
        }
        sum
    }

    /// The row for another reading of such a segment, and the model's own speed for it.
    #[must_use]
    pub fn reading(&self, tokens: usize, variant: u8) -> (Array1<f32>, f32) {
        let (row, pace) = VARIANTS[usize::from(variant) % VARIANTS.len()].of(tokens);
        let mut style = self.style(tokens);
        // The first half of a row is the sound of the voice, which stays.
        let prosody = s![STYLE / 2..];
        style.slice_mut(prosody).assign(&self.style(row).slice(prosody));
        (style, pace)
    }

    /// The voice as a pack file: [`ROWS`] rows of [`STYLE`] little-endian `f32`.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        let mut sum = Array2::zeros((ROWS, STYLE));
        for (rows, weight) in &self.parts {
            if let Some(rows) = rows.all() {
                sum.scaled_add(*weight, &rows);
            }
        }
        sum.iter().copied().flat_map(f32::to_le_bytes).collect()
    }
}

impl Voice {
    /// Reads what Kokoro's names tell: `bf_emma` is British and female.
    fn named(name: &str) -> Self {
        let mut letters = name.chars();
        let (first, second) = (letters.next(), letters.next());
        let follows_scheme = letters.next() == Some('_');
        Self {
            name: name.to_owned(),
            accent: match first {
                Some('b') if follows_scheme => Accent::British,
                _ => Accent::American,
            },
            gender: match second {
                Some('f') if follows_scheme => Gender::Female,
                Some('m') if follows_scheme => Gender::Male,
                _ => Gender::Unknown,
            },
        }
    }
}

/// OpenAI's voice names and the voices that answer to them.
pub const OPENAI: [(&str, &str); 13] = [
    ("alloy", "am_adam"),
    ("ash", "af_nicole"),
    ("ballad", "bm_fable"),
    ("cedar", "am_liam"),
    ("coral", "bf_emma"),
    ("echo", "af_bella"),
    ("fable", "af_sarah"),
    ("marin", "af_river"),
    ("nova", "bf_isabella"),
    ("onyx", "bm_george"),
    ("sage", "am_michael"),
    ("shimmer", "af_sky"),
    ("verse", "am_eric"),
];

/// Up to three names that `name` may have been meant to be.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let name: String = name.to_ascii_lowercase().chars().take(64).collect();
    let short = |name: &str| name.split_once('_').map_or(name, |(_, rest)| rest).to_owned();
    let mut scored: Vec<(f64, &str)> = names
        .map(|known| {
            let whole = strsim::jaro_winkler(&name, known);
            // "bella" and "am_bella" mean af_bella.
            (
                whole.max(strsim::jaro_winkler(&short(&name), &short(known)) - 0.01),
                known,
            )
        })
        .filter(|(score, _)| *score > 0.85)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored
        .into_iter()
        .take(3)
        .map(|(_, known)| known.to_owned())
        .collect()
}

/// Reads a file of aliases: `{"alloy": "af_heart"}`, or the same below the key `voices`.
///
/// # Errors
/// When the JSON is neither, or a meaning is no expression.
pub fn parse_aliases(json: &str) -> Result<BTreeMap<String, String>, String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum File {
        Nested { voices: BTreeMap<String, String> },
        Flat(BTreeMap<String, String>),
    }
    let (File::Nested { voices: aliases } | File::Flat(aliases)) =
        serde_json::from_str(json).map_err(|_| "an object of names and voices is expected".to_owned())?;
    for (alias, meaning) in &aliases {
        expression::parse(meaning).map_err(|error| format!("{alias}: {error}"))?;
    }
    Ok(aliases)
}

#[cfg(test)]
mod tests;
