//! What the built-in voice promises, measured on its sound. Needs `ORT_DYLIB_PATH`, which `ops/test` sets.
//!
//! Word accuracy against other synthesisers is measured by `dev/measure-voice`.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "builtin_voice/sound.rs"]
mod sound;

use std::{collections::BTreeMap, ops::Range, path::Path, sync::OnceLock};

use common::{SAMPLE_RATE, SAMPLES_PER_FRAME, STYLE_DIM, protocol::Job};
use sound::{brightness, level_db, pitch, semitones, shift, spectrum};
use workerd::{
    engine::{Engine, Speech},
    onnx::{Model, OnnxEngine, Options, Runtime},
};

/// "The old man walked slowly to the river."
const SENTENCE: &str = "ði ˈOld mˈæn wˈɔkt slˈOli tə ðə ɹˈɪvəɹ.";
const FEMALE: &str = "af_heart";
const MALE: &str = "am_adam";

#[test]
fn speed_changes_durations_and_nothing_else() {
    let mut voice = Voice::load();
    for name in [FEMALE, MALE] {
        let style = table()[name].clone();
        let normal = voice.say(SENTENCE, &style, 1.0);
        for speed in [0.5, 0.8, 1.25, 2.0] {
            let other = voice.say(SENTENCE, &style, speed);
            let ratio = normal.pcm.len() as f32 / other.pcm.len() as f32;
            assert!(
                (ratio / speed - 1.0).abs() < 0.1,
                "{name} at {speed}: {ratio} times as fast"
            );
            let shift = semitones(pitch(&other.pcm), pitch(&normal.pcm));
            assert!(shift.abs() < 0.8, "{name} at {speed}: {shift} semitones off");
            let louder = level_db(&other.pcm) - level_db(&normal.pcm);
            assert!(louder.abs() < 1.5, "{name} at {speed}: {louder} dB off");
            let timbre = distance(&other.pcm, &normal.pcm);
            assert!(timbre < 2.0, "{name} at {speed}: {timbre} dB off in timbre");
        }
    }
}

#[test]
fn style_changes_pitch_and_timbre() {
    let mut voice = Voice::load();
    let plain = voice.say(SENTENCE, &[0.0; 5], 1.0);
    for (asked, style) in [
        (4.0, [0.0, 4.0, 0.0, 0.0, 0.0]),
        (-4.0, [0.0, -4.0, 0.0, 0.0, 0.0]),
    ] {
        let shift = shift(&voice.say(SENTENCE, &style, 1.0).pcm, &plain.pcm);
        assert!(
            (shift - asked).abs() < 0.3,
            "asked for {asked} semitones, got {shift}"
        );
    }
    let mut with = |style: [f32; 5]| voice.say(SENTENCE, &style, 1.0).pcm;
    let (short, long) = (
        with([0.0, 0.0, -0.15, 0.0, 0.0]),
        with([0.0, 0.0, 0.15, 0.0, 0.0]),
    );
    let bright = brightness(&short) / brightness(&long);
    assert!(
        bright > 1.1,
        "a shorter vocal tract is only {bright} times as bright"
    );
    assert!(
        shift(&short, &long).abs() < 0.3,
        "formants must not move the pitch"
    );
    let male = with([1.0, 0.0, 0.0, 0.0, 0.0]);
    let timbre = distance(&male, &plain.pcm);
    assert!(timbre > 3.0, "the speakers differ by {timbre} dB only");
}

#[test]
fn half_and_half_lies_between_its_two_voices() {
    let mut voice = Voice::load();
    let voices = table();
    for (a, b) in [(FEMALE, MALE), ("af_sky", "am_onyx"), ("bf_lily", "bm_lewis")] {
        let mixed: Vec<f32> = voices[a]
            .iter()
            .zip(&voices[b])
            .map(|(x, y)| (x + y) / 2.0)
            .collect();
        let [a, half, b] = [&voices[a], &mixed, &voices[b]].map(|style| voice.say(SENTENCE, style, 1.0).pcm);
        let (high, middle, low) = (pitch(&a), pitch(&half), pitch(&b));
        assert!(
            semitones(high, middle) > 2.0 && semitones(middle, low) > 2.0,
            "{high}, {middle}, {low} Hz"
        );
        let apart = distance(&a, &b);
        let (to_a, to_b) = (distance(&half, &a), distance(&half, &b));
        assert!(
            to_a < apart && to_b < apart,
            "timbre: {to_a} and {to_b} dB from voices that are {apart} dB apart"
        );
    }
}

#[test]
fn stress_marks_are_heard_in_pitch_and_timing() {
    let mut voice = Voice::load();
    for name in [FEMALE, MALE] {
        let style = table()[name].clone();
        // Frames by which stress makes a vowel longer, at a quarter of the speed: a frame is a coarse measure of a vowel.
        let mut longer = 0.0;
        for (first, second) in [
            ("ɹˈɛkɔɹd", "ɹɛkˈɔɹd"),
            ("ˈɪmpɔɹt", "ɪmpˈɔɹt"),
            ("bˈɑdɑ", "bɑdˈɑ"),
            ("kˈɑntɹɛkt", "kɑntɹˈɛkt"),
            ("pˈɛɹmɪt", "pɛɹmˈɪt"),
            ("ˈɪnsɛkt", "ɪnsˈɛkt"),
        ] {
            let mut rise = |word: &str| {
                let text = format!("ðə {word} ɪz hˈɪɹ.");
                let vowels: Vec<usize> = text
                    .chars()
                    .enumerate()
                    .skip(3)
                    .filter(|(_, c)| "ɛɔɪɑ".contains(*c))
                    .map(|(at, _)| at)
                    .take(2)
                    .collect();
                let speech = voice.say(&text, &style, 1.0);
                let pitches = [0, 1].map(|i| pitch(&speech.pcm[wide(&speech, vowels[i])]));
                let slow = voice.say(&text, &style, 0.25);
                let times = [0, 1].map(|i| f32::from(frames(&slow)[vowels[i] + 1]));
                (semitones(pitches[0], pitches[1]), times[0] - times[1])
            };
            let (early, early_longer) = rise(first);
            let (late, late_longer) = rise(second);
            assert!(
                early - late > 1.5,
                "{name}, {first}: the stress moves the pitch by {} semitones",
                early - late
            );
            longer += early_longer - late_longer;
        }
        assert!(
            longer >= 4.0,
            "{name}: stress makes vowels {longer} frames longer in six words"
        );
    }
}

#[test]
fn marks_are_heard_in_pitch_and_timing() {
    let mut voice = Voice::load();
    for name in [FEMALE, MALE] {
        let style = table()[name].clone();
        for words in ["hi ɪz ɹˈɛdi", "ðA sˈOld ðə kˈɑɹ", "ʃi wˈɛnt hˈOm"] {
            let mut end = |mark: &str| {
                let speech = voice.say(&format!("{words}{mark} ænd ðˈɛn slˈɛpt."), &style, 1.0);
                let mark_at = words.chars().count() + 1;
                let until = start(&speech, mark_at);
                let last = &speech.pcm[until.saturating_sub(5 * SAMPLES_PER_FRAME)..until];
                let pause: u16 = frames(&speech)[mark_at..mark_at + mark.len() + 1].iter().sum();
                (pitch(last), pitch(&speech.pcm[..until]), pause)
            };
            let (statement, level, stop) = end(".");
            let (question, ..) = end("?");
            let (_, excited, _) = end("!");
            let (clause, _, short) = end(",");
            let (_, _, none) = end("");
            let over = |pitch: f32| semitones(pitch, statement);
            assert!(
                over(question) > 4.0,
                "{name}, {words}: ? ends {} semitones over .",
                over(question)
            );
            assert!(
                over(clause) > 1.0,
                "{name}, {words}: , ends {} semitones over .",
                over(clause)
            );
            let raised = semitones(excited, level);
            assert!(raised > 0.7, "{name}, {words}: ! is {raised} semitones over .");
            assert!(
                none < short && none < stop,
                "{name}, {words}: pauses of {none}, {short}, {stop} frames"
            );
        }
    }
}

#[test]
fn a_question_with_a_question_word_falls() {
    let mut voice = Voice::load();
    for name in [FEMALE, MALE] {
        let style = table()[name].clone();
        for (open, closed) in [
            ("wˌʌt ɪz ðə nˈAm?", "ɪz ðɪs ðə nˈAm?"),
            ("wˌɛɹ ɪz ðə kˈɑɹ?", "ɪz ðɪs ðə kˈɑɹ?"),
        ] {
            let mut end = |question: &str| {
                let speech = voice.say(&format!("{question} ænd ðˈɛn slˈɛpt."), &style, 1.0);
                let until = start(&speech, question.chars().count());
                pitch(&speech.pcm[until.saturating_sub(5 * SAMPLES_PER_FRAME)..until])
            };
            let under = semitones(end(closed), end(open));
            assert!(
                under > 4.0,
                "{name}, {open}: {under} semitones under a yes/no question"
            );
        }
    }
}

#[test]
fn the_same_input_gives_the_same_samples_in_every_session() {
    let style = table()[FEMALE].clone();
    let speech = Voice::load().say(SENTENCE, &style, 1.1);
    let mut other = Voice::load();
    other.say("hˈæv ɐ sˈit.", &style, 0.7);
    assert_eq!(other.say(SENTENCE, &style, 1.1), speech);
    assert_eq!(other.say(SENTENCE, &style, 1.1), speech);
}

/// In time on the processor, so that a busy machine changes little; the figure itself is measured by `dev/measure-voice`.
#[test]
fn a_core_speaks_many_times_faster_than_real_time() {
    let mut voice = Voice::load();
    let text = [SENTENCE; 5].join(" ");
    let mut factors: Vec<f32> = (0..5)
        .map(|_| {
            let before = seconds_on_processor();
            let speech = voice.say(&text, &[0.0; 5], 1.0);
            (seconds_on_processor() - before) / (speech.pcm.len() as f32 / SAMPLE_RATE as f32)
        })
        .collect();
    factors.sort_by(f32::total_cmp);
    assert!(factors[2] < 0.02, "real-time factors {factors:?}");
}

#[test]
fn women_and_men_are_told_apart_by_pitch() {
    let mut voice = Voice::load();
    let voices = table();
    assert_eq!(voices.len(), 28);
    let pitches = voices
        .iter()
        .map(|(name, style)| (name.clone(), pitch(&voice.say(SENTENCE, style, 1.0).pcm)))
        .collect();
    assert_apart(&pitches, 3.0);
    for (name, other) in voices
        .keys()
        .flat_map(|a| voices.keys().map(move |b| (a, b)))
        .filter(|(a, b)| a < b)
    {
        assert_ne!(voices[name], voices[other], "{name} and {other} are one voice");
    }
}

#[test]
fn the_real_packs_drive_it_too() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/voices");
    if !folder.is_dir() {
        harness::skip(&format!("there are no Kokoro packs in {}", folder.display()));
        return;
    }
    let mut voice = Voice::load();
    let row = SENTENCE.chars().count() - 1;
    let mut pitches = BTreeMap::new();
    for name in table().into_keys() {
        let bytes = std::fs::read(folder.join(format!("{name}.bin"))).unwrap();
        let style: Vec<f32> = bytes[row * STYLE_DIM * 4..][..STYLE_DIM * 4]
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
            .collect();
        let pcm = voice.say(SENTENCE, &style, 1.0).pcm;
        assert!(
            (-30.0..-12.0).contains(&level_db(&pcm)),
            "{name}: {} dB",
            level_db(&pcm)
        );
        pitches.insert(name, pitch(&pcm));
    }
    assert_apart(&pitches, 1.0);
}

#[test]
fn nothing_breaks_it() {
    let mut voice = Voice::load();
    let all: Vec<u8> = (0..178).collect();
    let long: Vec<u8> = (0..508u32)
        .map(|i| u8::try_from(i * 7919 % 178).unwrap())
        .collect();
    for tokens in [vec![], vec![4], vec![156; 20], vec![16; 40], all, long] {
        for (speed, style) in [(0.25, 0.0), (4.0, 0.0), (1.0, 1e6), (1.0, -1e6)] {
            let job = Job {
                id: 1,
                tokens: tokens.clone(),
                style: vec![style; STYLE_DIM],
                speed,
                threads: 1,
                early: false,
                draft: false,
            };
            let speech = voice.0.synthesise(&job).unwrap();
            assert!(!speech.pcm.is_empty());
            assert!(
                speech.pcm.iter().all(|x| x.abs() <= 1.0),
                "{tokens:?} at {speed} is too loud"
            );
        }
    }
}

struct Voice(OnnxEngine);

impl Voice {
    fn load() -> Self {
        static RUNTIME: OnceLock<Runtime> = OnceLock::new();
        let runtime = RUNTIME.get_or_init(|| {
            let library = harness::onnx_runtime();
            Runtime::open(&library).unwrap()
        });
        Self(OnnxEngine::load(runtime, Model::Builtin, Options::default()).unwrap())
    }

    /// `style`: a whole row, or its first numbers.
    fn say(&mut self, phonemes: &str, style: &[f32], speed: f32) -> Speech {
        let mut row = style.to_vec();
        row.resize(STYLE_DIM, 0.0);
        let tokens = phonemes.chars().map(id).collect();
        self.0
            .synthesise(&Job {
                id: 1,
                tokens,
                style: row,
                speed,
                threads: 1,
                early: false,
                draft: false,
            })
            .unwrap()
    }
}

/// Kokoro's ids of the symbols that these tests use.
fn id(symbol: char) -> u8 {
    const IDS: &[(&str, u8)] = &[
        (",.!?", 3),
        (" ", 16),
        ("A", 24),
        ("I", 25),
        ("O", 31),
        ("W", 39),
        ("bcdef", 44),
        ("hijklmnopqrstuvwxyz", 50),
        ("ɑɐɒæ", 69),
        ("ɔ", 76),
        ("ð", 81),
        ("ə", 83),
        ("ɛɜ", 86),
        ("ɡ", 92),
        ("ɪ", 102),
        ("ŋ", 112),
        ("θ", 119),
        ("ɹ", 123),
        ("ʃ", 131),
        ("ʧ", 133),
        ("ʊ", 135),
        ("ʌ", 138),
        ("ˈˌ", 156),
    ];
    IDS.iter()
        .find_map(|(run, first)| {
            run.chars()
                .position(|c| c == symbol)
                .map(|at| first + u8::try_from(at).unwrap())
        })
        .unwrap_or_else(|| panic!("{symbol} has no id here"))
}

/// Name → the first five numbers of its style row.
fn table() -> BTreeMap<String, Vec<f32>> {
    include_str!("../assets/builtin-voices.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let (name, numbers) = line.split_once(',').unwrap();
            let numbers: Vec<f32> = numbers.split(',').map(|n| n.parse().unwrap()).collect();
            assert_eq!(numbers.len(), 5, "{name}");
            (name.to_owned(), numbers)
        })
        .collect()
}

fn frames(speech: &Speech) -> &[u16] {
    speech.frames.as_deref().unwrap()
}

/// First sample of the token at `index`, the padding counted.
fn start(speech: &Speech, index: usize) -> usize {
    frames(speech)[..index]
        .iter()
        .map(|&n| usize::from(n) * SAMPLES_PER_FRAME)
        .sum()
}

/// The samples of the symbol at `at`, at least 100 ms, so that a pitch can be measured.
fn wide(speech: &Speech, at: usize) -> Range<usize> {
    let (from, to) = (start(speech, at + 1), start(speech, at + 2));
    let more = (4 * SAMPLES_PER_FRAME).saturating_sub(to - from) / 2;
    from.saturating_sub(more)..(to + more).min(speech.pcm.len())
}

/// How long this thread has run; with one thread a session computes in the thread that calls it.
fn seconds_on_processor() -> f32 {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds: u64 = spent.split(' ').next().unwrap().parse().unwrap();
    std::time::Duration::from_nanos(nanoseconds).as_secs_f32()
}

/// Root mean square difference of the long-term spectra, in dB over a third of an octave.
fn distance(a: &[f32], b: &[f32]) -> f32 {
    let (a, b) = (spectrum(a), spectrum(b));
    (a.iter().zip(&b).map(|(x, y)| (x - y).powi(2)).sum::<f32>() / a.len() as f32).sqrt()
}

fn assert_apart(pitches: &BTreeMap<String, f32>, least: f32) {
    let of = |sex| {
        pitches
            .iter()
            .filter(move |(name, _)| name[1..].starts_with(sex))
            .map(|(_, &hz)| hz)
    };
    let (lowest, highest) = (of('f').fold(f32::MAX, f32::min), of('m').fold(0.0, f32::max));
    assert!(semitones(lowest, highest) > least, "{pitches:?}");
}
