//! The two folders on disk and the limits that they keep: work in progress and finished downloads.
//!
//! ```text
//! create → Draft (temp folder, counted as it grows) → publish (rename) → output folder → open / remove / evicted
//! ```
//!
//! A file in use is locked (`flock`), so no sweep takes it away, not even that of another process on the same
//! folder, and a crash leaves no lock behind. Only files whose names were made here are counted or removed: a
//! folder with other things in it is safe.
//!
//! All of it blocks on the disk: call it from a blocking thread.

mod area;
mod draft;
mod name;
mod policy;

use std::{
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use serde::Serialize;

use self::area::Area;
pub use self::{
    draft::Draft,
    name::{Name, is_node},
};

#[derive(Debug, Clone)]
pub struct Settings {
    pub temp: Limits,
    pub output: Limits,
}

#[derive(Debug, Clone)]
pub struct Limits {
    pub folder: PathBuf,
    pub max_bytes: u64,
    pub max_age: Duration,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the {0} folder is full of files in use")]
    Full(Kind),
    #[error("the {kind} folder cannot be used")]
    Io { kind: Kind, source: io::Error },
}

/// Which folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Temp,
    Output,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Temp => "temp",
            Self::Output => "output",
        })
    }
}

/// What metrics and readiness report about a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Usage {
    pub kind: Kind,
    /// Of all files, those being written included.
    pub bytes: u64,
    pub max_bytes: u64,
    pub files: usize,
    /// Files removed for age or room since the start.
    pub evicted: u64,
    /// Failed reads and writes since the start.
    pub failures: u64,
    /// Why the folder could not be used when it was last tried; `None` when it could.
    pub fault: Option<String>,
}

/// A finished file, held for as long as it is read.
#[derive(Debug)]
pub struct Opened {
    /// Locked against removal until it is closed.
    pub file: fs::File,
    pub bytes: u64,
    pub modified: SystemTime,
}

/// Both folders. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Mutex<Areas>>,
}

#[derive(Debug)]
struct Areas {
    temp: Area,
    output: Area,
}

impl Store {
    /// Makes the folders where they are missing, counts what is there (what a crash left behind too) and removes what
    /// is over the limits. A folder that cannot be used is a fault to be seen in [`Store::usage`], not an error:
    /// speech does not need it.
    #[must_use]
    pub fn open(settings: Settings) -> Self {
        let store = Self {
            inner: Arc::new(Mutex::new(Areas {
                temp: Area::new(Kind::Temp, settings.temp),
                output: Area::new(Kind::Output, settings.output),
            })),
        };
        store.sweep();
        store
    }

    /// Begins a file to be published. It can be read under its name only after [`Draft::publish`].
    ///
    /// # Errors
    /// When one of the folders cannot be written.
    pub fn create(&self) -> Result<Draft, StoreError> {
        // Checked early, so that no client is promised a download that cannot be made.
        self.lock().output.check()?;
        Draft::new(self.clone(), true)
    }

    /// Begins a file that is only written and read back.
    ///
    /// # Errors
    /// When the temp folder cannot be written.
    pub fn spool(&self) -> Result<Draft, StoreError> {
        Draft::new(self.clone(), false)
    }

    /// A published file, or `None` when there is none of that name.
    ///
    /// # Errors
    /// When the output folder cannot be read.
    pub fn open_file(&self, name: &Name) -> Result<Option<Opened>, StoreError> {
        self.lock().output.open_file(name)
    }

    /// Removes a published file, even one that is being read (the reader keeps what it has opened). `false` when
    /// there is none of that name.
    ///
    /// # Errors
    /// When the output folder cannot be written.
    pub fn remove(&self, name: &Name) -> Result<bool, StoreError> {
        self.lock().output.remove(name)
    }

    /// Counts the folders anew, removes what is too old or too much and tries whether they can be written. To be
    /// called every minute or so.
    pub fn sweep(&self) {
        let now = SystemTime::now();
        let mut areas = self.lock();
        areas.temp.sweep(now);
        areas.output.sweep(now);
    }

    #[must_use]
    pub fn usage(&self) -> [Usage; 2] {
        let areas = self.lock();
        [areas.temp.usage(), areas.output.usage()]
    }

    fn lock(&self) -> MutexGuard<'_, Areas> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
