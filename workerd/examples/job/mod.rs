//! The jobs that the project's measurements give to an engine.

use std::{error::Error, path::Path};

use common::{STYLE_DIM, protocol::Job};

/// A job of `tokens`, a number of made-up ones or the ids of real ones by commas, in the style of `voice` for that length.
pub(crate) fn job(voice: &Path, tokens: &str) -> Result<Job, Box<dyn Error>> {
    let tokens: Vec<u8> = match tokens.parse() {
        Ok(count) => (0..=u8::MAX).map(|i| 43 + i % 100).cycle().take(count).collect(),
        Err(_) => tokens.split(',').map(str::parse).collect::<Result<_, _>>()?,
    };
    let bytes = std::fs::read(voice)?;
    let row = bytes
        .chunks_exact(STYLE_DIM * 4)
        .nth(tokens.len().checked_sub(1).ok_or("no tokens")?)
        .ok_or("the voice has no such row")?;
    Ok(Job {
        id: 0,
        tokens,
        style: row.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect(),
        speed: 1.0,
        threads: 1,
        early: false,
        draft: false,
    })
}
