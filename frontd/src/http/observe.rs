//! What is done for every request: an id, a log line, a count, and headers that keep browsers safe.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tracing::Instrument as _;

use crate::{human, metrics as names};

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MAX_ID: usize = 64;

/// For everything that brings no policy of its own: it is no page.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";
/// The headers that every response has unless it has them already.
const SAFETY: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, NO_PAGE),
];

pub(super) async fn observe(request: Request, next: Next) -> Response {
    let arrived = Instant::now();
    let id = id_of(request.headers());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str)
        .to_owned();
    // Probes and page files would drown the rest.
    let chatter = ["/health", "/metrics", "/web"]
        .iter()
        .any(|quiet| route.starts_with(quiet));
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default(), method = %request.method(), route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    metrics::counter!(names::REQUESTS, "route" => route, "code" => status.as_u16().to_string()).increment(1);
    let took = human::duration(arrived.elapsed());
    span.in_scope(|| {
        if chatter {
            tracing::debug!(status = status.as_u16(), %took, "Answered.");
        } else {
            tracing::info!(status = status.as_u16(), %took, "Answered.");
        }
    });
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    // What may be framed says so in its policy; this older header knows no list.
    let policy = headers
        .get(header::CONTENT_SECURITY_POLICY)
        .map(HeaderValue::as_bytes);
    let framed = policy.is_some_and(|policy| !policy.ends_with(b"frame-ancestors 'none'"));
    for (name, value) in SAFETY {
        if name != header::X_FRAME_OPTIONS || !framed {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
    }
    response
}

/// The client's own id where it is harmless in a log, else a new one.
fn id_of(headers: &HeaderMap) -> HeaderValue {
    let harmless = |id: &&HeaderValue| {
        let bytes = id.as_bytes();
        (1..=MAX_ID).contains(&bytes.len())
            && bytes
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
    };
    let own = headers.get(REQUEST_ID).filter(harmless).cloned();
    own.unwrap_or_else(|| {
        let id = format!("{:016x}", rand::random::<u64>());
        // Hexadecimal digits are always a header value.
        HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("-"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kept_when_they_are_harmless() {
        let id = |sent: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(sent).unwrap());
            id_of(&headers)
        };
        assert_eq!(id(b"abc-1_2.3"), "abc-1_2.3");
        for bad in [b"".as_slice(), b"a b", b"a\"b", b"\xff", &[b'a'; 65]] {
            assert_eq!(id(bad).len(), 16);
        }
        assert_ne!(id_of(&HeaderMap::new()), id_of(&HeaderMap::new()));
    }
}
