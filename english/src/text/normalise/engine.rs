//! Runs the classes over the lines and writes what they read.

pub(crate) mod writer;

use crate::text::{
    Dialect,
    normalise::{
        Options,
        amounts::roman::may_number,
        classes::{
            abbreviation, address, cardinal, date, electronic, emoji, fraction, identifier, math, measure,
            money, range, roman, scripture, symbols, telephone, time, word,
        },
        context::{self, streets},
        engine::writer::Writer,
        line::{
            Line,
            tokens::{self, Token},
        },
        say::capitalised,
        words::{Role, Roles},
    },
    spanned::Spanned,
};

/// What a class reads.
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
}

/// A class of things that are written otherwise than they are said.
pub(crate) struct Class {
    read: fn(&Line<'_>, usize) -> Option<Reading>,
    /// A dash between two of them says "to": "$5 – $10", "5 May–9 June".
    amounts: bool,
}

const fn class(read: fn(&Line<'_>, usize) -> Option<Reading>) -> Class {
    Class { read, amounts: false }
}

const fn amounts(read: fn(&Line<'_>, usize) -> Option<Reading>) -> Class {
    Class { read, amounts: true }
}

/// The classes in order: the first that can read a token reads it.
pub(crate) const CLASSES: &[Class] = &[
    class(identifier::read),
    class(electronic::read),
    class(telephone::read),
    amounts(money::read),
    amounts(date::read),
    class(time::read),
    class(scripture::read),
    class(address::read),
    class(roman::read),
    amounts(measure::read),
    class(fraction::read),
    class(range::read),
    class(math::read),
    class(cardinal::read),
    class(abbreviation::read),
    class(word::read),
];

/// Reads the lines of `input` to the end of `out`.
pub(crate) fn read(input: &Spanned, dialect: Dialect, options: &Options, out: &mut Spanned) {
    let mut writer = Writer::new(input, out);
    let mut at = 0;
    for text in input.text().split('\n') {
        writer.begin_line(at);
        let line = Line {
            tokens: tokens::tokens(text),
            dialect,
            options,
        };
        read_line(&line, &mut writer);
        at += text.len() + 1;
        if at <= input.text().len() {
            writer.end_line(at - 1);
        }
    }
    writer.finish();
}

fn read_line(line: &Line<'_>, writer: &mut Writer<'_>) {
    let named = line.options.normalize && emoji::alone(line);
    let mut i = 0;
    while let Some(token) = line.tokens.get(i) {
        if line.options.normalize
            && let Some(words) = emoji::read(line, i, named)
        {
            writer.begin_words(token);
            writer.replaced(&words, token.at..token.end());
            i += 1;
            continue;
        }
        if line.options.normalize
            && let Some(mark) = lone_hyphen(line, i)
        {
            writer.begin_words(token);
            writer.replaced(mark, token.at..token.end());
            i += 1;
            continue;
        }
        let mut amounts = None;
        let reading = if !line.options.normalize || is_plain(line, i) {
            None
        } else if let Some((class, reading)) = classified(line, i) {
            amounts = class.amounts.then_some(class);
            Some(reading)
        } else if token.is_word() {
            None
        } else {
            symbols::read(line, i)
        };
        let inside = reading.as_ref().is_some_and(|reading| reading.open);
        writer.begin(token, inside);
        match reading {
            Some(reading) => {
                let read = reading.tokens.clamp(1, line.tokens.len() - i);
                let last = &line.tokens[i + read - 1];
                let words = if writer.begins_sentence() {
                    capitalised(&reading.words)
                } else {
                    reading.words
                };
                writer.replaced(&words, token.core_at()..last.core_at() + last.core.len());
                let dotted = last.close.starts_with('.') && !last.close.starts_with("..");
                let first = last.close.chars().next().filter(|_| reading.close);
                let drop_dot = dotted
                    && match reading.dot {
                        Dot::No => false,
                        Dot::Perhaps => !ends_sentence(line, i + read - 1),
                        Dot::Yes => true,
                    };
                if drop_dot
                    && token.shape.digit
                    && reading.dot == Dot::Perhaps
                    && last.close == "."
                    && line
                        .next_after_dot(i + read - 1)
                        .is_some_and(|next| next.shape.digit)
                {
                    // "4 oz. 350 °F": perhaps a new sentence, certainly a new number.
                    writer.replaced(",", last.core_at() + last.core.len()..last.end());
                }
                i += read;
                match amounts.and_then(|class| dash_to(line, i, class)) {
                    Some(Dash::Glued) => {
                        writer.replaced(" to ", last.core_at() + last.core.len()..last.end());
                    }
                    Some(Dash::Alone) => {
                        let dash = &line.tokens[i];
                        writer.begin_words(dash);
                        writer.replaced("to", dash.at..dash.end());
                        i += 1;
                    }
                    None => writer.close(last, first.map_or(usize::from(drop_dot), char::len_utf8)),
                }
            }
            None => {
                writer.part(token.core_at()..token.core_at() + token.core.len());
                writer.close(token, 0);
                i += 1;
            }
        }
    }
}

fn classified(line: &Line<'_>, at: usize) -> Option<(&'static Class, Reading)> {
    CLASSES
        .iter()
        .find_map(|class| (class.read)(line, at).map(|reading| (class, reading)))
}

/// How a dash between two amounts is written.
enum Dash {
    Glued,
    Alone,
}

/// A dash leads from the amount before the token at `at` to another of its class.
fn dash_to(line: &Line<'_>, at: usize, class: &Class) -> Option<Dash> {
    let (before, after) = (line.get(at - 1)?, line.get(at)?);
    if before.close == "–" && !after.spaced {
        return (class.read)(line, at).map(|_| Dash::Glued);
    }
    let dash = before.close.is_empty()
        && matches!(after.open, "-" | "–")
        && after.core.is_empty()
        && after.close.is_empty()
        && !context::in_equation(line, at);
    let second = line.get(at + 1).filter(|second| dash && second.spaced)?;
    (second.open.is_empty() && (class.read)(line, at + 1).is_some()).then_some(Dash::Alone)
}

/// A hyphen between spaces is a dash; between numbers that no class joined it only separates.
fn lone_hyphen(line: &Line<'_>, at: usize) -> Option<&'static str> {
    let token = &line.tokens[at];
    if token.open != "-" || !token.core.is_empty() || !token.close.is_empty() {
        return None;
    }
    let after = line.get(at + 1)?;
    if at == 0 {
        // "- 5" alone: the dash of a list has been taken away before.
        return (after.shape.digit && line.tokens.len() == 2).then_some("minus");
    }
    let before = line.get(at - 1)?;
    if context::in_equation(line, at) {
        return Some("minus");
    }
    let numbers = before.shape.digit && after.shape.digit;
    Some(if numbers || !before.close.is_empty() {
        ","
    } else {
        "—"
    })
}

/// Roles of words that classes read alone.
const SHORT: Roles = Roles::of(&[
    Role::Spelled,
    Role::Title,
    Role::TitleUndotted,
    Role::WeekdayShort,
    Role::Street,
    Role::StreetInAddress,
]);

/// Nothing for a class to read: most of any text.
fn is_plain(line: &Line<'_>, at: usize) -> bool {
    let token = &line.tokens[at];
    if token.core.is_empty() || token.is_literal() {
        return true;
    }
    let shape = token.shape;
    let odd = !token.is_word()
        || shape.repeated
        || shape.lower && word::begins_with_capitals(token.core)
        || shape.inner_upper
        || (token.core.len() <= 4 && !token.core.is_ascii())
        || token.core.contains("hah")
        || token.core.contains("heh");
    // "XIV's", "V's"
    let numeral = shape.upper
        && token.core.ends_with('s')
        && token
            .core
            .chars()
            .nth(1)
            .is_some_and(|c| c.is_ascii_uppercase() || matches!(c, '\'' | '’'));
    let abbreviated = token.core.len() <= 8 && token.close.starts_with('.');
    let before_number = line.get(at + 1).is_some_and(|next| next.shape.digit);
    // "Mon-Fri", "Wednesday-Saturday", "iv-xii"
    let span = shape.hyphen && (shape.upper && token.core.len() <= 18 || may_number(token.core));
    !odd && !numeral
        && !abbreviated
        && !span
        && !before_number
        && !token.is_capitals()
        && (token.core.len() > 6
            || !(token.roles.meets(SHORT)
                || may_number(token.core)
                || matches!(
                    token.core,
                    "aka"
                        | "mr"
                        | "mrs"
                        | "vs"
                        | "approx"
                        | "dept"
                        | "govt"
                        | "wrt"
                        | "phd"
                        | "Ms"
                        | "PhD"
                        | "intl"
                        | "Jr"
                        | "Sr"
                        | "Jnr"
                        | "Snr"
                        | "Esq"
                        | "Rt"
                        | "Attn"
                        | "Col"
                        | "Gen"
                        | "Maj"
                        | "attn"
                        | "gov't"
                        | "Gov't"
                        | "int'l"
                        | "Int'l"
                        | "nat'l"
                        | "Nat'l"
                        | "cont'd"
                )))
}

/// A full stop after the token at `at` also ends the sentence: more follows in the close, or a capital after it.
fn ends_sentence(line: &Line<'_>, at: usize) -> bool {
    line.tokens[at].close.len() == 1
        && match line.tokens.get(at + 1) {
            Some(next) => {
                next.spaced && next.core.starts_with(char::is_uppercase) && !streets::leads_away(line, at + 1)
            }
            None => is_sentence(line),
        }
}

/// The line begins with a capital and has words enough for a sentence, so that its last full stop ends it.
fn is_sentence(line: &Line<'_>) -> bool {
    const LEAST_TOKENS: usize = 4;
    let small = |token: &&Token<'_>| token.is_word() && !token.shape.upper && token.core.len() > 1;
    line.tokens.len() >= LEAST_TOKENS
        && line.tokens[0].core.starts_with(char::is_uppercase)
        && line.tokens.iter().filter(small).nth(1).is_some()
}
