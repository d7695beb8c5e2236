//! `GET /v1/audio/speech?input=…&voice=…`, for players that can only be given an address. Off by default.

use std::{net::SocketAddr, sync::Arc};

use audio::Format;
use axum::{
    body::Body,
    extract::{ConnectInfo, Query, Request, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use serde_json::{Map, Value};

use super::{Door, Service, error::ApiError, names, speech};

/// What a key may be called in an address, where it must not be.
const KEYS: [&str; 6] = ["api_key", "api-key", "apikey", "key", "token", "access_token"];

/// As `POST`, with the fields in the address: texts, numbers and flags, and `include` as a list by commas.
pub(super) async fn speech(
    service: State<Arc<Service>>,
    door: State<Door>,
    peer: ConnectInfo<SocketAddr>,
    Query(fields): Query<Vec<(String, String)>>,
    request: Request,
) -> Result<Response, ApiError> {
    let body = Value::Object(body(fields)?).to_string();
    let (mut parts, _) = request.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts
        .headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let mut response =
        speech::speech(service, door, peer, Request::from_parts(parts, Body::from(body))).await?;
    // Played, not saved; and the text in the address is nobody's but the client's.
    if let Some(format) = format_of(response.headers()) {
        let disposition = names::disposition("inline", None, format.extension());
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, disposition);
    }
    no_store(&mut response);
    Ok(response)
}

/// What a player asks before it plays: answered without a word being spoken.
pub(super) async fn head(Query(fields): Query<Vec<(String, String)>>) -> Result<Response, ApiError> {
    let wav = body(fields)?.get("response_format").is_some_and(|format| {
        format
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case("wav"))
    });
    let format = if wav { Format::Wav } else { Format::Mp3 };
    let mut response = Response::new(Body::empty());
    speech::set(&mut response, header::CONTENT_TYPE, format.content_type());
    no_store(&mut response);
    Ok(response)
}

fn no_store(response: &mut Response) {
    speech::set(response, header::CACHE_CONTROL, "private, no-store");
}

fn format_of(headers: &HeaderMap) -> Option<Format> {
    let kind = headers.get(header::CONTENT_TYPE)?;
    let formats = [Format::Mp3, Format::Wav];
    formats.into_iter().find(|format| kind == format.content_type())
}

/// The fields as the body of a `POST` has them. Empty ones are left out, as forms send them.
fn body(fields: Vec<(String, String)>) -> Result<Map<String, Value>, ApiError> {
    let mut body = Map::new();
    for (name, value) in fields {
        if KEYS.iter().any(|key| key.eq_ignore_ascii_case(&name)) {
            return Err(ApiError::KeyInAddress { param: name });
        }
        let value = match name.as_str() {
            _ if value.is_empty() => continue,
            "include" => value.split(',').map(str::trim).collect(),
            _ => Value::String(value),
        };
        body.insert(name, value);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(fields: &[(&str, &str)]) -> Result<Value, ApiError> {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        body(fields.collect()).map(Value::Object)
    }

    #[test]
    fn an_address_is_read_as_a_body() {
        let read_back = read(&[
            ("input", "Hi."),
            ("speed", "1.2"),
            ("voice", ""),
            ("include", "progress, segments"),
        ]);
        assert_eq!(
            read_back.unwrap(),
            json!({"input": "Hi.", "speed": "1.2", "include": ["progress", "segments"]})
        );
        for key in ["api_key", "API-Key", "token"] {
            assert_eq!(
                read(&[("input", "Hi."), (key, "sk-a")]).unwrap_err().code(),
                "key_in_address"
            );
        }
    }
}
