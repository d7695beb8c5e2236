//! The jobs that the project's measurements give to an engine.

use std::{error::Error, path::Path};

use common::{STYLE_DIM, protocol::Job};

/// A job of `tokens` made-up tokens in the style of `voice` for that length.
pub(crate) fn job(voice: &Path, tokens: usize) -> Result<Job, Box<dyn Error>> {
    let bytes = std::fs::read(voice)?;
    let row = bytes
        .chunks_exact(STYLE_DIM * 4)
        .nth(tokens.checked_sub(1).ok_or("no tokens")?)
        .ok_or("the voice has no such row")?;
    Ok(Job {
        id: 0,
        tokens: (0..=u8::MAX).map(|i| 43 + i % 100).cycle().take(tokens).collect(),
        style: row.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect(),
        speed: 1.0,
        threads: 1,
    })
}
