//! Another reading of the same words, and another level.

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

#[test]
fn a_gain_makes_what_follows_louder_by_its_decibels_and_computes_nothing() {
    let server = Server::start(&[("SEGMENT_CACHE_MB", "64")]);
    let say = |tag: &str| {
        let mut body = wav(&format!(
            "{tag}The harbour keeps a light for the boats that come home late."
        ));
        body["allow_voice_tags"] = json!(true);
        let sound = server.speech(&body);
        let (samples, _) = sound[44..].as_chunks::<2>();
        let power: f64 = samples
            .iter()
            .map(|sample| f64::from(i16::from_le_bytes(*sample)).powi(2))
            .sum();
        10.0 * power.log10()
    };
    let plain = say("");
    let made = server.metric("tts_segment_cache_misses_total");
    for (tag, decibels) in [("[gain:-6dB]", -6.0), ("[gain:-20dB][gain:-3]", -3.0)] {
        let got = say(tag) - plain;
        assert!((got - decibels).abs() < 0.1, "{tag}: {got} dB");
    }
    assert_eq!(
        server.metric("tts_segment_cache_misses_total").to_bits(),
        made.to_bits()
    );
    let mut wrong = wav("[gain:40dB]Hi.");
    wrong["allow_voice_tags"] = json!(true);
    let (status, text, _) = server.post("/v1/audio/speech", &wrong.to_string());
    assert_eq!(status, 400, "{text}");
    assert!(text.contains("decibels from -24 to 12"), "{text}");
}
