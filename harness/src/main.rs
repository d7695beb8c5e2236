//! `harness FOLDER [NAME=VALUE…]`: becomes a frontd in `FOLDER` as the tests in Rust start it, for tests that are not Rust.

#![allow(clippy::unwrap_used, reason = "a test ends where it finds a fault")]

use std::{os::unix::process::CommandExt as _, path::Path};

use harness::Server;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, settings) = arguments.split_first().expect("harness FOLDER [NAME=VALUE…]");
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|setting| setting.split_once('=').expect("NAME=VALUE"))
        .collect();
    let error = Server::command(Path::new(folder), &settings).arg("serve").exec();
    panic!("frontd cannot be started: {error}");
}
