//! Marks inside a block: emphasis, code, links, images, tags, entities, what stands above and below the line, backslashes.

use super::{
    brackets, entities,
    marks::Marks,
    scripts,
    tags::{self, Effect, Tag},
};
use crate::text::{
    normalise::options::{Aloud, Emoji, Options},
    spanned::{LITERAL, Spanned},
};

/// An address or a name in angle brackets is no longer than this.
const MAX_ADDRESS: usize = 2048;

/// Reads `block` to the end of `out`.
pub(super) fn read(block: &Spanned, options: &Options, out: &mut Spanned) {
    let text = block.text();
    let round = options.brackets == Aloud::Skip;
    if !text
        .bytes()
        .any(|b| b"*_~`[]<&\\=^|{:\xC2\xE2".contains(&b) || round && b == b'(')
    {
        out.push_part(block, 0..text.len());
        return;
    }
    let mut inline = Inline {
        block,
        text,
        options,
        marks: Marks::find(text),
        out,
        kept: 0,
    };
    let mut at = 0;
    let mut code = false;
    while let Some(&b) = text.as_bytes().get(at) {
        if b == b'`' {
            let run = text[at..].bytes().take_while(|&b| b == b'`').count();
            code = !code;
            at = inline.leave_out(at, at + run);
        } else if b.is_ascii_punctuation() && (!code || b == b'&' || b == b'\\') {
            at = inline.mark(at);
        } else if matches!(b, 0xC2 | 0xE2)
            && options.citations == Aloud::Skip
            && let Some(end) = scripts::note(text, at)
        {
            at = inline.leave_out(at, end);
        } else {
            at += 1;
        }
    }
    inline.out.push_part(block, inline.kept..text.len());
}

struct Inline<'a> {
    block: &'a Spanned,
    text: &'a str,
    options: &'a Options,
    marks: Marks,
    out: &'a mut Spanned,
    /// What stands before is written or left out.
    kept: usize,
}

impl Inline<'_> {
    fn write(&mut self, to: usize) {
        self.out.push_part(self.block, self.kept..to);
        self.kept = to;
    }

    fn leave_out(&mut self, from: usize, to: usize) -> usize {
        self.write(from);
        self.kept = to;
        to
    }

    fn replace(&mut self, from: usize, to: usize, said: &str) -> usize {
        self.leave_out(from, to);
        if !said.is_empty() {
            self.out.push_replaced(said, self.block.source_of(from..to));
        }
        to
    }

    /// Reads the sign at `at`; answers where to go on.
    fn mark(&mut self, at: usize) -> usize {
        let text = self.text;
        let rest = &text[at..];
        match rest.as_bytes()[0] {
            b'\\' if rest[1..].starts_with(|c: char| c.is_ascii_punctuation()) => {
                self.leave_out(at, at + 1);
                at + 2
            }
            b'&' => match entities::read(rest) {
                Some((said, length)) => self.replace(at, at + length, &said),
                None => at + 1,
            },
            b'*' | b'_' | b'~' | b'=' | b'|' => self.emphasis(at),
            b'^' => self.above(at),
            b'!' | b'[' | b']' | b'(' => match brackets::read(text, at, &self.marks, self.options) {
                Some(end) => self.leave_out(at, end),
                None => at + 1,
            },
            b'<' => self.angle(at),
            b'#' if brackets::leads_to_heading(text, at) => {
                let first = text[..at].ends_with('[');
                self.replace(at, at + 1, if first { "" } else { ", " })
            }
            b':' => match short_name(text, at) {
                Some(name) => {
                    let alone = text.trim().len() == name.len() + 2;
                    let named = self.options.emoji == Emoji::Name || alone;
                    let said = if named {
                        name.replace(['_', '-', '+'], " ")
                    } else {
                        String::new()
                    };
                    self.replace(at, at + name.len() + 2, &said)
                }
                None => at + 1,
            },
            b'{' => match attributes(text, at) {
                Some(end) => self.leave_out(at, end),
                None => at + 1,
            },
            _ => at + 1,
        }
    }

    fn emphasis(&mut self, at: usize) -> usize {
        let text = self.text;
        if self.options.brackets == Aloud::Skip
            && let Some(end) = brackets::played(text, at, &self.marks)
        {
            return self.leave_out(at, end);
        }
        if let Some(end) = self.marks.emphasis(at) {
            // "**Bold:**text"
            let parts = text[..at].ends_with(['.', ':', ';', '!', '?', ','])
                && text[end..].starts_with(char::is_alphabetic);
            return self.replace(at, end, if parts { " " } else { "" });
        }
        let below = text[at..]
            .starts_with('~')
            .then(|| scripts::marked(text, at))
            .flatten();
        match below {
            Some((end, inside)) => {
                let said = scripts::below(&text[..at], inside);
                self.replace(at, end, &said)
            }
            None => at + 1,
        }
    }

    /// `x^2^`, `^[note]`
    fn above(&mut self, at: usize) -> usize {
        if let Some(end) = brackets::read(self.text, at, &self.marks, self.options) {
            return self.leave_out(at, end);
        }
        // "the end of a block ^its-name"
        let name = &self.text[at + 1..];
        let names = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if self.text[..at].ends_with(' ') && name.len() > 4 && name.bytes().all(names) {
            return self.leave_out(at, self.text.len());
        }
        match scripts::marked(self.text, at) {
            Some((end, inside)) => {
                let said = scripts::above(&self.text[..at], inside, self.options);
                self.replace(at, end, &said)
            }
            None => at + 1,
        }
    }

    /// A tag, an address, or what chats write in angle brackets.
    fn angle(&mut self, at: usize) -> usize {
        let text = self.text;
        if let Some(tag) = tags::tag(text, at) {
            return self.tag(at, &tag);
        }
        let rest = &text[at + 1..];
        let window = &rest[..rest.floor_char_boundary(MAX_ADDRESS)];
        let Some(close) = window
            .find(['<', '>'])
            .filter(|&end| window[end..].starts_with('>'))
        else {
            return at + 1;
        };
        let (inside, end) = (&window[..close], at + 1 + close + 1);
        if inside.contains(LITERAL) {
            return at + 1;
        }
        // Marks of a chat: `<|im_end|>`, `<@123>`, `<#123>`, `<:smile:123>`, `<!here>`; and `<!DOCTYPE html>`, `<?xml …?>`.
        let declared = inside
            .get(..8)
            .is_some_and(|name| name.eq_ignore_ascii_case("!doctype"));
        let marked = inside.len() > 1
            && (inside.starts_with('|') && inside.ends_with('|')
                || inside.starts_with('?') && inside.ends_with('?')
                || inside.starts_with(['@', '#', ':', '!']) && !inside.contains(' ')
                || declared);
        if marked {
            return self.leave_out(at, end);
        }
        let address = inside.contains("://") || inside.starts_with("mailto:") || inside.contains('@');
        if !address
            || inside
                .split('|')
                .next()
                .is_some_and(|address| address.contains(' '))
        {
            return at + 1;
        }
        // `<https://example.com|text>`; else the address stays, and its closing bracket is left out by the tokens.
        match inside.split_once('|') {
            Some((address, _)) => self.leave_out(at, at + 1 + address.len() + 1),
            None => self.leave_out(at, at + 1),
        }
    }

    fn tag(&mut self, at: usize, tag: &Tag<'_>) -> usize {
        let text = self.text;
        let closed = |name: &str| {
            let rest = &text[tag.end..];
            let window = &rest[..rest.floor_char_boundary(MAX_ADDRESS)];
            window.contains(&format!("</{name}>"))
        };
        let Some(effect) = tag.effect(closed) else {
            return at + 1;
        };
        if !tag.closes
            && !tag.empty
            && let Some(end) = self.script(at, tag)
        {
            return end;
        }
        let fresh = text[self.kept..at].trim_end_matches(' ');
        let before = if fresh.is_empty() {
            self.out.text().trim_end_matches(' ')
        } else {
            fresh
        };
        let begins = before.is_empty() || before.ends_with('\n');
        let marked = before.ends_with(['.', ',', ';', ':', '!', '?', '—', '…']);
        let said = match effect {
            Effect::Breaks => "\n",
            Effect::Cell | Effect::Pause if begins => "",
            Effect::Cell | Effect::Pause if marked => " ",
            Effect::Cell | Effect::Pause => ", ",
            Effect::None => "",
        };
        self.replace(at, tag.end, said)
    }

    /// `<sup>…</sup>` and `<sub>…</sub>`
    fn script(&mut self, at: usize, tag: &Tag<'_>) -> Option<usize> {
        let raised = tag.name.eq_ignore_ascii_case("sup");
        if !raised && (!tag.name.eq_ignore_ascii_case("sub") || tag.attributes.starts_with("alias")) {
            return None;
        }
        let rest = &self.text[tag.end..];
        let window = &rest[..rest.floor_char_boundary(scripts::MAX_BYTES)];
        let close = window
            .to_ascii_lowercase()
            .find(if raised { "</sup>" } else { "</sub>" })?;
        let inside = without_tags(&window[..close]);
        if inside.contains(LITERAL) {
            return None;
        }
        let before = without_last_tags(&self.text[..at]);
        let said = if raised {
            scripts::above(before, &inside, self.options)
        } else {
            scripts::below(before, &inside)
        };
        Some(self.replace(at, tag.end + close + "</sup>".len(), &said))
    }
}

/// The name of the emoji that is written `:name:` at `at`.
fn short_name(text: &str, at: usize) -> Option<&str> {
    const LONGEST: usize = 40;
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '/');
    let rest = &text[at + 1..];
    let name = rest[..rest.floor_char_boundary(LONGEST)].split_once(':')?.0;
    let letters = name.len() > 1 && name.bytes().any(|b| b.is_ascii_lowercase());
    let right = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_+-".contains(&b));
    let (before, after) = (
        text[..at].chars().next_back(),
        rest[name.len() + 1..].chars().next(),
    );
    (letters && right && apart(before) && apart(after)).then_some(name)
}

fn without_tags(text: &str) -> String {
    let mut said = String::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match tags::tag(text, at).filter(|_| c == '<') {
            Some(tag) => at = tag.end,
            None => {
                said.push(c);
                at += c.len_utf8();
            }
        }
    }
    said
}

/// `text` without the marks of emphasis at its end: `<i>r</i>`, `*r*`.
fn without_last_tags(text: &str) -> &str {
    let text = text.trim_end_matches(['*', '_']);
    match text.strip_suffix("</i>").or_else(|| text.strip_suffix("</em>")) {
        Some(text) => text,
        None => text,
    }
}

/// The end of `{#name .class key=value}` behind a heading or a link.
fn attributes(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at + 1..];
    let close = rest[..rest.floor_char_boundary(120)].find('}')?;
    let inside = rest[..close].trim_start_matches(':').trim();
    let sign = inside.starts_with(['#', '.']) && inside[1..].starts_with(|c: char| c.is_ascii_alphabetic());
    let named = inside
        .split(' ')
        .all(|part| part.starts_with(['#', '.']) || part.contains('='));
    (sign && named).then_some(at + 1 + close + 1)
}
