//! Marks inside a block: emphasis, code, links, images, HTML tags, entities, backslashes.

use super::entities;
use crate::text::spanned::{LITERAL, Spanned};

/// A tag, an address in angle brackets or a comment is no longer than this.
const MAX_TAG_BYTES: usize = 300;

/// Tags that separate what stands before and after them.
const BREAKING: &[&str] = &[
    "article",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// Tags that do not.
const SILENT: &[&str] = &[
    "a", "abbr", "b", "big", "body", "center", "cite", "code", "del", "details", "em", "figure", "font",
    "head", "html", "i", "img", "ins", "kbd", "main", "mark", "nav", "q", "s", "samp", "small", "span",
    "strike", "strong", "sub", "summary", "sup", "tbody", "td", "th", "thead", "title", "tt", "u", "var",
];

/// Reads `block` to the end of `out`.
pub(super) fn read(block: &Spanned, out: &mut Spanned) {
    let text = block.text();
    if !text.bytes().any(|b| b"*_~`[]<&\\".contains(&b)) {
        out.push_part(block, 0..text.len());
        return;
    }
    let marks = Marks::find(text);
    let mut kept = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < text.len() {
        let (end, said) = match bytes[at] {
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => {
                out.push_part(block, kept..at);
                kept = at + 1;
                at += 2;
                continue;
            }
            b'`' => (at + 1, ""),
            b'*' | b'_' | b'~' => match marks.emphasis(at) {
                Some(end) => (end, ""),
                None => {
                    at += 1;
                    continue;
                }
            },
            b'!' | b'[' | b']' => match marks.link(text, at) {
                Some(end) => (end, ""),
                None => {
                    at += 1;
                    continue;
                }
            },
            b'<' => match tag(text, at) {
                Some(found) => found,
                None => {
                    at += 1;
                    continue;
                }
            },

            b'&' => match entities::read(&text[at..]) {
                Some((said, length)) => {
                    out.push_part(block, kept..at);
                    out.push_replaced(&said, block.source_of(at..at + length));
                    at += length;
                    kept = at;
                    continue;
                }
                None => {
                    at += 1;
                    continue;
                }
            },
            _ => {
                at += 1;
                continue;
            }
        };
        out.push_part(block, kept..at);
        if !said.is_empty() {
            out.push_replaced(said, block.source_of(at..end));
        }
        at = end;
        kept = end;
    }
    out.push_part(block, kept..text.len());
}

/// A tag at `at`: where it ends and what stands for it.
fn tag(text: &str, at: usize) -> Option<(usize, &'static str)> {
    let rest = &text[at + 1..];
    let window = &rest[..rest.floor_char_boundary(MAX_TAG_BYTES)];
    if let Some(comment) = window.strip_prefix("!--") {
        return comment
            .find("-->")
            .filter(|&end| !comment[..end].contains(LITERAL))
            .map(|end| (at + 1 + 3 + end + 3, ""));
    }
    let close = window
        .find(['<', '>'])
        .filter(|&end| window[end..].starts_with('>'))?;
    let inside = &window[..close];
    if inside.contains("://") || (inside.contains('@') && !inside.contains(' ')) {
        // The address stays; its closing bracket is left out by the tokens.
        return Some((at + 1, ""));
    }
    if inside.contains(LITERAL) {
        return None;
    }
    let name = inside.trim_start_matches('/');
    let name = &name[..name
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(name.len())];
    let name = name.to_ascii_lowercase();
    let end = at + 1 + close + 1;
    if BREAKING.contains(&name.as_str()) {
        return Some((end, "\n"));
    }
    SILENT.contains(&name.as_str()).then_some((end, ""))
}

/// Where the marks of a block are, found in one pass so that the time is linear.
#[derive(Default)]
struct Marks {
    /// Runs of emphasis that are left out: start and end, ascending.
    emphasis: Vec<(usize, usize)>,
    /// Pairs of square brackets, by their start.
    square: Vec<(usize, usize)>,
    /// Those pairs by their end, end first.
    closed: Vec<(usize, usize)>,
    /// Ends of links, by the place of their "]".
    targets: Vec<(usize, usize)>,
}

/// A run of one of `*_~`.
struct Run {
    mark: u8,
    start: usize,
    end: usize,
}

impl Marks {
    fn find(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut found = Self::default();
        let (mut square, mut round, mut opened): (Vec<usize>, Vec<(usize, bool)>, Vec<Run>) =
            Default::default();
        let mut code = false;
        let mut at = 0;
        while at < bytes.len() {
            let start = at;
            at += 1;
            match bytes[start] {
                b'\\' => at += 1,
                b'`' => {
                    while bytes.get(at) == Some(&b'`') {
                        at += 1;
                    }
                    code = !code;
                }
                _ if code => {}
                b'[' => square.push(start),
                b']' => {
                    if let Some(open) = square.pop() {
                        found.square.push((open, start));
                        found.closed.push((start, open));
                    }
                }
                b'(' => round.push((start, start > 0 && bytes[start - 1] == b']')),
                b')' => {
                    if let Some((open, true)) = round.pop() {
                        found.targets.push((open - 1, at));
                    }
                }
                mark @ (b'*' | b'_' | b'~') => {
                    while bytes.get(at) == Some(&mark) {
                        at += 1;
                    }
                    let run = Run { mark, start, end: at };
                    found.run(text, run, &mut opened);
                }
                _ => {}
            }
        }
        // "*Taxes not included.": the mark of a footnote, which nothing closes.
        let note = opened.iter().find(|run| {
            run.start == 0 && run.mark == b'*' && text[run.end..].starts_with(char::is_alphabetic)
        });
        found.emphasis.extend(note.map(|run| (run.start, run.end)));
        found.emphasis.sort_unstable();
        found.square.sort_unstable();
        found.targets.sort_unstable();
        found
    }

    /// Pairs a run with the last one of its kind that can open, or opens one.
    fn run(&mut self, text: &str, run: Run, opened: &mut Vec<Run>) {
        let before = text[..run.start].chars().next_back();
        let after = text[run.end..].chars().next();
        let (space_before, space_after) = (
            before.is_none_or(char::is_whitespace),
            after.is_none_or(char::is_whitespace),
        );
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let length = run.end - run.start;
        if run.mark == b'~' && length != 2 {
            return;
        }
        let inside = word(before) && word(after);
        let inside_word = inside && run.mark == b'*' && length >= 2 && (letter(before) || letter(after));
        let opens = !space_after && (!word(before) || inside_word);
        let closes = !space_before && (!word(after) || inside_word);
        if closes && let Some(open) = opened.iter().rposition(|open| open.mark == run.mark) {
            let open = opened.swap_remove(open);
            opened.truncate(
                opened
                    .iter()
                    .position(|o| o.start > open.start)
                    .unwrap_or(opened.len()),
            );
            self.emphasis
                .extend([(open.start, open.end), (run.start, run.end)]);
        } else if run.mark == b'*'
            && !inside
            && (letter(before) != letter(after))
            && !(word(before) && word(after))
            && (letter(before) || length > 1)
            && (space_after || space_before)
        {
            // A footnote mark, or what is left of emphasis.
            self.emphasis.push((run.start, run.end));
            if opens {
                opened.push(run);
            }
        } else if opens {
            opened.push(run);
            // No sentence nests deeper; this keeps the search short.
            if opened.len() > 8 {
                opened.remove(0);
            }
        }
    }

    /// The end of the run at `at`, if it is left out.
    fn emphasis(&self, at: usize) -> Option<usize> {
        let i = self.emphasis.partition_point(|&(start, _)| start < at);
        self.emphasis
            .get(i)
            .filter(|(start, _)| *start == at)
            .map(|(_, end)| *end)
    }

    /// What a bracket at `at` leaves out: "[" and "![" of a link, its "](…)", and whole notes.
    fn link(&self, text: &str, at: usize) -> Option<usize> {
        let image = text[at..].starts_with("![");
        let open = at + usize::from(image);
        if text.as_bytes()[at] == b']' {
            return self.target(text, at);
        }
        let i = self.square.partition_point(|&(start, _)| start < open);
        let &(_, close) = self.square.get(i).filter(|(start, _)| *start == open)?;
        let inside = &text[open + 1..close];
        let after_word = text[..at].ends_with(|c: char| c.is_alphanumeric() || ".,;:!?)”\"]".contains(c));
        let number = !inside.is_empty() && inside.chars().all(|c| c.is_ascii_digit() || ", –-".contains(c));
        let note = inside.starts_with('^') || (after_word && number && inside.len() <= 12);
        if note && !inside.contains(LITERAL) && !text[close + 1..].starts_with('(') {
            return Some(close + 1);
        }
        self.target(text, close).map(|_| open + 1)
    }

    /// The end of what follows the "]" at `close` when it ends a link. A literal there stays.
    fn target(&self, text: &str, close: usize) -> Option<usize> {
        let pair = self.closed.partition_point(|&(end, _)| end < close);
        let &(_, open) = self.closed.get(pair).filter(|(end, _)| *end == close)?;
        let i = self.targets.partition_point(|&(start, _)| start < close);
        if let Some(&(_, end)) = self.targets.get(i).filter(|(start, _)| *start == close) {
            let target = &text[close + 2..end - 1];
            let url = target.split(' ').next().unwrap_or_default();
            let titled = target[url.len()..]
                .trim_start()
                .starts_with(['"', '\'', '“', '(']);
            return ((url.len() == target.len() || titled) && !target.contains(LITERAL)).then_some(end);
        }
        // "[text][reference]", but not "x[i][j]".
        let i = self.square.partition_point(|&(start, _)| start < close + 1);
        let &(start, end) = self.square.get(i).filter(|(start, _)| *start == close + 1)?;
        let index = text[..open].ends_with(char::is_alphanumeric);
        (!index && !text[start..end].contains(LITERAL)).then_some(end + 1)
    }
}
