//! Formulas in LaTeX → English words: `\frac{a}{b}` is "a over b", `x^2` "x squared".
//!
//! A formula is read once from left to right. An argument is a formula of its own, and arguments are nested no deeper than
//! [`MAX_DEPTH`], so the time is linear in the formula.

mod commands;
mod find;
mod large;
mod scripts;

use std::ops::Range;

use crate::text::{
    Dialect,
    normalise::say::{
        number::Number,
        numbers,
        spelling::{self, letter_name},
    },
};
use commands::{Kind, command};
pub(super) use find::formula;

/// Arguments within each other; what is nested deeper is not said.
const MAX_DEPTH: usize = 12;

/// What is said for a part of a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub said: String,
    /// Where the part stands in the text.
    pub source: Range<usize>,
    kind: Of,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// A number, a letter, a name, or what belongs to one.
    Operand,
    /// What joins operands: "plus", "equals".
    Operator,
    /// A mark without a space before it.
    Mark,
    /// A comma that tells where a long argument ends; it is left out where nothing follows.
    End,
    Open,
}

impl Word {
    /// Whether a space stands between this word and the one before.
    pub(super) fn is_spaced(&self, before: Option<&Self>) -> bool {
        before.is_some_and(|before| before.kind != Of::Open) && !matches!(self.kind, Of::Mark | Of::End)
    }
}

/// The words of the formula `range` of `text`, by their places.
pub(super) fn words(text: &str, range: Range<usize>, dialect: Dialect) -> Vec<Word> {
    let words = Formula::read(text, range.clone(), dialect, 0);
    let mut said: Vec<Word> = Vec::with_capacity(words.len());
    let (mut start, last) = (range.start, range.end);
    for (i, mut word) in words.iter().cloned().enumerate() {
        let closes = |next: &Word| matches!(next.kind, Of::Mark | Of::End);
        if word.kind == Of::End && words.get(i + 1).is_none_or(closes) {
            continue;
        }
        // "∑^n_{i=1}": what is said first need not be written first, yet places ascend.
        start = text.floor_char_boundary(word.source.start).clamp(start, last);
        word.source = start..text.ceil_char_boundary(word.source.end).clamp(start, last);
        said.push(word);
    }
    said
}

struct Formula<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    dialect: Dialect,
    depth: usize,
    words: Vec<Word>,
    /// Inside `\{…\}`, where a bar says "such that".
    set: bool,
    /// The words at which an open `|…|` began.
    bar: Option<usize>,
}

impl<'a> Formula<'a> {
    fn read(text: &'a str, range: Range<usize>, dialect: Dialect, depth: usize) -> Vec<Word> {
        let mut formula = Self {
            text,
            at: range.start,
            end: range.end,
            dialect,
            depth,
            words: Vec::new(),
            set: false,
            bar: None,
        };
        if depth < MAX_DEPTH {
            while formula.at < formula.end {
                formula.item();
            }
        }
        formula.words
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..self.end]
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn part(&self, range: Range<usize>) -> Vec<Word> {
        Self::read(self.text, range, self.dialect, self.depth + 1)
    }

    fn push(&mut self, said: impl Into<String>, source: Range<usize>, kind: Of) {
        let said = said.into();
        if !said.is_empty() {
            self.words.push(Word { said, source, kind });
        }
    }

    /// One thing and what stands above, below and behind it.
    fn item(&mut self) {
        let start = self.at;
        let Some(c) = self.next() else { return };
        let length = if c.is_ascii_digit() || c == '.' {
            number(self.rest())
        } else {
            0
        };
        if length > 0 {
            self.at += length;
            let digits = self.text[start..self.at].replace("{,}", ",");
            let said = Number::of(&digits)
                .map_or_else(|| numbers::spelled(&digits), |number| number.say(self.dialect));
            if let Some(said) = self.ratio(&digits) {
                self.push(said, start..self.at, Of::Operand);
                return;
            }
            self.push(said, start..self.at, Of::Operand);
            return self.scripts();
        }
        if c.is_alphabetic() {
            return self.letters();
        }
        self.at += c.len_utf8();
        match c {
            '\\' => self.command(start),
            '{' => {
                self.at = start;
                let inside = self.argument();
                let words = self.part(inside);
                self.words.extend(words);
                self.scripts();
            }
            '(' | '[' => self.push("(", start..self.at, Of::Open),
            ')' | ']' => {
                self.push(")", start..self.at, Of::Mark);
                self.scripts();
            }
            '|' => self.bar(start, "the absolute value of"),
            ',' | ';' | ':' => self.push(",", start..self.at, Of::Mark),
            '.' | '?' => self.push(c, start..self.at, Of::Mark),
            '!' => self.push("factorial", start..self.at, Of::Operand),
            // What has nothing before it.
            '^' | '_' | '\'' => {
                self.at = start;
                self.scripts();
                if self.at == start {
                    self.at += 1;
                }
            }
            '&' | '}' | '~' | '"' | '$' => {}
            _ => {
                let said = match c {
                    '-' => "minus",
                    '*' => "times",
                    '/' => "over",
                    c => spelling::name(c),
                };
                self.push(said, start..self.at, Of::Operator);
            }
        }
    }

    /// Letters one by one, but for the name of a function and for what surely is a word.
    fn letters(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let length = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let run = &rest[..length];
        let below = rest[length..].starts_with('_');
        if let Some((kind @ (Kind::Function | Kind::Limit), said)) = command(run)
            && (below || kind == Kind::Function)
        {
            self.at += length;
            return self.named(kind, said, start);
        }
        let vowels = run.bytes().any(|b| b"aeiou".contains(&b));
        let limit = command(run).is_some_and(|(kind, _)| kind == Kind::Limit);
        let word = limit
            || run.len() > 3 && vowels
            || matches!(run, "net" | "tot" | "avg" | "ref" | "out" | "and" | "for");
        if word {
            self.at += length;
            self.push(run, start..self.at, Of::Operand);
            return self.scripts();
        }
        let Some(c) = self.next() else { return };
        self.at += c.len_utf8();
        let letter = &self.text[start..self.at];
        self.push(letter_name(letter).unwrap_or(letter), start..self.at, Of::Operand);
        self.scripts();
        if length <= 1 {
            self.of_brackets("fghFGHPEO".contains(c));
        }
    }

    /// The argument at this place, without its braces: a group, a command or one sign.
    fn argument(&mut self) -> Range<usize> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        let start = self.at;
        match self.next() {
            Some('{') => {
                let mut depth = 0;
                let mut escaped = false;
                let close = self.rest().find(|c| {
                    depth += match c {
                        _ if escaped => 0,
                        '{' => 1,
                        '}' => -1,
                        _ => 0,
                    };
                    escaped = c == '\\' && !escaped;
                    depth == 0
                });
                let close = close.map_or(self.end, |close| start + close);
                self.at = (close + 1).min(self.end);
                start + 1..close
            }
            Some('\\') => {
                self.at += 1;
                self.name();
                start..self.at
            }
            Some(c) => {
                self.at += c.len_utf8();
                start..self.at
            }
            None => start..start,
        }
    }

    /// The name of the command at this place, behind its backslash.
    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let length = match letters {
            0 => rest.chars().next().map_or(0, char::len_utf8),
            letters => letters + usize::from(rest[letters..].starts_with('*')),
        };
        self.at += length;
        rest[..length].trim_end_matches('*')
    }

    fn command(&mut self, start: usize) {
        let name = self.name();
        let here = start..self.at;
        match name {
            "\\" => {
                self.optional();
                return self.push(",", here, Of::End);
            }
            "{" | "}" | "lbrace" | "rbrace" | "langle" | "rangle" => {
                self.set = name == "{" || name == "lbrace";
                let (said, kind) = match name {
                    "{" | "lbrace" | "langle" => ("(", Of::Open),
                    _ => (")", Of::Mark),
                };
                self.push(said, here, kind);
                return self.scripts();
            }
            "|" | "lVert" | "rVert" | "Vert" => return self.bar(start, "the norm of"),
            "lvert" | "rvert" | "vert" => return self.bar(start, "the absolute value of"),
            "colon" => return self.push(",", here, Of::Mark),
            "$" => {
                let start = self.at;
                self.item();
                let one = self.words.last().is_some_and(|word| word.said == "one");
                let place = start..self.at.max(start + 1);
                return self.push(if one { "dollar" } else { "dollars" }, place, Of::Operand);
            }
            "mid" if self.set => return self.push("such that", here, Of::Operator),
            "lfloor" => return self.push("the floor of", here, Of::Operand),
            "lceil" => return self.push("the ceiling of", here, Of::Operand),
            "" => return,
            _ => {}
        }
        let Some((kind, said)) = command(name) else {
            if name.starts_with(char::is_alphabetic) {
                self.push(name, here, Of::Operand);
                self.scripts();
            }
            return;
        };
        match kind {
            Kind::Word => {
                self.push(said, here, Of::Operand);
                self.scripts();
                // A Greek letter.
                if name == said {
                    self.of_brackets(name.starts_with(char::is_uppercase));
                }
            }
            // "$\sim 5$"
            Kind::Operator if self.words.is_empty() && matches!(name, "sim" | "approx" | "simeq") => {
                self.push("about", here, Of::Operator);
            }
            Kind::Operator => self.push(said, here, Of::Operator),
            Kind::Large | Kind::Limit | Kind::Function => self.named(kind, said, start),
            Kind::Content => {
                let inside = self.argument();
                let text = &self.text[inside.clone()];
                if let Some((kind @ (Kind::Function | Kind::Limit), said)) = command(text) {
                    return self.named(kind, said, start);
                }
                if matches!(name, "mathrm" | "operatorname")
                    && text.len() > 1
                    && !text.contains(['\\', '^', '_'])
                {
                    self.verbatim(inside);
                    self.scripts();
                    return self.of_brackets(true);
                }
                let words = self.part(inside);
                let letter = matches!(&words[..], [word] if word.said.len() == 1);
                self.words.extend(words);
                self.scripts();
                if letter {
                    self.of_brackets(true);
                }
            }
            Kind::Text => {
                let inside = self.argument();
                self.verbatim(inside);
                self.scripts();
            }
            Kind::After => {
                let inside = self.argument();
                let end = inside.end;
                let words = self.part(inside);
                let long = words.len() > 1;
                // "vector v", "x bar"
                if said == "vector" {
                    self.push(said, here, Of::Operand);
                    self.words.extend(words);
                } else {
                    self.words.extend(words);
                    self.push(said, end..self.at.max(end + 1), Of::Operand);
                    if long {
                        self.push(",", end..self.at.max(end + 1), Of::End);
                    }
                }
                self.scripts();
            }
            Kind::Fraction => self.fraction(here),
            Kind::Root => self.root(here),
            Kind::Choose => {
                let above = self.argument();
                let below = self.argument();
                let place = below.start;
                let words = self.part(above);
                self.words.extend(words);
                self.push("choose", place.saturating_sub(1)..place, Of::Operand);
                let words = self.part(below);
                self.words.extend(words);
                self.scripts();
            }
            Kind::Unsaid => {
                let environment = self.argument();
                if name == "begin" && matches!(&self.text[environment], "array" | "tabular") {
                    self.argument();
                }
            }
            Kind::Silent => {
                if matches!(name, "left" | "right") && self.rest().starts_with('.') {
                    self.at += 1;
                }
            }
        }
    }

    /// `[…]` behind a command.
    fn optional(&mut self) -> Option<Range<usize>> {
        let inside = self.rest().strip_prefix('[')?;
        let end = inside.find(']')?;
        let start = self.at + 1;
        self.at = start + end + 1;
        Some(start..start + end)
    }
}

/// The length of the number that `text` begins with: "3.14", "1,000".
fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits(0);
    let comma = |end: usize| {
        [",", "{,}"]
            .into_iter()
            .find(|comma| text[end..].starts_with(comma))
            .map(str::len)
    };
    while end > 0
        && let Some(comma) = comma(end)
        && digits(end + comma) == 3
    {
        end += comma + 3;
    }
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end += 1 + digits(end + 1);
    }
    end
}
