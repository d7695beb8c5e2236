//! Where a sentence that is too long for one segment is cut.

use super::{Boundary, Segment, Word};

/// Where to cut `segment` (an index of its tokens, after which a space may stand) so that the head has at most
/// `most` tokens; `None` if it fits. At the last clause mark that leaves both sides `least`, else the last space.
pub(super) fn place(segment: &Segment, most: usize, least: usize) -> Option<usize> {
    if segment.tokens.len() <= most {
        return None;
    }
    let signs: Vec<char> = segment.phonemes.chars().collect();
    let last = most.min(signs.len().saturating_sub(least));
    let (mut strong, mut weak, mut space) = (None, None, None);
    for at in 1..=most {
        let (before, after) = (signs[at - 1], signs[at]);
        if after == ' ' {
            space = Some(at);
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
    Some(clause.or(space).unwrap_or_else(|| hard(&signs, most)))
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

fn is_mark(sign: char) -> bool {
    matches!(sign, ',' | ';' | ':' | '.' | '!' | '?' | '…' | '—')
}

fn is_closing(sign: char) -> bool {
    matches!(sign, '”' | '"' | ')')
}
