#![allow(clippy::cast_possible_truncation)]

use proptest::prelude::*;

use super::*;

const RATE: PerWork = PerWork {
    compute: 0.02,
    speech: 0.07,
};

fn queue(responses: &[(u64, Delivery, Seconds)]) -> Queue {
    let mut queue = Queue::default();
    for &(id, delivery, arrived) in responses {
        queue.enter(ResponseId(id), delivery, arrived);
    }
    queue
}

fn whole(index: u64, work: usize) -> Pending {
    Pending {
        index,
        work,
        speed: 1.0,
        turn: work,
        begun: None,
    }
}

fn push(queue: &mut Queue, id: u64, indices: std::ops::Range<u64>) {
    for index in indices {
        queue.push(ResponseId(id), whole(index, 100));
    }
}

impl Queue {
    fn needed_by(&self, id: u64, index: u64) -> Seconds {
        self.responses[&ResponseId(id)].needed(index, RATE)
    }
}

fn pop(queue: &mut Queue) -> Option<(u64, u64)> {
    queue
        .pop(RATE, |_| true)
        .map(|(id, segment)| (id.0, segment.index))
}

/// Notes that it is made, with a worker for everybody.
fn made(queue: &mut Queue, id: u64, index: u64, length: Seconds, now: Seconds) {
    queue.made(ResponseId(id), index, length);
    queue.open(RATE, usize::MAX, now);
}

#[test]
fn who_hears_twice_as_fast_runs_dry_twice_as_soon() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0), (2, Delivery::Streaming, 0.0)]);
    for (id, speed) in [(1, 1.0), (2, 2.0)] {
        for index in 0..3 {
            let segment = Pending {
                speed,
                ..whole(index, 100)
            };
            queue.push(ResponseId(id), segment);
        }
        assert_eq!(pop(&mut queue), Some((id, 0)));
        let length = 7.0 / f64::from(speed);
        made(&mut queue, id, 0, length, 1.0);
        queue.sent(ResponseId(id), 0, length, true, 1.0);
    }
    // Dry at 4.5 s, then, as it is expected, at 8 s: as the other.
    assert_eq!(pop(&mut queue), Some((2, 1)));
    assert_eq!(pop(&mut queue), Some((1, 1)));
    // With 7 s more the first has enough until 15 s.
    assert_eq!(pop(&mut queue), Some((2, 2)));
    assert_eq!(pop(&mut queue), Some((1, 2)));
}

#[test]
fn a_part_that_was_heard_leaves_the_rest_under_way() {
    let mut queue = Queue::default();
    let id = ResponseId(1);
    queue.enter(id, Delivery::Streaming, 0.0);
    made(&mut queue, 1, 0, 10.0, 0.5);
    assert_eq!(queue.sent(id, 0, 1.0, false, 0.5), 0.0);
    // It ran dry at 1.5 s.
    assert_eq!(queue.sent(id, 0, 2.0, false, 1.75), 0.25);
    assert_eq!(queue.sent(id, 0, 7.0, true, 2.0), 0.0);
    assert_eq!(queue.sent(id, 1, 1.0, true, 10.75), 0.0);
}

#[test]
fn what_is_left_of_a_segment_waits_for_its_worker_and_by_the_need_of_its_listener() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0), (2, Delivery::Streaming, 0.0)]);
    push(&mut queue, 1, 0..2);
    queue.push(ResponseId(2), whole(0, 20));
    let only = |worker: Option<u64>| move |begun: Option<WorkerId>| begun == worker.map(WorkerId);
    assert_eq!(queue.pop(RATE, |_| true).unwrap().0, ResponseId(1));
    let rest = Pending {
        turn: 30,
        begun: Some(WorkerId(7)),
        ..whole(0, 80)
    };
    queue.part_made(ResponseId(1), 0.7, rest);
    queue.open(RATE, usize::MAX, 0.3);
    // It runs dry at 1.0 s, before the other's first sound is due.
    assert!(queue.has_more(only(Some(7))) && !queue.has_more(only(Some(8))));
    let next = queue.pop(RATE, |_| true).unwrap();
    assert_eq!((next.0.0, next.1.begun), (1, Some(WorkerId(7))));
    queue.part_made(ResponseId(1), 3.0, rest);
    queue.open(RATE, usize::MAX, 0.9);
    queue.sent(ResponseId(1), 0, 0.7, false, 0.9);
    // Dry at 4.6 s: the other goes first, and on another worker at any time.
    assert_eq!(pop(&mut queue), Some((2, 0)));
    assert_eq!(queue.pop(RATE, only(Some(8))), None);
    assert_eq!(queue.pop(RATE, only(Some(7))).unwrap().1.index, 0);
    // Until all of it is made, the second segment stands back.
    assert_eq!(pop(&mut queue), None);
    made(&mut queue, 1, 0, 2.0, 1.5);
    assert_eq!(pop(&mut queue), Some((1, 1)));
}

#[test]
fn a_segment_that_was_begun_and_lost_is_begun_again_by_anyone() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0)]);
    push(&mut queue, 1, 0..1);
    pop(&mut queue);
    let rest = Pending {
        begun: Some(WorkerId(7)),
        ..whole(0, 80)
    };
    queue.part_made(ResponseId(1), 0.7, rest);
    queue.open(RATE, usize::MAX, 0.3);
    assert!(queue.unstarted().next().is_none());
    // Its worker dies while it is set aside.
    queue.push(ResponseId(1), whole(0, 100));
    assert_eq!(queue.segments(), 1);
    assert_eq!(queue.pop(RATE, |begun| begun.is_none()).unwrap().1, whole(0, 100));
}

#[test]
fn a_new_listener_overtakes_one_with_sound_in_hand() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0)]);
    push(&mut queue, 1, 0..9);
    assert_eq!(pop(&mut queue), Some((1, 0)));
    made(&mut queue, 1, 0, 7.0, 1.0);
    queue.sent(ResponseId(1), 0, 20.0, true, 1.0);
    queue.enter(ResponseId(2), Delivery::Streaming, 2.0);
    push(&mut queue, 2, 0..1);
    assert_eq!(pop(&mut queue), Some((2, 0)));
    assert_eq!(pop(&mut queue), Some((1, 1)));
}

#[test]
fn who_would_run_dry_goes_before_a_new_listener_but_not_for_longer_than_was_promised() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0), (2, Delivery::Streaming, 0.0)]);
    push(&mut queue, 1, 0..3);
    push(&mut queue, 2, 0..1);
    assert_eq!(pop(&mut queue), Some((1, 0)));
    made(&mut queue, 1, 0, 1.0, 0.5);
    // Dry at 1.5 s, while the other's first sound was promised for 2 s.
    assert_eq!(pop(&mut queue), Some((1, 1)));
    made(&mut queue, 1, 1, 1.0, 1.0);
    // With a second more in hand, it is the other's turn.
    assert_eq!(pop(&mut queue), Some((2, 0)));
    assert_eq!(pop(&mut queue), Some((1, 2)));
}

#[test]
fn a_long_segment_is_begun_sooner_than_a_short_one_that_is_needed_as_soon() {
    let mut queue = queue(&[(1, Delivery::Whole, 0.0), (2, Delivery::Whole, 0.0)]);
    queue.push(ResponseId(1), whole(0, 20));
    queue.push(ResponseId(2), whole(0, 200));
    assert_eq!(pop(&mut queue), Some((2, 0)));
    assert_eq!(pop(&mut queue), Some((1, 0)));
}

#[test]
fn those_that_wait_stand_in_line_until_something_of_theirs_has_started() {
    let mut queue = queue(&[
        (1, Delivery::Streaming, 0.0),
        (2, Delivery::Whole, 0.1),
        (3, Delivery::Streaming, 0.2),
    ]);
    let line = |queue: &Queue| queue.unstarted().map(|id| id.0).collect::<Vec<_>>();
    for id in 1..=3 {
        push(&mut queue, id, 0..2);
    }
    assert_eq!(line(&queue), [1, 2, 3]);
    assert_eq!(pop(&mut queue), Some((1, 0)));
    assert_eq!(line(&queue), [2, 3]);
    queue.leave(ResponseId(2));
    assert_eq!(line(&queue), [3]);
    queue.sent(ResponseId(1), 0, 20.0, true, 1.0);
    assert_eq!(line(&queue), [3]);
}

#[test]
fn two_waiting_listeners_both_get_their_first_segment_first() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0), (2, Delivery::Streaming, 0.1)]);
    push(&mut queue, 1, 0..3);
    push(&mut queue, 2, 0..3);
    assert_eq!(pop(&mut queue), Some((1, 0)));
    assert_eq!(pop(&mut queue), Some((2, 0)));
    made(&mut queue, 1, 0, 7.0, 1.0);
    made(&mut queue, 2, 0, 7.0, 1.0);
    assert_eq!(pop(&mut queue), Some((1, 1)));
    assert_eq!(pop(&mut queue), Some((2, 1)));
}

#[test]
fn one_whose_first_segment_was_just_made_does_not_overtake_those_who_run_dry_before() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0), (2, Delivery::Streaming, 0.0)]);
    push(&mut queue, 1, 0..2);
    push(&mut queue, 2, 0..2);
    assert_eq!(pop(&mut queue), Some((1, 0)));
    made(&mut queue, 1, 0, 2.0, 0.5);
    queue.sent(ResponseId(1), 0, 2.0, true, 0.5);
    assert_eq!(pop(&mut queue), Some((2, 0)));
    // Made and not sent yet: it runs dry at 3.0 s, the other at 2.5 s.
    made(&mut queue, 2, 0, 2.0, 1.0);
    assert_eq!(pop(&mut queue), Some((1, 1)));
    assert_eq!(pop(&mut queue), Some((2, 1)));
}

#[test]
fn a_listener_s_later_segments_wait_for_its_first_and_unheard_ones_do_not() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0), (2, Delivery::Whole, 0.1)]);
    push(&mut queue, 1, 0..3);
    assert_eq!(pop(&mut queue), Some((1, 0)));
    assert!(!queue.has_more(|_| true));
    push(&mut queue, 2, 0..2);
    assert!(queue.has_more(|_| true));
    assert_eq!(pop(&mut queue), Some((2, 0)));
    assert_eq!(pop(&mut queue), Some((2, 1)));
    assert_eq!(pop(&mut queue), None);
    made(&mut queue, 1, 0, 7.0, 1.0);
    assert_eq!(pop(&mut queue), Some((1, 1)));
}

#[test]
fn one_that_was_kept_opens_the_way() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0)]);
    made(&mut queue, 1, 0, 2.0, 0.0);
    push(&mut queue, 1, 1..2);
    assert_eq!(pop(&mut queue), Some((1, 1)));
}

#[test]
fn a_segment_that_comes_back_goes_before_its_followers() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0)]);
    push(&mut queue, 1, 0..3);
    assert_eq!(pop(&mut queue), Some((1, 0)));
    queue.push(ResponseId(1), whole(0, 100));
    assert_eq!(pop(&mut queue), Some((1, 0)));
    made(&mut queue, 1, 0, 7.0, 1.0);
    assert_eq!(pop(&mut queue), Some((1, 1)));
    assert_eq!(pop(&mut queue), Some((1, 2)));
    queue.push(ResponseId(1), whole(1, 100));
    assert_eq!(pop(&mut queue), Some((1, 1)));
    assert_eq!(pop(&mut queue), None);
}

fn out(job: u64, id: u64, index: u64) -> Out {
    Out {
        job,
        response: ResponseId(id),
        index,
        work: 100,
        turn: 100,
    }
}

#[test]
fn what_is_needed_at_once_takes_the_worker_of_what_can_wait() {
    // The first sentence sounds so long; the second is lost half a second after it was begun, with the third on another worker.
    let lost_after = |sounds: Seconds| {
        let mut queue = queue(&[(1, Delivery::Streaming, 0.0)]);
        push(&mut queue, 1, 0..3);
        pop(&mut queue);
        made(&mut queue, 1, 0, sounds, 1.0);
        queue.sent(ResponseId(1), 0, sounds, true, 1.0);
        assert_eq!([pop(&mut queue), pop(&mut queue)], [Some((1, 1)), Some((1, 2))]);
        queue.push(ResponseId(1), whole(1, 100));
        queue
    };
    let queue = lost_after(2.4);
    assert!(queue.is_late(ResponseId(1), 1, 100, RATE, 1.5));
    assert_eq!(queue.gives_way([out(7, 1, 2)].into_iter(), RATE, 1.5), Some(7));
    assert_eq!(queue.gives_way([].into_iter(), RATE, 1.5), None);
    // With five seconds in hand it waits until the third is made.
    let queue = lost_after(5.0);
    assert!(!queue.is_late(ResponseId(1), 1, 100, RATE, 1.5));
    assert_eq!(queue.gives_way([out(7, 1, 2)].into_iter(), RATE, 1.5), None);
}

#[test]
fn it_is_tight_while_a_listener_has_little_in_hand_and_more_to_come() {
    let id = ResponseId(1);
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0), (2, Delivery::Whole, 0.0)]);
    push(&mut queue, 2, 0..3);
    assert!(!queue.is_tight(3.0, 0.0), "nobody listens");
    push(&mut queue, 1, 0..2);
    assert!(queue.is_tight(3.0, 0.0), "nothing is heard yet");
    pop(&mut queue);
    made(&mut queue, 1, 0, 7.0, 1.0);
    queue.sent(id, 0, 7.0, true, 1.0);
    assert!(!queue.is_tight(3.0, 2.0));
    assert!(queue.is_tight(3.0, 6.0));
    queue.pop(RATE, |_| true);
    assert!(queue.is_tight(3.0, 6.0), "it is not made yet");
    made(&mut queue, 1, 1, 2.0, 6.0);
    assert!(!queue.is_tight(3.0, 7.5), "nothing is to come");
}

#[test]
fn nobody_gives_way_who_would_run_dry_then() {
    let mut queue = queue(&[
        (1, Delivery::Streaming, 0.0),
        (2, Delivery::Streaming, 0.0),
        (3, Delivery::Whole, 0.0),
    ]);
    for id in [1, 2] {
        push(&mut queue, id, 0..2);
        pop(&mut queue);
        made(&mut queue, id, 0, 2.4, 1.0);
        queue.sent(ResponseId(id), 0, 2.4, true, 1.0);
        assert_eq!(pop(&mut queue), Some((id, 1)));
    }
    push(&mut queue, 3, 0..1);
    pop(&mut queue);
    queue.push(ResponseId(1), whole(1, 100));
    assert_eq!(queue.gives_way([out(7, 2, 1)].into_iter(), RATE, 1.5), None);
    assert_eq!(
        queue.gives_way([out(7, 2, 1), out(8, 3, 0)].into_iter(), RATE, 1.5),
        Some(8)
    );
    // Nobody listens to what is sent when it is whole.
    queue.leave(ResponseId(1));
    queue.push(ResponseId(3), whole(0, 100));
    assert!(!queue.is_late(ResponseId(3), 0, 100, RATE, 30.0));
    assert_eq!(queue.gives_way([out(7, 2, 1)].into_iter(), RATE, 30.0), None);
}

#[test]
fn whole_responses_fill_the_gaps_and_are_not_starved() {
    let mut queue = queue(&[(1, Delivery::Whole, 0.0), (2, Delivery::Streaming, 5.0)]);
    push(&mut queue, 1, 0..1);
    push(&mut queue, 2, 0..100);
    let mut served = 0;
    let mut now = 5.0;
    // An overloaded machine: every second of sound takes a second and a half.
    while pop(&mut queue) != Some((1, 0)) {
        now += 1.5;
        made(&mut queue, 2, served, 1.0, now);
        queue.sent(ResponseId(2), served, 1.0, true, now);
        served += 1;
        assert!(served < 100, "starved");
    }
    assert!(served >= 2, "it did not let the listener pass");
}

#[test]
fn silence_is_counted_once_and_moves_the_clock() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0)]);
    assert_eq!(queue.sent(ResponseId(1), 0, 2.0, true, 1.0), 0.0);
    assert_eq!(queue.sent(ResponseId(1), 1, 2.0, true, 4.0), 1.0);
    assert_eq!(queue.sent(ResponseId(1), 2, 2.0, true, 5.9), 0.0);
}

#[test]
fn a_response_that_left_takes_its_segments_along() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0), (2, Delivery::Streaming, 1.0)]);
    push(&mut queue, 1, 0..5);
    push(&mut queue, 2, 0..1);
    queue.leave(ResponseId(1));
    assert_eq!(queue.segments(), 1);
    assert_eq!(pop(&mut queue), Some((2, 0)));
    assert_eq!(pop(&mut queue), None);
    // What its worker still sends back is nobody's.
    queue.push(ResponseId(1), whole(0, 1));
    assert_eq!(pop(&mut queue), None);
}

#[test]
fn a_sound_that_would_break_off_at_once_is_held_while_there_are_more_listeners_than_workers() {
    // The next part takes 0.75 s to make, all that is left 2 s, and the sentence after it 2 s.
    let begun = |length: Seconds| {
        let mut queue = queue(&[(1, Delivery::Streaming, 0.0), (2, Delivery::Streaming, 0.0)]);
        push(&mut queue, 1, 0..2);
        push(&mut queue, 2, 0..1);
        pop(&mut queue);
        let rest = Pending {
            turn: 30,
            ..whole(0, 80)
        };
        queue.part_made(ResponseId(1), length, rest);
        queue
    };
    assert_eq!(
        begun(0.7).open(RATE, 2, 0.3),
        [ResponseId(1)],
        "a worker for each"
    );
    let mut queue = begun(0.7);
    assert_eq!(queue.open(RATE, 1, 0.3), [], "the next is made in 1.5 s");
    assert_eq!(queue.needed_by(1, 0), PROMISE, "it is not heard yet");
    // The next turn is out: how soon it comes, nobody knows.
    assert_eq!([pop(&mut queue), pop(&mut queue)], [Some((2, 0)), Some((1, 0))]);
    assert_eq!(queue.open(RATE, 1, 0.6), []);
    assert_eq!(queue.held_until(), Some(HELD_AT_MOST));
    assert_eq!(
        queue.open(RATE, 1, HELD_AT_MOST),
        [ResponseId(1)],
        "it waited for long"
    );
    assert_eq!(queue.open(RATE, 1, HELD_AT_MOST), [], "once");
    assert_eq!(queue.held_until(), None);
    // 1.6 s are enough for the next part, but with the 5.6 s of the rest not until the sentence after it is made.
    assert_eq!(begun(1.6).open(RATE, 1, 0.3), []);
    let mut queue = begun(2.5);
    assert_eq!(queue.open(RATE, 1, 0.3), [ResponseId(1)]);
    assert_eq!(queue.needed_by(1, 0), 0.3 + 2.5 - CUSHION);
    // Nobody waits for what is sent when it is whole.
    let mut queue = begun(0.7);
    queue.leave(ResponseId(2));
    queue.enter(ResponseId(3), Delivery::Whole, 0.0);
    push(&mut queue, 3, 0..1);
    assert_eq!(queue.open(RATE, 1, 0.3), [ResponseId(1)]);
}

#[test]
fn a_sound_is_let_go_when_nothing_more_comes_of_it() {
    let mut queue = queue(&[(1, Delivery::Streaming, 0.0), (2, Delivery::Streaming, 0.0)]);
    push(&mut queue, 1, 0..1);
    push(&mut queue, 2, 0..2);
    assert_eq!([pop(&mut queue), pop(&mut queue)], [Some((1, 0)), Some((2, 0))]);
    assert_eq!(queue.open(RATE, 1, 0.3), [], "nothing is made");
    // Even if it is no sound at all.
    queue.made(ResponseId(1), 0, 0.0);
    assert_eq!(queue.open(RATE, 1, 0.5), [ResponseId(1)]);
}

proptest! {
    /// Whatever is pushed comes out once, and each response's segments in order.
    #[test]
    fn nothing_is_lost_or_reordered(pushes in prop::collection::vec((0u64..4, 1usize..500), 0..60), streaming in any::<[bool; 4]>()) {
        let mut queue = Queue::default();
        for (id, streaming) in streaming.iter().enumerate() {
            let delivery = if *streaming { Delivery::Streaming } else { Delivery::Whole };
            queue.enter(ResponseId(id as u64), delivery, id as f64);
        }
        let mut next = [0u64; 4];
        for (id, work) in &pushes {
            queue.push(ResponseId(*id), whole(next[*id as usize], *work));
            next[*id as usize] += 1;
        }
        let mut seen = [0u64; 4];
        let mut now = 4.0;
        while let Some((id, segment)) = queue.pop(RATE, |_| true) {
            prop_assert_eq!(segment.index, seen[id.0 as usize]);
            seen[id.0 as usize] += 1;
            now += 0.1;
            made(&mut queue, id.0, segment.index, 1.0, now);
            queue.sent(id, segment.index, 1.0, true, now);
        }
        prop_assert_eq!(seen, next);
    }
}
