use common::protocol::Job;

use super::*;
use crate::workers::lifecycle::{Reason, WorkerId};

/// A scheduler, and the side of the workers in a test's hands.
struct Fleet {
    scheduler: Scheduler,
    orders: mpsc::Receiver<Order>,
    news: mpsc::Sender<News>,
}

impl Fleet {
    async fn of(workers: u64) -> Self {
        let limits = Limits {
            queue: 10,
            responses: 10,
            wait: Duration::from_secs(60),
            deadline_floor: Duration::from_secs(10),
            deadline_factor: 10.0,
        };
        let (give, orders) = mpsc::channel(8);
        let (news, take) = mpsc::channel(8);
        let scheduler = Scheduler::start(limits, Cache::new(0, "none"), give, take);
        for id in 1..=workers {
            news.send(News::Offer(WorkerId(id))).await.unwrap();
        }
        // Once it has answered, it knows the workers.
        assert!(scheduler.alive().await);
        Self {
            scheduler,
            orders,
            news,
        }
    }

    /// The next job that is given out, and to whom.
    async fn given(&mut self) -> (WorkerId, Job) {
        match self.orders.recv().await {
            Some(Order::Run { worker, job, .. }) => (worker, job),
            other => panic!("{other:?}"),
        }
    }

    async fn nothing_given(&mut self) -> bool {
        self.scheduler.alive().await && self.orders.try_recv().is_err()
    }

    async fn done(&self, worker: WorkerId, job: u64) {
        let speech = Speech {
            pcm: vec![0.5; 24_000],
            frames: None,
        };
        let compute = Duration::from_millis(100);
        self.news.send(News::Done { job, speech, compute }).await.unwrap();
        self.news.send(News::Offer(worker)).await.unwrap();
    }
}

fn segment(tokens: usize) -> SegmentJob {
    SegmentJob {
        tokens: vec![50; tokens],
        style: vec![0.5; 256],
        speed: 1.0,
        early: true,
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
async fn a_first_segment_whose_worker_died_goes_before_the_second() {
    let mut fleet = Fleet::of(1).await;
    let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let _first = ticket.submit(0, segment(10)).await;
    let _second = ticket.submit(1, segment(11)).await;
    let (_, job) = fleet.given().await;
    let lost = News::Lost {
        job: job.id,
        reason: Reason::Hang,
    };
    fleet.news.send(lost).await.unwrap();
    fleet.news.send(News::Offer(WorkerId(2))).await.unwrap();
    let (worker, again) = fleet.given().await;
    assert_eq!((worker, again.tokens.len()), (WorkerId(2), 10));
    fleet.done(worker, again.id).await;
    assert_eq!(fleet.given().await.1.tokens.len(), 11);
}

#[tokio::test]
async fn a_part_is_heard_once_though_its_worker_dies() {
    let mut fleet = Fleet::of(2).await;
    let ticket = fleet.scheduler.enter(Delivery::Streaming).await.unwrap();
    let mut promise = ticket.submit(0, segment(10)).await;
    let part = |start: usize, samples: usize| Part {
        start,
        pcm: (start..start + samples).map(|i| i as f32).collect(),
        frames: vec![1; 12],
    };
    let (worker, job) = fleet.given().await;
    assert!(job.early);
    let job = job.id;
    fleet.news.send(News::Withdraw(worker)).await.unwrap();
    for (start, samples) in [(0, 100), (100, 50)] {
        let part = part(start, samples);
        fleet.news.send(News::Part { job, part }).await.unwrap();
    }
    let reason = Reason::Crash;
    fleet.news.send(News::Lost { job, reason }).await.unwrap();
    let (_, again) = fleet.given().await;
    // A worker of the same kind makes the same parts; one that makes others loses nothing either.
    for (start, samples) in [(0, 100), (100, 80)] {
        let (job, part) = (again.id, part(start, samples));
        fleet.news.send(News::Part { job, part }).await.unwrap();
    }
    let speech = Speech {
        pcm: (0..200).map(|i| i as f32).collect(),
        frames: Some(vec![1; 12]),
    };
    let compute = Duration::from_millis(100);
    let (job, speech) = (again.id, speech);
    fleet
        .news
        .send(News::Done { job, speech, compute })
        .await
        .unwrap();
    let mut heard = Vec::new();
    while let Some(delivered) = promise.recv().await {
        match delivered.unwrap() {
            Delivered::Part(part) => {
                assert_eq!(part.start, heard.len());
                heard.extend(part.pcm);
            }
            Delivered::Whole(made) => heard.extend(&made.speech.pcm[heard.len()..]),
        }
    }
    assert_eq!(heard, (0..200).map(|i| i as f32).collect::<Vec<_>>());
}
