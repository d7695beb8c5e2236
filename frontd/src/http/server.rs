//! The accept loop: how many connections there may be, and how long they may take.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::connect_info::ConnectInfo};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::task::TaskTracker;
use tower::{Layer as _, ServiceExt as _};

use super::connection::Impatient;
use crate::ending::Ending;

/// From the first byte of a request to the end of its headers, and between two requests of a connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
const MAX_HEADER_BYTES: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;
/// After an error of `accept` such as "too many open files".
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// For a connection over the limit, without reading what it wants.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) connections: usize,
    /// How long a client may not read before it counts as gone.
    pub(super) write_timeout: Duration,
}

/// Accepts until the server closes, then waits for the responses under way, which are cut off when it ends.
///
/// HTTP/1.1 only: proxies speak it upstream, and each connection has one response at a time.
pub(super) async fn serve(listener: TcpListener, router: Router, limits: Limits, ending: &Ending) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ending.closing() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "A connection could not be accepted.");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            refuse(stream);
            continue;
        };
        let connection = connection(stream, peer, router.clone(), limits.write_timeout, ending.clone());
        connections.spawn(async move {
            connection.await;
            drop(place);
        });
    }
    // Whoever comes now is refused at once, and can go elsewhere.
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    write_timeout: Duration,
    ending: Ending,
) {
    // Small first chunks of sound must not wait for more.
    let _ = stream.set_nodelay(true);
    let service = axum::Extension(ConnectInfo(peer)).layer(router);
    let service = TowerToHyperService::new(service.map_request(
        |request: axum::http::Request<hyper::body::Incoming>| request.map(axum::body::Body::new),
    ));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_HEADER_BYTES)
        .max_headers(MAX_HEADERS);
    let serving = http.serve_connection(TokioIo::new(Impatient::new(stream, write_timeout)), service);
    tokio::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = ending.closing() => {
            // The response under way is finished, and no further request read.
            serving.as_mut().graceful_shutdown();
            tokio::select! {
                ended = serving => ended,
                // Dropped, its socket is closed in the middle of the body.
                () = ending.now() => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "A connection broke.");
    }
}

/// Tells, in the little that a socket takes at once, that there is no place.
fn refuse(stream: TcpStream) {
    tokio::spawn(async move {
        let mut stream = stream;
        let told: io::Result<()> = async {
            stream.write_all(FULL).await?;
            stream.shutdown().await
        }
        .await;
        drop(told);
    });
}
