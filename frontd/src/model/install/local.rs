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
    let staged = if path.is_dir() {
        from_folder(path, missing, staging, events)?
    } else {
        from_archive(path, missing, staging, events)?
    };
    let names: Vec<String> = missing
        .iter()
        .zip(&staged)
        .filter(|(_, staged)| !**staged)
        .map(|(file, _)| file.path.clone())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(InstallError::Lacking {
        path: path.to_owned(),
        names,
    })
}

fn from_folder(
    path: &Path,
    missing: &[&PinnedFile],
    staging: &Staging,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<bool>, InstallError> {
    let mut staged = vec![false; missing.len()];
    for (file, staged) in missing.iter().zip(&mut staged) {
        let places = [file.remote.as_str(), &file.path, plain_name(&file.path)];
        let place = places
            .into_iter()
            .chain(file.alias)
            .map(|name| path.join(name))
            .find(|place| place.is_file());
        if let Some(place) = place {
            let source = File::open(&place).map_err(InstallError::io(&place))?;
            stage(path, file, source, staging, events)?;
            *staged = true;
        }
    }
    Ok(staged)
}

/// Entries are known by their plain names alone, so no path of an archive is ever used.
fn from_archive(
    path: &Path,
    missing: &[&PinnedFile],
    staging: &Staging,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<bool>, InstallError> {
    let mut staged = vec![false; missing.len()];
    let source = File::open(path).map_err(InstallError::io(path))?;
    let mut archive = tar::Archive::new(BufReader::new(source));
    let unreadable = |error: io::Error| {
        let hint = "it is not a folder and not a plain tar archive (unpack a compressed one first)";
        InstallError::io(path)(io::Error::new(error.kind(), format!("{hint}: {error}")))
    };
    for entry in archive.entries().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
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
        if entry.header().entry_type().is_file() {
            stage(path, missing[index], entry, staging, events)?;
            staged[index] = true;
        }
    }
    Ok(staged)
}

fn stage(
    path: &Path,
    file: &PinnedFile,
    source: impl Read,
    staging: &Staging,
    events: &mut dyn FnMut(Event<'_>),
) -> Result<(), InstallError> {
    staging.discard(file)?;
    staging
        .append(file, source, &mut |bytes| events(Event::Bytes(bytes)))?
        .map_err(InstallError::io(path))?;
    if !staging.check(file)? {
        staging.discard(file)?;
        return Err(InstallError::Foreign {
            path: path.to_owned(),
            name: plain_name(&file.path).to_owned(),
        });
    }
    events(Event::Checked { file: &file.path });
    Ok(())
}

fn plain_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
