use super::*;
use proptest::prelude::*;

fn sentence(words: &str, boundary: Boundary) -> Segment {
    let mut sentence = Segment::empty(boundary);
    let mut source = 0;
    for (i, word) in words.split(' ').enumerate() {
        if i > 0 {
            sentence.push(" ");
        }
        sentence.push_word(word, source..source + 1, false);
        source += 2;
    }
    sentence
}

fn segment_all(sentences: Vec<Segment>, limit: usize) -> Vec<Segment> {
    let mut segmenter = Segmenter::new(Limit(limit));
    let mut all: Vec<Segment> = sentences.into_iter().flat_map(|s| segmenter.push(s)).collect();
    all.extend(segmenter.finish());
    all
}

fn phonemes(segments: &[Segment]) -> Vec<&str> {
    segments.iter().map(|s| s.phonemes.as_str()).collect()
}

const CLAUSES: &str =
    "hˈɜɹst ænd mˈɪs bˈɪŋɡli; ænd ðˌO ðə mˈʌðəɹ wʌz fˈWnd tə bi ɪntˈɑləɹəbᵊl, ænd ðə jˈʌŋɡəɹ sˈɪstəɹz.";

#[test]
fn a_sentence_is_said_in_one_breath() {
    let sentences = vec![sentence(CLAUSES, Boundary::Sentence); 3];
    assert_eq!(phonemes(&segment_all(sentences, 400)), [CLAUSES; 3]);
}

#[test]
fn what_is_over_the_limit_is_cut_at_a_clause() {
    let all = segment_all(vec![sentence(CLAUSES, Boundary::Paragraph)], 90);
    let whole = phonemes(&all);
    assert_eq!(whole.len(), 2, "{whole:?}");
    assert!(whole[0].ends_with([';', ',']), "{whole:?}");
    assert_eq!(all[0].boundary, Boundary::Clause);
    assert_eq!(all[1].boundary, Boundary::Paragraph);
}

#[test]
fn without_a_clause_mark_a_phrase_is_kept_whole() {
    let text = "ðə tˈu ˈɛksɹˌAz kˈɔst fˈIv dˈɑləɹz ænd fˈɪfti sˈɛnts";
    let all = segment_all(vec![sentence(text, Boundary::Sentence)], 46);
    assert_eq!(
        phonemes(&all),
        ["ðə tˈu ˈɛksɹˌAz kˈɔst fˈIv dˈɑləɹz", "ænd fˈɪfti sˈɛnts"]
    );
}

#[test]
fn no_cut_leaves_a_scrap() {
    for words in 30..120 {
        let text = format!("{}.", vec!["kˈæt"; words].join(" "));
        let all = segment_all(vec![sentence(&text, Boundary::Sentence)], 200);
        assert!(
            all.iter().all(|segment| segment.tokens.len() >= LEAST),
            "{words}: {all:?}"
        );
    }
}

#[test]
fn an_item_that_only_its_line_ends_gets_a_mark_before_the_next() {
    let items = ["mˈɪlk", "ˈɛɡz,", "ˈɛɡz”", "ˈɛɡz.”", "bɹˈɛd"];
    let items = items.iter().map(|item| sentence(item, Boundary::Sentence));
    let all = segment_all(items.collect(), 400);
    assert_eq!(phonemes(&all).join(" "), "mˈɪlk. ˈɛɡz, ˈɛɡz”. ˈɛɡz.” bɹˈɛd");
}

#[test]
fn short_sentences_go_together_but_not_across_paragraphs() {
    let all = segment_all(
        vec![
            sentence("jˈɛs.", Boundary::Sentence),
            sentence("nˈO.", Boundary::Paragraph),
            sentence("jˈɛs.", Boundary::Paragraph),
        ],
        400,
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
    let before = segment_all(text("kˈæt"), 400);
    let after = segment_all(text("ɪntˈɑləɹəbᵊl"), 400);
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
        400,
    );
    assert_eq!(phonemes(&all), ["jˈɛs.", "nˈO."]);
    assert_eq!(all[0].boundary, Boundary::Paragraph);
}

#[test]
fn signs_outside_the_vocabulary_are_left_out() {
    let mut segment = Segment::empty(Boundary::Sentence);
    segment.push_word("a❓b", 0..3, false);
    assert_eq!(segment.phonemes, "ab");
    assert_eq!(segment.tokens.len(), 2);
}

proptest! {
    #[test]
    fn no_phoneme_is_lost_or_repeated(
        texts in prop::collection::vec("[aˈk,.;”—]{1,30}( [aˈk,.;”—]{1,30}){0,60}", 1..8),
        paragraphs in prop::collection::vec(any::<bool>(), 8),
        limit in 40usize..=MAX_TOKENS,
    ) {
        let sentences: Vec<Segment> = texts
            .iter()
            .zip(paragraphs)
            .map(|(text, paragraph)| sentence(text, if paragraph { Boundary::Paragraph } else { Boundary::Sentence }))
            .collect();
        let squeezed = |segments: &[Segment]| -> String {
            segments.iter().flat_map(|s| s.phonemes.chars()).filter(|&c| c != ' ').collect()
        };
        let spoken = |s: &str| s.chars().filter(|&c| vocabulary::is_sound(c)).collect::<String>();
        let expected = squeezed(&sentences);
        let words: usize = sentences.iter().filter(|s| !s.is_silent()).map(|s| s.words.len()).sum();
        let all = segment_all(sentences, limit);
        prop_assert_eq!(spoken(&squeezed(&all)), spoken(&expected));
        prop_assert!(all.iter().map(|s| s.words.len()).sum::<usize>() + 2 * all.len() >= words.min(1));
        for segment in &all {
            prop_assert!(!segment.is_silent(), "{:?}", segment.phonemes);
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

fn cut_script(script: &[(Vec<String>, bool)]) -> Vec<Segment> {
    let sentences = script.iter().map(|(words, paragraph)| {
        let boundary = if *paragraph {
            Boundary::Paragraph
        } else {
            Boundary::Sentence
        };
        sentence(&words.join(" "), boundary)
    });
    segment_all(sentences.collect(), 400)
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
        let (before, after) = (cut_script(&script), cut_script(&edited));
        prop_assert!(new_segments(&before, &after).len() <= 3, "{:?}\n{:?}", phonemes(&before), phonemes(&after));
    }
}
