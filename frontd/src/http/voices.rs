//! What can be asked for: voices and models.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::app::Shared;

pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let voices: Vec<Value> = shared
        .voices
        .list()
        .into_iter()
        .map(|voice| json!({ "id": voice.name, "name": voice.name, "gender": voice.gender, "accent": voice.accent }))
        .collect();
    Json(json!({ "voices": voices }))
}

pub(super) async fn models(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let model = |id: &str| json!({ "id": id, "object": "model", "created": 0, "owned_by": "dexterous-tts" });
    let ids = [
        shared.model.name(),
        "kokoro",
        "tts-1",
        "tts-1-hd",
        "gpt-4o-mini-tts",
    ];
    Json(json!({ "object": "list", "data": ids.map(model) }))
}
