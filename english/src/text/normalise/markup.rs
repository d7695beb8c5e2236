//! Markdown and plain text in lines → one line for each sentence end: paragraphs, headings, items, rows, lines of code.
//!
//! Line breaks inside a paragraph are spaces, but where the writer broke off early and began anew: the next word would have
//! fitted on the line and has a capital, as in verse, titles and addresses.

mod brackets;
mod broken;
mod entities;
mod hidden;
mod inline;
mod latex;
mod marks;
mod scripts;
mod tags;

use std::ops::Range;

use super::{
    options::{Aloud, Options},
    say::capitalised,
    words::{Role, Roles, begins_sentence, roles},
};
use crate::text::spanned::Spanned;
use broken::Hyphen;
pub(super) use hidden::spoken;

/// Nobody who wraps lines wraps them as short as this, in bytes.
const SHORTEST_WRAP: usize = 55;

/// What the next line of the output is separated by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Line,
    Paragraph,
}

/// `input` has clean Unicode. In the result `'\n'` ends a sentence and `"\n\n"` a paragraph.
pub(super) fn lines(input: &Spanned, options: &Options) -> Spanned {
    let mut blocks = Blocks {
        input,
        options,
        out: Spanned::default(),
        paragraph: Spanned::default(),
        last_line: 0..0,
        hyphen: Hyphen::Apart,
        wrapped: false,
        gap: (Gap::None, 0),
        listed: false,
        fence: None,
        table: false,
    };
    let text = input.text();
    let mut at = 0;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
        let next = text.get(end + 1..).unwrap_or_default();
        let next = &next[..next.find('\n').unwrap_or(next.len())];
        blocks.line(at..end, next);
        at = end + 1;
    }
    blocks.flush();
    if text.ends_with('\n') && !blocks.out.text().is_empty() {
        let paragraph = text.trim_end_matches([' ', '\n']).len() + 1 < text.trim_end_matches(' ').len();
        let gap = if paragraph { "\n\n" } else { "\n" };
        blocks
            .out
            .push_replaced(gap, input.source_of(text.len() - 1..text.len()));
    }
    blocks.out
}

struct Blocks<'a> {
    input: &'a Spanned,
    options: &'a Options,
    out: Spanned,
    /// The lines of the open paragraph or item.
    paragraph: Spanned,
    /// The last one of them in `input`.
    last_line: Range<usize>,
    /// What the hyphen at the end of that is.
    hyphen: Hyphen,
    /// A line of the open paragraph began with a small letter.
    wrapped: bool,
    /// The separation due before the next output, and where it stands in `input`.
    gap: (Gap, usize),
    /// The open block is an item of a list.
    listed: bool,
    /// The mark that closes the open code fence.
    fence: Option<&'static str>,
    table: bool,
}

impl Blocks<'_> {
    fn line(&mut self, range: Range<usize>, next: &str) {
        let trimmed = trim(self.input.text(), range.clone());
        let line = &self.input.text()[trimmed.clone()];
        if let Some(mark) = self.fence {
            if line.starts_with(mark) {
                self.fence = None;
                self.part(Gap::Paragraph, range.end);
            } else if !line.is_empty() && self.options.code_blocks == Aloud::Read {
                self.part(Gap::Line, range.start);
                self.paragraph.push_part(self.input, trimmed);
                self.flush_as(false);
                self.part(Gap::Line, range.end);
            }
            return;
        }
        if line.is_empty() {
            self.part(Gap::Paragraph, range.end);
            self.listed = false;
            self.table = false;
            return;
        }
        if let Some(mark) = ["```", "~~~"]
            .into_iter()
            .find(|mark| line.starts_with(mark) && !line[3..].contains(&mark[..1]))
        {
            self.part(Gap::Paragraph, range.start);
            self.fence = Some(mark);
            return;
        }
        if is_rule(line)
            || (!self.paragraph.text().is_empty() && line.len() > 1 && line.bytes().all(|b| b == b'='))
        {
            let heading = !self.paragraph.text().is_empty() && !line.starts_with(['*', '_']);
            self.part(if heading { Gap::Line } else { Gap::Paragraph }, range.start);
            return;
        }
        // The frame of a table drawn with signs.
        if line.starts_with('+') && is_delimiter_row(line) {
            self.part(Gap::Line, range.start);
            self.table = true;
            return;
        }
        if self.row(&range, &trimmed, next) {
            return;
        }
        self.table = false;
        self.text(trimmed, range);
    }

    /// A line that is no fence, rule or row.
    fn text(&mut self, mut content: Range<usize>, range: Range<usize>) {
        let line = |content: &Range<usize>| &self.input.text()[content.clone()];
        while let Some(quoted) = line(&content)
            .strip_prefix('>')
            .filter(|rest| rest.is_empty() || rest.starts_with([' ', '>']))
        {
            content = trim(self.input.text(), content.end - quoted.len()..content.end);
        }
        let text = line(&content);
        if text.is_empty() {
            self.part(Gap::Paragraph, range.end);
            return;
        }
        if is_definition(text) || is_container(text) {
            self.part(Gap::Line, range.start);
            return;
        }
        if self.callout(&content, &range) {
            return;
        }
        let text = match text.split_once("]: ") {
            // "[^1]: what the note says"
            Some((name, note)) if name.starts_with("[^") && !name.contains(' ') => {
                self.part(Gap::Line, range.start);
                content.start = content.end - note.trim_start().len();
                note.trim_start()
            }
            _ => text.strip_prefix("-# ").unwrap_or(text),
        };
        content.start = content.end - text.len();
        // "== A heading ==" of a wiki.
        let marks = text.bytes().take_while(|&b| b == b'=').count();
        let title = text.trim_matches('=');
        if (2..=6).contains(&marks)
            && text.len() == 2 * marks + title.len()
            && title.starts_with(' ')
            && title.ends_with(' ')
            && title.len() > 2
        {
            let start = content.start + marks;
            let heading = trim(self.input.text(), start..start + title.len());
            self.part(Gap::Paragraph, range.start);
            self.paragraph.push_part(self.input, heading);
            self.part(Gap::Line, range.end);
            return;
        }
        if let Some(title) = heading(text) {
            let heading = content.start + title.start..content.start + title.end;
            self.part(Gap::Paragraph, range.start);
            self.paragraph.push_part(self.input, heading);
            self.part(Gap::Line, range.end);
            return;
        }
        if let Some((marker, body)) = item(text) {
            let open = !self.paragraph.text().is_empty();
            let may = !open || self.listed || marker.is_empty() || marker == "1";
            if may {
                self.part(Gap::Line, range.start);
                let start = content.start;
                if !marker.is_empty() {
                    self.paragraph.push_part(self.input, start..start + marker.len());
                    let after = start + marker.len();
                    self.paragraph
                        .push_replaced(", ", self.input.source_of(after..after + 1));
                }
                let body = content.end - body.len()..content.end;
                self.last_line = body.clone();
                self.push_line(body, range.end);
                self.listed = true;
                return;
            }
        }
        self.join(content, range);
    }

    /// `[!NOTE]` in a quotation: its name or its own title, like a heading.
    fn callout(&mut self, content: &Range<usize>, range: &Range<usize>) -> bool {
        let text = &self.input.text()[content.clone()];
        let Some((name, title)) = text.strip_prefix("[!").and_then(|rest| rest.split_once(']')) else {
            return false;
        };
        let title = title.trim_start_matches(['-', '+']);
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphabetic()) || title.starts_with('(') {
            return false;
        }
        self.part(Gap::Line, range.start);
        match title.trim() {
            "" => {
                let start = content.start + "[!".len();
                let source = self.input.source_of(start..start + name.len());
                let name = name.to_ascii_lowercase();
                self.paragraph.push_replaced(&capitalised(&name), source);
            }
            _ => {
                let title = trim(self.input.text(), content.end - title.len()..content.end);
                self.paragraph.push_part(self.input, title);
            }
        }
        self.part(Gap::Line, range.end);
        true
    }

    /// Adds a line to the open paragraph.
    fn join(&mut self, content: Range<usize>, range: Range<usize>) {
        let text = self.input.text();
        if !self.paragraph.text().is_empty() {
            let before = &text[self.last_line.clone()];
            let here = &text[content.clone()];
            let hard = before.ends_with('\\') || text[self.last_line.end..range.start].starts_with("  ");
            let word = here.find(' ').unwrap_or(here.len());
            let capital = here
                .trim_start_matches(['“', '"', '‘', '\'', '('])
                .starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
            let anew = capital
                && before.len() + 1 + word < SHORTEST_WRAP
                && !self.is_narrow(before, here, range.end);
            self.wrapped |= here.starts_with(char::is_lowercase);
            let gap = match self.hyphen {
                Hyphen::Breaks | Hyphen::Kept => "",
                Hyphen::Apart if hard || anew => "\n",
                Hyphen::Apart => " ",
            };
            let source = self.input.source_of(range.start - 1..range.start);
            self.paragraph.push_replaced(gap, source);
        }
        self.last_line = content.clone();
        let content = if text[content.clone()].ends_with('\\') {
            content.start..content.end - 1
        } else {
            content
        };
        self.push_line(content, range.end);
    }

    /// Adds what a line says to the open block; in the text the line ends at `end`.
    fn push_line(&mut self, content: Range<usize>, end: usize) {
        let line = &self.input.text()[content.clone()];
        let begun = if self.hyphen == Hyphen::Breaks {
            self.paragraph.text()
        } else {
            ""
        };
        self.hyphen = broken::hyphen(begun, line, self.line_after(end));
        let hyphen = usize::from(self.hyphen == Hyphen::Breaks);
        self.paragraph
            .push_part(self.input, content.start..content.end - hyphen);
    }

    /// The line after the one that ends at `end`, without what it begins with in a quotation.
    fn line_after(&self, end: usize) -> &str {
        let rest = self.input.text().get(end + 1..).unwrap_or_default();
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        line.trim_start_matches([' ', '>'])
    }

    /// A column of text is narrow, so that a short line before a capital ends no sentence: other lines of it begin with
    /// small letters.
    fn is_narrow(&self, before: &str, here: &str, end: usize) -> bool {
        const NARROWEST: usize = 20;
        let open = !before.ends_with(['.', '!', '?', ':', ';', ',', '”', '"', ')']);
        let next = self.line_after(end);
        let word = here.split(|c: char| !c.is_alphabetic()).next();
        if ends_with_title(before) && !word.is_some_and(begins_sentence) {
            return true;
        }
        open && before.len() >= NARROWEST && (self.wrapped || next.starts_with(char::is_lowercase))
    }

    /// Reads a row of a table: its cells with commas between.
    fn row(&mut self, range: &Range<usize>, trimmed: &Range<usize>, next: &str) -> bool {
        let line = &self.input.text()[trimmed.clone()];
        if !line.contains('|') {
            return false;
        }
        let framed = line.len() > 1 && line.starts_with('|') && line.ends_with('|');
        if !(self.table || framed || is_delimiter_row(next.trim())) {
            return false;
        }
        self.table = true;
        if is_delimiter_row(line) {
            return true;
        }
        self.part(Gap::Line, range.start);
        let mut at = trimmed.start;
        let mut escaped = false;
        for cell in line.split(|c| {
            let parts = c == '|' && !escaped;
            escaped = c == '\\' && !escaped;
            parts
        }) {
            let content = trim(self.input.text(), at..at + cell.len());
            at += cell.len() + 1;
            if content.is_empty() {
                continue;
            }
            if !self.paragraph.text().is_empty() {
                let ends = self.paragraph.text().ends_with(['.', ',', ';', ':', '!', '?']);
                self.paragraph.push_replaced(
                    if ends { " " } else { ", " },
                    self.input.source_of(content.start - 1..content.start),
                );
            }
            self.paragraph.push_part(self.input, content);
        }
        self.part(Gap::Line, range.end);
        true
    }

    /// Ends the open block and separates what comes next by at least `gap`.
    fn part(&mut self, gap: Gap, at: usize) {
        self.flush();
        if gap > self.gap.0 && !self.out.text().is_empty() {
            self.gap = (gap, at.min(self.input.text().len().saturating_sub(1)));
        }
    }

    fn flush(&mut self) {
        self.flush_as(true);
    }

    fn flush_as(&mut self, marked_up: bool) {
        (self.hyphen, self.wrapped) = (Hyphen::Apart, false);
        if self.paragraph.text().is_empty() {
            return;
        }
        let (gap, at) = std::mem::replace(&mut self.gap, (Gap::None, 0));
        let gap = match gap {
            Gap::None => "",
            Gap::Line => "\n",
            Gap::Paragraph => "\n\n",
        };
        self.out.push_replaced(gap, self.input.source_of(at..at + 1));
        let block = std::mem::take(&mut self.paragraph);
        if marked_up {
            inline::read(&block, self.options, &mut self.out);
        } else {
            self.out.push_part(&block, 0..block.text().len());
        }
    }
}

/// "Mr.", "J." at the end of a line.
fn ends_with_title(line: &str) -> bool {
    const TITLES: Roles = Roles::of(&[Role::Title, Role::TitleDotted]);
    let word = line.rsplit(' ').next().and_then(|word| word.strip_suffix('.'));
    word.is_some_and(|word| {
        let initial = word.len() == 1 && word.starts_with(char::is_uppercase);
        initial && word != "I" || roles(word).meets(TITLES)
    })
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let line = &text[range.clone()];
    let start = range.start + line.len() - line.trim_start_matches(' ').len();
    start..start + line.trim_matches(' ').len()
}

/// "---", "* * *" and the like.
/// The title of a heading, `## Title ##`.
pub(super) fn heading(line: &str) -> Option<Range<usize>> {
    let hashes = line.bytes().take_while(|&b| b == b'#').count();
    let is_heading = (1..=6).contains(&hashes) && line[hashes..].starts_with(' ');
    is_heading.then(|| trim(line, hashes..hashes + line[hashes..].trim_end_matches('#').len()))
}

fn is_rule(line: &str) -> bool {
    let Some(mark) = line.bytes().next().filter(|b| b"-*_=~#+".contains(b)) else {
        return false;
    };
    line.bytes().all(|b| b == mark || b == b' ') && line.bytes().filter(|&b| b == mark).count() >= 3
}

/// "|---|:-:|", "+===+===+"
fn is_delimiter_row(line: &str) -> bool {
    line.contains(['-', '=']) && line.contains(['|', '+']) && line.bytes().all(|b| b"|-: +=".contains(&b))
}

/// `[name]: https://… "Title"`, `*[short]: what it stands for`
fn is_definition(line: &str) -> bool {
    if line.starts_with("*[") && line.contains("]: ") {
        return true;
    }
    let Some((name, target)) = line.strip_prefix('[').and_then(|rest| rest.split_once("]:")) else {
        return false;
    };
    let target = target.trim();
    let (url, title) = target.split_once(' ').unwrap_or((target, ""));
    let title = title.trim();
    let titled = title.is_empty() || title.starts_with(['"', '\'', '(', '“', '‘']);
    let leads = url.contains("://") || url.contains(['/', '#', '<', '.']) || url.starts_with("mailto:");
    !name.starts_with('^') && !name.contains(']') && titled && leads && !url.ends_with(['.', ','])
}

/// `:::warning`, and the `:::` that closes it.
fn is_container(line: &str) -> bool {
    line.strip_prefix(":::")
        .is_some_and(|name| name.trim_start_matches(':').trim().split(' ').count() == 1)
}

/// The marker of an item ("" of a bullet, the number otherwise) and what follows it.
fn item(line: &str) -> Option<(&str, &str)> {
    if ["[ ] ", "[x] ", "[X] "].iter().any(|open| line.starts_with(open)) {
        return task(line).filter(|body| !body.is_empty()).map(|body| ("", body));
    }
    let (marker, body) = match line.strip_prefix(['-', '*', '+', '•', '◦', '▪', '‣', '●', '○']) {
        Some(body) => ("", body),
        None => {
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            (1..=3).contains(&digits).then_some(())?;
            (&line[..digits], line[digits..].strip_prefix(['.', ')'])?)
        }
    };
    let body = body.strip_prefix(' ')?.trim_start_matches(' ');
    let body = task(body).unwrap_or(body);
    (!body.is_empty()).then_some((marker, body))
}

/// What follows the box of a task: `[ ] buy milk`, `[x] done`.
fn task(body: &str) -> Option<&str> {
    let rest = body.strip_prefix('[')?;
    let rest = rest
        .strip_prefix([' ', 'x', 'X', '-', '/', '>', '✓', '✔'])
        .unwrap_or(rest);
    rest.strip_prefix("] ").map(|rest| rest.trim_start_matches(' '))
}

#[cfg(test)]
mod tests;
