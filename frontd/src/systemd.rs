//! What systemd hands over (a listening socket) and wants to hear (ready, stopping, still alive).
//!
//! Without systemd every call does nothing: the variables that it sets are absent. A failed notice is logged and
//! costs nothing else.

use std::{io, net::TcpListener};

use listenfd::ListenFd;
use sd_notify::NotifyState;

/// The first socket of `LISTEN_FDS`, non-blocking and closed in children, when there is one for this process.
///
/// Call it before any thread is started: the variables are removed, so that no child takes the socket for its own.
///
/// # Errors
/// When what was handed over is not a listening TCP socket, or is more than one socket.
pub fn inherited_listener() -> io::Result<Option<TcpListener>> {
    let mut handed = ListenFd::from_env();
    if handed.len() > 1 {
        let reason = format!(
            "{} sockets were handed over (LISTEN_FDS), and one is served",
            handed.len()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
    }
    let listener = handed.take_tcp_listener(0)?;
    if let Some(listener) = &listener {
        listener.set_nonblocking(true)?;
    }
    Ok(listener)
}

/// Requests are answered with sound from now on; `status` is shown by `systemctl status`.
pub fn ready(status: &str) {
    let status = status.to_owned();
    notify(move || sd_notify::notify(&[NotifyState::Ready, NotifyState::Status(&status)]));
}

/// No new requests are taken; those in flight are finished.
pub fn stopping() {
    notify(|| sd_notify::notify(&[NotifyState::Stopping]));
}

/// Tells the watchdog, twice in its time, that the process lives, as long as `alive` says so. Returns at once where no
/// watchdog is set. When `alive` stops answering, the notices stop, and systemd restarts the service.
pub async fn watchdog(alive: impl AsyncFn() -> bool) {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return;
    };
    let mut ticks = tokio::time::interval(limit / 2);
    loop {
        ticks.tick().await;
        if alive().await {
            notify(|| sd_notify::notify(&[NotifyState::Watchdog]));
        }
    }
}

/// On a thread that may block: a service manager that does not read must not stop us.
fn notify(tell: impl FnOnce() -> io::Result<()> + Send + 'static) {
    tokio::task::spawn_blocking(|| {
        if let Err(error) = tell() {
            tracing::warn!(%error, "systemd could not be told");
        }
    });
}
