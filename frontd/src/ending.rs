//! How the server ends: nothing new is taken, what is under way is finished, and every task is waited for.

use std::future::Future;

use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The server's tasks, and how they hear of its end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ending {
    /// Nothing that is left may go on.
    now: CancellationToken,
    /// Nothing new is taken. A child of `now`.
    closing: CancellationToken,
    tasks: TaskTracker,
}

impl Default for Ending {
    fn default() -> Self {
        let now = CancellationToken::new();
        Self {
            closing: now.child_token(),
            now,
            tasks: TaskTracker::new(),
        }
    }
}

impl Ending {
    /// Runs a task until it has ended or the server does; [`Ending::all_ended`] waits for it.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let now = self.now.clone();
        self.tasks.spawn(now.run_until_cancelled_owned(task));
    }

    /// As [`Ending::spawn`], but it ends as soon as nothing new is taken.
    pub fn spawn_until_closing(&self, task: impl Future<Output = ()> + Send + 'static) {
        let closing = self.closing.clone();
        self.tasks.spawn(closing.run_until_cancelled_owned(task));
    }

    /// Runs a task that ends by itself when it hears of the end.
    pub fn track<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.tasks.spawn(task)
    }

    /// From now on nothing new is taken.
    pub fn close(&self) {
        self.closing.cancel();
    }

    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.closing.is_cancelled()
    }

    /// Waits until nothing new is taken.
    pub async fn closing(&self) {
        self.closing.cancelled().await;
    }

    /// Waits until nothing that is left may go on.
    pub async fn now(&self) {
        self.now.cancelled().await;
    }

    /// Ends every task and waits for all of them.
    pub async fn all_ended(&self) {
        self.now.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_task_hears_of_the_end_that_is_its_own() {
        let ending = Ending::default();
        let (tell, mut told) = tokio::sync::mpsc::channel::<()>(1);
        let (first, second) = (tell.clone(), tell);
        ending.spawn_until_closing(async move {
            let _first = first;
            std::future::pending().await
        });
        ending.spawn(async move {
            let _second = second;
            std::future::pending().await
        });
        let finishing = ending.clone();
        let response = ending.track(async move {
            finishing.closing().await;
            7
        });
        assert!(!ending.is_closing());
        ending.close();
        ending.closing().await;
        assert_eq!(response.await.unwrap(), 7);
        assert!(
            told.try_recv()
                .is_err_and(|end| end == tokio::sync::mpsc::error::TryRecvError::Empty)
        );
        ending.all_ended().await;
        assert!(told.recv().await.is_none(), "both senders are gone");
    }
}
