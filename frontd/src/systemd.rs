//! What systemd hands over (a listening socket) and wants to hear (ready, stopping, still alive).
//!
//! Without systemd every call does nothing: the variables that it sets are absent. A failed notice is logged and
//! costs nothing else.

use std::{io, net::TcpListener, time::Duration};

use listenfd::ListenFd;
use sd_notify::NotifyState;
use tokio::time::timeout;

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

/// Tells the watchdog, four times in its time, that the process lives, as long as `alive` says so within a quarter of
/// that time: a machine that is slow for a moment is no hang. Returns at once where no watchdog is set.
/// When the notices stop, systemd restarts the service.
pub async fn watchdog(alive: impl AsyncFn() -> bool) {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return;
    };
    let mut ticks = tokio::time::interval(limit / 4);
    loop {
        ticks.tick().await;
        if lives(&alive, limit / 4).await {
            notify(|| sd_notify::notify(&[NotifyState::Watchdog]));
        } else {
            tracing::error!("the server does not answer itself, so the watchdog gets no sign of life");
        }
    }
}

async fn lives(alive: &impl AsyncFn() -> bool, bound: Duration) -> bool {
    timeout(bound, alive()).await.unwrap_or(false)
}

/// On a thread that may block: a service manager that does not read must not stop us.
fn notify(tell: impl FnOnce() -> io::Result<()> + Send + 'static) {
    tokio::task::spawn_blocking(|| {
        if let Err(error) = tell() {
            tracing::warn!(%error, "systemd could not be notified");
        }
    });
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::{
        scheduler::{Limits, Scheduler, cache::Cache},
        workers::{self, Order},
    };

    const BOUND: Duration = Duration::from_secs(5);

    fn scheduler(orders: mpsc::Sender<Order>) -> (Scheduler, mpsc::Sender<workers::News>) {
        let (tell, news) = mpsc::channel(1);
        let limits = Limits {
            queue: 1,
            responses: 1,
            wait: BOUND,
            deadline_floor: BOUND,
            deadline_factor: 1.0,
        };
        (
            Scheduler::start(limits, Cache::new(0, "none"), orders, news),
            tell,
        )
    }

    #[tokio::test(start_paused = true)]
    async fn tasks_that_take_their_turns_live() {
        let (orders, mut inbox) = mpsc::channel(1);
        let (scheduler, _news) = scheduler(orders.clone());
        assert!(lives(&async || scheduler.alive().await, BOUND).await);
        tokio::spawn(async move {
            while let Some(order) = inbox.recv().await {
                if let Order::Alive(answer) = order {
                    answer.send(()).unwrap();
                }
            }
        });
        assert!(lives(&async || workers::alive(&orders).await, BOUND).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_hangs_or_has_ended_does_not() {
        let (orders, inbox) = mpsc::channel(1);
        // The question is there and nobody takes it; the next one does not even get in.
        for _ in 0..2 {
            assert!(!lives(&async || workers::alive(&orders).await, BOUND).await);
        }
        drop(inbox);
        assert!(!workers::alive(&orders).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_scheduler_that_waits_for_a_hanging_supervisor_does_not() {
        use crate::{
            scheduler::{Parts, SegmentJob, queue::Delivery},
            workers::lifecycle::WorkerId,
        };
        let (orders, _inbox) = mpsc::channel(1);
        let (scheduler, news) = scheduler(orders.clone());
        let hello = Order::Scale { target: 1 };
        orders.send(hello).await.unwrap();
        let offer = workers::News::Offer {
            worker: WorkerId(1),
            closing: false,
        };
        news.send(offer).await.unwrap();
        let ticket = scheduler.enter(Delivery::Streaming).await.unwrap();
        let job = SegmentJob {
            tokens: vec![1],
            style: Vec::new(),
            pace: 1.0,
            speed: 1.0,
            parts: Parts::Never,
            draft: false,
        };
        let _promise = ticket.submit(0, job).await;
        assert!(!lives(&async || scheduler.alive().await, BOUND).await);
    }
}
