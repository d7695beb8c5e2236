//! What the tagger sees of a word, as hashes of spaCy's string store.

use super::{
    spacy::{NORMS, SPELLINGS, SYMBOLS},
    words::Word,
};

/// Norm, first character, last three, shape, white space behind, is white space.
pub(super) const COLUMNS: usize = 6;

pub(super) fn features(word: &Word<'_>) -> [u64; COLUMNS] {
    let first = word.text.chars().next().map_or(0, char::len_utf8);
    let last = word.text.char_indices().rev().nth(2).map_or(0, |(i, _)| i);
    [
        norm(word),
        id(&word.text[..first]),
        id(&word.text[last..]),
        id(&shape(word.text)),
        u64::from(word.space),
        0,
    ]
}

fn norm(word: &Word<'_>) -> u64 {
    if let Some(norm) = word.norm {
        return id(norm);
    }
    if let Ok(found) = NORMS.binary_search_by_key(&word.text, |&(known, _)| known) {
        return id(NORMS[found].1);
    }
    if let Ok(found) = SPELLINGS.binary_search_by_key(&hash(word.text.as_bytes()), |&(known, _)| known) {
        return id(SPELLINGS[found].1);
    }
    id(&word.text.to_lowercase())
}

/// `Darcy` → `Xxxxx`, `1813` → `dddd`; of a run of one class four are kept.
fn shape(text: &str) -> String {
    const LONG: usize = 100;
    let mut shape = String::new();
    let (mut last, mut run, mut count) = ('\0', 0, 0);
    for c in text.chars() {
        count += 1;
        if count >= LONG {
            return "LONG".to_owned();
        }
        let class = match c {
            c if c.is_alphabetic() => {
                if c.is_uppercase() {
                    'X'
                } else {
                    'x'
                }
            }
            c if c.is_numeric() => 'd',
            c => c,
        };
        run = if class == last { run + 1 } else { 1 };
        last = class;
        if run <= 4 {
            shape.push(class);
        }
    }
    shape
}

fn id(text: &str) -> u64 {
    match SYMBOLS.binary_search_by_key(&text, |&(known, _)| known) {
        Ok(found) => SYMBOLS[found].1,
        Err(_) => hash(text.as_bytes()),
    }
}

/// MurmurHash64A with seed 1.
fn hash(bytes: &[u8]) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    let mut hash = 1 ^ (bytes.len() as u64).wrapping_mul(M);
    let (blocks, rest) = bytes.as_chunks::<8>();
    for block in blocks {
        let mut k = u64::from_le_bytes(*block).wrapping_mul(M);
        k = (k ^ (k >> 47)).wrapping_mul(M);
        hash = (hash ^ k).wrapping_mul(M);
    }
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        hash = (hash ^ u64::from_le_bytes(last)).wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 47)).wrapping_mul(M);
    hash ^ (hash >> 47)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_spacy_does() {
        // `spacy.strings.hash_string("coffee")`, from spaCy's documentation.
        assert_eq!(hash(b"coffee"), 3_197_928_453_018_144_401);
    }

    #[test]
    fn shapes_keep_four_of_a_run() {
        assert_eq!(shape("Bingley’s"), "Xxxxx’x");
        assert_eq!(shape("18131"), "dddd");
        assert_eq!(shape(&"x".repeat(5000)), "LONG");
    }
}
