//! Segments to workers: one task that owns the queue, the free workers and the segments that are out.
//!
//! Which segment goes next is [`queue`]'s decision. A segment whose worker died goes back and is done again
//! elsewhere, so its listener hears nothing of it. If the listener would hear a gap, it comes in parts, and a segment that can
//! wait gives way to it. One that ended two workers is poison and fails alone. One that was
//! made before is taken from the [`cache`] and needs no worker. When nothing else waits, a segment is computed on the
//! cores of the free workers too.

pub mod cache;
pub mod queue;
mod rates;
mod task;

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot, watch};

use self::{
    cache::Cache,
    queue::{Delivery, ResponseId, Seconds},
    task::Task,
};
use crate::workers::{News, Order, Part, Speech};

/// Commands that may wait.
const COMMANDS: usize = 1024;

/// What is to be admitted.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Responses that may wait for their first segment to start.
    pub queue: usize,
    /// Responses that may be under way at once.
    pub responses: usize,
    /// The longest expected wait for first audio.
    pub wait: Duration,
    /// The least time that a job gets before its worker counts as hanging.
    pub deadline_floor: Duration,
    /// A job gets this many times its expected time.
    pub deadline_factor: f64,
}

/// One segment to synthesise.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentJob {
    pub tokens: Vec<u8>,
    pub style: Vec<f32>,
    /// The model's own speed, 1 but for another reading.
    pub pace: f32,
    /// How many times as fast it will be heard: the sooner its listener needs the next. It is made and kept as it is at 1.
    pub speed: f32,
    /// Whatever it is, what is made is kept under the same name.
    pub parts: Parts,
    /// Whether the built-in voice speaks it, quickly, instead of the model.
    pub draft: bool,
}

/// When a segment comes in parts, of which the first is heard before all is made. It sounds very slightly different then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    Never,
    /// When its worker died, and its listener would hear a gap otherwise.
    WhenLate,
    Always,
}

/// Why there is no speech.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SynthesisError {
    #[error("this text makes the speech engine fail")]
    Poison,
    #[error("the workers were lost too often")]
    Losses,
    #[error("the server is going down")]
    Gone,
}

/// Refused at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server is busy; try again in {} s", .retry_after.as_secs())]
pub struct Busy {
    pub retry_after: Duration,
    /// Responses that wait.
    pub waiting: usize,
}

/// The queue at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct QueueStatus {
    /// Responses under way.
    pub responses: usize,
    /// Those of which nothing has started.
    pub waiting: usize,
    /// Their names, in the order in which they came.
    #[serde(skip)]
    pub unstarted: Vec<ResponseId>,
    /// Segments that wait for a worker.
    pub segments: usize,
    /// Segments with a worker.
    pub running: usize,
    /// Expected wait for first audio of a request that came now.
    pub expected_wait_s: f64,
    /// Seconds of computing for a second of sound, on one worker; 0 until measured.
    pub real_time_factor: f64,
}

/// The way to the scheduler.
#[derive(Debug, Clone)]
pub struct Scheduler {
    commands: mpsc::Sender<Command>,
    status: watch::Receiver<QueueStatus>,
}

#[derive(Debug)]
enum Command {
    Enter {
        delivery: Delivery,
        answer: oneshot::Sender<Result<Admitted, Busy>>,
    },
    Submit {
        id: ResponseId,
        index: u64,
        job: SegmentJob,
        answer: Answer,
    },
    Sent {
        id: ResponseId,
        index: u64,
        seconds: Seconds,
        all: bool,
    },
    Leave(ResponseId),
    Alive(oneshot::Sender<()>),
}

#[derive(Debug)]
struct Admitted {
    id: ResponseId,
    /// Turns true, or is closed, when its sound may begin.
    opening: watch::Receiver<bool>,
}

/// The speech of a segment.
#[derive(Debug, Clone)]
pub struct Made {
    pub speech: Arc<Speech>,
    /// It was made for an earlier request and took no worker.
    pub kept: bool,
}

type Answer = mpsc::Sender<Result<Delivered, SynthesisError>>;

impl Scheduler {
    /// Starts the task.
    #[must_use]
    pub fn start(
        limits: Limits,
        cache: Cache,
        orders: mpsc::Sender<Order>,
        news: mpsc::Receiver<News>,
    ) -> Self {
        let (commands, inbox) = mpsc::channel(COMMANDS);
        let (publisher, status) = watch::channel(QueueStatus::default());
        let task = Task::new(limits, cache, orders, publisher);
        tokio::spawn(task.run(inbox, news));
        Self { commands, status }
    }

    /// Asks to be let in.
    ///
    /// # Errors
    /// Too many wait already, or the wait would be too long.
    pub async fn enter(&self, delivery: Delivery) -> Result<Ticket, Busy> {
        let closed = Busy {
            retry_after: Duration::from_secs(1),
            waiting: 0,
        };
        // The place for the farewell is taken first, so that leaving can never fail.
        let farewell = self.commands.clone().reserve_owned().await.map_err(|_| closed)?;
        let (answer, admitted) = oneshot::channel();
        self.commands
            .send(Command::Enter { delivery, answer })
            .await
            .map_err(|_| closed)?;
        let Admitted { id, opening } = admitted.await.map_err(|_| closed)??;
        Ok(Ticket {
            id,
            delivery,
            opening,
            commands: self.commands.clone(),
            status: self.status.clone(),
            farewell: Some(farewell),
        })
    }

    /// Whether the task takes its turns: waits until it has answered, and is false when it has ended.
    pub async fn alive(&self) -> bool {
        let (answer, answered) = oneshot::channel();
        self.commands.send(Command::Alive(answer)).await.is_ok() && answered.await.is_ok()
    }

    #[must_use]
    pub fn status(&self) -> watch::Receiver<QueueStatus> {
        self.status.clone()
    }
}

/// A response that was let in. Dropping it takes back whatever of it waits or runs.
#[derive(Debug)]
pub struct Ticket {
    id: ResponseId,
    delivery: Delivery,
    opening: watch::Receiver<bool>,
    commands: mpsc::Sender<Command>,
    status: watch::Receiver<QueueStatus>,
    farewell: Option<mpsc::OwnedPermit<Command>>,
}

/// What comes of a segment.
#[derive(Debug)]
pub enum Delivered {
    /// The next samples of it. Each sample comes once, whatever happens to workers.
    Part(Part),
    /// The end. Nothing comes after it.
    Whole(Made),
}

/// The speech to come of a submitted segment: parts, perhaps, and then all of it or an error.
pub type Promise = mpsc::Receiver<Result<Delivered, SynthesisError>>;

/// Parts of a segment that may wait for the one who joins them; a worker makes fewer.
const PARTS: usize = 16;

/// Where a response that was let in stands in the queue.
#[derive(Debug, Clone)]
pub struct InLine {
    id: ResponseId,
    status: watch::Receiver<QueueStatus>,
}

impl InLine {
    /// Responses that came before this one and have not started, and the seconds that a request would wait that came now.
    #[must_use]
    pub fn look(&self) -> (usize, Seconds) {
        let status = self.status.borrow();
        let ahead = status.unstarted.iter().filter(|id| **id < self.id).count();
        (ahead, status.expected_wait_s)
    }
}

impl Ticket {
    #[must_use]
    pub fn in_line(&self) -> InLine {
        InLine {
            id: self.id,
            status: self.status.clone(),
        }
    }

    /// Hands in segment `index`, counted from 0 in the response.
    pub async fn submit(&self, index: u64, job: SegmentJob) -> Promise {
        let (answer, promise) = mpsc::channel(PARTS);
        // When the scheduler has ended, the promise tells.
        let _ = self
            .commands
            .send(Command::Submit {
                id: self.id,
                index,
                job,
                answer,
            })
            .await;
        promise
    }

    /// How the response is heard.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Waits until its sound may begin, see [`queue`].
    pub async fn opened(&self) {
        // When the scheduler has ended, the promises tell.
        let _ = self.opening.clone().wait_for(|open| *open).await;
    }

    /// Tells that audio of a segment, `seconds` long, has left; `all`: the rest of it.
    pub async fn sent(&self, index: u64, seconds: Seconds, all: bool) {
        let _ = self
            .commands
            .send(Command::Sent {
                id: self.id,
                index,
                seconds,
                all,
            })
            .await;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(farewell) = self.farewell.take() {
            farewell.send(Command::Leave(self.id));
        }
    }
}

#[cfg(test)]
mod tests;
