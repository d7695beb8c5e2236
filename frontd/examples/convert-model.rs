//! Converts a model file as frontd does at its start: `convert-model SOURCE TARGET_DIR` prints the folder made.

use std::path::Path;

use anyhow::{Context as _, Result};
use frontd::model::convert::convert;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let source = arguments
        .next()
        .context("usage: convert-model SOURCE TARGET_DIR")?;
    let target = arguments
        .next()
        .context("usage: convert-model SOURCE TARGET_DIR")?;
    let converted = convert(Path::new(&source), Path::new(&target))?;
    println!("{}", converted.folder.display());
    Ok(())
}
