//! The parts that speak, as HTTP, the ops socket and the command line reach them. [`crate::app`] wires them.

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{mpsc, watch};
use tokio_util::task::TaskTracker;

use crate::{
    config::Config,
    ending::Ending,
    generation::Generator,
    model::choose::Chosen,
    scheduler::Scheduler,
    store::Store,
    voices::Voices,
    workers::{self, FleetStatus, Order},
};

/// What every request can reach.
#[derive(Debug)]
pub struct Service {
    pub config: Config,
    pub model: Chosen,
    pub voices: Voices,
    pub generator: Generator,
    pub scheduler: Scheduler,
    pub store: Store,
    pub orders: mpsc::Sender<Order>,
    pub fleet: watch::Receiver<FleetStatus>,
    pub metrics: PrometheusHandle,
    pub ending: Ending,
    /// Holds a token for each request that is served with these parts, until its body has ended.
    pub users: TaskTracker,
}

impl Service {
    /// Whether a request that came now would be served.
    #[must_use]
    pub fn ready(&self) -> bool {
        !self.ending.is_closing() && self.fleet.borrow().serving() > 0
    }

    /// Whether the two tasks that all speech goes through take their turns. Waits for them: bound it.
    pub async fn alive(&self) -> bool {
        let (scheduler, supervisor) = tokio::join!(self.scheduler.alive(), workers::alive(&self.orders));
        scheduler && supervisor
    }
}
