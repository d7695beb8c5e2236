//! The server on the real weights of Kokoro-82M, where `KOKORO_REAL` names a models folder of them: `ops/test real`.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use harness::{Server, eventually, program, prose};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};

/// `None` with a sentence where there are no real weights.
fn models() -> Option<PathBuf> {
    let models = std::env::var_os("KOKORO_REAL").map(PathBuf::from);
    if models.is_none() {
        harness::skip("KOKORO_REAL names no models folder; ops/test real brings one");
    }
    models
}

/// The file of the model with weights of 8 bits.
fn file(models: &Path) -> PathBuf {
    models.join("kokoro/model.onnx")
}

fn server(models: &Path, variables: &[(&str, &str)]) -> Server {
    let own = [
        ("MODEL", "kokoro"),
        ("MODEL_DIR", models.to_str().unwrap()),
        ("LOG_LEVEL", "error"),
    ];
    Server::start(&[&own, variables].concat())
}

/// Four voices that are there.
fn voices(server: &Server) -> Vec<String> {
    let told = server.json("/v1/audio/voices");
    let names = told["voices"].as_array().unwrap();
    let mut names: Vec<String> = names
        .iter()
        .filter_map(|voice| Some(voice.as_str().or(voice["id"].as_str())?.to_owned()))
        .collect();
    names.sort();
    let step = names.len() / 4;
    (0..4).map(|n| names[n * step].clone()).collect()
}

#[test]
fn it_says_which_weights_speak_and_that_nothing_is_slow() {
    let Some(models) = models() else { return };
    let server = server(&models, &[]);
    let health = server.json("/health");
    assert_eq!(health["model"], "kokoro-82m");
    assert_eq!(health["hint"], Value::Null);
    assert_eq!(health["label"], "Kokoro-82M, weights of 8 bits");
    let list = server.json("/v1/models");
    assert_eq!(list["data"][0]["description"], "Kokoro-82M, weights of 8 bits");
    let best = [(has("avx512f"), "avx512"), (has("avx2") && has("fma"), "avx2")];
    let best = best.iter().find(|(has, _)| *has).map(|(_, name)| *name);
    assert_kernels(&server, best.unwrap_or("onnxruntime"));
    if best.is_none() {
        harness::skip("this CPU has neither AVX-512 nor AVX2: without our kernels it is slow, and says so");
        return;
    }
    assert_eq!(health["status"], "healthy", "{health}");
    assert_eq!(health["warnings"], json!([]));
}

#[test]
fn health_and_metrics_tell_that_no_kernels_compute() {
    // The built-in voice has no blocks for them.
    assert_kernels(&Server::start(&[("WORKERS", "1")]), "onnxruntime");
    let Some(models) = models() else { return };
    let off = server(&models, &[("WORKERS", "1"), ("KERNELS", "off")]);
    assert_kernels(&off, "onnxruntime");
}

/// Asserts that all workers compute with these, and speak.
fn assert_kernels(server: &Server, name: &str) {
    server.wait_until_quiet();
    assert_eq!(server.json("/health")["kernels"], name);
    let (_, metrics) = server.get("/metrics");
    let line = format!(
        "tts_worker_kernels{{kernels=\"{name}\"}} {}",
        server.workers().len()
    );
    assert!(
        metrics.lines().any(|have| have == line),
        "no {line} in:\n{metrics}"
    );
    assert!(server.speech(&said(server, "Hello there.")).len() > 10_000);
}

/// Whether this CPU has a feature, as Linux tells it.
fn has(feature: &str) -> bool {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    cpu.split_whitespace().any(|word| word == feature)
}

#[test]
fn it_is_cancelled_and_restarts_in_time() {
    let Some(models) = models() else { return };
    let server = server(&models, &[("WORKERS", "1")]);
    assert!(server.speech(&said(&server, "Hello there.")).len() > 20_000);

    // A long segment is running when its client leaves.
    let mut body = server.speak(&said(&server, &prose(30))).unwrap();
    body.read_exact(&mut [0; 4096]).unwrap();
    let start = Instant::now();
    drop(body);
    server.wait_until_quiet();
    let freed = start.elapsed();
    println!("left to quiet: {freed:?}");

    let old = server.workers()[0];
    let start = Instant::now();
    kill(old, Signal::SIGKILL).unwrap();
    server.wait_until_replaced(old);
    let replaced = start.elapsed();
    println!("SIGKILL to ready: {replaced:?}");
    // 0.5 s and 1 to 2 s on a quiet machine; a start computes on two cores.
    assert!(freed < Duration::from_secs(3), "{freed:?}");
    assert!(replaced < Duration::from_secs(20), "{replaced:?}");
}

/// A request for a WAV file, by a voice that is there.
fn said(server: &Server, text: &str) -> Value {
    json!({ "model": "kokoro", "input": text, "voice": voices(server)[0], "response_format": "wav" })
}

/// Samples of 16 bits behind the header of a streamed WAV file.
fn samples(wav: &[u8]) -> Vec<i16> {
    let (pairs, rest) = wav[44..].as_chunks();
    assert!(rest.is_empty());
    pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect()
}

/// Asserts that what was heard is what is expected.
type Check = fn(&[i16], &[i16]);

/// `CHAOS_SECONDS` makes it longer.
#[test]
fn four_listeners_hear_nothing_of_a_worker_killed_each_second() {
    let Some(models) = models() else { return };
    let seconds = std::env::var("CHAOS_SECONDS").map_or(20, |value| value.parse().unwrap());
    let server = server(&models, &[("WORKERS", "2")]);
    // A sentence that always comes in parts has one rendering; of several, those behind the first have two.
    let texts = [STORM.to_owned(), STORM.to_owned(), prose(4), prose(5)];
    let checks: [Check; 4] = [assert_same, assert_same, assert_sounds_same, assert_sounds_same];
    let requests: Vec<Value> = voices(&server)
        .iter()
        .zip(texts)
        .map(|(voice, text)| json!({ "input": text, "voice": voice, "response_format": "wav" }))
        .collect();
    let quiet: Vec<Vec<i16>> = requests
        .iter()
        .map(|request| samples(&server.speech(request)))
        .collect();

    let over = AtomicBool::new(false);
    let (kills, responses) = std::thread::scope(|scope| {
        let listeners: Vec<_> = requests
            .iter()
            .zip(&quiet)
            .zip(checks)
            .map(|((request, expected), check)| {
                let (server, over) = (&server, &over);
                scope.spawn(move || {
                    let mut responses = 0;
                    // A response at least, however slow the machine is.
                    while responses == 0 || !over.load(Ordering::SeqCst) {
                        check(&samples(&server.speech(request)), expected);
                        responses += 1;
                    }
                    responses
                })
            })
            .collect();
        let (mut kills, start) = (0, Instant::now());
        while start.elapsed() < Duration::from_secs(seconds) && listeners.iter().all(|l| !l.is_finished()) {
            std::thread::sleep(Duration::from_secs(1));
            let workers = server.workers();
            if let Some(worker) = workers.get(kills % workers.len().max(1)) {
                kills += usize::from(kill(*worker, Signal::SIGKILL).is_ok());
            }
        }
        over.store(true, Ordering::SeqCst);
        let responses: Vec<u32> = listeners
            .into_iter()
            .map(|listener| listener.join().expect("a listener"))
            .collect();
        (kills, responses)
    });
    println!("{kills} workers killed, responses: {responses:?}");
    assert!(kills as u64 * 2 > seconds, "{kills} kills are too few");
}

/// A sentence of two and a half seconds, and a longer one behind it.
const KEEPER: &str = "The lighthouse keeper had not slept for two nights. Below him the sea worked at the rocks as if it \
    wanted to come in and sit by the fire. He wrote down the height of the tide, the colour of the sky, and the name of every \
    ship that passed.";

/// A first sentence of ten seconds, which is heard while it is made, in windows.
const STORM: &str = "When the storm came up over the western hills that evening, the keeper closed every shutter of the old \
    lighthouse, carried the oil up the stairs, and waited by the window for the first ship to turn. None came.";

/// Plays a response from its first sound on, and kills that worker 0.3 s after it. Returns the samples, and the longest silence of who
/// hears each sound as soon as it is there.
fn heard_live(server: &Server, text: &str, victim: Option<Pid>) -> (Vec<i16>, Duration) {
    let request = json!({ "input": text, "voice": "af_heart", "response_format": "wav" });
    let mut response = server.speak(&request).unwrap();
    let (mut wav, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    let mut first: Option<Instant> = None;
    let (mut silent, mut longest) = (Duration::ZERO, Duration::ZERO);
    std::thread::scope(|scope| {
        loop {
            let read = response.read(&mut buffer).unwrap();
            if read == 0 {
                break;
            }
            let sounds = Duration::from_secs_f64(wav.len().saturating_sub(44) as f64 / 48_000.0);
            wav.extend_from_slice(&buffer[..read]);
            if wav.len() <= 44 {
                continue;
            }
            let first = *first.get_or_insert_with(|| {
                scope.spawn(move || {
                    std::thread::sleep(Duration::from_millis(300));
                    victim.map(|worker| kill(worker, Signal::SIGKILL))
                });
                Instant::now()
            });
            let dry = first.elapsed().saturating_sub(silent + sounds);
            silent += dry;
            longest = longest.max(dry);
        }
    });
    (samples(&wav), longest)
}

#[test]
fn a_listener_hears_no_gap_when_a_worker_dies_in_the_first_sentence_or_after_it() {
    let Some(models) = models() else { return };
    let server = server(&models, &[("WORKERS", "2"), ("SEGMENT_CACHE_MB", "0")]);
    server.wait_until_quiet();
    // Once around, so that the server knows how fast it is.
    heard_live(&server, KEEPER, None);
    for text in [KEEPER, STORM] {
        let (quiet, usual) = heard_live(&server, text, None);
        println!("a usual gap of {usual:?}");
        if usual > Duration::from_millis(500) {
            harness::skip("this machine makes speech more slowly than it is heard");
            return;
        }
        for which in 0..2 {
            server.wait_until_quiet();
            let (samples, gap) = heard_live(&server, text, Some(server.workers()[which]));
            println!("a gap of {gap:?}");
            assert_eq!(samples.len(), quiet.len());
            assert_sounds_same(&samples, &quiet);
            // Without the preference for this listener, and if the sentence were begun again, it is 0.9 s and more.
            assert!(
                gap < usual + Duration::from_millis(500),
                "{gap:?}, and usually {usual:?}"
            );
        }
    }
}

/// Equal lengths, and samples within one step of 16 bits: a lent core adds up in another order.
fn assert_same(got: &[i16], expected: &[i16]) {
    assert_eq!(got.len(), expected.len(), "samples");
    let furthest = got.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(furthest <= Some(1), "samples are {furthest:?} steps apart");
}

/// Nothing is missing, doubled or loud where it was not. Samples are not compared: a sentence that was made whole comes in windows
/// when its worker dies and it would be late, and that is another rendering of the same durations, whose edges the trimming of silence
/// sees a few milliseconds earlier or later.
fn assert_sounds_same(got: &[i16], expected: &[i16]) {
    const FRAME: usize = 24_000 / 20;
    let apart = got.len().abs_diff(expected.len());
    assert!(
        apart < FRAME,
        "{} samples instead of {}",
        got.len(),
        expected.len()
    );
    let levels = |samples: &[i16]| -> Vec<f64> {
        let power = |frame: &[i16]| frame.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
        samples.chunks(FRAME).map(|frame| power(frame).sqrt()).collect()
    };
    let (got, expected) = (levels(got), levels(expected));
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let alike = product(&got, &expected) / (product(&got, &got) * product(&expected, &expected)).sqrt();
    println!("levels are {alike:.4} alike, lengths {apart} samples apart");
    assert!(alike > 0.97, "the levels of frames of 50 ms are {alike:.3} alike");
}

#[test]
fn of_a_lone_word_s_carrier_nothing_is_heard() {
    let Some(models) = models() else { return };
    let server = server(&models, &[]);
    for voice in voices(&server) {
        // Two lines: the second is timed by its place behind the first.
        let request = json!({ "input": "Stop.\n\nYes!", "voice": voice, "response_format": "wav" });
        let (status, told, _) = server.post("/v1/audio/speech/captions", &request.to_string());
        assert_eq!(status, 200, "{told}");
        let told: Value = serde_json::from_str(&told).unwrap();
        let time = |word: usize, end: &str| told["timestamps"][word][end].as_f64().unwrap();
        assert_eq!(
            told["timestamps"].as_array().map(Vec::len),
            Some(2),
            "{voice}: {told}"
        );
        // The carrier alone is a second, the pause between paragraphs at most 1.7.
        for (word, latest) in [(0, 0.25), (1, 2.9)] {
            let (start, end) = (time(word, "start_time"), time(word, "end_time"));
            assert!(start < latest, "{voice}: {told}");
            assert!((0.15..1.3).contains(&(end - start)), "{voice}: {told}");
        }
    }
}

#[test]
fn the_built_in_voice_drafts_what_the_model_says() {
    let Some(models) = models() else { return };
    let server = server(&models, &[("SEGMENT_CACHE_MB", "0")]);
    let say = |model: &str, voice: &str| {
        let request = json!({ "model": model, "input": prose(3), "voice": voice, "response_format": "wav" });
        let started = Instant::now();
        (samples(&server.speech(&request)), started.elapsed())
    };
    let mut off = Vec::new();
    for voice in voices(&server) {
        let ((draft, quickly), (speech, slowly)) = (say("draft", &voice), say("kokoro", &voice));
        assert_ne!(draft, speech);
        assert_eq!(draft, say("draft", &voice).0, "a draft is the same every time");
        assert!(quickly * 5 < slowly, "{voice}: {quickly:?} {slowly:?}");
        off.push((draft.len() as f32 / speech.len() as f32 - 1.0).abs());
    }
    off.sort_by(f32::total_cmp);
    println!("drafts are so much longer or shorter: {off:?}");
    assert!(off[off.len() / 2] < 0.05, "{off:?}");
    let listed = server.json("/v1/models/draft");
    assert_eq!(listed["served_by"], "builtin");
}

/// A models folder on the same disk as `models`, with `content` as the model.
fn with_model(models: &Path, content: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir_in(models).unwrap();
    let kokoro = folder.path().join("models/kokoro");
    fs::create_dir_all(&kokoro).unwrap();
    fs::write(kokoro.join("model.onnx"), content).unwrap();
    folder
}

#[test]
fn a_file_that_is_no_such_model_ends_the_program_with_a_sentence() {
    let Some(models) = models() else { return };
    let whole = fs::read(file(&models)).unwrap();
    let truncated = &whole[..whole.len() / 2];
    for (what, content) in [
        ("truncated", truncated),
        ("foreign", b"<html>404 Not Found</html>"),
        ("wrongly typed", &with_float_tokens(whole.clone())),
    ] {
        let folder = with_model(&models, content);
        let run = Server::command(folder.path(), &[("MODEL", "kokoro")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(1), "{what}: {said}");
        assert!(said.contains("the model cannot be used"), "{what}: {said}");
        // A start or two, and not one after the other for ever.
        let starts = said.matches("cannot be used").count();
        assert!(starts < 12, "{what}: {said}");
    }
}

/// The model with an input `tokens` of floats instead of integers.
fn with_float_tokens(mut model: Vec<u8>) -> Vec<u8> {
    // ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1; its elem_type 1 is 7 for i64 and 1 for f32.
    let name = b"\x0a\x06tokens\x12";
    // Nodes have it too, and inputs come after them.
    let at = model
        .windows(name.len())
        .rposition(|bytes| bytes == name)
        .unwrap()
        + name.len();
    let kind = model[at..at + 8]
        .windows(2)
        .position(|bytes| bytes == [8, 7])
        .unwrap();
    model[at + kind + 1] = 1;
    model
}

/// Folders of conversions in `folder`: finished and unfinished ones.
fn conversions(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    names
        .filter(|name| name.starts_with("converted-") || name.starts_with("unfinished-"))
        .collect()
}

#[test]
fn a_conversion_killed_half_way_leaves_nothing() {
    let Some(models) = models() else { return };
    let folder = with_model(&models, &[]);
    let kokoro = folder.path().join("models/kokoro");
    fs::remove_file(kokoro.join("model.onnx")).unwrap();
    fs::hard_link(file(&models), kokoro.join("model.onnx")).unwrap();
    let voices = kokoro.join("voices");
    fs::create_dir(&voices).unwrap();
    for voice in fs::read_dir(models.join("kokoro/voices")).unwrap().flatten() {
        fs::copy(voice.path(), voices.join(voice.file_name())).unwrap();
    }
    let variables = [("MODEL", "kokoro"), ("WORKERS", "1"), ("LOG_LEVEL", "info")];
    let mut server = Server::command(folder.path(), &variables)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The weights are being written.
    assert!(eventually(|| {
        conversions(&kokoro).iter().any(|name| {
            let weights = kokoro.join(name).join("weights.bin");
            weights.metadata().is_ok_and(|weights| weights.len() > 10 << 20)
        })
    }));
    let frontd = Pid::from_raw(i32::try_from(server.id()).unwrap());
    for converter in harness::children(frontd) {
        kill(converter, Signal::SIGKILL).unwrap();
    }
    assert!(eventually(|| conversions(&kokoro).is_empty()));
    kill(frontd, Signal::SIGTERM).unwrap();
    server.wait().unwrap();
}

/// `workerd convert` into a volume of 64 MB, in a mount namespace of its own; `None` where that cannot be made.
fn convert_without_room(model: &Path, into: &Path) -> Option<Output> {
    let shell = |script: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "--map-root-user", "sh", "-c", script, "sh"])
            .arg(into)
            .arg(program("workerd"))
            .arg(model);
        command.output()
    };
    let mounted = shell("mount -t tmpfs -o size=64m none \"$1\"").is_ok_and(|run| run.status.success());
    mounted.then(|| {
        shell("mount -t tmpfs -o size=64m none \"$1\" && exec \"$2\" convert \"$3\" \"$1\"").unwrap()
    })
}

#[test]
fn a_full_disk_is_told_with_the_bytes_that_are_needed() {
    let Some(models) = models() else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some(run) = convert_without_room(&file(&models), folder.path()) else {
        harness::skip("no volume can be mounted here");
        return;
    };
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success());
    let needed = said
        .split_once("takes ")
        .and_then(|(_, rest)| rest.split_once(" bytes"))
        .unwrap_or_else(|| panic!("{said}"));
    let needed: u64 = needed.0.parse().unwrap();
    assert!((800_000_000..1_000_000_000).contains(&needed), "{said}");
}
