//! Bodies: JSON of bounded size, in bounded time.

use std::{borrow::Cow, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, header},
};
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// The whole of a body has to be there by then.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How much of a refused request's body is read away, and for how long.
const REST_BYTES: usize = 64 << 10;
const REST_TIMEOUT: Duration = Duration::from_secs(1);

/// Collects a body that is said to be JSON.
///
/// # Errors
/// When it is another media type, too large, too slow or broken off.
pub(super) async fn collect(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<axum::body::Bytes, ApiError> {
    if media_type(headers).is_some_and(|said| !is_json(&said)) {
        read_away(body).await;
        return Err(ApiError::MediaType);
    }
    gather(headers, body, limit).await
}

/// Collects a body of any kind.
///
/// # Errors
/// When it is too large, too slow or broken off.
pub(super) async fn gather(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<axum::body::Bytes, ApiError> {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > limit as u64) {
        return Err(ApiError::BodyTooLarge { limit });
    }
    match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, limit)).await {
        Err(_) => Err(ApiError::BodyTimeout),
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_over_limit(&error) => Err(ApiError::BodyTooLarge { limit }),
        Ok(Err(_)) => Err(ApiError::InvalidJson("it ended early".to_owned())),
    }
}

/// Reads away, within bounds, what the client of a refused request is still sending. Left in the socket, it would make the
/// server close a connection on which the client already sends its next request.
pub(super) async fn read_away(body: Body) {
    // More than that, or slower: then the connection is closed.
    let _ = tokio::time::timeout(REST_TIMEOUT, to_bytes(body, REST_BYTES)).await;
}

/// Reads a body. Tells the field that does not fit.
///
/// # Errors
/// [`ApiError::InvalidJson`] or [`ApiError::Invalid`].
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let bytes = whole_characters(bytes);
    let mut reader = serde_json::Deserializer::from_slice(&bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        match error.classify() {
            serde_json::error::Category::Data if path != "." => ApiError::Invalid {
                param: path,
                message: place_free(&error),
            },
            serde_json::error::Category::Data => ApiError::Invalid {
                param: "body".to_owned(),
                message: place_free(&error),
            },
            _ => ApiError::InvalidJson(error.to_string()),
        }
    })?;
    reader
        .end()
        .map_err(|error| ApiError::InvalidJson(error.to_string()))?;
    Ok(value)
}

/// A body in which the halves of characters are U+FFFD, which nobody hears: a client in JavaScript that cuts a text between
/// the two units of an emoji sends half of it. The sign is one unit, as the half was, so places in the text stay true.
fn whole_characters(body: &[u8]) -> Cow<'_, [u8]> {
    const HALF: &[u8] = b"\\ufffd";
    let mut whole = Cow::Borrowed(body);
    let mut at = 0;
    while at < body.len() {
        at += match body[at] {
            b'\\' => match (unit(&body[at..]), body.get(at + 6..).and_then(unit)) {
                (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
                (Some(0xD800..=0xDFFF), _) => {
                    whole.to_mut()[at..at + 6].copy_from_slice(HALF);
                    6
                }
                _ => 2,
            },
            // The same half in the three bytes that UTF-8 would give it.
            0xED if body.get(at + 1).is_some_and(|&b| b >= 0xA0) && at + 3 <= body.len() => {
                whole.to_mut()[at..at + 3].copy_from_slice("\u{FFFD}".as_bytes());
                3
            }
            _ => 1,
        };
    }
    whole
}

/// The UTF-16 unit of the escape `\uXXXX` that `text` begins with.
fn unit(text: &[u8]) -> Option<u16> {
    let hex = text.strip_prefix(b"\\u")?.get(..4)?;
    let digits = hex.iter().all(u8::is_ascii_hexdigit);
    u16::from_str_radix(str::from_utf8(hex).ok().filter(|_| digits)?, 16).ok()
}

/// What the body is said to be, without parameters.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let said = headers.get(header::CONTENT_TYPE)?.to_str().unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default();
    Some(essence.trim().to_ascii_lowercase())
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

fn is_over_limit(error: &axum::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = source {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// The message without "at line 1 column 2", which says nothing beside the field.
fn place_free(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at line ") {
        Some(at) => message[..at].to_owned(),
        None => message,
    }
}
