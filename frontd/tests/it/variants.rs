//! Another reading of the same words.

use serde_json::json;

use harness::{Server, wav};

#[test]
fn a_variant_is_another_sound_always_the_same_and_kept() {
    let server = Server::start(&[("SEGMENT_CACHE_MB", "64")]);
    let say = |variant: u8| {
        let mut body = wav("The harbour keeps a light for the boats that come home late.");
        body["variant"] = json!(variant);
        server.speech(&body)
    };
    let (plain, third, fourth) = (say(0), say(3), say(4));
    assert!(
        third.len() > plain.len() && fourth.len() < plain.len(),
        "{} {} {}",
        plain.len(),
        third.len(),
        fourth.len()
    );
    let made = server.metric("tts_segment_cache_misses_total");
    assert!(say(3) == third && say(0) == plain && say(4) == fourth);
    assert_eq!(
        server.metric("tts_segment_cache_misses_total").to_bits(),
        made.to_bits(),
        "all was kept"
    );
}

#[test]
fn a_tag_gives_a_variant_to_one_sentence() {
    let server = Server::start(&[("SEGMENT_CACHE_MB", "64")]);
    let sentence = "The harbour keeps a light for the boats that come home late.";
    let body = |text: String| {
        let mut body = wav(&text);
        body["allow_voice_tags"] = json!(true);
        body
    };
    let misses = || server.metric("tts_segment_cache_misses_total");
    server.speech(&body(format!("{sentence} {sentence}")));
    assert!((misses() - 1.0).abs() < 0.1, "both are one sound");
    let tagged = server.speech(&body(format!(
        "{sentence} [variant:3]{sentence} [variant:0]{sentence}"
    )));
    assert!((misses() - 2.0).abs() < 0.1, "one more reading");
    let plain = server.speech(&body(format!("{sentence} {sentence} {sentence}")));
    assert!(tagged.len() > plain.len());
    let (status, text, _) = server.post(
        "/v1/audio/speech",
        &body("[variant:12]Hi.".to_owned()).to_string(),
    );
    assert_eq!(status, 400, "{text}");
    assert!(text.contains("a whole number from 0 to 9"), "{text}");
}
