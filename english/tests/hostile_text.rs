//! Text that was made to hurt: the whole way from runs to segments.

use std::{
    sync::{Arc, LazyLock},
    time::Instant,
};

use english::{
    script::{self, Item, Run},
    segments::{MAX_TOKENS, Segment},
    text::{Dialect, TextConfig, TextFront, normalise::Options, vocabulary},
};
use proptest::prelude::*;

/// Without espeak-ng, so that it is the same on every machine.
static FRONT: LazyLock<Arc<TextFront>> = LazyLock::new(|| {
    Arc::new(TextFront::new(TextConfig {
        espeak: None,
        ..TextConfig::default()
    }))
});

fn segments(text: &str, dialect: Dialect, options: &Options) -> Vec<Segment> {
    let run = Run::Text {
        text: text.to_owned(),
        source: 0..text.len(),
    };
    let made: Result<Vec<_>, _> = FRONT.segments(&[run], dialect, options, None).collect();
    made.expect("no fault")
}

fn check(text: &str, made: &[Segment]) {
    for segment in made {
        assert!((1..=MAX_TOKENS).contains(&segment.tokens.len()));
        assert_eq!(segment.tokens.len(), segment.phonemes.chars().count());
        // Without one the model makes a burst of noise.
        assert!(segment.phonemes.chars().any(vocabulary::is_sound), "{segment:?}");
        for word in &segment.words {
            assert!(word.tokens.start < word.tokens.end && word.tokens.end <= segment.tokens.len());
            assert!(
                text.get(word.source.clone())
                    .is_some_and(|source| !source.is_empty())
            );
        }
        assert!(
            segment
                .words
                .windows(2)
                .all(|w| w[0].tokens.end <= w[1].tokens.start)
        );
    }
}

/// Marks that say nothing by themselves, however they are written.
const MARKS: [&str; 10] = [".", ",", "…", "—", "?!", ": —", "; ;", "“”", "\"", "!!!"];
/// Signs that the model knows and that say nothing either; as text they are letters and the like.
const SIGNS: [&str; 10] = ["( )", " ", "ˈ", "ˌ", "ː", "ʰ", "ʲ", "→ ↗", "\u{303}", "ˈ."];

fn script(text: &str, ssml: bool) -> Vec<Segment> {
    let options = script::Options {
        ssml,
        ..script::Options::default()
    };
    let items = script::parse(text, &options).expect("a script");
    let passages = items.iter().filter_map(|item| match item {
        Item::Passage(passage) => Some(&passage.runs),
        Item::Pause(_) => None,
    });
    let made: Result<Vec<_>, _> = passages
        .flat_map(|runs| FRONT.segments(runs, Dialect::American, &Options::default(), None))
        .collect();
    made.expect("no fault")
}

#[test]
fn punctuation_alone_never_reaches_the_model() {
    for marks in MARKS {
        let escaped = marks.replace('"', "&quot;");
        let ways = [
            (marks.to_owned(), false),
            (format!("[word](/{marks}/)"), false),
            (format!("{marks}\n\n{marks} [x](/{marks}/) {marks}"), false),
            (format!("<speak><p>{escaped}</p><s>{escaped}</s></speak>"), true),
            (
                format!("<speak><phoneme alphabet=\"ipa\" ph=\"{escaped}\">word</phoneme></speak>"),
                true,
            ),
        ];
        for (text, ssml) in ways {
            assert_eq!(script(&text, ssml), [], "{text:?}");
        }
        let text = format!("Yes, indeed. [word](/{marks}/)\n\n{marks}\n\nNo. [x](/{marks}/)");
        let made = script(&text, false);
        check(&text, &made);
        assert_eq!(made.len(), 2, "{made:?}");
    }
    for ipa in MARKS.into_iter().chain(SIGNS) {
        let literal = Run::Phonemes {
            ipa: ipa.to_owned(),
            source: 0..4,
        };
        let runs = [literal.clone(), literal];
        for runs in [&runs[..1], &runs[..]] {
            let made = FRONT.segments(runs, Dialect::British, &Options::default(), None);
            assert_eq!(made.count(), 0, "{ipa:?}");
        }
    }
}

const FIXTURES: &[(&str, &str)] = &[
    ("hyphen chain", "ab-"),
    ("long word", "x"),
    ("non-ASCII letter before ing", "éing "),
    ("NUL", "\0"),
    ("right-to-left marks", "a\u{202E}b\u{200F}c\u{2066} "),
    ("digits", "7"),
    ("digits and marks", "1,2.3-4:5/6 "),
    ("apostrophes", "'’‘"),
    ("quotes and brackets", "“(\"'["),
    ("full stops", "."),
    ("spaced full stops", "a. "),
    ("capitals", "AB"),
    ("camel case", "aBc"),
    ("combining marks", "a\u{301}"),
    ("dashes", "—-–_"),
    ("new lines", "\n"),
    ("spaces", " "),
    ("emoji", "👩‍👩‍👧🏽"),
    ("Chinese", "日本語"),
    ("vulgar fractions and ligatures", "½ﬁ²"),
    ("object replacement", "\u{FFFC}"),
    ("markdown", "*a* [b](c) `d` "),
    ("formulas", "$\\frac{x_1}{y^2}$ "),
    ("open formulas", "$\\sqrt{"),
    ("tags", "<a b='c'>d</a> "),
    ("thoughts", "<think>a</think> b "),
    ("references", "a [1], [2] "),
    ("above and below", "x<sup>2</sup> H~2~O "),
    ("slashes", "a/"),
    ("long exceptions", "y’all’d’ve"),
    ("thousands with spaces", "1 000 "),
    ("Roman numerals", "Part I, II and "),
    ("equations", "x - 1 = "),
    ("spaced dashes", "5 pm - 6 pm - "),
    ("hosts", "a.com/b?c=1,"),
    ("feet and inches", "6' 2\" "),
    ("closing quotes", "... \" "),
    ("Greek", "πΔx"),
    ("brackets of telephones", "(0)20 "),
    ("CRLF", "a\r\n"),
];

#[test]
fn fixtures_are_read_without_a_fault() {
    for (name, pattern) in FIXTURES {
        println!("{name}");
        for text in [
            (*pattern).to_owned(),
            pattern.repeat(2),
            pattern.repeat(5000 / pattern.len()),
        ] {
            for dialect in [Dialect::American, Dialect::British] {
                check(&text, &segments(&text, dialect, &Options::default()));
            }
        }
    }
}

#[test]
fn words_are_never_lost() {
    for text in [
        "xyzzy éing Łódź",
        "a-b-c-d-e-f-g-h-i-j-k-l-m-n",
        "BBC's o’clock 'tis rock'n'roll",
        "à. ðLþmQúQâDlrè’øüû ø",
    ] {
        let words: usize = segments(text, Dialect::American, &Options::default())
            .iter()
            .map(|s| s.words.len())
            .sum();
        assert!(words >= text.split(' ').count(), "{text}");
    }
    // A word of 5,000 letters is said to its end.
    let made = segments(&"ba".repeat(2500), Dialect::British, &Options::default());
    let tokens: usize = made.iter().map(|segment| segment.tokens.len()).sum();
    assert!(tokens > 4000, "{tokens}");
}

/// Time a byte of any repeated pattern may take, in that of prose.
const TIMES_PROSE: f64 = 20.0;

#[test]
fn time_is_linear_for_every_pattern() {
    let prose = "It is a truth universally acknowledged, that a single man in possession of a good fortune must be in want of a wife. ";
    let size = harness::hostile(20_000);
    let cost = |pattern: &str| {
        let text = pattern.repeat(size / pattern.len() + 1);
        let started = Instant::now();
        segments(&text, Dialect::American, &Options::default());
        started.elapsed().as_secs_f64() / text.len() as f64
    };
    cost(prose);
    let usual = cost(prose);
    for (name, pattern) in FIXTURES {
        let times = cost(pattern) / usual;
        println!("{times:6.2} times prose: {name}");
        assert!(times < TIMES_PROSE, "{name}: {times:.1} times the cost of prose");
    }
}

#[test]
fn the_first_segment_of_a_book_comes_early() {
    let book =
        "The quick brown fox jumps over the lazy dog, and runs away.\n\n".repeat(harness::hostile(20_000));
    let run = [Run::Text {
        source: 0..book.len(),
        text: book,
    }];
    let others_wanted = harness::hostile(2_000);
    segments("Warm.", Dialect::American, &Options::default());
    let started = Instant::now();
    let mut made = FRONT.segments(&run, Dialect::American, &Options::default(), None);
    assert!(made.next().is_some_and(|first| first.is_ok()));
    let first = started.elapsed();
    assert_eq!(
        made.take(others_wanted).filter(Result::is_ok).count(),
        others_wanted
    );
    let others = started.elapsed() - first;
    // A tenth of the book takes longer than its first words and the copy that is made of the whole.
    assert!(
        first < others,
        "{first:?} until the first segment, {others:?} for {others_wanted} others"
    );
}

/// A text that has no word for no sound is said word by word: none may be lost on the way to the segments.
fn spoken_words(text: &str, dialect: Dialect) -> usize {
    segments(text, dialect, &Options::default())
        .iter()
        .map(|segment| segment.words.len())
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_word_is_lost_on_the_whole_way(
        words in prop::collection::vec("[A-Za-zà-öø-ÿ][a-zà-öø-ÿ]{0,11}(['’-][a-zà-öø-ÿ]{1,6})?[,.;:!?]?", 1..40),
        british: bool,
    ) {
        let text = words.join(" ");
        let dialect = if british { Dialect::British } else { Dialect::American };
        let said = spoken_words(&text, dialect);
        prop_assert!(said >= words.len(), "{said} words of {}: {text}", words.len());
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}", british: bool, normalize: bool) {
        let dialect = if british { Dialect::British } else { Dialect::American };
        let options = Options { normalize, ..Options::default() };
        check(&text, &segments(&text, dialect, &options));
    }

    #[test]
    fn any_mixture_of_nasty_parts_is_read(parts in prop::collection::vec(prop::sample::select(FIXTURES), 0..40)) {
        let text: String = parts.iter().map(|(_, pattern)| *pattern).collect();
        check(&text, &segments(&text, Dialect::American, &Options::default()));
    }
}
