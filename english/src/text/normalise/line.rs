//! A line as the classes see it: its tokens, and what stands beside each.

pub(crate) mod tokens;

use crate::text::{
    Dialect,
    normalise::{Options, line::tokens::Token},
};

/// A line as the classes see it.
pub(crate) struct Line<'a> {
    pub tokens: Vec<Token<'a>>,
    pub dialect: Dialect,
    pub options: &'a Options,
}

impl<'a> Line<'a> {
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
}
