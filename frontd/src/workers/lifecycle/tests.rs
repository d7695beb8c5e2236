use proptest::prelude::*;

use common::exit::WorkerExit;

use super::*;

const BAD_MODEL: Exit = Exit::Code(WorkerExit::BadModel as i32);
const SEGV: Exit = Exit::Signal(11);
const KILLED: Exit = Exit::Signal(9);

struct World {
    fleet: Fleet,
    now: Instant,
}

impl World {
    fn new(target: usize) -> Self {
        Self::with(Policy::default(), target)
    }

    fn with(policy: Policy, target: usize) -> Self {
        Self {
            fleet: Fleet::new(policy, target),
            now: Instant::now(),
        }
    }

    /// Workers that are ready and idle.
    fn ready(target: usize) -> (Self, Vec<WorkerId>) {
        let mut world = Self::new(target);
        world.decide();
        // The first one, and then the others.
        for _ in 0..2 {
            for id in world.fleet.ids() {
                world.fleet.on_ready(id, world.now);
            }
            world.decide();
        }
        let ids = world.fleet.ids();
        (world, ids)
    }

    fn decide(&mut self) -> Vec<Action> {
        self.fleet.decide(self.now)
    }

    fn wait(&mut self, time: Duration) -> Vec<Action> {
        self.now += time;
        self.decide()
    }

    fn busy(&mut self, id: WorkerId) {
        assert!(
            self.fleet
                .on_turn(id, false, self.now + Duration::from_secs(10), self.now)
        );
    }
}

fn spawned(actions: &[Action]) -> Vec<WorkerId> {
    actions
        .iter()
        .filter_map(|a| {
            if let Action::Spawn(id) = a {
                Some(*id)
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn wanted_workers_are_started_and_offered_when_ready() {
    let mut world = World::new(3);
    let first = spawned(&world.decide());
    assert_eq!(first.len(), 1, "the first start is alone");
    assert_eq!(world.decide(), []);
    world.fleet.on_ready(first[0], world.now);
    let actions = world.decide();
    assert!(actions.contains(&Action::Offer {
        id: first[0],
        closing: false
    }));
    let others = spawned(&actions);
    assert_eq!(others.len(), 2);
    world.fleet.on_ready(others[1], world.now);
    assert_eq!(
        world.decide(),
        [Action::Offer {
            id: others[1],
            closing: false
        }]
    );
}

#[test]
fn a_dead_worker_is_replaced_at_once_and_its_reason_told() {
    let (mut world, ids) = World::ready(2);
    world.busy(ids[0]);
    assert_eq!(world.fleet.on_exit(ids[0], SEGV, world.now), Some(Reason::Crash));
    let actions = world.decide();
    assert_eq!(actions[0], Action::Withdraw(ids[0]));
    assert_eq!(spawned(&actions).len(), 1);
    assert_eq!(
        world.fleet.on_exit(ids[1], KILLED, world.now),
        Some(Reason::Killed)
    );
    assert_eq!(
        world.fleet.on_exit(ids[1], KILLED, world.now),
        None,
        "waited for twice"
    );
}

#[test]
fn a_spare_worker_starts_after_those_that_are_wanted_and_after_a_death() {
    let policy = Policy {
        spare: 1,
        ..Policy::default()
    };
    let mut world = World::with(policy, 2);
    let mut ids = Vec::new();
    for of in ["the first", "the second", "the spare one"] {
        let started = spawned(&world.decide());
        assert_eq!(started.len(), 1, "{of}");
        world.fleet.on_ready(started[0], world.now);
        ids.extend(started);
    }
    assert_eq!(spawned(&world.decide()), []);
    // One dies: another becomes the spare one. All die: those that are wanted come first again.
    world.fleet.on_exit(ids[0], KILLED, world.now);
    let next = spawned(&world.decide());
    assert_eq!(next.len(), 1);
    world.fleet.on_ready(next[0], world.now);
    for id in world.fleet.ids() {
        world.fleet.on_exit(id, KILLED, world.now);
    }
    let started = spawned(&world.decide());
    assert_eq!(started.len(), 2);
    for id in &started {
        world.fleet.on_ready(*id, world.now);
    }
    let last = spawned(&world.decide());
    assert_eq!(last.len(), 1);
    world.fleet.on_ready(last[0], world.now);
    // It counts when all are recycled or scaled: one at a time, and none too few or too many.
    for id in world.fleet.ids() {
        assert!(world.fleet.recycle(id));
    }
    for _ in 0..3 {
        let replacement = spawned(&world.decide());
        assert_eq!(replacement.len(), 1);
        world.fleet.on_ready(replacement[0], world.now);
        for id in world.fleet.ids() {
            if world
                .fleet
                .look(id)
                .is_some_and(|(phase, ..)| phase == Phase::Retiring)
            {
                world.fleet.on_exit(id, Exit::Code(0), world.now);
            }
        }
    }
    assert_eq!(spawned(&world.decide()), []);
    assert_eq!(world.fleet.ids().len(), 3);
    world.fleet.scale(1, world.now);
    let left = world.fleet.ids().into_iter().filter(|id| {
        let (phase, ..) = world.fleet.look(*id).unwrap();
        phase == Phase::Ready
    });
    assert_eq!(left.count(), 2);
    world.fleet.drain(world.now);
    assert_eq!(spawned(&world.wait(Duration::from_secs(1))), []);
}

#[test]
fn a_start_waits_while_listeners_are_about_to_run_dry() {
    let hold = Policy::default().hold;
    let (mut world, ids) = World::ready(2);
    world.fleet.on_tight(true);
    world.fleet.on_lost(ids[0], None, world.now);
    assert_eq!(spawned(&world.decide()), []);
    world.fleet.on_exit(ids[0], KILLED, world.now);
    assert_eq!(spawned(&world.wait(hold / 2)), []);
    assert!(world.fleet.due().is_some_and(|due| due <= world.now + hold / 2));
    assert_eq!(spawned(&world.wait(hold / 2)).len(), 1);

    // Not when they have enough in hand meanwhile …
    let (mut world, ids) = World::ready(2);
    world.fleet.on_tight(true);
    world.fleet.on_exit(ids[0], KILLED, world.now);
    assert_eq!(spawned(&world.decide()), []);
    world.fleet.on_tight(false);
    assert_eq!(spawned(&world.decide()).len(), 1);

    // … and not when nobody is left to use the core.
    let (mut world, ids) = World::ready(2);
    world.fleet.on_tight(true);
    for id in ids {
        world.fleet.on_exit(id, KILLED, world.now);
    }
    assert_eq!(spawned(&world.decide()).len(), 2);
}

#[test]
fn a_signal_from_outside_is_not_blamed_on_the_job() {
    let (mut world, ids) = World::ready(1);
    let reason = world
        .fleet
        .on_exit(ids[0], Exit::Code(WorkerExit::Outside as i32), world.now)
        .unwrap();
    assert!(!reason.blames_the_job());
    assert!(Reason::Crash.blames_the_job());
}

#[test]
fn a_job_past_its_deadline_is_killed_as_a_hang() {
    let (mut world, ids) = World::ready(1);
    world.busy(ids[0]);
    assert_eq!(world.wait(Duration::from_secs(9)), []);
    let actions = world.wait(Duration::from_secs(1));
    assert!(actions.contains(&Action::Kill(ids[0])) && actions.contains(&Action::Withdraw(ids[0])));
    assert_eq!(
        spawned(&actions).len(),
        1,
        "the replacement does not wait for the corpse"
    );
    assert_eq!(world.fleet.on_exit(ids[0], KILLED, world.now), Some(Reason::Hang));
}

#[test]
fn an_idle_worker_that_does_not_answer_is_killed() {
    let (mut world, ids) = World::ready(1);
    assert_eq!(world.wait(Duration::from_secs(2)), [Action::Ping(ids[0])]);
    world.fleet.on_pong(ids[0], world.now);
    assert_eq!(world.wait(Duration::from_secs(2)), [Action::Ping(ids[0])]);
    // It may be giving memory back.
    assert_eq!(world.wait(Duration::from_secs(9)), []);
    assert!(world.wait(Duration::from_secs(1)).contains(&Action::Kill(ids[0])));
}

#[test]
fn failures_without_good_work_wait_longer_and_longer() {
    let (mut world, ids) = World::ready(1);
    world.fleet.on_exit(ids[0], SEGV, world.now);
    let mut waits = Vec::new();
    for _ in 0..4 {
        let start = world.now;
        let mut actions = world.decide();
        while spawned(&actions).is_empty() {
            let due = world.fleet.due().expect("a start is due");
            world.now = due;
            actions = world.decide();
        }
        waits.push((world.now - start).as_millis());
        world.fleet.on_exit(spawned(&actions)[0], SEGV, world.now);
    }
    assert_eq!(waits, [0, 100, 200, 400]);
    // Good work takes the wait back.
    world.now = world.fleet.due().unwrap();
    let id = spawned(&world.decide())[0];
    world.fleet.on_ready(id, world.now);
    world.busy(id);
    world.fleet.on_answer(id, world.now);
    world.fleet.on_exit(id, SEGV, world.now);
    assert_eq!(spawned(&world.decide()).len(), 1);
}

#[test]
fn a_bad_model_at_boot_ends_the_program_but_not_later() {
    let mut world = World::new(2);
    let ids = spawned(&world.decide());
    world.fleet.on_exit(ids[0], BAD_MODEL, world.now);
    assert!(
        world
            .decide()
            .iter()
            .any(|a| matches!(a, Action::GiveUp(why) if why.contains("model")))
    );

    let (mut world, ids) = World::ready(2);
    world.fleet.on_exit(ids[0], BAD_MODEL, world.now);
    assert!(!world.decide().iter().any(|a| matches!(a, Action::GiveUp(_))));
}

#[test]
fn hopeless_starts_end_the_program() {
    let mut world = World::new(1);
    for _ in 0..5 {
        let mut actions = world.decide();
        while spawned(&actions).is_empty() {
            world.now = world.fleet.due().unwrap();
            actions = world.decide();
        }
        world.fleet.on_exit(spawned(&actions)[0], SEGV, world.now);
    }
    assert!(world.decide().iter().any(|a| matches!(a, Action::GiveUp(_))));
}

#[test]
fn a_worker_that_never_gets_ready_is_killed() {
    let mut world = World::new(1);
    let id = spawned(&world.decide())[0];
    assert!(world.wait(Duration::from_secs(60)).contains(&Action::Kill(id)));
    assert_eq!(world.fleet.on_exit(id, KILLED, world.now), Some(Reason::Start));
}

#[test]
fn recycling_starts_the_replacement_first() {
    let (mut world, ids) = World::ready(2);
    assert!(world.fleet.recycle(ids[0]));
    assert!(world.fleet.recycle(ids[1]));
    let first = spawned(&world.decide());
    assert_eq!(first.len(), 1, "one at a time");
    // The old one serves on, even through a job.
    world.busy(ids[0]);
    world.fleet.on_answer(ids[0], world.now);
    assert_eq!(
        world.decide(),
        [Action::Offer {
            id: ids[0],
            closing: false
        }]
    );
    world.fleet.on_ready(first[0], world.now);
    let actions = world.decide();
    assert!(actions.contains(&Action::HangUp(ids[0])));
    let second = spawned(&actions);
    assert_eq!(second.len(), 1);
    assert_eq!(
        world.fleet.on_exit(ids[0], Exit::Code(0), world.now),
        Some(Reason::Recycled)
    );
    world.fleet.on_ready(second[0], world.now);
    assert!(world.decide().contains(&Action::HangUp(ids[1])));
    world.fleet.on_exit(ids[1], Exit::Code(0), world.now);
    assert_eq!(world.decide(), []);
    assert_eq!(world.fleet.ids(), [first[0], second[0]]);
}

#[test]
fn too_much_memory_recycles_and_far_too_much_kills() {
    let policy = Policy {
        memory_limit: Some(1000),
        ..Policy::default()
    };
    let mut world = World::with(policy, 1);
    let id = spawned(&world.decide())[0];
    world.fleet.on_ready(id, world.now);
    world.decide();
    world.fleet.on_memory(id, 1001, world.now);
    let new = spawned(&world.decide())[0];
    world.fleet.on_ready(new, world.now);
    assert!(world.decide().contains(&Action::HangUp(id)));
    assert_eq!(
        world.fleet.on_exit(id, Exit::Code(0), world.now),
        Some(Reason::Memory)
    );
    world.busy(new);
    world.fleet.on_memory(new, 1501, world.now);
    assert!(world.decide().contains(&Action::Kill(new)));
    assert_eq!(world.fleet.on_exit(new, KILLED, world.now), Some(Reason::Memory));
}

#[test]
fn jobs_wear_a_worker_out() {
    let policy = Policy {
        jobs_limit: Some(2),
        ..Policy::default()
    };
    let mut world = World::with(policy, 1);
    let id = spawned(&world.decide())[0];
    world.fleet.on_ready(id, world.now);
    for _ in 0..2 {
        assert!(spawned(&world.decide()).is_empty());
        world.busy(id);
        world.fleet.on_answer(id, world.now);
    }
    assert_eq!(spawned(&world.decide()).len(), 1);
}

#[test]
fn scaling_down_lets_jobs_finish_and_up_starts_more() {
    let (mut world, ids) = World::ready(3);
    world.busy(ids[0]);
    world.busy(ids[2]);
    world.fleet.scale(1, world.now);
    let actions = world.decide();
    assert_eq!(
        actions.iter().filter(|a| matches!(a, Action::HangUp(_))).count(),
        1
    );
    assert!(
        actions.contains(&Action::HangUp(ids[1])),
        "the idle one goes first"
    );
    world.fleet.on_answer(ids[2], world.now);
    assert!(world.decide().contains(&Action::HangUp(ids[2])));
    world.fleet.on_answer(ids[0], world.now);
    assert_eq!(
        world.decide(),
        [Action::Offer {
            id: ids[0],
            closing: false
        }]
    );
    world.fleet.scale(3, world.now);
    assert_eq!(spawned(&world.decide()).len(), 2);
}

#[test]
fn scaling_down_amid_recycling_reaches_the_wanted_number() {
    let (mut world, ids) = World::ready(4);
    for id in &ids {
        world.fleet.recycle(*id);
    }
    let new = spawned(&world.decide())[0];
    world.fleet.on_ready(new, world.now);
    world.decide();
    world.fleet.scale(1, world.now);
    world.decide();
    for _ in 0..10 {
        for id in world.fleet.ids() {
            match world.fleet.look(id).unwrap().0 {
                Phase::Starting => world.fleet.on_ready(id, world.now),
                Phase::Retiring => {
                    world.fleet.on_exit(id, Exit::Code(0), world.now);
                }
                _ => {}
            }
        }
        world.decide();
    }
    assert_eq!(world.fleet.ids().len(), 1);
}

#[test]
fn a_worker_that_is_to_go_goes_on_with_what_it_has_begun() {
    let (mut world, ids) = World::ready(1);
    let id = ids[0];
    let deadline = world.now + Duration::from_secs(10);
    for _ in 0..2 {
        world.busy(id);
        world.fleet.on_part(id, world.now);
    }
    world.decide();
    world.fleet.drain(world.now);
    assert_eq!(world.decide(), [Action::Offer { id, closing: true }]);
    assert!(
        !world.fleet.on_turn(id, false, deadline, world.now),
        "it began a job"
    );
    assert!(world.fleet.on_turn(id, true, deadline, world.now));
    world.fleet.on_answer(id, world.now);
    assert_eq!(world.decide(), [Action::Offer { id, closing: true }]);
    world.fleet.on_dropped(id, world.now);
    assert!(world.decide().contains(&Action::HangUp(id)));
}

#[test]
fn draining_lets_jobs_finish_and_starts_nothing() {
    let (mut world, ids) = World::ready(2);
    world.busy(ids[0]);
    world.fleet.drain(world.now);
    assert!(world.decide().contains(&Action::HangUp(ids[1])));
    world.fleet.on_exit(ids[1], Exit::Code(0), world.now);
    world.fleet.on_answer(ids[0], world.now);
    assert!(world.decide().contains(&Action::HangUp(ids[0])));
    assert_eq!(
        world.fleet.on_exit(ids[0], Exit::Code(0), world.now),
        Some(Reason::Drained)
    );
    assert_eq!(world.decide(), []);
}

#[test]
fn a_retiring_worker_that_stays_is_killed() {
    let (mut world, ids) = World::ready(1);
    world.fleet.scale(0, world.now);
    world.decide();
    assert_eq!(
        world.wait(Duration::from_secs(5)),
        [Action::Withdraw(ids[0]), Action::Kill(ids[0])]
    );
    assert_eq!(
        world.fleet.on_exit(ids[0], KILLED, world.now),
        Some(Reason::Scaled)
    );
}

#[derive(Debug, Clone)]
enum Happening {
    Ready(usize),
    Job(usize, bool),
    Part(usize),
    Dropped(usize),
    Answer(usize),
    Exit(usize, i32),
    Lost(usize),
    Memory(usize, u64),
    Scale(usize),
    Recycle(usize),
    Wait(u64),
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    prop_oneof![
        (0usize..6).prop_map(Ready),
        ((0usize..6), any::<bool>()).prop_map(|(w, goes_on)| Job(w, goes_on)),
        (0usize..6).prop_map(Part),
        (0usize..6).prop_map(Dropped),
        (0usize..6).prop_map(Answer),
        ((0usize..6), 0i32..12).prop_map(|(w, s)| Exit(w, s)),
        (0usize..6).prop_map(Lost),
        ((0usize..6), 0u64..2000).prop_map(|(w, b)| Memory(w, b)),
        (0usize..5).prop_map(Scale),
        (0usize..6).prop_map(Recycle),
        (0u64..70_000).prop_map(Wait),
    ]
}

proptest! {
    /// Whatever happens: every spawned worker is waited for, no more than one beyond the wanted is alive and
    /// not on its way out, and in the end the wanted number is there.
    #[test]
    fn the_wanted_number_is_reached_after_any_history(history in prop::collection::vec(happening(), 0..80)) {
        let policy = Policy { memory_limit: Some(1000), hopeless_after: u32::MAX, ..Policy::default() };
        let mut world = World::with(policy, 2);
        world.decide();
        for event in history {
            let now = world.now;
            let pick = |world: &World, n: usize| world.fleet.ids().get(n).copied();
            match event {
                Happening::Ready(n) => if let Some(id) = pick(&world, n)
                    && world.fleet.look(id).is_some_and(|l| l.0 == Phase::Starting) { world.fleet.on_ready(id, now) },
                Happening::Job(n, goes_on) => if let Some(id) = pick(&world, n) { world.fleet.on_turn(id, goes_on, now + Duration::from_secs(3), now); },
                Happening::Part(n) => if let Some(id) = pick(&world, n) { world.fleet.on_part(id, now) },
                Happening::Dropped(n) => if let Some(id) = pick(&world, n) { world.fleet.on_dropped(id, now) },
                Happening::Answer(n) => if let Some(id) = pick(&world, n) { world.fleet.on_answer(id, now) },
                Happening::Exit(n, signal) => if let Some(id) = pick(&world, n) { world.fleet.on_exit(id, Exit::Signal(signal), now); },
                Happening::Lost(n) => if let Some(id) = pick(&world, n) { world.fleet.on_lost(id, None, now) },
                Happening::Memory(n, bytes) => if let Some(id) = pick(&world, n) { world.fleet.on_memory(id, bytes, now) },
                Happening::Scale(target) => world.fleet.scale(target, now),
                Happening::Recycle(n) => if let Some(id) = pick(&world, n) { world.fleet.recycle(id); },
                Happening::Wait(ms) => world.now += Duration::from_millis(ms),
            }
            world.decide();
        }
        // From now on everything goes well.
        for _ in 0..200 {
            for id in world.fleet.ids() {
                match world.fleet.look(id).unwrap().0 {
                    Phase::Starting => world.fleet.on_ready(id, world.now),
                    Phase::Busy => world.fleet.on_answer(id, world.now),
                    Phase::Retiring | Phase::Dying => { world.fleet.on_exit(id, KILLED, world.now); }
                    Phase::Ready => {
                        // What it has begun comes to its end.
                        if world.fleet.on_turn(id, true, world.now + Duration::from_secs(3), world.now) {
                            world.fleet.on_answer(id, world.now);
                        }
                        world.fleet.on_pong(id, world.now);
                    }
                }
            }
            world.wait(Duration::from_millis(500));
        }
        let phases: Vec<Phase> = world.fleet.ids().into_iter().map(|id| world.fleet.look(id).unwrap().0).collect();
        prop_assert_eq!(phases.len(), world.fleet.target(), "{:?}", phases);
        prop_assert!(phases.iter().all(|phase| *phase == Phase::Ready), "{:?}", phases);
    }
}
