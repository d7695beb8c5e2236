use audio::level::Master;

use super::*;
use crate::{
    http::json,
    text::normalise::options::{Aloud, Emoji, Urls},
    voices::{Model, Settings, Weights},
};

fn parse(body: serde_json::Value) -> Result<CheckedRequest, ApiError> {
    let voices = Voices::open(Settings {
        model: Model::BuiltIn,
        folder: "/nonexistent".into(),
        weights: Weights::Sum,
        aliases: BTreeMap::new(),
    });
    let rules = Rules {
        max_input_chars: 100,
        default_voice: "af_heart".to_owned(),
        loudness: Loudness::Lufs(-23.0),
        mp3: Bitrate::default(),
    };
    CheckedRequest::parse(json::parse(body.to_string().as_bytes())?, &rules, &voices)
}

fn code(body: serde_json::Value) -> &'static str {
    parse(body).map(|speech| panic!("{speech:?}")).unwrap_err().code()
}

use serde_json::json as j;

#[test]
fn the_least_request_has_all_defaults() {
    for body in [
        j!({"input": "Hi"}),
        j!({"input": "Hi", "model": null, "voice": null, "response_format": null, "download_format": null, "speed": null,
            "stream": null, "return_download_link": null, "return_timing": null, "lang_code": null,
            "volume_multiplier": null, "normalization_options": null, "voice_aliases": null, "allow_voice_tags": null,
            "ssml": null, "stream_format": null}),
        j!({"input": "Hi", "instructions": "Be kind", "backend": "x", "user": {"deep": [1, 2]}}),
    ] {
        let speech = parse(body).unwrap();
        assert_eq!(speech.format, Format::Mp3);
        assert_eq!(speech.style.name(), "af_heart");
        assert_eq!((speech.speed, speech.volume), (1.0, 1.0));
        assert!(
            speech.stream && speech.events.is_none() && speech.download.is_none() && speech.dialect.is_none()
        );
        assert_eq!(speech.normalisation, normalise::Options::default());
    }
}

#[test]
fn a_finished_file_is_asked_for_as_a_whole() {
    let whole = |field: &str, value: serde_json::Value| {
        parse(j!({"input": "Hi", "stream": false, field: value})).map(|speech| speech.delivery.unwrap())
    };
    assert_eq!(
        whole("bitrate", j!(160)).unwrap().bitrate,
        Bitrate::at(160, 24_000).unwrap()
    );
    assert_eq!(whole("sample_rate", j!("44100")).unwrap().sample_rate, 44_100);
    assert_eq!(whole("master", j!("ACX")).unwrap().master, Some(Master::Acx));
    assert_eq!(
        whole("master", j!(-19)).unwrap().master,
        Some(Master::Lufs(-19.0))
    );
    assert_eq!(whole("title", j!("A")).unwrap().title.as_deref(), Some("A"));
    assert_eq!(whole("chapters", j!("zip")).unwrap().extension(), "zip");
    assert_eq!(whole("chapters", j!("ID3")).unwrap().extension(), "mp3");
    for (field, value) in [
        ("bitrate", j!(192)),
        ("bitrate", j!(100)),
        ("bitrate", j!(160.5)),
        ("sample_rate", j!(8000)),
        ("master", j!("loud")),
        ("master", j!(-5)),
        ("chapters", j!("m4b")),
        ("title", j!("x".repeat(201))),
    ] {
        let body = j!({"input": "Hi", "stream": false, field: value});
        assert_eq!(code(body.clone()), "invalid_value", "{body}");
    }
    // Not while it is streamed, but for the download beside it.
    for body in [
        j!({"input": "Hi", "bitrate": 128}),
        j!({"input": "Hi", "stream": true, "master": -19}),
        j!({"input": "Hi", "stream": false, "stream_format": "sse", "chapters": "zip"}),
        // A WAV has no tag.
        j!({"input": "Hi", "stream": false, "response_format": "wav", "title": "A"}),
        j!({"input": "Hi", "return_download_link": true, "download_format": "wav", "chapters": "id3"}),
    ] {
        assert_eq!(code(body.clone()), "unfit_option", "{body}");
    }
    let kept = parse(j!({"input": "Hi", "return_download_link": true, "sample_rate": 44100, "bitrate": 320}))
        .unwrap();
    assert!(kept.delivery.is_none());
    assert_eq!(
        kept.download.unwrap().delivery.unwrap().bitrate,
        Bitrate::at(320, 44_100).unwrap()
    );
    assert!(
        parse(j!({"input": "Hi", "title": "", "artist": null}))
            .unwrap()
            .delivery
            .is_none()
    );
}

#[test]
fn a_variant_is_a_whole_number_to_nine() {
    assert_eq!(parse(j!({"input": "Hi", "variant": 9})).unwrap().variant, 9);
    assert_eq!(parse(j!({"input": "Hi", "variant": "2"})).unwrap().variant, 2);
    assert_eq!(parse(j!({"input": "Hi"})).unwrap().variant, 0);
    for wrong in [j!(10), j!(-1), j!(1.5)] {
        assert_eq!(code(j!({"input": "Hi", "variant": wrong})), "invalid_value");
    }
}

#[test]
fn a_lexicon_of_the_request_tells_every_entry_at_fault() {
    let entry = |word: &str| j!({"word": word, "say": "win"});
    let parsed =
        parse(j!({"input": "Hi", "lexicon": [entry("Nguyen"), {"word": "GIF", "phonemes": "dʒɪf"}]}));
    assert_eq!(parsed.unwrap().lexicon.unwrap().entries().len(), 2);
    assert!(
        parse(j!({"input": "Hi", "lexicon": []}))
            .unwrap()
            .lexicon
            .is_none()
    );
    let error = parse(j!({"input": "Hi", "lexicon": [
        entry("a"), {"word": "b"}, {"word": "c", "say": "x", "phonemes": "x"}, {"word": "", "say": "x"}, {"word": "d", "phonemes": "☃"}
    ]}))
    .unwrap_err();
    let body = error.body();
    assert_eq!(
        body.faults.iter().map(|fault| fault.entry).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(
        (error.code(), body.error.param.as_deref()),
        ("invalid_lexicon", Some("lexicon"))
    );
    assert!(
        body.error
            .message
            .starts_with("lexicon[1]: one of say and phonemes is expected; ")
    );
    let many: Vec<_> = (0..501).map(|i| entry(&format!("w{i}"))).collect();
    assert_eq!(code(j!({"input": "Hi", "lexicon": many})), "invalid_value");
}

#[test]
fn every_field_is_read() {
    let speech = parse(j!({
        "model": "tts-1-hd",
        "input": "[voice:her]Hi. [voice:am_adam][rate:2]Yes. [voice:her]No.",
        "voice": {"id": "narrator"},
        "response_format": "wav",
        "download_format": "mp3",
        "speed": 2,
        "stream": false,
        "return_timing": true,
        "lang_code": "EN-GB",
        "volume_multiplier": 0.5,
        "normalization_options": {"unit_normalization": true, "normalize": null},
        "voice_aliases": {"Narrator": {"voice": "bm_george", "rate": 0.5}, "her": "af_sky+af_bella"},
        "allow_voice_tags": true,
        "stream_format": "sse",
        "include": ["progress", "miracles"],
    }))
    .unwrap();
    assert_eq!(speech.style.name(), "bm_george");
    assert_eq!(speech.dialect, Some(Dialect::British));
    assert_eq!(
        speech.download,
        Some(KeptFiles {
            format: Format::Mp3,
            timing: true,
            delivery: None,
        })
    );
    assert!(
        !speech.stream
            && speech.events
                == Some(Include {
                    progress: true,
                    segments: false
                })
    );
    assert!(speech.normalisation.unit_normalization && speech.normalisation.normalize);
    let voices: Vec<&str> = speech.styles.keys().map(String::as_str).collect();
    assert_eq!(voices, ["af_sky+af_bella", "am_adam"]);
    let rates: Vec<f32> = speech
        .items
        .iter()
        .map(|item| match item {
            Item::Passage(passage) => passage.rate,
            Item::Pause(_) => panic!(),
        })
        .collect();
    assert_eq!(rates, [1.0, 2.0, 2.0]);
}

#[test]
fn an_alias_as_the_voice_brings_its_rate() {
    let aliases = j!({"slow": {"voice": "af_sky", "rate": 0.5}});
    let speech = parse(j!({"input": "Hi", "voice": "Slow", "voice_aliases": aliases})).unwrap();
    let Item::Passage(passage) = &speech.items[0] else {
        panic!()
    };
    assert_eq!(passage.rate, 0.5);
    assert_eq!(speech.style.name(), "af_sky");
}

#[test]
fn downloads_keep_older_formats_working() {
    for (format, wanted) in [
        ("mp3", Format::Mp3),
        ("wav", Format::Wav),
        ("opus", Format::Wav),
        ("pcm", Format::Wav),
        ("aac", Format::Wav),
        ("flac", Format::Wav),
    ] {
        let body = j!({"input": "Hi", "response_format": "wav", "download_format": format, "return_download_link": true});
        let download = parse(body).unwrap().download.unwrap();
        assert_eq!(
            download,
            KeptFiles {
                format: wanted,
                timing: false,
                delivery: None,
            },
            "{format}"
        );
    }
}

#[test]
fn only_the_model_draft_drafts() {
    let draft = |model: serde_json::Value| parse(j!({"input": "Hi", "model": model})).unwrap().draft;
    assert!(draft(j!("draft")) && draft(j!(" Draft")));
    assert!(!draft(j!("kokoro")) && !draft(serde_json::Value::Null));
    assert_eq!(code(j!({"input": "Hi", "model": "drafts"})), "invalid_model");
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    for (body, expected) in [
        (j!({}), "invalid_value"),
        (j!({"input": null}), "invalid_value"),
        (j!({"input": 5}), "invalid_value"),
        (j!([]), "invalid_value"),
        (j!({"input": ""}), "nothing_to_say"),
        (j!({"input": " \n\t"}), "nothing_to_say"),
        (j!({"input": "x".repeat(101)}), "input_too_long"),
        (j!({"input": "Hi", "model": "whisper-1"}), "invalid_model"),
        (j!({"input": "Hi", "voice": "nobody"}), "voice_not_found"),
        (j!({"input": "Hi", "voice": "af_sky(-1)"}), "invalid_voice"),
        (j!({"input": "Hi", "voice": ""}), "invalid_voice"),
        (j!({"input": "Hi", "voice": {"name": "af_sky"}}), "invalid_value"),
        (j!({"input": "Hi", "voice": 7}), "invalid_value"),
        (j!({"input": "Hi", "voice": "v".repeat(3000)}), "invalid_voice"),
        (
            j!({"input": "Hi", "response_format": "opus"}),
            "unsupported_format",
        ),
        (
            j!({"input": "Hi", "response_format": "pcm"}),
            "unsupported_format",
        ),
        (j!({"input": "Hi", "response_format": ""}), "unsupported_format"),
        (j!({"input": "Hi", "download_format": "ogg"}), "invalid_value"),
        (j!({"input": "Hi", "speed": 0.2}), "invalid_value"),
        (j!({"input": "Hi", "speed": 4.1}), "invalid_value"),
        (j!({"input": "Hi", "speed": "fast"}), "invalid_value"),
        (j!({"input": "Hi", "loudness": "loud"}), "invalid_value"),
        (j!({"input": "Hi", "loudness": -5}), "invalid_value"),
        (j!({"input": "Hi", "volume_multiplier": -1}), "invalid_value"),
        (j!({"input": "Hi", "lang_code": "j"}), "unsupported_language"),
        (j!({"input": "Hi", "lang_code": ""}), "unsupported_language"),
        (j!({"input": "Hi", "stream_format": "ndjson"}), "invalid_value"),
        (j!({"input": "Hi", "stream": "yes"}), "invalid_value"),
        (
            j!({"input": "[voice:nobody]x", "allow_voice_tags": true}),
            "voice_not_found",
        ),
        (
            j!({"input": "[rate:99]x", "allow_voice_tags": true}),
            "invalid_tag",
        ),
        (j!({"input": "<speak>", "ssml": true}), "invalid_ssml"),
        (
            j!({"input": "Hi", "voice_aliases": {"a": {"voice": "af_sky", "rate": 9}}}),
            "invalid_value",
        ),
        (j!({"input": "Hi", "voice_aliases": {"a": 3}}), "invalid_value"),
        (
            j!({"input": "Hi", "normalization_options": {"normalize": "yes"}}),
            "invalid_value",
        ),
        (
            j!({"input": "Hi", "normalization_options": {"url_normalization": "long"}}),
            "invalid_value",
        ),
        (
            j!({"input": "Hi", "normalization_options": {"emoji": true}}),
            "invalid_value",
        ),
    ] {
        assert_eq!(code(body.clone()), expected, "{body}");
    }
    let many: BTreeMap<String, &str> = (0..65).map(|i| (format!("a{i}"), "af_sky")).collect();
    assert_eq!(code(j!({"input": "Hi", "voice_aliases": many})), "invalid_value");
}

#[test]
fn bodies_that_are_no_json_are_refused() {
    let deep = "[".repeat(100_000);
    let not_utf8: &[u8] = b"{\"input\": \"\xff\xfe\"}";
    for body in [
        b"".as_slice(),
        b"{",
        b"{\"input\": \"\\ud8\"}",
        b"{\"input\": NaN}",
        b"{\"input\":\"a\"} x",
        not_utf8,
        deep.as_bytes(),
    ] {
        let error = json::parse::<SpeechRequest>(body).map(|_| ()).unwrap_err();
        assert!(
            matches!(error.code(), "invalid_json" | "invalid_value"),
            "{error:?}"
        );
    }
    let huge = json::parse::<SpeechRequest>(b"{\"input\": \"a\", \"speed\": 1e999}")
        .map(|_| ())
        .unwrap_err();
    assert_eq!(huge.code(), "invalid_json");
    let error = json::parse::<SpeechRequest>(br#"{"input": "a", "speed": "fast"}"#)
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.body().error.param.as_deref(), Some("speed"));
}

/// The names and defaults that clients of Kokoro servers know, and ours.
#[test]
fn normalization_options_are_flags_and_names() {
    let options = |chosen: serde_json::Value| {
        let body = j!({"input": "Hi", "normalization_options": chosen});
        parse(body).unwrap().normalisation
    };
    let default = normalise::Options::default();
    assert_eq!(options(j!({})), default);
    let same = j!({
        "normalize": true, "unit_normalization": false, "url_normalization": true, "email_normalization": true,
        "optional_pluralization_normalization": true, "phone_normalization": true, "replace_remaining_symbols": true,
        "code_blocks": "read", "emoji": "skip", "brackets": "read", "citations": "skip",
    });
    assert_eq!(options(same), default);
    for (written, urls) in [
        (j!(true), Urls::Full),
        (j!("True"), Urls::Full),
        (j!("full"), Urls::Full),
        (j!(false), Urls::Signless),
        (j!("false"), Urls::Signless),
        (j!("short"), Urls::Short),
        (j!(" Skip "), Urls::Skip),
        (j!(null), Urls::Full),
    ] {
        let chosen = options(j!({"url_normalization": written}));
        assert_eq!(chosen.url_normalization, urls, "{written}");
    }
    let chosen =
        options(j!({"code_blocks": "skip", "emoji": "name", "brackets": "SKIP", "citations": "read"}));
    let expected = normalise::Options {
        code_blocks: Aloud::Skip,
        emoji: Emoji::Name,
        brackets: Aloud::Skip,
        citations: Aloud::Read,
        ..default
    };
    assert_eq!(chosen, expected);
    let error = parse(j!({"input": "Hi", "normalization_options": {"code_blocks": "no"}})).unwrap_err();
    let body = error.body();
    assert_eq!(
        body.error.param.as_deref(),
        Some("normalization_options.code_blocks")
    );
    assert!(
        body.error.message.contains("choose read or skip"),
        "{}",
        body.error.message
    );
}

/// What a client sends that cut a text in the middle of an emoji.
#[test]
fn half_a_character_is_left_out() {
    for (written, read) in [
        (r"Hi \ud83d there.", "Hi \u{FFFD} there."),
        (r"\ude00 first", "\u{FFFD} first"),
        (r"last \uD83D", "last \u{FFFD}"),
        (r"\ud83d\ud83d\ude00", "\u{FFFD}😀"),
        (r"\ude00\ud83d", "\u{FFFD}\u{FFFD}"),
        (r"\ud83dx\ude00", "\u{FFFD}x\u{FFFD}"),
        (r"\ud83d\u0041", "\u{FFFD}A"),
        (r"\ud83d\n", "\u{FFFD}\n"),
        (r"a \ud83d\ude00 b", "a 😀 b"),
        (r"C:\\ud83d is a path", r"C:\ud83d is a path"),
        (r"\\\ud83d", "\\\u{FFFD}"),
        (r#"\"\ud83d\""#, "\"\u{FFFD}\""),
    ] {
        let body = format!(r#"{{"input": "{written}", "voice": "af_\udc00heart"}}"#);
        let request: SpeechRequest = json::parse(body.as_bytes()).unwrap();
        assert_eq!(request.input.as_deref(), Some(read), "{written}");
    }
    let bytes = b"{\"input\": \"Hi \xED\xA0\xBD there \xED\x95\x9C.\"}";
    let request: SpeechRequest = json::parse(bytes).unwrap();
    assert_eq!(request.input.as_deref(), Some("Hi \u{FFFD} there 한."));
}

#[test]
fn loudness_is_a_number_or_off_and_else_the_servers() {
    let loudness = |body| parse(body).unwrap().loudness;
    assert_eq!(loudness(j!({"input": "Hi"})), Loudness::Lufs(-23.0));
    assert_eq!(
        loudness(j!({"input": "Hi", "loudness": null})),
        Loudness::Lufs(-23.0)
    );
    for asked in [j!(-19), j!(-19.0), j!("-19"), j!(" -19.0 ")] {
        assert_eq!(
            loudness(j!({"input": "Hi", "loudness": asked})),
            Loudness::Lufs(-19.0)
        );
    }
    assert_eq!(loudness(j!({"input": "Hi", "loudness": "off"})), Loudness::Off);
}
