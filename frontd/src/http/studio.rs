//! The web studio at `/web/`: files that are part of the program, or those of `WEB_DIR` while developing.
//!
//! Redirects and every address in the page are relative, so the studio works under any path of a reverse proxy.
//!
//! The page is asked for again each time. It names its files below `/web/VERSION/`, where VERSION is a digest of all of them, so browsers
//! keep those for a year and ask for none of them twice. Its styles stand in it, and its code is one file.

mod modules;

use std::{
    borrow::Cow,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path as UrlPath, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::error::ApiError;
use crate::config::Web;

/// The page loads nothing from elsewhere and runs no inline code; `blob:` is sound that was streamed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; \
     connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors";

/// Asked for again each time, and answered with 304 while it is the same.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// What lies below the version never changes.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Files that somebody is working on.
const NEVER: HeaderValue = HeaderValue::from_static("no-store");

const PAGE: &str = "index.html";
/// What the page begins with, and all modules as one file.
const MAIN: &str = "src/main.js";
const JOINED: &str = "studio.js";
/// Hexadecimal digits of the version.
const VERSION_DIGITS: usize = 16;

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
        .with_state(Arc::new(Source::new(web)))
}

/// What the routes answer with.
#[derive(Debug)]
struct Source {
    files: Files,
    policy: HeaderValue,
}

#[derive(Debug)]
enum Files {
    /// `WEB_DIR`, as it is at the moment.
    Folder(PathBuf),
    Program(Release),
}

/// The files that are part of the program.
#[derive(Debug)]
struct Release {
    version: String,
    /// `index.html` with the version in its addresses.
    page: Bytes,
    page_etag: HeaderValue,
    /// All modules.
    code: Bytes,
    code_etag: HeaderValue,
}

impl Source {
    fn new(web: &Web) -> Self {
        let (files, style) = match &web.dir {
            Some(dir) => (Files::Folder(dir.clone()), None),
            None => {
                let (release, style) = Release::of_embedded();
                (Files::Program(release), Some(style))
            }
        };
        Self {
            files,
            policy: policy(style.as_deref(), &web.frame_ancestors),
        }
    }
}

impl Release {
    /// With the style that stands in the page.
    fn of_embedded() -> (Self, String) {
        let mut names: Vec<_> = Embedded::iter().collect();
        names.sort_unstable();
        let mut all = Sha256::new();
        for name in &names {
            all.update(name.as_bytes());
            all.update(Embedded::get(name).map_or([0; 32], |file| file.metadata.sha256_hash()));
        }
        let code = modules::joined("main.js", text_of);
        all.update(&code);
        let mut version = hex(&all.finalize());
        version.truncate(VERSION_DIGITS);
        let (page, style) = versioned(&text_of(PAGE), &version, &names, text_of);
        let release = Self {
            version,
            page_etag: etag(&Sha256::digest(&page)),
            page: page.into(),
            code_etag: etag(&Sha256::digest(&code)),
            code: code.into(),
        };
        (release, style)
    }
}

/// A file of the program.
fn text_of(name: &str) -> String {
    let file = Embedded::get(name);
    file.map_or_else(String::new, |file| {
        String::from_utf8_lossy(&file.data).into_owned()
    })
}

/// The page with the version before every name of a file. The style sheets stand in it, because nothing is painted without them, and its
/// code is one file. The font is named in the style alone: what a page is told to preload, a browser waits for before it paints. Gives the
/// style, too.
fn versioned(
    page: &str,
    version: &str,
    names: &[impl AsRef<str>],
    text_of: impl Fn(&str) -> String,
) -> (String, String) {
    const SHEET: &str = "<link rel=\"stylesheet\" href=\"";
    let (mut style, mut rest) = (String::new(), String::new());
    for line in page.split_inclusive('\n') {
        match line.strip_prefix(SHEET).and_then(|name| name.split_once('"')) {
            Some((name, _)) => style.push_str(&text_of(name)),
            None => rest.push_str(line),
        }
    }
    // What a sheet names stands beside its folder.
    let style = style.replace("url(\"../", &format!("url(\"{version}/"));
    rest = rest.replace(MAIN, JOINED);
    for name in names.iter().map(AsRef::as_ref).chain([JOINED]) {
        rest = rest.replace(&format!("\"{name}\""), &format!("\"{version}/{name}\""));
    }
    let head = format!("<style>{style}</style>\n</head>");
    (rest.replacen("</head>", &head, 1), style)
}

/// `style` stands in the page; `ancestors` may show it in a frame.
fn policy(style: Option<&str>, ancestors: &[String]) -> HeaderValue {
    let mut policy = POLICY.to_owned();
    if let Some(style) = style {
        let digest = BASE64.encode(Sha256::digest(style));
        policy = policy.replace("style-src 'self'", &format!("style-src 'self' 'sha256-{digest}'"));
    }
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

/// A file as it is sent.
struct File {
    bytes: Bytes,
    cache: HeaderValue,
    /// Of what may be asked for again.
    etag: Option<HeaderValue>,
}

/// From `/` and `/web` to the page.
async fn lead() -> Response {
    let place = [(header::LOCATION, HeaderValue::from_static("web/"))];
    (StatusCode::TEMPORARY_REDIRECT, place).into_response()
}

async fn index(State(source): State<Arc<Source>>, headers: HeaderMap) -> Result<Response, ApiError> {
    source.answer(PAGE, &headers).await
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
        let file = match &self.files {
            Files::Folder(dir) => File {
                bytes: read(dir, name).await.ok_or(ApiError::NotFound)?,
                cache: NEVER,
                etag: None,
            },
            Files::Program(release) => release.file(name).ok_or(ApiError::NotFound)?,
        };
        let mut head = HeaderMap::from_iter([
            (header::CACHE_CONTROL, file.cache),
            (header::CONTENT_SECURITY_POLICY, self.policy.clone()),
            (
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        ]);
        if let Some(etag) = file.etag {
            let known = knows(asked, &etag);
            head.insert(header::ETAG, etag);
            if known {
                return Ok((StatusCode::NOT_MODIFIED, head).into_response());
            }
        }
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
        Ok((head, kind, file.bytes).into_response())
    }
}

impl Release {
    fn file(&self, name: &str) -> Option<File> {
        if name == PAGE {
            return Some(File {
                etag: Some(self.page_etag.clone()),
                bytes: self.page.clone(),
                cache: ASK_AGAIN,
            });
        }
        let (version, name) = match name.split_once('/') {
            Some((version, name)) if is_version(version) => (Some(version), name),
            _ => (None, name),
        };
        // While servers are replaced one by one, the page of one may ask another one for its files.
        let cache = if version == Some(&self.version) {
            FOREVER
        } else {
            ASK_AGAIN
        };
        if name == JOINED {
            return Some(File {
                bytes: self.code.clone(),
                cache,
                etag: Some(self.code_etag.clone()),
            });
        }
        let file = Embedded::get(name)?;
        Some(File {
            etag: Some(etag(&file.metadata.sha256_hash())),
            bytes: match file.data {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => bytes.into(),
            },
            cache,
        })
    }
}

async fn read(dir: &Path, name: &str) -> Option<Bytes> {
    let inside = Path::new(name)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let bytes = tokio::fs::read(dir.join(inside.then_some(name)?)).await.ok()?;
    Some(bytes.into())
}

fn is_version(name: &str) -> bool {
    name.len() == VERSION_DIGITS && name.bytes().all(|digit| digit.is_ascii_hexdigit())
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

/// Weak, because the same file is sent with and without compression.
fn etag(sha256: &[u8]) -> HeaderValue {
    // Hexadecimal digits in quotes are always a header value.
    HeaderValue::try_from(format!("W/\"{}\"", hex(&sha256[..16]))).unwrap_or(HeaderValue::from_static("\"\""))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the browser has this version: `If-None-Match` lists it, or is `*`.
fn knows(asked: &HeaderMap, etag: &HeaderValue) -> bool {
    let listed = |value: &HeaderValue| {
        let etag = opaque(etag.to_str().unwrap_or_default());
        value.to_str().is_ok_and(|list| {
            list.split(',')
                .map(str::trim)
                .any(|one| one == "*" || opaque(one) == etag)
        })
    };
    asked.get_all(header::IF_NONE_MATCH).iter().any(listed)
}

/// A tag without the mark of a weak one.
fn opaque(etag: &str) -> &str {
    etag.trim_start_matches("W/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_all_it_needs_below_its_version() {
        let page = "<head>\n<link rel=\"icon\" href=\"icon.svg\">\n<link rel=\"stylesheet\" href=\"styles/a.css\">\n\
                    <link rel=\"stylesheet\" href=\"styles/b.css\">\n<script type=\"module\" src=\"src/main.js\"></script>\n</head>\n<a href=\"./\">";
        let names = ["icon.svg", "src/main.js", "styles/a.css", "styles/b.css"];
        let text_of = |name: &str| format!("/* {name} */ a {{ src: url(\"../fonts/x\") }}\n");
        let (page, style) = versioned(page, "0f", &names, text_of);
        let sheets =
            ["a", "b"].map(|name| format!("/* styles/{name}.css */ a {{ src: url(\"0f/fonts/x\") }}\n"));
        assert_eq!(style, sheets.concat());
        assert_eq!(
            page,
            format!(
                "<head>\n<link rel=\"icon\" href=\"0f/icon.svg\">\n<script type=\"module\" src=\"0f/studio.js\"></script>\n\
                 <style>{style}</style>\n</head>\n<a href=\"./\">"
            )
        );
    }
}
