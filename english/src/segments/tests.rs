use super::*;
use proptest::prelude::*;

fn sentence(words: &str, boundary: Boundary) -> Segment {
    let mut sentence = Segment::empty(boundary);
    let mut source = 0;
    for (i, word) in words.split(' ').enumerate() {
        if i > 0 {
            sentence.push(" ");
        }
        sentence.push_word(word, source..source + 1);
        source += 2;
    }
    sentence
}

fn segment_all(sentences: Vec<Segment>, sizes: Sizes, first: bool) -> Vec<Segment> {
    let mut segmenter = Segmenter::new(sizes, first);
    let mut all: Vec<Segment> = sentences.into_iter().flat_map(|s| segmenter.push(s)).collect();
    all.extend(segmenter.finish());
    all
}

fn phonemes(segments: &[Segment]) -> Vec<&str> {
    segments.iter().map(|s| s.phonemes.as_str()).collect()
}

#[test]
fn the_first_segment_is_a_clause() {
    let text =
        "hˈɜɹst ænd mˈɪs bˈɪŋɡli; ænd ðˌO ðə mˈʌðəɹ wʌz fˈWnd tə bi ɪntˈɑləɹəbᵊl, ænd ðə jˈʌŋɡəɹ sˈɪstəɹz.";
    let all = segment_all(vec![sentence(text, Boundary::Sentence)], Sizes::default(), true);
    assert_eq!(all[0].phonemes, "hˈɜɹst ænd mˈɪs bˈɪŋɡli;");
    assert_eq!(all[0].boundary, Boundary::Clause);
    assert_eq!(all.last().map(|s| s.boundary), Some(Boundary::Sentence));
}

#[test]
fn a_first_sentence_is_whole_if_it_fits_and_else_parted_sooner() {
    let first = |words: usize| {
        let text = ["kˈæts"; 9][..words].join(" ");
        let all = segment_all(vec![sentence(&text, Boundary::Sentence)], Sizes::default(), true);
        all[0].tokens.len()
    };
    let words = |n: usize| n * "kˈæts ".chars().count() - 1;
    assert_eq!(first(5), words(5));
    assert_eq!(words(5), 29, "above what a longer sentence's head may have");
    assert_eq!(first(6), words(4));
    assert_eq!(first(9), words(4));
}

#[test]
fn what_follows_the_first_is_shorter_and_then_grows_slowly() {
    let long = "ðə tˈu ˈɛksɹˌAz kˈɔst fˈIv dˈɑləɹz ænd fˈɪfti sˈɛnts ".repeat(4);
    let lengths = |heading: &str| -> Vec<usize> {
        let start = sentence(heading, Boundary::Paragraph);
        let rest = sentence(long.trim_end(), Boundary::Sentence);
        let all = segment_all(vec![start, rest], Sizes::default(), true);
        all.iter().map(|segment| segment.tokens.len()).collect()
    };
    for heading in ["wˈʌn", "ʧˈæptəɹ wˈʌn", "ʧˈæptəɹ wˈʌn, ɪn wˌɪʧ wi bəɡˈɪn"] {
        let lengths = lengths(heading);
        assert!(lengths[1] <= 20.max(lengths[0] * 4 / 5), "{lengths:?}");
        for pair in lengths[1..].windows(2) {
            assert!(pair[1] <= 2 * pair[0], "{lengths:?}");
        }
    }
}

#[test]
fn what_does_not_begin_a_response_is_not_cut_for_early_sound() {
    let text = ["kˈæt"; 30].join(" ");
    let sentences = vec![sentence(&text, Boundary::Paragraph); 3];
    let all = segment_all(sentences, Sizes::default(), false);
    assert_eq!(phonemes(&all), [&text; 3]);
}

#[test]
fn without_a_clause_mark_a_phrase_is_kept_whole() {
    let text = "ðə tˈu ˈɛksɹˌAz kˈɔst fˈIv dˈɑləɹz ænd fˈɪfti sˈɛnts";
    let sizes = Sizes { most: vec![46, 80] };
    let all = segment_all(vec![sentence(text, Boundary::Sentence)], sizes, true);
    assert_eq!(
        phonemes(&all),
        ["ðə tˈu ˈɛksɹˌAz kˈɔst fˈIv dˈɑləɹz", "ænd fˈɪfti sˈɛnts"]
    );
}

#[test]
fn no_cut_leaves_a_scrap() {
    let text = format!("{}.", ["kˈæt"; 17].join(" "));
    let sizes = Sizes { most: vec![80] };
    let all = segment_all(vec![sentence(&text, Boundary::Sentence)], sizes, false);
    assert_eq!(all.len(), 2);
    assert!(all[1].tokens.len() >= 20, "{all:?}");
}

#[test]
fn short_sentences_go_together_but_not_across_paragraphs() {
    let all = segment_all(
        vec![
            sentence("jˈɛs.", Boundary::Sentence),
            sentence("nˈO.", Boundary::Paragraph),
            sentence("jˈɛs.", Boundary::Paragraph),
        ],
        Sizes::default(),
        false,
    );
    assert_eq!(phonemes(&all), ["jˈɛs. nˈO.", "jˈɛs."]);
    assert_eq!(all[0].words.len(), 2);
    assert_eq!(all[0].words[1].tokens, 6..10);
}

#[test]
fn an_edit_changes_its_own_segment_only() {
    let text = |third: &str| {
        (0..20)
            .map(|i| {
                let word = if i == 3 { third } else { "bˈɪŋɡli" };
                let filler = ["ænd mˈɪs"; 9][..4 + i % 5].join(" ");
                sentence(&format!("{filler} {word} sˈɪstəɹz."), Boundary::Sentence)
            })
            .collect::<Vec<_>>()
    };
    let before = segment_all(text("kˈæt"), Sizes::default(), true);
    let after = segment_all(text("ɪntˈɑləɹəbᵊl"), Sizes::default(), true);
    let new = after
        .iter()
        .filter(|s| !before.iter().any(|b| b.tokens == s.tokens));
    assert!(new.count() <= 2);
}

#[test]
fn punctuation_alone_is_no_segment() {
    let all = segment_all(
        vec![
            sentence("jˈɛs.", Boundary::Sentence),
            sentence("…", Boundary::Paragraph),
            sentence("nˈO.", Boundary::Sentence),
        ],
        Sizes::default(),
        false,
    );
    assert_eq!(phonemes(&all), ["jˈɛs.", "nˈO."]);
    assert_eq!(all[0].boundary, Boundary::Paragraph);
}

#[test]
fn signs_outside_the_vocabulary_are_left_out() {
    let mut segment = Segment::empty(Boundary::Sentence);
    segment.push_word("a❓b", 0..3);
    assert_eq!(segment.phonemes, "ab");
    assert_eq!(segment.tokens.len(), 2);
}

proptest! {
    #[test]
    fn no_phoneme_is_lost_or_repeated(
        texts in prop::collection::vec("[aˈk,.;”—]{1,30}( [aˈk,.;”—]{1,30}){0,60}", 1..8),
        paragraphs in prop::collection::vec(any::<bool>(), 8),
        most in prop::collection::vec(0usize..600, 0..4),
        first: bool,
    ) {
        let sentences: Vec<Segment> = texts
            .iter()
            .zip(paragraphs)
            .map(|(text, paragraph)| sentence(text, if paragraph { Boundary::Paragraph } else { Boundary::Sentence }))
            .filter(|s| !s.is_silent())
            .collect();
        let squeezed = |segments: &[Segment]| -> String {
            segments.iter().flat_map(|s| s.phonemes.chars()).filter(|&c| c != ' ').collect()
        };
        let spoken = |s: &str| s.chars().filter(|&c| vocabulary::is_sound(c)).collect::<String>();
        let expected = squeezed(&sentences);
        let words: usize = sentences.iter().map(|s| s.words.len()).sum();
        let all = segment_all(sentences, Sizes { most }, first);
        prop_assert_eq!(spoken(&squeezed(&all)), spoken(&expected));
        prop_assert!(all.iter().map(|s| s.words.len()).sum::<usize>() + 2 * all.len() >= words.min(1));
        for segment in &all {
            prop_assert!((1..=MAX_TOKENS).contains(&segment.tokens.len()));
            prop_assert_eq!(segment.tokens.len(), segment.phonemes.chars().count());
            prop_assert!(segment.words.iter().all(|w| w.tokens.end <= segment.tokens.len()));
            prop_assert!(segment.words.windows(2).all(|w| w[0].tokens.end <= w[1].tokens.start));
        }
    }
}

/// A script of 500 words, as sentences that a mark ends and commas part.
fn script() -> impl Strategy<Value = Vec<(Vec<String>, bool)>> {
    let word = "[ˈ]?[ɹtnlkdmpbsz][ɪæʌɛiAO][ɹtnlkdmpbsz]{0,3}[,;]{0,1}";
    let short = prop::collection::vec(word, 1..8);
    let long = prop::collection::vec(word, 4..40);
    let sentence = prop_oneof![short, long].prop_map(|mut words: Vec<String>| {
        let plain = |word: &String| word.trim_end_matches([',', ';']).to_owned();
        // Two marks of three go: English has fewer.
        for (i, word) in words.iter_mut().enumerate() {
            *word = if i % 3 == 0 { word.clone() } else { plain(word) };
        }
        if let Some(last) = words.last_mut() {
            *last = plain(last) + ".";
        }
        words
    });
    prop::collection::vec((sentence, prop::bool::weighted(0.2)), 130).prop_map(|mut all| {
        let mut words = 0;
        all.retain(|(sentence, _)| {
            words += sentence.len();
            words <= 520
        });
        all
    })
}

fn cut_script(script: &[(Vec<String>, bool)], first: bool) -> Vec<Segment> {
    let sentences = script.iter().map(|(words, paragraph)| {
        let boundary = if *paragraph {
            Boundary::Paragraph
        } else {
            Boundary::Sentence
        };
        sentence(&words.join(" "), boundary)
    });
    segment_all(sentences.collect(), Sizes::default(), first)
}

/// Segments of `after` that `before` has not.
fn new_segments<'a>(before: &[Segment], after: &'a [Segment]) -> Vec<&'a Segment> {
    after.iter().filter(|new| !contains(before, new)).collect()
}

fn contains(segments: &[Segment], one: &Segment) -> bool {
    segments.iter().any(|segment| segment.tokens == one.tokens)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// An edit before a cut that is there for early sound may move it, for such cuts go by their number. They part the
    /// first four segments only.
    #[test]
    fn one_changed_word_of_five_hundred_makes_three_new_segments_at_most(
        script in script(),
        which: prop::sample::Index,
        other in "[ɹtnlkdmpbsz][ɪæʌɛiAO]{1,2}[ɹtnlkdmpbsz]{1,6}",
    ) {
        let mut edited = script.clone();
        let words: usize = script.iter().map(|(words, _)| words.len()).sum();
        let mut at = which.index(words);
        for (sentence, _) in &mut edited {
            if let Some(word) = sentence.get_mut(at) {
                let mark: String = word.chars().filter(|c| matches!(c, ',' | ';' | '.')).collect();
                *word = other + &mark;
                break;
            }
            at -= sentence.len();
        }
        let (before, after) = (cut_script(&script, false), cut_script(&edited, false));
        prop_assert!(new_segments(&before, &after).len() <= 3, "{:?}\n{:?}", phonemes(&before), phonemes(&after));

        let heard = (cut_script(&script, true), cut_script(&edited, true));
        let same = heard.0.iter().zip(&heard.1).take_while(|(a, b)| a.tokens == b.tokens).count();
        let behind_early_cuts = heard.1[same..].iter().all(|segment| contains(&after, segment));
        prop_assert!(!behind_early_cuts || new_segments(&heard.0, &heard.1).len() <= 3, "{:?}\n{:?}", phonemes(&heard.0), phonemes(&heard.1));
    }
}
