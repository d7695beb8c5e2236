//! Segments to workers: one task that owns the queue, the free workers and the segments that are out.
//!
//! Which segment goes next is [`queue`]'s decision. A segment whose worker died goes back and is done again
//! elsewhere, so its listener hears nothing of it; one that ended two workers is poison and fails alone. One that was
//! made before is taken from the [`cache`] and needs no worker. When nothing else waits, a segment is computed on the
//! cores of the free workers too.

pub mod cache;
pub mod queue;
mod rates;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use common::{
    SAMPLE_RATE,
    protocol::{Fault, Job},
};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot, watch};

use self::{
    cache::{Cache, Key},
    queue::{Delivery, Pending, Queue, ResponseId, Seconds},
    rates::Rates,
};
use crate::{
    metrics as names,
    workers::{News, Order, Speech, lifecycle::WorkerId},
};

/// Workers that one segment may end before it counts as poison.
const POISON_AFTER: u32 = 2;

/// Workers that may die under one segment through no fault of its own.
const LOSSES: u32 = 20;

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
    pub speed: f32,
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
        answer: oneshot::Sender<Result<ResponseId, Busy>>,
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
    },
    Leave(ResponseId),
    Alive(oneshot::Sender<()>),
}

/// The speech of a segment.
#[derive(Debug, Clone)]
pub struct Made {
    pub speech: Arc<Speech>,
    /// It was made for an earlier request and took no worker.
    pub kept: bool,
}

type Answer = oneshot::Sender<Result<Made, SynthesisError>>;

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
        let task = Task {
            limits,
            orders,
            cache,
            queue: Queue::default(),
            works: HashMap::new(),
            running: HashMap::new(),
            free: BTreeSet::new(),
            workers: BTreeSet::new(),
            rates: Rates::default(),
            epoch: Instant::now(),
            last_response: 0,
            last_job: 0,
            publisher,
        };
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
        let id = admitted.await.map_err(|_| closed)??;
        Ok(Ticket {
            id,
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
    commands: mpsc::Sender<Command>,
    status: watch::Receiver<QueueStatus>,
    farewell: Option<mpsc::OwnedPermit<Command>>,
}

/// The speech to come of a submitted segment.
pub type Promise = oneshot::Receiver<Result<Made, SynthesisError>>;

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
        let (answer, promise) = oneshot::channel();
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

    /// Tells that the audio of a segment, `seconds` long, has left.
    pub async fn sent(&self, index: u64, seconds: Seconds) {
        let _ = self
            .commands
            .send(Command::Sent {
                id: self.id,
                index,
                seconds,
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

/// A segment until it is answered.
#[derive(Debug)]
struct Work {
    job: SegmentJob,
    key: Key,
    answer: Answer,
    submitted: Instant,
    /// Workers that it may have ended.
    blamed: u32,
    /// Workers that died under it otherwise.
    losses: u32,
}

#[derive(Debug)]
struct Running {
    key: Key,
    response: ResponseId,
    index: u64,
    worker: WorkerId,
    work: usize,
    /// Threads that compute it.
    threads: u8,
}

struct Task {
    limits: Limits,
    orders: mpsc::Sender<Order>,
    cache: Cache,
    queue: Queue,
    works: HashMap<(ResponseId, u64), Work>,
    running: HashMap<u64, Running>,
    free: BTreeSet<WorkerId>,
    /// Free or with a job.
    workers: BTreeSet<WorkerId>,
    rates: Rates,
    epoch: Instant,
    last_response: u64,
    last_job: u64,
    publisher: watch::Sender<QueueStatus>,
}

impl Task {
    async fn run(mut self, mut commands: mpsc::Receiver<Command>, mut news: mpsc::Receiver<News>) {
        loop {
            tokio::select! {
                // Free workers and finished segments first: they are what the commands wait for.
                biased;
                Some(news) = news.recv() => self.on_news(news).await,
                Some(command) = commands.recv() => self.on_command(command).await,
                else => return,
            }
            self.dispatch().await;
            self.publish();
        }
    }

    async fn on_command(&mut self, command: Command) {
        match command {
            Command::Enter { delivery, answer } => {
                if let Err(Ok(id)) = answer.send(self.admit(delivery)) {
                    // It left while it knocked.
                    self.queue.leave(id);
                }
            }
            Command::Submit {
                id,
                index,
                job,
                answer,
            } => {
                let key = self.cache.key(&job);
                if let Some(speech) = self.cache.get(&key) {
                    self.queue.ready(id, index, length_of(&speech));
                    let _ = answer.send(Ok(Made { speech, kept: true }));
                    return;
                }
                let pending = Pending {
                    index,
                    work: work_of(&job),
                };
                let work = Work {
                    job,
                    key,
                    answer,
                    submitted: Instant::now(),
                    blamed: 0,
                    losses: 0,
                };
                self.works.insert((id, index), work);
                self.queue.push(id, pending);
            }
            Command::Sent { id, index, seconds } => {
                let silence = self.queue.sent(id, index, seconds, self.now());
                if silence > 0.0 && index > 0 {
                    metrics::counter!(names::UNDERRUNS).increment(1);
                    metrics::histogram!(names::UNDERRUN_SECONDS).record(silence);
                }
            }
            Command::Leave(id) => self.leave(id).await,
            Command::Alive(answer) => {
                let _ = answer.send(());
            }
        }
    }

    fn admit(&mut self, delivery: Delivery) -> Result<ResponseId, Busy> {
        let waiting = self.queue.unstarted().count();
        let wait = self.expected_wait();
        if waiting >= self.limits.queue
            || self.queue.responses() >= self.limits.responses
            || wait > self.limits.wait
        {
            metrics::counter!(names::REJECTED).increment(1);
            let retry_after = Duration::from_secs(wait.as_secs().saturating_add(1).clamp(1, 120));
            return Err(Busy { retry_after, waiting });
        }
        self.last_response += 1;
        let id = ResponseId(self.last_response);
        self.queue.enter(id, delivery, self.now());
        Ok(id)
    }

    async fn leave(&mut self, id: ResponseId) {
        self.queue.leave(id);
        let before = self.works.len();
        self.works.retain(|(response, _), _| *response != id);
        metrics::counter!(names::SEGMENTS, "outcome" => "cancelled")
            .increment((before - self.works.len()) as u64);
        let stop: Vec<(WorkerId, u64)> = self
            .running
            .iter()
            .filter(|(_, running)| running.response == id)
            .map(|(job, running)| (running.worker, *job))
            .collect();
        for (worker, job) in stop {
            self.order(Order::Cancel { worker, job }).await;
        }
    }

    async fn on_news(&mut self, news: News) {
        match news {
            News::Offer(worker) => {
                self.workers.insert(worker);
                self.free.insert(worker);
            }
            News::Withdraw(worker) => {
                self.workers.remove(&worker);
                self.free.remove(&worker);
            }
            News::Done { job, speech, compute } => {
                let Some(running) = self.running.remove(&job) else {
                    return;
                };
                names::stage("model", compute);
                // With lent cores it was faster than the next may be.
                if running.threads == 1 || !self.rates.known() {
                    self.rates.measured(running.work, speech.pcm.len(), compute);
                }
                self.queue.made(running.response, running.index);
                let speech = Arc::new(speech);
                self.cache.put(running.key, &speech);
                if let Some(work) = self.works.remove(&(running.response, running.index)) {
                    metrics::counter!(names::SEGMENTS, "outcome" => "done").increment(1);
                    // A listener that has gone takes nothing.
                    let _ = work.answer.send(Ok(Made { speech, kept: false }));
                }
            }
            News::Failed { job, fault } => {
                if let Fault::BadJob(what) | Fault::Engine(what) = &fault {
                    tracing::error!(job, what, "a segment failed in its worker");
                }
                self.again(job, fault != Fault::Cancelled, "failed");
            }
            News::Lost { job, reason } => self.again(job, reason.blames_the_job(), reason.as_str()),
        }
    }

    /// Puts a segment back after its worker did not do it, or gives it up.
    fn again(&mut self, job: u64, blame: bool, why: &'static str) {
        let Some(running) = self.running.remove(&job) else {
            return;
        };
        let key = (running.response, running.index);
        // Its listener has gone: that is why it was stopped.
        let Some(work) = self.works.get_mut(&key) else {
            return;
        };
        if blame {
            work.blamed += 1;
        } else {
            work.losses += 1;
        }
        let failed = if work.blamed >= POISON_AFTER {
            Some(SynthesisError::Poison)
        } else if work.losses >= LOSSES {
            Some(SynthesisError::Losses)
        } else {
            None
        };
        if let Some(error) = failed {
            metrics::counter!(names::SEGMENTS, "outcome" => "failed").increment(1);
            if let Some(work) = self.works.remove(&key) {
                let _ = work.answer.send(Err(error));
            }
        } else {
            tracing::info!(
                response = running.response.0,
                segment = running.index,
                why,
                "a segment is done again"
            );
            metrics::counter!(names::SEGMENTS, "outcome" => "retried").increment(1);
            self.queue.push(
                running.response,
                Pending {
                    index: running.index,
                    work: running.work,
                },
            );
        }
    }

    async fn dispatch(&mut self) {
        while let Some(worker) = self.free.first().copied() {
            let Some((response, segment)) = self.queue.pop(self.rates.speech_per_work()) else {
                return;
            };
            let key = (response, segment.index);
            let Some(work) = self.works.get(&key) else {
                continue;
            };
            // Another response may have had it made while it waited.
            if let Some(speech) = self.cache.get(&work.key) {
                self.queue.made(response, segment.index);
                if let Some(work) = self.works.remove(&key) {
                    let _ = work.answer.send(Ok(Made { speech, kept: true }));
                }
                continue;
            }
            if work.blamed + work.losses == 0 {
                self.cache.missed();
            }
            metrics::histogram!(names::QUEUE_SECONDS).record(work.submitted.elapsed());
            self.last_job += 1;
            let threads = self.threads();
            let SegmentJob { tokens, style, speed } = work.job.clone();
            let job = Job {
                id: self.last_job,
                tokens,
                style,
                speed,
                threads,
            };
            let deadline = self
                .rates
                .compute(segment.work)
                .mul_f64(self.limits.deadline_factor)
                .max(self.limits.deadline_floor);
            self.free.remove(&worker);
            let running = Running {
                key: work.key,
                response,
                index: segment.index,
                worker,
                work: segment.work,
                threads,
            };
            self.running.insert(self.last_job, running);
            self.order(Order::Run {
                worker,
                job,
                deadline,
            })
            .await;
        }
    }

    /// For the job that is given out now: one, and those of the workers that nobody else needs.
    fn threads(&self) -> u8 {
        if self.queue.has_more() {
            return 1;
        }
        let taken: usize = self
            .running
            .values()
            .map(|running| usize::from(running.threads))
            .sum();
        u8::try_from(self.workers.len().saturating_sub(taken).max(1)).unwrap_or(u8::MAX)
    }

    fn expected_wait(&self) -> Duration {
        if !self.free.is_empty() {
            return Duration::ZERO;
        }
        let running = self.running.values().map(|running| running.work).sum::<usize>() / 2;
        let workers = u32::try_from(self.workers.len().max(1)).unwrap_or(u32::MAX);
        self.rates.compute(running + self.queue.work_ahead()) / workers
    }

    fn publish(&self) {
        let unstarted: Vec<ResponseId> = self.queue.unstarted().collect();
        let status = QueueStatus {
            responses: self.queue.responses(),
            waiting: unstarted.len(),
            unstarted,
            segments: self.queue.segments(),
            running: self.running.len(),
            expected_wait_s: self.expected_wait().as_secs_f64(),
            real_time_factor: self.rates.real_time_factor(),
        };
        self.publisher.send_if_modified(|old| {
            let changed = *old != status;
            *old = status;
            changed
        });
    }

    fn now(&self) -> Seconds {
        self.epoch.elapsed().as_secs_f64()
    }

    /// Fails only when the workers' task has ended, and with it the program.
    async fn order(&self, order: Order) {
        let _ = self.orders.send(order).await;
    }
}

/// Both computing time and length of speech go with the tokens and against the speed.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "at most 510 tokens; a float cast saturates"
)]
fn work_of(job: &SegmentJob) -> usize {
    (job.tokens.len() as f32 / job.speed.max(f32::MIN_POSITIVE)).ceil() as usize
}

#[expect(clippy::cast_precision_loss, reason = "samples of one segment")]
fn length_of(speech: &Speech) -> Seconds {
    speech.pcm.len() as Seconds / Seconds::from(SAMPLE_RATE)
}

#[cfg(test)]
mod tests;
