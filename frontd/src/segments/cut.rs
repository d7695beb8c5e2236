//! Where a sentence that is too long for one segment is cut.

use super::{Boundary, Segment, Word};

/// Where to cut `segment` (an index of its tokens, after which a space may stand) so that the head has at most
/// `most` tokens; `None` if it fits. At the last clause mark that leaves both sides `least`, else before a word that begins
/// a phrase, else at the last space.
pub(super) fn place(segment: &Segment, most: usize, least: usize) -> Option<usize> {
    if segment.tokens.len() <= most {
        return None;
    }
    let signs: Vec<char> = segment.phonemes.chars().collect();
    let last = most.min(signs.len().saturating_sub(least));
    let (mut strong, mut weak, mut joint, mut space) = (None, None, None, None);
    for at in 1..=most {
        let (before, after) = (signs[at - 1], signs[at]);
        if after == ' ' && (at <= last || space.is_none()) {
            space = Some(at);
            // A head of a few words would be heard as a stumble.
            if at * 3 >= most && begins_phrase(&signs[at + 1..]) {
                joint = Some(at);
            }
        }
        if at < least || at > last || is_mark(after) || is_closing(after) || (after != ' ' && before != '—')
        {
            continue;
        }
        let mark = signs[..at].iter().rev().copied().find(|&sign| !is_closing(sign));
        match mark {
            Some(';' | ':' | '.' | '!' | '?' | '…' | '—') => strong = Some(at),
            Some(',') => weak = Some(at),
            _ => {}
        }
    }
    // A strong mark is worth a shorter head, but not one that is only half as long as it could be.
    let clause = match (strong, weak) {
        (Some(strong), Some(weak)) if strong * 2 < weak => Some(weak),
        (strong, weak) => strong.or(weak),
    };
    Some(clause.or(joint).or(space).unwrap_or_else(|| hard(&signs, most)))
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
                source: word.source.clone(),
                tokens: tokens.start - start..tokens.end - start,
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

fn is_mark(sign: char) -> bool {
    matches!(sign, ',' | ';' | ':' | '.' | '!' | '?' | '…' | '—')
}

fn is_closing(sign: char) -> bool {
    matches!(sign, '”' | '"' | ')')
}
