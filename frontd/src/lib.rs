//! The front of Dexterous TTS: HTTP in, token segments to the workers, sound out.

pub mod app;
pub mod audio;
pub mod captions;
pub mod cli;
pub mod config;
pub mod control;
pub mod generation;
pub mod http;
pub mod metrics;
pub mod model;
pub mod scheduler;
pub mod script;
pub mod segments;
pub mod store;
pub mod systemd;
pub mod text;
pub mod tools;
pub mod voices;
pub mod workers;
