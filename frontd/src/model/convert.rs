//! Has `workerd convert` make, out of an installed model, a folder that workers map.
//!
//! A model file is foreign bytes: another process reads it, in a jail and with limits, because this one has to outlive whatever
//! such a file does to its reader. What it says on its standard error becomes our log.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use common::conversion::{LOCK_FILE, PLAIN_FILE, REPORT_FILE, Report, UNFINISHED};
use tokio::process::Command;

use crate::workers::process::told;

/// Writing 680 MB to a slow disk takes minutes; a conversion that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(600);

/// A converted model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The graph to load.
    pub plain: PathBuf,
    pub report: Report,
}

/// Why a model was not converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    #[error("{} cannot be started: {source}", path.display())]
    Start {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the conversion did not end in {} minutes", PATIENCE.as_secs() / 60)]
    Hang,
    #[error("{0}")]
    Failed(String),
    #[error("the report of {} cannot be read: {reason}", folder.display())]
    Report { folder: PathBuf, reason: String },
}

/// Converts `model` into a folder beside it by the program `workerd`, or finds the folder made before. Takes about five seconds
/// when there is work.
///
/// # Errors
/// [`ConvertError`] with the converter's own sentence; the file can still be loaded as it is.
pub async fn convert(workerd: &Path, model: &Path) -> Result<Converted, ConvertError> {
    let into = model.parent().unwrap_or(Path::new("."));
    let child = Command::new(workerd)
        .arg("convert")
        .args(["--parent", &std::process::id().to_string()])
        .args([model, into])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, child)
        .await
        .map_err(|_| ConvertError::Hang)?
        .map_err(|source| ConvertError::Start {
            path: workerd.to_owned(),
            source,
        })?;
    let folder = folder(&output).inspect_err(|_| sweep(into))?;
    let report = fs::read_to_string(folder.join(REPORT_FILE)).map_err(|error| error.to_string());
    let report = report.and_then(|text| text.parse::<Report>().map_err(|error| error.to_string()));
    match report {
        Ok(report) => Ok(Converted {
            plain: folder.join(PLAIN_FILE),
            report,
        }),
        Err(reason) => Err(ConvertError::Report { folder, reason }),
    }
}

/// Removes what a converter that was killed has left, unless another one is at work there. What cannot be removed now, the next
/// conversion removes.
fn sweep(into: &Path) {
    let lock = fs::File::create(into.join(LOCK_FILE));
    if !lock.as_ref().is_ok_and(|lock| lock.try_lock().is_ok()) {
        return;
    }
    let unfinished = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(UNFINISHED);
    for entry in fs::read_dir(into)
        .into_iter()
        .flatten()
        .flatten()
        .filter(unfinished)
    {
        if let Err(error) = fs::remove_dir_all(entry.path()) {
            tracing::warn!(folder = %entry.path().display(), %error, "what an ended conversion left cannot be removed");
        }
    }
}

/// The folder that a converter made, or the last sentence that it said.
fn folder(output: &Output) -> Result<PathBuf, ConvertError> {
    let said = String::from_utf8_lossy(&output.stderr);
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.clone().for_each(|line| told(line, None));
    if output.status.success() {
        let folder = String::from_utf8_lossy(&output.stdout);
        return Ok(PathBuf::from(folder.trim_end()));
    }
    let last = lines
        .next_back()
        .map(|line| line.trim_start_matches("ERROR ").to_owned());
    Err(ConvertError::Failed(last.unwrap_or_else(|| {
        format!("the converter ended without a word ({})", output.status)
    })))
}

#[cfg(test)]
mod tests;
