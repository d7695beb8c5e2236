//! Liveness, readiness and metrics.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};

use crate::{app::Shared, metrics as names, workers::lifecycle::Phase};

/// Always answers while the process lives.
pub(super) async fn health(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let fleet = shared.fleet.borrow().clone();
    let kernels = fleet.workers.iter().find_map(|worker| worker.kernels.clone());
    Json(json!({
        "status": "healthy",
        "version": env!("CARGO_PKG_VERSION"),
        "model": shared.model.name(),
        "hint": shared.model.hint(),
        "kernels": kernels,
        "workers": { "wanted": fleet.target, "serving": fleet.serving(), "restarts": fleet.restarts() },
    }))
}

pub(super) async fn live() -> Json<Value> {
    Json(json!({ "status": "healthy" }))
}

pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> (StatusCode, Json<Value>) {
    let fleet = shared.fleet.borrow().clone();
    let queue = shared.scheduler.status().borrow().clone();
    let ready = shared.ready();
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({
        "status": if ready { "ready" } else { "unavailable" },
        "draining": *shared.draining.borrow(),
        "workers": { "wanted": fleet.target, "serving": fleet.serving() },
        "queue": queue,
        "folders": shared.store.usage(),
    });
    (status, Json(body))
}

#[expect(clippy::cast_precision_loss, reason = "gauges are floats")]
pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> String {
    let fleet = shared.fleet.borrow().clone();
    let queue = shared.scheduler.status().borrow().clone();
    for phase in Phase::ALL {
        metrics::gauge!(names::WORKERS, "state" => phase.as_str()).set(fleet.in_phase(phase) as f64);
    }
    let private: u64 = fleet.workers.iter().map(|worker| worker.private_bytes).sum();
    metrics::gauge!(names::WORKER_MEMORY).set(private as f64);
    metrics::gauge!(names::QUEUE_RESPONSES, "state" => "under_way").set(queue.responses as f64);
    metrics::gauge!(names::QUEUE_RESPONSES, "state" => "waiting").set(queue.waiting as f64);
    metrics::gauge!(names::QUEUE_SEGMENTS, "state" => "waiting").set(queue.segments as f64);
    metrics::gauge!(names::QUEUE_SEGMENTS, "state" => "running").set(queue.running as f64);
    metrics::gauge!(names::REAL_TIME_FACTOR).set(queue.real_time_factor);
    metrics::gauge!(names::BUILD_INFO, "version" => env!("CARGO_PKG_VERSION"), "model" => shared.model.name()).set(1.0);
    shared.metrics.render()
}
