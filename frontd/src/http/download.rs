//! `GET /v1/download/{file}`: finished files, with ranges and entity tags.
//!
//! The name is the key: 130 random bits, so the route needs no other and a plain link works.

use std::{io::SeekFrom, sync::Arc, time::SystemTime};

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::{
    Service, blocking,
    error::{ApiError, ErrorBody},
    names,
};
use crate::store::{Name, Opened};

/// Where a file will be found.
pub(super) fn path(root_path: &str, name: &Name) -> String {
    format!("{root_path}/v1/download/{name}")
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(super) struct DownloadQuery {
    /// What the file is called when a browser saves it.
    #[param(example = "chapter-one")]
    name: Option<String>,
}

/// A finished file
#[utoipa::path(
    get,
    path = "/v1/download/{file}",
    tag = "downloads",
    params(
        ("file" = String, Path, description = "The name in X-Download-Path or X-Timing-Path"),
        ("Range" = Option<String>, Header, description = "bytes=FIRST-LAST, one range"),
        ("If-None-Match" = Option<String>, Header, description = "An ETag"),
        DownloadQuery,
    ),
    security(()),
    responses(
        (status = 200, description = "The file", content((Vec<u8> = "audio/mpeg"), (Vec<u8> = "audio/wav"), (Vec<u8> = "application/zip"), (String = "application/json"))),
        (status = 206, description = "The range", content((Vec<u8> = "audio/mpeg"), (Vec<u8> = "audio/wav"), (Vec<u8> = "application/zip"), (String = "application/json"))),
        (status = 304, description = "Not changed"),
        (status = 404, description = "No such file, or no more", body = ErrorBody),
        (status = 416, description = "The range lies outside", body = ErrorBody),
        (status = 503, description = "The folder cannot be read", body = ErrorBody),
    )
)]
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    Path(file): Path<String>,
    Query(query): Query<DownloadQuery>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let name = Name::parse(&file).ok_or(ApiError::FileNotFound)?;
    let store = service.store.clone();
    let opened = {
        let name = name.clone();
        blocking(move || store.open_file(&name))
            .await??
            .ok_or(ApiError::FileNotFound)?
    };
    let etag = etag(&opened);
    let mut response = Response::builder()
        .header(header::ETAG, &etag)
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::CACHE_CONTROL, "private, max-age=3600, immutable");
    if none_match(&headers, &etag) {
        return finish(response.status(StatusCode::NOT_MODIFIED), Body::empty());
    }
    response = response.header(header::CONTENT_TYPE, content_type(&name)).header(
        header::CONTENT_DISPOSITION,
        names::disposition("attachment", query.name.as_deref(), name.extension()),
    );
    // A range of another version of the file would not fit.
    let same = headers
        .get(header::IF_RANGE)
        .is_none_or(|tag| tag.as_bytes() == etag.as_bytes());
    let wanted = headers
        .get(header::RANGE)
        .filter(|_| same)
        .and_then(|range| range.to_str().ok());
    let bytes = opened.bytes;
    let (status, start, end) = match wanted.map_or(Wanted::All, |range| parse_range(range, bytes)) {
        Wanted::All => (StatusCode::OK, 0, bytes),
        Wanted::Part(start, end) => {
            response = response.header(
                header::CONTENT_RANGE,
                format!("bytes {start}-{}/{bytes}", end - 1),
            );
            (StatusCode::PARTIAL_CONTENT, start, end)
        }
        Wanted::Nothing => return Err(ApiError::Range { bytes }),
    };
    let mut file = tokio::fs::File::from_std(opened.file);
    let sought = file.seek(SeekFrom::Start(start)).await;
    sought.map_err(|error| ApiError::Internal(format!("a download cannot be read: {error}")))?;
    response = response
        .status(status)
        .header(header::CONTENT_LENGTH, end - start);
    finish(
        response,
        Body::from_stream(ReaderStream::with_capacity(file.take(end - start), 64 * 1024)),
    )
}

/// Remove a finished file
#[utoipa::path(
    delete,
    path = "/v1/download/{file}",
    tag = "downloads",
    params(("file" = String, Path, description = "The name in X-Download-Path or X-Timing-Path")),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, description = "No valid API key", body = ErrorBody),
        (status = 404, description = "No such file, or no more", body = ErrorBody),
        (status = 503, description = "The folder cannot be written", body = ErrorBody),
    )
)]
pub(super) async fn delete(
    State(service): State<Arc<Service>>,
    Path(file): Path<String>,
) -> Result<StatusCode, ApiError> {
    let name = Name::parse(&file).ok_or(ApiError::FileNotFound)?;
    let store = service.store.clone();
    if blocking(move || store.remove(&name)).await?? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::FileNotFound)
    }
}

#[derive(Debug, PartialEq)]
enum Wanted {
    All,
    /// From the first byte to before the second; not empty.
    Part(u64, u64),
    /// Outside of the file.
    Nothing,
}

/// RFC 9110, 14.2. Several ranges, another unit and nonsense are answered with all of the file, as it allows.
fn parse_range(range: &str, length: u64) -> Wanted {
    let Some((first, last)) = range
        .trim()
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return Wanted::All;
    };
    // Digits only: `parse` would take a sign.
    let number = |text: &str| {
        text.trim()
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| text.trim().parse::<u64>())
    };
    let (start, end) = match (first.trim(), last.trim()) {
        ("", suffix) => match number(suffix) {
            Some(Ok(suffix)) => (length.saturating_sub(suffix), length),
            _ => return Wanted::All,
        },
        (first, "") => match number(first) {
            Some(Ok(first)) => (first, length),
            _ => return Wanted::All,
        },
        (first, last) => match (number(first), number(last)) {
            (Some(Ok(first)), Some(Ok(last))) if first <= last => (first, length.min(last.saturating_add(1))),
            _ => return Wanted::All,
        },
    };
    if start < end {
        Wanted::Part(start, end)
    } else {
        Wanted::Nothing
    }
}

/// A published file never changes, so length and time tell it apart from others.
fn etag(opened: &Opened) -> String {
    let time = opened
        .modified
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    format!("\"{:x}-{:x}\"", opened.bytes, time.as_nanos())
}

fn none_match(headers: &HeaderMap, etag: &str) -> bool {
    let tags = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|tags| tags.to_str().ok());
    tags.flat_map(|tags| tags.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

fn content_type(name: &Name) -> HeaderValue {
    HeaderValue::from_static(match name.extension() {
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "zip" => "application/zip",
        "json" => "application/json",
        "srt" => "application/x-subrip; charset=utf-8",
        "vtt" => "text/vtt; charset=utf-8",
        _ => "application/octet-stream",
    })
}

fn finish(response: axum::http::response::Builder, body: Body) -> Result<Response<Body>, ApiError> {
    response
        .body(body)
        .map_err(|error| ApiError::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (range, wanted) in [
            ("bytes=0-99", Wanted::Part(0, 100)),
            ("bytes=0-0", Wanted::Part(0, 1)),
            ("bytes=990-", Wanted::Part(990, 1000)),
            ("bytes=990-5000", Wanted::Part(990, 1000)),
            ("bytes=-10", Wanted::Part(990, 1000)),
            ("bytes=-5000", Wanted::Part(0, 1000)),
            ("bytes=0-18446744073709551615", Wanted::Part(0, 1000)),
            ("bytes=1000-", Wanted::Nothing),
            ("bytes=2000-3000", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=5-2", Wanted::All),
            ("bytes=0-1,3-4", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=a-b", Wanted::All),
            ("bytes=99999999999999999999-", Wanted::All),
            ("lines=0-1", Wanted::All),
            ("", Wanted::All),
        ] {
            assert_eq!(parse_range(range, 1000), wanted, "{range}");
        }
        assert_eq!(parse_range("bytes=0-", 0), Wanted::Nothing);
    }
}
