//! `frontd speak`: text to a file, without a server.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use audio::{Destination, Encoder, Format};
use common::limits::SPEEDS;

use crate::{
    app::Core,
    config::{Config, Workers},
    generation::{GenerationError, Request},
    scheduler::queue::Delivery,
    script,
    service::Service,
    text::normalise,
};

/// Speaks `text` into `output`; its ending says the format. Returns the seconds of sound.
///
/// # Errors
/// A voice that is not there, a text without words, a file that cannot be written.
pub async fn run(
    config: Config,
    text: &str,
    voice: Option<&str>,
    speed: f32,
    output: &Path,
) -> anyhow::Result<f64> {
    let mut core = Core::start(Config {
        workers: Workers {
            count: 1,
            ..config.workers
        },
        ..config
    })
    .await?;
    let service = Arc::clone(&core.service);
    let result = tokio::select! {
        result = speak(&service, text, voice, speed, output) => result,
        hopeless = core.hopeless() => Err(hopeless.into()),
    };
    core.stop().await;
    result
}

async fn speak(
    service: &Service,
    text: &str,
    voice: Option<&str>,
    speed: f32,
    output: &Path,
) -> anyhow::Result<f64> {
    anyhow::ensure!(
        SPEEDS.contains(&speed),
        "the speed must be from {} to {}, not {speed}",
        SPEEDS.start(),
        SPEEDS.end()
    );
    let format = match output.extension().and_then(|ending| ending.to_str()) {
        Some("mp3") => Format::Mp3,
        Some("wav") => Format::Wav,
        _ => anyhow::bail!("the output must end in .wav or .mp3, not {}", output.display()),
    };
    let voice = voice.unwrap_or(&service.config.model.default_voice);
    let request = Request {
        dialect: None,
        draft: false,
        items: script::parse(text, &script::Options::default())?,
        style: service.voices.resolve(voice)?,
        styles: BTreeMap::new(),
        speed,
        variant: 0,
        volume: 1.0,
        loudness: service.config.audio.loudness,
        lexicon: None,
        options: normalise::Options::default(),
    };
    let ticket = service.scheduler.enter(Delivery::Whole).await?;
    let mut chunks = service.generator.start(ticket, request);
    let mut encoder = Encoder::new(format, service.config.audio.mp3, Destination::File)?;
    let mut bytes = Vec::new();
    let mut seconds = 0.0;
    while let Some(chunk) = chunks.recv().await.transpose()? {
        bytes.extend(encoder.encode(&chunk.pcm)?);
        seconds = chunk.progress.audio.as_secs_f64();
    }
    anyhow::ensure!(!bytes.is_empty(), GenerationError::Nothing);
    let ending = encoder.finish()?;
    bytes.extend(ending.tail);
    bytes[..ending.head.len()].copy_from_slice(&ending.head);
    std::fs::write(output, bytes)
        .map_err(|error| anyhow::anyhow!("cannot write {}: {error}", output.display()))?;
    Ok(seconds)
}
