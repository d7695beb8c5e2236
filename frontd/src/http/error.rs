//! Every refusal: its status, its code and its sentence. The only place that picks a status.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{
    audio::EncodeError,
    generation::GenerationError,
    scheduler::{Busy, SynthesisError},
    script::ScriptError,
    voices::VoiceError,
};

/// Why a request is not served.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("the body is not the JSON that is wanted: {0}")]
    Body(String),
    #[error("{message}")]
    Invalid {
        param: &'static str,
        code: &'static str,
        message: String,
    },
    #[error("response_format {0:?} is not made here: ask for mp3 or wav")]
    Format(String),
    #[error(transparent)]
    Voice(#[from] VoiceError),
    #[error(transparent)]
    Script(#[from] ScriptError),
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error(transparent)]
    Generation(#[from] GenerationError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Body(_) | Self::Invalid { .. } | Self::Voice(_) | Self::Script(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::Format(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Generation(error) => match error {
                GenerationError::Nothing => StatusCode::BAD_REQUEST,
                GenerationError::Text(_) => StatusCode::INTERNAL_SERVER_ERROR,
                GenerationError::Synthesis(SynthesisError::Poison) => StatusCode::INTERNAL_SERVER_ERROR,
                GenerationError::Synthesis(SynthesisError::Losses | SynthesisError::Gone)
                | GenerationError::Late => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Encode(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Body(_) => "invalid_json",
            Self::Invalid { code, .. } => code,
            Self::Format(_) => "unsupported_format",
            Self::Voice(_) => "invalid_voice",
            Self::Script(_) => "invalid_input",
            Self::Busy(_) => "queue_full",
            Self::Generation(error) => match error {
                GenerationError::Nothing => "nothing_to_say",
                GenerationError::Text(_) => "text_failed",
                GenerationError::Synthesis(SynthesisError::Poison) => "poison_segment",
                GenerationError::Synthesis(SynthesisError::Losses | SynthesisError::Gone)
                | GenerationError::Late => "unavailable",
            },
            Self::Encode(_) => "encoding_failed",
        }
    }

    fn param(&self) -> Option<&'static str> {
        match self {
            Self::Invalid { param, .. } => Some(param),
            Self::Format(_) => Some("response_format"),
            Self::Voice(_) => Some("voice"),
            Self::Script(_) | Self::Generation(_) => Some("input"),
            Self::Body(_) | Self::Busy(_) | Self::Encode(_) => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let kind = if status.is_client_error() {
            "invalid_request_error"
        } else {
            "server_error"
        };
        let message = self.to_string();
        let body = json!({
            "error": { "message": message, "type": kind, "param": self.param(), "code": self.code() },
            "detail": { "error": self.code(), "message": message, "type": kind },
        });
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        match &self {
            Self::Busy(busy) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(busy.retry_after.as_secs()));
            }
            Self::Generation(GenerationError::Synthesis(SynthesisError::Poison)) => {
                headers.insert("x-should-retry", HeaderValue::from_static("false"));
            }
            _ => {}
        }
        response
    }
}
