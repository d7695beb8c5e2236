//! Files from a folder or a tar archive, for a machine that reaches no hub.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use super::{Event, InstallError, PinnedFile, Staging};

/// Puts every file of `missing` into the staging folder, checked.
pub(super) fn copy(
    path: &Path,
    missing: &[&PinnedFile],
    staging: &Staging,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<(), InstallError> {
    let found = if path.is_dir() {
        from_folder(path, missing, staging, events)?
    } else {
        from_archive(path, missing, staging, events)?
    };
    let of = |wanted: Found| {
        let of = missing
            .iter()
            .zip(&found)
            .filter(move |(_, found)| **found == wanted);
        of.map(|(file, _)| file.path.clone())
    };
    if let Some(name) = of(Found::Foreign).next() {
        return Err(InstallError::Foreign {
            path: path.to_owned(),
            name: plain_name(&name).to_owned(),
        });
    }
    let names: Vec<String> = of(Found::Nothing).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(InstallError::Lacking {
        path: path.to_owned(),
        names,
    })
}

/// What there is under a file's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    /// Something else: the other edition, or a damaged copy.
    Foreign,
    Staged,
}

fn from_folder(
    path: &Path,
    missing: &[&PinnedFile],
    staging: &Staging,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<Found>, InstallError> {
    let mut all = vec![Found::Nothing; missing.len()];
    for (file, found) in missing.iter().zip(&mut all) {
        let names = [file.remote.as_str(), &file.path, plain_name(&file.path)];
        let places = names.into_iter().chain(file.alias).map(|name| path.join(name));
        for place in places.filter(|place| place.is_file()) {
            if *found != Found::Staged {
                let source = File::open(&place).map_err(InstallError::io(&place))?;
                *found = stage(path, file, source, staging, events)?;
            }
        }
    }
    Ok(all)
}

/// Entries are known by their plain names alone, so no path of an archive is ever used.
fn from_archive(
    path: &Path,
    missing: &[&PinnedFile],
    staging: &Staging,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<Found>, InstallError> {
    let mut all = vec![Found::Nothing; missing.len()];
    let source = File::open(path).map_err(InstallError::io(path))?;
    let mut archive = tar::Archive::new(BufReader::new(source));
    let unreadable = |error: io::Error| {
        let hint = "it is not a folder and not a plain tar archive (unpack a compressed one first)";
        InstallError::io(path)(io::Error::new(error.kind(), format!("{hint}: {error}")))
    };
    for entry in archive.entries().map_err(unreadable)? {
        let entry = match entry {
            Ok(entry) => entry,
            // It was cut inside of that file, whose name says more.
            Err(_) if all.contains(&Found::Foreign) => break,
            Err(error) => return Err(unreadable(error)),
        };
        let name = entry
            .path()
            .map_err(unreadable)?
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let wanted = |file: &&PinnedFile| {
            name.as_deref()
                .is_some_and(|name| name == plain_name(&file.path) || file.alias == Some(name))
        };
        let Some(index) = missing.iter().position(wanted) else {
            continue;
        };
        if entry.header().entry_type().is_file() && all[index] != Found::Staged {
            all[index] = stage(path, missing[index], entry, staging, events)?;
        }
    }
    Ok(all)
}

fn stage(
    path: &Path,
    file: &PinnedFile,
    source: impl Read,
    staging: &Staging,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<Found, InstallError> {
    staging.discard(file)?;
    staging
        .append(file, source, &mut |bytes| events(Event::Bytes(bytes)))?
        .map_err(InstallError::io(path))?;
    if !staging.check(file)? {
        events(Event::Lost(staging.has(file)));
        staging.discard(file)?;
        return Ok(Found::Foreign);
    }
    events(Event::Checked { file: &file.path });
    Ok(Found::Staged)
}

fn plain_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
