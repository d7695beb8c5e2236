use audio::{End, Joiner, Manner, Pauses, duration_of};

use super::*;
use crate::{
    script::{self, Options},
    segments::{Boundary, Word},
};

fn end(boundary: Boundary) -> End {
    End {
        last: Some('.'),
        boundary,
        pauses: Pauses {
            clause: Duration::from_millis(180),
            sentence: Duration::from_millis(395),
        },
    }
}

/// Words of `text` as segments: a segment a line, a token a letter, a frame a token; words are said as long as
/// they are written.
fn say(text: &str, options: &Options) -> (Captions, Duration) {
    say_with_pauses(text, options, |_| Duration::ZERO)
}

/// The same, with a pause before each segment by its number.
fn say_with_pauses(
    text: &str,
    options: &Options,
    pause_before: impl Fn(usize) -> Duration,
) -> (Captions, Duration) {
    let units: Vec<u16> = text.encode_utf16().collect();
    let items = script::parse(text, options).unwrap();
    let mut captions = Captions::new(text, &items);
    let mut joiner = Joiner::default();
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        joiner.pause(pause_before(number));
        let mut words = Vec::new();
        let mut token = 0;
        let mut phonemes = String::new();
        let letters = |c: char| c.is_alphanumeric() || c == '\'';
        let mut rest = line;
        while let Some(start) = rest.find(letters) {
            let length = rest[start..].find(|c| !letters(c)).unwrap_or(rest.len() - start);
            let from = at + (line.len() - rest.len()) + start;
            words.push(Word {
                source: from..from + length,
                tokens: token..token + length,
                guessed: false,
            });
            token += length + 1;
            phonemes.push_str(&"x".repeat(length));
            rest = &rest[start + length..];
            phonemes.push(if rest.starts_with(". ") { '.' } else { ' ' });
        }
        at += line.len();
        let segment = Segment {
            phonemes,
            tokens: vec![1; token],
            words,
            boundary: Boundary::Sentence,
        };
        let frames = vec![1; token + 2];
        let pcm: Vec<f32> = (0..frames.len() * SAMPLES_PER_FRAME)
            .map(|i| (i as f32).sin())
            .collect();
        let (_, placed) = joiner.push(&pcm, Manner::PLAIN, end(segment.boundary));
        captions.push(&segment, placed, Some(&frames), None);
        let spoken = captions.last(duration_of(joiner.samples())).unwrap();
        let place = String::from_utf16(&units[spoken.from..spoken.to]).unwrap();
        if !options.ssml && !text.contains(['[', '*', '<']) {
            assert_eq!(spoken.chunk.text, place);
            assert_eq!(place, line.trim());
        }
    }
    let total = duration_of(joiner.samples());
    (captions, total)
}

#[test]
fn chunks_cover_everything_in_the_users_words() {
    let text = "Hello, \"my\" wörld!😀\n\"Where am\nI?\" (Here.)";
    let (captions, total) = say(text, &Options::default());
    let chunks = captions.chunks(total);
    let texts: Vec<&str> = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
    assert_eq!(texts, ["Hello, \"my\" wörld!😀", "\"Where am", "I?\" (Here.)"]);
    assert_eq!(chunks[0].start, 0.0);
    assert_eq!(chunks[2].end, seconds(total));
    for pair in chunks.windows(2) {
        assert_eq!(pair[0].end, pair[1].start);
        assert!(pair[0].start < pair[0].end);
    }
    let json = serde_json::to_value(&chunks[0]).unwrap();
    assert!(json.get("voice").is_none());
}

#[test]
fn words_follow_each_other_within_the_sound() {
    let (captions, total) = say("One two\nthree.", &Options::default());
    let words = captions.timestamps();
    let said: Vec<&str> = words.iter().map(|word| word.word.as_str()).collect();
    assert_eq!(said, ["One", "two", "three"]);
    // A frame (25 ms) of padding, then a letter a frame; a word is heard before its frames, and not before the one in front is over.
    assert_eq!((words[0].start_time, words[0].end_time), (0.0, 0.06));
    assert_eq!((words[1].start_time, words[1].end_time), (0.06, 0.16));
    for pair in words.windows(2) {
        assert!(pair[0].end_time <= pair[1].start_time);
    }
    assert!(words[2].end_time <= seconds(total));
}

#[test]
fn markup_is_not_shown() {
    let options = Options {
        ssml: true,
        ..Options::default()
    };
    let (captions, total) = say(
        "<s>R&amp;D<break/>goes on &#x2014; <sub alias='x'>W3C</sub></s>",
        &options,
    );
    assert_eq!(captions.chunks(total)[0].text, "R&D goes on — W3C");
    let options = Options::default();
    let (captions, total) = say("Say [Kokoro](/kˈOkəɹO/)[pause:1s]now", &options);
    assert_eq!(captions.chunks(total)[0].text, "Say Kokoro now");
}

#[test]
fn markdown_and_tags_are_not_shown() {
    let shown = |text: &str| {
        let (captions, total) = say(text, &Options::default());
        let chunks = captions.chunks(total);
        let texts: Vec<String> = chunks.into_iter().map(|chunk| chunk.text).collect();
        texts.join("|")
    };
    assert_eq!(shown("It is **bold** and `code`."), "It is bold and code.");
    assert_eq!(
        shown("# Title\n- *one* item\n- see [the “page”](http://x.com/y)"),
        "Title|one item|see the “page”"
    );
    assert_eq!(shown("two <b>items</b> &amp; more"), "two items & more");
}

#[test]
fn a_word_that_several_segments_say_is_one() {
    let text = "It cost $1,234.56 *** now";
    let mut captions = Captions::new(text, &script::parse(text, &Options::default()).unwrap());
    let mut joiner = Joiner::default();
    // What shows nothing is no word.
    let price = 8..17;
    let said = [
        vec![0..2, 3..7, price.clone()],
        vec![price.clone(); 1],
        vec![price, 7..8, 22..25],
    ];
    for words in said {
        let words: Vec<Word> = (0..)
            .zip(words)
            .map(|(i, source)| Word {
                source,
                tokens: 2 * i..2 * i + 1,
                guessed: i == 0,
            })
            .collect();
        let segment = Segment {
            phonemes: "x ".repeat(words.len()),
            tokens: vec![1; 2 * words.len()],
            words,
            boundary: Boundary::Clause,
        };
        let frames = vec![20; segment.tokens.len() + 2];
        let pcm = vec![0.5; frames.len() * 20 * SAMPLES_PER_FRAME];
        let (_, placed) = joiner.push(&pcm, Manner::PLAIN, end(segment.boundary));
        captions.push(&segment, placed, Some(&frames), None);
        let told = captions.last(duration_of(joiner.samples())).unwrap();
        assert!(told.words.iter().all(|word| !word.word.is_empty()));
    }
    let words = captions.timestamps();
    let said: Vec<&str> = words.iter().map(|word| word.word.as_str()).collect();
    assert_eq!(said, ["It", "cost", "$1,234.56", "now"]);
    assert!(words[2].end_time > 4.0, "{words:?}");
    let srt = captions.subtitles(Subtitles::Srt);
    assert_eq!(srt.matches("1,234.56").count(), 1);
}

#[test]
fn without_durations_there_are_chunks_but_no_words() {
    let text = "Hello world";
    let mut captions = Captions::new(text, &script::parse(text, &Options::default()).unwrap());
    let segment = Segment {
        phonemes: "x".into(),
        tokens: vec![1],
        words: vec![Word {
            source: 0..11,
            tokens: 0..1,
            guessed: false,
        }],
        boundary: Boundary::Sentence,
    };
    let (_, placed) = Joiner::default().push(&[0.5; 24_000], Manner::PLAIN, end(Boundary::Sentence));
    captions.push(&segment, placed, None, Some("af_sky"));
    assert!(captions.timestamps().is_empty());
    let chunks = captions.chunks(Duration::from_secs(1));
    assert_eq!(
        chunks,
        [Chunk {
            text: text.into(),
            start: 0.0,
            end: 1.0,
            voice: Some("af_sky".into()),
        }]
    );
    assert_eq!(captions.subtitles(Subtitles::Srt), "");
}

#[test]
fn subtitles_are_readable_files() {
    let text = "The quick brown fox jumps over the lazy dog and runs through the big dark wood --> until it \
                is at home <again>. Short & sweet.";
    let (captions, _) = say(text, &Options::default());
    let srt = "1
00:00:00,000 --> 00:00:01,935
The quick brown fox jumps over the lazy
\
               dog and runs through the big dark wood ->

\
               2
00:00:01,935 --> 00:00:02,935
until it is at home
<again>. Short & sweet.

";
    assert_eq!(captions.subtitles(Subtitles::Srt), srt);
    let vtt = captions.subtitles(Subtitles::Vtt);
    assert!(vtt.starts_with(
        "WEBVTT

00:00:00.000 --> 00:00:01.935
The quick"
    ));
    assert!(
        vtt.contains(
            "wood --&gt;
"
        ) && vtt.contains("&lt;again&gt;. ")
            && vtt.ends_with(
                "&amp; sweet.

"
            )
    );
}

#[test]
fn clocks_count_hours() {
    let text = "word and word.\n".repeat(1200);
    let (captions, total) = say_with_pauses(&text, &Options::default(), |number| match number % 2 {
        0 => Duration::from_secs(5),
        _ => Duration::ZERO,
    });
    assert!(total.as_secs() > 3600);
    let srt = captions.subtitles(Subtitles::Srt);
    assert!(srt.contains("\n01:00:0"));
    // Two of the sentences take 1.3 s.
    assert_eq!(srt.matches(" --> ").count(), 600);
}
