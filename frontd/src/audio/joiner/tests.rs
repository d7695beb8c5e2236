use proptest::prelude::*;

use super::*;

const SENTENCE: (Option<char>, Boundary) = (Some('.'), Boundary::Sentence);

/// Silence, a tone, silence.
fn segment(before: usize, tone: usize, after: usize) -> Vec<f32> {
    let mut pcm = vec![0.0; before];
    pcm.extend((0..tone).map(|i| 0.5 * (i as f32 * 0.1).cos()));
    pcm.resize(before + tone + after, 0.0);
    pcm
}

fn biggest_jump(pcm: &[f32]) -> f32 {
    pcm.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max)
}

#[test]
fn trims_silence_but_leaves_margins_and_says_where_the_sound_is() {
    let mut joiner = Joiner::new(1.0, 1.0);
    let (out, placed) = joiner.push(&segment(12_000, 24_000, 12_000), SENTENCE);
    assert_eq!(placed.start, 0);
    assert_eq!(placed.trimmed, 12_000 - LEAD);
    assert_eq!(out.len(), placed.kept);
    assert_eq!(out.len(), LEAD + 24_000 + TAIL);

    let (next, placed) = joiner.push(&segment(2400, 4800, 0), SENTENCE);
    let pause = samples_in(Duration::from_millis(280));
    assert_eq!(placed.start, out.len() + pause);
    assert!(next[..pause].iter().all(|s| *s == 0.0));
    assert_eq!(joiner.samples(), out.len() + next.len());
    // The tone begins at sample 2400 of the segment.
    let tone = placed.time_of(2400);
    assert_eq!(tone, duration_of(out.len() + pause + LEAD));
    assert_eq!(placed.time_of(0), duration_of(placed.start));
    assert_eq!(
        placed.time_of(usize::MAX / 2),
        duration_of(placed.start + placed.kept)
    );
}

#[test]
fn joins_without_clicks_even_where_segments_are_cut_in_full_sound() {
    let mut joiner = Joiner::new(1.0, 1.0);
    let clause = (Some('a'), Boundary::Clause);
    let mut all = Vec::new();
    for _ in 0..3 {
        all.extend(joiner.push(&segment(0, 9000, 0), clause).0);
    }
    all.extend(joiner.finish());
    all.insert(0, 0.0);
    all.push(0.0);
    // The tone itself moves by up to 0.05 a sample.
    assert!(biggest_jump(&all) < 0.06, "{}", biggest_jump(&all));
}

#[test]
fn pauses_follow_punctuation_speed_and_the_user() {
    let gap = |speed: f32, end, explicit: &[u64]| {
        let mut joiner = Joiner::new(1.0, speed);
        let (first, _) = joiner.push(&segment(0, 2400, 0), end);
        for ms in explicit {
            joiner.pause(Duration::from_millis(*ms));
        }
        joiner.push(&segment(0, 2400, 0), end).1.start - first.len()
    };
    let ms = |n| samples_in(Duration::from_millis(n));
    assert_eq!(gap(1.0, SENTENCE, &[]), ms(280));
    assert_eq!(gap(2.0, SENTENCE, &[]), ms(140));
    assert_eq!(gap(1.0, (Some('.'), Boundary::Paragraph), &[]), ms(600));
    assert_eq!(gap(1.0, (Some(','), Boundary::Clause), &[]), ms(90));
    assert_eq!(gap(1.0, (Some('d'), Boundary::Clause), &[]), 0);
    assert_eq!(
        gap(2.0, SENTENCE, &[1500, 500]),
        ms(2000),
        "as asked, at any speed"
    );
    assert_eq!(gap(1.0, SENTENCE, &[100]), ms(100));
    assert_eq!(gap(1.0, SENTENCE, &[u64::MAX / 4, 5]), samples_in(MAX_PAUSE));
}

#[test]
fn ends_with_the_last_word_or_with_the_pause_that_was_asked_for() {
    let mut joiner = Joiner::new(1.0, 1.0);
    joiner.push(&segment(0, 2400, 0), SENTENCE);
    assert!(joiner.finish().is_empty());

    let mut joiner = Joiner::new(1.0, 1.0);
    joiner.pause(Duration::from_secs(1));
    assert_eq!(joiner.finish(), vec![0.0; 24_000]);
}

#[test]
fn silence_and_garbage_are_no_sound() {
    let mut joiner = Joiner::new(1.0, 1.0);
    for pcm in [vec![], vec![0.0; 5000], vec![f32::NAN; 5000], vec![1e-5; 5000]] {
        let (out, placed) = joiner.push(&pcm, (None, Boundary::Clause));
        assert!(out.is_empty());
        assert_eq!(placed.kept, 0);
    }
}

proptest! {
    #[test]
    fn counts_every_sample_and_never_exceeds_the_ceiling(
        segments in prop::collection::vec(prop::collection::vec(-4.0_f32..4.0, 0..2000), 0..6),
        volume in 0.0_f32..10.0,
    ) {
        let mut joiner = Joiner::new(volume, 1.0);
        let mut total = 0;
        for pcm in &segments {
            let (out, placed) = joiner.push(pcm, SENTENCE);
            prop_assert!(placed.trimmed + placed.kept <= pcm.len());
            prop_assert_eq!(placed.start + placed.kept, total + out.len());
            prop_assert!(out.iter().all(|s| s.abs() <= limiter::CEILING));
            total += out.len();
            prop_assert_eq!(joiner.samples(), total);
        }
    }
}
