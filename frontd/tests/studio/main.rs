//! Dexterous Studio in a real browser, against the real server with its workers and the built-in voice.
//!
//! `ops/test browser` runs these; they skip themselves, with a sentence, where Chromium is absent. Where `KOKORO_REAL` names a models
//! folder of the real weights, that speaks.
#![allow(clippy::unwrap_used, reason = "tests")]

mod browser;
mod dialogue;
mod drafts;
mod grammar;
mod hear;
mod history;
mod looks;
mod mixer;
mod projects;
mod screenshots;
mod sentences;
mod serving;
mod trouble;
mod wave;
mod way;
mod words;
mod write;

use std::path::Path;

use browser::Browser;
use harness::Server;

/// A desktop's page.
const DESKTOP: (u32, u32) = (1440, 900);

/// Four sentences with a pause, about fifteen seconds.
const TALE: &str = "Every harbour keeps a light for the boats that come home late. Ours has burned for ninety years, \
    and nobody remembers who lit it first. [pause:0.4s] Tonight the fog came in before supper. The keeper counted three \
    horns, then four, then nothing.";

/// A server and a browser with the studio open, or `None` where one of them cannot be had.
async fn studio(settings: &[(&str, &str)]) -> Option<(Server, Browser)> {
    let real = real_model();
    let kokoro = real
        .iter()
        .flat_map(|models| [("MODEL", "kokoro"), ("MODEL_DIR", models)]);
    let settings: Vec<_> = kokoro.chain(settings.iter().copied()).collect();
    let server = serve(&settings);
    let browser = Browser::open(DESKTOP.0, DESKTOP.1).await?;
    browser.studio(&server.url).await;
    Some((server, browser))
}

/// A server whose page lets tests at its modules.
fn serve(settings: &[(&str, &str)]) -> Server {
    if browser::in_firefox() {
        with_a_door(settings)
    } else {
        Server::start(settings)
    }
}

/// [`studio`] for a test that asks things of Chromium itself.
async fn studio_in_chromium(settings: &[(&str, &str)]) -> Option<(Server, Browser)> {
    if browser::in_firefox() {
        harness::skip("it asks things of Chromium itself");
        return None;
    }
    studio(settings).await
}

/// The models folder that is to speak instead of the built-in voice.
fn real_model() -> Option<String> {
    std::env::var("KOKORO_REAL").ok()
}

/// Whether the real model speaks: beside two browsers a small machine makes its speech about as fast as it is heard. Says that the
/// test is skipped.
fn is_too_slow() -> bool {
    let real = real_model().is_some();
    if real {
        harness::skip("beside two browsers the real model is too slow for what it measures");
    }
    real
}

/// In Firefox, what a driver imports is not what the page has imported.
fn with_a_door(settings: &[(&str, &str)]) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let web = folder.path().join("web");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../web"), &web);
    let main = web.join("src/main.js");
    let code = std::fs::read_to_string(&main).unwrap();
    std::fs::write(&main, code + "window.module = (path) => import(`./${path}`);\n").unwrap();
    let door = [("WEB_DIR", web.to_str().unwrap())];
    let settings: Vec<_> = settings.iter().copied().chain(door).collect();
    Server::start_in(folder, &settings)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            std::fs::copy(path, copied).unwrap();
        }
    }
}

/// A text that takes minutes to say.
fn long_script(words: usize) -> String {
    let sentences = words / 10;
    let sentence = |n: usize| format!("Line {n} tells of the sea, and of lamp {n}.");
    (0..sentences).map(sentence).collect::<Vec<_>>().join(" ")
}
