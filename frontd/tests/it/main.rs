//! The real frontd with real workers, from outside. Needs `ORT_DYLIB_PATH`, which `ops/test` sets.

#![allow(clippy::unwrap_used, reason = "a test ends where it finds a fault")]

mod cache;
mod chaos;
mod clients;
mod faulty_workers;
mod finished;
mod http_1_0;
mod lexicon;
mod promises;
mod scheduling;
mod speech;
mod supervision;
mod variants;
