//! The HTTP API. Nothing else names axum.

mod error;
mod health;
mod speech;
mod studio;
mod switchboard;
mod voices;

use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::Arc,
};

use axum::{
    Router,
    routing::{get, post},
};
use tokio::{net::TcpListener, sync::watch};

use crate::app::Shared;

/// The largest request body.
const MAX_BODY: usize = 4 << 20;

/// Serves until `closed` says so and the requests under way have ended.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    current: watch::Receiver<Arc<Shared>>,
    mut closed: watch::Receiver<bool>,
) -> io::Result<()> {
    let shutdown = async move {
        // An error means that the sender is gone, which is a reason to close as well.
        let _ = closed.wait_for(|closed| *closed).await;
    };
    axum::serve(listener, switchboard::switchboard(current, router))
        .with_graceful_shutdown(shutdown)
        .await
}

/// The routes.
pub fn router(shared: Arc<Shared>) -> Router {
    let web = &shared.config.web;
    let studio = if web.enabled {
        studio::routes(web.dir.clone())
    } else {
        Router::new()
    };
    Router::new()
        .merge(studio)
        .route("/v1/audio/speech", post(speech::speech))
        .route("/v1/audio/voices", get(voices::list))
        .route("/v1/models", get(voices::models))
        .route("/health", get(health::health))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .layer(axum::extract::DefaultBodyLimit::max(MAX_BODY))
        .with_state(shared)
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
