//! Which segment goes next: the one that has to be begun first. Pure: no clock, no I/O.
//!
//! A streaming listener hears its first audio when it is sent and runs dry when what was sent has been played. A
//! segment is *needed* at that moment, counted over everything that stands before it, and has to be begun as long
//! before as it takes to make. So a new short request overtakes a long one with twenty seconds in hand, and all
//! listeners share the machine by need.
//!
//! A listener who has heard nothing yet is promised a first sound: until then, who would run dry goes before.
//!
//! With more listeners than workers, a sound is held back until it can be expected to go on once it has begun: a wait is no gap.
//!
//! Until a listener's first segment is made, its later ones stand back: the first sounds for longer than they take to
//! make, and workers that have nothing else to do lend their cores to it meanwhile.
//!
//! A segment that comes in parts is made in turns: after each, what is left of it stands here again, to be gone on with by
//! the worker that began it. Another may have its turn between two parts.
//!
//! Work that nobody listens to yet (`stream: false`) is needed a fixed time after it arrived. That lets listeners
//! pass, but only for so long: every segment that is served moves its own listener's need forward, so the fixed
//! one becomes the earliest in the end.

use std::collections::{BTreeMap, VecDeque};

use crate::workers::lifecycle::WorkerId;

/// Seconds since some moment that all callers share.
pub type Seconds = f64;

/// The first segment of a streaming response is needed so long after it was asked for. A wait is no gap, but it has an end.
pub const PROMISE: Seconds = 2.0;

/// A segment takes so many times as long to make in parts as whole (a real-time factor of 0.50 instead of 0.40: 46 and 390 segments, AVX2).
const IN_PARTS: f64 = 1.25;

/// A listener who has waited so long hears what there is, however it goes on.
const HELD_AT_MOST: Seconds = 3.0;

/// So much before a listener runs dry its next segment should be there: it may take longer than was expected.
const CUSHION: Seconds = 0.2;

/// How long unheard work lets listeners pass.
pub const PATIENCE: Seconds = 20.0;

/// What a unit of work takes to make and how long it sounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PerWork {
    pub compute: Seconds,
    pub speech: Seconds,
}

/// Names a response in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResponseId(pub u64);

/// How a response is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Played while it is made.
    Streaming,
    /// Sent when it is whole.
    Whole,
}

/// A segment as the policy sees it, or what is left of it. `index` counts from 0 in the response.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pending {
    pub index: u64,
    /// Tokens: what computing time and length of speech go with.
    pub work: usize,
    /// How many times as fast it is heard; it takes as long to make at any speed.
    pub speed: f32,
    /// As much of it as the next turn takes.
    pub turn: usize,
    /// The worker that began it.
    pub begun: Option<WorkerId>,
}

impl Pending {
    /// How long it is expected to be heard.
    fn sounds(&self, per_work: PerWork) -> Seconds {
        seconds(self.work, per_work.speech) / Seconds::from(self.speed)
    }
}

/// A turn that a worker computes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Out {
    pub job: u64,
    pub response: ResponseId,
    pub index: u64,
    /// All of the segment, which is begun again if the turn gives way.
    pub work: usize,
    pub turn: usize,
}

/// Sound that a listener will get.
#[derive(Debug, Clone, Copy, Default)]
struct UnderWay {
    /// Seconds that are made and not sent yet.
    made: Seconds,
    /// Seconds that are expected of the turn that is out.
    coming: Seconds,
}

#[derive(Debug)]
struct Response {
    delivery: Delivery,
    arrived: Seconds,
    /// When its first audio was sent.
    heard_since: Option<Seconds>,
    /// When its sound was let go: what is made then is sent at once.
    opened: Option<Seconds>,
    /// Its first segment is made, all of it.
    established: bool,
    /// Seconds of audio sent so far.
    sent: Seconds,
    /// By index.
    under_way: BTreeMap<u64, UnderWay>,
    waiting: VecDeque<Pending>,
}

/// Every response that was let in, with the segments that wait.
#[derive(Debug, Default)]
pub struct Queue {
    responses: BTreeMap<ResponseId, Response>,
}

impl Queue {
    pub fn enter(&mut self, id: ResponseId, delivery: Delivery, now: Seconds) {
        let response = Response {
            delivery,
            arrived: now,
            heard_since: None,
            opened: None,
            established: false,
            sent: 0.0,
            under_way: BTreeMap::new(),
            waiting: VecDeque::new(),
        };
        self.responses.insert(id, response);
    }

    /// Forgets a response and whatever of it waits.
    pub fn leave(&mut self, id: ResponseId) {
        self.responses.remove(&id);
    }

    /// Adds a segment. One that comes back from a dead worker goes where its index says.
    pub fn push(&mut self, id: ResponseId, segment: Pending) {
        if let Some(response) = self.responses.get_mut(&id) {
            response.put(segment);
        }
    }

    /// Notes that `length` seconds of a segment are made and will be sent, and adds what is left of it.
    pub fn part_made(&mut self, id: ResponseId, length: Seconds, rest: Pending) {
        if let Some(response) = self.responses.get_mut(&id) {
            response.under_way.entry(rest.index).or_default().made += length;
            response.put(rest);
        }
    }

    /// Notes that a segment, or the rest of it, is made, by a worker or for an earlier request, and will be sent: `length` seconds.
    pub fn made(&mut self, id: ResponseId, index: u64, length: Seconds) {
        if let Some(response) = self.responses.get_mut(&id) {
            let under_way = response.under_way.entry(index).or_default();
            under_way.made += length;
            under_way.coming = 0.0;
            response.established |= index == 0;
        }
    }

    /// Lets the sound of listeners go who have waited for it long enough, or will not run dry soon once it has begun, with so many
    /// workers for all. Returns whose.
    pub fn open(&mut self, per_work: PerWork, workers: usize, now: Seconds) -> Vec<ResponseId> {
        let listeners = self
            .responses
            .values()
            .filter(|response| response.is_listened_for());
        let share = ratio(listeners.count(), workers);
        let opens = |response: &Response, limit: Seconds| {
            share <= 1.0 || now >= limit || response.goes_on(share, per_work)
        };
        self.responses
            .iter_mut()
            .filter(|(_, response)| response.held_until().is_some_and(|limit| opens(response, limit)))
            .map(|(id, response)| {
                response.opened = Some(now);
                *id
            })
            .collect()
    }

    /// When the next sound is let go that is held back, whatever happens until then.
    #[must_use]
    pub fn held_until(&self) -> Option<Seconds> {
        let held = self.responses.values().filter_map(Response::held_until);
        held.min_by(Seconds::total_cmp)
    }

    /// Whether a segment waits that may be made now and that somebody `takes`: one that a worker began, or a new one for `None`.
    #[must_use]
    pub fn has_more(&self, takes: impl Fn(Option<WorkerId>) -> bool) -> bool {
        self.responses
            .values()
            .filter_map(Response::next)
            .any(|next| takes(next.begun))
    }

    /// Whose segment has to be begun first, or gone on with, of those that somebody `takes`, and when.
    fn first(
        &self,
        per_work: PerWork,
        takes: impl Fn(Option<WorkerId>) -> bool,
    ) -> Option<(ResponseId, Seconds)> {
        self.responses
            .iter()
            .filter(|(_, response)| response.next().is_some_and(|next| takes(next.begun)))
            .filter_map(|(id, response)| Some((*id, response.begin(per_work)?)))
            .min_by(|(a, begin_a), (b, begin_b)| begin_a.total_cmp(begin_b).then(a.cmp(b)))
    }

    /// Whether a listener hears a gap if a segment, of which nothing is out, is made from now on and comes whole.
    #[must_use]
    pub fn is_late(&self, id: ResponseId, index: u64, work: usize, per_work: PerWork, now: Seconds) -> bool {
        self.responses.get(&id).is_some_and(|response| {
            response.delivery == Delivery::Streaming
                && response.needed(index, per_work) < now + seconds(work, per_work.compute)
        })
    }

    /// Which of the turns that are out gives way when no worker is free and a listener would run dry: the one that can wait
    /// longest, if it can be made in time after the segment that goes next.
    #[must_use]
    pub fn gives_way(&self, out: impl Iterator<Item = Out>, per_work: PerWork, now: Seconds) -> Option<u64> {
        let (id, begin) = self.first(per_work, |begun| begun.is_none())?;
        let response = self.responses.get(&id)?;
        let takes = seconds(response.next()?.turn, per_work.compute);
        let (last, can_wait) = out
            .filter_map(|out| {
                let needed = self.responses.get(&out.response)?.needed(out.index, per_work);
                Some((out, needed - seconds(out.work, per_work.compute)))
            })
            .max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        let urgent =
            response.delivery == Delivery::Streaming && begin < now + seconds(last.turn, per_work.compute);
        (urgent && can_wait > now + takes).then_some(last.job)
    }

    /// Whether a listener would run dry within `soon` if nothing more were made.
    #[must_use]
    pub fn is_tight(&self, soon: Seconds, now: Seconds) -> bool {
        self.responses.values().any(|response| {
            response.is_listened_for() && response.runs_dry().is_none_or(|moment| moment < now + soon)
        })
    }

    /// Takes the segment that has to be begun first, or gone on with, of those that somebody `takes`.
    pub fn pop(
        &mut self,
        per_work: PerWork,
        takes: impl Fn(Option<WorkerId>) -> bool,
    ) -> Option<(ResponseId, Pending)> {
        let (id, _) = self.first(per_work, takes)?;
        let response = self.responses.get_mut(&id)?;
        let segment = response.waiting.pop_front()?;
        response.under_way.entry(segment.index).or_default().coming = segment.sounds(per_work);
        Some((id, segment))
    }

    /// Notes that a segment's audio of `length` seconds has left, in order; `all` of it, or a part that is heard while the rest is made.
    /// Returns how long its listener, if there is one, had heard nothing before.
    pub fn sent(&mut self, id: ResponseId, index: u64, length: Seconds, all: bool, now: Seconds) -> Seconds {
        let Some(response) = self.responses.get_mut(&id) else {
            return 0.0;
        };
        if all {
            response.under_way.remove(&index);
        } else if let Some(under_way) = response.under_way.get_mut(&index) {
            under_way.made = (under_way.made - length).max(0.0);
        }
        if response.delivery == Delivery::Whole {
            return 0.0;
        }
        let since = *response.heard_since.get_or_insert(now);
        let silence = (now - (since + response.sent)).max(0.0);
        // A listener that ran dry goes on when sound comes again.
        response.heard_since = Some(since + silence);
        response.sent += length;
        silence
    }

    /// Responses of which nothing has been given to a worker or sent yet, in the order in which they came.
    pub fn unstarted(&self) -> impl Iterator<Item = ResponseId> {
        self.responses
            .iter()
            .filter(|(_, r)| r.heard_since.is_none() && r.under_way.is_empty() && r.sent == 0.0)
            .map(|(id, _)| *id)
    }

    #[must_use]
    pub fn responses(&self) -> usize {
        self.responses.len()
    }

    #[must_use]
    pub fn segments(&self) -> usize {
        self.responses.values().map(|r| r.waiting.len()).sum()
    }

    /// Work that a new listener has to wait for: the first waiting segments of those not heard yet.
    #[must_use]
    pub fn work_ahead(&self) -> usize {
        self.responses
            .values()
            .filter(|r| r.heard_since.is_none())
            .filter_map(|r| r.waiting.front())
            .map(|segment| segment.turn)
            .sum()
    }
}

impl Response {
    /// Puts a segment, of which nothing is out now, in its place, and instead of what was left of it before.
    fn put(&mut self, segment: Pending) {
        if let Some(under_way) = self.under_way.get_mut(&segment.index) {
            under_way.coming = 0.0;
            if under_way.made == 0.0 {
                self.under_way.remove(&segment.index);
            }
        }
        self.waiting.retain(|other| other.index != segment.index);
        let place = self.waiting.partition_point(|other| other.index < segment.index);
        self.waiting.insert(place, segment);
    }

    /// The next segment that waits and may be made now.
    fn next(&self) -> Option<&Pending> {
        let next = self.waiting.front()?;
        let held = self.delivery == Delivery::Streaming && !self.established && next.index > 0;
        (!held).then_some(next)
    }

    /// Whether a segment waits or is computed.
    fn has_more_to_come(&self) -> bool {
        !self.waiting.is_empty() || self.under_way.values().any(|sound| sound.coming > 0.0)
    }

    /// Whether a listener hears, or waits to hear, what is still to come.
    fn is_listened_for(&self) -> bool {
        self.delivery == Delivery::Streaming && self.has_more_to_come()
    }

    /// When its beginning, which is made and held back, is let go whatever happens.
    fn held_until(&self) -> Option<Seconds> {
        let made = self.under_way.get(&0).is_some_and(|sound| sound.made > 0.0);
        let held =
            self.delivery == Delivery::Streaming && self.opened.is_none() && (made || self.established);
        held.then_some(self.arrived + HELD_AT_MOST)
    }

    /// Seconds that are made and not sent yet.
    fn in_hand(&self) -> Seconds {
        self.under_way.values().map(|sound| sound.made).sum()
    }

    /// Whether what is made sounds at least until the next turn of it is made, and with what that turn's segment is expected to sound until
    /// the first turn of the segment after it, if each turn takes `share` times its computing.
    fn goes_on(&self, share: f64, per_work: PerWork) -> bool {
        let mut waiting = self.waiting.iter();
        let Some(next) = waiting.next() else {
            return !self.has_more_to_come();
        };
        let made = self.in_hand();
        let takes = |work: usize| share * seconds(work, per_work.compute);
        let in_parts = if next.turn < next.work { IN_PARTS } else { 1.0 };
        let after = waiting.next().map_or(0, |segment| segment.turn);
        // While a turn is out, nobody knows when it is made.
        self.under_way.values().all(|sound| sound.coming == 0.0)
            && made >= in_parts * takes(next.turn)
            && made + next.sounds(per_work) >= in_parts * takes(next.work) + takes(after)
    }

    /// When all that is made has been heard; `None` while nothing is.
    fn runs_dry(&self) -> Option<Seconds> {
        Some(self.sounds_since()? + self.sent + self.in_hand())
    }

    /// Since when it is heard. What is let go and not sent yet is about to be: counted from its arrival, it would seem to be late.
    fn sounds_since(&self) -> Option<Seconds> {
        self.heard_since.or(self.opened)
    }

    /// When that one has to be begun.
    fn begin(&self, per_work: PerWork) -> Option<Seconds> {
        let next = self.next()?;
        Some(self.needed(next.index, per_work) - seconds(next.turn, per_work.compute))
    }

    /// When the next sound of a segment is needed.
    fn needed(&self, index: u64, per_work: PerWork) -> Seconds {
        let under_way = self.under_way.range(..=index).map(|(of, sound)| {
            let coming = if *of < index { sound.coming } else { 0.0 };
            sound.made + coming
        });
        let waiting = self.waiting.iter().take_while(|segment| segment.index < index);
        let before =
            under_way.sum::<Seconds>() + waiting.map(|segment| segment.sounds(per_work)).sum::<Seconds>();
        match (self.delivery, self.sounds_since()) {
            (Delivery::Streaming, Some(since)) => since + self.sent + before - CUSHION,
            (Delivery::Streaming, None) => self.arrived + PROMISE,
            (Delivery::Whole, _) => self.arrived + PATIENCE,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "listeners and workers are few")]
fn ratio(listeners: usize, workers: usize) -> f64 {
    listeners as f64 / workers.max(1) as f64
}

#[expect(clippy::cast_precision_loss, reason = "at most 510 tokens")]
fn seconds(work: usize, per_work: Seconds) -> Seconds {
    work as Seconds * per_work
}

#[cfg(test)]
mod tests;
