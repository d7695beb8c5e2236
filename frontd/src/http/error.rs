//! Every error a client can meet, and the only place that picks a status.
//!
//! Clients read one of two shapes: OpenAI's `{"error":{"message","type","param","code"}}` and that of Kokoro servers,
//! `{"detail":{"error","message","type"}}`. Each error is sent in both.

use std::{fmt::Display, time::Duration};

use audio::EncodeError;
use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::model_ids;
use crate::{
    delivery::DeliveryError,
    generation::GenerationError,
    scheduler::{Busy, SynthesisError},
    script::ScriptError,
    store::StoreError,
    text::TextError,
    voices::VoiceError,
};

/// Tells OpenAI's client libraries whether another try can help.
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("The body is not JSON: {0}.")]
    InvalidJson(String),
    #[error("The body is not CSV with the columns word, say, phonemes and dialect: {0}.")]
    InvalidCsv(String),
    #[error("The body must be sent as application/json.")]
    MediaType,
    #[error("The body has more than {limit} bytes.")]
    BodyTooLarge { limit: usize },
    #[error("The body did not arrive in time.")]
    BodyTimeout,
    #[error("The input has {chars} characters; this server takes at most {limit}. Send it in parts.")]
    InputTooLong { chars: usize, limit: usize },
    #[error("{param}: {message}.")]
    Invalid { param: String, message: String },
    #[error("{param}: {message}.")]
    Unfit {
        param: &'static str,
        message: &'static str,
    },
    #[error("response_format {0:?} is not made here: choose mp3 or wav.")]
    Format(String),
    #[error("The model {0:?} is not served here: use {served} or {draft}.", served = model_ids::SERVED.join(", "), draft = model_ids::DRAFT)]
    Model(String),
    #[error("lang_code {0:?} is not spoken here: English only, a (en-us) or b (en-gb).")]
    Language(String),
    #[error("{}", sentence(error))]
    Voice { param: &'static str, error: VoiceError },
    #[error("{}", sentence(.0))]
    Script(#[from] ScriptError),
    #[error("There is nothing to say in the input: it has no words.")]
    NothingToSay,
    #[error("A valid API key is needed: send it as Authorization: Bearer KEY.")]
    Unauthorized,
    #[error("Saving voices is switched off here: it needs ALLOW_LOCAL_VOICE_SAVING=true.")]
    SavingDisabled,
    #[error("{}", sentence(.0))]
    VoiceTaken(String),
    #[error("The server keeps no lexicon: LEXICON_FILE is not set.")]
    NoLexicon,
    #[error("{}", told(.param, .faults))]
    Lexicon {
        param: &'static str,
        faults: Vec<EntryFault>,
    },
    #[error("The lexicon's file cannot be written.")]
    LexiconFile(#[source] std::io::Error),
    #[error("There is nothing at this address.")]
    NotFound,
    #[error("There is nothing at {asked}: {what} at {address}. The base URL of an OpenAI client is {base}.")]
    Astray {
        asked: String,
        what: &'static str,
        address: String,
        base: String,
    },
    #[error(
        "{param} does not belong in an address, which is kept in logs: send the key as Authorization: Bearer KEY."
    )]
    KeyInAddress { param: String },
    #[error(
        "The response broke off, or is longer than the {} MB that a client of HTTP/1.0 is sent of it: use HTTP/1.1.",
        .limit >> 20
    )]
    NotWhole { limit: usize },
    #[error("There is no file of this name; downloads are kept for a limited time.")]
    FileNotFound,
    #[error("The model {0:?} does not exist.")]
    ModelNotFound(String),
    #[error("This address does not take that method.")]
    Method,
    #[error("The file has {bytes} bytes: the range asked for lies outside.")]
    Range { bytes: u64 },
    #[error("Too many of your requests are under way at once; at most {limit} may be.")]
    TooManyRequests { limit: usize },
    #[error("The server is busy. Try again in {} s.", .0.retry_after.as_secs())]
    Busy(#[from] Busy),
    #[error("The server is shutting down or has no worker yet. Try again in a moment.")]
    Unavailable,
    #[error("The model in use does not tell the times of words.")]
    NoWordTimes,
    #[error("This text cannot be spoken: it failed on two workers. It will not be tried again.")]
    Poisoned,
    #[error("The speech was not made in time.")]
    Timeout,
    #[error("The files that this needs cannot be read or written just now.")]
    Storage(#[from] StoreError),
    #[error("The voices folder cannot be written.")]
    VoicesFolder(#[source] std::io::Error),
    /// The text is for the log only.
    #[error("Something went wrong in the server. The log knows more under this request's id.")]
    Internal(String),
}

impl From<GenerationError> for ApiError {
    fn from(error: GenerationError) -> Self {
        match error {
            GenerationError::Nothing => Self::NothingToSay,
            GenerationError::Text(error) => error.into(),
            GenerationError::Late => Self::Timeout,
            GenerationError::Synthesis(error) => match error {
                SynthesisError::Poison => Self::Poisoned,
                SynthesisError::Losses | SynthesisError::Gone => Self::Unavailable,
            },
        }
    }
}

impl From<TextError> for ApiError {
    fn from(error: TextError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<DeliveryError> for ApiError {
    fn from(error: DeliveryError) -> Self {
        match error {
            DeliveryError::Store(error) => Self::Storage(error),
            error => Self::Internal(error.to_string()),
        }
    }
}

impl From<EncodeError> for ApiError {
    fn from(error: EncodeError) -> Self {
        Self::Internal(error.to_string())
    }
}

/// What is wrong with the entries of the field `param`, those of the list told first.
fn told(param: &str, faults: &[EntryFault]) -> String {
    const MOST: usize = 3;
    let first = faults.iter().take(MOST);
    let mut told: Vec<String> = first
        .map(|fault| format!("{param}[{}]: {}", fault.entry, fault.message))
        .collect();
    if faults.len() > MOST {
        told.push(format!("and {} more", faults.len() - MOST));
    }
    format!("{}.", told.join("; "))
}

/// What a deeper error says, as a sentence: with a capital, and with an end of its own.
fn sentence(error: &impl Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// What the outside sees of an error but for its message.
struct Outside {
    status: StatusCode,
    /// OpenAI's `type`.
    kind: &'static str,
    /// Stable: clients may compare it.
    code: &'static str,
}

impl ApiError {
    fn outside(&self) -> Outside {
        use StatusCode as S;
        const REQUEST: &str = "invalid_request_error";
        const SERVER: &str = "server_error";
        let (status, kind, code) = match self {
            Self::InvalidJson(_) => (S::BAD_REQUEST, REQUEST, "invalid_json"),
            Self::InvalidCsv(_) => (S::BAD_REQUEST, REQUEST, "invalid_csv"),
            Self::MediaType => (S::UNSUPPORTED_MEDIA_TYPE, REQUEST, "unsupported_media_type"),
            Self::BodyTooLarge { .. } => (S::PAYLOAD_TOO_LARGE, REQUEST, "body_too_large"),
            Self::BodyTimeout => (S::REQUEST_TIMEOUT, REQUEST, "body_timeout"),
            Self::InputTooLong { .. } => (S::PAYLOAD_TOO_LARGE, REQUEST, "input_too_long"),
            Self::Invalid { .. } => (S::UNPROCESSABLE_ENTITY, REQUEST, "invalid_value"),
            Self::Unfit { .. } => (S::BAD_REQUEST, REQUEST, "unfit_option"),
            Self::Format(_) => (S::UNPROCESSABLE_ENTITY, REQUEST, "unsupported_format"),
            Self::Model(_) => (S::BAD_REQUEST, REQUEST, "invalid_model"),
            Self::Language(_) => (S::BAD_REQUEST, REQUEST, "unsupported_language"),
            Self::Voice { error, .. } => match error {
                VoiceError::Empty
                | VoiceError::TooLong
                | VoiceError::Syntax { .. }
                | VoiceError::Weight { .. }
                | VoiceError::Cancelled { .. } => (S::BAD_REQUEST, REQUEST, "invalid_voice"),
                VoiceError::Unknown { .. } => (S::BAD_REQUEST, REQUEST, "voice_not_found"),
                VoiceError::BadPack { .. } => (S::BAD_REQUEST, REQUEST, "voice_unusable"),
            },
            Self::Script(error) => match error {
                ScriptError::Xml { .. }
                | ScriptError::Doctype { .. }
                | ScriptError::TooDeep { .. }
                | ScriptError::Attribute { .. } => (S::BAD_REQUEST, REQUEST, "invalid_ssml"),
                ScriptError::PauseTooLong { .. }
                | ScriptError::PausesTooLong { .. }
                | ScriptError::Rate { .. }
                | ScriptError::Gain { .. }
                | ScriptError::Variant { .. }
                | ScriptError::Voice { .. }
                | ScriptError::LiteralTooLong { .. } => (S::BAD_REQUEST, REQUEST, "invalid_tag"),
            },
            Self::NothingToSay => (S::BAD_REQUEST, REQUEST, "nothing_to_say"),
            Self::Unauthorized => (S::UNAUTHORIZED, "authentication_error", "invalid_api_key"),
            Self::SavingDisabled => (S::FORBIDDEN, "permission_error", "voice_saving_disabled"),
            Self::VoiceTaken(_) => (S::CONFLICT, REQUEST, "voice_exists"),
            Self::NoLexicon => (S::CONFLICT, REQUEST, "no_lexicon"),
            Self::Lexicon { .. } => (S::UNPROCESSABLE_ENTITY, REQUEST, "invalid_lexicon"),
            Self::NotFound | Self::Astray { .. } => (S::NOT_FOUND, REQUEST, "not_found"),
            Self::KeyInAddress { .. } => (S::BAD_REQUEST, REQUEST, "key_in_address"),
            Self::NotWhole { .. } => (S::INTERNAL_SERVER_ERROR, SERVER, "not_whole"),
            Self::FileNotFound => (S::NOT_FOUND, REQUEST, "file_not_found"),
            Self::ModelNotFound(_) => (S::NOT_FOUND, REQUEST, "model_not_found"),
            Self::Method => (S::METHOD_NOT_ALLOWED, REQUEST, "method_not_allowed"),
            Self::Range { .. } => (S::RANGE_NOT_SATISFIABLE, REQUEST, "range_not_satisfiable"),
            Self::TooManyRequests { .. } => (S::TOO_MANY_REQUESTS, "rate_limit_error", "too_many_requests"),
            Self::Busy(_) => (S::SERVICE_UNAVAILABLE, SERVER, "queue_full"),
            Self::Unavailable => (S::SERVICE_UNAVAILABLE, SERVER, "unavailable"),
            Self::NoWordTimes => (S::NOT_IMPLEMENTED, SERVER, "timestamps_unavailable"),
            Self::Poisoned => (S::INTERNAL_SERVER_ERROR, SERVER, "unspeakable"),
            Self::Timeout => (S::GATEWAY_TIMEOUT, SERVER, "generation_timeout"),
            Self::Storage(_) | Self::VoicesFolder(_) | Self::LexiconFile(_) => {
                (S::SERVICE_UNAVAILABLE, SERVER, "storage_unavailable")
            }
            Self::Internal(_) => (S::INTERNAL_SERVER_ERROR, SERVER, "internal"),
        };
        Outside { status, kind, code }
    }

    /// The field of the request that is at fault.
    fn param(&self) -> Option<&str> {
        match self {
            Self::Invalid { param, .. } | Self::KeyInAddress { param } => Some(param),
            Self::Voice { param, .. } | Self::Lexicon { param, .. } | Self::Unfit { param, .. } => {
                Some(param)
            }
            Self::Format(_) => Some("response_format"),
            Self::Model(_) => Some("model"),
            Self::Language(_) => Some("lang_code"),
            Self::InputTooLong { .. } | Self::Script(_) | Self::NothingToSay => Some("input"),
            _ => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy(busy) => Some(busy.retry_after),
            Self::TooManyRequests { .. } | Self::Unavailable | Self::Storage(_) => {
                Some(Duration::from_secs(1))
            }
            _ => None,
        }
    }

    /// `None` leaves it to the client's own rule.
    fn should_retry(&self) -> Option<bool> {
        match self {
            Self::Poisoned | Self::NoWordTimes => Some(false),
            Self::Busy(_) | Self::TooManyRequests { .. } | Self::Unavailable => Some(true),
            _ => None,
        }
    }

    /// The stable code, also for streams that cannot have a status any more.
    #[must_use]
    pub(super) fn code(&self) -> &'static str {
        self.outside().code
    }

    /// Both shapes.
    #[must_use]
    pub(super) fn body(&self) -> ErrorBody {
        let Outside { kind, code, .. } = self.outside();
        let message = self.to_string();
        ErrorBody {
            detail: Detail {
                error: code.to_owned(),
                message: message.clone(),
                kind: kind.to_owned(),
            },
            error: Error {
                message,
                kind: kind.to_owned(),
                param: self.param().map(str::to_owned),
                code: code.to_owned(),
            },
            faults: match self {
                Self::Lexicon { faults, .. } => faults.clone(),
                _ => Vec::new(),
            },
        }
    }
}

/// The body of every error.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ErrorBody {
    pub(super) error: Error,
    pub(super) detail: Detail,
    /// Of a lexicon, the entries at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) faults: Vec<EntryFault>,
}

/// What is wrong with an entry of a lexicon.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct EntryFault {
    /// Counted from 0.
    pub(super) entry: usize,
    #[schema(example = "a word has 1 to 64 bytes")]
    pub(super) message: String,
}

/// As OpenAI's clients read it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Error {
    /// A sentence for people.
    #[schema(example = "There is no voice \"af_bela\"; did you mean af_bella?")]
    pub(super) message: String,
    #[serde(rename = "type")]
    #[schema(example = "invalid_request_error")]
    pub(super) kind: String,
    /// The field at fault.
    #[schema(example = "voice")]
    pub(super) param: Option<String>,
    /// Stable; to be compared.
    #[schema(example = "voice_not_found")]
    pub(super) code: String,
}

/// As clients of Kokoro servers read it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Detail {
    /// The code.
    #[schema(example = "voice_not_found")]
    pub(super) error: String,
    pub(super) message: String,
    #[serde(rename = "type")]
    #[schema(example = "invalid_request_error")]
    pub(super) kind: String,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match &self {
            Self::Internal(reason) => tracing::error!(reason, "A request failed."),
            Self::Storage(error) => {
                tracing::warn!(%error, source = ?std::error::Error::source(error), "A file failed.");
            }
            Self::LexiconFile(error) => tracing::warn!(%error, "The lexicon's file cannot be written."),
            Self::VoicesFolder(error) => tracing::warn!(%error, "A voice could not be stored."),
            _ => {}
        }
        let mut response = (self.outside().status, Json(self.body())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, wait.as_secs().clamp(1, 120).into());
        }
        if let Some(retry) = self.should_retry() {
            let retry = if retry { "true" } else { "false" };
            headers.insert(SHOULD_RETRY, HeaderValue::from_static(retry));
        }
        match self {
            Self::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Range { bytes } => {
                if let Ok(range) = HeaderValue::try_from(format!("bytes */{bytes}")) {
                    headers.insert(header::CONTENT_RANGE, range);
                }
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_a_sentence_with_one_end() {
        for (deep, told) in [
            (
                "there is no voice \"af_hart\"; did you mean af_heart?",
                "There is no voice \"af_hart\"; did you mean af_heart?",
            ),
            ("the voice is empty", "The voice is empty."),
            ("é", "É."),
            ("", "."),
        ] {
            assert_eq!(sentence(&deep), told);
        }
    }
}
