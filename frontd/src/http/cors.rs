//! Which web pages of other origins may use the API.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

/// What such pages may read besides the body.
const EXPOSED: [HeaderName; 11] = [
    header::CONTENT_DISPOSITION,
    header::CONTENT_LENGTH,
    header::RETRY_AFTER,
    header::ETAG,
    HeaderName::from_static("server-timing"),
    HeaderName::from_static("x-download-path"),
    HeaderName::from_static("x-download-format"),
    HeaderName::from_static("x-download-status"),
    HeaderName::from_static("x-timing-path"),
    HeaderName::from_static("x-warning"),
    HeaderName::from_static("x-request-id"),
];

/// `origins` may hold `*`. Without any, browsers keep other pages out. Cookies are never used.
pub(super) fn layer(origins: &[String]) -> CorsLayer {
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(
            origins
                .iter()
                .filter_map(|origin| HeaderValue::try_from(origin).ok()),
        )
    };
    CorsLayer::new()
        .allow_origin(allowed)
        // Not PUT: any page in a browser of an open server's network could replace its lexicon.
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers(Any)
        .expose_headers(EXPOSED)
        .max_age(Duration::from_secs(3600))
}
