use std::{fmt, path::PathBuf};

use super::Reader;
use crate::model::{
    command::ModelPlace,
    files::{self, Edition, PinnedFile},
};
use crate::voices::Weights;

/// Which model speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelChoice {
    /// Kokoro when it is installed, else the built-in voice.
    Auto,
    Kokoro,
    Builtin,
}

impl fmt::Display for ModelChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Kokoro => "kokoro",
            Self::Builtin => "builtin",
        })
    }
}

/// The model and its voices.
#[derive(Debug, Clone)]
pub struct Model {
    /// `MODEL`, auto.
    pub choice: ModelChoice,
    /// Holds the installed model and `voices/`. `MODEL_DIR`, `data/models` in the current folder.
    pub dir: PathBuf,
    /// Fetch Kokoro-82M in the background when it is not installed, and switch to it. `DOWNLOAD_MODEL`, false.
    pub download: bool,
    /// A mirror to fetch model files from, instead of their public places. `MODEL_BASE_URL`, none.
    pub base_url: Option<String>,
    /// What makes Kokoro-82M complete: pinned in the program, other files only in tests.
    pub files: Vec<PinnedFile>,
    /// Certificates to trust instead of the built-in ones. `SSL_CERT_FILE`, none.
    pub ca_bundle: Option<PathBuf>,
    /// The voice of a request that names none: a name or a mix. `DEFAULT_VOICE`, af_heart.
    pub default_voice: String,
    /// Whether it was asked for: then the server does not start without it.
    pub default_voice_is_set: bool,
    /// What the weights of a mix are divided by: their sum (true), the sum of them without their signs (absolute) or nothing (false).
    /// `VOICE_WEIGHT_NORMALIZATION`, true.
    pub weights: Weights,
}

impl Model {
    pub(super) fn read(reader: &mut Reader) -> Self {
        if reader.flag("USE_GPU", false) {
            reader.fault("USE_GPU", "there is no GPU support; this server computes on CPUs");
        }
        let device = reader.text("DEVICE").unwrap_or_else(|| "cpu".to_owned());
        if device != "cpu" {
            reader.fault(
                "DEVICE",
                format!("must be cpu, not {device:?}: this server computes on CPUs"),
            );
        }
        let default_voice = reader.text("DEFAULT_VOICE");
        Self {
            choice: reader.parsed(
                "MODEL",
                ModelChoice::Auto,
                "auto, kokoro or builtin",
                |value| match value {
                    "auto" => Some(ModelChoice::Auto),
                    "kokoro" => Some(ModelChoice::Kokoro),
                    "builtin" => Some(ModelChoice::Builtin),
                    _ => None,
                },
            ),
            dir: reader
                .path("MODEL_DIR")
                .unwrap_or_else(|| PathBuf::from("data/models")),
            download: reader.flag("DOWNLOAD_MODEL", false),
            base_url: reader.text("MODEL_BASE_URL"),
            files: files::kokoro(Edition::Float),
            ca_bundle: reader.path("SSL_CERT_FILE"),
            default_voice_is_set: default_voice.is_some(),
            default_voice: default_voice.unwrap_or_else(|| "af_heart".to_owned()),
            weights: reader.parsed(
                "VOICE_WEIGHT_NORMALIZATION",
                Weights::Sum,
                "true, absolute or false",
                |value| {
                    if value.eq_ignore_ascii_case("absolute") {
                        return Some(Weights::Sizes);
                    }
                    Reader::is_true(value).map(|sum| if sum { Weights::Sum } else { Weights::AsGiven })
                },
            ),
        }
    }

    /// For `frontd model` and for the download at start.
    #[must_use]
    pub fn place(&self) -> ModelPlace {
        ModelPlace {
            model_dir: self.dir.clone(),
            base_url: self.base_url.clone(),
            ca_bundle: self.ca_bundle.clone(),
        }
    }
}
