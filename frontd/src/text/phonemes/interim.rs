//! misaki-rs with guards.

use std::fmt;

use misaki_rs::{G2P, Language};

use super::{Phonemizer, Token, literal};
use crate::text::{Dialect, spanned::LITERAL};

pub(super) struct Misaki(G2P);

impl fmt::Debug for Misaki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Misaki")
    }
}

impl Misaki {
    pub(super) fn load(dialect: Dialect) -> Self {
        Self(G2P::new(match dialect {
            Dialect::American => Language::EnglishUS,
            Dialect::British => Language::EnglishGB,
        }))
    }
}

impl Phonemizer for Misaki {
    fn phonemize(&self, sentence: &str, literals: &[String]) -> Vec<Token> {
        let mut literals = literals.iter();
        let mut tokens: Vec<Token> = Vec::new();
        for (start, part) in parts(sentence) {
            if part.starts_with(LITERAL) {
                tokens.push(Token {
                    range: start..start + part.len(),
                    phonemes: literals
                        .next()
                        .map(|ipa| literal::check(ipa).phonemes)
                        .unwrap_or_default(),
                    space: sentence[start + part.len()..].starts_with(' '),
                });
            } else {
                self.words(part, start, &mut tokens);
            }
        }
        tokens
    }
}

impl Misaki {
    fn words(&self, part: &str, start: usize, tokens: &mut Vec<Token>) {
        let guarded: String = part
            .split_inclusive(' ')
            .map(|word| {
                if is_safe(word) {
                    word.to_owned()
                } else {
                    "x".repeat(word.len() - 1) + " "
                }
            })
            .collect();
        let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.0.g2p(&guarded)));
        let Ok(Ok((_, found))) = found else { return };
        let mut at = 0;
        for token in found {
            let Some(from) = part[at..].find(&token.text) else {
                continue;
            };
            let range = start + at + from..start + at + from + token.text.len();
            at += from + token.text.len();
            tokens.push(Token {
                range,
                phonemes: token.phonemes.unwrap_or_default(),
                space: !token.whitespace.is_empty(),
            });
        }
    }
}

fn parts(sentence: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let mut at = 0;
    for (i, mark) in sentence.match_indices(LITERAL) {
        parts.push((at, &sentence[at..i]));
        parts.push((i, mark));
        at = i + mark.len();
    }
    parts.push((at, &sentence[at..]));
    parts.retain(|(_, part)| !part.is_empty());
    parts
}

fn is_safe(word: &str) -> bool {
    word.len() < 60 && word.matches('-').count() < 6 && word.is_ascii()
        || word.chars().all(|c| !c.is_alphabetic() || c.is_ascii())
}
