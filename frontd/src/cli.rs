//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::{model::command::ModelCommand, tools::ctl::CtlCommand};

/// Dexterous TTS: speech from text behind an OpenAI-compatible API, on one small CPU server.
///
/// Settings are environment variables; `frontd check-config` lists them with the values in force.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve HTTP (the default)
    Serve,
    /// Speak a text into a file, without a server
    Speak {
        text: String,
        /// A voice or a mix, such as af_bella(2)+af_sky
        #[arg(long)]
        voice: Option<String>,
        /// Times the usual speed
        #[arg(long, default_value_t = 1.0)]
        speed: f32,
        /// A file that ends in .wav or .mp3
        #[arg(short, long, default_value = "speech.wav")]
        output: PathBuf,
    },
    /// Show how lines of standard input would be read, tags included: one JSON object a line
    Phonemize {
        /// British instead of American English, where no tag names a voice
        #[arg(long)]
        british: bool,
        /// Add which rule read what
        #[arg(long)]
        explain: bool,
    },
    /// Check the settings and list those in force
    CheckConfig,
    /// Fetch, check and remove the files of Kokoro-82M
    #[command(subcommand)]
    Model(ModelCommand),
    /// Ask a running server
    #[command(subcommand)]
    Ctl(CtlCommand),
}
