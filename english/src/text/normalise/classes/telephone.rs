//! Telephone numbers, and others that are grouped like them: digit by digit, a comma between the groups.

use crate::text::normalise::{
    context,
    engine::Reading,
    line::Line,
    say::{numbers, prefix_words},
    words::Role,
};

/// A number has at most this many groups, and fewer tokens.
const MAX_GROUPS: usize = 8;

/// "1-800-GO-2-HAUL".
pub(crate) fn vanity(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let rest = core.strip_prefix("1-").unwrap_or(core);
    let (prefix, name) = rest.split_once('-')?;
    let toll_free = matches!(
        prefix,
        "800" | "888" | "877" | "866" | "855" | "844" | "833" | "900"
    );
    if !toll_free
        || !line.options.phone_normalization
        || !name.contains(|c: char| c.is_ascii_uppercase())
        || !name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
    {
        return None;
    }
    let mut words = if rest.len() < core.len() {
        "one, ".to_owned()
    } else {
        String::new()
    };
    words += &prefix_words(prefix);
    words.push(',');
    for part in name.split('-') {
        words.push(' ');
        if numbers::is_digits(part) {
            words += &numbers::spelled(part);
            words.push(',');
        } else {
            words += part;
        }
    }
    Some(words.trim_end_matches(',').to_owned())
}

/// Digits alone are a number only where something beside them tells.
fn may_begin(line: &Line<'_>, at: usize) -> bool {
    let token = &line.tokens[at];
    let next_grouped = line
        .get(at + 1)
        .is_some_and(|next| next.open == "(" || next.core.contains('-'));
    let spaced = (token.core.len() == 3 || token.core == "1")
        && line
            .next(at)
            .is_some_and(|next| next.is_digits() && next.core.len() == 3);
    let alone = !spaced
        && token.is_digits()
        && !token.core.starts_with('0')
        && !matches!(token.core.len(), 4 | 10 | 11);
    line.options.phone_normalization
        && token
            .core
            .starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '(')
        && (!alone || next_grouped || token.open.ends_with('('))
}

/// Groups of digits between hyphens, points, brackets and spaces, in this token and the next ones.
pub(crate) fn number(line: &Line<'_>, at: usize) -> Option<Reading> {
    if !may_begin(line, at) {
        return None;
    }
    let mut groups: Vec<&str> = Vec::new();
    let mut found = None;
    let mut i = at;
    let plus = line.tokens[at].core.starts_with('+');
    while let Some(token) = line.get(i).filter(|_| i < at + MAX_GROUPS) {
        // "(555)" or, without a space after it, "(0)20".
        let bracketed = token.open == "(" && (token.close == ")" || i > at && token.core.contains(')'));
        if i > at && (!token.spaced || !(token.open.is_empty() || bracketed)) {
            break;
        }
        if i == at && !(token.open.is_empty() || token.open.ends_with('(') || !token.open.contains('(')) {
            break;
        }
        if !groups_of(token.core, i == at, &mut groups) {
            break;
        }
        if is_number(
            &groups,
            plus,
            bracketed || line.tokens[at].open.ends_with('('),
            line,
            at,
        ) {
            found = Some((i + 1, groups.len()));
        }
        if !(token.close.is_empty() || bracketed || (i == at && token.close == ")")) {
            break;
        }
        i += 1;
    }
    let (end, count) = found?;
    let mut words = if plus { "plus ".to_owned() } else { String::new() };
    for (i, group) in groups[..count].iter().enumerate() {
        if i > 0 {
            words += ", ";
        }
        let toll_free = i == 1 && groups[0] == "1";
        words += &if toll_free {
            prefix_words(group)
        } else {
            numbers::spelled(group)
        };
    }
    let mut end = end;
    if let Some((extension, tokens)) = extension(line, end - 1) {
        words += ", extension ";
        words += &numbers::spelled(extension);
        end += tokens;
    }
    Some(
        Reading::new(words, end - at)
            .with_open(line.tokens[at].open.ends_with('(') && !closes_later(line, at, end)),
    )
}

/// The bracket before the first token is closed after the last one, so it is not that of an area code.
fn closes_later(line: &Line<'_>, at: usize, end: usize) -> bool {
    let inside = line.tokens[at].core.contains(')') && !line.tokens[at].core.contains('(');
    !inside && (!line.tokens[at].close.starts_with(')') || end == at + 1)
}

/// Adds the digit groups of a token; false if there is anything else in it.
fn groups_of<'a>(core: &'a str, first: bool, groups: &mut Vec<&'a str>) -> bool {
    let core = if first {
        core.strip_prefix('+').unwrap_or(core)
    } else {
        core
    };
    let parts = core.split(['-', '.', '(', ')', '‑', '–']);
    let mut any = false;
    for part in parts {
        if part.is_empty() {
            continue;
        }
        if !numbers::is_digits(part) || groups.len() >= MAX_GROUPS {
            return false;
        }
        groups.push(part);
        any = true;
    }
    any && !core.contains("--") && !core.ends_with('.')
}

/// The lengths of the groups are those of a telephone, social security or card number.
fn is_number(groups: &[&str], plus: bool, bracketed: bool, line: &Line<'_>, at: usize) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|g| g.len()).collect();
    let total: usize = lengths.iter().sum();
    if plus {
        return groups.len() >= 2 && (8..=15).contains(&total)
            || groups.len() == 1 && (10..=15).contains(&total);
    }
    let separators = line.tokens[at]
        .core
        .bytes()
        .filter(|b| !b.is_ascii_digit())
        .count();
    match lengths[..] {
        [3, 3, 4] => true,
        [1, 3, 3, 4] => groups[0] == "1",
        [3, 3, 4, 1..=5] => separators > 0 || bracketed,
        [3, 2, 4] | [4, 4, 4, 4] => separators > 1 || (lengths.len() == 4 && separators == 0),
        [3, 4] => {
            separators == 1
                && line.tokens[at].core.contains('-')
                && (!groups[1].ends_with("00") && !paged(line, at) || called(line, at))
        }
        [10 | 11] => called(line, at),
        // "(0)20 7946 0958"
        [1, 2..=5, ..] if groups[0] == "0" && line.tokens[at].core.contains(')') => {
            (10..=11).contains(&total)
        }
        // In most of Europe an area code begins with a nought.
        [2..=5, ..] if groups[0].starts_with('0') => {
            (2..=5).contains(&groups.len())
                && (9..=11).contains(&total)
                && lengths.iter().all(|&length| length > 1)
                && !line.tokens[at].core.contains('.')
        }
        _ => false,
    }
}

/// Pages and ranges have two numbers too.
fn paged(line: &Line<'_>, at: usize) -> bool {
    line.after_a(at, Role::Paged)
        || context::counts_plural(line, at)
        || line
            .next(at)
            .is_some_and(|next| next.core.len() <= 3 && !next.is_word())
}

/// A word that announces a telephone number stands shortly before.
fn called(line: &Line<'_>, at: usize) -> bool {
    line.near_a(at, 4, Role::Calling)
}

/// "x123" or "ext. 123" after the token at `at`.
fn extension<'a>(line: &Line<'a>, at: usize) -> Option<(&'a str, usize)> {
    let next = line.next_after_comma(at)?;
    if let Some(digits) = next.core.strip_prefix('x').filter(|d| numbers::is_digits(d)) {
        return Some((digits, 1));
    }
    let named = matches!(next.core, "ext" | "Ext" | "extension");
    let digits = line.next_after_dot(at + 1).filter(|d| named && d.is_digits())?;
    Some((digits.core, 2))
}
