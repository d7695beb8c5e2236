//! How a response is sent while it is made: as sound, as server-sent events, or as lines of JSON.

use axum::body::Bytes;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    recorder::{Finish, Part, Usage},
    request::Include,
};
use crate::{
    captions::{Spoken, Timestamp},
    generation,
    scheduler::InLine,
};

#[derive(Debug, Clone)]
pub(super) enum Form {
    Sound,
    /// As OpenAI sends them, and more where it was asked for.
    Events(Events),
    /// Each line has sound in base64 and the times of its words. The text is the format's name.
    Lines(&'static str),
}

#[derive(Debug, Clone)]
pub(super) struct Events {
    pub(super) include: Include,
    /// Of the text, in UTF-16 units.
    pub(super) text_units: usize,
    pub(super) root_path: String,
}

/// The events of `stream_format: sse`, each in a `data:` line of its own.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type")]
pub(super) enum Event<'a> {
    #[serde(rename = "speech.audio.delta")]
    Delta {
        /// In base64.
        audio: String,
    },
    #[serde(rename = "speech.audio.done")]
    Done {
        usage: Usage,
        #[serde(skip_serializing_if = "Option::is_none")]
        download_path: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        timing_path: Option<String>,
    },
    /// With `include: ["progress"]`.
    #[serde(rename = "speech.progress")]
    Progress(Progress),
    /// With `include: ["segments"]`, before the sound that it describes.
    #[serde(rename = "speech.segment")]
    Segment(&'a Spoken),
    /// The response ends here, incomplete.
    #[serde(rename = "error")]
    Error(&'a super::error::ErrorBody),
}

/// How far a response is.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(super) struct Progress {
    /// Responses that came before this one and of which nothing has started; 0 once it sounds.
    pub(super) queue_ahead: usize,
    /// Seconds that a new request would wait now; 0 once it sounds.
    pub(super) wait_seconds: f64,
    /// Segments that have been sent.
    pub(super) segments_done: usize,
    /// Segments known so far; all of them once `whole` is true.
    pub(super) segments_known: usize,
    /// Segments sent that had been made for an earlier request and were not computed again.
    pub(super) segments_kept: usize,
    pub(super) whole: bool,
    /// Sound so far, in seconds.
    pub(super) audio_seconds: f64,
    /// The part of the text that has been spoken, 0 to 1.
    pub(super) text_done: f64,
}

/// Sound with the times of its words: a whole response, or a line of a streamed one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Captioned {
    /// In base64.
    pub(super) audio: String,
    #[schema(example = "mp3")]
    pub(super) audio_format: &'static str,
    pub(super) timestamps: Vec<Timestamp>,
}

impl Form {
    pub(super) fn waiting(&self, line: &InLine) -> Bytes {
        let (queue_ahead, wait_seconds) = line.look();
        event(&Event::Progress(Progress {
            queue_ahead,
            wait_seconds,
            ..Progress::default()
        }))
    }

    pub(super) fn part(&self, part: Part) -> Bytes {
        match self {
            Self::Sound => part.sound.into(),
            Self::Events(events) => events.part(part),
            Self::Lines(audio_format) => line(&Captioned {
                audio: BASE64.encode(&part.sound),
                audio_format,
                timestamps: part.said.map_or_else(Vec::new, |said| said.words),
            }),
        }
    }

    pub(super) fn end(&self, finish: &Finish) -> Bytes {
        match self {
            Self::Sound => finish.tail.clone().into(),
            Self::Events(events) => events.end(finish),
            Self::Lines(_) if finish.tail.is_empty() => Bytes::new(),
            Self::Lines(audio_format) => line(&Captioned {
                audio: BASE64.encode(&finish.tail),
                audio_format,
                timestamps: Vec::new(),
            }),
        }
    }

    /// What tells, within a body, that it goes wrong.
    pub(super) fn error(&self, error: &super::error::ApiError) -> Option<Bytes> {
        matches!(self, Self::Events(_)).then(|| event(&Event::Error(&error.body())))
    }
}

impl Events {
    fn part(&self, part: Part) -> Bytes {
        let mut bytes = Vec::new();
        let said = part.said.as_ref();
        if let (Some(said), true) = (said, self.include.segments) {
            bytes.extend(event(&Event::Segment(said)));
        }
        if !part.sound.is_empty() {
            bytes.extend(event(&Event::Delta {
                audio: BASE64.encode(&part.sound),
            }));
        }
        if self.include.progress {
            bytes.extend(event(&Event::Progress(self.progress(&part.progress, said))));
        }
        bytes.into()
    }

    fn end(&self, finish: &Finish) -> Bytes {
        let mut bytes = Vec::new();
        if !finish.tail.is_empty() {
            bytes.extend(event(&Event::Delta {
                audio: BASE64.encode(&finish.tail),
            }));
        }
        let download = finish.download.as_ref();
        let path = |name: &crate::store::Name| super::download::path(&self.root_path, name);
        bytes.extend(event(&Event::Done {
            usage: finish.usage,
            download_path: download.map(|download| path(&download.sound)),
            timing_path: download.and_then(|download| download.timing.as_ref()).map(path),
        }));
        bytes.into()
    }

    #[expect(clippy::cast_precision_loss, reason = "a share of a text")]
    fn progress(&self, progress: &generation::Progress, said: Option<&Spoken>) -> Progress {
        let share = said.map_or(1.0, |said| said.to as f64 / self.text_units.max(1) as f64);
        Progress {
            segments_done: progress.segments_done,
            segments_known: progress.segments_known,
            segments_kept: progress.segments_kept,
            whole: progress.whole,
            audio_seconds: (progress.audio.as_secs_f64() * 1000.0).round() / 1000.0,
            text_done: (share * 1000.0).round() / 1000.0,
            ..Progress::default()
        }
    }
}

fn event(event: &Event<'_>) -> Bytes {
    let json = serde_json::to_string(event).unwrap_or_default();
    format!("data: {json}\n\n").into()
}

fn line(data: &Captioned) -> Bytes {
    let mut json = serde_json::to_vec(data).unwrap_or_default();
    json.push(b'\n');
    json.into()
}
