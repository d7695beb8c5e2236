//! What stands in brackets and is not said: links, notes, numbers of references, stage directions.

use super::marks::Marks;
use crate::text::{
    normalise::{
        options::{Aloud, Options},
        words::{self, Role},
    },
    spanned::LITERAL,
};

/// Numbers of references are no longer than this, in bytes.
const MAX_CITATION: usize = 32;

/// What editors write behind a sentence that they doubt.
const DOUBTS: &[&str] = &[
    "citation needed",
    "clarification needed",
    "when?",
    "which?",
    "who?",
    "why?",
    "by whom?",
    "dubious",
    "edit",
    "better source needed",
    "verification needed",
];

/// What the mark at `at` leaves out, up to where, and what is said instead.
pub(super) fn read(text: &str, at: usize, marks: &Marks, options: &Options) -> Option<usize> {
    let bytes = text.as_bytes();
    let close = |at: usize| marks.closing(at);
    match bytes[at] {
        b'(' => (options.brackets == Aloud::Skip).then(|| direction(text, at, close(at)?))?,
        b']' => close_of_page(text, at, marks).or_else(|| marks.target(text, at)),
        b'!' if text[at..].starts_with("![[") => embedded(text, at, marks),
        b'!' => {
            let close = close(at + 1).filter(|_| bytes.get(at + 1) == Some(&b'['))?;
            marks.target(text, close).map(|_| at + 2)
        }
        b'^' => {
            // "^[a note]"
            let close = close(at + 1).filter(|_| bytes.get(at + 1) == Some(&b'['))?;
            (!text[at..close].contains(LITERAL)).then_some(close + 1)
        }
        _ => {
            let close = close(at)?;
            let inside = &text[at + 1..close];
            if inside.contains(LITERAL) {
                return marks.target(text, close).map(|_| at + 1);
            }
            if is_code_of_boards(text, inside, close) {
                return Some(close + 1);
            }
            let linked = text[close + 1..].starts_with('(');
            if inside.starts_with('^') && !linked || matches!(inside, "TOC" | "toc") && text.trim().len() == 5
            {
                return Some(close + 1);
            }
            if let Some(end) = citations(text, at, marks, options).or_else(|| page(text, at, marks)) {
                return Some(end);
            }
            match marks.target(text, close) {
                Some(_) => Some(at + 1),
                None if options.brackets == Aloud::Skip => direction(text, at, Some(close)?),
                None => None,
            }
        }
    }
}

/// `[b]`, `[url=…]` and `[/b]`, as boards on the net write bold text and links.
fn is_code_of_boards(text: &str, inside: &str, close: usize) -> bool {
    const NAMES: &[&str] = &[
        "b", "center", "code", "color", "font", "h1", "h2", "i", "img", "list", "quote", "s", "size",
        "spoiler", "u", "url",
    ];
    const REACH: usize = 2048;
    let closes = inside.starts_with('/');
    let name = inside.trim_start_matches('/');
    let name = name
        .split(['=', ' '])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let near = || &text[close..text.floor_char_boundary((close + REACH).min(text.len()))];
    NAMES.contains(&name.as_str()) && (closes || near().to_ascii_lowercase().contains(&format!("[/{name}]")))
}

/// Where the page's name, or what is shown for it, begins: `[[page|shown]]`.
fn page(text: &str, at: usize, marks: &Marks) -> Option<usize> {
    let (open, close) = (at + 1, marks.closing(at)?);
    let page = text[open..].starts_with('[') && marks.closing(open)? + 1 == close;
    if !page || text[close + 1..].starts_with('(') {
        return None;
    }
    let inside = &text[open + 1..close - 1];
    if matches!(inside, "_TOC_" | "TOC" | "toc") {
        return Some(close + 1);
    }
    Some(match inside.split_once('|') {
        Some((page, _)) => open + 1 + page.len() + 1,
        None if inside.starts_with('#') => open + 2,
        None => open + 1,
    })
}

/// The sign at `at` stands between the name of a page and that of a heading: `[[page#heading]]`.
pub(super) fn leads_to_heading(text: &str, at: usize) -> bool {
    const LONGEST_NAME: usize = 120;
    let near = &text[text.ceil_char_boundary(at.saturating_sub(LONGEST_NAME))..at];
    let rest = &text[at..text.floor_char_boundary((at + LONGEST_NAME).min(text.len()))];
    near.rsplit_once("[[")
        .is_some_and(|(_, page)| !page.contains([']', '|']))
        && rest
            .find("]]")
            .is_some_and(|end| !rest[..end].contains(['[', '|']))
}

/// The end of `]]`, and of the name of a heading before it.
fn close_of_page(text: &str, at: usize, marks: &Marks) -> Option<usize> {
    let open = marks.opening(at)?.checked_sub(1)?;
    let page = text.as_bytes()[open] == b'[' && marks.closing(open) == Some(at + 1);
    (page && !text[at + 2..].starts_with('(')).then_some(at + 2)
}

/// `![[image.png]]` is a picture, `![[page]]` a page.
fn embedded(text: &str, at: usize, marks: &Marks) -> Option<usize> {
    let close = marks.closing(at + 1)?;
    let inside = text[at + 3..close].trim_end_matches(']');
    let file = inside.split('|').next().is_some_and(|name| name.contains('.'));
    if file && !inside.contains(LITERAL) {
        return Some(close + 1);
    }
    page(text, at + 1, marks)
}

/// The end of the references at `at`, and of those that follow: `[1], [2] and [3]`, `[3][4]`.
fn citations(text: &str, at: usize, marks: &Marks, options: &Options) -> Option<usize> {
    const LONGEST_LINK: usize = ", and ".len();
    let before = text[..at].trim_end_matches(' ');
    // At the start of a line it is the number of the reference itself.
    let after_word = before.ends_with(|c: char| c.is_alphanumeric() || ".,;:!?)”\"’'*_]".contains(c));
    if !after_word || options.citations == Aloud::Read {
        return None;
    }
    let mut end = citation(text, at, before, marks)?;
    loop {
        let next = text[end..].trim_start_matches([',', ';', '–', '-', ' ']);
        let next = ["and ", "& ", "to "]
            .iter()
            .find_map(|link| next.strip_prefix(link))
            .unwrap_or(next);
        let next = text.len() - next.len();
        let more = text[next..]
            .starts_with('[')
            .then(|| citation(text, next, &text[..next], marks));
        match more.flatten() {
            Some(further) if next - end <= LONGEST_LINK => end = further,
            _ => return Some(end),
        }
    }
}

/// The end of the reference in brackets at `at`, which stands behind `before`.
fn citation(text: &str, at: usize, before: &str, marks: &Marks) -> Option<usize> {
    let close = marks.closing(at)?;
    let inside = text
        .get(at + 1..close)?
        .trim_start_matches('[')
        .trim_end_matches(']');
    if inside.is_empty() || inside.len() > MAX_CITATION {
        return None;
    }
    let glued = before.len() == at;
    // "x[1]", "list[1] = 2", "the interval [1, 5]", "press [1]"
    let assigned = || text[close + 1..].trim_start().starts_with('=');
    let counts = glued && (is_variable(before) || assigned())
        || inside.contains(',') && after_interval(before)
        || is_key(before);
    let known = is_number(inside) && !counts
        || inside.starts_with('@') && inside.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic)
        || inside.chars().all(|c| "*†‡§".contains(c))
        || glued && is_note(inside, before);
    // "[1](https://…)"
    let target = marks
        .target(text, close)
        .filter(|_| text[close + 1..].starts_with('('));
    known.then(|| target.unwrap_or(close + 1))
}

/// "x" of `x[1]`.
fn is_variable(before: &str) -> bool {
    let mut letters = before.chars().rev();
    letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none_or(|c| !c.is_alphanumeric())
}

/// "2, 3", "12–14", "8, p. 12": whole numbers from one on, in their order, and pages.
fn is_number(inside: &str) -> bool {
    let mut last = 0;
    inside.split([',', '–', '-', ';']).all(|number| {
        let number = number.trim();
        let page = ["pp.", "p.", "ch.", "sec.", "§"]
            .iter()
            .find_map(|of| number.strip_prefix(of));
        if let Some(page) = page.filter(|_| last > 0) {
            last = 1;
            return page.trim().bytes().all(|b| b.is_ascii_digit());
        }
        let digits =
            number.len() <= 3 && !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit());
        let value = number.parse::<u32>().unwrap_or(0);
        let ascends = value > last;
        last = value;
        digits && ascends
    })
}

/// `press [1] or [2]`
fn is_key(before: &str) -> bool {
    const REACH: usize = 4;
    const ASKING: &[&str] = &[
        "press", "type", "enter", "select", "choose", "option", "dial", "key", "button", "hit",
    ];
    let words = before.rsplit(' ').filter(|word| !word.is_empty()).take(REACH);
    let mut words = words.map(str::to_ascii_lowercase);
    words.any(|word| ASKING.contains(&word.as_str()))
}

/// `the interval [1, 5]`
fn after_interval(before: &str) -> bool {
    let word = before.rsplit(' ').next().unwrap_or_default();
    matches!(
        word.to_ascii_lowercase().as_str(),
        "interval"
            | "range"
            | "array"
            | "list"
            | "vector"
            | "domain"
            | "tuple"
            | "set"
            | "pair"
            | "between"
            | "∈"
            | "="
    )
}

/// `[note 1]`, `[citation needed]`, and `[a]` after a full stop.
fn is_note(inside: &str, before: &str) -> bool {
    let lower = inside.to_ascii_lowercase();
    let numbered = ["note ", "nb ", "n "].iter().any(|name| {
        lower
            .strip_prefix(name)
            .is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
    });
    let letter = lower.len() == 1
        && lower.as_bytes()[0].is_ascii_lowercase()
        && before.ends_with(['.', ',', ';', ')', '”', '"']);
    numbered || letter || DOUBTS.contains(&lower.as_str())
}

/// The end of a stage direction in brackets, and of the mark behind it where no sentence is open.
fn direction(text: &str, open: usize, close: usize) -> Option<usize> {
    let inside = &text[open + 1..close];
    let apart = text[..open].ends_with([' ', '\n', '“', '"', '—', '*', '_']) || open == 0;
    let words = inside
        .trim_start_matches(['*', '_', ' '])
        .starts_with(char::is_alphabetic);
    (apart && words && !inside.contains(LITERAL)).then(|| silence(text, open, close + 1))
}

/// How stage directions begin, in any form: "sighs", "laughing".
const ACTS: &[&str] = &[
    "applau", "blush", "bow", "breath", "chuckl", "clap", "clear", "cough", "cries", "cry", "exhal", "gasp",
    "giggl", "grin", "groan", "growl", "gulp", "hug", "inhal", "laugh", "moan", "mumbl", "mutter", "nod",
    "paus", "scoff", "scream", "shout", "shrug", "sigh", "smil", "smirk", "snicker", "sniff", "snor", "sob",
    "stutter", "wave", "whisper", "wink", "yawn",
];

/// The end of a stage direction between stars: `*sighs* I know.`, but not `I *really* know.`
pub(super) fn played(text: &str, at: usize, marks: &Marks) -> Option<usize> {
    let end = marks.emphasised(at)?;
    let inside = &text[at + 1..end - 1];
    let before = text[..at].trim_end();
    let begins = before.is_empty() || before.ends_with(['.', '!', '?', '…', '”', '"', '—', '*', ')']);
    let first = inside.split(' ').next().unwrap_or_default().to_lowercase();
    let acts = ACTS.iter().any(|act| first.starts_with(act));
    let verb = (first.ends_with('s') || first.ends_with("ing"))
        && first.len() > 3
        && !words::is(&first, Role::Function)
        && !matches!(
            first.as_str(),
            "always" | "perhaps" | "nothing" | "something" | "anything" | "everything" | "this" | "yes"
        );
    let after = text[end..].trim_start().chars().next();
    let ends = after.is_none_or(|c| c.is_uppercase() || matches!(c, '“' | '"' | '(' | '*' | '…'));
    let played = acts || begins && (verb || ends);
    (played && !inside.contains(LITERAL)).then(|| silence(text, at, end))
}

/// With what is left out goes the mark behind it, if the sentence before has its own.
fn silence(text: &str, start: usize, end: usize) -> usize {
    let before = text[..start].trim_end();
    if before.is_empty() || before.ends_with(['.', '!', '?', '…', ',', ';', ':', '\n']) {
        let rest = &text[end..];
        return text.len() - rest.trim_start_matches(['.', ',', ';', ':', '!', '?']).len();
    }
    end
}
