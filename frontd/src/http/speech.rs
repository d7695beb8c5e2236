//! `POST /v1/audio/speech`.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use audio::Destination;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Version, header},
    response::Response,
};

use super::{
    Door, Service, blocking, download,
    error::{ApiError, ErrorBody},
    events::{Events, Form},
    json,
    making::Making,
    names,
    recorder::{Download, Output, Recorder},
    request::{CheckedRequest, Rules, SpeechRequest},
};
use crate::{
    captions::Captions,
    generation::{GenerationError, Request as Generation},
    metrics as counters,
    scheduler::queue::Delivery,
    script::Item,
    store::{Name, StoreError},
    text::unknown_signs,
    voices::Style,
};

const DOWNLOAD_PATH: HeaderName = HeaderName::from_static("x-download-path");
const DOWNLOAD_FORMAT: HeaderName = HeaderName::from_static("x-download-format");
const DOWNLOAD_STATUS: HeaderName = HeaderName::from_static("x-download-status");
const TIMING_PATH: HeaderName = HeaderName::from_static("x-timing-path");
const WARNING: HeaderName = HeaderName::from_static("x-warning");
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Mixes that a warning names: what is written in a header is short.
const MOST_WEAK: usize = 4;

/// How long a response that tells its progress may wait for its first sound without telling.
const PATIENCE: Duration = Duration::from_millis(250);

/// Speak a text
///
/// The sound is sent while it is made, unless `stream` is false or the client speaks HTTP/1.0. A status of 200 is sent with the first sound; should anything
/// go wrong after that, the body is broken off, never quietly short.
#[utoipa::path(
    post,
    path = "/v1/audio/speech",
    tag = "speech",
    request_body = SpeechRequest,
    responses(
        (status = 200, description = "The sound", content(
            (Vec<u8> = "audio/mpeg"), (Vec<u8> = "audio/wav"), (Vec<u8> = "application/zip"),
            (String = "text/event-stream", example = "data: {\"type\":\"speech.audio.delta\",\"audio\":\"…\"}\n\ndata: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":14,\"output_tokens\":52,\"total_tokens\":66}}\n\n"),
        ), headers(
            ("X-Download-Path" = String, description = "Where the finished file will be, with return_download_link"),
            ("X-Download-Format" = String, description = "The file's format: mp3, wav or zip"),
            ("X-Download-Status" = String, description = "pending, or unavailable when no file can be written"),
            ("X-Timing-Path" = String, description = "Where the times will be, with return_timing; the same name ending in .srt and .vtt is a subtitle file"),
            ("X-Warning" = String, description = "Signs in literal phonemes that the model does not know, which are left out; mixes whose voices nearly cancel each other"),
            ("Server-Timing" = String, description = "queue: from the request to being let in; first: to the first sound; in ms"),
            ("X-Request-Id" = String, description = "As sent with the request, or made here"),
        )),
        (status = 400, description = "Not JSON; a model, voice, language, tag or SSML that does not exist; nothing to say; a finished file that is streamed", body = ErrorBody),
        (status = 401, description = "No valid API key", body = ErrorBody),
        (status = 408, description = "The body came too slowly", body = ErrorBody),
        (status = 413, description = "The input or the body is too long", body = ErrorBody),
        (status = 415, description = "The body is not JSON", body = ErrorBody),
        (status = 422, description = "A field has a value that it cannot have", body = ErrorBody),
        (status = 429, description = "Too many requests of this client at once", body = ErrorBody, headers(("Retry-After" = u64, description = "Seconds"))),
        (status = 500, description = "The speech could not be made; with x-should-retry: false, never", body = ErrorBody),
        (status = 503, description = "The server is busy or going down", body = ErrorBody, headers(("Retry-After" = u64, description = "Seconds, 1 to 120"))),
        (status = 504, description = "The speech was not made in time", body = ErrorBody),
    )
)]
pub(super) async fn speech(
    State(service): State<Arc<Service>>,
    State(door): State<Door>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Response, ApiError> {
    let mut started = start(&service, &door, peer, request, None).await?;
    let mut response = if let Some(events) = started.events {
        let mut response = Response::new(started.making.stream(Form::Events(events)));
        set(&mut response, header::CONTENT_TYPE, "text/event-stream");
        response
    } else {
        let body = if started.stream {
            started.making.stream(Form::Sound)
        } else {
            let (whole, _, place) = started.making.whole(&service.store).await?;
            started
                .headers
                .insert(header::CONTENT_LENGTH, whole.bytes().into());
            whole.into_body(place)
        };
        let mut response = Response::new(body);
        set(&mut response, header::CONTENT_TYPE, started.content_type);
        let disposition = names::disposition("attachment", None, started.extension);
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, disposition);
        response
    };
    response.headers_mut().extend(started.headers);
    Ok(response)
}

/// A response that has begun.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) making: Making,
    pub(super) headers: HeaderMap,
    /// Of the sound alone.
    pub(super) content_type: &'static str,
    pub(super) extension: &'static str,
    pub(super) stream: bool,
    events: Option<Events>,
}

/// From the request's bytes to its first sound: whatever goes wrong until then has a status of its own.
/// `stream` is what a request without the field means, `None` for the usual.
pub(super) async fn start(
    service: &Arc<Service>,
    door: &Door,
    peer: SocketAddr,
    request: Request,
    captioned: Option<bool>,
) -> Result<Started, ApiError> {
    let arrived = Instant::now();
    let (parts, body) = request.into_parts();
    let keyed = door.keys.required();
    let place = match door.clients.enter(&parts.headers, peer, keyed) {
        Ok(place) => place,
        Err(refusal) => {
            json::read_away(body).await;
            return Err(refusal);
        }
    };
    let rules = Rules {
        max_input_chars: service.config.server.max_input_chars,
        default_voice: service.config.model.default_voice.clone(),
        loudness: service.config.audio.loudness,
        mp3: service.config.audio.mp3,
    };
    let bytes = json::collect(&parts.headers, body, rules.max_body_bytes()).await?;
    let mut speech = {
        let service = Arc::clone(service);
        blocking(move || {
            let mut request: SpeechRequest = json::parse(&bytes)?;
            request.stream = request.stream.or(captioned);
            CheckedRequest::parse(request, &rules, &service.voices)
        })
        .await??
    };
    if captioned.is_some() && speech.delivery.is_some() {
        return Err(ApiError::Unfit {
            param: "stream",
            message: "times come with plain sound: ask for the finished file at /v1/audio/speech",
        });
    }
    tracing::debug!(
        chars = speech.text.chars().count(),
        voice = speech.style.name(),
        format = speech.format.extension(),
        stream = speech.stream,
        "Asked to speak."
    );
    // Before HTTP/1.1 a body that is sent while it is made ends with the connection, and a broken one ends just so. Events
    // have an end of their own.
    let tells_its_end = parts.version >= Version::HTTP_11;
    let streaming = (speech.stream && (tells_its_end || captioned.is_some())) || speech.events.is_some();
    let delivery = if streaming {
        Delivery::Streaming
    } else {
        Delivery::Whole
    };
    let ticket = service.scheduler.enter(delivery).await?;
    let admitted = arrived.elapsed();
    let destination = if streaming {
        Destination::Stream
    } else {
        Destination::File
    };
    let many_voices = !speech.styles.is_empty();
    let (content_type, extension) = match &speech.delivery {
        Some(delivery) => (delivery.content_type(), delivery.extension()),
        None => (speech.format.content_type(), speech.format.extension()),
    };
    let finished = match speech.delivery.take() {
        Some(delivery) => {
            let store = service.store.clone();
            Some((delivery, blocking(move || store.spool()).await??))
        }
        None => None,
    };
    let mut recorder = Recorder::new(
        Output::new(speech.format, service.config.audio.mp3, destination, finished)?,
        Captions::new(&speech.text, &speech.items),
        many_voices.then(|| speech.style.name().to_owned()),
    );
    let mut headers = HeaderMap::new();
    let warnings = unknown_phonemes(&speech.items)
        .into_iter()
        .chain(weak_mixes(&speech));
    let warnings: Vec<String> = warnings.collect();
    if !warnings.is_empty() {
        insert(&mut headers, WARNING, &warnings.join("; "));
    }
    if let Some(wanted) = speech.download {
        keep(service, wanted, &mut recorder, &mut headers).await?;
    }
    let events = speech.events.map(|include| Events {
        include,
        text_units: recorder.text_units(),
        root_path: service.config.access.root_path.clone(),
    });
    let generation = Generation {
        items: speech.items,
        style: speech.style,
        styles: speech.styles,
        dialect: speech.dialect,
        draft: speech.draft,
        speed: speech.speed,
        variant: speech.variant,
        volume: speech.volume,
        loudness: speech.loudness,
        options: speech.normalisation,
        lexicon: speech.lexicon,
    };
    let line = ticket.in_line();
    let mut chunks = service.generator.start(ticket, generation);
    let mut timing = format!("queue;dur={}", milliseconds(admitted));
    // Who wants to hear of the waiting gets the head of the response before the sound.
    let patience = events
        .as_ref()
        .filter(|events| events.include.progress)
        .map_or(Duration::MAX, |_| PATIENCE);
    let first = match tokio::time::timeout(patience, chunks.recv()).await {
        Ok(first) => Some(first.unwrap_or(Err(GenerationError::Nothing))?),
        Err(_) => None,
    };
    if first.is_some() {
        let sounding = arrived.elapsed();
        metrics::histogram!(counters::FIRST_AUDIO_SECONDS).record(sounding);
        timing = format!("{timing}, first;dur={}", milliseconds(sounding));
    }
    insert(&mut headers, SERVER_TIMING, &timing);
    insert(&mut headers, header::CACHE_CONTROL, "no-cache");
    insert(&mut headers, ACCEL_BUFFERING, "no");
    Ok(Started {
        making: Making::new(recorder, first, chunks, line, place, arrived),
        headers,
        content_type,
        extension,
        stream: streaming,
        events,
    })
}

/// The warning about signs in literal phonemes that the model does not know; in ASCII, as headers are.
fn unknown_phonemes(items: &[Item]) -> Option<String> {
    const MOST: usize = 16;
    let mut unknown: Vec<char> = items
        .iter()
        .filter_map(|item| match item {
            Item::Passage(passage) => Some(unknown_signs(&passage.runs)),
            Item::Pause(_) => None,
        })
        .flatten()
        .collect();
    unknown.sort_unstable();
    unknown.dedup();
    let signs: Vec<_> = unknown
        .iter()
        .take(MOST)
        .map(|&sign| format!("U+{:04X}", u32::from(sign)))
        .collect();
    let more = if unknown.len() > MOST { " and more" } else { "" };
    (!signs.is_empty()).then(|| format!("unknown phonemes are left out: {}{more}", signs.join(" ")))
}

/// What is to be said of mixes whose voices nearly cancel each other.
fn weak_mixes(speech: &CheckedRequest) -> Option<String> {
    let styles = std::iter::once(&speech.style).chain(speech.styles.values());
    let weak: Vec<&str> = styles
        .filter(|style| style.is_nearly_cancelled())
        .map(Style::name)
        .take(MOST_WEAK)
        .collect();
    (!weak.is_empty()).then(|| {
        format!(
            "voices nearly cancel each other, a smaller weight after the minus would help: {}",
            weak.join(" ")
        )
    })
}

/// Prepares the download. When none can be written, the response says so and is spoken all the same.
async fn keep(
    service: &Service,
    wanted: super::request::KeptFiles,
    recorder: &mut Recorder,
    headers: &mut HeaderMap,
) -> Result<(), ApiError> {
    let store = service.store.clone();
    let (with_timing, is_finished) = (wanted.timing, wanted.delivery.is_some());
    let drafts = blocking(move || -> Result<_, StoreError> {
        let sound = store.create()?;
        let timing = with_timing.then(|| sound.another()).transpose()?;
        let pcm = is_finished.then(|| store.spool()).transpose()?;
        Ok((sound, timing, pcm))
    })
    .await?;
    let extension = wanted.extension();
    let name = Name::random(extension, service.config.server.node_id.as_deref());
    let (Ok((draft, timing_draft, pcm)), Some(sound)) = (drafts, name) else {
        metrics::counter!(counters::DOWNLOADS, "outcome" => "unavailable").increment(1);
        insert(headers, DOWNLOAD_STATUS, "unavailable");
        return Ok(());
    };
    let timing = wanted.timing.then(|| sound.beside("json")).flatten();
    let path = |name: &Name| download::path(&service.config.access.root_path, name);
    insert(headers, DOWNLOAD_STATUS, "pending");
    insert(headers, DOWNLOAD_PATH, &path(&sound));
    insert(headers, DOWNLOAD_FORMAT, extension);
    if let Some(timing) = &timing {
        insert(headers, TIMING_PATH, &path(timing));
    }
    let finished = wanted.delivery.zip(pcm);
    let output = Output::new(
        wanted.format,
        service.config.audio.mp3,
        Destination::File,
        finished,
    )?;
    recorder.keep(Download { sound, timing }, output, draft, timing_draft);
    Ok(())
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

pub(super) fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}
