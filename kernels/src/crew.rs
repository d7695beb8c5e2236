//! The threads that compute a block: the one that asks, and helpers from other cores when a job may have them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon_core::{ThreadPool, ThreadPoolBuilder};

/// Threads beside the one that asks. They sleep while they are not asked for.
#[derive(Debug)]
pub struct Crew {
    /// Threads beside the one that asks; 0 on a machine of one core.
    helpers: usize,
    /// Made when it is first wanted, in the worker's jail. `None` where the system gives no threads.
    pool: OnceLock<Option<ThreadPool>>,
    /// How many may compute now, the one that asks included.
    hands: AtomicUsize,
}

impl Crew {
    /// A crew that can have as many hands as there are `cores`, and has one.
    #[must_use]
    pub fn new(cores: usize) -> Self {
        Self {
            helpers: cores.saturating_sub(1),
            pool: OnceLock::new(),
            hands: AtomicUsize::new(1),
        }
    }

    /// How many threads the blocks that follow may have.
    pub fn set_hands(&self, hands: usize) {
        self.hands.store(hands, Ordering::Relaxed);
    }

    /// Runs `f(0) … f(tasks − 1)` and returns when all are done. Who computes what changes nothing in the result.
    pub fn run(&self, tasks: usize, f: &(dyn Fn(usize) + Sync)) {
        let hands = self.hands.load(Ordering::Relaxed).min(tasks);
        let helpers = hands.saturating_sub(1).min(self.helpers);
        let taken = AtomicUsize::new(0);
        // Neighbouring tasks read each other's surroundings, and the next convolution is parted alike: so one thread works from the
        // front and the others from the back, and most of what they read is still in their own caches.
        let work = |ends: &AtomicUsize, task: &(dyn Fn(usize) -> usize + Sync)| {
            while taken.fetch_add(1, Ordering::Relaxed) < tasks {
                f(task(ends.fetch_add(1, Ordering::Relaxed)));
            }
        };
        let (front, back) = (AtomicUsize::new(0), AtomicUsize::new(0));
        match (helpers > 0).then(|| self.pool()).flatten() {
            Some(pool) => pool.in_place_scope(|scope| {
                for _ in 0..helpers {
                    scope.spawn(|_| work(&back, &|nth| tasks - 1 - nth));
                }
                work(&front, &|nth| nth);
            }),
            None => work(&front, &|nth| nth),
        }
    }

    fn pool(&self) -> Option<&ThreadPool> {
        let made = self.pool.get_or_init(|| {
            let builder = ThreadPoolBuilder::new()
                .num_threads(self.helpers)
                .thread_name(|i| format!("helper-{i}"));
            builder
                .build()
                .inspect_err(|error| tracing::warn!(%error, "no other core can help with a job"))
                .ok()
        });
        made.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::{Barrier, Mutex};

    use super::*;

    #[test]
    fn each_task_is_done_once_by_any_number_of_hands() {
        for cores in [1, 2, 4] {
            let crew = Crew::new(cores);
            for hands in [1, 2, 9] {
                crew.set_hands(hands);
                for tasks in [0, 1, 2, 100] {
                    let done = Mutex::new(Vec::new());
                    crew.run(tasks, &|task| done.lock().unwrap().push(task));
                    let mut done = done.into_inner().unwrap();
                    done.sort_unstable();
                    assert_eq!(done, (0..tasks).collect::<Vec<_>>());
                }
            }
        }
    }

    #[test]
    fn as_many_threads_work_as_there_are_hands() {
        let crew = Crew::new(3);
        crew.set_hands(3);
        // Each task waits for the other two, so that no thread can do two of them.
        let (together, threads) = (Barrier::new(3), Mutex::new(BTreeSet::new()));
        crew.run(3, &|_| {
            together.wait();
            threads
                .lock()
                .unwrap()
                .insert(format!("{:?}", std::thread::current().id()));
        });
        assert_eq!(threads.into_inner().unwrap().len(), 3);
        crew.set_hands(1);
        let me = std::thread::current().id();
        crew.run(3, &|_| assert_eq!(std::thread::current().id(), me));
    }
}
