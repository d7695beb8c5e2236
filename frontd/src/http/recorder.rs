//! One response being made: sound into the response and the download, words into captions.

use std::time::Duration;

use audio::{Bitrate, Destination, Encoder, Ending, Format, duration_of};
use common::SAMPLES_PER_FRAME;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::{
    captions::{Captions, Chunk as CaptionChunk, Spoken, Subtitles, Timestamp},
    delivery::{Delivery, DeliveryError, Finisher},
    generation::{Chunk, Progress},
    store::{Draft, Name, StoreError},
};

/// Where the finished files will be.
#[derive(Debug, Clone)]
pub(super) struct Download {
    pub(super) sound: Name,
    /// The times of what is said; subtitles have the same name with another ending.
    pub(super) timing: Option<Name>,
}

/// What a chunk became.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) sound: Vec<u8>,
    /// What it says; `None` for a pause at the end.
    pub(super) said: Option<Spoken>,
    pub(super) progress: Progress,
}

/// What is left at the end.
#[derive(Debug)]
pub(super) struct Finish {
    pub(super) tail: Vec<u8>,
    /// Over the first bytes of a whole response.
    pub(super) head: Vec<u8>,
    /// All of a response that is finished as a whole; there is no other sound then.
    pub(super) file: Option<Draft>,
    pub(super) captions: Captions,
    /// Tokens given to the model and frames of 25 ms made of them.
    pub(super) usage: Usage,
    pub(super) audio: Duration,
    pub(super) download: Option<Download>,
}

/// As OpenAI counts, in this model's units.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub(super) struct Usage {
    /// Phonemes and punctuation marks given to the model.
    pub(super) input_tokens: usize,
    /// Frames of 25 ms of sound.
    pub(super) output_tokens: usize,
    pub(super) total_tokens: usize,
}

#[derive(Debug)]
pub(super) struct Recorder {
    response: Output,
    kept: Option<Kept>,
    captions: Captions,
    /// The name of the request's voice, where more than one speaks.
    voice: Option<String>,
    tokens: usize,
    samples: usize,
}

#[derive(Debug)]
struct Kept {
    download: Download,
    output: Output,
    draft: Draft,
    timing: Option<Draft>,
}

/// How a file or response is made.
#[derive(Debug)]
pub(super) enum Output {
    /// While it is spoken.
    Encoded(Encoder),
    /// At the end, when it is known how loud it is and where its chapters begin.
    Finished(Box<Finisher>),
}

impl Output {
    /// For sound of `format`, or for the file that is wanted beyond that; its sound waits in the draft.
    ///
    /// # Errors
    /// When there is no memory.
    pub(super) fn new(
        format: Format,
        bitrate: Bitrate,
        destination: Destination,
        finished: Option<(Delivery, Draft)>,
    ) -> Result<Self, DeliveryError> {
        Ok(match finished {
            Some((delivery, pcm)) => Self::Finished(Box::new(Finisher::new(delivery, pcm)?)),
            None => Self::Encoded(Encoder::new(format, bitrate, destination)?),
        })
    }

    fn push(&mut self, pcm: &[f32]) -> Result<Vec<u8>, DeliveryError> {
        match self {
            Self::Encoded(encoder) => Ok(encoder.encode(pcm)?),
            Self::Finished(finisher) => finisher.push(pcm).map(|()| Vec::new()),
        }
    }
}

impl Recorder {
    pub(super) fn new(response: Output, captions: Captions, voice: Option<String>) -> Self {
        Self {
            response,
            kept: None,
            captions,
            voice,
            tokens: 0,
            samples: 0,
        }
    }

    /// Writes a download as well. Should it fail on the way, the response goes on without it.
    pub(super) fn keep(&mut self, download: Download, output: Output, draft: Draft, timing: Option<Draft>) {
        self.kept = Some(Kept {
            download,
            output,
            draft,
            timing,
        });
    }

    /// Encodes and writes; belongs on a blocking thread.
    pub(super) fn push(&mut self, chunk: Chunk) -> Result<Part, DeliveryError> {
        self.samples += chunk.pcm.len();
        let sound = self.response.push(&chunk.pcm)?;
        if let Some(kept) = &mut self.kept
            && let Err(error) = kept.write(&chunk.pcm)
        {
            lost(&error);
            self.kept = None;
        }
        let mut said = None;
        if let Some(spoken) = chunk.said {
            self.tokens += spoken.segment.tokens.len();
            let voice = self
                .voice
                .as_deref()
                .map(|own| spoken.voice.as_deref().unwrap_or(own));
            self.captions
                .push(&spoken.segment, spoken.placed, spoken.frames.as_deref(), voice);
            said = self.captions.last(duration_of(self.samples));
        }
        Ok(Part {
            sound,
            said,
            progress: chunk.progress,
        })
    }

    /// Ends the sound and publishes the download; belongs on a blocking thread. `unwanted` ends what takes long.
    pub(super) fn finish(self, unwanted: &CancellationToken) -> Result<Finish, DeliveryError> {
        let audio = duration_of(self.samples);
        let (ending, file) = match self.response {
            Output::Encoded(encoder) => (encoder.finish()?, None),
            Output::Finished(finisher) => {
                let file = finisher.file()?;
                let file = finisher.finish(&self.captions.chapters(), file, unwanted)?;
                (Ending::default(), Some(file))
            }
        };
        let mut download = None;
        if let Some(kept) = self.kept {
            let files = kept.download.clone();
            match kept.publish(&self.captions, audio, unwanted) {
                Ok(()) => download = Some(files),
                Err(Lost::Delivery(error @ DeliveryError::Unwanted)) => return Err(error),
                Err(error) => lost(&error),
            }
        }
        let output_tokens = self.samples / SAMPLES_PER_FRAME;
        Ok(Finish {
            tail: ending.tail,
            head: ending.head,
            file,
            captions: self.captions,
            usage: Usage {
                input_tokens: self.tokens,
                output_tokens,
                total_tokens: self.tokens + output_tokens,
            },
            audio,
            download,
        })
    }

    /// The length of the text in UTF-16 units.
    pub(super) fn text_units(&self) -> usize {
        self.captions.units()
    }
}

#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

fn lost(error: &Lost) {
    metrics::counter!(crate::metrics::DOWNLOADS, "outcome" => "lost").increment(1);
    tracing::warn!(%error, "A download is lost; its response goes on.");
}

impl Kept {
    fn write(&mut self, pcm: &[f32]) -> Result<(), Lost> {
        let bytes = self.output.push(pcm)?;
        self.draft.write(&bytes)?;
        Ok(())
    }

    fn publish(
        mut self,
        captions: &Captions,
        audio: Duration,
        unwanted: &CancellationToken,
    ) -> Result<(), Lost> {
        #[derive(Serialize)]
        struct Timing {
            chunks: Vec<CaptionChunk>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            words: Vec<Timestamp>,
        }
        let draft = match self.output {
            Output::Encoded(encoder) => {
                let ending = encoder.finish().map_err(DeliveryError::from)?;
                self.draft.write(&ending.tail)?;
                self.draft.write_over(0, &ending.head)?;
                self.draft
            }
            Output::Finished(finisher) => finisher.finish(&captions.chapters(), self.draft, unwanted)?,
        };
        // The times first: who finds the sound finds them too.
        if let (Some(mut draft), Some(name)) = (self.timing, self.download.timing) {
            let timing = Timing {
                chunks: captions.chunks(audio),
                words: captions.timestamps(),
            };
            draft.write(&serde_json::to_vec(&timing)?)?;
            if !timing.words.is_empty() {
                for form in [Subtitles::Srt, Subtitles::Vtt] {
                    let Some(name) = name.beside(form.extension()) else {
                        continue;
                    };
                    let mut subtitles = draft.another()?;
                    subtitles.write(captions.subtitles(form).as_bytes())?;
                    subtitles.publish(name)?;
                }
            }
            draft.publish(name)?;
        }
        draft.publish(self.download.sound)?;
        metrics::counter!(crate::metrics::DOWNLOADS, "outcome" => "kept").increment(1);
        Ok(())
    }
}
