//! What is said in tests.

use serde_json::{Value, json};

/// A request for WAV with the fields that tests vary.
pub fn wav(text: &str) -> Value {
    json!({ "model": "kokoro", "input": text, "voice": "af_heart", "response_format": "wav" })
}

/// English prose of `sentences` sentences, no part of which comes twice early on, whatever the cuts.
pub fn prose(sentences: usize) -> String {
    const SUBJECTS: [&str; 7] = [
        "The keeper",
        "A small boat",
        "Her brother",
        "The old bell",
        "Nobody",
        "The fog",
        "A stranger",
    ];
    const VERBS: [&str; 5] = [
        "waited for",
        "remembered",
        "moved slowly past",
        "could not find",
        "never asked about",
    ];
    const OBJECTS: [&str; 9] = [
        "the light",
        "the harbour wall",
        "a letter from home",
        "the northern road",
        "the empty house",
        "that long winter",
        "the silver coin",
        "a song without words",
        "the last train",
    ];
    const STATES: [&str; 11] = [
        "lost",
        "near",
        "cold",
        "forgotten",
        "silent",
        "golden",
        "broken",
        "waiting",
        "ready",
        "gone",
        "new",
    ];
    (0..sentences)
        .map(|i| {
            format!(
                "{} {} {}, and {} was {}.",
                SUBJECTS[i % 7],
                VERBS[i % 5],
                OBJECTS[i % 9],
                OBJECTS[(i + 4) % 9],
                STATES[i % 11]
            )
        })
        .collect::<Vec<_>>()
        .join(" ")
}
