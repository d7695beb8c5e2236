//! Which answers are compressed: texts that are there at once. Sound is compressed already, and what is sent while it is made must not
//! wait in a compressor.

use std::ops::RangeInclusive;

use axum::{
    body::HttpBody,
    http::{Response, header},
};
use tower_http::compression::{CompressionLayer, Predicate};

/// Below, the compressed answer is hardly shorter; above, compressing would hold up other requests.
const BYTES: RangeInclusive<u64> = 512..=1 << 20;

const TEXTS: [&str; 7] = [
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
];

/// By brotli or gzip, as the client asks.
pub(super) fn layer() -> CompressionLayer<WholeTexts> {
    CompressionLayer::new().compress_when(WholeTexts)
}

#[derive(Debug, Clone, Copy)]
pub(super) struct WholeTexts;

impl Predicate for WholeTexts {
    fn should_compress<B: HttpBody>(&self, response: &Response<B>) -> bool {
        let kind = response.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()?.split(';').next());
        // A body of unknown size is still being made.
        let bytes = response.body().size_hint().exact();
        kind.is_some_and(|kind| TEXTS.contains(&kind.trim()))
            && bytes.is_some_and(|bytes| BYTES.contains(&bytes))
    }
}
