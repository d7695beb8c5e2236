//! The lexicon's file, read again when it changes.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use super::{Entry, Fault, Lexicon};

/// The most bytes that are read.
const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// What a file begins with that is written here.
const HEAD: &str = "# word = how it sounds, or word = /phonemes/\n";
/// How often the file is looked at, at most.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Reads a lexicon once.
///
/// # Errors
///
/// Where the file cannot be read, is too long or no UTF-8.
pub fn read(path: &Path) -> io::Result<(Lexicon, Vec<Fault>)> {
    let mut text = String::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(too_long());
    }
    Ok(Lexicon::parse(&text))
}

/// A lexicon that follows its file.
#[derive(Debug)]
pub struct Watched {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    lexicon: Arc<Lexicon>,
    looked: Option<Instant>,
    /// Time and length of the file when it was read; `None` where there was none.
    version: Option<Version>,
}

/// When it was written, and its length.
type Version = (SystemTime, u64);

impl Watched {
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            state: Mutex::default(),
        }
    }

    /// The lexicon as the file has it now, give or take a second. A file that went away empties it; one that
    /// cannot be read leaves it as it was.
    pub fn current(&self) -> Arc<Lexicon> {
        self.look(Instant::now())
    }

    /// Puts `entries` in the place of all that the file has, comments included. They count from now on.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written; it is then as it was.
    pub fn replace(&self, entries: Vec<Entry>) -> io::Result<()> {
        let mut text = String::from(HEAD);
        for entry in &entries {
            text.push_str(&format!("{entry}\n"));
        }
        if text.len() as u64 > MAX_BYTES {
            return Err(too_long());
        }
        let lexicon = Arc::new(Lexicon::new(entries));
        // Held while it is written, so that two writers come one after the other.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // In the same folder, because only there a rename is one step.
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let new = self.path.with_file_name(name);
        let written = File::create(&new).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &self.path)
        });
        if let Err(error) = written {
            let _ = fs::remove_file(&new);
            return Err(error);
        }
        state.version = version(&self.path);
        state.looked = Some(Instant::now());
        state.lexicon = lexicon;
        Ok(())
    }

    fn look(&self, now: Instant) -> Arc<Lexicon> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state
            .looked
            .is_some_and(|looked| now.duration_since(looked) < LOOK_EVERY)
        {
            return Arc::clone(&state.lexicon);
        }
        let first = state.looked.replace(now).is_none();
        let version = version(&self.path);
        if !first && version == state.version {
            return Arc::clone(&state.lexicon);
        }
        state.version = version;
        let file = self.path.display();
        match read(&self.path) {
            Ok((lexicon, faults)) => {
                for fault in faults.iter().take(20) {
                    tracing::warn!(%file, %fault, "an entry of the lexicon is left out");
                }
                tracing::info!(%file, faults = faults.len(), "the lexicon was read");
                state.lexicon = Arc::new(lexicon);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                tracing::warn!(%file, "there is no lexicon");
                state.lexicon = Arc::default();
            }
            Err(error) => tracing::warn!(%file, %error, "the lexicon cannot be read; the last one is kept"),
        }
        Arc::clone(&state.lexicon)
    }
}

fn too_long() -> io::Error {
    let problem = format!("a lexicon has at most {MAX_BYTES} bytes");
    io::Error::new(io::ErrorKind::FileTooLarge, problem)
}

fn version(path: &Path) -> Option<Version> {
    let file = fs::metadata(path).ok()?;
    Some((file.modified().ok()?, file.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Dialect, lexicon::Saying};

    #[test]
    fn follows_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lexicon.txt");
        let watched = Watched::new(path.clone());
        let start = Instant::now();
        let entries = |seconds: u64| {
            watched
                .look(start + Duration::from_secs(seconds))
                .len(Dialect::American)
        };
        assert_eq!(entries(0), 0);
        fs::write(&path, "a = b\n").unwrap();
        assert_eq!(entries(0), 0, "not looked at again so soon");
        assert_eq!(entries(2), 1);
        fs::write(&path, "a = b\nc = d\ngarbage\n").unwrap();
        assert_eq!(entries(4), 2);
        fs::write(&path, [0xff, 0xfe, 0, 0, 0]).unwrap();
        assert_eq!(entries(6), 2, "what cannot be read changes nothing");
        fs::remove_file(&path).unwrap();
        assert_eq!(entries(8), 0);
    }

    #[test]
    fn what_is_put_counts_at_once_and_a_fault_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lexicon.txt");
        fs::write(&path, "a = b\n").unwrap();
        let watched = Watched::new(path.clone());
        assert_eq!(watched.current().entries().len(), 1);
        let entry = |word: &str| Entry::new(word, Saying::Say("it".to_owned()), None).unwrap();
        watched.replace(vec![entry("x"), entry("y")]).unwrap();
        assert_eq!(watched.current().entries(), [entry("x"), entry("y")]);
        let (read, faults) = read(&path).unwrap();
        assert_eq!(
            (read.entries(), faults.len()),
            ([entry("x"), entry("y")].as_slice(), 0)
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        let long = |i: usize| Entry::new(&format!("w{i}"), Saying::Say("x".repeat(390)), None).unwrap();
        let error = watched.replace((0..11_000).map(long).collect()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(watched.current().entries().len(), 2);
    }
}
