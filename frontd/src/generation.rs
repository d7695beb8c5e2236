//! One response: script items in, joined sound out.
//!
//! ```text
//! items → text front end → segments → scheduler ┐
//!         (blocking pool, a few at a time)       ├→ in order → joiner → Chunk
//!                                     pauses ────┘
//! ```
//!
//! Two halves run side by side, with a bounded channel between: one makes segments and hands them in, the other
//! waits for their speech in order. Dropping the [`Chunks`] ends both, and what waits or runs is taken back.

mod carrier;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use audio::{End, Joiner, Loudness, Manner, Pauses, Placed, SAMPLE_RATE, duration_of};
use common::limits::SPEEDS;
use tokio::sync::{Semaphore, mpsc};

use crate::{
    metrics,
    scheduler::{Delivered, Parts, Promise, SegmentJob, SynthesisError, Ticket, queue::Delivery},
    script::{Item, Passage},
    segments::Segment,
    text::{Dialect, Segments, TextError, TextFront, lexicon::Lexicon, normalise},
    voices::Style,
};

/// Segments that one visit to the blocking pool makes.
const TEXT_BATCH: usize = 2;

/// Chunks that may wait for a slow client.
const CHUNKS: usize = 2;

/// Samples of a pause at the end that are sent at once: five seconds.
const SILENCE: usize = 5 * SAMPLE_RATE as usize;

/// A segment that is not done by then never will be: the server lost its workers.
const SEGMENT_LIMIT: Duration = Duration::from_secs(300);

/// What to say, and how.
#[derive(Debug)]
pub struct Request {
    pub items: Vec<Item>,
    /// The request's own voice.
    pub style: Style,
    /// The voices that passages name, by expression.
    pub styles: BTreeMap<String, Style>,
    /// Instead of the voices' own.
    pub dialect: Option<Dialect>,
    /// Whether the built-in voice drafts it, instead of the model.
    pub draft: bool,
    pub speed: f32,
    /// Which reading of the words, 0 the plain one.
    pub variant: u8,
    pub volume: f32,
    /// How loud voices are to be before that.
    pub loudness: Loudness,
    pub options: normalise::Options,
    /// The request's own, ahead of the server's.
    pub lexicon: Option<Arc<Lexicon>>,
}

/// Sound that is ready, in order.
#[derive(Debug)]
pub struct Chunk {
    /// Mono samples at 24 kHz: the pause before the segment and the segment.
    pub pcm: Vec<f32>,
    /// What is said; `None` for a pause after which nothing is said.
    pub said: Option<Said>,
    pub progress: Progress,
}

/// A segment with what is needed to tell the time of its words.
#[derive(Debug)]
pub struct Said {
    pub segment: Segment,
    pub placed: Placed,
    /// Frames of 600 samples for each token and the padding at both ends, when the model tells.
    pub frames: Option<Vec<u16>>,
    /// The voice expression of the passage; `None` is the request's own.
    pub voice: Option<String>,
}

/// How far a response is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub segments_done: usize,
    /// Segments cut so far; all of them once `whole`.
    pub segments_known: usize,
    /// Those done that had been made for an earlier request.
    pub segments_kept: usize,
    pub whole: bool,
    /// Sound so far, this chunk included.
    pub audio: Duration,
}

/// Why a response ends early.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    #[error("the text has nothing that can be spoken")]
    Nothing,
    #[error(transparent)]
    Text(#[from] TextError),
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
    #[error("the speech was not ready in time")]
    Late,
}

/// The chunks to come. Ends after the last one or after an error.
pub type Chunks = mpsc::Receiver<Result<Chunk, GenerationError>>;

/// Makes responses. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Generator {
    text: Arc<TextFront>,
    /// Visits to the blocking pool at once.
    text_permits: Arc<Semaphore>,
    look_ahead: usize,
    carriers: bool,
}

impl Generator {
    /// `carriers`: lone words are said after a sentence that is cut off by the durations of the model.
    #[must_use]
    pub fn new(text: Arc<TextFront>, look_ahead: usize, carriers: bool) -> Self {
        let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            text,
            text_permits: Arc::new(Semaphore::new(cpus)),
            look_ahead,
            carriers,
        }
    }

    /// The text front end that it reads with.
    #[must_use]
    pub fn text(&self) -> &TextFront {
        &self.text
    }

    /// Starts a response that was let in.
    #[must_use]
    pub fn start(&self, ticket: Ticket, request: Request) -> Chunks {
        let (chunks, receiver) = mpsc::channel(CHUNKS);
        let generator = self.clone();
        tokio::spawn(async move {
            let gone = chunks.clone();
            let work = generator.run(&ticket, &request, &chunks);
            let failure = tokio::select! {
                result = work => result.err(),
                // The client has left. Its ticket is dropped with this task.
                () = gone.closed() => None,
            };
            if let Some(error) = failure {
                let _ = chunks.send(Err(error)).await;
            }
        });
        receiver
    }

    async fn run(
        &self,
        ticket: &Ticket,
        request: &Request,
        chunks: &mpsc::Sender<Result<Chunk, GenerationError>>,
    ) -> Result<(), GenerationError> {
        let known = Known::default();
        let (submitted, in_order) = mpsc::channel(self.look_ahead);
        let submitting = self.submit(ticket, request, &known, submitted);
        let joining = join(ticket, &known, in_order, chunks);
        let (submitted, joined) = tokio::join!(submitting, joining);
        submitted.and(joined)
    }

    /// Cuts the text and hands in its segments, as far ahead as the channel allows.
    async fn submit(
        &self,
        ticket: &Ticket,
        request: &Request,
        known: &Known,
        submitted: mpsc::Sender<Part>,
    ) -> Result<(), GenerationError> {
        let mut index = 0;
        // Tokens before the segment by their speeds: what its listener has to hear while it is made.
        let mut before = 0.0;
        for item in &request.items {
            let passage = match item {
                Item::Pause(pause) => {
                    if submitted.send(Part::Pause(*pause)).await.is_err() {
                        return Ok(());
                    }
                    continue;
                }
                Item::Passage(passage) => passage,
            };
            let style = passage
                .voice
                .as_ref()
                .and_then(|name| request.styles.get(name))
                .unwrap_or(&request.style);
            let speed = (request.speed * passage.rate).clamp(*SPEEDS.start(), *SPEEDS.end());
            let variant = passage.variant.unwrap_or(request.variant);
            let manner = Manner {
                speed,
                volume: request.volume * style.gain(request.loudness) * 10_f32.powf(passage.gain / 20.0),
            };
            let mut text = Some(self.segments_of(passage, style, request).await?);
            while let Some(segments) = text.take() {
                let (batch, rest) = self.next_batch(segments).await?;
                text = rest;
                for segment in batch {
                    let Ok(place) = submitted.reserve().await else {
                        return Ok(());
                    };
                    let own = segment.tokens.len();
                    let carried = self.carriers && carrier::is_wanted(&segment);
                    let tokens = if carried {
                        carrier::before(&segment.tokens)
                    } else {
                        segment.tokens.clone()
                    };
                    let (row, pace) = style.reading(tokens.len(), variant);
                    let job = SegmentJob {
                        style: row.to_vec(),
                        pace,
                        tokens,
                        speed,
                        // The first part of a carried segment would be of the carrier.
                        parts: if carried || ticket.delivery() == Delivery::Whole {
                            Parts::Never
                        } else if is_urgent(before, own) {
                            Parts::Always
                        } else {
                            Parts::WhenLate
                        },
                        draft: request.draft,
                    };
                    before += own as f32 / speed;
                    known.segments.store(
                        usize::try_from(index).unwrap_or(usize::MAX) + 1,
                        Ordering::Relaxed,
                    );
                    let promise = ticket.submit(index, job).await;
                    place.send(Part::Segment {
                        index,
                        segment,
                        carried,
                        promise,
                        voice: passage.voice.clone(),
                        manner,
                        pauses: style.pauses(),
                    });
                    index += 1;
                }
            }
        }
        let paused = request
            .items
            .iter()
            .any(|item| matches!(item, Item::Pause(pause) if !pause.is_zero()));
        if index == 0 && !paused {
            Err(GenerationError::Nothing)
        } else {
            known.whole.store(true, Ordering::Release);
            Ok(())
        }
    }

    async fn segments_of(
        &self,
        passage: &Passage,
        style: &Style,
        request: &Request,
    ) -> Result<Segments, GenerationError> {
        let (text, runs) = (Arc::clone(&self.text), passage.runs.clone());
        let (dialect, options) = (request.dialect.unwrap_or(style.dialect()), request.options);
        let lexicon = request.lexicon.clone();
        self.blocking(move || text.segments(&runs, dialect, &options, lexicon.as_deref()))
            .await
    }

    async fn next_batch(
        &self,
        mut segments: Segments,
    ) -> Result<(Vec<Segment>, Option<Segments>), GenerationError> {
        let made = self.blocking(move || {
            let batch: Result<Vec<Segment>, TextError> = segments.by_ref().take(TEXT_BATCH).collect();
            batch.map(|batch| (batch, segments))
        });
        let (batch, segments) = made.await??;
        let rest = (batch.len() == TEXT_BATCH).then_some(segments);
        Ok((batch, rest))
    }

    /// Does text work where blocking is allowed. A panic in it ends only this response.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, GenerationError> {
        // The semaphore is never closed.
        let permit = Arc::clone(&self.text_permits).acquire_owned().await.ok();
        let done = tokio::task::spawn_blocking(move || {
            let started = Instant::now();
            let result = work();
            drop(permit);
            metrics::stage("text", started.elapsed());
            result
        });
        Ok(done.await.map_err(|_| TextError::Fault)?)
    }
}

/// What one half tells the other beside the parts.
#[derive(Debug, Default)]
struct Known {
    /// Segments cut so far.
    segments: AtomicUsize,
    /// The text was cut to its end.
    whole: AtomicBool,
}

/// What to join, in order.
#[derive(Debug)]
enum Part {
    Pause(Duration),
    Segment {
        index: u64,
        segment: Segment,
        /// It was said after a carrier.
        carried: bool,
        promise: Promise,
        voice: Option<String>,
        manner: Manner,
        pauses: Pauses,
    },
}

/// Whether a segment of `own` tokens takes about as long to make as the `before` tokens of its response sound, so that its first
/// sound has to come before all of it is made. By the text and the speed alone: the same text sounds the same on a busy server.
fn is_urgent(before: f32, own: usize) -> bool {
    // A loaded worker makes a second of sound in half a second or more.
    before * 5.0 < own as f32 * 3.0
}

async fn join(
    ticket: &Ticket,
    known: &Known,
    mut in_order: mpsc::Receiver<Part>,
    chunks: &mpsc::Sender<Result<Chunk, GenerationError>>,
) -> Result<(), GenerationError> {
    let mut joiner = Joiner::default();
    let (mut done, mut kept) = (0, 0);
    let progress = |joiner: &Joiner, (done, kept): (usize, usize), whole: bool| Progress {
        segments_done: done,
        segments_known: known.segments.load(Ordering::Relaxed),
        segments_kept: kept,
        whole,
        audio: duration_of(joiner.samples()),
    };
    while let Some(part) = in_order.recv().await {
        let (index, segment, carried, mut promise, voice, manner, pauses) = match part {
            Part::Pause(pause) => {
                joiner.pause(pause);
                continue;
            }
            Part::Segment {
                index,
                segment,
                carried,
                promise,
                voice,
                manner,
                pauses,
            } => (index, segment, carried, promise, voice, manner, pauses),
        };
        let end = End {
            last: segment.phonemes.chars().last(),
            boundary: segment.boundary,
            pauses,
        };
        let mut said = Some((segment, voice));
        let mut given = 0;
        let deadline = tokio::time::Instant::now() + SEGMENT_LIMIT;
        loop {
            let delivered = tokio::time::timeout_at(deadline, promise.recv())
                .await
                .map_err(|_| GenerationError::Late)?
                .ok_or(SynthesisError::Gone)??;
            let started = Instant::now();
            let all = matches!(delivered, Delivered::Whole(_));
            let (pcm, placed, frames) = match delivered {
                Delivered::Part(part) if given == 0 => {
                    given = part.pcm.len();
                    let (pcm, placed) = joiner.begin(&part.pcm, &part.frames, manner);
                    (pcm, Some(placed), Some(part.frames))
                }
                Delivered::Part(part) => {
                    given += part.pcm.len();
                    (joiner.go_on(&part.pcm), None, None)
                }
                Delivered::Whole(made) => {
                    done += 1;
                    kept += usize::from(made.kept);
                    if given == 0 {
                        let alone = carried.then(|| carrier::after(&made.speech)).flatten();
                        let speech = alone.as_ref().unwrap_or(&made.speech);
                        let (pcm, placed) = joiner.push(&speech.pcm, manner, end);
                        (pcm, Some(placed), speech.frames.clone())
                    } else {
                        let rest = made.speech.pcm.get(given..).unwrap_or_default();
                        (joiner.end(rest, end), None, None)
                    }
                }
            };
            metrics::stage("join", started.elapsed());
            let seconds = duration_of(pcm.len()).as_secs_f64();
            let said = placed.and_then(|placed| {
                said.take().map(|(segment, voice)| Said {
                    segment,
                    placed,
                    frames,
                    voice,
                })
            });
            let whole = all && in_order.is_closed() && in_order.is_empty();
            let chunk = Chunk {
                pcm,
                said,
                progress: progress(&joiner, (done, kept), whole),
            };
            ticket.opened().await;
            if chunks.send(Ok(chunk)).await.is_err() {
                return Ok(());
            }
            ticket.sent(index, seconds, all).await;
            if all {
                break;
            }
        }
    }
    let mut last = progress(&joiner, (done, kept), true);
    if !known.whole.load(Ordering::Acquire) {
        // The other half failed: what is left of the text is not a pause.
        return Ok(());
    }
    // A pause at the end, or a script that is nothing but pauses.
    for pcm in joiner.finish().chunks(SILENCE) {
        last.audio += duration_of(pcm.len());
        let chunk = Chunk {
            pcm: pcm.to_vec(),
            said: None,
            progress: last,
        };
        if chunks.send(Ok(chunk)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}
