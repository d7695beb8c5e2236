//! A response under way: chunk after chunk through the recorder into a body.

use std::{
    io,
    time::{Duration, Instant},
};

use axum::body::{Body, Bytes};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{
    blocking,
    clients::Place,
    error::ApiError,
    events::Form,
    recorder::{Finish, Part, Recorder},
    whole::Whole,
};
use crate::{
    generation::{Chunk, Chunks, GenerationError},
    human, metrics as names,
    scheduler::InLine,
    store::Store,
};

/// Encoded parts that may wait for a slow client.
const PARTS: usize = 2;
/// How often a waiting client hears that it waits.
const TELL_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(super) struct Making {
    /// Away while it works on a blocking thread.
    recorder: Option<Recorder>,
    /// `None` when the response begins before its first sound.
    first: Option<Chunk>,
    chunks: Chunks,
    line: InLine,
    /// Kept until the response has ended.
    place: Place,
    arrived: Instant,
}

impl Making {
    pub(super) fn new(
        recorder: Recorder,
        first: Option<Chunk>,
        chunks: Chunks,
        line: InLine,
        place: Place,
        arrived: Instant,
    ) -> Self {
        Self {
            recorder: Some(recorder),
            first,
            chunks,
            line,
            place,
            arrived,
        }
    }

    /// The body of a stream: complete, or broken off where it went wrong.
    pub(super) fn stream(self, form: Form) -> Body {
        let (parts, body) = mpsc::channel(PARTS);
        let pumping = async move {
            let Err(error) = self.pump(&form, &parts).await else {
                return;
            };
            tracing::warn!(code = error.code(), %error, "A response is broken off.");
            if let Some(told) = form.error(&error) {
                let _ = parts.send(Ok(told)).await;
            }
            let _ = parts
                .send(Err(io::Error::other("the speech could not be finished")))
                .await;
        };
        tokio::spawn(pumping.in_current_span());
        Body::from_stream(ReceiverStream::new(body))
    }

    async fn pump(mut self, form: &Form, parts: &mpsc::Sender<io::Result<Bytes>>) -> Result<(), ApiError> {
        if self.first.is_none() && !self.await_first(form, parts).await? {
            return left();
        }
        loop {
            // Do not encode the rest of this segment for a client that has disconnected.
            let part = tokio::select! {
                part = self.next() => part?,
                () = parts.closed() => return left(),
            };
            let Some(part) = part else { break };
            let started = Instant::now();
            if parts.send(Ok(form.part(part))).await.is_err() {
                return left();
            }
            names::stage("send", started.elapsed());
        }
        let (finish, _place) = tokio::select! {
            finished = self.finish() => finished?,
            () = parts.closed() => return left(),
        };
        // A client that left now misses nothing but the end.
        let _ = parts.send(Ok(form.end(&finish))).await;
        Ok(())
    }

    /// Reports progress to the client while it waits; `false` if it has disconnected.
    async fn await_first(
        &mut self,
        form: &Form,
        parts: &mpsc::Sender<io::Result<Bytes>>,
    ) -> Result<bool, ApiError> {
        let mut tick = tokio::time::interval(TELL_EVERY);
        loop {
            tokio::select! {
                first = self.chunks.recv() => {
                    metrics::histogram!(names::FIRST_AUDIO_SECONDS).record(self.arrived.elapsed());
                    self.first = Some(first.unwrap_or(Err(GenerationError::Nothing))?);
                    return Ok(true);
                }
                () = parts.closed() => return Ok(false),
                _ = tick.tick() => {
                    let told = form.waiting(&self.line);
                    if parts.send(Ok(told)).await.is_err() {
                        return Ok(false);
                    }
                }
            }
        }
    }

    /// Whether the model tells when words are heard.
    pub(super) fn tells_words(&self) -> bool {
        let said = self.first.as_ref().and_then(|first| first.said.as_ref());
        said.is_none_or(|said| said.frames.is_some())
    }

    /// Only the captions; the sound is dropped as it comes.
    pub(super) async fn captions_only(mut self) -> Result<Finish, ApiError> {
        while self.next().await?.is_some() {}
        Ok(self.finish().await?.0)
    }

    /// All of the sound with its length known.
    pub(super) async fn whole(mut self, store: &Store) -> Result<(Whole, Finish, Place), ApiError> {
        let mut whole = Whole::default();
        while let Some(part) = self.next().await? {
            whole = whole.append(part.sound, store).await?;
        }
        let (mut finish, place) = self.finish().await?;
        if let Some(file) = finish.file.take() {
            return Ok((Whole::Spool(file), finish, place));
        }
        whole = whole.append(std::mem::take(&mut finish.tail), store).await?;
        whole = whole.write_head(std::mem::take(&mut finish.head)).await?;
        Ok((whole, finish, place))
    }

    /// The next part, `None` after the last.
    async fn next(&mut self) -> Result<Option<Part>, ApiError> {
        let next = match self.first.take() {
            Some(first) => Some(first),
            None => self.chunks.recv().await.transpose()?,
        };
        let Some(chunk) = next else { return Ok(None) };
        let mut recorder = self.recorder.take().ok_or_else(lost)?;
        let (recorder, part) = blocking(move || {
            let started = Instant::now();
            let part = recorder.push(chunk);
            names::stage("encode", started.elapsed());
            (recorder, part)
        })
        .await?;
        self.recorder = Some(recorder);
        Ok(Some(part?))
    }

    async fn finish(self) -> Result<(Finish, Place), ApiError> {
        let recorder = self.recorder.ok_or_else(lost)?;
        // Who drops this future wants no file, and what blocks does not end with it.
        let unwanted = CancellationToken::new();
        let _left = unwanted.clone().drop_guard();
        let finish = blocking(move || recorder.finish(&unwanted)).await??;
        metrics::counter!(names::AUDIO_SECONDS).increment(finish.audio.as_secs());
        spoken(&finish, self.arrived);
        Ok((finish, self.place))
    }
}

fn left() -> Result<(), ApiError> {
    metrics::counter!(names::CANCELLED).increment(1);
    tracing::info!("The client left.");
    Ok(())
}

fn lost() -> ApiError {
    ApiError::Internal("the recorder is lost".to_owned())
}

fn spoken(finish: &Finish, arrived: Instant) {
    tracing::info!(
        audio = %human::duration(finish.audio),
        tokens = finish.usage.input_tokens,
        took = %human::duration(arrived.elapsed()),
        "Spoken."
    );
}
