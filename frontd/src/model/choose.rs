//! Which model speaks, and where its files are.

use std::{
    fs::Metadata,
    path::{Path, PathBuf},
};

use super::{
    convert::{self, ConvertError},
    files,
};
use crate::config::ModelChoice;

/// The model that is spoken with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    Builtin,
    /// The graph to load.
    Kokoro(PathBuf),
}

/// Why there is no model to speak with.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    #[error("MODEL=kokoro, but Kokoro-82M is not installed in {}: run `frontd model install`", .0.display())]
    NotInstalled(PathBuf),
}

impl Chosen {
    /// Its name in `/health`, `/v1/models`, the log and the studio.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::Kokoro(_) => "kokoro-82m",
        }
    }

    /// Tells apart graphs that speak differently: the file's path, size and time.
    #[must_use]
    pub fn identity(&self) -> String {
        match self {
            Self::Builtin => self.name().to_owned(),
            Self::Kokoro(path) => {
                let about = path.metadata().ok();
                let (size, time) = (
                    about.as_ref().map(Metadata::len),
                    about.and_then(|m| m.modified().ok()),
                );
                format!("{path:?} {size:?} {time:?}")
            }
        }
    }

    /// What a person should know about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Builtin => Some(
                "This is the small built-in demo voice. `frontd model install` fetches Kokoro-82M (342 MB), \
                 which sounds far better.",
            ),
            Self::Kokoro(_) => None,
        }
    }
}

/// Chooses without a look at what the files hold.
///
/// # Errors
/// Kokoro is wanted and not there.
pub fn installed(choice: ModelChoice, model_dir: &Path) -> Result<Chosen, ChooseError> {
    let installed = match choice {
        ModelChoice::Builtin => None,
        ModelChoice::Auto | ModelChoice::Kokoro => files::installed(model_dir),
    };
    match (installed, choice) {
        (Some(file), _) => Ok(Chosen::Kokoro(file)),
        (None, ModelChoice::Kokoro) => Err(ChooseError::NotInstalled(model_dir.to_owned())),
        (None, ModelChoice::Auto | ModelChoice::Builtin) => Ok(Chosen::Builtin),
    }
}

/// Chooses, and converts Kokoro's file when that has not been done yet. Blocks for about a second then.
///
/// # Errors
/// Kokoro is wanted and not there.
pub fn choose(choice: ModelChoice, model_dir: &Path) -> Result<Chosen, ChooseError> {
    Ok(match installed(choice, model_dir)? {
        Chosen::Kokoro(file) => Chosen::Kokoro(converted(&file)),
        Chosen::Builtin => Chosen::Builtin,
    })
}

/// The converted graph; the file itself when it cannot be converted. What is wrong with a damaged file, a worker
/// that tries to load it tells best.
fn converted(file: &Path) -> PathBuf {
    let result: Result<convert::Converted, ConvertError> = file.parent().map_or_else(
        || convert::convert(file, Path::new(".")),
        |folder| convert::convert(file, folder),
    );
    match result {
        Ok(converted) => {
            if converted.fresh {
                tracing::info!(folder = %converted.folder.display(), "the model was converted so that workers share its weights");
            }
            converted.plain
        }
        Err(error) => {
            tracing::warn!(%error, "the model is loaded as it is: every worker holds its own copy of the weights");
            file.to_owned()
        }
    }
}
