//! Words → subtitle cues, as an editor of subtitles makes them: at most two lines of 42 characters, from one second to six, broken where
//! the speech is. Pure.
//!
//! Of all ways to part the words the one of the least cost is taken (dynamic programming over the places where a cue may end).

use std::{ops::Range, time::Duration};

use super::{SaidWord, shown::Shown};
use crate::segments::Break;

/// Characters of a line; a cue has at most two.
const LINE: usize = 42;
const LONGEST: Duration = Duration::from_secs(6);
/// A cue that is over sooner stays until then, if the next one does not come.
const SHORTEST: Duration = Duration::from_secs(1);
/// A silence this long ends a cue.
const SILENCE: Duration = Duration::from_millis(800);

/// What a cue costs by itself, so that few are made.
const CUE: u32 = 2;
/// What it costs to show one for less than [`SHORTEST`].
const HASTY: u32 = 20;

/// What is shown at once.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cue {
    pub(super) start: Duration,
    pub(super) end: Duration,
    /// One or two.
    pub(super) lines: Vec<String>,
}

pub(super) fn cues(shown: &Shown, words: &[SaidWord]) -> Vec<Cue> {
    let cuts = shown.cuts(words.iter().map(|word| &word.source));
    let text = |words: &Range<usize>| shown.between(cuts[words.start]..cuts[words.end]);
    let lengths: Vec<usize> = (0..words.len())
        .map(|i| text(&(i..i + 1)).chars().count())
        .collect();
    let next_start = |end: usize| words.get(end).map(|word| word.start);
    let cue = |range: Range<usize>| {
        let (start, end) = (words[range.start].start, words[range.end - 1].end);
        let longer = (start + SHORTEST).min(next_start(range.end).unwrap_or(Duration::MAX));
        Cue {
            start,
            end: end.max(longer),
            lines: lines(&text(&range)),
        }
    };
    parted(words, &lengths).into_iter().map(cue).collect()
}

/// The ranges of words that are the cues; `lengths` are the characters of each word with its marks.
fn parted(words: &[SaidWord], lengths: &[usize]) -> Vec<Range<usize>> {
    // For each number of words: the least cost of cues that end there, and where the last of them begins.
    let mut best = vec![(0, 0)];
    for end in 1..=words.len() {
        let mut least = (u32::MAX, end - 1);
        for begin in (0..end).rev() {
            // One word is a cue however long it is.
            let alone = begin + 1 == end;
            let inner = &words[begin];
            if !alone && (must_end(inner, &words[begin + 1]) || !fits(words, lengths, begin..end)) {
                break;
            }
            let cost = best[begin].0 + cost(words, begin..end);
            if cost < least.0 {
                least = (cost, begin);
            }
        }
        best.push(least);
    }
    let mut ranges = Vec::new();
    let mut end = words.len();
    while end > 0 {
        let begin = best[end].1;
        ranges.push(begin..end);
        end = begin;
    }
    ranges.reverse();
    ranges
}

fn must_end(word: &SaidWord, next: &SaidWord) -> bool {
    word.voice_ends || next.start.saturating_sub(word.end) > SILENCE
}

fn fits(words: &[SaidWord], lengths: &[usize], range: Range<usize>) -> bool {
    let lengths = &lengths[range.clone()];
    let together = |lengths: &[usize]| lengths.iter().sum::<usize>() + lengths.len().saturating_sub(1);
    let time = words[range.end - 1].end.saturating_sub(words[range.start].start);
    let two_lines =
        || (1..lengths.len()).any(|at| together(&lengths[..at]) <= LINE && together(&lengths[at..]) <= LINE);
    time <= LONGEST && (together(lengths) <= LINE || two_lines())
}

fn cost(words: &[SaidWord], range: Range<usize>) -> u32 {
    let last = &words[range.end - 1];
    let over = words
        .get(range.end)
        .map_or(Duration::MAX, |next| next.start.max(last.end));
    let hasty = over.saturating_sub(words[range.start].start) < SHORTEST;
    let forced = words.get(range.end).is_none_or(|next| must_end(last, next));
    let sentences = words[range.start..range.end - 1]
        .iter()
        .filter(|word| word.after == Break::Sentence)
        .count();
    let end = match last.after {
        _ if forced => 0,
        Break::Sentence => 0,
        Break::Clause => 3,
        Break::Comma => 5,
        Break::Phrase => 8,
        Break::Space => 14,
        Break::None => 60,
    };
    // A sentence that ends inside is one that could have had its own.
    let inside = 3 * u32::try_from(sentences).unwrap_or(u32::MAX / 8);
    CUE + end + inside + if hasty { HASTY } else { 0 }
}

/// One line, or two of like length. A word that is longer than two lines is cut short.
fn lines(text: &str) -> Vec<String> {
    let length = text.chars().count();
    if length <= LINE {
        return vec![text.to_owned()];
    }
    let spaces = text.char_indices().enumerate().filter(|(_, (_, c))| *c == ' ');
    let longer = |chars: usize| chars.max(length - chars - 1);
    match spaces.min_by_key(|(chars, _)| longer(*chars)) {
        Some((chars, (at, _))) if longer(chars) <= LINE => {
            vec![text[..at].to_owned(), text[at + 1..].to_owned()]
        }
        _ => hard(text),
    }
}

/// Cut without a space: an address on the web, say.
fn hard(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= 2 * LINE {
        return chars.chunks(LINE).map(|line| line.iter().collect()).collect();
    }
    let second = chars[LINE..2 * LINE - 1].iter().chain(['…'].iter());
    vec![chars[..LINE].iter().collect(), second.collect()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of `text`, each in a time of its own, with the breaks that its marks make; `|` is half a second of silence more.
    fn said(text: &str, ms: u64) -> (Vec<SaidWord>, Vec<usize>) {
        let mut at = Duration::ZERO;
        let mut words = Vec::new();
        for word in text.split_whitespace() {
            if word == "|" {
                at += Duration::from_millis(1000);
                continue;
            }
            let (start, end) = (at, at + Duration::from_millis(ms));
            at = end;
            words.push(SaidWord {
                source: 0..0,
                start,
                end,
                guessed: false,
                after: match word.chars().last() {
                    Some('.' | '?' | '!') => Break::Sentence,
                    Some(';') => Break::Clause,
                    Some(',') => Break::Comma,
                    _ => Break::Space,
                },
                voice_ends: word.ends_with("*"),
            });
        }
        let lengths = text
            .split_whitespace()
            .filter(|word| *word != "|")
            .map(str::len)
            .collect();
        (words, lengths)
    }

    fn cues_of(text: &str, ms: u64) -> Vec<String> {
        let (words, lengths) = said(text, ms);
        let written: Vec<&str> = text.split_whitespace().filter(|word| *word != "|").collect();
        let ranges = parted(&words, &lengths);
        ranges.into_iter().map(|range| written[range].join(" ")).collect()
    }

    #[test]
    fn a_cue_ends_where_the_speech_does() {
        let text = "When the ferry left the harbour that morning, nobody on the quay believed that it would come back before the storm. Nobody.";
        assert_eq!(
            cues_of(text, 300),
            [
                "When the ferry left the harbour that morning,",
                "nobody on the quay believed that it would come back before the storm.",
                "Nobody."
            ]
        );
    }

    #[test]
    fn short_sentences_share_a_cue() {
        assert_eq!(
            cues_of("No. Yes. Well, why not?", 250),
            ["No. Yes. Well, why not?"]
        );
    }

    #[test]
    fn a_silence_and_another_voice_end_a_cue() {
        assert_eq!(
            cues_of("one two | three* four", 300),
            ["one two", "three*", "four"]
        );
    }

    #[test]
    fn no_cue_is_longer_than_its_limits() {
        let text = "abcdefgh ".repeat(400);
        for ms in [80, 300, 2500, 9000] {
            let (words, lengths) = said(&text, ms);
            let ranges = parted(&words, &lengths);
            assert_eq!(ranges.iter().map(ExactSizeIterator::len).sum::<usize>(), 400);
            for range in ranges {
                assert!(range.len() == 1 || fits(&words, &lengths, range.clone()));
                let text = vec!["abcdefgh"; range.len()].join(" ");
                let lines = lines(&text);
                assert!(
                    lines.len() <= 2 && lines.iter().all(|line| line.len() <= LINE),
                    "{lines:?}"
                );
            }
        }
    }

    #[test]
    fn what_has_no_space_is_cut_and_what_is_too_long_cut_short() {
        assert_eq!(lines(&"x".repeat(60)), ["x".repeat(42), "x".repeat(18)]);
        let long = lines(&"é".repeat(200));
        assert!(long.len() == 2 && long.iter().all(|line| line.chars().count() == 42));
        assert!(long[1].ends_with('…'));
    }
}
