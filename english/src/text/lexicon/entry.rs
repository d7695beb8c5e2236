//! One entry of a lexicon, and the line that it is in a file.

use std::fmt;

use super::Dialect;
use crate::text::{phonemes::literal, spanned::LITERAL, vocabulary};

/// The longest word of an entry, in bytes.
pub(super) const LONGEST_WORD: usize = 64;
/// The longest pronunciation, in bytes.
const LONGEST_SAYING: usize = 400;

/// A word and what it says. What is made here can be written as a line and read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `None`: both.
    dialect: Option<Dialect>,
    word: String,
    saying: Saying,
}

/// How a word is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saying {
    /// As people type it: syllables ("koh-KOH-roh") or plain words ("engine x").
    Say(String),
    /// Kokoro's signs or usual IPA.
    Phonemes(String),
}

impl Entry {
    /// # Errors
    ///
    /// What is wrong, as a clause: "a word has 1 to 64 bytes".
    pub fn new(word: &str, saying: Saying, dialect: Option<Dialect>) -> Result<Self, String> {
        let entry = Self::checked(word, saying, dialect)?;
        let again = Self::read(&entry.to_string());
        if again.is_ok_and(|again| again.as_ref() == Some(&entry)) {
            Ok(entry)
        } else {
            Err("`=`, ` #`, `us:`, `gb:` and slashes mean something else in the lexicon's file".to_owned())
        }
    }

    fn checked(word: &str, saying: Saying, dialect: Option<Dialect>) -> Result<Self, String> {
        let word = one_line(word).replace('\u{2019}', "'");
        if word.is_empty() || word.len() > LONGEST_WORD || word.contains(LITERAL) {
            return Err(format!("a word has 1 to {LONGEST_WORD} bytes"));
        }
        let (Saying::Say(said) | Saying::Phonemes(said)) = &saying;
        if said.trim().is_empty() || said.len() > LONGEST_SAYING || said.contains(LITERAL) {
            return Err(format!("a pronunciation has 1 to {LONGEST_SAYING} bytes"));
        }
        let saying = match saying {
            Saying::Say(said) => Saying::Say(one_line(&said)),
            Saying::Phonemes(ipa) => Saying::Phonemes(signs(&ipa)?),
        };
        Ok(Self {
            dialect,
            word,
            saying,
        })
    }

    /// Reads a line; `None` where it has nothing but a comment.
    pub(super) fn read(line: &str) -> Result<Option<Self>, String> {
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
        let saying = saying.trim();
        let saying = match saying.strip_prefix('/') {
            None => Saying::Say(saying.to_owned()),
            Some(ipa) => {
                let ipa = ipa.strip_suffix('/');
                Saying::Phonemes(ipa.ok_or("phonemes stand between two slashes")?.to_owned())
            }
        };
        Self::checked(word, saying, dialect).map(Some)
    }

    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }

    #[must_use]
    pub fn saying(&self) -> &Saying {
        &self.saying
    }

    /// The voices that it is for; `None`: all.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }
}

impl fmt::Display for Entry {
    /// The line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dialect = match self.dialect {
            None => "",
            Some(Dialect::American) => "us: ",
            Some(Dialect::British) => "gb: ",
        };
        match &self.saying {
            Saying::Say(said) => write!(f, "{dialect}{} = {said}", self.word),
            Saying::Phonemes(ipa) => write!(f, "{dialect}{} = /{ipa}/", self.word),
        }
    }
}

/// Any white space is one space.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Phonemes as the model has them.
fn signs(ipa: &str) -> Result<String, String> {
    let checked = literal::check(ipa);
    if !checked.dropped.is_empty() {
        let unknown: Vec<String> = checked.dropped.iter().map(char::to_string).collect();
        return Err(format!("the model has no sign for {}", unknown.join(" ")));
    }
    if !checked.phonemes.chars().any(vocabulary::is_sound) {
        return Err("there is nothing to say".to_owned());
    }
    Ok(checked.phonemes)
}
