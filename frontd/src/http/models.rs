//! What clients ask for before they ask for speech.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Service,
    error::{ApiError, ErrorBody},
    model_ids::{self, DRAFT, SERVED},
};
use crate::model::choose::Chosen;

/// When Kokoro-82M v1.0 was published: clients want a number here.
const CREATED: u64 = 1_737_936_000;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ModelList {
    #[schema(example = "list")]
    object: &'static str,
    data: Vec<Model>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Model {
    #[schema(example = "kokoro")]
    id: String,
    #[schema(example = "model")]
    object: &'static str,
    created: u64,
    #[schema(example = "dexterous-tts")]
    owned_by: &'static str,
    /// The model that answers in truth: `kokoro-82m` or `builtin`.
    #[schema(example = "builtin")]
    served_by: String,
    /// Its name for people, with what is special about its weights.
    #[schema(example = "Kokoro-82M, weights of 8 bits")]
    description: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AudioModelList {
    models: Vec<AudioModel>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AudioModel {
    #[schema(example = "kokoro")]
    id: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status {
    #[schema(example = "ok")]
    status: &'static str,
}

/// The names of the models
#[utoipa::path(get, path = "/v1/models", tag = "models", security(()),
    responses((status = 200, description = "`draft` is the built-in voice, and the others are the model in use", body = ModelList)))]
pub(super) async fn list(State(service): State<Arc<Service>>) -> Json<ModelList> {
    let data = listed().map(|id| model(&service, id)).collect();
    Json(ModelList { object: "list", data })
}

/// One name of a model
#[utoipa::path(get, path = "/v1/models/{id}", tag = "models", security(()),
    params(("id" = String, Path, example = "kokoro")),
    responses(
        (status = 200, description = "It is served here", body = Model),
        (status = 404, description = "It is not", body = ErrorBody),
    ))]
pub(super) async fn one(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
) -> Result<Json<Model>, ApiError> {
    if model_ids::is_served(&id) || model_ids::is_draft(&id) {
        Ok(Json(model(&service, &id)))
    } else {
        Err(ApiError::ModelNotFound(id.chars().take(40).collect()))
    }
}

/// The names of the models, as Open WebUI asks for them
#[utoipa::path(get, path = "/v1/audio/models", tag = "models", security(()),
    responses((status = 200, description = "`draft` is the built-in voice, and the others are the model in use", body = AudioModelList)))]
pub(super) async fn audio() -> Json<AudioModelList> {
    let models = listed().map(|id| AudioModel { id: id.to_owned() }).collect();
    Json(AudioModelList { models })
}

/// Whether somebody answers
#[utoipa::path(get, path = "/v1/test", tag = "models", security(()),
    responses((status = 200, description = "Yes", body = Status)))]
pub(super) async fn test() -> Json<Status> {
    Json(Status { status: "ok" })
}

fn listed() -> impl Iterator<Item = &'static str> {
    SERVED.into_iter().chain([DRAFT])
}

fn model(service: &Service, id: &str) -> Model {
    let serving = if model_ids::is_draft(id) {
        &Chosen::Builtin
    } else {
        &service.model
    };
    Model {
        id: id.to_owned(),
        object: "model",
        created: CREATED,
        owned_by: "dexterous-tts",
        served_by: serving.name().to_owned(),
        description: serving.label(),
    }
}
