//! Which graph of a converted model an engine loads, and which instructions compute it.

use std::path::{Path, PathBuf};

use common::conversion::PLAIN_FILE;
use kernels::{Isa, Kernels};

use crate::fused::{FUSED_FILE, PROSODY_FILE, VOCODER_FILE};

/// `KERNELS`: whether to use the kernels at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Setting {
    /// Where the model and the CPU fit.
    #[default]
    Auto,
    /// ONNX Runtime's own operators.
    Off,
}

/// The fused graph beside the converted graph `model` and the instructions to compute it with, or in words why
/// ONNX Runtime's own operators are to be used.
///
/// # Errors
/// The reason, for the log.
pub(super) fn choose(model: &Path, setting: Setting, forced: Option<Isa>) -> Result<(PathBuf, Isa), String> {
    if setting == Setting::Off {
        return Err("KERNELS=off".to_owned());
    }
    let fused = model.with_file_name(FUSED_FILE);
    let converted = model.file_name().is_some_and(|name| name == PLAIN_FILE);
    if !converted || !fused.is_file() {
        return Err("the model has no graph with nodes for our kernels".to_owned());
    }
    match forced {
        Some(isa) if Kernels::new(isa).is_some() => Ok((fused, isa)),
        Some(isa) => Err(format!("this CPU has no {}", isa.name())),
        None => match Isa::best() {
            Some(isa) => Ok((fused, isa)),
            None => Err("this CPU has neither AVX-512 nor AVX2 with FMA".to_owned()),
        },
    }
}

/// Prosody and vocoder beside the fused graph `fused`, where the model is parted.
#[must_use]
pub(super) fn parts(fused: &Path) -> Option<[PathBuf; 2]> {
    let parts = [PROSODY_FILE, VOCODER_FILE].map(|name| fused.with_file_name(name));
    parts.iter().all(|part| part.is_file()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_says_why_not() {
        let dir = tempfile::tempdir().unwrap();
        let model = dir.path().join(PLAIN_FILE);
        let no = |setting, forced| choose(&model, setting, forced).unwrap_err();
        assert!(no(Setting::Off, None).contains("off"));
        assert!(no(Setting::Auto, None).contains("no graph"));
        std::fs::write(dir.path().join(FUSED_FILE), b"").unwrap();
        let portable = choose(&model, Setting::Auto, Some(Isa::Portable)).unwrap();
        assert_eq!(portable, (dir.path().join(FUSED_FILE), Isa::Portable));
        assert_eq!(
            choose(&model, Setting::Auto, None).map(|(_, isa)| isa).ok(),
            Isa::best()
        );
        // Only a converted graph has its fused one beside it.
        let other = dir.path().join("model.onnx");
        assert!(
            choose(&other, Setting::Auto, None)
                .unwrap_err()
                .contains("no graph")
        );
    }
}
