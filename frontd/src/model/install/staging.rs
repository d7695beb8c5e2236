//! Files on their way: each under `.partial` until all are whole and checked.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{InstallError, PinnedFile};

pub(super) const FOLDER: &str = ".partial";
const CHUNK: usize = 1 << 16;

#[derive(Debug)]
pub(super) struct Staging {
    /// Where the files go in the end.
    target: PathBuf,
}

impl Staging {
    pub(super) fn open(target: &Path) -> Result<Self, InstallError> {
        let folder = target.join(FOLDER);
        fs::create_dir_all(&folder).map_err(InstallError::io(&folder))?;
        Ok(Self {
            target: target.to_owned(),
        })
    }

    /// The bytes that are still to come.
    pub(super) fn lacks(&self, file: &PinnedFile) -> u64 {
        file.contents[0].bytes.saturating_sub(self.has(file))
    }

    /// Where the bytes are.
    pub(super) fn path(&self, file: &PinnedFile) -> PathBuf {
        partial(&self.target, file)
    }

    /// The bytes that are here.
    pub(super) fn has(&self, file: &PinnedFile) -> u64 {
        length(&self.target, file)
    }

    pub(super) fn discard(&self, file: &PinnedFile) -> Result<(), InstallError> {
        let path = partial(&self.target, file);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(InstallError::io(&path)(error)),
            _ => Ok(()),
        }
    }

    /// Appends `source` to what is here, at most one byte more than the largest of its contents: enough to know that it is
    /// too long. The outer error is ours, the inner one the source's; what came before it is kept.
    pub(super) fn append(
        &self,
        file: &PinnedFile,
        source: impl Read,
        arrived: &mut dyn FnMut(u64),
    ) -> Result<io::Result<()>, InstallError> {
        let path = partial(&self.target, file);
        let largest = file
            .contents
            .iter()
            .map(|content| content.bytes)
            .max()
            .unwrap_or(0);
        let mut source = source.take((largest + 1).saturating_sub(self.has(file)));
        let mut out = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(InstallError::io(&path))?;
        let mut chunk = vec![0; CHUNK];
        loop {
            match source.read(&mut chunk) {
                Ok(0) => return Ok(Ok(())),
                Ok(read) => {
                    out.write_all(&chunk[..read]).map_err(InstallError::io(&path))?;
                    arrived(read as u64);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Ok(Err(error)),
            }
        }
    }

    /// Whether what is here is the pinned file; when it is, it is on the disk for good.
    pub(super) fn check(&self, file: &PinnedFile) -> Result<bool, InstallError> {
        let path = partial(&self.target, file);
        if !is_pinned(&path, file)? {
            return Ok(false);
        }
        let synced = File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(InstallError::io(&path))?;
        Ok(true)
    }

    /// Gives every file, in this order, its final name.
    pub(super) fn publish(&self, files: &[&PinnedFile]) -> Result<(), InstallError> {
        for file in files {
            let path = self.target.join(&file.path);
            let folder = path.parent().unwrap_or(&self.target);
            fs::create_dir_all(folder)
                .and_then(|()| fs::rename(partial(&self.target, file), &path))
                .and_then(|()| File::open(folder)?.sync_all())
                .map_err(InstallError::io(&path))?;
        }
        let folder = self.target.join(FOLDER);
        fs::remove_dir_all(&folder).map_err(InstallError::io(&folder))
    }
}

/// The bytes of a file, or of its parts, that wait in `.partial`.
pub(super) fn begun(target: &Path, file: &PinnedFile) -> u64 {
    let parts = file.parts.iter().map(|part| begun(target, &part.wheel)).sum();
    length(target, file).max(parts)
}

fn length(target: &Path, file: &PinnedFile) -> u64 {
    fs::metadata(partial(target, file)).map_or(0, |found| found.len())
}

/// Whether the file at `path` is `file`, by its bytes.
pub(super) fn is_pinned(path: &Path, file: &PinnedFile) -> Result<bool, InstallError> {
    let mut content = File::open(path).map_err(InstallError::io(path))?;
    let mut hash = Sha256::new();
    let bytes = io::copy(&mut content, &mut hash).map_err(InstallError::io(path))?;
    let sha256: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let found = |content: &super::files::Content| content.bytes == bytes && content.sha256 == sha256;
    Ok(file.contents.iter().any(found))
}

/// By its public name, so that the beginning of one edition is not taken for that of the other.
fn partial(target: &Path, file: &PinnedFile) -> PathBuf {
    let name = Path::new(&file.remote)
        .file_name()
        .unwrap_or(file.remote.as_ref());
    let path = Path::new(&file.path).with_file_name(name);
    // Flat: a pinned path has no other use of this character.
    target.join(FOLDER).join(path.to_string_lossy().replace('/', "+"))
}
