//! The workers: one task that owns them all.
//!
//! Decisions are [`lifecycle`]'s, processes are [`process`]'s, sockets are [`link`]'s. This task carries events to
//! the first and its actions to the others, tells the scheduler who can work, and publishes what others may see.

pub mod lifecycle;
mod link;
pub mod process;
mod status;

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use common::{
    frame::FrameError,
    protocol::{Fault, Job, ProtocolError, Ready, ToWorker},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep_until, timeout},
};

pub use self::status::{FleetStatus, WorkerStatus};
use self::{
    lifecycle::{Action, Exit, Fleet, Policy, Reason, WorkerId},
    process::{Handle, Process, Program},
};
use crate::human;

/// The most workers that can be wanted.
pub const MAX_WORKERS: usize = 64;

/// Between two looks at memory and state of the workers.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How long the socket of an ended process may take to tell that it has ended.
const LAST_READ: Duration = Duration::from_millis(200);

/// Events that may wait. Each worker has a few under way at most.
const EVENTS: usize = 8 * MAX_WORKERS;

/// What a job made.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    /// Mono samples at 24 kHz.
    pub pcm: Vec<f32>,
    /// Frames of 600 samples for each token and the padding at both ends, when the model tells.
    pub frames: Option<Vec<u16>>,
}

/// Some of the sound of a job before all of it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The sample of the job at which it begins. A job that is done again begins at 0 again, or where another worker stopped, with
    /// the same sound.
    pub start: usize,
    pub pcm: Vec<f32>,
    /// As in [`Speech`].
    pub frames: Vec<u16>,
    /// Frames that the next part takes to compute.
    pub next: u16,
}

/// A job as far as its parts are made: any worker can go on from here.
#[derive(Debug, PartialEq)]
pub struct Begun {
    pub pcm: Vec<f32>,
    /// As in [`Part`].
    pub frames: Vec<u16>,
    pub next: u16,
    /// The worker's own bytes.
    pub state: Vec<u8>,
}

/// What the link or the process of a worker tells.
#[derive(Debug)]
pub enum Event {
    Ready(Ready),
    Part {
        job: u64,
        part: Part,
        /// Since the part before.
        compute: Duration,
    },
    /// Follows a part.
    Begun {
        job: u64,
        begun: Arc<Begun>,
    },
    Done {
        job: u64,
        speech: Speech,
        /// Since the last part.
        compute: Duration,
    },
    Failed {
        job: u64,
        fault: Fault,
    },
    Pong,
    Lost(Option<ProtocolError>),
    Exited {
        exit: Exit,
        last_words: Vec<String>,
    },
}

/// To the workers.
#[derive(Debug)]
pub enum Order {
    /// Only to a worker that was offered; answered by [`News::Part`] any number of times, then by [`News::Done`], [`News::Failed`]
    /// or [`News::Lost`].
    Run {
        worker: WorkerId,
        job: Job,
        /// What another worker has made of it.
        begun: Option<Arc<Begun>>,
        deadline: Duration,
    },
    /// The next part of a job, only to the worker that made the parts before, and only when it was offered; answered as
    /// [`Order::Run`].
    Go {
        worker: WorkerId,
        job: u64,
        threads: u8,
        deadline: Duration,
    },
    Cancel {
        worker: WorkerId,
        job: u64,
    },
    Scale {
        target: usize,
    },
    /// One, or with `None` all; answers how many.
    Recycle {
        worker: Option<WorkerId>,
        answer: oneshot::Sender<usize>,
    },
    /// No new workers; each goes when its job is done.
    Drain,
    /// Whether listeners are about to run dry, so that a worker that loads would be in the way.
    Tight(bool),
    /// Answered in its turn: see [`alive`].
    Alive(oneshot::Sender<()>),
}

/// From the workers to the scheduler.
#[derive(Debug)]
pub enum News {
    /// So many workers are to be there, each with a core. One that is missing leaves its core to the others.
    Wanted(usize),
    /// It computes nothing now; `closing`: it goes on with the jobs that it has begun and begins no other.
    Offer {
        worker: WorkerId,
        closing: bool,
    },
    Withdraw(WorkerId),
    /// The job waits for [`Order::Go`].
    Part {
        job: u64,
        part: Part,
        /// Since the part before.
        compute: Duration,
    },
    /// May follow a part, even when the next one is ordered already.
    Begun {
        job: u64,
        begun: Arc<Begun>,
    },
    Done {
        job: u64,
        speech: Speech,
        /// Since the last part.
        compute: Duration,
    },
    Failed {
        job: u64,
        fault: Fault,
    },
    /// The worker died with the job, or could not take it any more.
    Lost {
        job: u64,
        reason: Reason,
        /// The worker computed it at that moment.
        running: bool,
    },
}

/// What the task needs.
#[derive(Debug)]
pub struct Setup {
    pub program: Program,
    pub policy: Policy,
    pub target: usize,
    /// A folder that only we may enter, for the sockets.
    pub run_dir: PathBuf,
}

/// The ends that others hold.
#[derive(Debug)]
pub struct Workers {
    pub orders: mpsc::Sender<Order>,
    pub news: mpsc::Receiver<News>,
    pub status: watch::Receiver<FleetStatus>,
    /// Ends when all workers are gone after [`Order::Drain`], or with the reason why nothing will ever work.
    pub end: JoinHandle<Result<(), String>>,
}

/// Starts the workers.
#[must_use]
pub fn start(setup: Setup) -> Workers {
    let (orders, inbox) = mpsc::channel(EVENTS);
    let (news, outbox) = mpsc::channel(EVENTS);
    let (events, happenings) = mpsc::channel(EVENTS);
    let (publisher, status) = watch::channel(FleetStatus::default());
    let task = Task {
        fleet: Fleet::new(setup.policy.clone(), setup.target),
        setup,
        alive: HashMap::new(),
        last_exits: VecDeque::new(),
        events,
        news,
        publisher,
        hopeless: None,
        told_target: None,
    };
    let end = tokio::spawn(task.run(inbox, happenings));
    Workers {
        orders,
        news: outbox,
        status,
        end,
    }
}

/// Whether the task behind `orders` takes its turns: waits until it has answered, and is false when it has ended.
pub async fn alive(orders: &mpsc::Sender<Order>) -> bool {
    let (answer, answered) = oneshot::channel();
    orders.send(Order::Alive(answer)).await.is_ok() && answered.await.is_ok()
}

/// What the task keeps of a process.
#[derive(Debug)]
struct Alive {
    pid: i32,
    handle: Handle,
    /// `None` once we have hung up.
    outbox: Option<mpsc::Sender<link::Outgoing>>,
    /// The job that it computes.
    job: Option<u64>,
    /// Those that it has begun and does not compute now.
    aside: BTreeSet<u64>,
    since: Instant,
    ready: Option<Ready>,
}

struct Task {
    setup: Setup,
    fleet: Fleet,
    alive: HashMap<WorkerId, Alive>,
    last_exits: VecDeque<(WorkerId, Reason)>,
    events: mpsc::Sender<(WorkerId, Event)>,
    news: mpsc::Sender<News>,
    publisher: watch::Sender<FleetStatus>,
    hopeless: Option<String>,
    /// What the scheduler knows of [`Fleet::target`].
    told_target: Option<usize>,
}

impl Task {
    async fn run(
        mut self,
        mut orders: mpsc::Receiver<Order>,
        mut events: mpsc::Receiver<(WorkerId, Event)>,
    ) -> Result<(), String> {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut draining = false;
        loop {
            let target = self.fleet.target();
            if self.told_target.replace(target) != Some(target) {
                self.tell(News::Wanted(target)).await;
            }
            let actions = self.fleet.decide(Instant::now());
            for action in actions {
                self.act(action).await;
            }
            self.publisher.send_replace(self.status());
            if let Some(why) = self.hopeless.take() {
                return Err(why);
            }
            if draining && self.alive.is_empty() {
                return Ok(());
            }
            let due = self.fleet.due();
            tokio::select! {
                Some((id, event)) = events.recv() => self.on_event(id, event).await,
                order = orders.recv() => match order {
                    Some(order) => {
                        draining |= matches!(order, Order::Drain);
                        self.on_order(order).await;
                    }
                    None => {
                        draining = true;
                        self.fleet.drain(Instant::now());
                    }
                },
                () = sleep_until(due.unwrap_or_else(Instant::now).into()), if due.is_some() => {}
                _ = look.tick() => self.look_after(),
            }
        }
    }

    async fn act(&mut self, action: Action) {
        match action {
            Action::Spawn(id) => self.spawn(id).await,
            Action::Offer { id, closing } => self.tell(News::Offer { worker: id, closing }).await,
            Action::Withdraw(id) => self.tell(News::Withdraw(id)).await,
            Action::Ping(id) => self.send(id, ToWorker::Ping { nonce: id.0 }, None),
            Action::HangUp(id) => {
                if let Some(worker) = self.alive.get_mut(&id) {
                    worker.outbox = None;
                }
            }
            Action::Kill(id) => {
                if let Some(worker) = self.alive.get(&id) {
                    worker.handle.kill();
                }
            }
            Action::GiveUp(why) => self.hopeless = Some(why),
        }
    }

    async fn spawn(&mut self, id: WorkerId) {
        let started = link::Port::bind(&self.setup.run_dir, id)
            .and_then(|port| Ok((Process::spawn(id, &self.setup.program, port.path())?, port)));
        let (process, port) = match started {
            Ok(started) => started,
            Err(error) => {
                tracing::error!(worker = id.0, %error, program = %self.setup.program.workerd.display(), "a worker cannot be started");
                let event = Event::Exited {
                    exit: Exit::Code(-1),
                    last_words: Vec::new(),
                };
                return self.on_event(id, event).await;
            }
        };
        let (outbox, messages) = mpsc::channel(link::OUTBOX);
        let alive = Alive {
            pid: process.pid(),
            handle: process.handle(),
            outbox: Some(outbox),
            job: None,
            aside: BTreeSet::new(),
            since: Instant::now(),
            ready: None,
        };
        tracing::debug!(worker = id.0, pid = alive.pid, "a worker starts");
        let talking = tokio::spawn(link::talk(id, alive.pid, port, messages, self.events.clone()));
        let events = self.events.clone();
        tokio::spawn(async move {
            let (exit, last_words) = process.wait().await;
            // An answer that was written before the end is still read. One that never connected is not waited for.
            let mut talking = talking;
            if timeout(LAST_READ, &mut talking).await.is_err() {
                talking.abort();
            }
            let _ = events.send((id, Event::Exited { exit, last_words })).await;
        });
        self.alive.insert(id, alive);
    }

    async fn on_event(&mut self, id: WorkerId, event: Event) {
        let now = Instant::now();
        match event {
            Event::Ready(ready) => {
                let Some(worker) = self.alive.get_mut(&id) else {
                    return;
                };
                let started_in = human::duration(worker.since.elapsed());
                if !ready.unconfined.is_empty() {
                    tracing::warn!(
                        worker = id.0,
                        missing = ready.unconfined.join(", "),
                        "this kernel cannot confine a worker fully"
                    );
                }
                tracing::info!(
                    worker = id.0,
                    pid = worker.pid,
                    loaded_in = %human::duration(Duration::from_millis(ready.load_ms.into())),
                    %started_in,
                    kernels = ready.kernels,
                    "a worker is ready"
                );
                worker.ready = Some(ready);
                self.fleet.on_ready(id, now);
            }
            Event::Done { job, speech, compute } => {
                self.answered(id, job, now);
                self.tell(News::Done { job, speech, compute }).await;
            }
            Event::Part { job, part, compute } => {
                if let Some(worker) = self.alive.get_mut(&id) {
                    worker.job = None;
                    worker.aside.insert(job);
                    self.fleet.on_part(id, now);
                }
                self.tell(News::Part { job, part, compute }).await;
            }
            Event::Begun { job, begun } => self.tell(News::Begun { job, begun }).await,
            Event::Failed { job, fault } => {
                self.answered(id, job, now);
                self.tell(News::Failed { job, fault }).await;
            }
            Event::Pong => self.fleet.on_pong(id, now),
            Event::Lost(error) => {
                let nonsense = error.filter(|error| !is_end_of_stream(error));
                if let Some(error) = &nonsense {
                    tracing::error!(worker = id.0, %error, "a worker breaks the protocol");
                }
                self.fleet.on_lost(id, nonsense.map(|_| Reason::Protocol), now);
            }
            Event::Exited { exit, last_words } => self.on_exit(id, exit, &last_words, now).await,
        }
    }

    async fn on_exit(&mut self, id: WorkerId, exit: Exit, last_words: &[String], now: Instant) {
        let Some(reason) = self.fleet.on_exit(id, exit, now) else {
            return;
        };
        let alive = self.alive.remove(&id);
        let pid = alive.as_ref().map(|worker| worker.pid);
        let last_words = last_words.join(" | ");
        if matches!(reason, Reason::Recycled | Reason::Scaled | Reason::Drained) {
            tracing::info!(worker = id.0, pid, reason = reason.as_str(), "a worker left");
        } else {
            tracing::warn!(
                worker = id.0,
                pid,
                reason = reason.as_str(),
                ?exit,
                last_words,
                "a worker died"
            );
        }
        metrics::counter!(crate::metrics::WORKER_EXITS, "reason" => reason.as_str()).increment(1);
        self.last_exits.push_front((id, reason));
        self.last_exits.truncate(status::LAST_EXITS);
        let Some(Alive { job, aside, .. }) = alive else {
            return;
        };
        let lost = job.map(|job| (job, true)).into_iter();
        for (job, running) in lost.chain(aside.into_iter().map(|job| (job, false))) {
            let lost = News::Lost { job, reason, running };
            self.tell(lost).await;
        }
    }

    async fn on_order(&mut self, order: Order) {
        let now = Instant::now();
        match order {
            Order::Run {
                worker,
                job,
                begun,
                deadline,
            } => {
                let id = job.id;
                self.turn(worker, id, ToWorker::Run(job), begun, deadline).await;
            }
            Order::Go {
                worker,
                job,
                threads,
                deadline,
            } => {
                self.turn(worker, job, ToWorker::Go { job, threads }, None, deadline)
                    .await;
            }
            Order::Cancel { worker, job } => self.send(worker, ToWorker::Cancel { job }, None),
            Order::Scale { target } => self.fleet.scale(target.clamp(1, MAX_WORKERS), now),
            Order::Recycle { worker, answer } => {
                let ids = worker.map_or_else(|| self.fleet.ids(), |id| vec![id]);
                let recycled = ids.into_iter().filter(|id| self.fleet.recycle(*id)).count();
                // Nobody waits any more: nothing is lost.
                let _ = answer.send(recycled);
            }
            Order::Drain => self.fleet.drain(now),
            Order::Tight(tight) => self.fleet.on_tight(tight),
            Order::Alive(answer) => {
                let _ = answer.send(());
            }
        }
    }

    /// Memory and stopped processes.
    fn look_after(&mut self) {
        let now = Instant::now();
        for (id, worker) in &self.alive {
            let Some(vitals) = worker.handle.vitals() else {
                continue;
            };
            if vitals.stopped {
                self.fleet.on_stopped(*id, now);
            } else {
                self.fleet.on_memory(*id, vitals.private, now);
            }
        }
        if std::process::id() == 1 {
            process::reap_strangers(|pid| self.alive.values().any(|worker| worker.pid == pid));
        }
    }

    /// Has a worker compute a job, or the next part of it.
    async fn turn(
        &mut self,
        worker: WorkerId,
        job: u64,
        turn: ToWorker,
        begun: Option<Arc<Begun>>,
        deadline: Duration,
    ) {
        let now = Instant::now();
        let goes_on = matches!(turn, ToWorker::Go { .. });
        if let Some(alive) = self.alive.get_mut(&worker)
            && alive.aside.contains(&job) == goes_on
            && self.fleet.on_turn(worker, goes_on, now + deadline, now)
        {
            alive.aside.remove(&job);
            alive.job = Some(job);
            self.send(worker, turn, begun);
        } else {
            // The worker was offered, but we have retired or killed it since. If it had begun this job, `on_exit` reports the loss.
            let aside = self
                .alive
                .get(&worker)
                .is_some_and(|alive| alive.aside.contains(&job));
            if !aside {
                let lost = News::Lost {
                    job,
                    reason: Reason::Recycled,
                    running: false,
                };
                self.tell(lost).await;
            }
        }
    }

    /// A job is over: the one that is computed, or one that was set aside.
    fn answered(&mut self, id: WorkerId, job: u64, now: Instant) {
        let Some(worker) = self.alive.get_mut(&id) else {
            return;
        };
        if worker.aside.remove(&job) {
            self.fleet.on_dropped(id, now);
        } else {
            worker.job = None;
            self.fleet.on_answer(id, now);
        }
    }

    /// A full outbox means that the worker does not read: its deadline or ping will find it.
    fn send(&self, id: WorkerId, message: ToWorker, begun: Option<Arc<Begun>>) {
        if let Some(outbox) = self.alive.get(&id).and_then(|worker| worker.outbox.as_ref())
            && outbox.try_send((message, begun)).is_err()
        {
            tracing::debug!(worker = id.0, "a worker does not take messages");
        }
    }

    /// Fails only when the scheduler has ended, and with it the program.
    async fn tell(&self, news: News) {
        let _ = self.news.send(news).await;
    }
}

/// The socket ended, inside a frame or between two: its process is ending.
fn is_end_of_stream(error: &ProtocolError) -> bool {
    matches!(
        error,
        ProtocolError::Frame(FrameError::Io(_) | FrameError::Truncated)
    )
}
