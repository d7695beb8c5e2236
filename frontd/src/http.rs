//! The HTTP API. Nothing else names axum.
//!
//! ```text
//! connection (limits) → path below ROOT_PATH → request id, log, safe headers → CORS → API key (speech), compression (texts) → route
//! ```

mod address;
mod astray;
mod auth;
mod captions;
mod clients;
mod compression;
mod config;
mod connection;
mod cors;
mod docs;
mod download;
mod error;
mod events;
mod health;
mod json;
mod lexicon;
mod making;
mod model_ids;
mod models;
mod names;
mod observe;
mod recorder;
mod request;
mod server;
mod speech;
mod studio;
mod switchboard;
mod tolerant;
mod voices;
mod whole;

use std::{
    any::Any,
    io::{self, Write},
    net::SocketAddr,
    sync::Arc,
};

use axum::{
    Router,
    extract::{FromRef, Request},
    middleware,
    response::{IntoResponse as _, Response},
    routing::{delete, get, post},
};
use tokio::{net::TcpListener, sync::watch};
use tower::{Layer as _, util::MapRequestLayer};
use tower_http::catch_panic::CatchPanicLayer;

use self::{auth::Keys, clients::Clients, error::ApiError};
use crate::{config::Access, ending::Ending, service::Service};

/// What the routes can reach.
#[derive(Debug, Clone)]
struct Site {
    service: Arc<Service>,
    door: Door,
}

impl FromRef<Site> for Arc<Service> {
    fn from_ref(site: &Site) -> Self {
        Self::clone(&site.service)
    }
}

impl FromRef<Site> for Door {
    fn from_ref(site: &Site) -> Self {
        site.door.clone()
    }
}

/// Who may come in.
#[derive(Debug, Clone)]
struct Door {
    keys: Keys,
    clients: Clients,
}

impl Door {
    fn new(access: &Access) -> Self {
        Self {
            keys: Keys::new(access.api_keys.iter().map(String::as_str)),
            clients: Clients::new(access.max_client_requests, access.trust_forwarded_for),
        }
    }
}

/// Serves until the server closes and the requests under way have ended, or until it ends. Errors of the listener are waited
/// out.
pub async fn serve(listener: TcpListener, current: watch::Receiver<Arc<Service>>, ending: Ending) {
    let limits = {
        let access = &current.borrow().config.access;
        server::Limits {
            connections: access.max_connections,
            write_timeout: access.write_timeout,
        }
    };
    let router = switchboard::switchboard(current, router);
    server::serve(listener, router, limits, &ending).await;
}

/// The routes.
pub fn router(service: Arc<Service>) -> Router {
    let access = service.config.access.clone();
    let door = Door::new(&access);
    let keys = door.keys.clone();
    let mut speaking = post(speech::speech);
    if access.get_speech {
        speaking = speaking.get(address::speech).head(address::head);
    }
    let lexicon = Router::new()
        .route("/v1/lexicon", get(lexicon::get).put(lexicon::put))
        .layer(compression::layer());
    let behind_key = Router::new()
        .route("/v1/audio/speech", speaking)
        .route("/v1/audio/speech/captions", post(captions::captions))
        .route("/v1/audio/voices/combine", post(voices::combine))
        .merge(lexicon)
        .layer(middleware::from_fn_with_state(keys.clone(), auth::require));
    let download = get(download::get)
        .merge(delete(download::delete).layer(middleware::from_fn_with_state(keys, auth::require)));
    let mut texts = Router::new()
        .route("/v1/audio/voices", get(voices::list))
        .route("/v1/audio/models", get(models::audio))
        .route("/v1/models", get(models::list))
        .route("/v1/models/{id}", get(models::one))
        .route("/v1/test", get(models::test))
        .route("/web/config", get(config::config))
        .route("/health", get(health::health))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(docs::routes(&access.root_path));
    if service.config.web.enabled {
        texts = texts.merge(studio::routes(&service.config.web));
    }
    let routes = Router::new()
        .merge(behind_key)
        .route("/v1/download/{file}", download)
        .merge(texts.layer(compression::layer()))
        .fallback(astray::fallback)
        .method_not_allowed_fallback(async || ApiError::Method);
    let routed = routes
        .layer(cors::layer(&access.cors_origins))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(observe::observe))
        .with_state(Site { service, door });
    // Before routing: a proxy may pass the prefix on or take it away.
    let below = MapRequestLayer::new(move |mut request: Request| {
        let asked = request.uri().path_and_query().map_or("", |asked| asked.as_str());
        if let Some(uri) = meant(asked, &access.root_path).and_then(|meant| meant.parse().ok()) {
            *request.uri_mut() = uri;
        }
        request
    });
    Router::new().fallback_service(below.layer(routed))
}

/// `/prefix/v1/…` → `/v1/…`, and what clients of Kokoro-FastAPI make of `X-Download-Path`, before which they put `/v1`, → that
/// path. `None`: it is right as it is.
fn meant<'a>(asked: &'a str, root_path: &str) -> Option<&'a str> {
    let below = |path: &'a str| path.strip_prefix(root_path).filter(|rest| rest.starts_with('/'));
    let once = below(asked);
    let again = once.unwrap_or(asked).strip_prefix("/v1").and_then(below);
    again.filter(|path| path.starts_with("/v1/download/")).or(once)
}

fn panicked(reason: Box<dyn Any + Send>) -> Response {
    let text = reason.downcast_ref::<String>().cloned();
    let text = text.or_else(|| reason.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    ApiError::Internal(format!("a handler panicked: {}", text.unwrap_or_default())).into_response()
}

/// Does work that may block where it may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    let span = tracing::Span::current();
    let done = tokio::task::spawn_blocking(move || span.in_scope(work)).await;
    done.map_err(|error| ApiError::Internal(format!("a blocking task ended: {error}")))
}

/// A line to try, for the person who started the server.
pub fn print_example(address: SocketAddr) {
    let host = if address.ip().is_unspecified() {
        "127.0.0.1".to_owned()
    } else {
        address.ip().to_string()
    };
    let port = address.port();
    // Nobody may be reading; that is no reason to fail.
    let _ = writeln!(
        io::stdout(),
        "Dexterous TTS listens on http://{host}:{port}\n\
         Try: curl http://{host}:{port}/v1/audio/speech -H 'Content-Type: application/json' \
         -d '{{\"input\":\"Hello there. It speaks.\",\"voice\":\"af_heart\"}}' -o hello.mp3"
    );
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn a_path_is_found_below_the_prefix_and_behind_a_second_v1() {
        for (asked, root, path) in [
            ("/tts/v1/models?x=/tts", "/tts", "/v1/models?x=/tts"),
            ("/v1/models", "/tts", "/v1/models"),
            ("/ttsx/v1/models", "/tts", "/ttsx/v1/models"),
            ("/v1/v1/download/a.mp3", "", "/v1/download/a.mp3"),
            ("/v1/tts/v1/download/a.mp3", "/tts", "/v1/download/a.mp3"),
            ("/tts/v1/tts/v1/download/a.mp3", "/tts", "/v1/download/a.mp3"),
            ("/v1/v1/models", "", "/v1/v1/models"),
            ("/v1", "", "/v1"),
        ] {
            assert_eq!(meant(asked, root).unwrap_or(asked), path, "{asked}");
        }
    }
}
