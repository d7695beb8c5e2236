//! Invariants of ARCHITECTURE.md that no type holds, read off the sources. What a test module does is its own affair.

#![allow(clippy::unwrap_used, reason = "a test ends where it finds a fault")]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Sources below the paths, each with its text without comments and without what follows `#[cfg(test)]`.
fn sources(paths: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut left: Vec<PathBuf> = paths.iter().map(|path| root().join(path)).collect();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        // A module of tests in a file of its own.
        let tests = ["/tests.rs", "/tests/", "/hostile.rs"]
            .iter()
            .any(|part| name.contains(part));
        if name.ends_with(".rs") && !tests {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            let code = text.split("#[cfg(test)]").next().unwrap();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            found.push((name, lines.collect::<Vec<_>>().join("\n")));
        }
    }
    assert!(!found.is_empty(), "no sources in {paths:?}");
    found
}

/// Whether `word` stands in `text` and is no part of a longer name.
fn names(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + word.len()..].starts_with(part))
}

/// Invariant 1.
#[test]
fn only_the_supervisor_starts_and_ends_processes() {
    for (file, code) in sources(&["frontd/src", "workerd/src", "kernels/src", "common/src"]) {
        let supervisor = file == "frontd/src/workers/process.rs";
        // One that converts a model ends with the future that started it.
        let converter = file == "frontd/src/model/convert.rs";
        for word in ["Command::new", "waitpid", "signal::kill", "killpg"] {
            let may = supervisor || (converter && word == "Command::new");
            assert!(may || !names(&code, word), "{file} names {word}");
        }
    }
}

/// Invariant 10.
#[test]
fn only_the_programs_know_what_wires_the_parts() {
    for (file, code) in sources(&["frontd/src"]) {
        let above = [
            "frontd/src/app",
            "frontd/src/main.rs",
            "frontd/src/tools/speak.rs",
        ]
        .iter()
        .any(|path| file.starts_with(path));
        for word in ["app::", "super::app"] {
            assert!(above || !names(&code, word), "{file} names {word}");
        }
    }
}

/// Invariant 2.
#[test]
fn pure_modules_have_no_clock_no_io_and_no_async() {
    let pure = [
        "audio/src",
        "common/src/frame.rs",
        "english/src/script.rs",
        "english/src/script",
        "english/src/segments.rs",
        "english/src/segments",
        "english/src/text/normalise.rs",
        "english/src/text/normalise",
        "frontd/src/scheduler/cache.rs",
        "frontd/src/scheduler/queue.rs",
        "frontd/src/workers/lifecycle.rs",
        "frontd/src/workers/lifecycle",
    ];
    let impure = [
        "Instant::now",
        "SystemTime",
        "elapsed",
        "std::fs",
        "fs",
        "std::net",
        "net::",
        "std::env",
        "std::process",
        "std::thread",
        "thread",
        "async",
        "await",
        "tokio",
        "tracing",
        "metrics",
        "println",
        "eprintln",
    ];
    for (file, code) in sources(&pure) {
        for word in impure {
            assert!(!names(&code, word), "{file} names {word}");
        }
    }
}

/// Invariant 3.
#[test]
fn libraries_are_named_where_they_belong() {
    for (file, code) in sources(&[
        "frontd/src",
        "workerd/src",
        "audio/src",
        "common/src",
        "english/src",
        "kernels/src",
    ]) {
        let may = |word: &str| match word {
            "axum" => file.starts_with("frontd/src/http"),
            "ort" => file.starts_with("workerd/src/onnx"),
            _ => file.starts_with("frontd/src"),
        };
        for word in ["axum", "ort", "tokio"] {
            // `ort` is a word, so only paths count.
            assert!(
                may(word) || !names(&code, &format!("{word}::")),
                "{file} names {word}"
            );
        }
    }
    for crate_ in ["audio", "common", "english", "kernels"] {
        let manifest = fs::read_to_string(root().join(crate_).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap();
        for word in ["axum", "ort", "tokio", "hyper", "metrics"] {
            assert!(!names(dependencies, word), "{crate_} depends on {word}");
        }
    }
}

/// The clock group of `.config/nextest.toml` names tests; a name that is gone would be left out silently.
#[test]
fn every_test_that_has_the_machine_for_itself_is_there() {
    let config = fs::read_to_string(root().join(".config/nextest.toml")).unwrap();
    let named: Vec<&str> = config
        .split("test(")
        .skip(1)
        .map(|rest| rest.split(')').next().unwrap())
        .collect();
    assert!(named.len() > 5, "{named:?}");
    let mut code = String::new();
    let mut left = ["audio", "english", "frontd", "kernels", "workerd"]
        .map(|crate_| root().join(crate_))
        .to_vec();
    while let Some(path) = left.pop() {
        if path.is_dir() && !path.ends_with("target") {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            code += &fs::read_to_string(&path).unwrap();
        }
    }
    for name in named {
        assert!(code.contains(&format!("fn {name}()")), "{name}");
    }
}

/// The tests above would find something.
#[test]
fn a_name_is_found_whole() {
    assert!(names("let now = Instant::now();", "Instant::now"));
    assert!(names("use tokio::fs;", "fs") && names("x.await?", "await"));
    assert!(!names("let offset = suffs.fsx;", "fs") && !names("sport::x", "ort::"));
}
