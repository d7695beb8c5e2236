//! What the built-in voice promises, measured on its sound. Needs `ORT_DYLIB_PATH`, which `ops/test` sets.
//!
//! Word accuracy against other synthesisers is measured by `dev/measure-voice`.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "builtin_voice/sound.rs"]
mod sound;

use std::{collections::BTreeMap, ops::Range, path::Path, sync::OnceLock};

use common::{SAMPLE_RATE, SAMPLES_PER_FRAME, STYLE_DIM, protocol::Job};
use sound::{level_db, pitch, semitones, spectrum};
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

/// In the mean of six words: Kokoro, of which it learned, does not raise the stressed syllable of each.
#[test]
fn stress_marks_are_heard_in_pitch() {
    const WORDS: [(&str, &str); 6] = [
        ("ɹˈɛkɔɹd", "ɹɛkˈɔɹd"),
        ("ˈɪmpɔɹt", "ɪmpˈɔɹt"),
        ("bˈɑdɑ", "bɑdˈɑ"),
        ("kˈɑntɹɛkt", "kɑntɹˈɛkt"),
        ("pˈɛɹmɪt", "pɛɹmˈɪt"),
        ("ˈɪnsɛkt", "ɪnsˈɛkt"),
    ];
    let mut voice = Voice::load();
    for name in [FEMALE, "bm_george"] {
        let style = table()[name].clone();
        // How far the first vowel of a word is above the second, in semitones.
        let mut fall = |word: &str| {
            let text = format!("ðə {word} ɪz hˈɪɹ.");
            let vowels = text
                .chars()
                .enumerate()
                .skip(3)
                .filter(|(_, c)| "ɛɔɪɑ".contains(*c));
            let speech = voice.say(&text, &style, 1.0);
            let mut pitches = vowels.map(|(at, _)| pitch(&speech.pcm[wide(&speech, at)]));
            semitones(pitches.next().unwrap(), pitches.next().unwrap())
        };
        let raised: f32 = WORDS
            .iter()
            .map(|(first, second)| fall(first) - fall(second))
            .sum();
        let mean = raised / WORDS.len() as f32;
        assert!(mean > 1.0, "{name}: stress raises a vowel by {mean} semitones");
    }
}

/// Kokoro ends a yes/no question as it ends a statement (workerd/assets/builtin-voice/README.md), so marks are heard as pauses.
#[test]
fn marks_are_heard_as_pauses() {
    let mut voice = Voice::load();
    for name in [FEMALE, MALE] {
        let style = table()[name].clone();
        for words in ["hi ɪz ɹˈɛdi", "ðA sˈOld ðə kˈɑɹ", "ʃi wˈɛnt hˈOm"] {
            let mut pause = |mark: &str| {
                let speech = voice.say(&format!("{words}{mark} ænd ðˈɛn slˈɛpt."), &style, 1.0);
                let mark_at = words.chars().count() + 1;
                frames(&speech)[mark_at..mark_at + mark.len() + 1]
                    .iter()
                    .sum::<u16>()
            };
            let [none, comma, stop, question] = ["", ",", ".", "?"].map(&mut pause);
            assert!(
                none < comma && comma < stop && comma < question,
                "{name}, {words}: pauses of {none}, {comma}, {stop}, {question} frames"
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
    let style = table()[FEMALE].clone();
    let mut factors: Vec<f32> = (0..5)
        .map(|_| {
            let before = seconds_on_processor();
            let speech = voice.say(&text, &style, 1.0);
            (seconds_on_processor() - before) / (speech.pcm.len() as f32 / SAMPLE_RATE as f32)
        })
        .collect();
    factors.sort_by(f32::total_cmp);
    assert!(factors[2] < 0.02, "real-time factors {factors:?}");
}

/// Median pitch of what Kokoro-82M's own voices say, in Hz.
const KOKORO_HZ: [(&str, f32); 28] = [
    ("af_alloy", 136.8),
    ("af_aoede", 172.9),
    ("af_bella", 187.8),
    ("af_heart", 186.9),
    ("af_jessica", 195.3),
    ("af_kore", 146.2),
    ("af_nicole", 141.2),
    ("af_nova", 151.4),
    ("af_river", 174.0),
    ("af_sarah", 181.3),
    ("af_sky", 152.8),
    ("am_adam", 109.7),
    ("am_echo", 103.8),
    ("am_eric", 144.7),
    ("am_fenrir", 129.0),
    ("am_liam", 114.4),
    ("am_michael", 106.1),
    ("am_onyx", 85.8),
    ("am_puck", 113.1),
    ("am_santa", 158.5),
    ("bf_alice", 205.8),
    ("bf_emma", 175.9),
    ("bf_isabella", 201.0),
    ("bf_lily", 173.7),
    ("bm_daniel", 118.9),
    ("bm_fable", 112.7),
    ("bm_george", 137.7),
    ("bm_lewis", 95.7),
];

#[test]
fn every_voice_has_the_pitch_of_its_name_s_own() {
    let mut voice = Voice::load();
    let voices = table();
    assert_eq!(voices.len(), 28);
    for (name, hz) in KOKORO_HZ {
        let off = semitones(pitch(&voice.say(SENTENCE, &voices[name], 1.0).pcm), hz);
        assert!(off.abs() < 2.5, "{name} is {off} semitones off");
    }
    for (name, other) in voices
        .keys()
        .flat_map(|a| voices.keys().map(move |b| (a, b)))
        .filter(|(a, b)| a < b)
    {
        assert_ne!(voices[name], voices[other], "{name} and {other} are one voice");
    }
}

/// A row of the table stands for a pack.
#[test]
fn the_real_packs_drive_it_too() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/voices");
    if !folder.is_dir() {
        harness::skip(&format!("there are no Kokoro packs in {}", folder.display()));
        return;
    }
    let mut voice = Voice::load();
    let row = SENTENCE.chars().count() - 1;
    for (name, own) in table() {
        let bytes = std::fs::read(folder.join(format!("{name}.bin"))).unwrap();
        let (values, _) = bytes[row * STYLE_DIM * 4..].as_chunks();
        let style: Vec<f32> = values[..STYLE_DIM]
            .iter()
            .map(|b| f32::from_le_bytes(*b))
            .collect();
        let [pack, table] = [&style, &own].map(|style| voice.say(SENTENCE, style, 1.0).pcm);
        assert!(
            (-30.0..-12.0).contains(&level_db(&pack)),
            "{name}: {} dB",
            level_db(&pack)
        );
        let off = semitones(pitch(&pack), pitch(&table));
        assert!(off.abs() < 2.5, "{name}: {off} semitones from the table's");
        let louder = level_db(&pack) - level_db(&table);
        assert!(louder.abs() < 2.0, "{name}: {louder} dB louder than the table's");
        let timbre = distance(&pack, &table);
        assert!(timbre < 3.0, "{name}: {timbre} dB from the table's in timbre");
    }
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

/// Name → the first sixteen numbers of its style row.
fn table() -> BTreeMap<String, Vec<f32>> {
    include_str!("../assets/builtin-voices.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let (name, numbers) = line.split_once(',').unwrap();
            let numbers: Vec<f32> = numbers.split(',').map(|n| n.parse().unwrap()).collect();
            assert_eq!(numbers.len(), 16, "{name}");
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
