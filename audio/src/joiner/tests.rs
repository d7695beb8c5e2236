use proptest::prelude::*;

use super::*;
use common::SAMPLES_PER_FRAME;

const PAUSES: Pauses = Pauses {
    clause: Duration::from_millis(200),
    sentence: Duration::from_millis(400),
};

const fn end(last: char, boundary: Boundary) -> End {
    End {
        last: Some(last),
        boundary,
        pauses: PAUSES,
    }
}

const fn at(speed: f32, volume: f32) -> Manner {
    Manner { speed, volume }
}

const SENTENCE: End = end('.', Boundary::Sentence);

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
    let mut joiner = Joiner::default();
    let (out, placed) = joiner.push(&segment(12_000, 24_000, 12_000), Manner::PLAIN, SENTENCE);
    assert_eq!(placed.start, 0);
    assert_eq!(placed.trimmed, 12_000 - LEAD);
    assert_eq!(out.len(), placed.kept);
    assert_eq!(out.len(), LEAD + 24_000 + TAIL);

    let (next, placed) = joiner.push(&segment(2400, 4800, 0), Manner::PLAIN, SENTENCE);
    let pause = samples_in(Duration::from_millis(350));
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
    let mut joiner = Joiner::default();
    let clause = end('a', Boundary::Clause);
    let mut all = Vec::new();
    for _ in 0..3 {
        all.extend(joiner.push(&segment(0, 9000, 0), Manner::PLAIN, clause).0);
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
        let mut joiner = Joiner::default();
        let (first, _) = joiner.push(&segment(0, 2400, 0), at(speed, 1.0), end);
        for ms in explicit {
            joiner.pause(Duration::from_millis(*ms));
        }
        joiner.push(&segment(0, 2400, 0), at(speed, 1.0), end).1.start - first.len()
    };
    let ms = |n| samples_in(Duration::from_millis(n));
    // From speech to speech, of which 90 ms are the margins of both.
    assert_eq!(gap(1.0, SENTENCE, &[]), ms(440 - 90));
    assert_eq!(gap(2.0, SENTENCE, &[]), ms((440 - 90) / 2));
    assert_eq!(gap(1.0, end('.', Boundary::Paragraph), &[]), ms(440 + 350 - 90));
    assert_eq!(gap(1.0, end(',', Boundary::Clause), &[]), ms(140 - 90));
    assert_eq!(gap(1.0, end('d', Boundary::Clause), &[]), 0);
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
    let mut joiner = Joiner::default();
    joiner.push(&segment(0, 2400, 0), Manner::PLAIN, SENTENCE);
    assert!(joiner.finish().is_empty());

    let mut joiner = Joiner::default();
    joiner.pause(Duration::from_secs(1));
    assert_eq!(joiner.finish(), vec![0.0; 24_000]);
}

#[test]
fn silence_and_garbage_are_no_sound() {
    let mut joiner = Joiner::default();
    for pcm in [vec![], vec![0.0; 5000], vec![f32::NAN; 5000], vec![1e-5; 5000]] {
        let (out, placed) = joiner.push(&pcm, Manner::PLAIN, end('a', Boundary::Clause));
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
        let mut joiner = Joiner::default();
        let mut total = 0;
        for pcm in &segments {
            let (out, placed) = joiner.push(pcm, at(1.0, volume), SENTENCE);
            prop_assert!(placed.trimmed + placed.kept <= pcm.len());
            prop_assert_eq!(placed.start + placed.kept, total + out.len());
            prop_assert!(out.iter().all(|s| s.abs() <= limiter::CEILING));
            total += out.len();
            prop_assert_eq!(joiner.samples(), total);
        }
    }
}

/// The frames of a segment of so many samples, whose padding at the end is silent for `silence` of them.
fn frames(samples: usize, silence: usize) -> [u16; 2] {
    let frames = |samples: usize| u16::try_from(samples / SAMPLES_PER_FRAME).unwrap();
    [frames(samples - silence), frames(silence)]
}

#[test]
fn parts_make_the_sound_of_the_whole() {
    let whole = segment(12_000, 60_000, 12_000);
    let mut at_once = Joiner::default();
    let (expected, placed) = at_once.push(&whole, at(1.0, 0.9), SENTENCE);
    let mut joiner = Joiner::default();
    let (mut out, begun) = joiner.begin(&whole[..30_000], &frames(whole.len(), 12_000), at(1.0, 0.9));
    out.extend(joiner.go_on(&whole[30_000..50_400]));
    out.extend(joiner.end(&whole[50_400..], SENTENCE));
    assert_eq!(out, expected);
    assert_eq!(begun, placed);
    assert_eq!(joiner.samples(), at_once.samples());
    assert_eq!(
        joiner.push(&whole, Manner::PLAIN, SENTENCE).1,
        at_once.push(&whole, Manner::PLAIN, SENTENCE).1
    );
}

#[test]
fn a_last_part_without_sound_is_no_sound() {
    let whole = segment(0, 30_000, 24_000);
    let mut joiner = Joiner::default();
    let (out, _) = joiner.begin(&whole[..31_200], &frames(whole.len(), 24_000), Manner::PLAIN);
    assert_eq!(out.len(), 31_200);
    // Noise far below what came before.
    let noise: Vec<f32> = (0..24_000).map(|i| 0.004 * (i as f32).sin()).collect();
    assert!(joiner.end(&noise, SENTENCE).is_empty());
}

#[test]
fn a_loud_sound_in_parts_has_no_step_between_them() {
    let whole = segment(0, 48_000, 0);
    let mut joiner = Joiner::default();
    let mut out = joiner
        .begin(&whole[..24_000], &frames(whole.len(), 0), at(1.0, 3.0))
        .0;
    out.extend(joiner.end(&whole[24_000..], SENTENCE));
    assert!(out.iter().all(|sample| sample.abs() <= limiter::CEILING));
    assert!(biggest_jump(&out) < 0.12, "{}", biggest_jump(&out));
}

#[test]
fn at_another_speed_everything_follows() {
    // A click at every quarter of a second, as words are.
    let mut whole = segment(12_000, 60_000, 12_000);
    for (i, sample) in whole[12_000..72_000].iter_mut().enumerate() {
        *sample *= if i % 6000 < 3000 { 1.0 } else { 0.05 };
    }
    for speed in [0.5, 1.25, 2.0] {
        let mut at_once = Joiner::default();
        let (expected, placed) = at_once.push(&whole, at(speed, 0.9), SENTENCE);
        assert!((expected.len() as f32 - placed.kept as f32 / speed).abs() <= 0.5);
        let mut joiner = Joiner::default();
        let (mut out, begun) = joiner.begin(&whole[..30_000], &frames(whole.len(), 12_000), at(speed, 0.9));
        out.extend(joiner.go_on(&whole[30_000..50_400]));
        out.extend(joiner.end(&whole[50_400..], SENTENCE));
        assert_eq!(out, expected);
        assert_eq!(begun, placed);
        for word in (12_000..72_000).step_by(6000) {
            let said = samples_in(placed.time_of(word));
            let loud = |pcm: &[f32]| loudness(pcm) > 0.2;
            let heard = (said.saturating_sub(600)..out.len()).find(|at| loud(&out[*at..at + 24]));
            assert!(
                heard.unwrap().abs_diff(said) < 600,
                "{speed}: {heard:?}, not {said}"
            );
        }
        // The pause after it belongs to it.
        let next = joiner.push(&whole, Manner::PLAIN, SENTENCE).1.start - out.len();
        assert_eq!(next, samples_in(Duration::from_millis(350).div_f32(speed)));
    }
}
