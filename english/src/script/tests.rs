use std::time::Instant;

use proptest::prelude::*;

use super::*;

fn plain(text: &str) -> Vec<Item> {
    parse(text, &Options::default()).unwrap()
}

fn tagged(text: &str) -> Result<Vec<Item>, ScriptError> {
    let alias = |voice: &str, rate| Alias {
        voice: voice.to_owned(),
        rate,
    };
    let aliases = [
        ("narrator", alias("bm_lewis", 0.5)),
        ("she", alias("af_sky+af_bella", 1.0)),
    ];
    let options = Options {
        voice_tags: true,
        ssml: false,
        aliases: aliases
            .into_iter()
            .map(|(name, alias)| (name.to_owned(), alias))
            .collect(),
    };
    parse(text, &options)
}

fn ssml(text: &str) -> Result<Vec<Item>, ScriptError> {
    let options = Options {
        ssml: true,
        ..Options::default()
    };
    parse(text, &options)
}

/// One line for an item: `voice@rate: text{ipa}` or `pause ms`.
fn show(items: &[Item]) -> Vec<String> {
    let show = |item: &Item| match item {
        Item::Pause(pause) => format!("pause {}", pause.as_millis()),
        Item::Passage(passage) => {
            let runs: String = passage
                .runs
                .iter()
                .map(|run| match run {
                    Run::Text { text, .. } => text.clone(),
                    Run::Phonemes { ipa, .. } => format!("{{{ipa}}}"),
                })
                .collect();
            format!(
                "{}@{}: {runs}",
                passage.voice.as_deref().unwrap_or(""),
                passage.rate
            )
        }
    };
    items.iter().map(show).collect()
}

/// Every run that is verbatim says what stands at its place.
fn check_sources(text: &str, items: &[Item]) -> Result<(), TestCaseError> {
    let mut end = 0;
    for item in items {
        let Item::Passage(passage) = item else { continue };
        prop_assert!(!passage.runs.is_empty());
        for run in &passage.runs {
            let (Run::Text { source, .. } | Run::Phonemes { source, .. }) = run;
            prop_assert!(text.get(source.clone()).is_some());
            prop_assert!(source.start >= end, "in order");
            end = source.end;
        }
    }
    Ok(())
}

#[test]
fn plain_text_is_one_passage() {
    assert_eq!(
        plain("Hello, world."),
        [Item::Passage(Passage {
            voice: None,
            rate: 1.0,
            gain: 0.0,
            variant: None,
            runs: vec![Run::Text {
                text: "Hello, world.".into(),
                source: 0..13
            }],
        })]
    );
    assert!(plain("").is_empty());
    assert!(plain(" \n ").is_empty());
}

#[test]
fn pauses_part_the_text() {
    let items = plain("One[pause:1.5s] two [PAUSE: 300ms ][pause:2]");
    assert_eq!(
        show(&items),
        ["@1: One", "pause 1500", "@1:  two ", "pause 300", "pause 2000"]
    );
    assert_eq!(show(&plain("[pause:1s]")), ["pause 1000"]);
}

#[test]
fn literal_phonemes_stand_for_their_word() {
    let text = "Say [Kokoro](/kˈOkəɹO/) now";
    let items = plain(text);
    assert_eq!(show(&items), ["@1: Say {kˈOkəɹO} now"]);
    let Item::Passage(passage) = &items[0] else {
        panic!()
    };
    let Run::Phonemes { source, .. } = &passage.runs[1] else {
        panic!()
    };
    assert_eq!(&text[source.clone()], "Kokoro");
}

#[test]
fn a_gain_is_in_force_until_another_one() {
    let items = tagged("One. [gain:-3dB]Two. [voice:a]Three. [Gain: +1.5 ]Four. [gain:0 db]Five.").unwrap();
    let gains: Vec<_> = items
        .iter()
        .map(|item| match item {
            Item::Passage(passage) => passage.gain,
            Item::Pause(_) => f32::NAN,
        })
        .collect();
    assert_eq!(gains, [0.0, -3.0, -3.0, 1.5, 0.0]);
    for wrong in [
        "",
        "dB",
        "12.5",
        "-24.1dB",
        "+-3",
        "--3",
        "3 dB louder",
        "1e1",
        "inf",
        "−3",
    ] {
        let error = tagged(&format!("é [gain:{wrong}]x")).unwrap_err();
        assert!(
            matches!(&error, ScriptError::Gain { at: 3, found } if found == wrong),
            "{wrong}: {error}"
        );
    }
    assert_eq!(show(&plain("[gain:3] Hi")), ["@1: [gain:3] Hi"]);
}

#[test]
fn a_variant_is_in_force_until_another_one() {
    let items = tagged("One. [variant:2]Two. [voice:a]Three. [variant: 0 ]Four.").unwrap();
    let variants: Vec<_> = items
        .iter()
        .map(|item| match item {
            Item::Passage(passage) => passage.variant,
            Item::Pause(_) => None,
        })
        .collect();
    assert_eq!(variants, [None, Some(2), Some(2), Some(0)]);
    for wrong in [
        "[variant:10]x",
        "[variant:-1]x",
        "[variant:]x",
        "[variant:a]x",
        "[variant:1.5]x",
        "[variant:+1]x",
    ] {
        let error = tagged(&format!("é {wrong}")).unwrap_err();
        assert!(
            matches!(error, ScriptError::Variant { at: 3, .. }),
            "{wrong}: {error}"
        );
    }
    assert_eq!(show(&plain("[variant:2] Hi")), ["@1: [variant:2] Hi"]);
}

#[test]
fn what_is_no_tag_is_text() {
    for text in [
        "[",
        "]",
        "[]",
        "[](/abc/)",
        "[ ](/abc/)",
        "[pause]",
        "[pause:]",
        "[pause:x]",
        "[pause:-1s]",
        "[pause:1e3s]",
        "[pause:infs]",
        "[pause:1.5.5s]",
        "[link](https://example.com)",
        "[word](//)",
        "[word](/a",
        "[word](/a)",
        "[word](/a\n/)",
        "[voice:am_adam]",
        "[rate:2]",
        "a [1] and [[2]]",
        "[x:y]",
    ] {
        assert_eq!(show(&plain(text)), [format!("@1: {text}")]);
    }
    assert_eq!(show(&plain("[[pause:1s]")), ["@1: [", "pause 1000"]);
    assert_eq!(show(&plain("[a](/b[pause:1s]")), ["@1: [a](/b", "pause 1000"]);
}

#[test]
fn voices_and_rates_where_they_are_allowed() {
    let items =
        tagged("Hi. [voice:am_adam]I. [rate:1.5]Fast. [voice: Narrator ]Slow. [rate:1][voice:she]She.")
            .unwrap();
    assert_eq!(
        show(&items),
        [
            "@1: Hi. ",
            "am_adam@1: I. ",
            "am_adam@1.5: Fast. ",
            "bm_lewis@0.75: Slow. ",
            "af_sky+af_bella@1: She.",
        ]
    );
    let told = |text: &str| tagged(text).unwrap_err().to_string();
    assert_eq!(
        told("é [rate:9]"),
        "a rate must be a number from 0.25 to 4; at character 3 stands \"9\""
    );
    assert_eq!(
        told("x [rate: fast ]"),
        "a rate must be a number from 0.25 to 4; at character 3 stands \"fast\""
    );
    assert!(told(&format!("[rate:{}]", "9".repeat(500))).len() < 120);
    assert_eq!(tagged("[voice: ]"), Err(ScriptError::Voice { at: 1 }));
}

/// The rate of a tag and that of an alias multiply, and it makes no difference which is written first.
#[test]
fn rate_and_voice_may_come_in_any_order() {
    for rate in ["0.3", "0.5", "1", "4"] {
        let spoken = |text: String| show(&tagged(&text).unwrap());
        assert_eq!(
            spoken(format!("[voice:narrator][rate:{rate}]x")),
            spoken(format!("[rate:{rate}][voice:narrator]x")),
        );
    }
    assert_eq!(
        show(&tagged("[voice:narrator][rate:0.3]x").unwrap()),
        ["bm_lewis@0.25: x"]
    );
}

#[test]
fn pauses_and_literals_have_limits() {
    let options = Options::default();
    assert_eq!(
        parse("a[pause:61s]", &options),
        Err(ScriptError::PauseTooLong { at: 2 })
    );
    assert_eq!(
        parse(&"[pause:60s]".repeat(11), &options),
        Err(ScriptError::PausesTooLong { at: 111 })
    );
    assert!(matches!(
        parse(&format!("[a](/{}/)", "b".repeat(513)), &options),
        Err(ScriptError::LiteralTooLong { at: 2 })
    ));
}

#[test]
fn ssml_is_read() {
    let text = "<?xml version='1.0'?><speak>Hello <break time=\"500ms\"/>R&amp;B &#x41;<voice name='am_adam'>I \
                <prosody rate='150%'>am <prosody rate='-50%'>slow</prosody></prosody></voice> <emphasis>you</emphasis>\
                <desc>unsaid <voice>x</voice></desc><!-- nor this --><![CDATA[ 1 < 2]]></speak>";
    let items = ssml(text).unwrap();
    check_sources(text, &items).unwrap();
    assert_eq!(
        show(&items),
        [
            "@1: Hello ",
            "pause 500",
            "@1: R&B A",
            "am_adam@1: I ",
            "am_adam@1.5: am ",
            "am_adam@0.75: slow",
            "@1:  you 1 < 2",
        ]
    );
}

#[test]
fn ssml_substitutes_and_keeps_the_place_of_the_users_words() {
    let text = "<speak>The <sub alias=\"World &amp; Web\">W3<b>C</b></sub> says <phoneme alphabet=\"ipa\" ph=\"təmˈɑːtoʊ\">tomato</phoneme>.</speak>";
    let items = ssml(text).unwrap();
    assert_eq!(show(&items), ["@1: The World & Web says {təmˈɑːtoʊ}."]);
    let Item::Passage(passage) = &items[0] else {
        panic!()
    };
    let places: Vec<&str> = passage
        .runs
        .iter()
        .map(|run| {
            let (Run::Text { source, .. } | Run::Phonemes { source, .. }) = run;
            &text[source.clone()]
        })
        .collect();
    assert_eq!(places, ["The ", "W3<b>C", " says ", "tomato", "."]);
}

#[test]
fn ssml_sentences_and_paragraphs() {
    let items = ssml("<speak><p><s>One</s><s>Two</s></p><p>Three</p>Four</speak>").unwrap();
    let said: Vec<String> = show(&items).iter().map(|line| line.replace('\n', "|")).collect();
    assert_eq!(said, ["@1: One", "@1: Two", "@1: ||||Three||Four"]);
    assert_eq!(show(&ssml("no root at all").unwrap()), ["@1: no root at all"]);
    assert_eq!(
        show(&ssml("<speak><break/><break strength='none'/></speak>").unwrap()),
        ["pause 400", "pause 0"]
    );
    assert_eq!(
        show(&ssml("<s:speak xmlns:s='x'><s:break time='+1s'/></s:speak>").unwrap()),
        ["pause 1000"]
    );
}

#[test]
fn ssml_that_is_wrong_is_refused_with_its_place() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><speak>&b;</speak>";
    assert_eq!(ssml(bomb), Err(ScriptError::Doctype { at: 1 }));
    for text in [
        "<speak>",
        "<speak></x>",
        "</speak>",
        "<speak>a & b</speak>",
        "<speak>&lol;</speak>",
        "<speak>&#0;</speak>",
        "<speak>&#xFFFFFFFF;</speak>",
        "<speak",
        "<break time=5/>",
        "<voice name='&x;'>a</voice>",
    ] {
        assert!(
            matches!(ssml(text), Err(ScriptError::Xml { .. })),
            "{text}: {:?}",
            ssml(text)
        );
    }
    for text in [
        "<break time='soon'/>",
        "<break strength='much'/>",
        "<voice>a</voice>",
        "<phoneme>a</phoneme>",
        "<phoneme alphabet='x-sampa' ph='a'>a</phoneme>",
        "<sub>a</sub>",
    ] {
        assert!(
            matches!(ssml(text), Err(ScriptError::Attribute { .. })),
            "{text}: {:?}",
            ssml(text)
        );
    }
    assert!(matches!(
        ssml("<prosody rate='1000%'>a</prosody>"),
        Err(ScriptError::Rate { at: 1, .. })
    ));
    assert!(matches!(
        ssml("<prosody rate='-100%'>a</prosody>"),
        Err(ScriptError::Rate { .. })
    ));
    let deep = "<a>".repeat(10_000) + &"</a>".repeat(10_000);
    assert_eq!(
        ssml(&deep),
        Err(ScriptError::TooDeep {
            at: 3 * ssml::MAX_DEPTH + 1
        })
    );
}

/// Hostile texts of 400 kB: anything quadratic would take minutes.
#[test]
fn takes_linear_time() {
    let begin = Instant::now();
    let n = harness::hostile(100_000);
    for text in ["[", "[[]", "[a](/", "[a](/b[", "[pause:1", "](/", "[voice:x]y"] {
        let _ = tagged(&text.repeat(n));
    }
    let attributes: String = (0..n / 2).map(|i| format!(" a{i}=''")).collect();
    ssml(&format!("<speak{attributes}><break{attributes}/></speak>")).unwrap();
    for text in [
        "<b></b>",
        "&amp;",
        "<s>a</s>",
        "<sub alias='b'>a</sub>",
        "<!---->",
    ] {
        ssml(&text.repeat(n)).unwrap();
    }
    assert!(begin.elapsed().as_secs() < 10, "{:?}", begin.elapsed());
}

/// The studio reads the same table.
#[test]
fn tags_are_what_the_shared_table_says() {
    for row in include_str!("../../tests/data/tags.tsv").lines() {
        if row.starts_with('#') {
            continue;
        }
        let [text, words, pauses, voices] = row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let options = Options {
            voice_tags: true,
            ..Options::default()
        };
        let (mut said, mut silence, mut named) = (Vec::new(), 0.0, Vec::new());
        for item in parse(text, &options).unwrap() {
            match item {
                Item::Pause(pause) => silence += pause.as_secs_f64(),
                Item::Passage(passage) => {
                    let runs = passage.runs.iter().map(|run| match run {
                        Run::Text { text, .. } => text.clone(),
                        Run::Phonemes { ipa, source } => format!("[{}](/{ipa}/)", &text[source.clone()]),
                    });
                    said.push(runs.collect::<String>());
                    named.extend(passage.voice);
                }
            }
        }
        let said = said.join(" ");
        assert_eq!(
            said.split_whitespace().collect::<Vec<_>>().join(" "),
            words,
            "{text}"
        );
        assert!(
            (silence - pauses.parse::<f64>().unwrap()).abs() < 1e-9,
            "{text}: {silence} s"
        );
        assert_eq!(named.join(","), voices, "{text}");
    }
}

proptest! {
    #[test]
    fn anything_is_read_or_refused(text in r"(\[|\]|\(/|/\)|pause:1s|voice:|rate:|[a-zé0-9 .\n]){0,40}") {
        check_sources(&text, &plain(&text))?;
        if let Ok(items) = tagged(&text) {
            check_sources(&text, &items)?;
        }
    }

    #[test]
    fn any_ssml_is_read_or_refused(text in r"(<|>|/|&amp;|&#65;|<s>|</s>|<sub alias='x'>|</sub>|<p/>|<voice name='a'>|</voice>|[a-zé=' ]){0,30}") {
        if let Ok(items) = ssml(&text) {
            check_sources(&text, &items)?;
        }
    }

    #[test]
    fn plain_text_without_brackets_is_untouched(text in r"[^\[]{0,100}") {
        let said: String = show(&plain(&text)).concat();
        prop_assert_eq!(said.strip_prefix("@1: ").unwrap_or(""), if text.trim().is_empty() { "" } else { &text });
    }
}
