//! The front of Dexterous TTS: HTTP in, token segments to the workers, sound out.

pub mod app;
pub mod captions;
pub mod cli;
pub mod config;
pub mod control;
pub mod delivery;
pub mod ending;
pub mod generation;
pub mod http;
pub mod human;
pub mod metrics;
pub mod model;
pub mod scheduler;
pub mod service;
pub mod store;
pub mod systemd;
pub mod tools;
pub mod voices;
pub mod workers;

// The text front end is a crate of its own, so that the compiler keeps it free of all that is above.
pub use english::{script, segments, text};
