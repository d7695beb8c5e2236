//! The task: takes commands from responses and news from workers, and gives out jobs.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use common::{
    SAMPLE_RATE, SAMPLES_PER_FRAME,
    protocol::{Fault, Job, MOST_BEGUN},
};
use tokio::{
    sync::{mpsc, watch},
    time::sleep_until,
};

use super::{
    Admitted, Answer, Busy, Command, Delivered, Limits, Made, Parts, QueueStatus, SegmentJob, SynthesisError,
    cache::{Cache, Key},
    queue::{Delivery, Out, Pending, Queue, ResponseId, Seconds},
    rates::Rates,
};
use crate::{
    metrics as names,
    workers::{Begun, News, Order, Part, Speech, lifecycle::WorkerId},
};

/// Workers that one segment may end before it counts as poison.
const POISON_AFTER: u32 = 2;

/// Workers that may die under one segment through no fault of its own.
const LOSSES: u32 = 20;

/// A listener with less in hand needs every core more than a worker that loads, which takes about as long.
const SOON: Seconds = 3.0;

/// Tokens of a draft that take as long as one of Kokoro's.
const DRAFTS: usize = 20;

/// What the first part of a segment takes that comes in parts: so much whatever its length, and the prosody of all of it (a tenth).
/// workerd's windows decide it; here it is an estimate for who goes first.
fn first_turn(work: usize) -> usize {
    work.min(28 + work / 10)
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
    /// Samples that were given out in parts.
    given: usize,
    /// Where another worker goes on, if this one dies.
    begun: Option<Arc<Begun>>,
}

impl Work {
    /// What waits for a worker, none of which has it now.
    fn pending(&self, index: u64) -> Pending {
        match &self.begun {
            Some(begun) => self.rest(index, &begun.frames, begun.pcm.len(), begun.next),
            None => fresh(index, &self.job),
        }
    }

    /// What is left when so many samples are made; the next turn makes `next` frames.
    fn rest(&self, index: u64, frames: &[u16], made: usize, next: u16) -> Pending {
        let all: usize = frames.iter().map(|&n| usize::from(n)).sum();
        let work_of = |frames: usize| (work(&self.job) * frames).div_ceil(all.max(1));
        Pending {
            index,
            work: work_of(all.saturating_sub(made / SAMPLES_PER_FRAME)),
            speed: self.job.speed,
            turn: work_of(next.into()),
            begun: None,
        }
    }

    /// Gives the end. A listener that has gone takes nothing, and one that is slow has room for it: a part fewer was given out
    /// than there are places.
    fn end(self, end: Result<Made, SynthesisError>) {
        let _ = self.answer.try_send(end.map(Delivered::Whole));
    }

    /// Gives out what of a part was not given out before; returns how many samples.
    fn give(&mut self, mut part: Part) -> usize {
        let known = self.given.checked_sub(part.start);
        let Some(known) = known.filter(|known| *known < part.pcm.len() && self.answer.capacity() > 1) else {
            return 0;
        };
        part.pcm.drain(..known);
        part.start = self.given;
        let given = part.pcm.len();
        self.given += given;
        let _ = self.answer.try_send(Ok(Delivered::Part(part)));
        given
    }
}

/// A job that a worker has begun.
#[derive(Debug)]
struct Running {
    key: Key,
    response: ResponseId,
    index: u64,
    worker: WorkerId,
    work: usize,
    /// Threads that compute it, and how much of it they do; `None`: it is set aside.
    turn: Option<(u8, usize)>,
    /// So far.
    compute: Duration,
    /// All turns so far had one thread.
    narrow: bool,
    /// Another worker made the beginning.
    resumed: bool,
    draft: bool,
    /// It was stopped for one that is needed sooner.
    gives_way: bool,
}

pub(super) struct Task {
    limits: Limits,
    orders: mpsc::Sender<Order>,
    cache: Cache,
    queue: Queue,
    works: HashMap<(ResponseId, u64), Work>,
    running: HashMap<u64, Running>,
    /// Each response reads `true` here when its sound may begin.
    openings: HashMap<ResponseId, watch::Sender<bool>>,
    /// Workers that compute nothing; `true`: they begin nothing any more either.
    free: BTreeMap<WorkerId, bool>,
    /// Free or with a job.
    workers: BTreeSet<WorkerId>,
    /// How many compute when none is missing; 0 while all are to go.
    wanted: usize,
    /// What the workers know of [`Queue::is_tight`].
    tight: bool,
    rates: Rates,
    epoch: Instant,
    last_response: u64,
    last_job: u64,
    publisher: watch::Sender<QueueStatus>,
}

impl Task {
    pub(super) fn new(
        limits: Limits,
        cache: Cache,
        orders: mpsc::Sender<Order>,
        publisher: watch::Sender<QueueStatus>,
    ) -> Self {
        Self {
            limits,
            orders,
            cache,
            queue: Queue::default(),
            works: HashMap::new(),
            running: HashMap::new(),
            openings: HashMap::new(),
            free: BTreeMap::new(),
            workers: BTreeSet::new(),
            wanted: 0,
            tight: false,
            rates: Rates::default(),
            epoch: Instant::now(),
            last_response: 0,
            last_job: 0,
            publisher,
        }
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>, mut news: mpsc::Receiver<News>) {
        loop {
            let held = self.queue.held_until();
            let held_until =
                held.map(|moment| self.epoch + Duration::try_from_secs_f64(moment).unwrap_or_default());
            tokio::select! {
                // Free workers and finished segments first: they are what the commands wait for.
                biased;
                Some(news) = news.recv() => self.on_news(news).await,
                Some(command) = commands.recv() => self.on_command(command).await,
                () = sleep_until(held_until.unwrap_or(self.epoch).into()), if held_until.is_some() => {}
                else => return,
            }
            self.open();
            self.dispatch().await;
            self.publish();
            let tight = self.queue.is_tight(SOON, self.now());
            if std::mem::replace(&mut self.tight, tight) != tight {
                self.order(Order::Tight(tight)).await;
            }
        }
    }

    async fn on_command(&mut self, command: Command) {
        match command {
            Command::Enter { delivery, answer } => {
                if let Err(Ok(Admitted { id, .. })) = answer.send(self.admit(delivery)) {
                    // It left while it knocked.
                    self.queue.leave(id);
                    self.openings.remove(&id);
                }
            }
            Command::Submit {
                id,
                index,
                job,
                answer,
            } => {
                let key = self.cache.key(&job);
                if let Some(speech) = self.kept(&key) {
                    let length = seconds_of(speech.pcm.len(), job.speed);
                    self.queue.made(id, index, length);
                    let _ = answer.try_send(Ok(Delivered::Whole(Made { speech, kept: true })));
                    return;
                }
                let pending = fresh(index, &job);
                let work = Work {
                    job,
                    key,
                    answer,
                    submitted: Instant::now(),
                    blamed: 0,
                    losses: 0,
                    given: 0,
                    begun: None,
                };
                self.works.insert((id, index), work);
                self.queue.push(id, pending);
            }
            Command::Sent {
                id,
                index,
                seconds,
                all,
            } => {
                let silence = self.queue.sent(id, index, seconds, all, self.now());
                if silence > 0.0 && index > 0 {
                    tracing::debug!(
                        response = id.0,
                        segment = index,
                        silence,
                        "a listener heard nothing for a while"
                    );
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

    fn admit(&mut self, delivery: Delivery) -> Result<Admitted, Busy> {
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
        let (open, opening) = watch::channel(delivery == Delivery::Whole);
        self.openings.insert(id, open);
        Ok(Admitted { id, opening })
    }

    async fn leave(&mut self, id: ResponseId) {
        self.queue.leave(id);
        self.openings.remove(&id);
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
            News::Wanted(wanted) => self.wanted = wanted,
            News::Offer { worker, closing } => {
                self.workers.insert(worker);
                self.free.insert(worker, closing);
            }
            News::Withdraw(worker) => {
                self.workers.remove(&worker);
                self.free.remove(&worker);
            }
            News::Part { job, part, compute } => self.on_part(job, part, compute),
            News::Begun { job, begun } => {
                if let Some(work) = self.work(job) {
                    work.begun = Some(begun);
                }
            }
            News::Done { job, speech, compute } => self.on_done(job, speech, compute),
            News::Failed { job, fault } => {
                if let Fault::BadJob(what) | Fault::Engine(what) = &fault {
                    tracing::error!(job, what, "a segment failed in its worker");
                    // The fault may lie in what it went on from.
                    if let Some(work) = self.work(job) {
                        work.begun = None;
                    }
                }
                self.again(job, fault != Fault::Cancelled, "failed");
            }
            News::Lost { job, reason, running } => {
                self.again(job, running && reason.blames_the_job(), reason.as_str());
                self.make_room().await;
            }
        }
    }

    /// The segment that a job computes; none if its listener has gone.
    fn work(&mut self, job: u64) -> Option<&mut Work> {
        let running = self.running.get(&job)?;
        self.works.get_mut(&(running.response, running.index))
    }

    /// Gives out a part; the rest waits for its next turn.
    fn on_part(&mut self, job: u64, part: Part, compute: Duration) {
        let Some(running) = self.running.get_mut(&job) else {
            return;
        };
        running.turn = None;
        running.compute += compute;
        names::stage("model", compute);
        let Some(work) = self.works.get_mut(&(running.response, running.index)) else {
            return;
        };
        let made = part.start + part.pcm.len();
        let rest = Pending {
            begun: Some(running.worker),
            ..work.rest(running.index, &part.frames, made, part.next)
        };
        let length = seconds_of(work.give(part), rest.speed);
        self.queue.part_made(running.response, length, rest);
    }

    /// Gives out the rest, and keeps the whole.
    fn on_done(&mut self, job: u64, speech: Speech, compute: Duration) {
        let Some(running) = self.running.remove(&job) else {
            return;
        };
        names::stage("model", compute);
        let compute = running.compute + compute;
        tracing::debug!(
            response = running.response.0,
            segment = running.index,
            work = running.work,
            narrow = running.narrow,
            resumed = running.resumed,
            draft = running.draft,
            seconds = seconds_of(speech.pcm.len(), 1.0),
            ?compute,
            "a segment is made"
        );
        // With lent cores it was faster than the next may be, and a draft or the rest of a segment tells nothing of the model.
        if !running.draft && !running.resumed && (running.narrow || !self.rates.known()) {
            self.rates.measured(running.work, speech.pcm.len(), compute);
        }
        let speech = Arc::new(speech);
        self.cache.put(running.key, &speech);
        self.publish_cache();
        if let Some(work) = self.works.remove(&(running.response, running.index)) {
            let rest = seconds_of(speech.pcm.len().saturating_sub(work.given), work.job.speed);
            self.queue.made(running.response, running.index, rest);
            metrics::counter!(names::SEGMENTS, "outcome" => "done").increment(1);
            work.end(Ok(Made { speech, kept: false }));
        }
    }

    /// Puts a segment back after its worker did not do it, or gives it up.
    fn again(&mut self, job: u64, blame: bool, why: &'static str) {
        let Some(running) = self.running.remove(&job) else {
            return;
        };
        let now = self.now();
        let key = (running.response, running.index);
        // Its listener has gone: that is why it was stopped.
        let Some(work) = self.works.get_mut(&key) else {
            return;
        };
        if blame {
            work.blamed += 1;
        } else if !running.gives_way {
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
                work.end(Err(error));
            }
        } else {
            let why = if running.gives_way { "it gave way" } else { why };
            tracing::info!(
                response = running.response.0,
                segment = running.index,
                why,
                kept = work.begun.as_ref().map_or(0, |begun| begun.pcm.len()),
                "a segment is done again, after the samples that are kept"
            );
            metrics::counter!(names::SEGMENTS, "outcome" => "retried").increment(1);
            let Running { response, index, .. } = running;
            if work.job.parts == Parts::WhenLate
                && self
                    .queue
                    .is_late(response, index, running.work, self.rates.per_work(), now)
            {
                work.job.parts = Parts::Always;
            }
            let pending = work.pending(index);
            self.queue.push(response, pending);
        }
    }

    /// Lets sounds begin.
    fn open(&mut self) {
        for id in self.queue.open(self.rates.per_work(), self.cores(), self.now()) {
            if let Some(opening) = self.openings.get(&id) {
                opening.send_replace(true);
            }
        }
    }

    /// Stops a segment that can wait, when no worker is free for one that cannot.
    async fn make_room(&mut self) {
        if self.beginner().is_some() || self.running.values().any(|running| running.gives_way) {
            return;
        }
        let out = self.running.iter().filter_map(|(job, running)| {
            Some(Out {
                job: *job,
                response: running.response,
                index: running.index,
                work: running.work,
                turn: running.turn?.1,
            })
        });
        let Some(job) = self.queue.gives_way(out, self.rates.per_work(), self.now()) else {
            return;
        };
        if let Some(running) = self.running.get_mut(&job) {
            running.gives_way = true;
            let worker = running.worker;
            self.order(Order::Cancel { worker, job }).await;
        }
    }

    async fn dispatch(&mut self) {
        let mut takes = self.takes();
        while let Some((response, segment)) = self.queue.pop(self.rates.per_work(), takes) {
            match segment.begun {
                Some(worker) => self.go_on(worker, response, segment).await,
                None => self.begin(response, segment).await,
            }
            takes = self.takes();
        }
    }

    /// Tells whether a worker is free now for a segment that was begun by one, or for a new one.
    fn takes(&self) -> impl Fn(Option<WorkerId>) -> bool + use<> {
        let free: Vec<WorkerId> = self.free.keys().copied().collect();
        let new = self.beginner().is_some();
        move |begun| begun.map_or(new, |worker| free.contains(&worker))
    }

    /// The free worker that begins the next segment: of the oldest, as many as are wanted, the one that has the fewest to go on with.
    /// Younger ones are spare.
    fn beginner(&self) -> Option<WorkerId> {
        let begun = |worker: &WorkerId| self.running.values().filter(|job| job.worker == *worker).count();
        self.workers
            .iter()
            .filter(|worker| self.free.get(worker) != Some(&true))
            .take(self.cores())
            .filter(|worker| self.free.contains_key(worker))
            .map(|worker| (begun(worker), *worker))
            .filter(|(begun, _)| *begun < MOST_BEGUN)
            .min()
            .map(|(_, worker)| worker)
    }

    async fn begin(&mut self, response: ResponseId, segment: Pending) {
        let key = (response, segment.index);
        let (Some(work), Some(worker)) = (self.works.get(&key), self.beginner()) else {
            return;
        };
        // Another response may have had it made while it waited. But a listener who has heard the beginning must hear the rest of
        // the same rendering, because a segment computed in parts differs slightly from one computed whole.
        let (name, unheard) = (work.key, work.given == 0);
        if unheard && let Some(speech) = self.kept(&name) {
            let length = seconds_of(speech.pcm.len(), segment.speed);
            self.queue.made(response, segment.index, length);
            if let Some(work) = self.works.remove(&key) {
                work.end(Ok(Made { speech, kept: true }));
            }
            return;
        }
        let Some(work) = self.works.get(&key) else {
            return;
        };
        if work.blamed + work.losses == 0 {
            metrics::counter!(names::CACHE_MISSES).increment(1);
        }
        metrics::histogram!(names::QUEUE_SECONDS).record(work.submitted.elapsed());
        self.last_job += 1;
        self.free.remove(&worker);
        let threads = self.threads(worker);
        let SegmentJob {
            tokens,
            style,
            pace,
            parts,
            draft,
            ..
        } = work.job.clone();
        let begun = work.begun.clone();
        let job = Job {
            id: self.last_job,
            tokens,
            style,
            speed: pace,
            threads,
            early: parts == Parts::Always,
            draft,
        };
        let running = Running {
            key: work.key,
            response,
            index: segment.index,
            worker,
            work: segment.work,
            turn: Some((threads, segment.turn)),
            compute: Duration::ZERO,
            narrow: threads == 1,
            resumed: begun.is_some(),
            draft,
            gives_way: false,
        };
        self.running.insert(self.last_job, running);
        let deadline = self.deadline(segment.work);
        self.order(Order::Run {
            worker,
            job,
            begun,
            deadline,
        })
        .await;
    }

    async fn go_on(&mut self, worker: WorkerId, response: ResponseId, segment: Pending) {
        self.free.remove(&worker);
        let threads = self.threads(worker);
        let deadline = self.deadline(segment.work);
        let begun = self.running.iter_mut().find(|(_, running)| {
            running.worker == worker && (running.response, running.index) == (response, segment.index)
        });
        let Some((job, running)) = begun else {
            return;
        };
        running.turn = Some((threads, segment.turn));
        running.narrow &= threads == 1;
        let job = *job;
        self.order(Order::Go {
            worker,
            job,
            threads,
            deadline,
        })
        .await;
    }

    /// When a worker counts as hanging with so much work.
    fn deadline(&self, work: usize) -> Duration {
        self.rates
            .compute(work)
            .mul_f64(self.limits.deadline_factor)
            .max(self.limits.deadline_floor)
    }

    /// How many workers compute at once: as many as are wanted, or as there are when they are to go.
    fn cores(&self) -> usize {
        if self.wanted == 0 {
            self.workers.len()
        } else {
            self.wanted
        }
    }

    /// For the turn that `worker` is given now: one thread, and those of the workers that nobody else needs. A missing worker needs its
    /// core for loading only, and the listener goes before that.
    fn threads(&self, worker: WorkerId) -> u8 {
        let computing = |other: WorkerId| {
            self.running
                .values()
                .any(|job| job.worker == other && job.turn.is_some())
        };
        let others = |begun: Option<WorkerId>| begun.is_none_or(|begun| begun != worker && !computing(begun));
        let turns = self.running.values().filter_map(|running| running.turn);
        let taken = turns
            .clone()
            .map(|(threads, _)| usize::from(threads))
            .sum::<usize>();
        let cores = self.cores();
        let threads = if self.queue.has_more(others) {
            let missing = cores.saturating_sub(self.workers.len());
            let lent = taken - turns.count();
            1 + missing.saturating_sub(lent)
        } else {
            cores.saturating_sub(taken).max(1)
        };
        u8::try_from(threads).unwrap_or(u8::MAX)
    }

    fn expected_wait(&self) -> Duration {
        if self.beginner().is_some() {
            return Duration::ZERO;
        }
        let turns = self.running.values().filter_map(|running| running.turn);
        let running = turns.map(|(_, work)| work).sum::<usize>() / 2;
        let workers = self.workers.len().min(self.cores()).max(1);
        let workers = u32::try_from(workers).unwrap_or(u32::MAX);
        self.rates.compute(running + self.queue.work_ahead()) / workers
    }

    /// Speech that is in memory.
    fn kept(&mut self, key: &Key) -> Option<Arc<Speech>> {
        let found = self.cache.get(key);
        metrics::counter!(names::CACHE_HITS).increment(found.is_some().into());
        found
    }

    #[expect(clippy::cast_precision_loss, reason = "what memory holds")]
    fn publish_cache(&self) {
        let (bytes, segments) = self.cache.held();
        metrics::gauge!(names::CACHE_BYTES).set(bytes as f64);
        metrics::gauge!(names::CACHE_SEGMENTS).set(segments as f64);
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

/// What a segment takes to make.
fn work(job: &SegmentJob) -> usize {
    let tokens = job.tokens.len();
    if job.draft {
        tokens.div_ceil(DRAFTS)
    } else {
        tokens
    }
}

/// A segment of which nothing is made yet.
fn fresh(index: u64, job: &SegmentJob) -> Pending {
    let work = work(job);
    Pending {
        index,
        work,
        speed: job.speed,
        turn: if job.parts == Parts::Always {
            first_turn(work)
        } else {
            work
        },
        begun: None,
    }
}

/// Seconds for which so many samples are heard at that speed.
#[expect(clippy::cast_precision_loss, reason = "samples of one segment")]
fn seconds_of(samples: usize, speed: f32) -> Seconds {
    samples as Seconds / Seconds::from(SAMPLE_RATE) / Seconds::from(speed)
}
