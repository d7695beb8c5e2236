//! What clients send.

use harness::{Server, wav};
use serde_json::{Value, json};

fn message(text: &str) -> String {
    let answer: Value = serde_json::from_str(text).unwrap_or_else(|_| panic!("no JSON: {text}"));
    answer["error"]["message"].as_str().unwrap().to_owned()
}

#[test]
fn a_wrong_base_url_is_told_the_right_one() {
    for root in ["", "/tts"] {
        let server = Server::start(&[("ROOT_PATH", root), ("WORKERS", "1")]);
        for path in [
            "/audio/speech",
            "/v1/v1/audio/speech",
            "//v1/audio/speech",
            "/v1/audio/speech/",
        ] {
            let (status, text, _) = server.post(&format!("{root}{path}"), &wav("Hi.").to_string());
            assert_eq!(status, 404, "{path}: {text}");
            assert_eq!(
                message(&text),
                format!(
                    "There is nothing at {root}{path}: speech is at {root}/v1/audio/speech. \
                     The base URL of an OpenAI client is {}{root}/v1.",
                    server.url
                )
            );
        }
        assert!(
            message(&server.get("/models").1).contains("the models are at"),
            "a GET too"
        );
        assert_eq!(
            message(&server.get("/v1/chat").1),
            "There is nothing at this address."
        );
    }
}

/// Kokoro-FastAPI's own client asks for its base URL, `/v1` and the path of the header.
#[test]
fn a_download_is_found_behind_a_second_v1() {
    for root in ["", "/tts"] {
        let server = Server::start(&[("ROOT_PATH", root), ("WORKERS", "1")]);
        let body = json!({"input": "Hello.", "return_download_link": true, "stream": false}).to_string();
        let path = server.post("/v1/audio/speech", &body).2["x-download-path"].clone();
        assert!(path.starts_with(root));
        for asked in [path.clone(), format!("/v1{path}"), format!("{root}/v1{path}")] {
            assert_eq!(server.get(&asked).0, 200, "{asked}");
        }
        assert_eq!(server.get("/v1/v1/models").0, 404);
    }
}

#[test]
fn what_can_only_mean_one_thing_is_taken() {
    let server = Server::start(&[]);
    let plain = server
        .speech(&json!({"input": "Hello there.", "speed": 1.2, "stream": false, "response_format": "wav"}));
    let odd = json!({
        "input": "Hello there.", "speed": "1.2", "stream": "false", "response_format": "WAV", "model": "hexgrad/Kokoro-82M",
        "stream_format": "Audio", "volume_multiplier": "1", "normalization_options": {"normalize": "True"},
    });
    assert_eq!(server.speech(&odd), plain);
    for legacy in ["true", "True", "TRUE"] {
        let voices = server.json(&format!("/v1/audio/voices?legacy={legacy}"));
        assert!(voices["voices"][0].is_string(), "{legacy}");
    }
    assert_eq!(server.get("/v1/models/gpt-4o-mini-tts-2025-12-15").0, 200);
    for (body, told) in [
        (json!({"input": "Hi.", "speed": "fast"}), "speed: "),
        (json!({"input": "Hi.", "speed": "NaN"}), "speed: "),
        (
            json!({"input": "Hi.", "speed": "9"}),
            "speed: a number from 0.25 to 4 is expected.",
        ),
        (json!({"input": "Hi.", "stream": "perhaps"}), "stream: "),
        (
            json!({"input": "Hi.", "response_format": "OGG"}),
            "response_format \"OGG\"",
        ),
        (
            json!({"input": "Hi.", "model": "piper"}),
            "use kokoro, tts-1, tts-1-hd, gpt-4o-mini-tts or draft.",
        ),
        (
            json!({"input": "Hi.", "voice": 7}),
            "voice: a voice's name is expected, or an object with its id.",
        ),
        (
            json!({"input": "Hi.", "voice": {"name": "x"}}),
            "voice: a voice's name is expected, or an object with its id.",
        ),
        (
            json!({"input": "Hi.", "voice_aliases": {"a": 1}}),
            "a voice is expected, or an object with voice and rate.",
        ),
        (
            json!({"input": "Hi.", "voice": "af_hart"}),
            "There is no voice \"af_hart\"; did you mean af_heart",
        ),
        (
            json!({"input": "Hi [rate:fast] there.", "allow_voice_tags": true}),
            "A rate must be a number from 0.25 to 4; at character 4 stands \"fast\".",
        ),
    ] {
        let (status, text, _) = server.post("/v1/audio/speech", &body.to_string());
        assert!([400, 422].contains(&status), "{body}: {status}");
        let message = message(&text);
        assert!(message.contains(told), "{body}: {message}");
        assert!(
            !message.contains("?.") && !message.contains("untagged"),
            "{message}"
        );
    }
}

/// Seconds of a finished WAV file.
fn seconds(bytes: &[u8]) -> f64 {
    let reader = hound::WavReader::new(bytes).unwrap();
    f64::from(reader.duration()) / f64::from(reader.spec().sample_rate)
}

#[test]
fn a_script_that_is_only_pauses_is_silence_of_that_length() {
    let server = Server::start(&[("WORKERS", "1")]);
    for (body, long) in [
        (json!({"input": "[pause:1s]"}), 1.0),
        (json!({"input": " [pause:250ms]\n[pause:7s] … "}), 7.25),
        (
            json!({"input": "<speak><break time='2s'/></speak>", "ssml": true}),
            2.0,
        ),
    ] {
        let mut whole = body.clone();
        whole["stream"] = false.into();
        whole["response_format"] = "wav".into();
        let bytes = server.speech(&whole);
        assert_eq!(seconds(&bytes), long, "{body}");
        assert!(bytes[44..].iter().all(|byte| *byte == 0), "{body}");
        // The same samples in a stream.
        whole["stream"] = true.into();
        assert_eq!(server.speech(&whole).len(), bytes.len(), "{body}");
        let mut mp3 = body.clone();
        mp3["stream_format"] = "sse".into();
        mp3["include"] = json!(["progress", "segments"]);
        let events = String::from_utf8(server.speech(&mp3)).unwrap();
        assert!(events.contains("speech.audio.done"), "{events}");
    }
    for nothing in ["[pause:0s]", "…", " "] {
        let (status, text, _) = server.post("/v1/audio/speech", &json!({"input": nothing}).to_string());
        assert_eq!(
            (status, text.contains("nothing_to_say")),
            (400, true),
            "{nothing}: {text}"
        );
    }
}

#[test]
fn an_address_speaks_where_the_owner_allows_it() {
    let off = Server::start(&[("WORKERS", "1")]);
    assert_eq!(off.get("/v1/audio/speech?input=Hello.").0, 405);
    drop(off);
    let server = Server::start(&[
        ("WORKERS", "1"),
        ("ENABLE_GET_SPEECH", "true"),
        ("API_KEYS", "sk-a"),
        ("MAX_INPUT_CHARS", "100"),
    ]);
    let address = format!(
        "{}/v1/audio/speech?input=Hello%20there.&voice=bm_george&speed=1.5&stream=",
        server.url
    );
    let ask = |address: &str| ureq::get(address).header("Authorization", "Bearer sk-a");
    let mut wave = ask(&format!("{address}&response_format=wav")).call().unwrap();
    let header = |name: &str| wave.headers()[name].to_str().unwrap();
    assert_eq!(header("content-type"), "audio/wav");
    assert_eq!(header("cache-control"), "private, no-store");
    assert!(header("content-disposition").starts_with("inline"));
    let spoken = wave.body_mut().read_to_vec().unwrap();
    let mut posted = ureq::post(format!("{}/v1/audio/speech", server.url))
        .header("Authorization", "Bearer sk-a")
        .content_type("application/json")
        .send(
            json!({"input": "Hello there.", "voice": "bm_george", "speed": 1.5, "response_format": "wav"})
                .to_string(),
        )
        .unwrap();
    assert!(spoken == posted.body_mut().read_to_vec().unwrap());
    let head = ureq::head(&address)
        .header("Authorization", "Bearer sk-a")
        .call()
        .unwrap();
    assert_eq!(head.headers()["content-type"], "audio/mpeg");
    assert_eq!(
        server.metric("tts_first_audio_seconds_count"),
        2.0,
        "HEAD speaks nothing"
    );
    // As for POST: the key in its header, and the limits.
    assert_eq!(server.get("/v1/audio/speech?input=Hello.").0, 401);
    let refused = |query: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let request = agent.get(format!("{}/v1/audio/speech?{query}", server.url));
        let mut answer = request.header("Authorization", "Bearer sk-a").call().unwrap();
        (
            answer.status().as_u16(),
            message(&answer.body_mut().read_to_string().unwrap()),
        )
    };
    assert_eq!(refused(&format!("input={}", "a".repeat(101))).0, 413);
    assert_eq!(refused("input=Hi.&voice=af_nobody").0, 400);
    assert_eq!(refused("voice=af_heart").0, 422);
    let (status, told) = refused("input=Hi.&api_key=sk-a");
    assert!(
        status == 400 && told.contains("send the key as Authorization"),
        "{told}"
    );
}

#[test]
fn lists_are_compressed_and_sound_and_events_are_not() {
    let server = Server::start(&[]);
    let coding = |request: ureq::RequestBuilder<ureq::typestate::WithoutBody>| {
        let answer = request.header("Accept-Encoding", "gzip, br").call().unwrap();
        let coding = answer.headers().get("content-encoding");
        coding.map_or("", |coding| coding.to_str().unwrap()).to_owned()
    };
    assert_eq!(coding(ureq::get(format!("{}/v1/audio/voices", server.url))), "br");
    for more in [
        json!({}),
        json!({"stream": false}),
        json!({"stream_format": "sse"}),
    ] {
        let mut body = json!({ "input": "The harbour keeps a light.", "response_format": "wav" });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let request =
            ureq::post(format!("{}/v1/audio/speech", server.url)).header("Accept-Encoding", "gzip, br");
        let mut answer = request
            .content_type("application/json")
            .send(body.to_string())
            .unwrap();
        assert!(answer.headers().get("content-encoding").is_none(), "{more}");
        let bytes = answer.body_mut().read_to_vec().unwrap();
        assert!(
            bytes.starts_with(b"RIFF") || bytes.starts_with(b"data: "),
            "{more}"
        );
    }
}
