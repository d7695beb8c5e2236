//! Runs the classes over the lines and writes what they read.

use std::ops::Range;

use super::{Options, numbers, symbols, tokens, tokens::Token};
use crate::text::{Dialect, spanned::Spanned};

/// A line as the classes see it.
pub(super) struct Line<'a> {
    pub tokens: Vec<Token<'a>>,
    pub dialect: Dialect,
    pub options: &'a Options,
}

/// What a class reads.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub words: String,
    /// How many tokens are read; at least one.
    pub tokens: usize,
    /// The full stop after the last token belongs to it, as in "Dr."; it stays only where a sentence ends.
    pub dot: bool,
}

type Reader = fn(&Line<'_>, usize) -> Option<Reading>;

/// The classes in order: the first that can read a token reads it.
pub(super) const READERS: &[Reader] = &[cardinal];

fn cardinal(line: &Line<'_>, at: usize) -> Option<Reading> {
    let words = numbers::decimal(line.tokens[at].core, line.dialect)?;
    Some(Reading {
        words,
        tokens: 1,
        dot: false,
    })
}

/// Reads the lines of `input` to the end of `out`.
pub(super) fn read(input: &Spanned, dialect: Dialect, options: &Options, out: &mut Spanned) {
    let mut writer = Writer::new(input, out);
    let mut at = 0;
    for text in input.text().split('\n') {
        writer.line_at = at;
        let line = Line {
            tokens: tokens::tokens(text),
            dialect,
            options,
        };
        read_line(&line, &mut writer);
        at += text.len() + 1;
        if at <= input.text().len() {
            writer.breaks.0 += 1;
            writer.breaks.1 = at - 1;
        }
    }
    writer.finish();
}

fn read_line(line: &Line<'_>, writer: &mut Writer<'_>) {
    let mut i = 0;
    while let Some(token) = line.tokens.get(i) {
        let reading = if !line.options.normalize || is_plain(line, i) {
            None
        } else {
            READERS
                .iter()
                .find_map(|read| read(line, i))
                .or_else(|| symbols::read(line, i))
        };
        writer.begin(token);
        match reading {
            Some(reading) => {
                let read = reading.tokens.clamp(1, line.tokens.len() - i);
                let last = &line.tokens[i + read - 1];
                writer.replaced(&reading.words, token.core_at()..last.core_at() + last.core.len());
                let drop_dot =
                    reading.dot && last.close.starts_with('.') && !ends_sentence(line, i + read - 1);
                writer.close(last, drop_dot);
                i += read;
            }
            None => {
                writer.part(token.core_at()..token.core_at() + token.core.len());
                writer.close(token, false);
                i += 1;
            }
        }
    }
}

/// Nothing for a class to read: most of any text.
fn is_plain(line: &Line<'_>, at: usize) -> bool {
    let token = &line.tokens[at];
    token.core.is_empty()
        || token.is_literal()
        || (token.is_word() && !token.shape.repeated && !token.shape.inner_upper)
}

/// A full stop after the token at `at` also ends the sentence: more follows in the close, or a capital after it.
fn ends_sentence(line: &Line<'_>, at: usize) -> bool {
    line.tokens[at].close.len() == 1
        && line
            .tokens
            .get(at + 1)
            .is_some_and(|next| next.spaced && next.core.starts_with(char::is_uppercase))
}

struct Writer<'a> {
    input: &'a Spanned,
    out: &'a mut Spanned,
    /// Where the line begins in `input`; tokens count from there.
    line_at: usize,
    /// Line ends seen since the last words, and where the last one was.
    breaks: (usize, usize),
    /// A space is due before the next words, and where it was.
    space: Option<usize>,
    started: bool,
}

impl<'a> Writer<'a> {
    fn new(input: &'a Spanned, out: &'a mut Spanned) -> Self {
        let started = !out.text().is_empty() && !out.text().ends_with('\n');
        Self {
            input,
            out,
            line_at: 0,
            breaks: (0, 0),
            space: None,
            started,
        }
    }

    /// Begins a token: what separates it and its opening marks.
    fn begin(&mut self, token: &Token<'_>) {
        if token.spaced {
            self.space = Some(self.line_at + token.at);
        }
        if !token.open.is_empty() {
            let marks = marks(token.open, true);
            let range = token.at..token.core_at();
            self.marks(&marks, token.open, range, token.core.is_empty());
        }
    }

    fn close(&mut self, token: &Token<'_>, drop_dot: bool) {
        let from = token.core_at() + token.core.len();
        let close = if drop_dot { &token.close[1..] } else { token.close };
        if !close.is_empty() {
            let marks = marks(close, false);
            self.marks(&marks, close, from..token.end(), token.core.is_empty());
        }
    }

    fn marks(&mut self, marks: &str, written: &str, range: Range<usize>, alone: bool) {
        if alone && marks.starts_with([',', '.', ';', ':', '!', '?', ')', '”']) {
            self.space = None;
        }
        if marks == written && marks.len() == range.len() {
            self.part(range);
        } else {
            self.replaced(marks, range);
        }
    }

    fn part(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.separate();
            self.out
                .push_part(self.input, self.line_at + range.start..self.line_at + range.end);
        }
    }

    fn replaced(&mut self, text: &str, range: Range<usize>) {
        if !text.is_empty() {
            self.separate();
            let source = self
                .input
                .source_of(self.line_at + range.start..self.line_at + range.end);
            self.out.push_replaced(text, source);
        }
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
    fn finish(mut self) {
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
            '.' if run > 2 => marks.push('…'),
            '-' if run > 1 => marks.push_str("--"),
            '-' => {}
            '"' => marks.push(if open { '“' } else { '”' }),
            '«' => marks.push('“'),
            '»' => marks.push('”'),
            '[' | '{' => marks.push('('),
            ']' | '}' => marks.push(')'),
            '–' => marks.push('—'),
            '<' | '>' | '¿' | '¡' => {}
            c => marks.push(c),
        }
    }
    marks
}
