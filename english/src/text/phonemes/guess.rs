//! Words that no lexicon knows: espeak-ng's reading in Kokoro's signs, or letter-to-sound rules.

use std::{collections::HashMap, path::PathBuf, sync::Mutex};

use crate::text::{Dialect, vocabulary};

mod espeak;
mod letters;
mod signs;

/// Words whose reading is remembered.
const REMEMBERED: usize = 8192;
/// A longer run of letters, in characters, is read in pieces.
const LONGEST: usize = 40;

/// Says any word somehow.
#[derive(Debug)]
pub(super) struct Guesser {
    dialect: Dialect,
    espeak: Option<espeak::Espeak>,
    remembered: Mutex<HashMap<String, String>>,
}

impl Guesser {
    pub(super) fn new(dialect: Dialect, program: Option<PathBuf>) -> Self {
        Self {
            dialect,
            espeak: program.map(|program| espeak::Espeak::new(program, dialect)),
            remembered: Mutex::default(),
        }
    }

    /// What `word` says: letters are read, stops and quotes kept, all else is silent.
    pub(super) fn say(&self, word: &str) -> String {
        let mut said = String::new();
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let run = rest.find(is_mark).unwrap_or(rest.len());
            if run == 0 {
                said.extend(Some(first).filter(|&c| is_kept(c)));
                rest = &rest[first.len_utf8()..];
            } else {
                self.say_run(&rest[..run], &mut said);
                rest = &rest[run..];
            }
        }
        said
    }

    fn say_run(&self, mut run: &str, said: &mut String) {
        while run.chars().any(char::is_alphanumeric) {
            let piece = run
                .char_indices()
                .nth(LONGEST)
                .map_or(run, |(end, _)| &run[..end]);
            said.push_str(&self.say_piece(piece));
            run = &run[piece.len()..];
        }
    }

    fn say_piece(&self, piece: &str) -> String {
        if let Some(said) = self
            .remembered
            .lock()
            .ok()
            .and_then(|memory| memory.get(piece).cloned())
        {
            return said;
        }
        let answer = self.espeak.as_ref().and_then(|espeak| espeak.say(piece));
        let Some(ipa) = answer else {
            return letters::say(piece, self.dialect);
        };
        let mut said = signs::from_ipa(&ipa, self.dialect);
        if !said.chars().any(vocabulary::is_sound) {
            said = letters::say(piece, self.dialect);
        }
        if let Ok(mut memory) = self.remembered.lock() {
            if memory.len() >= REMEMBERED {
                memory.clear();
            }
            memory.insert(piece.to_owned(), said.clone());
        }
        said
    }
}

/// Marks that part what is read.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        ';' | ':' | ',' | '.' | '!' | '?' | '¡' | '¿' | '—' | '…' | '"' | '«' | '»' | '“' | '”'
    ) || matches!(c, '(' | ')' | '{' | '}' | '[' | ']')
        || c.is_whitespace()
        || c.is_control()
}

/// Marks that the model knows.
fn is_kept(c: char) -> bool {
    matches!(
        c,
        ';' | ':' | ',' | '.' | '!' | '?' | '—' | '…' | '"' | '“' | '”' | '(' | ')'
    )
}

#[cfg(test)]
mod tests;
