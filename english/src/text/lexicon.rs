//! The user's lexicon: how names and jargon are said, ahead of everything that we know.
//!
//! One entry a line, `#` begins a comment:
//!
//! ```text
//! nginx = engine x            # said like these words
//! Siobhan = /ʃəvˈɔn/          # phonemes: Kokoro's signs or usual IPA
//! us: GIF = /ʤˈɪf/            # American voices only; gb: British ones
//! New York Times = /nˈu jˈɔɹk tˈImz/
//! ```
//!
//! An entry in small letters fits every capitalisation; one with capitals fits only as it is written. It fits
//! whole words, also before `'s` and in compounds with hyphens. Of entries that fit, the longest is taken; of two
//! for the same word, the one for the dialect, then the later one.

use std::collections::{HashMap, HashSet};

use super::{
    Dialect,
    phonemes::literal,
    spanned::{LITERAL, Spanned},
    vocabulary,
};

pub mod file;

/// The most entries that are read.
pub const MAX_ENTRIES: usize = 20_000;
/// The longest word of an entry, in bytes.
const LONGEST_WORD: usize = 64;
/// The longest pronunciation, in bytes.
const LONGEST_SAYING: usize = 400;

/// Words and what they say, for both dialects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
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
    entries: HashMap<String, Saying>,
    /// What words begin with, so that most places in a text are passed over quickly.
    initials: HashSet<char>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Saying {
    Phonemes(String),
    Respelling(String),
}

impl Lexicon {
    /// Reads what can be read and tells the rest.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<Fault>) {
        let mut lexicon = Self::default();
        let mut faults = Vec::new();
        let mut general = Vec::new();
        let mut particular = Vec::new();
        for (i, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
            let fault = |problem: String| Fault { line: i + 1, problem };
            if general.len() + particular.len() >= MAX_ENTRIES {
                faults.push(fault(format!("only {MAX_ENTRIES} entries are read")));
                break;
            }
            match entry(line) {
                Ok(None) => {}
                Ok(Some((None, word, saying))) => general.push((word, saying)),
                Ok(Some((Some(dialect), word, saying))) => particular.push((dialect, word, saying)),
                Err(problem) => faults.push(fault(problem)),
            }
        }
        for (word, saying) in general {
            lexicon.american.insert(word.clone(), saying.clone());
            lexicon.british.insert(word, saying);
        }
        for (dialect, word, saying) in particular {
            match dialect {
                Dialect::American => lexicon.american.insert(word, saying),
                Dialect::British => lexicon.british.insert(word, saying),
            }
        }
        (lexicon, faults)
    }

    /// Number of entries for a dialect.
    #[must_use]
    pub fn len(&self, dialect: Dialect) -> usize {
        self.words(dialect).entries.len()
    }

    /// Puts sayings in the place of words.
    #[must_use]
    pub fn apply(&self, text: Spanned, dialect: Dialect) -> Spanned {
        let words = self.words(dialect);
        if words.entries.is_empty() {
            return text;
        }
        let mut out = Spanned::default();
        let mut done = 0;
        let mut before = None;
        let mut at = 0;
        while let Some(c) = text.text()[at..].chars().next() {
            let begins = !joins(before, Some(c)) && words.initials.contains(&folded(c));
            if begins && let Some((length, saying)) = words.at(&text.text()[at..]) {
                out.push_part(&text, done..at);
                let source = text.source_of(at..at + length);
                match saying {
                    Saying::Phonemes(phonemes) => out.push_literal(phonemes, source),
                    Saying::Respelling(words) => out.push_replaced(words, source),
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

    fn words(&self, dialect: Dialect) -> &Words {
        match dialect {
            Dialect::American => &self.american,
            Dialect::British => &self.british,
        }
    }
}

impl Words {
    fn insert(&mut self, word: String, saying: Saying) {
        self.initials.extend(word.chars().next().map(folded));
        self.entries.insert(word, saying);
    }

    /// The longest entry that `text` begins with, and its length in bytes.
    fn at(&self, text: &str) -> Option<(usize, &Saying)> {
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
            found.map(|saying| (end, saying))
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

type Entry = (Option<Dialect>, String, Saying);

fn entry(line: &str) -> Result<Option<Entry>, String> {
    let line = match line.split_once(" #") {
        Some((entry, _comment)) => entry,
        None => line,
    };
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (dialect, line) = match line.split_once(':') {
        Some(("us", rest)) => (Some(Dialect::American), rest),
        Some(("gb", rest)) => (Some(Dialect::British), rest),
        _ => (None, line),
    };
    let (word, saying) = line.split_once('=').ok_or("an entry is `word = pronunciation`")?;
    let word = word
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('\u{2019}', "'");
    let saying = saying.trim();
    if word.is_empty() || word.len() > LONGEST_WORD || word.contains(LITERAL) {
        return Err(format!("a word has 1 to {LONGEST_WORD} bytes"));
    }
    if saying.is_empty() || saying.len() > LONGEST_SAYING || saying.contains(LITERAL) {
        return Err(format!("a pronunciation has 1 to {LONGEST_SAYING} bytes"));
    }
    let Some(ipa) = saying.strip_prefix('/') else {
        return Ok(Some((dialect, word, Saying::Respelling(saying.to_owned()))));
    };
    let ipa = ipa
        .strip_suffix('/')
        .ok_or("phonemes stand between two slashes")?;
    let checked = literal::check(ipa);
    if !checked.dropped.is_empty() {
        let unknown: Vec<String> = checked.dropped.iter().map(char::to_string).collect();
        return Err(format!("the model has no sign for {}", unknown.join(" ")));
    }
    if !checked.phonemes.chars().any(vocabulary::is_sound) {
        return Err("there is nothing to say".to_owned());
    }
    Ok(Some((dialect, word, Saying::Phonemes(checked.phonemes))))
}

#[cfg(test)]
mod tests;
