//! One folder: what is in it, how much it may hold, whether it can be used.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    Kind, Limits, Name, Opened, StoreError, Usage,
    policy::{self, FileInfo},
};

/// Written and removed at each sweep: enough to meet a full disk.
const PROBE_BYTES: usize = 4096;

#[derive(Debug)]
pub(super) struct Area {
    kind: Kind,
    limits: Limits,
    files: BTreeMap<Name, FileInfo>,
    /// Bytes of files that are being written, here or on their way here.
    reserved: u64,
    evicted: u64,
    failures: u64,
    fault: Option<String>,
}

impl Area {
    pub(super) fn new(kind: Kind, limits: Limits) -> Self {
        Self {
            kind,
            limits,
            files: BTreeMap::new(),
            reserved: 0,
            evicted: 0,
            failures: 0,
            fault: None,
        }
    }

    pub(super) fn path(&self, name: &Name) -> PathBuf {
        self.limits.folder.join(name.to_string())
    }

    pub(super) fn usage(&self) -> Usage {
        Usage {
            kind: self.kind,
            bytes: self.bytes() + self.reserved,
            max_bytes: self.limits.max_bytes,
            files: self.files.len(),
            evicted: self.evicted,
            failures: self.failures,
            fault: self.fault.clone(),
        }
    }

    /// Tries whether the folder can be written.
    pub(super) fn check(&mut self) -> Result<(), StoreError> {
        let probed = make_folder(&self.limits.folder).and_then(|()| self.probe());
        probed.map_err(|error| self.failed(error))?;
        self.fault = None;
        Ok(())
    }

    pub(super) fn sweep(&mut self, now: SystemTime) {
        let tried = self.count().and_then(|()| self.probe());
        let excess = (self.bytes() + self.reserved).saturating_sub(self.limits.max_bytes);
        self.evict(now, excess);
        match tried {
            Ok(()) => self.fault = None,
            Err(error) => {
                let _ = self.failed(error);
            }
        }
    }

    /// Makes room for `bytes` more of a file being written.
    pub(super) fn reserve(&mut self, bytes: u64) -> Result<(), StoreError> {
        let wanted = self.bytes() + self.reserved + bytes;
        let excess = wanted.saturating_sub(self.limits.max_bytes);
        if excess > 0 && self.evict(SystemTime::now(), excess) < excess {
            self.failures += 1;
            return Err(StoreError::Full(self.kind));
        }
        self.reserved += bytes;
        Ok(())
    }

    pub(super) fn release(&mut self, bytes: u64) {
        self.reserved = self.reserved.saturating_sub(bytes);
    }

    /// A new file of this folder, locked. Its bytes have to be reserved.
    pub(super) fn create(&mut self, name: &Name) -> Result<fs::File, StoreError> {
        let path = self.path(name);
        let create = || {
            let mut options = fs::OpenOptions::new();
            options
                .read(true)
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)
        };
        let created = match create() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_folder(&self.limits.folder).and_then(|()| create())
            }
            other => other,
        };
        created
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|error| self.failed(error))
    }

    /// Takes in the file at `path`, which may lie on another file system.
    pub(super) fn adopt(&mut self, path: &Path, name: Name) -> Result<(), StoreError> {
        let target = self.path(&name);
        let adopt = || -> io::Result<_> {
            make_folder(&self.limits.folder)?;
            move_file(path, &target)?;
            let meta = fs::metadata(&target)?;
            Ok((meta.len(), meta.modified()?))
        };
        let (bytes, modified) = adopt().map_err(|error| self.failed(error))?;
        self.files.insert(
            name.clone(),
            FileInfo {
                name,
                bytes,
                modified,
            },
        );
        self.fault = None;
        Ok(())
    }

    pub(super) fn open_file(&mut self, name: &Name) -> Result<Option<Opened>, StoreError> {
        let open = || -> io::Result<Opened> {
            let file = fs::File::open(self.path(name))?;
            file.try_lock_shared()?;
            let meta = file.metadata()?;
            Ok(Opened {
                bytes: meta.len(),
                modified: meta.modified()?,
                file,
            })
        };
        match open() {
            Ok(opened) => Ok(Some(opened)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.files.remove(name);
                Ok(None)
            }
            // About to be removed, or just being published.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    pub(super) fn remove(&mut self, name: &Name) -> Result<bool, StoreError> {
        match fs::remove_file(self.path(name)) {
            Ok(()) => {
                self.files.remove(name);
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Keeps `error` for [`Usage::fault`] and wraps it.
    pub(super) fn failed(&mut self, error: io::Error) -> StoreError {
        self.failures += 1;
        if self.fault.is_none() {
            tracing::warn!(folder = %self.kind, %error, "A folder cannot be used; speech goes on without it.");
        }
        self.fault = Some(error.to_string());
        StoreError::Io {
            kind: self.kind,
            source: error,
        }
    }

    fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes).sum()
    }

    /// Reads anew what is in the folder. Files that are being written are counted by [`Area::reserve`] instead.
    fn count(&mut self) -> io::Result<()> {
        make_folder(&self.limits.folder)?;
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(&self.limits.folder)? {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().and_then(Name::parse_any) else {
                continue;
            };
            // Without following links; a file that went away meanwhile does not count.
            let Ok(meta) = entry.metadata() else { continue };
            if meta.is_file() && !(name.is_draft() && is_locked(&entry.path())) {
                let (bytes, modified) = (meta.len(), meta.modified()?);
                files.insert(
                    name.clone(),
                    FileInfo {
                        name,
                        bytes,
                        modified,
                    },
                );
            }
        }
        self.files = files;
        Ok(())
    }

    fn probe(&self) -> io::Result<()> {
        let path = self.limits.folder.join(format!(".probe-{}", std::process::id()));
        let written = fs::write(&path, [0; PROBE_BYTES]);
        let removed = fs::remove_file(&path);
        written.and(removed)
    }

    fn evict(&mut self, now: SystemTime, excess: u64) -> u64 {
        let files = self.files.values().cloned().collect();
        let max_age = self.limits.max_age;
        policy::evict(files, now, max_age, excess, |file| {
            let gone = remove_unused(&self.limits.folder.join(file.name.to_string()));
            if gone {
                self.files.remove(&file.name);
                self.evicted += 1;
            }
            gone
        })
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let near = to.with_extension("part");
            fs::copy(from, &near)
                .and_then(|_| fs::rename(&near, to))
                .inspect_err(|_| drop(fs::remove_file(&near)))?;
            fs::remove_file(from)
        }
        moved => moved,
    }
}

/// Whether somebody reads or writes the file.
fn is_locked(path: &Path) -> bool {
    fs::File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)))
}

/// Whether the file is gone. The lock is held until then, so nobody opens it in between.
fn remove_unused(path: &Path) -> bool {
    let removed = fs::File::open(path).and_then(|file| {
        file.try_lock()?;
        fs::remove_file(path)
    });
    match removed {
        Ok(()) => true,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}
