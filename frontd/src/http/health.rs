//! Liveness, readiness and metrics.

use std::{sync::Arc, time::SystemTime};

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};

use crate::{
    metrics as names,
    model::{files, install},
    service::Service,
    workers::{WorkerStatus, lifecycle::Phase},
};

/// What is running
///
/// Always answers while the process lives. `status` is `slow` when speech takes longer than it could, and `warnings` says why. While Kokoro-82M is being installed, `install` has `bytes` and `total_bytes`.
#[utoipa::path(get, path = "/health", tag = "health", security(()),
    responses((status = 200, description = "It lives", body = Object,
        example = json!({"status": "healthy", "version": "0.2.0", "model": "builtin", "workers": {"wanted": 2, "serving": 2, "restarts": 0}}))))]
pub(super) async fn health(State(service): State<Arc<Service>>) -> Json<Value> {
    let fleet = service.fleet.borrow().clone();
    let model_dir = service.config.model.dir.clone();
    let install = tokio::task::spawn_blocking(move || {
        let arriving = files::kokoro(install::begun(&model_dir));
        install::under_way(&files::folder(&model_dir), &arriving, SystemTime::now())
    });
    let kernels = fleet.workers.iter().find_map(|worker| worker.kernels.clone());
    let warnings = warnings(&service, kernels.as_deref());
    Json(json!({
        "status": if warnings.is_empty() { "healthy" } else { "slow" },
        "warnings": warnings,
        "version": env!("CARGO_PKG_VERSION"),
        "model": service.model.name(),
        "label": service.model.label(),
        "hint": service.model.hint(),
        "install": install.await.ok().flatten(),
        "kernels": kernels,
        "workers": { "wanted": fleet.target, "serving": fleet.serving(), "restarts": fleet.restarts() },
    }))
}

/// What the workers report when they use none of our kernels.
const NO_KERNELS: &str = "onnxruntime";

/// Why speech takes longer than it could, in sentences; none is the normal case.
fn warnings(service: &Service, kernels: Option<&str>) -> Vec<String> {
    let mut all = service.model.warnings();
    let wanted = service.config.workers.kernels == "auto" && service.model.has_kernels();
    if wanted && all.is_empty() && kernels == Some(NO_KERNELS) {
        all.push(
            "The workers compute without our kernels, because this CPU has neither AVX-512 nor AVX2 or the kernels' graph \
             cannot be loaded; the log says which. Speech takes up to 2.5 times as long."
                .to_owned(),
        );
    }
    all
}

/// Whether the process lives
#[utoipa::path(get, path = "/health/live", tag = "health", security(()),
    responses((status = 200, description = "It does", body = Object, example = json!({"status": "healthy"}))))]
pub(super) async fn live() -> Json<Value> {
    Json(json!({ "status": "healthy" }))
}

/// Whether a request that came now would be served
#[utoipa::path(get, path = "/health/ready", tag = "health", security(()),
    responses(
        (status = 200, description = "It would; folders tells which folder cannot be used", body = Object),
        (status = 503, description = "It would not", body = Object),
    ))]
pub(super) async fn ready(State(service): State<Arc<Service>>) -> (StatusCode, Json<Value>) {
    let fleet = service.fleet.borrow().clone();
    let queue = service.scheduler.status().borrow().clone();
    let ready = service.ready();
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({
        "status": if ready { "ready" } else { "unavailable" },
        "draining": service.ending.is_closing(),
        "workers": { "wanted": fleet.target, "serving": fleet.serving() },
        "queue": queue,
        "folders": service.store.usage(),
    });
    (status, Json(body))
}

/// Metrics for Prometheus
#[utoipa::path(get, path = "/metrics", tag = "health", security(()),
    responses((status = 200, description = "In Prometheus' text format", body = String, content_type = "text/plain")))]
#[expect(clippy::cast_precision_loss, reason = "gauges are floats")]
pub(super) async fn metrics(State(service): State<Arc<Service>>) -> String {
    let fleet = service.fleet.borrow().clone();
    let queue = service.scheduler.status().borrow().clone();
    for phase in Phase::ALL {
        metrics::gauge!(names::WORKERS, "state" => phase.as_str()).set(fleet.in_phase(phase) as f64);
    }
    for kernels in ["avx512", "avx2", "portable", NO_KERNELS] {
        let with = |worker: &&WorkerStatus| worker.kernels.as_deref() == Some(kernels);
        let count = fleet.workers.iter().filter(with).count();
        metrics::gauge!(names::WORKER_KERNELS, "kernels" => kernels).set(count as f64);
    }
    let kernels = fleet.workers.iter().find_map(|worker| worker.kernels.clone());
    let warnings = warnings(&service, kernels.as_deref()).len();
    metrics::gauge!(names::WARNINGS).set(warnings as f64);
    let private: u64 = fleet.workers.iter().map(|worker| worker.private_bytes).sum();
    metrics::gauge!(names::WORKER_MEMORY).set(private as f64);
    metrics::gauge!(names::QUEUE_RESPONSES, "state" => "under_way").set(queue.responses as f64);
    metrics::gauge!(names::QUEUE_RESPONSES, "state" => "waiting").set(queue.waiting as f64);
    metrics::gauge!(names::QUEUE_SEGMENTS, "state" => "waiting").set(queue.segments as f64);
    metrics::gauge!(names::QUEUE_SEGMENTS, "state" => "running").set(queue.running as f64);
    metrics::gauge!(names::REAL_TIME_FACTOR).set(queue.real_time_factor);
    for folder in service.store.usage() {
        let kind = folder.kind.to_string();
        metrics::gauge!(names::FOLDER_BYTES, "folder" => kind.clone()).set(folder.bytes as f64);
        metrics::gauge!(names::FOLDER_LIMIT_BYTES, "folder" => kind.clone()).set(folder.max_bytes as f64);
        metrics::gauge!(names::FOLDER_FAULT, "folder" => kind.clone()).set(if folder.fault.is_some() {
            1.0
        } else {
            0.0
        });
        metrics::counter!(names::FOLDER_EVICTED, "folder" => kind.clone()).absolute(folder.evicted);
        metrics::counter!(names::FOLDER_FAILURES, "folder" => kind).absolute(folder.failures);
    }
    metrics::gauge!(names::BUILD_INFO, "version" => env!("CARGO_PKG_VERSION"), "model" => service.model.name()).set(1.0);
    service.metrics.render()
}
