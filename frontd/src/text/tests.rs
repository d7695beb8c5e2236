use super::*;

fn segments(text: &str, dialect: Dialect) -> Vec<Segment> {
    let front = Arc::new(TextFront::new(TextConfig::default()));
    let run = Run::Text {
        text: text.to_owned(),
        source: 0..text.len(),
    };
    front
        .segments(&[run], dialect, &Options::default(), true)
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
        .segments(&runs, Dialect::American, &Options::default(), true)
        .next()
        .unwrap()
        .unwrap();
    assert!(segment.phonemes.ends_with("kəkˈɔɹO"));
    assert_eq!(segment.words[1].source, 2..20);
    assert_eq!(unknown_signs(&runs), ['☃']);
}
