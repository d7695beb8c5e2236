//! The HTTP API. Nothing else names axum.
//!
//! ```text
//! connection (limits) → path below ROOT_PATH → request id, log, safe headers → CORS → API key → route
//! ```

mod auth;
mod captions;
mod clients;
mod config;
mod connection;
mod cors;
mod docs;
mod download;
mod error;
mod events;
mod health;
mod json;
mod making;
mod models;
mod names;
mod observe;
mod recorder;
mod request;
mod server;
mod speech;
mod studio;
mod switchboard;
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
    extract::Request,
    middleware,
    response::{IntoResponse as _, Response},
    routing::{delete, get, post},
};
use tokio::{net::TcpListener, sync::watch};
use tower::{Layer as _, util::MapRequestLayer};
use tower_http::catch_panic::CatchPanicLayer;

use self::{auth::Keys, clients::Clients, error::ApiError};
use crate::{
    app::{Ending, Shared},
    config::Access,
};

/// Who may come in.
#[derive(Debug)]
pub struct Door {
    keys: Keys,
    clients: Clients,
}

impl Door {
    #[must_use]
    pub fn new(access: &Access) -> Self {
        Self {
            keys: Keys::new(access.api_keys.iter().map(String::as_str)),
            clients: Clients::new(access.max_client_requests, access.trust_forwarded_for),
        }
    }
}

/// Serves until the server closes and the requests under way have ended, or until it ends. Errors of the listener are waited
/// out.
pub async fn serve(listener: TcpListener, current: watch::Receiver<Arc<Shared>>, ending: Ending) {
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
pub fn router(shared: Arc<Shared>) -> Router {
    let access = shared.config.access.clone();
    let keys = shared.door.keys.clone();
    let behind_key = Router::new()
        .route("/v1/audio/speech", post(speech::speech))
        .route("/v1/audio/speech/captions", post(captions::captions))
        .route("/v1/audio/voices/combine", post(voices::combine))
        .layer(middleware::from_fn_with_state(keys.clone(), auth::require));
    let download = get(download::get)
        .merge(delete(download::delete).layer(middleware::from_fn_with_state(keys, auth::require)));
    let mut routes = Router::new()
        .merge(behind_key)
        .route("/v1/download/{file}", download)
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
    if shared.config.web.enabled {
        routes = routes.merge(studio::routes(shared.config.web.dir.clone()));
    }
    routes = routes
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::Method);
    let routed = routes
        .layer(cors::layer(&access.cors_origins))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(observe::observe))
        .with_state(shared);
    if access.root_path.is_empty() {
        return routed;
    }
    // Before routing: a proxy may pass the prefix on or take it away.
    let below = MapRequestLayer::new(move |request| strip(request, &access.root_path));
    Router::new().fallback_service(below.layer(routed))
}

/// `/prefix/v1/…` → `/v1/…`.
fn strip(mut request: Request, root_path: &str) -> Request {
    let path_and_query = request.uri().path_and_query().map(|whole| whole.as_str());
    let rest = path_and_query.and_then(|whole| whole.strip_prefix(root_path));
    let stripped = match rest {
        Some(rest) if rest.starts_with('/') => rest.parse().ok(),
        _ => None,
    };
    if let Some(uri) = stripped {
        *request.uri_mut() = uri;
    }
    request
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
