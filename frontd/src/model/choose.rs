//! Which model speaks, and where its files are.

use std::{
    fs::Metadata,
    path::{Path, PathBuf},
};

use common::conversion::{BLOCKS, Report};

use super::{
    convert,
    files::{self, Edition},
};
use crate::config::ModelChoice;

/// The model that is spoken with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    Builtin,
    Kokoro {
        /// The graph to load.
        graph: PathBuf,
        /// What its conversion found, or why there is none.
        conversion: Result<Report, String>,
    },
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
            Self::Kokoro { .. } => "kokoro-82m",
        }
    }

    /// Its name for people, with what is special about its weights.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Builtin => "built-in demo voice",
            Self::Kokoro {
                conversion: Ok(report),
                ..
            } if report.quantised => Edition::Int8.label(),
            Self::Kokoro { .. } => Edition::Float.label(),
        }
    }

    /// Tells apart graphs that speak differently: the file's path, size and time.
    #[must_use]
    pub fn identity(&self) -> String {
        match self {
            Self::Builtin => self.name().to_owned(),
            Self::Kokoro { graph: path, .. } => {
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
                "This is the small built-in demo voice. `frontd model install` fetches Kokoro-82M (342 MB; 108 MB with \
                 `--edition int8`), which sounds far better.",
            ),
            Self::Kokoro { .. } => None,
        }
    }

    /// Whether our kernels can compute its residual blocks.
    #[must_use]
    pub fn has_kernels(&self) -> bool {
        matches!(self, Self::Kokoro { conversion: Ok(report), .. } if report.blocks == BLOCKS)
    }

    /// Whether it says lone words better after a sentence, and its durations tell where to cut that off.
    #[must_use]
    pub fn needs_carriers(&self) -> bool {
        matches!(self, Self::Kokoro { conversion: Ok(report), .. } if report.durations)
    }

    /// Why speech takes longer with it than it could, in sentences for the owner of the server.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        match self {
            Self::Builtin => Vec::new(),
            Self::Kokoro {
                conversion: Err(why), ..
            } => vec![format!(
                "The model could not be converted, so it runs without our kernels and every worker holds its own copy: {why}"
            )],
            Self::Kokoro {
                conversion: Ok(report),
                ..
            } if report.blocks < BLOCKS => {
                let mut all = vec![format!(
                    "Our kernels compute {} of the {BLOCKS} residual blocks that make most of the work, because the rest \
                     of this model file is written in a way they do not know. Speech takes up to 2.5 times as long.",
                    report.blocks
                )];
                all.extend(report.misfits.iter().cloned());
                all
            }
            Self::Kokoro { .. } => Vec::new(),
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
        (Some(graph), _) => Ok(Chosen::Kokoro {
            graph,
            conversion: Err("it was not converted yet".to_owned()),
        }),
        (None, ModelChoice::Kokoro) => Err(ChooseError::NotInstalled(model_dir.to_owned())),
        (None, ModelChoice::Auto | ModelChoice::Builtin) => Ok(Chosen::Builtin),
    }
}

/// Chooses, and has `workerd` convert Kokoro's file when that has not been done yet.
///
/// # Errors
/// Kokoro is wanted and not there.
pub async fn choose(choice: ModelChoice, model_dir: &Path, workerd: &Path) -> Result<Chosen, ChooseError> {
    Ok(match installed(choice, model_dir)? {
        Chosen::Kokoro { graph, .. } => kokoro(graph, workerd).await,
        Chosen::Builtin => Chosen::Builtin,
    })
}

/// The converted graph; the file itself when it cannot be converted. What is wrong with a damaged file, a worker
/// that tries to load it tells best.
async fn kokoro(file: PathBuf, workerd: &Path) -> Chosen {
    match convert::convert(workerd, &file).await {
        Ok(converted) => Chosen::Kokoro {
            graph: converted.plain,
            conversion: Ok(converted.report),
        },
        Err(error) => {
            tracing::warn!(%error, "the model is loaded as it is, without our kernels; every worker holds its own copy of the weights");
            Chosen::Kokoro {
                graph: file,
                conversion: Err(error.to_string()),
            }
        }
    }
}
