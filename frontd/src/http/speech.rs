//! `POST /v1/audio/speech`.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use axum::{
    body::{Body, Bytes},
    extract::{State, rejection::BytesRejection},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::error::ApiError;
use crate::{
    app::Shared,
    audio::{Destination, EncodeError, Encoder, Format},
    generation::{Chunks, GenerationError, Request},
    metrics as names,
    scheduler::queue::Delivery,
    script::{self, Item},
    text::normalise,
};

/// Encoded parts that may wait for a slow client.
const PARTS: usize = 2;

#[derive(Debug, Deserialize)]
struct SpeechRequest {
    model: Option<String>,
    input: String,
    voice: Option<String>,
    response_format: Option<String>,
    speed: Option<f32>,
    stream: Option<bool>,
}

/// A request that makes sense; parsed once, never checked again.
struct Speech {
    request: Request,
    format: Format,
    delivery: Delivery,
}

pub(super) async fn speech(
    State(shared): State<Arc<Shared>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let arrived = Instant::now();
    let body = body.map_err(|error| ApiError::Body(error.body_text()))?;
    let request = serde_json::from_slice(&body).map_err(|error| ApiError::Body(error.to_string()))?;
    let Speech {
        request,
        format,
        delivery,
    } = parse(request, &shared)?;
    let ticket = shared.scheduler.enter(delivery).await?;
    let mut chunks = shared.generator.start(ticket, request);
    // Whatever goes wrong before the first sound still gets a status of its own.
    let first = chunks.recv().await.unwrap_or(Err(GenerationError::Nothing))?;
    metrics::histogram!(names::FIRST_AUDIO_SECONDS).record(arrived.elapsed());
    let pcm = first.pcm;
    match delivery {
        Delivery::Streaming => {
            let encoder = Encoder::new(format, shared.config.audio.mp3, Destination::Stream)?;
            let (parts, body) = mpsc::channel(PARTS);
            tokio::spawn(async move {
                if let Err(error) = encode(encoder, pcm, chunks, &parts).await {
                    tracing::warn!(%error, "a response is cut off");
                    let _ = parts.send(Err(error)).await;
                }
            });
            let body = Body::from_stream(ReceiverStream::new(body));
            Ok((head(format), body).into_response())
        }
        Delivery::Whole => {
            let encoder = Encoder::new(format, shared.config.audio.mp3, Destination::File)?;
            let (parts, mut body) = mpsc::channel(PARTS);
            let encoding = tokio::spawn(async move { encode(encoder, pcm, chunks, &parts).await });
            let mut bytes = Vec::new();
            while let Some(part) = body.recv().await {
                bytes.extend(part?);
            }
            let head_bytes = encoding.await.map_err(|_| GenerationError::Late)??;
            bytes[..head_bytes.len()].copy_from_slice(&head_bytes);
            Ok((head(format), bytes).into_response())
        }
    }
}

fn parse(request: SpeechRequest, shared: &Shared) -> Result<Speech, ApiError> {
    let invalid = |param, code, message: String| ApiError::Invalid { param, code, message };
    if let Some(model) = &request.model
        && ![
            "kokoro",
            "tts-1",
            "tts-1-hd",
            "gpt-4o-mini-tts",
            shared.model.name(),
        ]
        .contains(&model.as_str())
    {
        let message = format!("there is no model {model:?}; GET /v1/models lists them");
        return Err(invalid("model", "invalid_model", message));
    }
    let speed = request.speed.unwrap_or(1.0);
    if !(0.25..=4.0).contains(&speed) {
        return Err(invalid(
            "speed",
            "invalid_speed",
            format!("speed must be from 0.25 to 4, not {speed}"),
        ));
    }
    let format = match request.response_format.as_deref() {
        None | Some("mp3") => Format::Mp3,
        Some("wav") => Format::Wav,
        Some(other) => return Err(ApiError::Format(other.to_owned())),
    };
    let limit = shared.config.server.max_input_chars;
    if request.input.chars().count() > limit {
        return Err(invalid(
            "input",
            "input_too_long",
            format!("input may have at most {limit} characters"),
        ));
    }
    if request.input.trim().is_empty() {
        return Err(invalid(
            "input",
            "empty_input",
            "input is empty: send the text to speak".to_owned(),
        ));
    }
    let items = script::parse(&request.input, &script::Options::default())?;
    if !items.iter().any(|item| matches!(item, Item::Passage(_))) {
        return Err(GenerationError::Nothing.into());
    }
    let voice = request
        .voice
        .as_deref()
        .unwrap_or(&shared.config.model.default_voice);
    Ok(Speech {
        request: Request {
            style: shared.voices.resolve(voice)?,
            styles: BTreeMap::new(),
            items,
            speed,
            volume: 1.0,
            options: normalise::Options::default(),
        },
        format,
        delivery: if request.stream.unwrap_or(true) {
            Delivery::Streaming
        } else {
            Delivery::Whole
        },
    })
}

fn head(format: Format) -> [(HeaderName, HeaderValue); 2] {
    [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(format.content_type()),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ]
}

/// What cuts a response off.
#[derive(Debug, thiserror::Error)]
enum CutOff {
    #[error(transparent)]
    Generation(#[from] GenerationError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error("the encoder failed")]
    Panic,
}

impl From<CutOff> for ApiError {
    fn from(error: CutOff) -> Self {
        match error {
            CutOff::Generation(error) => error.into(),
            CutOff::Encode(error) => error.into(),
            CutOff::Panic => GenerationError::Late.into(),
        }
    }
}

/// Encodes chunk after chunk on the blocking pool. Returns what is to be written over the first bytes of a file.
async fn encode(
    mut encoder: Encoder,
    first: Vec<f32>,
    mut chunks: Chunks,
    parts: &mpsc::Sender<Result<Bytes, CutOff>>,
) -> Result<Vec<u8>, CutOff> {
    let mut next = Some(first);
    while let Some(pcm) = next.take() {
        metrics::counter!(names::AUDIO_SECONDS).increment((pcm.len() / 24_000) as u64);
        let encoding =
            tokio::task::spawn_blocking(move || encoder.encode(&pcm).map(|bytes| (encoder, bytes)));
        let (back, bytes) = encoding.await.map_err(|_| CutOff::Panic)??;
        encoder = back;
        if parts.send(Ok(bytes.into())).await.is_err() {
            metrics::counter!(names::CANCELLED).increment(1);
            return Ok(Vec::new());
        }
        next = chunks.recv().await.transpose()?.map(|chunk| chunk.pcm);
    }
    let ending = encoder.finish()?;
    let _ = parts.send(Ok(ending.tail.into())).await;
    Ok(ending.head)
}
