//! `frontd model install|list|verify|remove`.

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressStyle};

use super::{
    files,
    install::{self, Event, InstallError, Options, Patience, Source, State},
};
use crate::human;

/// Fetch, check and remove the files of Kokoro-82M.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum ModelCommand {
    /// Fetch what is missing (342 MB in all) into MODEL_DIR; goes on where an interrupted install stopped
    Install {
        /// Take the files from a folder or a tar archive instead of the network
        #[arg(long, value_name = "FOLDER|TAR")]
        from: Option<PathBuf>,
        /// Fetch from this mirror instead of MODEL_BASE_URL or the public hub
        #[arg(long, value_name = "URL", conflicts_with = "from")]
        base_url: Option<String>,
    },
    /// Show each file and whether it is there
    List,
    /// Read each file and compare it with its pinned sha256; fails when one is missing or wrong
    Verify,
    /// Remove the files; voices of your own stay
    Remove,
}

/// What the configuration says about models.
#[derive(Debug, Clone)]
pub struct ModelPlace {
    /// `MODEL_DIR`
    pub model_dir: PathBuf,
    /// `MODEL_BASE_URL`, normally [`files::BASE_URL`]
    pub base_url: String,
    /// `SSL_CERT_FILE`
    pub ca_bundle: Option<PathBuf>,
}

/// Does what was asked for and writes to `out` what a person wants to know. `false`: a file is missing or wrong.
///
/// # Errors
/// When it cannot be done, with a sentence for a person.
pub fn run(command: &ModelCommand, place: &ModelPlace, out: &mut dyn Write) -> Result<bool, InstallError> {
    let (text, right) = match command {
        ModelCommand::Install { from, base_url } => {
            let source = match from {
                Some(path) => Source::Local(path.clone()),
                None => Source::Url {
                    base: base_url.clone().unwrap_or_else(|| place.base_url.clone()),
                    ca_bundle: place.ca_bundle.clone(),
                },
            };
            let path = install_with_bar(&place.model_dir, source)?;
            (format!("Kokoro-82M is installed: {}\n", path.display()), true)
        }
        ModelCommand::List => (list(&place.model_dir, false)?.0, true),
        ModelCommand::Verify => list(&place.model_dir, true)?,
        ModelCommand::Remove => {
            install::remove(&place.model_dir, &files::kokoro())?;
            let folder = files::folder(&place.model_dir);
            (
                format!("Kokoro-82M is removed from {}.\n", folder.display()),
                true,
            )
        }
    };
    out.write_all(text.as_bytes())
        .map_err(InstallError::io(Path::new("the output")))?;
    Ok(right)
}

fn install_with_bar(model_dir: &Path, source: Source) -> Result<PathBuf, InstallError> {
    let options = Options {
        model_dir: model_dir.to_owned(),
        source,
        files: files::kokoro(),
        patience: Patience::default(),
    };
    let bar = ProgressBar::no_length();
    let style = "{bar:32} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left  {msg}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    // A bar is for a terminal; a log gets lines.
    let lines = !io::stderr().is_terminal();
    let note = |line: String| {
        if lines {
            eprintln!("{line}")
        } else {
            bar.println(line)
        }
    };
    let result = install::install(&options, &mut |event| match event {
        Event::Begin { bytes } => {
            bar.set_length(bytes);
            if lines {
                note(format!("{} MB to fetch", bytes >> 20));
            }
        }
        Event::Bytes(bytes) => bar.inc(bytes),
        Event::Lost(bytes) => bar.dec(bytes),
        Event::Retry { file, reason, pause } => {
            note(format!("{file}: {reason}; again in {}", human::duration(pause)));
        }
        Event::Checked { file } if lines => note(format!("{file}: fetched and checked")),
        Event::Checked { file } => bar.set_message(file.to_owned()),
    });
    bar.finish_and_clear();
    result
}

/// A line for each file, and whether all are there.
fn list(model_dir: &Path, read: bool) -> Result<(String, bool), InstallError> {
    let pinned = files::kokoro();
    let states = install::verify(model_dir, &pinned, read)?;
    let mut text = String::new();
    for (file, state) in pinned.iter().zip(&states) {
        let state = match state {
            State::Missing => "missing".to_owned(),
            State::Begun(bytes) => format!("{bytes} of {} bytes fetched", file.editions[0].bytes),
            State::Present if read => "right".to_owned(),
            State::Present => "there".to_owned(),
            State::Wrong => "WRONG: install again to replace it".to_owned(),
        };
        text += &format!("{:24} {state}\n", file.path);
    }
    let present = states.iter().filter(|state| **state == State::Present).count();
    let folder = files::folder(model_dir);
    text += &format!("{present} of {} files in {}\n", states.len(), folder.display());
    Ok((text, present == states.len()))
}
