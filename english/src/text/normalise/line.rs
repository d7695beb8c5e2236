//! A line as the classes see it: its tokens, and what stands beside each.

pub(crate) mod tokens;

use crate::text::{
    Dialect,
    normalise::{Options, line::tokens::Token, words::Role},
};

/// A line as the classes see it.
pub(crate) struct Line<'a> {
    pub tokens: Vec<Token<'a>>,
    pub dialect: Dialect,
    pub options: &'a Options,
    /// Nothing in the line has a letter or a digit.
    pub wordless: bool,
}

impl<'a> Line<'a> {
    pub(crate) fn new(text: &'a str, dialect: Dialect, options: &'a Options) -> Self {
        let tokens = tokens::tokens(text);
        let wordless = tokens
            .iter()
            .all(|token| !token.is_literal() && !token.core.contains(char::is_alphanumeric));
        Self {
            tokens,
            dialect,
            options,
            wordless,
        }
    }

    pub(crate) fn get(&self, at: usize) -> Option<&Token<'a>> {
        self.tokens.get(at)
    }

    /// The token after the one at `at`, when only a space stands between them.
    pub(crate) fn next(&self, at: usize) -> Option<&Token<'a>> {
        self.after(at).filter(|_| self.tokens[at].close.is_empty())
    }

    /// The same, with a full stop allowed between, as after an abbreviation.
    pub(crate) fn next_after_dot(&self, at: usize) -> Option<&Token<'a>> {
        self.after(at)
            .filter(|_| matches!(self.tokens[at].close, "" | "."))
    }

    /// The same, with a comma allowed between.
    pub(crate) fn next_after_comma(&self, at: usize) -> Option<&Token<'a>> {
        self.after(at)
            .filter(|_| matches!(self.tokens[at].close, "" | "," | ".,"))
    }

    fn after(&self, at: usize) -> Option<&Token<'a>> {
        self.tokens
            .get(at + 1)
            .filter(|next| next.spaced && next.open.is_empty() && !next.core.is_empty())
    }

    /// The token before the one at `at`, when only a space stands between them, or a full stop and one.
    pub(crate) fn previous(&self, at: usize) -> Option<&Token<'a>> {
        let before = self.tokens.get(at.checked_sub(1)?)?;
        (matches!(before.close, "" | ".") && self.tokens[at].open.is_empty() && self.tokens[at].spaced)
            .then_some(before)
    }

    /// The token after a dash that stands alone after the one at `at`: "10" of "5 – 10".
    pub(crate) fn across_dash(&self, at: usize) -> Option<&Token<'a>> {
        let dash = self.get(at + 1)?.is_dash(&["-", "–", "—"]) && self.tokens[at].close.is_empty();
        self.get(at + 2)
            .filter(|second| dash && second.spaced && second.open.is_empty())
    }

    /// The token before the one at `at` has a role.
    pub(crate) fn after_a(&self, at: usize, role: Role) -> bool {
        self.previous(at).is_some_and(|before| before.is(role))
    }

    /// The token after the one at `at` has a role.
    pub(crate) fn before_a(&self, at: usize, role: Role) -> bool {
        self.next(at).is_some_and(|next| next.is(role))
    }

    /// One of the `reach` tokens before the one at `at` has a role.
    pub(crate) fn near_a(&self, at: usize, reach: usize, role: Role) -> bool {
        self.tokens[at.saturating_sub(reach)..at]
            .iter()
            .any(|token| token.is(role))
    }
}
