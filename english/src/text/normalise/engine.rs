//! Reads lines by rules: the first rule that can read a token reads it. The rules come from above; the engine knows none.

pub(crate) mod writer;

use crate::text::{
    Dialect,
    normalise::{
        Options, Piece,
        context::{self, streets},
        engine::writer::Writer,
        line::{Line, tokens::Token},
        say::capitalised,
        words::{Role, Roles},
    },
    spanned::Spanned,
};

/// How one kind of thing that is written otherwise than it is said is recognised and read.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Its class and its own name: "money.range".
    pub name: &'static str,
    /// It is tried at tokens that have one of these roles.
    pub starts: &'static [Role],
    pub read: Read,
    /// Something that it reads, for the document and the tests.
    #[cfg_attr(not(test), expect(dead_code))]
    pub example: &'static str,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Read {
    /// One token, in these words.
    Token(fn(&Line<'_>, usize) -> Option<String>),
    /// Anything else.
    Reading(fn(&Line<'_>, usize) -> Option<Reading>),
}

impl Rule {
    pub(crate) fn class(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(class, _)| class)
    }

    fn read(&self, line: &Line<'_>, at: usize) -> Option<Reading> {
        match self.read {
            Read::Token(read) => read(line, at).map(|words| Reading::new(words, 1)),
            Read::Reading(read) => read(line, at),
        }
    }
}

/// Rules in their order.
#[derive(Debug)]
pub(crate) struct Rules {
    list: &'static [Rule],
    /// Classes of amounts: a dash between two of one class says "to", as in "$5 – $10", "5 May–9 June".
    amounts: &'static [&'static str],
    /// The roles that each may start with.
    starts: Vec<Roles>,
    /// A token with none of these is plain: most of any text.
    any: Roles,
}

impl Rules {
    pub(crate) fn new(list: &'static [Rule], amounts: &'static [&'static str]) -> Self {
        let starts: Vec<_> = list.iter().map(|rule| Roles::of(rule.starts)).collect();
        let any = starts
            .iter()
            .fold(Roles::default(), |any, starts| any.and(*starts));
        Self {
            list,
            amounts,
            starts,
            any,
        }
    }

    /// The first rule that can read the token at `at`, of one class or of any.
    fn first(&self, line: &Line<'_>, at: usize, class: Option<&str>) -> Option<(&'static Rule, Reading)> {
        let roles = line.tokens.get(at)?.roles;
        if !roles.meets(self.any) {
            return None;
        }
        self.list
            .iter()
            .zip(&self.starts)
            .filter(|(rule, starts)| roles.meets(**starts) && class.is_none_or(|class| class == rule.class()))
            .find_map(|(rule, _)| rule.read(line, at).map(|reading| (rule, reading)))
    }
}

/// What a rule reads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub words: String,
    /// How many tokens are read; at least one.
    pub tokens: usize,
    pub dot: Dot,
    /// The last opening mark of the first token belongs to it, as in "'80s" and "(123) 456-7890".
    pub open: bool,
    /// The first closing mark of the last token belongs to it, as in 5'10".
    pub close: bool,
    /// All marks of the token belong to it, as in ":)".
    pub whole: bool,
}

/// Whether the full stop after what was read is part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dot {
    /// No: it ends the sentence.
    No,
    /// Yes, and it may end the sentence too, as in "5 p.m."
    Perhaps,
    /// Yes, and the sentence goes on, as after "Dr."
    Yes,
}

impl Reading {
    pub(crate) fn new(words: impl Into<String>, tokens: usize) -> Self {
        Self {
            words: words.into(),
            tokens,
            dot: Dot::No,
            open: false,
            close: false,
            whole: false,
        }
    }

    /// The words of an abbreviation, whose full stop goes with it.
    pub(crate) fn abbreviation(words: impl Into<String>, tokens: usize) -> Self {
        Self::new(words, tokens).with_dot(Dot::Perhaps)
    }

    pub(crate) fn with_dot(self, dot: Dot) -> Self {
        Self { dot, ..self }
    }

    /// With its full stop, after which the sentence goes on.
    pub(crate) fn goes_on(self) -> Self {
        self.with_dot(Dot::Yes)
    }

    pub(crate) fn with_open(self, open: bool) -> Self {
        Self { open, ..self }
    }

    pub(crate) fn with_close(self, close: bool) -> Self {
        Self { close, ..self }
    }

    /// The words stand for one token with all its marks, wherever they stand in a sentence.
    pub(crate) fn whole(words: impl Into<String>) -> Self {
        Self {
            whole: true,
            ..Self::new(words, 1)
        }
    }
}

/// Reads the lines of `input` to the end of `out`, and notes what each rule read.
pub(crate) fn read(
    input: &Spanned,
    rules: &Rules,
    dialect: Dialect,
    options: &Options,
    out: &mut Spanned,
    pieces: &mut Vec<Piece>,
) {
    let mut writer = Writer::new(input, out);
    let mut at = 0;
    for text in input.text().split('\n') {
        writer.begin_line(at);
        read_line(&Line::new(text, dialect, options), rules, &mut writer, pieces);
        at += text.len() + 1;
        if at <= input.text().len() {
            writer.end_line(at - 1);
        }
    }
    writer.finish();
}

fn read_line(line: &Line<'_>, rules: &Rules, writer: &mut Writer<'_>, pieces: &mut Vec<Piece>) {
    let mut i = 0;
    while let Some(token) = line.tokens.get(i) {
        let first = line
            .options
            .normalize
            .then(|| rules.first(line, i, None))
            .flatten();
        let Some((rule, mut reading)) = first else {
            writer.begin(token, false);
            writer.part(token.core_at()..token.core_at() + token.core.len());
            writer.close(token, 0);
            i += 1;
            continue;
        };
        let read = reading.tokens.clamp(1, line.tokens.len() - i);
        let last = &line.tokens[i + read - 1];
        let range = if reading.whole {
            writer.begin_words(token);
            token.at..token.end()
        } else {
            writer.begin(token, reading.open);
            if writer.begins_sentence() {
                reading.words = capitalised(&reading.words);
            }
            token.core_at()..last.core_at() + last.core.len()
        };
        writer.replaced(&reading.words, range.clone());
        pieces.push(Piece {
            rule: rule.name,
            source: writer.source_of(range),
            said: reading.words,
        });
        i += read;
        if !reading.whole {
            i += close(line, i, rules, rule, (token, reading.dot, reading.close), writer);
        }
    }
}

/// Writes what stands after the token before `at`, the last that `rule` read; answers how many tokens that takes.
fn close(
    line: &Line<'_>,
    at: usize,
    rules: &Rules,
    rule: &Rule,
    (first, dot, closed): (&Token<'_>, Dot, bool),
    writer: &mut Writer<'_>,
) -> usize {
    let last = &line.tokens[at - 1];
    let marks = last.core_at() + last.core.len()..last.end();
    let dotted = last.close.starts_with('.') && !last.close.starts_with("..");
    let drop_dot = dotted
        && match dot {
            Dot::No => false,
            Dot::Perhaps => !ends_sentence(line, at - 1),
            Dot::Yes => true,
        };
    let number_follows = || line.next_after_dot(at - 1).is_some_and(|next| next.shape.digit);
    if drop_dot && first.shape.digit && dot == Dot::Perhaps && last.close == "." && number_follows() {
        // "4 oz. 350 °F": perhaps a new sentence, certainly a new number.
        writer.replaced(",", marks.clone());
    }
    match dash_to(line, at, rules, rule) {
        Some(Dash::Glued) => {
            writer.replaced(" to ", marks);
            0
        }
        Some(Dash::Minus) => {
            writer.replaced(" minus", marks);
            0
        }
        Some(Dash::Alone) => {
            let dash = &line.tokens[at];
            writer.begin_words(dash);
            writer.replaced("to", dash.at..dash.end());
            1
        }
        None => {
            let own = last.close.chars().next().filter(|_| closed);
            writer.close(last, own.map_or(usize::from(drop_dot), char::len_utf8));
            0
        }
    }
}

/// How a dash between two amounts is written.
enum Dash {
    Glued,
    /// "1- 2 = 5"
    Minus,
    Alone,
}

/// A dash leads from the amount before the token at `at` to another of its class.
fn dash_to(line: &Line<'_>, at: usize, rules: &Rules, rule: &Rule) -> Option<Dash> {
    let (before, after) = (line.get(at - 1)?, line.get(at)?);
    let class = rule.class();
    let digit = |c: char| c.is_ascii_digit();
    let minus = before.close == "-" && before.core.ends_with(digit) && after.spaced && after.shape.digit;
    if minus && context::in_equation(line, at) {
        return Some(Dash::Minus);
    }
    let read = |at| rules.amounts.contains(&class) && rules.first(line, at, Some(class)).is_some();
    if matches!(before.close, "–" | "--") && !after.spaced {
        // "1914--18", as TeX writes it
        let numbers = before.close == "--" && before.core.ends_with(digit) && after.core.starts_with(digit);
        return (numbers || read(at)).then_some(Dash::Glued);
    }
    let dash = before.close.is_empty() && after.is_dash(&["-", "–"]) && !context::in_equation(line, at);
    let second = line.get(at + 1).filter(|second| dash && second.spaced)?;
    (second.open.is_empty() && read(at + 1)).then_some(Dash::Alone)
}

/// A full stop after the token at `at` also ends the sentence: more follows in the close, or a capital after it.
fn ends_sentence(line: &Line<'_>, at: usize) -> bool {
    line.tokens[at].close.len() == 1
        && match line.tokens.get(at + 1) {
            Some(next) => next.spaced && next.is_capitalised() && !streets::leads_away(line, at + 1),
            None => is_sentence(line),
        }
}

/// The line begins with a capital and has words enough for a sentence, so that its last full stop ends it.
fn is_sentence(line: &Line<'_>) -> bool {
    const LEAST_TOKENS: usize = 4;
    let small = |token: &&Token<'_>| token.is_small_word() && token.core.len() > 1;
    line.tokens.len() >= LEAST_TOKENS
        && line.tokens[0].is_capitalised()
        && line.tokens.iter().filter(small).nth(1).is_some()
}
