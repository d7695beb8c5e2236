//! The front of Dexterous TTS: HTTP in, token segments to the workers, sound out.

pub mod audio;
pub mod captions;
pub mod model;
pub mod script;
pub mod segments;
pub mod store;
pub mod systemd;
pub mod text;
pub mod tools;
pub mod voices;
