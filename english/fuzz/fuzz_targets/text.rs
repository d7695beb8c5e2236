//! Any text, all the way from the normaliser to segments: no fault, and every segment is one that a worker takes.
#![no_main]

use std::sync::{Arc, LazyLock};

use english::{
    script::Run,
    segments::MAX_TOKENS,
    text::{Dialect, TextConfig, TextFront, normalise::Options},
};
use libfuzzer_sys::fuzz_target;

static FRONT: LazyLock<Arc<TextFront>> = LazyLock::new(|| {
    Arc::new(TextFront::new(TextConfig {
        espeak: None,
        ..TextConfig::default()
    }))
});

fuzz_target!(|input: (bool, bool, String)| {
    let (british, normalize, text) = input;
    let dialect = if british { Dialect::British } else { Dialect::American };
    let options = Options {
        normalize,
        unit_normalization: british,
        ..Options::default()
    };
    let length = text.len();
    let run = Run::Text { source: 0..length, text };
    for segment in FRONT.segments(&[run], dialect, &options, None) {
        let segment = segment.expect("no fault of ours");
        assert!((1..=MAX_TOKENS).contains(&segment.tokens.len()));
        assert!(segment.words.iter().all(|word| word.source.end <= length && word.tokens.end <= segment.tokens.len()));
    }
});
