//! From a request to sound.

use std::{io::Read, time::Instant};

use serde_json::{Value, json};
use symphonia::core::{
    codecs::DecoderOptions, formats::FormatOptions, io::MediaSourceStream, meta::MetadataOptions, probe::Hint,
};

use harness::{Server, prose, wav};

/// Samples that an independent decoder finds.
fn decode(bytes: Vec<u8>, ending: &str) -> Vec<f32> {
    let (rate, samples) = decoded(bytes, ending);
    assert_eq!(rate, 24_000);
    samples
}

/// The same, with their number a second.
pub(crate) fn decoded(bytes: Vec<u8>, ending: &str) -> (u32, Vec<f32>) {
    let source = MediaSourceStream::new(Box::new(std::io::Cursor::new(bytes)), Default::default());
    let mut hint = Hint::new();
    hint.with_extension(ending);
    let probed = symphonia::default::get_probe()
        .format(
            &hint,
            source,
            &FormatOptions::default(),
            &MetadataOptions::default(),
        )
        .expect("a known format");
    let mut format = probed.format;
    let track = format.default_track().expect("a track").clone();
    let rate = track.codec_params.sample_rate.unwrap();
    let mut decoder = symphonia::default::get_codecs()
        .make(&track.codec_params, &DecoderOptions::default())
        .unwrap();
    let mut samples = Vec::new();
    while let Ok(packet) = format.next_packet() {
        let decoded = decoder.decode(&packet).expect("a whole packet");
        let mut buffer =
            symphonia::core::audio::SampleBuffer::<f32>::new(decoded.capacity() as u64, *decoded.spec());
        buffer.copy_interleaved_ref(decoded);
        samples.extend_from_slice(buffer.samples());
    }
    (rate, samples)
}

#[test]
fn both_formats_hold_the_same_speech() {
    let server = Server::start(&[]);
    let text = "One two three. The harbour keeps a light.";
    let wave = decode(server.speech(&wav(text)), "wav");
    let mp3 = decode(
        server.speech(&json!({ "input": text, "voice": "af_heart" })),
        "mp3",
    );
    assert!(wave.len() > 24_000, "{} samples", wave.len());
    assert!(wave.iter().any(|x| x.abs() > 0.1), "silence");
    // LAME pads by up to three frames of 576 samples.
    assert!(
        mp3.len().abs_diff(wave.len()) < 4 * 576,
        "{} against {}",
        mp3.len(),
        wave.len()
    );
    let whole = server
        .speech(&json!({ "input": text, "voice": "af_heart", "response_format": "wav", "stream": false }));
    assert_eq!(decode(whole, "wav"), wave);
}

#[test]
fn three_sentences_are_three_times_as_long_as_one() {
    let server = Server::start(&[]);
    let length = |sentences| {
        server
            .speech(&wav(&"The old bell waited for the light. ".repeat(sentences)))
            .len() as f64
    };
    let ratio = length(3) / length(1);
    // And two pauses.
    assert!((3.0..3.7).contains(&ratio), "{ratio}");
}

#[test]
fn the_first_bytes_of_a_long_text_arrive_long_before_the_last() {
    let server = Server::start(&[]);
    let start = Instant::now();
    let mut body = server.speak(&wav(&prose(400))).unwrap();
    body.read_exact(&mut [0; 4096]).unwrap();
    let first = start.elapsed();
    body.read_to_end(&mut Vec::new()).unwrap();
    assert!(
        first * 4 < start.elapsed(),
        "first {first:?}, all {:?}",
        start.elapsed()
    );
}

#[test]
fn requests_that_make_no_sense_are_told_what_to_do() {
    let server = Server::start(&[]);
    let cases = [
        ("{", 400, ""),
        (r#"{"input":""}"#, 400, "input"),
        (r#"{"input":"   "}"#, 400, "input"),
        (r#"{"input":"…"}"#, 400, "input"),
        (r#"{"input":"Hello.","voice":"af_nobody"}"#, 400, "voice"),
        (r#"{"input":"Hello.","speed":0.2}"#, 422, "speed"),
        (r#"{"input":"Hello.","speed":4.1}"#, 422, "speed"),
        (r#"{"input":"Hello.","model":"piper"}"#, 400, "model"),
        (
            r#"{"input":"Hello.","response_format":"opus"}"#,
            422,
            "response_format",
        ),
        (
            r#"{"input":"Hello.","response_format":"pcm"}"#,
            422,
            "response_format",
        ),
    ];
    for (body, status, param) in cases {
        let (got, text, _) = server.post("/v1/audio/speech", body);
        assert_eq!(got, status, "{body}: {text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert!(answer["error"]["message"].as_str().unwrap().len() > 10, "{text}");
        assert_eq!(answer["detail"]["message"], answer["error"]["message"]);
        if !param.is_empty() {
            assert_eq!(answer["error"]["param"], param, "{text}");
        }
    }
}

#[test]
fn unknown_phonemes_are_named_in_a_header() {
    let server = Server::start(&[]);
    let ask = |input: &str| {
        let body = json!({ "input": input, "voice": "af_heart", "stream_format": "sse" }).to_string();
        let (status, _, headers) = server.post("/v1/audio/speech", &body);
        assert_eq!(status, 200, "{input}");
        headers.get("x-warning").cloned()
    };
    let warning = ask("Say [snow](/snˈO☃/) and [at](/@æt/).").expect("a warning");
    assert!(warning.ends_with("U+0040 U+2603"), "{warning}");
    assert_eq!(ask("Say [snow](/snˈO/)."), None);
}

#[test]
fn a_mix_that_cancels_is_refused_and_one_that_nearly_does_is_warned_of() {
    let server = Server::start(&[]);
    let ask = |voice: &str| {
        let body = json!({ "input": "Hello.", "voice": voice, "stream_format": "sse" }).to_string();
        server.post("/v1/audio/speech", &body)
    };
    let (status, text, _) = ask("af_heart-am_michael");
    assert_eq!(status, 400);
    assert!(
        text.contains("cancel each other") && text.contains("invalid_voice"),
        "{text}"
    );
    let warning = |voice: &str| {
        let (status, text, headers) = ask(voice);
        assert_eq!(status, 200, "{text}");
        headers.get("x-warning").cloned()
    };
    let told = warning("af_heart(2)-am_michael").expect("a warning");
    assert!(told.ends_with("af_heart(2)-am_michael(1)"), "{told}");
    assert_eq!(warning("af_heart(3)-am_michael"), None);
    assert_eq!(warning("af_heart+am_michael"), None);
}

#[test]
fn it_says_what_it_is() {
    let server = Server::start(&[]);
    let (status, health) = server.get("/health");
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!(
        (status, &health["status"], &health["model"]),
        (200, &json!("healthy"), &json!("builtin"))
    );
    assert!(health["hint"].as_str().unwrap().contains("frontd model install"));
    let voices: Value = serde_json::from_str(&server.get("/v1/audio/voices").1).unwrap();
    assert_eq!(voices["voices"].as_array().unwrap().len(), 28);
    let models: Value = serde_json::from_str(&server.get("/v1/models").1).unwrap();
    assert!(
        models["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|model| model["served_by"] == "builtin")
    );
}

#[test]
fn speak_needs_no_server() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("x.wav");
    let run = Server::command(folder.path(), &[])
        .args(["speak", "Hello there.", "--voice", "bm_george", "-o"])
        .arg(&output)
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    assert!(decode(std::fs::read(output).unwrap(), "wav").len() > 12_000);
    let run = Server::command(folder.path(), &[])
        .args(["speak", "Hi", "-o", "x.ogg"])
        .output()
        .unwrap();
    assert!(!run.status.success());
    assert!(String::from_utf8_lossy(&run.stderr).contains(".wav or .mp3"));
}

#[test]
fn a_bad_setting_is_told_and_ends_with_64() {
    let folder = tempfile::tempdir().unwrap();
    let run = Server::command(folder.path(), &[("PORT", "x"), ("USE_GPU", "true")])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(64));
    let words = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(words.contains("PORT") && words.contains("USE_GPU"), "{words}");
}

#[test]
fn a_model_that_cannot_be_used_is_no_crash_loop() {
    let bytes = include_bytes!("../../../workerd/assets/builtin.onnx");
    for (what, model) in [
        ("truncated", &bytes[..bytes.len() / 2]),
        ("foreign", b"Not found"),
        ("empty", b""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("models/kokoro");
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join("model.onnx"), model).unwrap();
        let run = Server::command(folder.path(), &[("MODEL", "kokoro")])
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(1), "{what}");
        let words = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(words.contains("the model cannot be used"), "{what}: {words}");
    }
    let folder = tempfile::tempdir().unwrap();
    let run = Server::command(folder.path(), &[("MODEL", "kokoro")])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&run.stderr).contains("frontd model install"));
}
