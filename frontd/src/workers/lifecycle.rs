//! The life of the workers. Pure: events and the time go in, actions come out.
//!
//! ```text
//!              spawn                Ready                  job
//!   (wanted) ────────▶ Starting ────────────▶ Idle ◀────────────────▶ Busy
//!                         │      first message  │       answer          │
//!                         │                     │                       │
//!                         │ start limit passed, │ ping unanswered,      │ deadline passed, too much
//!                         │ socket lost         │ socket lost           │ memory, socket lost
//!                         ▼                     ▼                       ▼
//!               Ending or Dying ───────────── exit ──────────────────▶ gone ──▶ (wanted again)
//!                                               ▲
//!   scaled, recycled, drained: Idle ──▶ Retiring (socket closed, ends by itself)
//! ```
//!
//! *Ending*: the socket is closed and the worker exits by itself; *Dying*: we killed it.
//!
//! *Busy* is a turn of a job: the whole, or a part of one that goes on later. An idle worker may have begun jobs, which only
//! it can go on with.
//!
//! *Leaving* is a mark, not a state: a worker that is to be recycled serves until its replacement is ready, one
//! that is scaled away or drained until the jobs that it has begun are done.
//!
//! A spare worker starts when those that are wanted are ready; the oldest are those that work.
//!
//! A worker is replaced at once. When workers fail without having done any good, the next start waits, longer each
//! time; the first good work takes the wait back.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

pub use self::{
    policy::Policy,
    reason::{Exit, Reason},
};

mod policy;
mod reason;

/// One incarnation of a worker; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct WorkerId(pub u64);

/// What the supervisor must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Spawn(WorkerId),
    /// It can take a job, or, `closing`, go on with one that it has begun.
    Offer {
        id: WorkerId,
        closing: bool,
    },
    /// It can take no job any more.
    Withdraw(WorkerId),
    Ping(WorkerId),
    /// Close its socket: it ends by itself.
    HangUp(WorkerId),
    /// SIGKILL to its process group.
    Kill(WorkerId),
    /// Nothing will ever work; the process ends with this message.
    GiveUp(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Starting,
    Idle {
        pinged: bool,
    },
    Busy {
        deadline: Instant,
    },
    Retiring,
    /// Its socket is closed; it is about to exit.
    Ending,
    Dying,
}

impl State {
    /// Neither on its way out nor killed.
    fn is_alive(self) -> bool {
        !matches!(self, Self::Retiring | Self::Ending | Self::Dying)
    }
}

/// What others may see of a worker's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Starting,
    Ready,
    Busy,
    Retiring,
    Dying,
}

impl Phase {
    pub const ALL: [Self; 5] = [
        Self::Starting,
        Self::Ready,
        Self::Busy,
        Self::Retiring,
        Self::Dying,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Busy => "busy",
            Self::Retiring => "retiring",
            Self::Dying => "dying",
        }
    }
}

#[derive(Debug)]
struct Worker {
    state: State,
    /// Since when it is in its state, or its last sign of life when idle.
    since: Instant,
    /// Whether it ever was.
    ready: bool,
    jobs: u64,
    /// Jobs that it has begun and does not compute now.
    aside: usize,
    memory: u64,
    leaving: Option<Leaving>,
    /// Why we ended it; otherwise its exit tells.
    verdict: Option<Reason>,
}

impl Worker {
    /// Is there or coming, and is not to go.
    fn stays(&self) -> bool {
        self.leaving.is_none() && self.state.is_alive()
    }

    /// Takes jobs, or will when it is ready.
    fn is_open(&self) -> bool {
        self.state.is_alive() && !self.is_closing()
    }

    /// Begins no job any more.
    fn is_closing(&self) -> bool {
        self.leaving.is_some_and(|leaving| !leaving.awaits_replacement)
    }

    /// Serves until another is ready.
    fn awaits_replacement(&self) -> bool {
        self.leaving.is_some_and(|leaving| leaving.awaits_replacement) && self.state.is_alive()
    }
}

/// A worker that is to go.
#[derive(Debug, Clone, Copy)]
struct Leaving {
    reason: Reason,
    /// Its replacement is not ready yet, so it goes on taking jobs.
    awaits_replacement: bool,
}

/// All workers and how many are wanted.
#[derive(Debug)]
pub struct Fleet {
    policy: Policy,
    target: usize,
    workers: BTreeMap<WorkerId, Worker>,
    last_id: u64,
    /// Workers in a row that failed without doing any good.
    failures: u32,
    /// No start before this moment.
    not_before: Option<Instant>,
    /// Replacements wait until then while listeners are about to run dry.
    held_until: Option<Instant>,
    tight: bool,
    ever_ready: bool,
    draining: bool,
    ended: BTreeMap<Reason, u64>,
    actions: Vec<Action>,
}

impl Fleet {
    #[must_use]
    pub fn new(policy: Policy, target: usize) -> Self {
        Self {
            policy,
            target,
            workers: BTreeMap::new(),
            last_id: 0,
            failures: 0,
            not_before: None,
            held_until: None,
            tight: false,
            ever_ready: false,
            draining: false,
            ended: BTreeMap::new(),
            actions: Vec::new(),
        }
    }

    /// What to do now. Call it after every event.
    pub fn decide(&mut self, now: Instant) -> Vec<Action> {
        self.watch(now);
        self.replace_and_fill(now);
        std::mem::take(&mut self.actions)
    }

    /// When something is due though nothing happens.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        let limits = self.workers.values().filter_map(|worker| self.limit_of(worker));
        let held = self.held_until.filter(|_| self.tight);
        let start = self
            .not_before
            .into_iter()
            .chain(held)
            .filter(|_| self.missing() > 0);
        limits.chain(start).min()
    }

    /// Whether listeners are about to run dry.
    pub fn on_tight(&mut self, tight: bool) {
        self.tight = tight;
    }

    pub fn on_ready(&mut self, id: WorkerId, now: Instant) {
        if let Some(worker) = self.workers.get_mut(&id)
            && worker.state == State::Starting
        {
            worker.ready = true;
            self.ever_ready = true;
            self.enter(id, State::Idle { pinged: false }, now);
            self.actions.push(Action::Offer { id, closing: false });
            let replaced = self.workers.iter().find_map(|(id, worker)| match worker.leaving {
                Some(Leaving {
                    reason,
                    awaits_replacement: true,
                }) => Some((*id, reason)),
                _ => None,
            });
            if let Some((old, reason)) = replaced {
                self.dismiss(old, reason, now);
            }
        }
    }

    /// A job is given to it, or the next turn of one that it has begun (`goes_on`). `false`: it cannot take it.
    pub fn on_turn(&mut self, id: WorkerId, goes_on: bool, deadline: Instant, now: Instant) -> bool {
        let Some(worker) = self.workers.get_mut(&id) else {
            return false;
        };
        let takes = if goes_on {
            worker.aside > 0
        } else {
            !worker.is_closing()
        };
        if !takes || !matches!(worker.state, State::Idle { .. }) {
            return false;
        }
        worker.aside -= usize::from(goes_on);
        self.enter(id, State::Busy { deadline }, now)
    }

    /// It has made a part of its job, which goes on later.
    pub fn on_part(&mut self, id: WorkerId, now: Instant) {
        if let Some(worker) = self.workers.get_mut(&id)
            && matches!(worker.state, State::Busy { .. })
        {
            worker.aside += 1;
            self.enter(id, State::Idle { pinged: false }, now);
            self.offer(id, now);
        }
    }

    /// A job that it had set aside is given up.
    pub fn on_dropped(&mut self, id: WorkerId, now: Instant) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        worker.aside = worker.aside.saturating_sub(1);
        if matches!(worker.state, State::Idle { .. }) {
            self.offer(id, now);
        }
    }

    /// Its job is answered.
    pub fn on_answer(&mut self, id: WorkerId, now: Instant) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        if !matches!(worker.state, State::Busy { .. }) {
            return;
        }
        worker.jobs += 1;
        self.failures = 0;
        self.not_before = None;
        let worn_out = self.policy.jobs_limit.is_some_and(|limit| worker.jobs >= limit);
        self.enter(id, State::Idle { pinged: false }, now);
        if worn_out {
            self.recycle(id);
        }
        self.offer(id, now);
    }

    /// An idle worker is free for what it may take, or goes.
    fn offer(&mut self, id: WorkerId, now: Instant) {
        match self.workers.get(&id) {
            Some(worker) if worker.is_closing() && worker.aside == 0 => self.retire(id, now),
            Some(worker) => {
                let closing = worker.is_closing();
                self.actions.push(Action::Offer { id, closing });
            }
            None => {}
        }
    }

    pub fn on_pong(&mut self, id: WorkerId, now: Instant) {
        if let Some(
            worker @ Worker {
                state: State::Idle { .. },
                ..
            },
        ) = self.workers.get_mut(&id)
        {
            worker.state = State::Idle { pinged: false };
            worker.since = now;
        }
    }

    /// It sent nonsense (`Some`), or its socket is closed: then it is about to end by itself, and its exit tells why.
    pub fn on_lost(&mut self, id: WorkerId, nonsense: Option<Reason>, now: Instant) {
        if !self
            .workers
            .get(&id)
            .is_some_and(|worker| worker.state.is_alive())
        {
            return;
        }
        if nonsense.is_some() {
            self.kill(id, nonsense, now);
        } else {
            self.enter(id, State::Ending, now);
            self.lose(id, now);
        }
    }

    pub fn on_memory(&mut self, id: WorkerId, bytes: u64, now: Instant) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        worker.memory = bytes;
        match (self.policy.memory_limit, worker.state) {
            (Some(limit), State::Busy { .. }) if bytes > limit + limit / 2 => {
                self.kill(id, Some(Reason::Memory), now);
            }
            (Some(limit), State::Idle { .. } | State::Busy { .. }) if bytes > limit => {
                worker.leaving.get_or_insert(Leaving {
                    reason: Reason::Memory,
                    awaits_replacement: true,
                });
            }
            _ => {}
        }
    }

    /// It is seen not to run at all (SIGSTOP).
    pub fn on_stopped(&mut self, id: WorkerId, now: Instant) {
        self.kill(id, Some(Reason::Killed), now);
    }

    /// The process has ended and was waited for. Returns why, for the log and for the segment it had.
    pub fn on_exit(&mut self, id: WorkerId, exit: Exit, now: Instant) -> Option<Reason> {
        let worker = self.workers.remove(&id)?;
        let reason = worker.verdict.unwrap_or_else(|| exit.reason(worker.ready));
        *self.ended.entry(reason).or_default() += 1;
        if worker.state.is_alive() {
            self.lose(id, now);
        }
        let planned = matches!(reason, Reason::Recycled | Reason::Scaled | Reason::Drained);
        // One that was well until somebody killed it says nothing about the next.
        let well = reason == Reason::Killed && worker.ready;
        if !planned && !well && worker.jobs == 0 {
            self.failures += 1;
            self.not_before = self.backoff().map(|wait| now + wait);
        }
        if !self.ever_ready && !planned {
            self.consider_giving_up(exit);
        }
        Some(reason)
    }

    /// Wants `target` workers from now on.
    pub fn scale(&mut self, target: usize, now: Instant) {
        self.target = target;
        // The one that costs least to lose: not ready, then about to be replaced, then idle, then busy; of those the
        // youngest.
        let mut order: Vec<(u8, std::cmp::Reverse<WorkerId>)> = self
            .workers
            .iter()
            .filter(|(_, worker)| worker.is_open())
            .map(|(id, worker)| {
                let cost = match worker.state {
                    State::Starting => 0,
                    _ if worker.awaits_replacement() => 1,
                    State::Idle { .. } if worker.aside == 0 => 2,
                    _ => 3,
                };
                (cost, std::cmp::Reverse(*id))
            })
            .collect();
        let surplus = order.len().saturating_sub(self.all());
        order.sort_unstable();
        for (_, std::cmp::Reverse(id)) in order.into_iter().take(surplus) {
            self.dismiss(id, Reason::Scaled, now);
        }
    }

    /// Replaces a worker; it serves until the replacement is ready. `false`: there is no such worker.
    pub fn recycle(&mut self, id: WorkerId) -> bool {
        match self.workers.get_mut(&id) {
            Some(worker) if worker.state.is_alive() => {
                worker.leaving.get_or_insert(Leaving {
                    reason: Reason::Recycled,
                    awaits_replacement: true,
                });
                true
            }
            _ => false,
        }
    }

    /// No worker is started any more, and each goes when its job is done.
    pub fn drain(&mut self, now: Instant) {
        self.draining = true;
        self.target = 0;
        for id in self.ids() {
            self.dismiss(id, Reason::Drained, now);
        }
    }

    #[must_use]
    pub fn ids(&self) -> Vec<WorkerId> {
        self.workers.keys().copied().collect()
    }

    #[must_use]
    pub fn target(&self) -> usize {
        self.target
    }

    /// How many workers ended, by reason.
    #[must_use]
    pub fn ended(&self) -> &BTreeMap<Reason, u64> {
        &self.ended
    }

    /// Phase, jobs done and private memory in bytes of a worker.
    #[must_use]
    pub fn look(&self, id: WorkerId) -> Option<(Phase, u64, u64)> {
        let worker = self.workers.get(&id)?;
        let phase = match worker.state {
            State::Starting => Phase::Starting,
            State::Idle { .. } => Phase::Ready,
            State::Busy { .. } => Phase::Busy,
            State::Retiring => Phase::Retiring,
            State::Ending | State::Dying => Phase::Dying,
        };
        Some((phase, worker.jobs, worker.memory))
    }

    /// Kills or pings what is overdue.
    fn watch(&mut self, now: Instant) {
        let overdue: Vec<(WorkerId, State)> = self
            .workers
            .iter()
            .filter(|(_, worker)| self.limit_of(worker).is_some_and(|limit| limit <= now))
            .map(|(id, worker)| (*id, worker.state))
            .collect();
        for (id, state) in overdue {
            match state {
                State::Idle { pinged: false } => {
                    self.enter(id, State::Idle { pinged: true }, now);
                    self.actions.push(Action::Ping(id));
                }
                State::Starting => self.kill(id, Some(Reason::Start), now),
                State::Idle { pinged: true } | State::Busy { .. } => self.kill(id, Some(Reason::Hang), now),
                State::Retiring => self.kill(id, None, now),
                State::Ending => self.kill(id, Some(Reason::Crash), now),
                // SIGKILL was lost or the process hangs in the kernel: once more.
                State::Dying => {
                    self.enter(id, State::Dying, now);
                    self.actions.push(Action::Kill(id));
                }
            }
        }
    }

    fn limit_of(&self, worker: &Worker) -> Option<Instant> {
        Some(match worker.state {
            State::Starting => worker.since + self.policy.start_limit,
            State::Idle { pinged: false } => worker.since + self.policy.ping_after,
            State::Idle { pinged: true } => worker.since + self.policy.ping_limit,
            State::Busy { deadline } => deadline,
            State::Retiring | State::Ending | State::Dying => worker.since + self.policy.retire_limit,
        })
    }

    fn replace_and_fill(&mut self, now: Instant) {
        if self.draining || self.not_before.is_some_and(|moment| moment > now) || self.is_held(now) {
            return;
        }
        for _ in 0..self.missing() {
            self.last_id += 1;
            let id = WorkerId(self.last_id);
            self.workers.insert(
                id,
                Worker {
                    state: State::Starting,
                    since: now,
                    ready: false,
                    jobs: 0,
                    aside: 0,
                    memory: 0,
                    leaving: None,
                    verdict: None,
                },
            );
            self.actions.push(Action::Spawn(id));
        }
        self.not_before = None;
        self.held_until = None;
    }

    /// Starts that are wanted now. Recycled workers are replaced one at a time, for memory's sake.
    fn missing(&self) -> usize {
        if self.draining {
            return 0;
        }
        let recycling = self
            .workers
            .values()
            .filter(|worker| worker.awaits_replacement())
            .count();
        let serving = self.staying().count() + recycling.saturating_sub(1);
        let able = |worker: &&Worker| worker.ready && worker.is_open();
        let ready = self.workers.values().filter(able).count();
        // The first start of all is alone: with every core to itself it serves much sooner than two that load side by side.
        let wanted = if !self.ever_ready {
            self.target.min(1)
        } else if ready < self.target {
            self.target
        } else {
            self.all()
        };
        wanted.saturating_sub(serving)
    }

    /// Those that are wanted, and the spare ones.
    fn all(&self) -> usize {
        self.target + self.policy.spare
    }

    /// Workers that are there or coming, and are to stay.
    fn staying(&self) -> impl Iterator<Item = (&WorkerId, &Worker)> {
        self.workers.iter().filter(|(_, worker)| worker.stays())
    }

    /// Lets a worker go: at once, or when the jobs that it has begun are done.
    fn dismiss(&mut self, id: WorkerId, reason: Reason, now: Instant) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        worker.leaving = Some(Leaving {
            reason,
            awaits_replacement: false,
        });
        match worker.state {
            State::Starting => self.retire(id, now),
            State::Idle { .. } => self.offer(id, now),
            _ => {}
        }
    }

    fn retire(&mut self, id: WorkerId, now: Instant) {
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.verdict = worker.leaving.map(|leaving| leaving.reason);
        }
        self.enter(id, State::Retiring, now);
        self.actions.push(Action::Withdraw(id));
        self.actions.push(Action::HangUp(id));
    }

    fn kill(&mut self, id: WorkerId, reason: Option<Reason>, now: Instant) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        worker.verdict = reason.or(worker.verdict);
        self.enter(id, State::Dying, now);
        self.lose(id, now);
        self.actions.push(Action::Kill(id));
    }

    /// A worker takes nothing any more, unplanned: the next start waits a while, if it is in the way of listeners.
    fn lose(&mut self, id: WorkerId, now: Instant) {
        self.actions.push(Action::Withdraw(id));
        self.held_until = Some(now + self.policy.hold);
    }

    /// Whether listeners need the core that a start would take, and a worker is there to use it.
    fn is_held(&self, now: Instant) -> bool {
        let serving = |worker: &Worker| matches!(worker.state, State::Idle { .. } | State::Busy { .. });
        self.tight && self.held_until.is_some_and(|moment| moment > now) && self.workers.values().any(serving)
    }

    fn enter(&mut self, id: WorkerId, state: State, now: Instant) -> bool {
        let Some(worker) = self.workers.get_mut(&id) else {
            return false;
        };
        worker.state = state;
        worker.since = now;
        true
    }

    /// The wait before the next start: none after the first failure.
    fn backoff(&self) -> Option<Duration> {
        let doublings = self.failures.checked_sub(2)?.min(16);
        Some((self.policy.backoff_first * 2u32.pow(doublings)).min(self.policy.backoff_most))
    }

    fn consider_giving_up(&mut self, exit: Exit) {
        if let Some(why) = exit.hopeless() {
            self.actions.push(Action::GiveUp(why.to_owned()));
        } else if self.failures >= self.policy.hopeless_after {
            self.actions
                .push(Action::GiveUp("no worker can be started".to_owned()));
        }
    }
}

#[cfg(test)]
mod tests;
