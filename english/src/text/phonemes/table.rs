//! misaki's lexicons (Apache-2.0) and `overlay.tsv` as `build.rs` lays them out: sorted words, searched where they
//! lie in the program. About 4 MB a dialect, none of it on the heap.

use crate::text::{Dialect, vocabulary};

/// The lexicon of a dialect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    count: usize,
    /// `count + 1` little-endian `u32`.
    offsets: &'static [u8],
    entries: &'static [u8],
}

/// What the lexicon says of a word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    flags: u8,
    payload: &'static [u8],
}

const GOLD: u8 = 1;
const BY_TAG: u8 = 2;
/// In place of a length: for this part of speech the word has no pronunciation of its own.
const NONE: u8 = 255;

static AMERICAN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/american.lex"));
static BRITISH: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/british.lex"));

impl Table {
    pub(super) fn of(dialect: Dialect) -> Self {
        let bytes = match dialect {
            Dialect::American => AMERICAN,
            Dialect::British => BRITISH,
        };
        let (count, rest) = bytes.split_at(4);
        let count = read_u32(count);
        let (offsets, entries) = rest.split_at((count + 1) * 4);
        Self {
            count,
            offsets,
            entries,
        }
    }

    /// The entry of `word`; a capitalised word without one has that of its lower case.
    pub(super) fn get(&self, word: &str) -> Option<Entry> {
        self.find(word).or_else(|| {
            // "'Tis"
            let mut chars = word.trim_start_matches('\'').chars();
            let capitalised = chars.next()?.is_uppercase() && chars.clone().next().is_some();
            if !capitalised || chars.any(char::is_uppercase) {
                return None;
            }
            self.find(&word.to_lowercase())
        })
    }

    fn find(&self, word: &str) -> Option<Entry> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low.midpoint(high);
            let entry = &self.entries[self.offset(middle)..self.offset(middle + 1)];
            let (known, payload) = entry[1..].split_at(usize::from(entry[0]));
            match known.cmp(word.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    return Some(Entry {
                        flags: payload[0],
                        payload: &payload[1..],
                    });
                }
            }
        }
        None
    }

    fn offset(&self, index: usize) -> usize {
        read_u32(&self.offsets[index * 4..][..4])
    }
}

impl Entry {
    /// Checked by hand, unlike the rest.
    pub(super) fn is_gold(self) -> bool {
        self.flags & GOLD != 0
    }

    /// Whether it says different things by part of speech.
    pub(super) fn is_by_tag(self) -> bool {
        self.flags & BY_TAG != 0
    }

    /// The only pronunciation, or the usual one.
    pub(super) fn usual(self) -> Option<String> {
        if self.is_by_tag() {
            self.variant("DEFAULT").flatten()
        } else {
            Some(decode(self.payload))
        }
    }

    /// What it says for a part of speech: `None` if nothing, `Some(None)` if that there is no pronunciation.
    pub(super) fn variant(self, tag: &str) -> Option<Option<String>> {
        if !self.is_by_tag() {
            return None;
        }
        let mut rest = self.payload;
        while let [length, tail @ ..] = rest {
            let (known, tail) = tail.split_at(usize::from(*length));
            let (&length, tail) = tail.split_first()?;
            let (ids, tail) = tail.split_at(if length == NONE { 0 } else { usize::from(length) });
            if known == tag.as_bytes() {
                return Some((length != NONE).then(|| decode(ids)));
            }
            rest = tail;
        }
        None
    }
}

fn decode(ids: &[u8]) -> String {
    ids.iter().filter_map(|&id| vocabulary::sign(id)).collect()
}

fn read_u32(bytes: &[u8]) -> usize {
    bytes
        .try_into()
        .map_or(0, |bytes| u32::from_le_bytes(bytes) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_in_either_case() {
        let table = Table::of(Dialect::American);
        let usual = |word| table.get(word).and_then(Entry::usual);
        assert_eq!(usual("sister"), usual("Sister"));
        assert_eq!(usual("Elizabeth").as_deref(), Some("əlˈɪzəbəθ"));
        assert_eq!(usual("elizabeth"), usual("Elizabeth"));
        assert_eq!(usual("SISTER"), None);
        assert_eq!(usual("xyzzy"), None);
        assert_eq!(usual(""), None);
    }

    #[test]
    fn knows_names_and_jargon_of_our_own() {
        let usual = |dialect, word| Table::of(dialect).get(word).and_then(Entry::usual);
        assert_eq!(usual(Dialect::American, "JSON").as_deref(), Some("ʤˈAsᵊn"));
        assert_eq!(usual(Dialect::British, "Goethe").as_deref(), Some("ɡˈɜːtə"));
        assert_eq!(
            usual(Dialect::American, "Config"),
            usual(Dialect::American, "config")
        );
    }

    #[test]
    fn tells_parts_of_speech_apart() {
        let used = Table::of(Dialect::British).get("used").unwrap();
        assert_ne!(used.variant("VBD"), used.variant("DEFAULT"));
        assert_eq!(used.variant("XX"), None);
        let acronym = Table::of(Dialect::American).get("ABS").unwrap();
        assert_eq!(acronym.variant("NOUN"), Some(None));
    }

    #[test]
    fn is_small() {
        assert!(AMERICAN.len() < 5_000_000 && BRITISH.len() < 5_000_000);
    }
}
