use common::protocol::{Fault, Job};

use super::*;
use crate::workers::{
    Begun,
    lifecycle::{Reason, WorkerId},
};

/// A scheduler, and the side of the workers in a test's hands.
struct Fleet {
    scheduler: Scheduler,
    orders: mpsc::Receiver<Order>,
    news: mpsc::Sender<News>,
}

impl Fleet {
    async fn of(workers: u64) -> Self {
        Self::with(workers, 0).await
    }

    async fn with(workers: u64, cache_bytes: usize) -> Self {
        let limits = Limits {
            queue: 10,
            responses: 10,
            wait: Duration::from_secs(60),
            deadline_floor: Duration::from_secs(10),
            deadline_factor: 10.0,
        };
        let (give, orders) = mpsc::channel(8);
        let (news, take) = mpsc::channel(8);
        let scheduler = Scheduler::start(limits, Cache::new(cache_bytes, "none"), give, take);
        for id in 1..=workers {
            news.send(offer(WorkerId(id))).await.unwrap();
        }
        // Once it has answered, it knows the workers.
        assert!(scheduler.alive().await);
        Self {
            scheduler,
            orders,
            news,
        }
    }

    /// The next order that a worker carries out.
    async fn order(&mut self) -> Option<Order> {
        loop {
            match self.orders.recv().await {
                Some(Order::Tight(_)) => {}
                order => return order,
            }
        }
    }

    /// The next job that is given out, and to whom.
    async fn given(&mut self) -> (WorkerId, Job) {
        match self.order().await {
            Some(Order::Run { worker, job, .. }) => (worker, job),
            other => panic!("{other:?}"),
        }
    }

    async fn nothing_given(&mut self) -> bool {
        self.scheduler.alive().await
            && std::iter::from_fn(|| self.orders.try_recv().ok())
                .all(|order| matches!(order, Order::Tight(_)))
    }

    async fn done(&self, worker: WorkerId, job: u64) {
        let speech = Speech {
            pcm: vec![0.5; 24_000],
            frames: None,
        };
        let compute = Duration::from_millis(100);
        self.news.send(News::Done { job, speech, compute }).await.unwrap();
        self.news.send(offer(worker)).await.unwrap();
    }
}

fn offer(worker: WorkerId) -> News {
    News::Offer {
        worker,
        closing: false,
    }
}

fn segment(tokens: usize) -> SegmentJob {
    SegmentJob {
        tokens: vec![50; tokens],
        style: vec![0.5; 256],
        pace: 1.0,
        speed: 1.0,
        parts: Parts::Always,
        draft: false,
    }
}

#[tokio::test]
async fn a_lone_first_segment_has_the_cores_of_all_free_workers_and_what_follows_shares_them() {
    let mut fleet = Fleet::of(2).await;
    let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let mut promises = Vec::new();
    for (index, tokens) in [(0, 10), (1, 11), (2, 12)] {
        promises.push(ticket.submit(index, segment(tokens)).await);
    }
    let (first, job) = fleet.given().await;
    assert_eq!((job.tokens.len(), job.threads), (10, 2));
    assert!(
        fleet.nothing_given().await,
        "its second segment took the lent core"
    );
    fleet.done(first, job.id).await;
    let (_, second) = fleet.given().await;
    let (_, third) = fleet.given().await;
    assert_eq!((second.tokens.len(), second.threads), (11, 1));
    assert_eq!((third.tokens.len(), third.threads), (12, 1));
}

#[tokio::test]
async fn no_core_is_lent_while_somebody_waits_or_works() {
    let mut fleet = Fleet::of(3).await;
    let mut one_more = async |tokens| {
        let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
        let promise = ticket.submit(0, segment(tokens)).await;
        let (worker, job) = fleet.given().await;
        (ticket, promise, worker, job)
    };
    let (_a, _a_speech, worker, job) = one_more(10).await;
    assert_eq!(job.threads, 3);
    // Two workers are free, but their cores are lent.
    let (_b, _b_speech, _, other) = one_more(11).await;
    assert_eq!(other.threads, 1);
    fleet.done(worker, job.id).await;
    assert!(fleet.nothing_given().await);
    let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let _c_speech = ticket.submit(0, segment(12)).await;
    assert_eq!(fleet.given().await.1.threads, 2);
}

#[tokio::test]
async fn the_core_of_a_missing_worker_helps_though_others_wait() {
    let mut fleet = Fleet::of(2).await;
    fleet.news.send(News::Wanted(3)).await.unwrap();
    let one_more = async |tokens| {
        let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
        let promise = ticket.submit(0, segment(tokens)).await;
        (ticket, promise)
    };
    let _a = one_more(10).await;
    let _b = one_more(11).await;
    let _c = one_more(12).await;
    let (first, a) = fleet.given().await;
    let (_, b) = fleet.given().await;
    assert_eq!((a.threads, b.threads), (3, 1));
    // The third worker is still missing, and a fourth listener waits.
    let _d = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let _d_speech = _d.submit(0, segment(13)).await;
    fleet.done(first, a.id).await;
    assert_eq!(fleet.given().await.1.threads, 2);
    fleet.news.send(offer(WorkerId(3))).await.unwrap();
    assert_eq!(fleet.given().await.1.threads, 1);
}

#[tokio::test]
async fn a_spare_worker_computes_nothing_until_another_is_gone() {
    let mut fleet = Fleet::of(3).await;
    fleet.news.send(News::Wanted(2)).await.unwrap();
    let mut promises = Vec::new();
    let mut tickets = Vec::new();
    for tokens in [10, 11, 12] {
        let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
        promises.push(ticket.submit(0, segment(tokens)).await);
        tickets.push(ticket);
    }
    let (first, a) = fleet.given().await;
    let (second, b) = fleet.given().await;
    assert_eq!([first, second], [WorkerId(1), WorkerId(2)]);
    assert_eq!((a.threads, b.threads), (2, 1), "two cores, and not three");
    assert!(fleet.nothing_given().await);
    assert!(tickets[2].in_line().look().1 > 0.0, "a newcomer waits too");
    // It takes the place of the one that dies.
    fleet.news.send(News::Withdraw(first)).await.unwrap();
    let lost = News::Lost {
        job: a.id,
        reason: Reason::Killed,
        running: true,
    };
    fleet.news.send(lost).await.unwrap();
    let (third, _) = fleet.given().await;
    assert_eq!(third, WorkerId(3));
    fleet.news.send(offer(WorkerId(4))).await.unwrap();
    assert!(fleet.nothing_given().await);
}

#[tokio::test]
async fn a_first_segment_whose_worker_died_goes_before_the_second() {
    let mut fleet = Fleet::of(1).await;
    let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let _first = ticket.submit(0, segment(10)).await;
    let _second = ticket.submit(1, segment(11)).await;
    let (_, job) = fleet.given().await;
    let lost = News::Lost {
        job: job.id,
        reason: Reason::Hang,
        running: true,
    };
    fleet.news.send(lost).await.unwrap();
    fleet.news.send(offer(WorkerId(2))).await.unwrap();
    let (worker, again) = fleet.given().await;
    assert_eq!((worker, again.tokens.len()), (WorkerId(2), 10));
    fleet.done(worker, again.id).await;
    assert_eq!(fleet.given().await.1.tokens.len(), 11);
}

#[tokio::test]
async fn when_a_worker_dies_its_listener_s_next_sentence_comes_in_parts_and_a_later_one_gives_way() {
    let mut fleet = Fleet::of(2).await;
    let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let mut promises = Vec::new();
    for (index, tokens) in [(0, 10), (1, 200), (2, 201)] {
        let segment = SegmentJob {
            parts: Parts::WhenLate,
            ..segment(tokens)
        };
        promises.push(ticket.submit(index, segment).await);
    }
    let (first, job) = fleet.given().await;
    fleet.done(first, job.id).await;
    // It sounds for a second; what follows takes two.
    ticket.sent(0, 1.0, true).await;
    let ((one, second), (other, third)) = (fleet.given().await, fleet.given().await);
    assert!(!second.early && !third.early);
    fleet.lost(one, second.id, true).await;
    match fleet.order().await {
        Some(Order::Cancel { worker, job }) => assert_eq!((worker, job), (other, third.id)),
        order => panic!("{order:?}"),
    }
    let fault = Fault::Cancelled;
    fleet
        .news
        .send(News::Failed { job: third.id, fault })
        .await
        .unwrap();
    fleet.news.send(offer(other)).await.unwrap();
    let (_, again) = fleet.given().await;
    assert_eq!((again.tokens.len(), again.early), (200, true));
    fleet.news.send(offer(WorkerId(9))).await.unwrap();
    let (worker, later) = fleet.given().await;
    assert_eq!(
        (worker, later.tokens.len(), later.early),
        (WorkerId(9), 201, false)
    );
}

/// `samples` from `start` on, each of which is its own number.
fn part(start: usize, samples: usize) -> Part {
    Part {
        start,
        pcm: counted(start..start + samples),
        frames: vec![100; 12],
        next: 4,
    }
}

fn counted(samples: std::ops::Range<usize>) -> Vec<f32> {
    samples.map(|i| i as f32).collect()
}

/// What comes of a segment, until its end.
async fn heard(promise: &mut Promise) -> Vec<f32> {
    let mut heard = Vec::new();
    while let Some(delivered) = promise.recv().await {
        match delivered.unwrap() {
            Delivered::Part(part) => {
                assert_eq!(part.start, heard.len());
                heard.extend(part.pcm);
            }
            Delivered::Whole(made) => {
                heard.extend(&made.speech.pcm[heard.len()..]);
                break;
            }
        }
    }
    heard
}

impl Fleet {
    /// A part is made, and its worker is not offered yet.
    async fn made(&self, job: u64, part: Part) {
        let compute = Duration::from_millis(100);
        self.news.send(News::Part { job, part, compute }).await.unwrap();
    }

    /// What a worker tells of it when `samples` of it are made.
    async fn begun(&self, job: u64, samples: usize) -> Arc<Begun> {
        let begun = Arc::new(Begun {
            pcm: counted(0..samples),
            frames: vec![100; 12],
            next: 4,
            state: vec![7],
        });
        let news = News::Begun {
            job,
            begun: Arc::clone(&begun),
        };
        self.news.send(news).await.unwrap();
        begun
    }

    async fn part(&self, worker: WorkerId, job: u64, part: Part) {
        self.made(job, part).await;
        self.news.send(offer(worker)).await.unwrap();
    }

    async fn whole(&self, worker: WorkerId, job: u64, pcm: Vec<f32>) {
        let speech = Speech {
            pcm,
            frames: Some(vec![1; 12]),
        };
        let compute = Duration::from_millis(100);
        self.news.send(News::Done { job, speech, compute }).await.unwrap();
        self.news.send(offer(worker)).await.unwrap();
    }

    async fn lost(&self, worker: WorkerId, job: u64, running: bool) {
        self.news.send(News::Withdraw(worker)).await.unwrap();
        let lost = News::Lost {
            job,
            reason: Reason::Crash,
            running,
        };
        self.news.send(lost).await.unwrap();
    }

    /// The next job that goes on, and where.
    async fn goes_on(&mut self) -> (WorkerId, u64, u8) {
        match self.order().await {
            Some(Order::Go {
                worker, job, threads, ..
            }) => (worker, job, threads),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_new_listener_has_a_turn_between_two_parts_of_another_s_sentence() {
    let mut fleet = Fleet::of(1).await;
    let first = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let mut sentence = first.submit(0, segment(200)).await;
    let (worker, long) = fleet.given().await;
    let second = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let mut word = second.submit(0, segment(3)).await;
    assert!(fleet.nothing_given().await);
    // Five seconds in hand.
    fleet.part(worker, long.id, part(0, 120_000)).await;
    let (_, short) = fleet.given().await;
    assert_eq!(short.tokens.len(), 3);
    fleet.whole(worker, short.id, counted(0..10)).await;
    assert_eq!(heard(&mut word).await.len(), 10);
    assert_eq!(fleet.goes_on().await, (worker, long.id, 1));
    fleet.whole(worker, long.id, counted(0..130_000)).await;
    assert_eq!(heard(&mut sentence).await, counted(0..130_000));
}

#[tokio::test]
async fn a_sentence_goes_on_where_it_was_begun_and_other_cores_help() {
    let mut fleet = Fleet::of(2).await;
    let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let _sentence = ticket.submit(0, segment(200)).await;
    let (worker, job) = fleet.given().await;
    fleet.part(worker, job.id, part(0, 100)).await;
    assert_eq!(fleet.goes_on().await, (worker, job.id, 2));
}

#[tokio::test]
async fn a_worker_that_leaves_ends_what_it_has_begun_and_begins_nothing() {
    let mut fleet = Fleet::of(1).await;
    let first = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let _sentence = first.submit(0, segment(200)).await;
    let (worker, job) = fleet.given().await;
    let second = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let _word = second.submit(0, segment(3)).await;
    assert!(fleet.nothing_given().await);
    fleet.made(job.id, part(0, 120_000)).await;
    let closing = true;
    fleet.news.send(News::Offer { worker, closing }).await.unwrap();
    assert_eq!(fleet.goes_on().await.1, job.id);
    fleet.news.send(offer(WorkerId(2))).await.unwrap();
    assert_eq!(fleet.given().await.0, WorkerId(2));
}

#[tokio::test]
async fn a_part_is_heard_once_though_its_worker_dies() {
    let mut fleet = Fleet::of(2).await;
    let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let mut promise = ticket.submit(0, segment(10)).await;
    let (worker, job) = fleet.given().await;
    assert!(job.early);
    fleet.part(worker, job.id, part(0, 100)).await;
    fleet.goes_on().await;
    fleet.part(worker, job.id, part(100, 50)).await;
    fleet.goes_on().await;
    fleet.lost(worker, job.id, true).await;
    let (other, again) = fleet.given().await;
    assert_ne!(other, worker);
    // A worker of the same kind makes the same parts; one that makes others loses nothing either.
    fleet.part(other, again.id, part(0, 100)).await;
    fleet.goes_on().await;
    fleet.part(other, again.id, part(100, 80)).await;
    fleet.goes_on().await;
    fleet.whole(other, again.id, counted(0..200)).await;
    assert_eq!(heard(&mut promise).await, counted(0..200));
}

#[tokio::test]
async fn a_sentence_goes_on_in_another_worker_after_its_last_part() {
    let mut fleet = Fleet::of(2).await;
    let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let mut promise = ticket.submit(0, segment(10)).await;
    let (worker, job) = fleet.given().await;
    fleet.made(job.id, part(0, 100)).await;
    let begun = fleet.begun(job.id, 100).await;
    fleet.lost(worker, job.id, false).await;
    let (other, again) = match fleet.order().await {
        Some(Order::Run {
            worker,
            job,
            begun: given,
            ..
        }) => {
            assert_eq!(given, Some(begun));
            (worker, job)
        }
        order => panic!("{order:?}"),
    };
    assert_ne!(other, worker);
    assert!(again.early);
    // It fails there: perhaps for what it went on from, so that it is done from its beginning next.
    let fault = Fault::Engine("no".to_owned());
    fleet
        .news
        .send(News::Failed { job: again.id, fault })
        .await
        .unwrap();
    fleet.news.send(offer(other)).await.unwrap();
    match fleet.order().await {
        Some(Order::Run { job, begun, .. }) => {
            assert_eq!(begun, None);
            fleet.whole(other, job.id, counted(0..200)).await;
        }
        order => panic!("{order:?}"),
    }
    assert_eq!(heard(&mut promise).await, counted(0..200));
}

#[tokio::test]
async fn a_sentence_that_was_set_aside_in_a_dead_worker_is_begun_again_without_blame() {
    let mut fleet = Fleet::of(2).await;
    let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let mut promise = ticket.submit(0, segment(100)).await;
    for _ in 0..2 * POISON {
        let (worker, job) = fleet.given().await;
        // It is set aside, and no order to go on is out when its worker is lost.
        fleet.made(job.id, part(0, 100)).await;
        fleet.lost(worker, job.id, false).await;
        fleet.news.send(offer(WorkerId(worker.0 + 10))).await.unwrap();
    }
    let (worker, job) = fleet.given().await;
    fleet.whole(worker, job.id, counted(0..200)).await;
    assert_eq!(heard(&mut promise).await, counted(0..200));
}

/// Segments that end so many workers are given up.
const POISON: usize = 2;

#[tokio::test]
async fn a_sentence_that_was_heard_in_part_is_not_ended_with_another_s_rendering() {
    let mut fleet = Fleet::with(2, 1 << 20).await;
    let hers = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let mut heard_in_parts = hers.submit(0, segment(10)).await;
    let (first, early) = fleet.given().await;
    fleet.part(first, early.id, part(0, 100)).await;
    fleet.goes_on().await;
    // Another has the same sentence made as a whole, which sounds a little different.
    let his = fleet.scheduler.enter(Delivery::Whole).await.unwrap();
    let whole = SegmentJob {
        parts: Parts::WhenLate,
        draft: false,
        ..segment(10)
    };
    let mut heard_whole = his.submit(0, whole.clone()).await;
    let (second, job) = fleet.given().await;
    fleet.whole(second, job.id, vec![-1.0; 200]).await;
    assert_eq!(heard(&mut heard_whole).await, vec![-1.0; 200]);
    fleet.lost(first, early.id, true).await;
    // It is done again, though it is in memory.
    let (third, again) = fleet.given().await;
    fleet.whole(third, again.id, counted(0..200)).await;
    assert_eq!(heard(&mut heard_in_parts).await, counted(0..200));
    // A new listener may have what is kept.
    let theirs = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let mut kept = theirs.submit(0, segment(10)).await;
    assert_eq!(heard(&mut kept).await.len(), 200);
}
