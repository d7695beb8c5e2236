//! Where a formula stands: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and the environments of mathematics.

use std::ops::Range;

use super::commands::{Kind, command};
use crate::text::spanned::LITERAL;

/// A formula that stands by itself is no longer than this, in bytes.
const MAX_DISPLAY: usize = 4096;
/// A formula in a line is no longer than this.
const MAX_INLINE: usize = 512;

const ENVIRONMENTS: &[&str] = &[
    "align",
    "alignat",
    "aligned",
    "array",
    "Bmatrix",
    "bmatrix",
    "cases",
    "displaymath",
    "eqnarray",
    "equation",
    "flalign",
    "gather",
    "gathered",
    "math",
    "matrix",
    "multline",
    "pmatrix",
    "split",
    "vmatrix",
];

/// The formula whose first sign is at `at`: what is between its signs, and where it ends with them.
pub(in super::super) fn formula(text: &str, at: usize) -> Option<(Range<usize>, usize)> {
    let rest = &text[at..];
    let window = |from: usize, length: usize| &rest[from..rest.floor_char_boundary(from + length)];
    let within = |from: usize, close: &str, closed: usize| {
        let inside = at + from..at + from + closed;
        (is_one_block(&text[inside.clone()])).then(|| (inside.clone(), inside.end + close.len()))
    };
    if rest.starts_with("$$") {
        let closed = window(2, MAX_DISPLAY).find("$$")?;
        return within(2, "$$", closed).filter(|(inside, _)| is_formula(text[inside.clone()].trim()));
    }
    if rest.starts_with('$') {
        return in_line(text, at, window(1, MAX_INLINE));
    }
    for (open, close) in [("\\(", "\\)"), ("\\[", "\\]")] {
        if rest.starts_with(open) {
            let closed = window(2, MAX_DISPLAY).find(close)?;
            return within(2, close, closed).filter(|(inside, _)| is_formula(&text[inside.clone()]));
        }
    }
    let Some(name) = rest.strip_prefix("\\begin{") else {
        return bare(text, at);
    };
    let name = name[..name.floor_char_boundary(24)].split_once('}')?.0;
    if !ENVIRONMENTS.contains(&name.trim_end_matches('*')) {
        return bare(text, at);
    }
    let close = format!("\\end{{{name}}}");
    let closed = window(0, MAX_DISPLAY).find(&close)?;
    within(0, &close, closed)
}

/// A command that stands outside any formula, with its arguments: "5 \times 3", "see \cite{knuth}".
fn bare(text: &str, at: usize) -> Option<(Range<usize>, usize)> {
    const MAX_ARGUMENTS: usize = 3;
    let rest = text[at..].strip_prefix('\\')?;
    let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (kind, _) = command(&rest[..length]).filter(|_| length > 1)?;
    let before = text[..at].chars().next_back();
    // "C:\in\to" is a path.
    let path = before.is_some_and(|c| c.is_alphabetic() || matches!(c, ':' | '\\' | '/' | '.' | '_'));
    let mut tail = &rest[length..rest.floor_char_boundary(MAX_INLINE)];
    let long = matches!(
        kind,
        Kind::Text | Kind::Content | Kind::Unsaid | Kind::Fraction | Kind::Root | Kind::Choose | Kind::After
    );
    if path
        || tail.starts_with(|c: char| c.is_alphanumeric() || c == '\\')
        || long && !tail.starts_with(['{', '['])
    {
        return None;
    }
    for _ in 0..MAX_ARGUMENTS {
        let open = tail.trim_start_matches(['_', '^']);
        let close = match open.as_bytes().first() {
            Some(b'{') => balanced(open)?,
            Some(b'[') if kind == Kind::Root => open.find(']')? + 1,
            Some(_) if open.len() < tail.len() => open.chars().next().map_or(0, char::len_utf8),
            _ => break,
        };
        tail = &open[close..];
    }
    let end = at + 1 + rest.floor_char_boundary(MAX_INLINE).min(rest.len()) - tail.len();
    is_one_block(&text[at..end]).then_some((at..end, end))
}

/// The length of the group that `text` begins with.
fn balanced(text: &str) -> Option<usize> {
    let mut depth = 0;
    let close = text.bytes().position(|b| {
        depth += match b {
            b'{' => 1,
            b'}' => -1,
            _ => 0,
        };
        depth == 0
    });
    close.map(|close| close + 1)
}

/// `$…$`, which money is not: "$5-$10", "$5 and 6$".
fn in_line(text: &str, at: usize, window: &str) -> Option<(Range<usize>, usize)> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || c == '$') {
        return None;
    }
    let mut escaped = false;
    let closed = window.find(|c| {
        let closes = c == '$' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    })?;
    let inside = &window[..closed];
    let after = &window[closed + 1..];
    let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
    let ending = matches!(&after[..letters], "" | "th" | "st" | "nd" | "rd" | "s") || inside.contains('\\');
    // "$\sim$5"
    let digit = after.starts_with(|c: char| c.is_ascii_digit()) && !inside.starts_with('\\')
        || after.starts_with('$');
    let spaced = inside.starts_with(char::is_whitespace) || inside.ends_with(char::is_whitespace);
    let right =
        is_one_block(inside) && ending && !digit && (!spaced || is_sure(inside)) && is_formula(inside);
    right.then(|| (at + 1..at + 1 + closed, at + closed + 2))
}

/// No paragraph ends in it, and no phonemes of the user stand there.
fn is_one_block(inside: &str) -> bool {
    !inside.trim().is_empty() && !inside.contains("\n\n") && !inside.contains(LITERAL)
}

/// Signs that only a formula has.
fn is_sure(inside: &str) -> bool {
    inside.contains(['\\', '^', '=', '_', '<', '>', '+', '≤', '≥', '∈'])
}

/// What may be a formula, and is not an amount of money with words behind it.
fn is_formula(inside: &str) -> bool {
    if inside.contains(['\\', '^']) {
        return true;
    }
    let word = |part: &str| {
        part.len() > 2 && command(part).is_none() && part.bytes().any(|b| b.is_ascii_lowercase())
    };
    let words = inside.split(|c: char| !c.is_alphabetic()).any(word);
    if inside.starts_with(|c: char| c.is_ascii_digit()) {
        return !words && (is_sure(inside) || !inside.contains(' '));
    }
    let plain = |c: char| c.is_alphanumeric() || " ()[]|,.'-*/!:".contains(c);
    is_sure(inside) || !words && inside.chars().all(plain) && inside.contains(char::is_alphanumeric)
}
