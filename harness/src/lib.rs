//! Starts the real server for tests, asks it, breaks it. Needs the workspace built, and `ORT_DYLIB_PATH` or the library that
//! `ops/test` fetches.
//!
//! Every test that starts frontd does it with [`environment`], so that a setting that tests need is set in one place. The
//! program `harness` does the same for tests that are not Rust.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test ends where it finds a fault"
)]

mod server;
mod texts;

use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    io::Write as _,
    path::{Path, PathBuf},
};

pub use self::{
    server::{Holdings, PATIENCE, Server, children, eventually, script},
    texts::{prose, wav},
};

/// A program of this workspace, built in the profile of the running one.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let running = std::env::current_exe().unwrap();
    let found = running
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{name} is missing: cargo build --workspace"))
}

/// The server to test: `FRONTD`, or the one beside the running program. Its workerd lies beside it.
#[must_use]
pub fn frontd() -> PathBuf {
    std::env::var_os("FRONTD").map_or_else(|| program("frontd"), PathBuf::from)
}

/// ONNX Runtime's library: `ORT_DYLIB_PATH`, or what `ops/test` has fetched.
#[must_use]
pub fn onnx_runtime() -> PathBuf {
    let fetched = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/onnxruntime/libonnxruntime.so");
    let named = std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from);
    let found = named.into_iter().chain([fetched]).find(|path| path.is_file());
    found.expect("there is no libonnxruntime.so: run ops/test, or set ORT_DYLIB_PATH")
}

/// All variables of a server of its own: a free port, the built-in voice, two workers, and every folder and socket below
/// `folder`. `variables` are added and win.
#[must_use]
pub fn environment(folder: &Path, variables: &[(&str, &str)]) -> BTreeMap<String, String> {
    let text = |path: PathBuf| path.to_str().expect("a path in Unicode").to_owned();
    let fixed = [
        ("HOST", "127.0.0.1"),
        ("PORT", "0"),
        ("MODEL", "builtin"),
        ("WORKERS", "2"),
        // Tests count workers, and kill those that they see.
        ("SPARE_WORKERS", "0"),
        ("LOG_LEVEL", "warn"),
        // A test that says something again wants it made again.
        ("SEGMENT_CACHE_MB", "0"),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let own = [
        ("MODEL_DIR", "models"),
        ("OUTPUT_DIR", "output"),
        ("TEMP_DIR", "temp"),
        ("RUN_DIR", "run"),
        ("CONTROL_SOCKET", "control.sock"),
    ]
    .map(|(name, inside)| (name, text(folder.join(inside))));
    let machine = [
        ("PATH", std::env::var("PATH").unwrap_or_default()),
        ("ORT_DYLIB_PATH", text(onnx_runtime())),
        ("WORKERD", text(frontd().with_file_name("workerd"))),
    ];
    let given = variables.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let all = fixed.into_iter().chain(own).chain(machine).chain(given);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The size of a text that is made to hurt: `size`, times `HOSTILE_SCALE` where that is set, as CI does.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "sizes of texts"
)]
pub fn hostile(size: usize) -> usize {
    let scale = std::env::var("HOSTILE_SCALE").map_or(1.0, |scale| scale.parse::<f64>().unwrap());
    ((size as f64 * scale) as usize).max(1)
}

/// Says that the running test does not test what it should, and why. libtest knows no such end of a test and counts it as
/// passed, so `ops/test` names a file in `SKIPPED_TESTS`, and counts its lines.
pub fn skip(reason: &str) {
    let thread = std::thread::current();
    let line = format!("{}: {reason}\n", thread.name().unwrap_or("a test"));
    eprint!("skipped: {line}");
    if let Some(path) = std::env::var_os("SKIPPED_TESTS") {
        // One write, so that lines of tests side by side stay whole.
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
}
