//! `GET /web/config`: what the studio has to know.

use std::sync::Arc;

use audio::Format;
use axum::{Json, extract::State};
use common::limits::SPEEDS;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Door, Service, request::VOLUMES};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StudioConfig {
    #[schema(example = "0.2.0")]
    version: &'static str,
    model: StudioModel,
    /// Workers wanted and at work.
    workers: StudioWorkers,
    /// Whether requests need an API key.
    auth_required: bool,
    #[schema(example = "af_heart")]
    default_voice: String,
    #[schema(example = json!(["mp3", "wav"]))]
    formats: [Format; 2],
    limits: StudioLimits,
    /// Prefix of all addresses behind a proxy; empty without one.
    #[schema(example = "")]
    root_path: String,
    /// Names that stand for voices or mixes, beside the voices themselves.
    #[schema(example = json!(["alloy", "narrator"]))]
    voice_aliases: Vec<String>,
    /// Whether mixes can be stored as voices.
    voice_saving: bool,
    book_consult_url: Option<String>,
    contact_email: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StudioModel {
    #[schema(example = "builtin")]
    name: String,
    /// For people.
    #[schema(example = "built-in demo voice")]
    label: String,
    /// How to install Kokoro-82M, while it is not in use.
    hint: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StudioWorkers {
    wanted: usize,
    serving: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StudioLimits {
    max_input_chars: usize,
    min_speed: f32,
    max_speed: f32,
    max_volume: f32,
}

/// What the studio has to know
#[utoipa::path(get, path = "/web/config", tag = "studio", security(()),
    responses((status = 200, description = "Model, limits and addresses", body = StudioConfig)))]
pub(super) async fn config(
    State(service): State<Arc<Service>>,
    State(door): State<Door>,
) -> Json<StudioConfig> {
    let fleet = service.fleet.borrow().clone();
    let hint = service.model.hint().map(str::to_owned);
    let config = &service.config;
    Json(StudioConfig {
        version: env!("CARGO_PKG_VERSION"),
        model: StudioModel {
            name: service.model.name().to_owned(),
            label: service.model.label().to_owned(),
            hint,
        },
        workers: StudioWorkers {
            wanted: fleet.target,
            serving: fleet.serving(),
        },
        auth_required: door.keys.required(),
        default_voice: config.model.default_voice.clone(),
        formats: [Format::Mp3, Format::Wav],
        limits: StudioLimits {
            max_input_chars: config.server.max_input_chars,
            min_speed: *SPEEDS.start(),
            max_speed: *SPEEDS.end(),
            max_volume: *VOLUMES.end(),
        },
        root_path: config.access.root_path.clone(),
        voice_aliases: service.voices.aliases().map(str::to_owned).collect(),
        voice_saving: config.access.allow_voice_saving,
        book_consult_url: config.web.book_consult_url.clone(),
        contact_email: config.web.contact_email.clone(),
    })
}
