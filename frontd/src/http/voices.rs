//! The list of voices, and mixes as packs of their own.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Query, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Service, blocking,
    error::{ApiError, ErrorBody},
    json, names, tolerant,
};
use crate::voices::{Accent, Gender, MAX_EXPRESSION_BYTES, SaveError};

/// A list of names is at most this long.
const MAX_BODY: usize = 16 * 1024;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(super) struct ListQuery {
    /// Give names instead of objects.
    #[serde(default, deserialize_with = "tolerant::flag")]
    legacy: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VoiceList {
    voices: Vec<VoiceItem>,
}

/// With `legacy=true`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LegacyVoiceList {
    #[schema(example = json!(["af_bella", "bm_george"]))]
    voices: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VoiceItem {
    #[schema(example = "af_heart")]
    id: String,
    #[schema(example = "af_heart")]
    name: String,
    gender: Gender,
    accent: Accent,
}

/// The voices there are
#[utoipa::path(
    get,
    path = "/v1/audio/voices",
    tag = "voices",
    params(ListQuery),
    security(()),
    responses(
        (status = 200, description = "Voices by name; plain names with legacy=true", body = VoiceList),
        (status = 422, description = "legacy is neither true nor false", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(query) = query.map_err(|_| ApiError::Invalid {
        param: "legacy".to_owned(),
        message: "true or false is expected".to_owned(),
    })?;
    let voices = service.voices.list();
    if query.legacy.unwrap_or(false) {
        let voices = voices.into_iter().map(|voice| voice.name).collect();
        return Ok(Json(LegacyVoiceList { voices }).into_response());
    }
    let voices = voices
        .into_iter()
        .map(|voice| VoiceItem {
            id: voice.name.clone(),
            name: voice.name,
            gender: voice.gender,
            accent: voice.accent,
        })
        .collect();
    Ok(Json(VoiceList { voices }).into_response())
}

/// A mix as one expression or as a list of voices in equal shares.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a mix is expected, or a list of voices")]
pub(super) enum Mix {
    #[schema(example = "af_bella(2)+af_sky(1)")]
    Expression(String),
    List(Vec<String>),
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(super) struct CombineQuery {
    /// Store the mix in the voices folder under this name instead of returning it.
    save: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Saved {
    /// The new voice.
    #[schema(example = "my_mix")]
    voice: String,
}

/// Make a mix a voice pack
///
/// The pack is a file for the voices folder: 510 × 256 little-endian 32-bit floats. Needs `ALLOW_LOCAL_VOICE_SAVING=true`.
#[utoipa::path(
    post,
    path = "/v1/audio/voices/combine",
    tag = "voices",
    params(CombineQuery),
    request_body = Mix,
    responses(
        (status = 200, description = "The pack", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 201, description = "Stored, with ?save=", body = Saved),
        (status = 400, description = "Not JSON, or no such voice", body = ErrorBody),
        (status = 401, description = "No valid API key", body = ErrorBody),
        (status = 403, description = "Saving is switched off", body = ErrorBody),
        (status = 408, description = "The body came too slowly", body = ErrorBody),
        (status = 409, description = "The name is taken", body = ErrorBody),
        (status = 413, description = "The body is too large", body = ErrorBody),
        (status = 415, description = "The body is not JSON", body = ErrorBody),
        (status = 422, description = "Neither a string nor a list, or no name for a voice", body = ErrorBody),
        (status = 503, description = "The voices folder cannot be written", body = ErrorBody),
    )
)]
pub(super) async fn combine(
    State(service): State<Arc<Service>>,
    Query(query): Query<CombineQuery>,
    request: Request,
) -> Result<Response, ApiError> {
    if !service.config.access.allow_voice_saving {
        return Err(ApiError::SavingDisabled);
    }
    let (parts, body) = request.into_parts();
    let bytes = json::collect(&parts.headers, body, MAX_BODY).await?;
    let expression = match json::parse(&bytes)? {
        Mix::Expression(expression) => expression,
        Mix::List(voices) => voices.join("+"),
    };
    if expression.len() > MAX_EXPRESSION_BYTES {
        return Err(voice(crate::voices::VoiceError::TooLong));
    }
    blocking(move || {
        let style = service.voices.resolve(&expression).map_err(voice)?;
        let Some(name) = query.save else {
            let disposition =
                names::disposition("attachment", Some(&style.name().replace(['(', ')'], "")), "bin");
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream".parse()),
                (header::CONTENT_DISPOSITION, Ok(disposition)),
            ];
            let mut response = Response::new(Body::from(style.pack()));
            for (name, value) in headers {
                if let Ok(value) = value {
                    response.headers_mut().insert(name, value);
                }
            }
            return Ok(response);
        };
        service.voices.save(&name, &style).map_err(save_error)?;
        let voice = name.to_ascii_lowercase();
        Ok((StatusCode::CREATED, Json(Saved { voice })).into_response())
    })
    .await?
}

fn voice(error: crate::voices::VoiceError) -> ApiError {
    ApiError::Voice {
        param: "voice",
        error,
    }
}

fn save_error(error: SaveError) -> ApiError {
    match error {
        SaveError::BadName => ApiError::Invalid {
            param: "save".to_owned(),
            message: error.to_string(),
        },
        SaveError::Taken(_) | SaveError::Full => ApiError::VoiceTaken(error.to_string()),
        SaveError::Io(error) => ApiError::VoicesFolder(error),
    }
}
