//! Writes what the classes read, with its places, spaces, marks and line ends.

use std::ops::Range;

use crate::text::{normalise::line::tokens::Token, spanned::Spanned};

pub(crate) struct Writer<'a> {
    input: &'a Spanned,
    out: &'a mut Spanned,
    /// Where the line begins in `input`; tokens count from there.
    line_at: usize,
    /// Line ends seen since the last words, and where the last one was.
    breaks: (usize, usize),
    /// A space is due before the next words, and where it was.
    space: Option<usize>,
    started: bool,
    /// The length of `out` when the token began.
    begun: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(input: &'a Spanned, out: &'a mut Spanned) -> Self {
        let started = !out.text().is_empty() && !out.text().ends_with('\n');
        Self {
            input,
            out,
            line_at: 0,
            breaks: (0, 0),
            space: None,
            started,
            begun: 0,
        }
    }

    /// The tokens that follow count from `at`.
    pub(crate) fn begin_line(&mut self, at: usize) {
        self.line_at = at;
    }

    /// The line ends, with the line break at `at`.
    pub(crate) fn end_line(&mut self, at: usize) {
        self.breaks = (self.breaks.0 + 1, at);
    }

    /// Begins a token that has no marks.
    pub(crate) fn begin_words(&mut self, token: &Token<'_>) {
        self.begun = self.out.text().len();
        if token.spaced {
            self.space = Some(self.line_at + token.at);
        }
    }

    /// Begins a token: what separates it and its opening marks, without the last one if that is read with the core.
    pub(crate) fn begin(&mut self, token: &Token<'_>, inside: bool) {
        self.begin_words(token);
        let mut open = token.open;
        if inside && let Some((last, _)) = open.char_indices().next_back() {
            open = &open[..last];
        }
        if !open.is_empty() {
            let mut marks = marks(open, true);
            if token.core.is_empty() && marks.ends_with('“') {
                self.turn_quote(&mut marks, token.spaced);
            }
            let range = token.at..token.at + open.len();
            self.marks(&marks, open, range, token.core.is_empty());
        }
    }

    /// A straight quotation mark at the end of marks without a word closes what is open, as in `Wait ..."`.
    fn turn_quote(&self, marks: &mut String, spaced: bool) {
        const REACH: usize = 1024;
        let text = self.out.text();
        let near = &text[text.ceil_char_boundary(text.len().saturating_sub(REACH))..];
        let opened = near.rfind('“') > near.rfind('”');
        if opened || marks.chars().count() > 1 || !spaced {
            marks.pop();
            marks.push('”');
        }
    }

    /// Writes the closing marks but for the first `skip` bytes.
    pub(crate) fn close(&mut self, token: &Token<'_>, skip: usize) {
        let from = token.core_at() + token.core.len();
        let close = &token.close[skip..];
        if !close.is_empty() {
            let marks = marks(close, false);
            let alone = self.out.text().len() == self.begun;
            self.marks(&marks, close, from..token.end(), alone);
        }
    }

    fn marks(&mut self, marks: &str, written: &str, range: Range<usize>, alone: bool) {
        if alone && !written.starts_with("..") && marks.starts_with([',', '.', ';', ':', '!', '?', ')', '”'])
        {
            self.space = None;
        }
        if marks == written && marks.len() == range.len() {
            self.part(range);
        } else {
            self.replaced(marks, range);
        }
    }

    pub(crate) fn part(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.separate();
            self.out
                .push_part(self.input, self.line_at + range.start..self.line_at + range.end);
        }
    }

    /// What comes next begins a sentence: sentences are told apart by their capitals.
    pub(crate) fn begins_sentence(&self) -> bool {
        if !self.started || self.breaks.0 > 0 {
            return true;
        }
        const REACH: usize = 64;
        let text = self.out.text();
        let near = &text[text.ceil_char_boundary(text.len().saturating_sub(REACH))..];
        let before = near.trim_end_matches(['”', '’', '“', '‘', ')', '(', ' ']);
        let initial = before.strip_suffix('.').is_some_and(|letters| {
            let mut letters = letters.chars().rev();
            letters.next().is_some_and(char::is_uppercase)
                && letters.next().is_none_or(|c| !c.is_alphanumeric())
        });
        before.ends_with(['.', '!', '?', '\n']) && !initial
    }

    pub(crate) fn replaced(&mut self, text: &str, range: Range<usize>) {
        if !text.is_empty() {
            if text.starts_with(',') {
                self.space = None;
            }
            self.separate();
            let source = self.source_of(range);
            self.out.push_replaced(text, source);
        }
    }

    /// What the bytes `range` of the line stand for in the user's text.
    pub(crate) fn source_of(&self, range: Range<usize>) -> Range<usize> {
        self.input
            .source_of(self.line_at + range.start..self.line_at + range.end)
    }

    fn separate(&mut self) {
        self.end_lines();
        if let Some(at) = self.space.take()
            && self.started
        {
            let source = self.input.source_of(at.saturating_sub(1)..at);
            self.out.push_replaced(" ", source);
        }
        self.started = true;
    }

    fn end_lines(&mut self) {
        let (count, at) = std::mem::take(&mut self.breaks);
        if count > 0 && self.started {
            let source = self.input.source_of(at..at + 1);
            self.out
                .push_replaced(if count > 1 { "\n\n" } else { "\n" }, source);
            self.started = false;
        }
    }

    /// The line ends after the last words.
    pub(crate) fn finish(mut self) {
        self.end_lines();
    }
}

/// Ordinary punctuation for what was written.
fn marks(written: &str, open: bool) -> String {
    let mut marks = String::with_capacity(written.len());
    let mut chars = written.chars().peekable();
    while let Some(c) = chars.next() {
        let mut run = 1;
        while chars.next_if_eq(&c).is_some() {
            run += 1;
        }
        match c {
            '.' if run > 4 => marks.push('…'),
            '.' => marks.extend(std::iter::repeat_n('.', run)),
            '-' if run > 1 => marks.push('—'),
            '-' => {}
            '"' => marks.push(if open { '“' } else { '”' }),
            '«' => marks.push('“'),
            '»' => marks.push('”'),
            '[' | '{' => marks.push('('),
            ']' | '}' => marks.push(')'),
            '–' => marks.push('—'),
            '<' | '>' | '¿' | '¡' | '*' => {}
            c => marks.push(c),
        }
    }
    marks
}
