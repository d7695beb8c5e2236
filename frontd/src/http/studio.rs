//! The web studio at `/web/`: files that are part of the program, or those of `WEB_DIR` while developing.
//!
//! Redirects and every address in the page are relative, so the studio works under any path of a reverse proxy.

use std::{
    borrow::Cow,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    extract::{Path as UrlPath, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::error::ApiError;
use crate::config::Web;

/// The page loads nothing from elsewhere and runs no inline code; `blob:` is sound that was streamed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; \
     connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors";

/// Asked for again each time, and answered with 304 while it is the same.
const CACHE: HeaderValue = HeaderValue::from_static("no-cache");

#[derive(RustEmbed)]
#[folder = "../web/"]
struct Embedded;

/// The studio's routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(web: &Web) -> Router<S> {
    Router::new()
        .route("/", get(lead))
        .route("/web", get(lead))
        .route("/web/", get(index))
        .route("/web/{*file}", get(file))
        .with_state(Arc::new(Source {
            dir: web.dir.clone(),
            policy: policy(&web.frame_ancestors),
        }))
}

#[derive(Debug)]
struct Source {
    /// Replaces the embedded files.
    dir: Option<PathBuf>,
    policy: HeaderValue,
}

/// `ancestors` may show the page in a frame.
fn policy(ancestors: &[String]) -> HeaderValue {
    let mut policy = POLICY.to_owned();
    for ancestor in ancestors {
        let quoted = if ancestor == "self" { "'self'" } else { ancestor };
        policy = format!("{policy} {quoted}");
    }
    if ancestors.is_empty() {
        policy.push_str(" 'none'");
    }
    // The configuration lets nothing through that a header could not hold.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

struct File {
    bytes: Cow<'static, [u8]>,
    sha256: [u8; 32],
}

/// From `/` and `/web` to the page.
async fn lead() -> Response {
    let place = [(header::LOCATION, HeaderValue::from_static("web/"))];
    (StatusCode::TEMPORARY_REDIRECT, place).into_response()
}

async fn index(State(source): State<Arc<Source>>, headers: HeaderMap) -> Result<Response, ApiError> {
    source.answer("index.html", &headers).await
}

async fn file(
    State(source): State<Arc<Source>>,
    UrlPath(name): UrlPath<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    source.answer(&name, &headers).await
}

impl Source {
    async fn answer(&self, name: &str, asked: &HeaderMap) -> Result<Response, ApiError> {
        let kind = content_type(name).ok_or(ApiError::NotFound)?;
        let file = self.find(name).await.ok_or(ApiError::NotFound)?;
        let etag = etag(&file.sha256);
        let head = [
            (header::ETAG, etag.clone()),
            (header::CACHE_CONTROL, CACHE),
            (header::CONTENT_SECURITY_POLICY, self.policy.clone()),
            (
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        ];
        if knows(asked, &etag) {
            return Ok((StatusCode::NOT_MODIFIED, head).into_response());
        }
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
        Ok((head, kind, file.bytes).into_response())
    }

    async fn find(&self, name: &str) -> Option<File> {
        let Some(dir) = &self.dir else {
            let file = Embedded::get(name)?;
            return Some(File {
                bytes: file.data,
                sha256: file.metadata.sha256_hash(),
            });
        };
        let inside = Path::new(name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let bytes = tokio::fs::read(dir.join(inside.then_some(name)?)).await.ok()?;
        Some(File {
            sha256: Sha256::digest(&bytes).into(),
            bytes: bytes.into(),
        })
    }
}

/// The types of the studio's files; anything else is not one of them.
fn content_type(name: &str) -> Option<&'static str> {
    Some(match Path::new(name).extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

fn etag(sha256: &[u8; 32]) -> HeaderValue {
    let hex: String = sha256[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    // Hexadecimal digits in quotes are always a header value.
    HeaderValue::try_from(format!("\"{hex}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether the browser has this version: `If-None-Match` lists it, or is `*`.
fn knows(asked: &HeaderMap, etag: &HeaderValue) -> bool {
    let listed = |value: &HeaderValue| {
        let etag = etag.to_str().unwrap_or_default();
        value.to_str().is_ok_and(|list| {
            list.split(',')
                .map(str::trim)
                .any(|one| one == "*" || one.trim_start_matches("W/") == etag)
        })
    };
    asked.get_all(header::IF_NONE_MATCH).iter().any(listed)
}
