//! The user's lexicon: how names and jargon are said, ahead of everything that we know.
//!
//! One entry a line, `#` begins a comment:
//!
//! ```text
//! nginx = engine x            # said like these words
//! Kokoro = koh-KOH-roh        # syllables, the stressed one in capitals: see [`respell`]
//! Siobhan = /ʃəvˈɔn/          # phonemes: Kokoro's signs or usual IPA
//! us: GIF = /ʤˈɪf/            # American voices only; gb: British ones
//! New York Times = /nˈu jˈɔɹk tˈImz/
//! ```
//!
//! An entry in small letters fits every capitalisation; one with capitals fits only as it is written. It fits
//! whole words, also before `'s` and in compounds with hyphens. Of entries that fit, the longest is taken; of two
//! for the same word, the one for the dialect, then the later one.

use std::collections::{HashMap, HashSet};

use self::entry::LONGEST_WORD;
pub use self::entry::{Entry, Saying};
use super::{Dialect, spanned::Spanned};

mod entry;
pub mod file;
pub mod respell;

/// The most entries that are read.
pub const MAX_ENTRIES: usize = 20_000;

/// Words and what they say, for both dialects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    entries: Vec<Entry>,
    american: Words,
    british: Words,
}

/// A line that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    pub problem: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Words {
    /// By the word as written; small letters fit all.
    entries: HashMap<String, Vec<Part>>,
    /// What words begin with, so that most places in a text are passed over quickly.
    initials: HashSet<char>,
}

/// A part of what a word says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Phonemes(String),
}

impl Lexicon {
    /// Of two entries for a word, the later counts, and one for a dialect before one for both.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        let of = |dialect| {
            let mut words = Words::default();
            for wanted in [None, Some(dialect)] {
                for entry in entries.iter().filter(|entry| entry.dialect() == wanted) {
                    words.insert(entry.word().to_owned(), parts(entry.saying(), dialect));
                }
            }
            words
        };
        Self {
            american: of(Dialect::American),
            british: of(Dialect::British),
            entries,
        }
    }

    /// Reads what can be read and tells the rest.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<Fault>) {
        let mut entries = Vec::new();
        let mut faults = Vec::new();
        for (i, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
            let fault = |problem: String| Fault { line: i + 1, problem };
            if entries.len() >= MAX_ENTRIES {
                faults.push(fault(format!("only {MAX_ENTRIES} entries are read")));
                break;
            }
            match Entry::read(line) {
                Ok(entry) => entries.extend(entry),
                Err(problem) => faults.push(fault(problem)),
            }
        }
        (Self::new(entries), faults)
    }

    /// As they were given.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Number of entries for a dialect.
    #[must_use]
    pub fn len(&self, dialect: Dialect) -> usize {
        self.words(dialect).entries.len()
    }

    fn words(&self, dialect: Dialect) -> &Words {
        match dialect {
            Dialect::American => &self.american,
            Dialect::British => &self.british,
        }
    }
}

/// Puts sayings in the place of words. Of lexicons that have a word, the first counts.
#[must_use]
pub fn apply(lexicons: &[&Lexicon], text: Spanned, dialect: Dialect) -> Spanned {
    let lexicons: Vec<&Words> = lexicons
        .iter()
        .map(|lexicon| lexicon.words(dialect))
        .filter(|words| !words.entries.is_empty())
        .collect();
    if lexicons.is_empty() {
        return text;
    }
    let mut out = Spanned::default();
    let mut done = 0;
    let mut before = None;
    let mut at = 0;
    while let Some(c) = text.text()[at..].chars().next() {
        let begins = !joins(before, Some(c));
        let found = lexicons.iter().find_map(|words| {
            (begins && words.initials.contains(&folded(c))).then(|| words.at(&text.text()[at..]))?
        });
        if let Some((length, parts)) = found {
            out.push_part(&text, done..at);
            let source = text.source_of(at..at + length);
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    out.push_replaced(" ", source.clone());
                }
                match part {
                    Part::Phonemes(phonemes) => out.push_literal(phonemes, source.clone()),
                    Part::Words(words) => out.push_replaced(words, source.clone()),
                }
            }
            before = text.text()[..at + length].chars().next_back();
            at += length;
            done = at;
        } else {
            before = Some(c);
            at += c.len_utf8();
        }
    }
    out.push_part(&text, done..text.text().len());
    out
}

/// Syllables become phonemes; plain words next to each other stay one part.
fn parts(saying: &Saying, dialect: Dialect) -> Vec<Part> {
    let said = match saying {
        Saying::Phonemes(phonemes) => return vec![Part::Phonemes(phonemes.clone())],
        Saying::Say(said) => said,
    };
    let mut parts = Vec::new();
    for word in said.split(' ') {
        match (respell::phonemes(word, dialect), parts.last_mut()) {
            (Some(phonemes), _) => parts.push(Part::Phonemes(phonemes)),
            (None, Some(Part::Words(words))) => {
                words.push(' ');
                words.push_str(word);
            }
            (None, _) => parts.push(Part::Words(word.to_owned())),
        }
    }
    parts
}

impl Words {
    fn insert(&mut self, word: String, parts: Vec<Part>) {
        self.initials.extend(word.chars().next().map(folded));
        self.entries.insert(word, parts);
    }

    /// The longest entry that `text` begins with, and its length in bytes.
    fn at(&self, text: &str) -> Option<(usize, &[Part])> {
        let window = &text[..text.floor_char_boundary(LONGEST_WORD)];
        let ends = window
            .char_indices()
            .map(|(i, c)| (i + c.len_utf8(), c))
            .filter(|&(end, c)| !joins(Some(c), text[end..].chars().next()));
        let ends: Vec<usize> = ends.map(|(end, _)| end).collect();
        ends.into_iter().rev().find_map(|end| {
            let written = text[..end].replace(['\u{2019}', '\u{2018}'], "'");
            let found = self
                .entries
                .get(&written)
                .or_else(|| self.entries.get(&written.to_lowercase()));
            found.map(|parts| (end, parts.as_slice()))
        })
    }
}

/// Whether no word ends between two characters.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let within = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric());
    within(before) && within(after)
}

fn folded(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

#[cfg(test)]
mod tests;
