//! `POST /v1/audio/speech/captions`: sound with the times of its words, or subtitles alone.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json,
    extract::{ConnectInfo, Query, Request, State},
    http::{Version, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Deserialize;

use super::{
    Door, Service,
    error::{ApiError, ErrorBody},
    events::{Captioned, Form},
    names,
    request::SpeechRequest,
    speech::{self, Started},
    whole,
};
use crate::captions::Subtitles;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CaptionsQuery {
    /// Give a subtitle file instead of the sound.
    captions: Option<Subtitles>,
}

/// Speak a text and tell when each word is heard
///
/// The request is that of `/v1/audio/speech`, but `stream` is false by default; with `stream` true each line of the response
/// is a JSON object of its own. Needs a model that tells durations.
#[utoipa::path(
    post,
    path = "/v1/audio/speech/captions",
    tag = "speech",
    params(CaptionsQuery),
    request_body = SpeechRequest,
    responses(
        (status = 200, description = "Sound in base64 with word times; with captions, a subtitle file", content(
            (Captioned = "application/json"), (Captioned = "application/x-ndjson"),
            (String = "application/x-subrip"), (String = "text/vtt"),
        )),
        (status = 400, description = "Not JSON; a model, voice, language, tag or SSML that does not exist; nothing to say", body = ErrorBody),
        (status = 401, description = "No valid API key", body = ErrorBody),
        (status = 408, description = "The body came too slowly", body = ErrorBody),
        (status = 413, description = "The input or the body is too long", body = ErrorBody),
        (status = 415, description = "The body is not JSON", body = ErrorBody),
        (status = 422, description = "A field has a value that it cannot have", body = ErrorBody),
        (status = 429, description = "Too many requests of this client at once", body = ErrorBody),
        (status = 500, description = "The speech could not be made", body = ErrorBody),
        (status = 501, description = "The model in use does not tell when words are heard", body = ErrorBody),
        (status = 503, description = "The server is busy or going down", body = ErrorBody, headers(("Retry-After" = u64, description = "Seconds, 1 to 120"))),
        (status = 504, description = "The speech was not made in time", body = ErrorBody),
    )
)]
pub(super) async fn captions(
    State(service): State<Arc<Service>>,
    State(door): State<Door>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    query: Result<Query<CaptionsQuery>, axum::extract::rejection::QueryRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    let Query(query) = query.map_err(|_| ApiError::Invalid {
        param: "captions".to_owned(),
        message: "choose srt or vtt".to_owned(),
    })?;
    let version = request.version();
    let Started {
        making,
        headers,
        extension,
        stream,
        ..
    } = speech::start(&service, &door, peer, request, Some(false)).await?;
    if !making.tells_words() {
        return Err(ApiError::NoWordTimes);
    }
    let mut response = match query.captions {
        Some(form) => {
            let finish = making.captions_only().await?;
            let mut response = finish.captions.subtitles(form).into_response();
            speech::set(&mut response, header::CONTENT_TYPE, form.content_type());
            let disposition = names::disposition("attachment", None, form.extension());
            response
                .headers_mut()
                .insert(header::CONTENT_DISPOSITION, disposition);
            response
        }
        None if stream => {
            let lines = making.stream(Form::Lines(extension));
            let mut response = Response::new(if version >= Version::HTTP_11 {
                lines
            } else {
                whole::of(lines).await?
            });
            speech::set(&mut response, header::CONTENT_TYPE, "application/x-ndjson");
            response
        }
        None => {
            let (whole, finish, _place) = making.whole(&service.store).await?;
            Json(Captioned {
                audio: BASE64.encode(whole.into_bytes().await?),
                audio_format: extension,
                timestamps: finish.captions.timestamps(),
            })
            .into_response()
        }
    };
    response.headers_mut().extend(headers);
    Ok(response)
}
