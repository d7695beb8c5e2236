//! Nothing is computed twice.

use nix::sys::signal::{Signal, kill};
use serde_json::{Value, json};

use harness::{Server, prose, wav};

fn server(megabytes: &str) -> Server {
    Server::start(&[("SEGMENT_CACHE_MB", megabytes)])
}

fn hits_and_misses(server: &Server) -> [u64; 2] {
    ["hits", "misses"].map(|what| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count"
        )]
        let count = server.metric(&format!("tts_segment_cache_{what}_total")) as u64;
        count
    })
}

#[test]
fn a_repeated_text_is_the_same_sound_and_needs_no_worker() {
    let server = server("64");
    let request = wav(&prose(20));
    let first = server.speech(&request);
    let [hits, misses] = hits_and_misses(&server);
    assert!(hits == 0 && misses > 10, "{hits} hits, {misses} misses");
    assert!(server.metric("tts_segment_cache_bytes") > 1e6);
    assert!(server.metric("tts_segment_cache_segments") > 10.0);

    // Stopped, they can make nothing; what is kept is heard all the same.
    for worker in server.workers() {
        kill(worker, Signal::SIGSTOP).unwrap();
    }
    assert!(server.speech(&request) == first, "kept speech differs");
    assert_eq!(hits_and_misses(&server), [misses, misses]);
}

#[test]
fn one_changed_word_is_one_new_segment_or_a_few() {
    let server = server("64");
    let text = prose(40);
    server.speech(&wav(&text));
    let [_, before] = hits_and_misses(&server);
    let edited = text.replacen("that long winter", "that hard winter", 1);
    server.speech(&wav(&edited));
    let [hits, after] = hits_and_misses(&server);
    assert!(
        (1..=3).contains(&(after - before)),
        "{} new segments",
        after - before
    );
    assert!(hits + 3 >= before, "{hits} of {before} were kept");
}

#[test]
fn the_events_tell_how_much_was_kept() {
    let server = server("64");
    let request = json!({
        "model": "kokoro", "input": prose(6), "voice": "af_heart", "response_format": "mp3",
        "stream_format": "sse", "include": ["progress"],
    });
    let last = || -> Value {
        let body = String::from_utf8(server.speech(&request)).unwrap();
        let told = body.lines().filter_map(|line| line.strip_prefix("data: "));
        let mut events = told.map(|event| serde_json::from_str::<Value>(event).unwrap());
        events.rfind(|event| event["type"] == "speech.progress").unwrap()
    };
    assert_eq!(last()["segments_kept"], 0);
    let again = last();
    assert_eq!(again["segments_kept"], again["segments_known"], "{again}");
}

#[test]
fn another_voice_is_not_the_same_and_another_speed_computes_nothing() {
    let server = server("64");
    let said = |voice: &str, speed: f64| {
        server.speech(&json!({
            "model": "kokoro", "input": prose(4), "voice": voice, "speed": speed, "response_format": "wav",
        }))
    };
    let plain = said("af_heart", 1.0);
    assert!(said("am_adam", 1.0) != plain);
    let [hits, misses] = hits_and_misses(&server);
    assert_eq!(hits, 0);

    // Stopped, they can make nothing.
    for worker in server.workers() {
        kill(worker, Signal::SIGSTOP).unwrap();
    }
    for speed in [0.25, 0.5, 0.9, 1.25, 2.0, 4.0] {
        let length = (said("af_heart", speed).len() - 44) as f64 * speed;
        let ratio = length / (plain.len() - 44) as f64;
        assert!((ratio - 1.0).abs() < 0.001, "at {speed}: {ratio} of the length");
    }
    assert_eq!(hits_and_misses(&server), [3 * misses, misses]);
}

#[test]
fn it_can_be_switched_off_and_never_outgrows_its_room() {
    let off = server("0");
    let request = wav(&prose(4));
    assert!(off.speech(&request) == off.speech(&request));
    assert_eq!(hits_and_misses(&off)[0], 0);
    assert_eq!(off.metric("tts_segment_cache_bytes"), 0.0);

    // A megabyte is eleven seconds of sound; this text is minutes.
    let small = server("1");
    small.speech(&wav(&prose(60)));
    let bytes = small.metric("tts_segment_cache_bytes");
    assert!((100_000.0..=1_048_576.0).contains(&bytes), "{bytes}");
}
