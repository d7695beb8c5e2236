//! Where a sentence that is too long for one segment is cut, and where a run of short ones is parted.

use super::{Boundary, Break, Segment, Word};

/// What a cut is worth: a mark that parts clauses, a comma, a space before a word that begins a phrase, any space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Space,
    Joint,
    Weak,
    Strong,
}

/// Where to cut `segment` (an index of its tokens, after which a space may stand) so that a piece has at most `most` tokens; `None`
/// if it fits. By what stands around the cut and not by how far it is from the front, so that an edit moves no cut but its
/// own. Of the best marks, words or spaces that leave both sides `least`, it takes the one whose neighbourhood has the
/// largest hash; in less than twice `most`, one that leaves no third piece.
pub(super) fn place(segment: &Segment, most: usize, least: usize) -> Option<usize> {
    let length = segment.tokens.len();
    if length <= most {
        return None;
    }
    let signs: Vec<char> = segment.phonemes.chars().collect();
    let from = if length <= 2 * most { length - most } else { 0 };
    let from = from.max(least).max(1);
    let best = (from..=length - from)
        .filter_map(|at| Some((worth(&signs, at)?, around(&segment.tokens, at), at)))
        // Equal surroundings: the one nearest the middle.
        .max_by_key(|&(worth, hash, at)| (worth, hash, std::cmp::Reverse(at.abs_diff(length / 2))));
    Some(best.map_or_else(|| hard(&signs, most), |(_, _, at)| at))
}

/// Where to part a run of sentences: the index of the one that begins the second part; `None` to leave it whole. By
/// the sentence before the cut and not by how far it is from the front, as in [`place`].
pub(super) fn part(sentences: &[Segment], most: usize, least: usize) -> Option<usize> {
    // Each with the space before it.
    let sizes = sentences.iter().map(|sentence| sentence.tokens.len() + 1);
    let whole: usize = sizes.clone().sum();
    if sentences.len() < 2 || whole <= 2 * least {
        return None;
    }
    let left = sizes.scan(0, |sum, size| {
        *sum += size;
        Some(*sum)
    });
    let cuts: Vec<(usize, usize)> = (1..sentences.len())
        .zip(left)
        .map(|(at, left)| (at, left.min(whole - left)))
        .collect();
    cuts.iter()
        .filter(|(_, shorter)| *shorter > least)
        .max_by_key(|(at, shorter)| (hash(&sentences[at - 1].tokens), *shorter))
        .or_else(|| {
            cuts.iter()
                .filter(|_| whole > most + 1)
                .max_by_key(|(_, shorter)| *shorter)
        })
        .map(|(at, _)| *at)
}

/// What a cut before `signs[at]` is worth; `None`: not between words, or before a mark.
fn worth(signs: &[char], at: usize) -> Option<Worth> {
    let (before, after) = (*signs.get(at.checked_sub(1)?)?, *signs.get(at)?);
    if is_mark(after) || is_closing(after) || (after != ' ' && before != '—') {
        return None;
    }
    let mark = signs[..at].iter().rev().copied().find(|&sign| !is_closing(sign));
    Some(match mark {
        Some(';' | ':' | '.' | '!' | '?' | '…' | '—') => Worth::Strong,
        Some(',') => Worth::Weak,
        _ if begins_phrase(&signs[at + 1..]) => Worth::Joint,
        _ => Worth::Space,
    })
}

/// See [`Segment::breaks`].
pub(super) fn breaks(segment: &Segment) -> Vec<Break> {
    let signs: Vec<char> = segment.phonemes.chars().collect();
    let after = |words: &[Word]| {
        let [word, next] = words else { return Break::None };
        let between = word.tokens.end..next.tokens.start;
        let places = between.filter_map(|at| Some((worth(&signs, at)?, at)));
        match places.max() {
            None => Break::None,
            Some((Worth::Space, _)) => Break::Space,
            Some((Worth::Joint, _)) => Break::Phrase,
            Some((Worth::Weak, _)) => Break::Comma,
            Some((Worth::Strong, at)) => {
                let marks = &signs[word.tokens.end..at];
                if marks.iter().any(|mark| matches!(mark, '.' | '!' | '?' | '…')) {
                    Break::Sentence
                } else {
                    Break::Clause
                }
            }
        }
    };
    let mut breaks: Vec<Break> = segment.words.windows(2).map(after).collect();
    if !segment.words.is_empty() {
        breaks.push(match segment.boundary {
            Boundary::Clause => Break::Clause,
            Boundary::Sentence | Boundary::Paragraph => Break::Sentence,
        });
    }
    breaks
}

/// Tokens at each side of a cut that decide about it: a word or two.
const AROUND: usize = 8;

fn around(tokens: &[u8], at: usize) -> u64 {
    hash(&tokens[at.saturating_sub(AROUND)..(at + AROUND).min(tokens.len())])
}

/// FNV-1a: the same in every release, on every machine.
fn hash(tokens: &[u8]) -> u64 {
    tokens.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &token| {
        (hash ^ u64::from(token)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Cuts in two; a space at the cut is dropped. A word that is cut belongs to both.
pub(super) fn at(segment: Segment, at: usize) -> (Segment, Segment) {
    let space = segment.phonemes.chars().nth(at) == Some(' ');
    let from = at + usize::from(space);
    let byte = |index: usize| {
        let found = segment.phonemes.char_indices().nth(index);
        found.map_or(segment.phonemes.len(), |(byte, _)| byte)
    };
    let words = |start: usize, end: usize| {
        let within = segment.words.iter().filter_map(move |word| {
            let tokens = word.tokens.start.max(start)..word.tokens.end.min(end);
            (!tokens.is_empty()).then(|| Word {
                tokens: tokens.start - start..tokens.end - start,
                ..word.clone()
            })
        });
        within.collect()
    };
    let head = Segment {
        phonemes: segment.phonemes[..byte(at)].to_owned(),
        tokens: segment.tokens[..at].to_vec(),
        words: words(0, at),
        boundary: Boundary::Clause,
    };
    let tail = Segment {
        phonemes: segment.phonemes[byte(from)..].to_owned(),
        tokens: segment.tokens[from..].to_vec(),
        words: words(from, segment.tokens.len()),
        boundary: segment.boundary,
    };
    (head, tail)
}

/// No space anywhere: cut at `most`, but do not part a stress mark from its vowel.
fn hard(signs: &[char], most: usize) -> usize {
    let marks = signs[..most]
        .iter()
        .rev()
        .take_while(|sign| matches!(sign, 'ˈ' | 'ˌ'));
    match most - marks.count() {
        0 => most,
        at => at,
    }
}

/// Whether the next word is a conjunction or preposition, before which one may breathe.
fn begins_phrase(signs: &[char]) -> bool {
    let word = signs
        .iter()
        .take_while(|&&sign| sign != ' ')
        .filter(|sign| !matches!(sign, 'ˈ' | 'ˌ'));
    PHRASES.contains(&word.collect::<String>().as_str())
}

/// In both dialects: and, but, or, that, which, who, when, if, as, because, than, for, from, with, in, into, on, at, by.
const PHRASES: [&str; 31] = [
    "ænd", "and", "bʌt", "ɔɹ", "ɔː", "ðæt", "ðat", "wɪʧ", "hu", "huː", "wɛn", "ɪf", "æz", "az", "bəkʌz",
    "bɪkɒz", "ðæn", "ðan", "fɔɹ", "fɔː", "fɹʌm", "fɹɒm", "wɪð", "ɪn", "ɪntu", "ɪntuː", "ɔn", "ɒn", "æt",
    "at", "bI",
];

/// Whether a mark stands at the end, inside closing quotes and brackets or outside.
pub(super) fn ends_with_mark(phonemes: &str) -> bool {
    let outside = phonemes.trim_end();
    outside.trim_end_matches(is_closing).ends_with(is_mark) || outside.ends_with(is_mark)
}

fn is_mark(sign: char) -> bool {
    matches!(sign, ',' | ';' | ':' | '.' | '!' | '?' | '…' | '—')
}

fn is_closing(sign: char) -> bool {
    matches!(sign, '”' | '"' | ')')
}
