//! The body of a speech request, read once into what to speak.

mod delivery;
mod normalization;

use std::{collections::BTreeMap, ops::RangeInclusive, sync::Arc};

use audio::{Bitrate, Format, Loudness};
use common::limits::SPEEDS;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    error::ApiError,
    lexicon::{self, LexiconEntry},
    model_ids, tolerant,
};
use crate::{
    delivery::Delivery,
    script::{self, Alias, Item},
    text::{Dialect, lexicon::Lexicon, normalise},
    voices::{Style, Voices},
};
use normalization::NormalizationOptions;

/// Names in `voice_aliases`.
const MAX_ALIASES: usize = 64;
/// What `volume_multiplier` may be.
pub(super) const VOLUMES: RangeInclusive<f32> = 0.0..=10.0;
/// Formats that older clients ask for as `download_format`; the file is then made in `response_format`.
const FORMER_FORMATS: [&str; 4] = ["opus", "flac", "aac", "pcm"];

/// Text to be spoken. Fields that are not listed are ignored, as is `instructions`; `null` is the default.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(example = json!({"model": "kokoro", "input": "Hello there.", "voice": "af_heart", "response_format": "mp3"}))]
pub(super) struct SpeechRequest {
    /// `kokoro`, `tts-1`, `tts-1-hd` or `gpt-4o-mini-tts`: all of them are the model in use, also as catalogues write them
    /// (`hexgrad/Kokoro-82M`, `gpt-4o-mini-tts-2025-12-15`). `draft` is the built-in voice: the same words and voices
    /// made many times as fast, to listen through a text before it is spoken well.
    #[schema(
        example = "kokoro",
        default = "kokoro",
        pattern = "^(kokoro|tts-1|tts-1-hd|gpt-4o-mini-tts|draft)$"
    )]
    pub(super) model: Option<String>,
    /// The text. `[pause:1.5s]` is a pause and `[word](/phonemes/)` a pronunciation.
    #[schema(example = "Hello there.", required)]
    pub(super) input: Option<String>,
    /// A voice, a mix like `af_bella(2)+af_sky(1)`, or an OpenAI name.
    pub(super) voice: Option<VoiceParam>,
    /// `mp3` or `wav`.
    #[schema(example = "mp3", default = "mp3", pattern = "^(mp3|wav)$")]
    pub(super) response_format: Option<String>,
    /// Makes the download in this format instead of `response_format`: `mp3` or `wav`. `opus`, `flac`, `aac` and `pcm` are
    /// taken as `response_format`.
    #[schema(example = "wav", pattern = "^(mp3|wav|opus|flac|aac|pcm)$")]
    pub(super) download_format: Option<String>,
    /// Times the usual speed.
    #[schema(example = 1.0, default = 1.0, minimum = 0.25, maximum = 4.0)]
    #[serde(default, deserialize_with = "tolerant::number")]
    pub(super) speed: Option<f64>,
    /// Another reading of the same words: 1 to 9 differ a little in rate and melody, each always in the same way; 0 is the plain one.
    #[schema(example = 0, default = 0, minimum = 0, maximum = 9)]
    #[serde(default, deserialize_with = "tolerant::number")]
    pub(super) variant: Option<f64>,
    /// Send sound while it is made. Otherwise the whole response has a `Content-Length`.
    #[schema(default = true)]
    #[serde(default, deserialize_with = "tolerant::flag")]
    pub(super) stream: Option<bool>,
    /// Keep the sound for a while; `X-Download-Path` tells where.
    #[schema(default = false)]
    #[serde(default, deserialize_with = "tolerant::flag")]
    pub(super) return_download_link: Option<bool>,
    /// Keep the times of what is said beside the download; `X-Timing-Path` tells where.
    #[schema(default = false)]
    #[serde(default, deserialize_with = "tolerant::flag")]
    pub(super) return_timing: Option<bool>,
    /// `a` or `en-us`, `b` or `en-gb`. By default the voice decides.
    #[schema(example = "a", pattern = "^(a|b|en-us|en-gb)$")]
    pub(super) lang_code: Option<String>,
    /// From 0 to 10; loud passages are limited, not clipped.
    #[schema(example = 1.0, default = 1.0, minimum = 0.0, maximum = 10.0)]
    #[serde(default, deserialize_with = "tolerant::number")]
    pub(super) volume_multiplier: Option<f64>,
    /// Makes every voice so loud, in LUFS from -40 to -10, by one gain a voice; `off`: as loud as it is. By default what the server
    /// is set to.
    pub(super) loudness: Option<LoudnessParam>,
    pub(super) normalization_options: Option<NormalizationOptions>,
    /// Names for voices: to be used as `voice`, in `[voice:name]` and in SSML.
    #[schema(example = json!({"narrator": "bm_george(2)+bm_lewis", "girl": {"voice": "af_sky", "rate": 1.1}}))]
    pub(super) voice_aliases: Option<BTreeMap<String, AliasParam>>,
    /// How words are said, ahead of the server's lexicon; at most 500 entries.
    pub(super) lexicon: Option<Vec<LexiconEntry>>,
    /// kbit/s of an MP3: 64, 80, 96, 112, 128 or 160, and from 44100 Hz on 192, 224, 256 or 320, too. This field and the next five
    /// are about a finished file: they need `stream` false or `return_download_link`.
    #[schema(example = 128)]
    #[serde(default, deserialize_with = "tolerant::number")]
    pub(super) bitrate: Option<f64>,
    /// Samples a second: 22050, 24000, 44100 or 48000.
    #[schema(example = 44100, default = 24000)]
    #[serde(default, deserialize_with = "tolerant::number")]
    pub(super) sample_rate: Option<f64>,
    /// Title in an MP3's tag.
    pub(super) title: Option<String>,
    /// Artist in an MP3's tag.
    pub(super) artist: Option<String>,
    /// What becomes of the text's headings (`# Title`): chapters in an MP3's tag (`id3`), or a file each in a ZIP (`zip`).
    #[schema(pattern = "^(id3|zip)$")]
    pub(super) chapters: Option<String>,
    /// Brings the finished whole by one gain to LUFS from -40 to -10, or to what ACX takes as an audiobook (`acx`).
    pub(super) master: Option<LoudnessParam>,
    /// Read `[voice:am_michael]`, `[rate:1.2]`, `[gain:-3dB]` and `[variant:2]` as tags.
    #[schema(default = false)]
    #[serde(default, deserialize_with = "tolerant::flag")]
    pub(super) allow_voice_tags: Option<bool>,
    /// The input is SSML: break, voice, prosody rate, phoneme (ipa), sub, p, s.
    #[schema(default = false)]
    #[serde(default, deserialize_with = "tolerant::flag")]
    pub(super) ssml: Option<bool>,
    /// `audio`: the response is sound. `sse`: it is a stream of events with sound in base64.
    #[schema(example = "audio", default = "audio", pattern = "^(audio|sse)$")]
    pub(super) stream_format: Option<String>,
    /// With `sse`, more events: `progress` tells how far the response is, also while it waits, and `segments` what is said
    /// when. Other names are ignored.
    #[schema(example = json!(["progress", "segments"]))]
    pub(super) include: Option<Vec<String>>,
}

/// A voice by name or as an object.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a voice's name is expected, or an object with its id")]
pub(super) enum VoiceParam {
    #[schema(example = "af_heart")]
    Name(String),
    Object {
        id: String,
    },
}

/// A number of LUFS, or a name.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a number of LUFS is expected, or a name")]
pub(super) enum LoudnessParam {
    #[schema(example = "-19")]
    Lufs(f64),
    Name(String),
}

impl LoudnessParam {
    /// As a text.
    fn written(self) -> String {
        match self {
            Self::Lufs(lufs) => lufs.to_string(),
            Self::Name(name) => name.trim().to_owned(),
        }
    }
}

/// What an alias stands for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a voice is expected, or an object with voice and rate")]
pub(super) enum AliasParam {
    Voice(String),
    Spoken {
        voice: String,
        /// Times the request's speed, within the same limits.
        #[serde(default, deserialize_with = "tolerant::number")]
        rate: Option<f64>,
    },
}

/// What the server allows and assumes.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) max_input_chars: usize,
    pub(super) default_voice: String,
    pub(super) loudness: Loudness,
    pub(super) mp3: Bitrate,
}

impl Rules {
    /// Room for the text in the longest way to write it (`\\u` escapes) and for the other fields.
    #[must_use]
    pub(super) fn max_body_bytes(&self) -> usize {
        self.max_input_chars * 12 + (256 << 10)
    }
}

/// A request that can be spoken.
#[derive(Debug)]
pub(super) struct CheckedRequest {
    /// The user's text, to which all sources refer.
    pub(super) text: String,
    pub(super) items: Vec<Item>,
    /// The request's own voice.
    pub(super) style: Style,
    /// The voices that passages name, by expression.
    pub(super) styles: BTreeMap<String, Style>,
    /// Instead of the voices' own.
    pub(super) dialect: Option<Dialect>,
    /// Whether the built-in voice drafts it, instead of the model.
    pub(super) draft: bool,
    pub(super) speed: f32,
    pub(super) variant: u8,
    pub(super) volume: f32,
    pub(super) loudness: Loudness,
    pub(super) normalisation: normalise::Options,
    pub(super) lexicon: Option<Arc<Lexicon>>,
    pub(super) format: Format,
    /// How the response's file is finished, unless it is plain sound.
    pub(super) delivery: Option<Delivery>,
    pub(super) download: Option<KeptFiles>,
    /// Whether the response is sent while it is made.
    pub(super) stream: bool,
    /// Whether and how it is sent as server-sent events.
    pub(super) events: Option<Include>,
}

/// Events beside the sound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Include {
    pub(super) progress: bool,
    pub(super) segments: bool,
}

/// The files to be kept.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeptFiles {
    pub(super) format: Format,
    pub(super) timing: bool,
    /// How it is finished, unless it is plain sound.
    pub(super) delivery: Option<Delivery>,
}

impl KeptFiles {
    /// The ending of the sound's name.
    pub(super) fn extension(&self) -> &'static str {
        let finished = self.delivery.as_ref().map(Delivery::extension);
        finished.unwrap_or(self.format.extension())
    }
}

impl CheckedRequest {
    /// Checks everything that can be known before a word is spoken. May read voice packs, so it belongs on a blocking
    /// thread.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub(super) fn parse(
        mut request: SpeechRequest,
        rules: &Rules,
        voices: &Voices,
    ) -> Result<Self, ApiError> {
        let draft = match request.model.take() {
            None => false,
            Some(model) if model_ids::is_served(&model) => false,
            Some(model) if model_ids::is_draft(&model) => true,
            Some(model) => return Err(ApiError::Model(clipped(&model))),
        };
        let text = request
            .input
            .take()
            .ok_or_else(|| invalid("input", "the text is missing"))?;
        let chars = text.chars().count();
        if chars > rules.max_input_chars {
            let limit = rules.max_input_chars;
            return Err(ApiError::InputTooLong { chars, limit });
        }
        let finishing = delivery::Wanted::read(&mut request, &text)?;
        let format = parse_format(request.response_format)?;
        let include = request.include.unwrap_or_default();
        let includes = |name: &str| include.iter().any(|included| included == name);
        let stream_format = request.stream_format.map(|name| name.to_ascii_lowercase());
        let events = match stream_format.as_deref() {
            None | Some("audio") => None,
            Some("sse") => Some(Include {
                progress: includes("progress"),
                segments: includes("segments"),
            }),
            Some(_) => return Err(invalid("stream_format", "choose audio or sse")),
        };
        let speed = number("speed", request.speed, &SPEEDS)?;
        let variant = parse_variant(request.variant)?;
        let volume = number("volume_multiplier", request.volume_multiplier, &VOLUMES)?;
        let loudness = parse_loudness(request.loudness)?.unwrap_or(rules.loudness);
        let aliases = parse_aliases(request.voice_aliases.unwrap_or_default())?;
        let dialect = parse_language(request.lang_code)?;

        let name = match request.voice {
            None => rules.default_voice.clone(),
            Some(VoiceParam::Name(name) | VoiceParam::Object { id: name }) => name,
        };
        let alias = aliases.get(&name.to_lowercase());
        let own_rate = alias.map_or(1.0, |alias| alias.rate);
        let resolve = |param, name: &str| {
            voices
                .resolve(name)
                .map_err(|error| ApiError::Voice { param, error })
        };
        let style = resolve("voice", alias.map_or(&name, |alias| &alias.voice))?;

        let options = script::Options {
            voice_tags: request.allow_voice_tags.unwrap_or(false),
            ssml: request.ssml.unwrap_or(false),
            aliases,
        };
        let mut items = script::parse(&text, &options)?;
        if items.is_empty() {
            return Err(ApiError::NothingToSay);
        }
        let normalisation = request.normalization_options.unwrap_or_default().resolve()?;
        let lexicon = request.lexicon.filter(|entries| !entries.is_empty());
        let lexicon = lexicon.map(lexicon::own).transpose()?.map(Arc::new);
        let mut styles = BTreeMap::new();
        for item in &mut items {
            let Item::Passage(passage) = item else { continue };
            match &passage.voice {
                None => passage.rate = clamp_rate(passage.rate * own_rate),
                Some(name) if styles.contains_key(name) => {}
                Some(name) => {
                    styles.insert(name.clone(), resolve("input", name)?);
                }
            }
        }
        let timing = request.return_timing.unwrap_or(false);
        let wanted = request.return_download_link.unwrap_or(false) || timing;
        let download_format = parse_download_format(request.download_format, format)?;
        let stream = request.stream.unwrap_or(true);
        let whole = !stream && events.is_none();
        if finishing.is_some() && !whole && !wanted {
            return Err(ApiError::Unfit {
                param: "stream",
                message: "bitrate, sample_rate, title, artist, chapters and master are for a finished file: ask for stream=false \
                          or return_download_link=true",
            });
        }
        let finished = |format, made: bool| {
            let finishing = finishing.as_ref().filter(|_| made);
            finishing.map(|wanted| wanted.of(format, rules.mp3)).transpose()
        };
        let delivery = finished(format, whole)?;
        let kept = finished(download_format, wanted)?;
        Ok(Self {
            text,
            items,
            style,
            styles,
            dialect,
            draft,
            speed,
            variant,
            volume,
            loudness,
            normalisation,
            lexicon,
            format,
            delivery,
            download: wanted.then_some(KeptFiles {
                format: download_format,
                timing,
                delivery: kept,
            }),
            stream,
            events,
        })
    }
}

fn clamp_rate(rate: f32) -> f32 {
    rate.clamp(*script::RATES.start(), *script::RATES.end())
}

fn invalid(param: &str, message: &str) -> ApiError {
    ApiError::Invalid {
        param: param.to_owned(),
        message: message.to_owned(),
    }
}

fn parse_format(name: Option<String>) -> Result<Format, ApiError> {
    let Some(name) = name else { return Ok(Format::Mp3) };
    format_named(&name).ok_or_else(|| ApiError::Format(clipped(&name)))
}

fn parse_download_format(name: Option<String>, response: Format) -> Result<Format, ApiError> {
    let Some(name) = name else { return Ok(response) };
    let former = FORMER_FORMATS
        .iter()
        .any(|former| former.eq_ignore_ascii_case(&name));
    format_named(&name)
        .or(former.then_some(response))
        .ok_or_else(|| invalid("download_format", "choose mp3 or wav"))
}

fn format_named(name: &str) -> Option<Format> {
    let formats = [Format::Mp3, Format::Wav];
    formats
        .into_iter()
        .find(|format| format.extension().eq_ignore_ascii_case(name))
}

fn parse_loudness(wanted: Option<LoudnessParam>) -> Result<Option<Loudness>, ApiError> {
    let Some(wanted) = wanted else { return Ok(None) };
    let parsed = wanted.written().parse().map(Some);
    parsed.map_err(|()| invalid("loudness", &format!("{} is expected", Loudness::WANTED)))
}

fn parse_variant(wanted: Option<f64>) -> Result<u8, ApiError> {
    let mut variants = 0..=script::MAX_VARIANT;
    let wanted = wanted.unwrap_or(0.0);
    let found = variants.find(|variant| f64::from(*variant) == wanted);
    found.ok_or_else(|| {
        invalid(
            "variant",
            &format!("a whole number from 0 to {} is expected", script::MAX_VARIANT),
        )
    })
}

fn parse_language(code: Option<String>) -> Result<Option<Dialect>, ApiError> {
    let Some(code) = code else { return Ok(None) };
    match code.to_ascii_lowercase().as_str() {
        "a" | "en-us" => Ok(Some(Dialect::American)),
        "b" | "en-gb" => Ok(Some(Dialect::British)),
        _ => Err(ApiError::Language(clipped(&code))),
    }
}

fn parse_aliases(aliases: BTreeMap<String, AliasParam>) -> Result<BTreeMap<String, Alias>, ApiError> {
    if aliases.len() > MAX_ALIASES {
        return Err(invalid(
            "voice_aliases",
            &format!("at most {MAX_ALIASES} names are taken"),
        ));
    }
    let parse = |(name, alias): (String, AliasParam)| {
        let (voice, rate) = match alias {
            AliasParam::Voice(voice) => (voice, None),
            AliasParam::Spoken { voice, rate } => (voice, rate),
        };
        let rate = number("voice_aliases", rate, &SPEEDS)?;
        Ok((name.trim().to_lowercase(), Alias { voice, rate }))
    };
    aliases.into_iter().map(parse).collect()
}

/// 1 by default.
fn number(param: &str, value: Option<f64>, range: &RangeInclusive<f32>) -> Result<f32, ApiError> {
    let value = value.unwrap_or(1.0);
    let (start, end) = (*range.start(), *range.end());
    // Before it is rounded: what is just above the range would be rounded into it.
    if !(f64::from(start)..=f64::from(end)).contains(&value) {
        return Err(invalid(
            param,
            &format!("a number from {start} to {end} is expected"),
        ));
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range fits")]
    let value = value as f32;
    Ok(value)
}

/// What was sent, short enough to be sent back.
fn clipped(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests;
