use super::*;

fn segments(text: &str, dialect: Dialect) -> Vec<Segment> {
    let front = Arc::new(TextFront::new(TextConfig::default()));
    let run = Run::Text {
        text: text.to_owned(),
        source: 0..text.len(),
    };
    front
        .segments(&[run], dialect, &Options::default(), None)
        .map(Result::unwrap)
        .collect()
}

#[test]
fn says_a_sentence_in_both_dialects() {
    let text = "She mentioned this to her friend.";
    assert_eq!(
        segments(text, Dialect::American)[0].phonemes,
        "ʃˌi mˈɛnʧᵊnd ðɪs tə hɜɹ fɹˈɛnd."
    );
    assert_eq!(
        segments(text, Dialect::British)[0].phonemes,
        "ʃˌiː mˈɛnʃᵊnd ðɪs tə hɜː fɹˈɛnd."
    );
}

#[test]
fn a_word_that_is_all_there_is_is_stressed() {
    for (text, said) in [
        ("Go.", "ɡˈO."),
        ("“Why?”", "“wˈI?”"),
        ("The…", "ðˈə…"),
        ("Stop!", "stˈɑp!"),
        ("Okay.", "ˌOkˈA."),
        ("Why not?", "wˌI nˌɑt?"),
    ] {
        assert_eq!(segments(text, Dialect::American)[0].phonemes, said, "{text}");
    }
    let front = Arc::new(TextFront::new(TextConfig::default()));
    let literal = Run::Phonemes {
        ipa: "ɡˌO".into(),
        source: 0..10,
    };
    let made = front
        .read(&[literal], Dialect::American, &Options::default())
        .unwrap();
    assert_eq!(made.phonemes, "ɡˌO", "as it was asked for");
}

/// Spellings that Kokoro says and a recogniser hears: docs/model-notes.md, F.
#[test]
fn interjections_without_vowels_have_some() {
    for (text, said) in [
        ("Hmm.", "hˈʌm."),
        ("Hmmmm…", "hˈʌm…"),
        ("Mm-hmm.", "ˌʌhˈʌ."),
        ("Uh-oh!", "ˈʌ, ˈO!"),
        ("Psst! Nah.", "pˈɪsst! nˈɑɑ."),
    ] {
        assert_eq!(segments(text, Dialect::American)[0].phonemes, said, "{text}");
    }
}

#[test]
fn tells_the_place_of_each_word() {
    let text = "A cat sat.";
    let segment = &segments(text, Dialect::American)[0];
    let words: Vec<&str> = segment.words.iter().map(|w| &text[w.source.clone()]).collect();
    assert_eq!(words, ["A", "cat", "sat"]);
}

#[test]
fn says_literal_phonemes() {
    let front = Arc::new(TextFront::new(TextConfig::default()));
    let runs = [
        Run::Text {
            text: "a ".into(),
            source: 0..2,
        },
        Run::Phonemes {
            ipa: "kəkˈɔɹO☃".into(),
            source: 2..20,
        },
    ];
    let segment = front
        .segments(&runs, Dialect::American, &Options::default(), None)
        .next()
        .unwrap()
        .unwrap();
    assert!(segment.phonemes.ends_with("kəkˈɔɹO"));
    assert_eq!(segment.words[1].source, 2..20);
    assert_eq!(unknown_signs(&runs), ['☃']);
}

#[test]
fn a_literal_takes_a_possessive() {
    let front = Arc::new(TextFront::new(TextConfig::default()));
    let runs = [
        Run::Phonemes {
            ipa: "ʃəvˈɔn".into(),
            source: 0..20,
        },
        Run::Text {
            text: "'s cat".into(),
            source: 20..26,
        },
    ];
    let made = front.read(&runs, Dialect::American, &Options::default()).unwrap();
    assert_eq!(made.phonemes, "ʃəvˈɔnz kˈæt");
}

#[test]
fn paragraphs_of_a_long_text_stay_apart() {
    // Longer than what is normalised at once, so that some paragraphs end where a chunk ends.
    let text = "He came home, and it was late.\n\n".repeat(1000);
    let made = segments(&text, Dialect::British);
    assert_eq!(
        made.iter().filter(|s| s.boundary == Boundary::Paragraph).count(),
        1000
    );
}

#[test]
fn the_same_text_is_cut_the_same_way_and_an_edit_stays_local() {
    let number = |i: usize| ["one", "two", "three", "four", "five", "six", "seven"][i % 7];
    let text = |changed: &str| -> String {
        let word = |i: usize| if i == 40 { changed } else { number(i) };
        let sentence = |i| {
            format!(
                "Number {} of the many sentences says little, at some length. ",
                word(i)
            )
        };
        (0..60).map(sentence).collect()
    };
    let before = segments(&text("nine"), Dialect::American);
    assert_eq!(before, segments(&text("nine"), Dialect::American));
    let after = segments(&text("four hundred and seventy-seven"), Dialect::American);
    let is_new = |segment: &&Segment| !before.iter().any(|old| old.tokens == segment.tokens);
    let new = after.iter().filter(is_new).count();
    assert!(new <= 2, "{new} segments are new");
}

#[test]
fn digits_that_the_normaliser_left_are_read() {
    let options = Options {
        normalize: false,
        ..Options::default()
    };
    let front = TextFront::new(TextConfig::default());
    let read = |text: &str| {
        let run = Run::Text {
            text: text.to_owned(),
            source: 0..text.len(),
        };
        front.read(&[run], Dialect::American, &options).unwrap().phonemes
    };
    assert_eq!(read("12 cats"), "twˈɛlv kˈæts");
    assert_eq!(read("in 1984."), "ɪn nˌIntˈin ˈATi fˈɔɹ.");
    assert_eq!(read("the 2nd"), "ðə sˈɛkənd");
}

#[test]
fn a_sentence_that_ends_with_initials_has_a_final_mark() {
    let made = |text: &str| -> Vec<String> {
        segments(text, Dialect::American)
            .into_iter()
            .map(|segment| segment.phonemes)
            .collect()
    };
    let lives = "hˌi lˈɪvz ɪn ðə jˌuˈɛs";
    assert_eq!(made("He lives in the U.S."), [format!("{lives}.")]);
    assert_eq!(made("He lives in the U.S.!"), [format!("{lives}!")]);
    assert_eq!(made("“He lives in the U.S.”"), [format!("“{lives}.”")]);
    let two = made("He lives in the U.S. She does not.");
    assert_eq!(two[0], format!("{lives}."));
    assert_eq!(made("He left the U.S. Army.").len(), 1);
}
