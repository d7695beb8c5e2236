use std::{path::PathBuf, time::Duration};

use super::Reader;
use crate::store::{Limits, Settings};

/// The folders that are written to, and their limits.
#[derive(Debug, Clone)]
pub struct Folders {
    /// Work in progress. `TEMP_DIR`, `dexterous-tts` in the temporary folder.
    pub temp: PathBuf,
    /// `MAX_TEMP_DIR_SIZE_MB`, 512.
    pub temp_mb: u64,
    /// Finished downloads. `OUTPUT_DIR`, `data/output` in the current folder.
    pub output: PathBuf,
    /// `OUTPUT_DIR_SIZE_LIMIT_MB`, 200.
    pub output_mb: u64,
    /// Older files are removed from both. `MAX_TEMP_DIR_AGE` (or `MAX_TEMP_DIR_AGE_HOURS`), 1h.
    pub max_age: Duration,
}

impl Folders {
    pub(super) fn read(reader: &mut Reader) -> Self {
        const MOST_MB: u64 = 1 << 24;
        const HOUR: Duration = Duration::from_secs(3600);
        Self {
            temp: reader
                .path("TEMP_DIR")
                .unwrap_or_else(|| std::env::temp_dir().join("dexterous-tts")),
            temp_mb: reader.number("MAX_TEMP_DIR_SIZE_MB", 512, 1, MOST_MB),
            output: reader
                .path("OUTPUT_DIR")
                .unwrap_or_else(|| PathBuf::from("data/output")),
            output_mb: reader.number("OUTPUT_DIR_SIZE_LIMIT_MB", 200, 1, MOST_MB),
            max_age: reader.duration(
                "MAX_TEMP_DIR_AGE",
                "MAX_TEMP_DIR_AGE_HOURS",
                HOUR,
                Duration::from_secs(60)..=24 * 366 * HOUR,
            ),
        }
    }

    #[must_use]
    pub fn settings(&self) -> Settings {
        let limits = |folder: &PathBuf, mb: u64| Limits {
            folder: folder.clone(),
            max_bytes: mb << 20,
            max_age: self.max_age,
        };
        Settings {
            temp: limits(&self.temp, self.temp_mb),
            output: limits(&self.output, self.output_mb),
        }
    }
}
