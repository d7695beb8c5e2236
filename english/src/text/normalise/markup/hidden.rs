//! What of a text is no part of what is said, however long it is: front matter, comments, scripts, styles, the thoughts of a
//! language model. And what is written in another language: formulas.
//!
//! It goes before the text is cut into chunks, because such a part may be longer than a chunk.

use std::ops::Range;

use super::{latex, tags};
use crate::text::{
    Dialect,
    normalise::options::{Aloud, Options},
    spanned::Spanned,
};

/// Elements that are left out with their content.
const ELEMENTS: &[&str] = &[
    "antthinking",
    "iframe",
    "reasoning",
    "scratchpad",
    "script",
    "style",
    "svg",
    "template",
    "think",
    "thinking",
    "thought",
    "thoughts",
    "tool_call",
    "tool_response",
];

/// Some templates open the thought for the model, so its answer has only the closing tag.
const THOUGHTS: &[&str] = &[
    "antthinking",
    "reasoning",
    "think",
    "thinking",
    "thought",
    "thoughts",
];

/// Assistants write the source of what they say as `【4:0†source】`, or between this sign and [`CITED`].
const CITE: char = '\u{E200}';
const CITED: char = '\u{E201}';
/// The first bytes of "【" and of [`CITE`].
const SOURCE_BYTES: [u8; 2] = [0xE3, 0xEE];
/// Such a mark is no longer than this, in bytes.
const MAX_SOURCE: usize = 300;

/// A mark of code within a line is closed within so many bytes.
const MAX_CODE: usize = 512;
/// Front matter is no longer than this, in lines.
const MAX_FRONT_LINES: usize = 100;

/// `input` without what nobody says, and with its formulas in words.
pub(in super::super) fn spoken(input: Spanned, dialect: Dialect, options: &Options) -> Spanned {
    let text = input.text();
    let from = front_matter(text);
    let signs = |b| matches!(b, b'<' | b'$' | b'\\' | b'%') || b == SOURCE_BYTES[0] || b == SOURCE_BYTES[1];
    if from == 0 && !text.bytes().any(signs) {
        return input;
    }
    let mut scan = Scan {
        text,
        closed: Vec::new(),
        thought: false,
        skip_code: options.code_blocks == Aloud::Skip,
    };
    let mut out = Spanned::default();
    let (mut at, mut kept) = (from, from);
    while let Some(found) = text[at..].find(['<', '$', '\\', '%', '`', '~', '【', CITE]) {
        at += found;
        match scan.at(at) {
            Found::Nothing(end) => at = end,
            Found::Before(end) => {
                // The thought whose end it is began before the text.
                out = Spanned::default();
                (at, kept) = (end, end);
            }
            Found::Hidden(end) => {
                out.push_part(&input, kept..at);
                // A comment may stand inside a word.
                if !text[at..].starts_with("<!--") && text[at..].is_char_boundary(1) {
                    out.push_replaced(" ", input.source_of(at..end));
                }
                (at, kept) = (end, end);
            }
            Found::Formula(inside, end) => {
                out.push_part(&input, kept..at);
                formula(&input, inside, end, dialect, &mut out);
                (at, kept) = (end, end);
            }
        }
    }
    if kept == 0 {
        return input;
    }
    out.push_part(&input, kept..text.len());
    out
}

/// Writes the words of a formula; what stands beside it stays apart.
fn formula(input: &Spanned, inside: Range<usize>, end: usize, dialect: Dialect, out: &mut Spanned) {
    let words = latex::words(input.text(), inside, dialect);
    let mut before = None;
    for word in &words {
        let source = || input.source_of(word.source.clone());
        let glued = before.is_none() && out.text().ends_with(char::is_alphanumeric);
        if word.is_spaced(before) || glued {
            out.push_replaced(" ", source());
        }
        out.push_replaced(&word.said, source());
        before = Some(word);
    }
    let ordinal = input.text()[end..].starts_with("th") && words.len() == 1;
    if input.text()[end..].starts_with(char::is_alphanumeric) && !ordinal {
        out.push_replaced(" ", input.source_of(end - 1..end));
    }
}

enum Found {
    /// Nothing of ours before this place.
    Nothing(usize),
    /// All before this place is left out.
    Before(usize),
    Hidden(usize),
    Formula(Range<usize>, usize),
}

struct Scan<'a> {
    text: &'a str,
    /// Where the next end of each kind is, so that no search is made twice.
    closed: Vec<(&'static str, Option<usize>)>,
    /// The beginning of a thought has been seen.
    thought: bool,
    skip_code: bool,
}

impl Scan<'_> {
    fn at(&mut self, at: usize) -> Found {
        let rest = &self.text[at..];
        match rest.as_bytes()[0] {
            b if b > 0x7F => source(rest).map_or(Found::Nothing(at + 3), |length| Found::Hidden(at + length)),
            b'<' => self.element(at),
            b'%' if rest.starts_with("%%") => self.comment(at),
            b'`' | b'~' => Found::Nothing(self.code(at)),
            b'$' | b'\\' => match latex::formula(self.text, at) {
                Some((inside, end)) => Found::Formula(inside, end),
                None if rest.starts_with("$$") => Found::Nothing(at + 2),
                // A backslash takes the meaning of the sign behind it.
                None => {
                    let skip = rest.chars().take(1 + usize::from(rest.starts_with('\\')));
                    Found::Nothing(at + skip.map(char::len_utf8).sum::<usize>())
                }
            },
            _ => Found::Nothing(at + 1),
        }
    }

    /// The end of the first `mark` from `from` on.
    fn close(&mut self, mark: &'static str, from: usize) -> Option<usize> {
        let known = self.closed.iter().position(|(of, _)| *of == mark);
        if let Some((_, end)) = known.map(|i| self.closed[i])
            && end.is_none_or(|end| end >= from)
        {
            return end;
        }
        let end = match mark {
            "-->" | "%%" => self.text[from..].find(mark).map(|i| from + i + mark.len()),
            name => self.end_of(name, from),
        };
        match known {
            Some(i) => self.closed[i].1 = end,
            None => self.closed.push((mark, end)),
        }
        end
    }

    /// The end of the first `</name>` from `from` on.
    fn end_of(&self, name: &str, from: usize) -> Option<usize> {
        self.text[from..].match_indices("</").find_map(|(i, _)| {
            let rest = &self.text[from + i + 2..];
            let named = rest
                .get(..name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name));
            let tail = rest.get(name.len()..)?.trim_start();
            (named && tail.starts_with('>')).then(|| self.text.len() - tail.len() + 1)
        })
    }

    fn element(&mut self, at: usize) -> Found {
        let rest = &self.text[at..];
        if rest.starts_with("<!--") {
            return match self.close("-->", at + 4) {
                Some(end) => Found::Hidden(end),
                None => Found::Hidden(at + 4),
            };
        }
        let nothing = Found::Nothing(at + 1);
        let Some(tag) = tags::tag(self.text, at) else {
            return nothing;
        };
        let hidden = ELEMENTS.iter().find(|name| tag.name.eq_ignore_ascii_case(name));
        let thought = hidden.is_some_and(|name| THOUGHTS.contains(name));
        let hidden = match hidden {
            Some(name) => *name,
            None if self.skip_code && tag.name.eq_ignore_ascii_case("pre") => "pre",
            None if tag.name == "details" && tag.attributes.contains("type=\"reasoning\"") => "details",
            None => return nothing,
        };
        if tag.closes {
            // "Models write </think> then": a word like others.
            let mentioned = self.text[..at].ends_with(' ') && self.text[tag.end..].starts_with(' ');
            return if thought && !self.thought && !mentioned {
                Found::Before(tag.end)
            } else {
                Found::Hidden(tag.end)
            };
        }
        self.thought |= thought;
        if tag.empty {
            return Found::Hidden(tag.end);
        }
        // What nobody closes is no element: nothing else would be said.
        Found::Hidden(self.close(hidden, tag.end).unwrap_or(tag.end))
    }

    /// `%%…%%` after a space or at the start.
    fn comment(&mut self, at: usize) -> Found {
        let begins = !self.text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '%');
        match self.close("%%", at + 2) {
            Some(end) if begins && end > at + 4 => Found::Hidden(end),
            _ => Found::Nothing(at + 2),
        }
    }

    /// The end of the code that begins at `at`: a block between fences, or a span in a line.
    fn code(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        let mark = &rest[..1];
        let run = rest.len() - rest.trim_start_matches(mark).len();
        let first = &rest[..rest.find('\n').map_or(rest.len(), |i| i + 1)];
        let before = self.text[..at].trim_end_matches(' ');
        let begins = before.is_empty() || before.ends_with(['\n', '\r']);
        if run >= 3 && begins && !first[run..].contains(mark) {
            let fence = &rest[..3];
            let mut end = at + first.len();
            for line in self.text[end..].split_inclusive('\n') {
                end += line.len();
                if line.trim_start_matches(' ').starts_with(fence) {
                    break;
                }
            }
            return end;
        }
        if mark == "~" {
            return at + run;
        }
        let window = &rest[run..rest.floor_char_boundary(run + MAX_CODE)];
        let window = window.split("\n\n").next().unwrap_or_default();
        let same = |(i, _): &(usize, &str)| {
            let after = &window[*i..];
            after.len() - after.trim_start_matches('`').len() == run && !window[..*i].ends_with('`')
        };
        match window.match_indices('`').find(same) {
            Some((i, _)) => at + run + i + run,
            None => at + run,
        }
    }
}

/// The length of the mark of a source that `text` begins with.
fn source(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let window = &text[..text.floor_char_boundary(MAX_SOURCE)];
    let last = if first == CITE { CITED } else { '】' };
    let inside = window.split_once(last)?.0;
    (first == CITE || inside.contains('†')).then(|| inside.len() + last.len_utf8())
}

/// The length of the front matter that a text begins with: `---`, lines of YAML, `---`, or the same of TOML with `+++`.
fn front_matter(text: &str) -> usize {
    let Some(fence) = ["---", "+++"].into_iter().find(|fence| text.starts_with(fence)) else {
        return 0;
    };
    let mut lines = text.split_inclusive('\n');
    let mut end = match lines.next() {
        Some(first) if first.trim_end() == fence => first.len(),
        _ => return 0,
    };
    for (i, line) in lines.take(MAX_FRONT_LINES).enumerate() {
        end += line.len();
        let content = line.trim_end();
        if content == fence || content == "..." {
            return if i > 0 { end } else { 0 };
        }
        let key = content.split([':', '=']).next().unwrap_or_default().trim();
        let named = key.len() < content.len() && !key.contains(' ') && !key.is_empty();
        let goes_on = i > 0 && (line.starts_with([' ', '\t', '-', '#', '[']) || content.is_empty());
        if !named && !goes_on && !content.starts_with(['#', '[']) {
            return 0;
        }
    }
    0
}
