//! Everything that can be set, from environment variables.
//!
//! One struct a concern; every field says what it means, its default and its variable. All faults are found at
//! once. The environment is a value that is passed in, so tests set nothing global.

mod access;
mod audio;
mod folders;
mod log;
mod lookalike;
mod model;
mod queue;
mod reader;
mod server;
mod text;
mod web;
mod workers;

use std::collections::BTreeMap;

pub use self::{
    access::Access,
    audio::Audio,
    folders::Folders,
    log::{Log, LogFormat},
    model::{Model, ModelChoice},
    queue::Queue,
    reader::{Fault, Reader},
    server::Server,
    text::Text,
    web::Web,
    workers::Workers,
};

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    pub server: Server,
    pub access: Access,
    pub workers: Workers,
    pub queue: Queue,
    pub model: Model,
    pub text: Text,
    pub audio: Audio,
    pub folders: Folders,
    pub web: Web,
    pub log: Log,
    /// Variables that nothing reads and that look like one of ours, each with that one.
    pub lookalikes: Vec<(String, String)>,
}

/// What was wrong, all of it.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Faults(pub Vec<Fault>);

impl Config {
    /// Reads the configuration. Also returns the variables that were read, with the values in force.
    ///
    /// # Errors
    /// All variables whose values cannot be used.
    pub fn read(environment: BTreeMap<String, String>) -> Result<(Self, Vec<(String, String)>), Faults> {
        let mut reader = Reader::new(environment);
        let config = Self {
            server: Server::read(&mut reader),
            access: Access::read(&mut reader),
            workers: Workers::read(&mut reader),
            queue: Queue::read(&mut reader),
            model: Model::read(&mut reader),
            text: Text::read(&mut reader),
            audio: Audio::read(&mut reader),
            folders: Folders::read(&mut reader),
            web: Web::read(&mut reader),
            log: Log::read(&mut reader),
            lookalikes: reader.lookalikes(),
        };
        reader.finish().map(|values| (config, values)).map_err(Faults)
    }

    /// As [`Config::read`], from this process's environment.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn from_environment() -> Result<(Self, Vec<(String, String)>), Faults> {
        let text = |value: std::ffi::OsString| value.into_string().ok();
        Self::read(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((text(name)?, text(value)?)))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests;
