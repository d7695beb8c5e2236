//! The ops socket: one JSON object a line in, one a line out, for this user only.
//!
//! | request | answer |
//! |---|---|
//! | `{"do":"status"}` | [`Status`] |
//! | `{"do":"health"}` | `{"ok":true}` when a request would be served now, else `{"error":…}` |
//! | `{"do":"scale","workers":N}` | `{"ok":true}`; retiring workers finish their job |
//! | `{"do":"recycle","worker":ID}` | `{"ok":true,"recycled":1}`; without `worker`: all, one after the other |
//! | `{"do":"drain"}` | `{"ok":true}`; requests under way are finished, then the server ends |

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::{oneshot, watch},
};

use crate::{
    ending::Ending,
    scheduler::QueueStatus,
    service::Service,
    workers::{FleetStatus, MAX_WORKERS, Order, lifecycle::WorkerId},
};

/// The longest request line.
const MAX_LINE: u64 = 4096;

/// What can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub enum Request {
    Status,
    Health,
    Scale { workers: usize },
    Recycle { worker: Option<WorkerId> },
    Drain,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    Status(Box<Status>),
    Error {
        error: String,
    },
    Done {
        ok: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        recycled: Option<usize>,
    },
}

/// Everything that an operator wants to see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub version: String,
    pub model: String,
    pub ready: bool,
    pub draining: bool,
    pub fleet: FleetStatus,
    pub queue: QueueStatus,
}

/// The bound socket. The file goes with it.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Socket {
    /// Binds `path`. A socket that nobody listens on is replaced.
    ///
    /// # Errors
    /// Another server uses it, or the folder cannot be written.
    pub fn bind(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            let message = "another server is using it; CONTROL_SOCKET names another path";
            return Err(io::Error::new(io::ErrorKind::AddrInUse, message));
        }
        // Bound under another name, so that nobody can connect before the access is set.
        let unready = path.with_extension(format!("{}.new", std::process::id()));
        let _ = fs::remove_file(&unready);
        let listener = UnixListener::bind(&unready)?;
        fs::set_permissions(&unready, fs::Permissions::from_mode(0o600))?;
        fs::rename(&unready, path)?;
        Ok(Self {
            listener,
            path: path.to_owned(),
        })
    }

    /// Answers until the server ends.
    pub async fn serve(self, current: watch::Receiver<Arc<Service>>, ending: Ending) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    ending.spawn(converse(stream, current.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "the ops socket cannot take a connection");
                    tokio::task::yield_now().await;
                }
            }
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

async fn converse(mut stream: UnixStream, current: watch::Receiver<Arc<Service>>) {
    let (from, mut to) = stream.split();
    let mut from = BufReader::new(from);
    loop {
        let mut line = Vec::new();
        match (&mut from).take(MAX_LINE).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let answer = match serde_json::from_slice(&line) {
            Ok(request) => {
                let service = Arc::clone(&current.borrow());
                answer(request, &service).await
            }
            Err(error) => Answer::Error {
                error: format!("this is no request: {error}"),
            },
        };
        let Ok(mut text) = serde_json::to_vec(&answer) else {
            return;
        };
        text.push(b'\n');
        if to.write_all(&text).await.is_err() {
            return;
        }
    }
}

async fn answer(request: Request, service: &Service) -> Answer {
    let done = Answer::Done {
        ok: true,
        recycled: None,
    };
    match request {
        Request::Status => Answer::Status(Box::new(status(service))),
        Request::Health if service.ready() => done,
        Request::Health => Answer::Error {
            error: "no worker is ready".to_owned(),
        },
        Request::Scale { workers } if !(1..=MAX_WORKERS).contains(&workers) => Answer::Error {
            error: format!("1 to {MAX_WORKERS} workers can be had, not {workers}"),
        },
        Request::Scale { workers } => {
            tracing::info!(workers, "scaled by the operator");
            order(service, Order::Scale { target: workers })
                .await
                .unwrap_or(done)
        }
        Request::Recycle { worker } => {
            let (answer, recycled) = oneshot::channel();
            if let Some(error) = order(service, Order::Recycle { worker, answer }).await {
                return error;
            }
            match (recycled.await.unwrap_or(0), worker) {
                (0, Some(id)) => Answer::Error {
                    error: format!("there is no worker {}", id.0),
                },
                (count, _) => Answer::Done {
                    ok: true,
                    recycled: Some(count),
                },
            }
        }
        Request::Drain => {
            service.ending.close();
            done
        }
    }
}

async fn order(service: &Service, order: Order) -> Option<Answer> {
    let gone = |_| Answer::Error {
        error: "the server is going down".to_owned(),
    };
    service.orders.send(order).await.err().map(gone)
}

fn status(service: &Service) -> Status {
    Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        model: service.model.name().to_owned(),
        ready: service.ready(),
        draining: service.ending.is_closing(),
        fleet: service.fleet.borrow().clone(),
        queue: service.scheduler.status().borrow().clone(),
    }
}

/// Asks a running server.
///
/// # Errors
/// Nobody listens, or what comes back is no answer.
pub async fn ask(path: &Path, request: &Request) -> io::Result<Answer> {
    let stream = UnixStream::connect(path).await?;
    let mut stream = BufReader::new(stream);
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut answer = String::new();
    stream.read_line(&mut answer).await?;
    Ok(serde_json::from_str(&answer)?)
}
