//! What a request may choose of how its text is read.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{ApiError, invalid, tolerant};
use crate::text::normalise::{
    self,
    options::{Aloud, Emoji, Urls},
};

/// How text is made readable. What is `true` or `false` is on by default, but `unit_normalization`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub(in crate::http) struct NormalizationOptions {
    /// Off: only marks are read, and numbers and signs stay as they are.
    #[serde(default, deserialize_with = "tolerant::flag")]
    normalize: Option<bool>,
    /// "10 km/h" is "ten kilometers per hour".
    #[schema(default = false)]
    #[serde(default, deserialize_with = "tolerant::flag")]
    unit_normalization: Option<bool>,
    /// How web addresses are read: `full` or `true` in whole, `short` as "a link to github dot com", `skip` not at all; `false` without
    /// the names of their signs.
    url_normalization: Option<UrlParam>,
    /// E-mail addresses with the names of their signs.
    #[serde(default, deserialize_with = "tolerant::flag")]
    email_normalization: Option<bool>,
    /// "item(s)" is "items".
    #[serde(default, deserialize_with = "tolerant::flag")]
    optional_pluralization_normalization: Option<bool>,
    /// Telephone numbers digit by digit.
    #[serde(default, deserialize_with = "tolerant::flag")]
    phone_normalization: Option<bool>,
    /// Signs that nothing else reads, by their names.
    #[serde(default, deserialize_with = "tolerant::flag")]
    replace_remaining_symbols: Option<bool>,
    /// Blocks of code: `read` or `skip`.
    #[schema(default = "read", pattern = "^(read|skip)$")]
    code_blocks: Option<String>,
    /// `skip` leaves emoji out beside words and names those that stand alone; `name` names all.
    #[schema(default = "skip", pattern = "^(skip|name)$")]
    emoji: Option<String>,
    /// Stage directions such as `(laughs)`, `[laughter]` and `*sighs*`: `read` or `skip`.
    #[schema(default = "read", pattern = "^(read|skip)$")]
    brackets: Option<String>,
    /// Numbers of references, as in `shown [1]`: `skip` or `read`.
    #[schema(default = "skip", pattern = "^(skip|read)$")]
    citations: Option<String>,
}

/// A flag, or the name of a way to read web addresses.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged, expecting = "full, short, skip, true or false is expected")]
pub(in crate::http) enum UrlParam {
    Flag(bool),
    #[schema(example = "short")]
    Name(String),
}

impl NormalizationOptions {
    pub(super) fn resolve(&self) -> Result<normalise::Options, ApiError> {
        const ALOUD: [(&str, Aloud); 2] = [("read", Aloud::Read), ("skip", Aloud::Skip)];
        const EMOJI: [(&str, Emoji); 2] = [("skip", Emoji::Skip), ("name", Emoji::Name)];
        const URLS: [(&str, Urls); 5] = [
            ("full", Urls::Full),
            ("short", Urls::Short),
            ("skip", Urls::Skip),
            ("true", Urls::Full),
            ("false", Urls::Signless),
        ];
        let default = normalise::Options::default();
        let urls = self.url_normalization.as_ref().map(|wanted| match wanted {
            UrlParam::Flag(flag) => flag.to_string(),
            UrlParam::Name(name) => name.clone(),
        });
        Ok(normalise::Options {
            normalize: self.normalize.unwrap_or(default.normalize),
            unit_normalization: self.unit_normalization.unwrap_or(default.unit_normalization),
            url_normalization: choice("url_normalization", urls.as_deref(), &URLS)?
                .unwrap_or(default.url_normalization),
            email_normalization: self.email_normalization.unwrap_or(default.email_normalization),
            optional_pluralization_normalization: self
                .optional_pluralization_normalization
                .unwrap_or(default.optional_pluralization_normalization),
            phone_normalization: self.phone_normalization.unwrap_or(default.phone_normalization),
            replace_remaining_symbols: self
                .replace_remaining_symbols
                .unwrap_or(default.replace_remaining_symbols),
            code_blocks: choice("code_blocks", self.code_blocks.as_deref(), &ALOUD)?
                .unwrap_or(default.code_blocks),
            emoji: choice("emoji", self.emoji.as_deref(), &EMOJI)?.unwrap_or(default.emoji),
            brackets: choice("brackets", self.brackets.as_deref(), &ALOUD)?.unwrap_or(default.brackets),
            citations: choice("citations", self.citations.as_deref(), &ALOUD)?.unwrap_or(default.citations),
        })
    }
}

/// What a name stands for among the choices of a normalisation option.
fn choice<T: Copy>(option: &str, name: Option<&str>, choices: &[(&str, T)]) -> Result<Option<T>, ApiError> {
    let Some(name) = name else { return Ok(None) };
    let found = choices
        .iter()
        .find(|(choice, _)| choice.eq_ignore_ascii_case(name.trim()));
    found.map(|&(_, value)| Some(value)).ok_or_else(|| {
        let names: Vec<_> = choices.iter().map(|(choice, _)| *choice).collect();
        invalid(
            &format!("normalization_options.{option}"),
            &format!("choose {}", names.join(" or ")),
        )
    })
}
