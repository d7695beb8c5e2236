//! Text → the words that the tagger sees, cut as spaCy's English tokenizer cuts them.
//!
//! The tagger's answers, and through them misaki's choices, hang on where spaCy cuts: `don't` is `do` and
//! `n't`, `half-hour` is three words, `Mr.` is one, `17—.` is one. The rules are those of spaCy 3.8, as
//! character classes instead of regular expressions; marks of other scripts are left out.

use super::spacy::{CONTRACTIONS, EXCEPTIONS};

/// A word or mark of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Byte offset in the sentence.
    pub(super) start: usize,
    /// What the tagger takes it for, where an exception says so: `n't` is `not`.
    pub(super) norm: Option<&'static str>,
    /// Whether white space follows.
    pub(super) space: bool,
}

type Pieces = &'static [(&'static str, Option<&'static str>)];

/// The longest chunk, in bytes, that can be an exception.
const LONGEST_EXCEPTION: usize = 24;
/// How many words may join to an exception again.
const LONGEST_RUN: usize = 6;

/// The words of `sentence` in order. Linear in its length.
pub(super) fn words(sentence: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    for chunk in sentence.split_inclusive(char::is_whitespace) {
        let text = chunk.trim_end();
        if !text.is_empty() {
            cut_chunk(text, at, &mut found);
        }
        if text.len() < chunk.len()
            && let Some(last) = found.last_mut()
        {
            last.space = true;
        }
        at += chunk.len();
    }
    join_exceptions(sentence, &found)
}

fn cut_chunk<'a>(chunk: &'a str, start: usize, found: &mut Vec<Word<'a>>) {
    let (mut from, mut to) = (0, chunk.len());
    // Suffixes are met from the outside in.
    let mut suffixes = Vec::new();
    let mut push = |range: std::ops::Range<usize>| {
        found.push(Word {
            text: &chunk[range.clone()],
            start: start + range.start,
            norm: None,
            space: false,
        });
    };
    while from < to {
        let rest = &chunk[from..to];
        if is_whole(rest) {
            break;
        }
        let prefix = prefix(rest);
        if prefix > 0 && is_whole(&rest[prefix..]) {
            push(from..from + prefix);
            from += prefix;
            break;
        }
        let suffix = suffix(&rest[prefix..]);
        if suffix > 0 && is_whole(&rest[..rest.len() - suffix]) {
            suffixes.push(to - suffix..to);
            to -= suffix;
            break;
        }
        if prefix + suffix == 0 {
            break;
        }
        if prefix > 0 {
            push(from..from + prefix);
        }
        if suffix > 0 {
            suffixes.push(to - suffix..to);
        }
        from += prefix;
        to -= suffix;
    }
    if is_whole(&chunk[from..to]) {
        push(from..to);
    } else {
        for range in infixes(&chunk[from..to]) {
            push(from + range.start..from + range.end);
        }
    }
    suffixes.into_iter().rev().for_each(push);
}

/// Replaces words that spell an exception, alone or side by side, by its pieces.
fn join_exceptions<'a>(sentence: &'a str, cut: &[Word<'a>]) -> Vec<Word<'a>> {
    let mut joined = Vec::with_capacity(cut.len() + cut.len() / 8);
    let mut at = 0;
    while at < cut.len() {
        let apart = cut[at..]
            .iter()
            .position(|word| word.space)
            .map_or(cut.len() - at, |i| i + 1);
        let run = (1..=apart.min(LONGEST_RUN)).rev().find_map(|count| {
            let last = cut[at + count - 1];
            let text = &sentence[cut[at].start..last.start + last.text.len()];
            exception(text).map(|pieces| (count, pieces))
        });
        let Some((count, pieces)) = run else {
            joined.push(cut[at]);
            at += 1;
            continue;
        };
        let mut start = cut[at].start;
        for &(piece, norm) in pieces {
            joined.push(Word {
                text: &sentence[start..start + piece.len()],
                start,
                norm,
                space: false,
            });
            start += piece.len();
        }
        if let Some(last) = joined.last_mut() {
            last.space = cut[at + count - 1].space;
        }
        at += count;
    }
    joined
}

/// Nothing is peeled off an exception or a contraction of our own, "’Tis".
fn is_whole(text: &str) -> bool {
    exception(text).is_some() || is_contraction(text)
}

fn is_contraction(text: &str) -> bool {
    let apostrophe = |c: char| matches!(c, '\'' | '’' | '‘');
    if text.len() > LONGEST_EXCEPTION || !(text.starts_with(apostrophe) || text.ends_with(apostrophe)) {
        return false;
    }
    let plain = text.replace(apostrophe, "'").to_lowercase();
    // "huntin'"
    let dropped = plain.len() > 5 && plain.ends_with("in'") && plain.matches('\'').count() == 1;
    dropped || CONTRACTIONS.binary_search(&plain.as_str()).is_ok()
}

fn exception(text: &str) -> Option<Pieces> {
    if text.is_empty() || text.len() > LONGEST_EXCEPTION {
        return None;
    }
    let found = EXCEPTIONS.binary_search_by_key(&text, |&(known, _)| known).ok()?;
    Some(EXCEPTIONS[found].1)
}

/// Length in bytes of what is peeled off the front; 0 for nothing.
fn prefix(text: &str) -> usize {
    let dots = dots(text);
    if dots > 1 {
        return dots;
    }
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return 0 };
    let peeled = match first {
        '§' | '%' | '=' | '—' | '–' => true,
        '+' => !chars.next().is_some_and(|c| c.is_ascii_digit()),
        'U' if text.starts_with("US$") => return 3,
        'C' | 'A' if chars.next() == Some('$') => return 2,
        c => is_punctuation(c) || is_quote(c) || is_currency(c) || is_icon(c),
    };
    if peeled { first.len_utf8() } else { 0 }
}

/// Length in bytes of what is peeled off the end; 0 for nothing.
fn suffix(text: &str) -> usize {
    let mut chars = text.chars();
    let Some(last) = chars.next_back() else { return 0 };
    let before = chars.next_back();
    if text.bytes().rev().take(2).eq(*b"..") {
        return text.len() - text.trim_end_matches('.').len();
    }
    let after_digit = before.is_some_and(|c| c.is_ascii_digit());
    match last {
        's' | 'S' if matches!(before, Some('\'' | '’')) => return 1 + before.map_or(0, char::len_utf8),
        '.' => return usize::from(ends_word(text, before, chars.next_back())),
        '+' | '%' => return usize::from(after_digit),
        '—' | '–' => return last.len_utf8(),
        _ => {}
    }
    if is_punctuation(last) || is_quote(last) || is_icon(last) || (after_digit && is_currency(last)) {
        return last.len_utf8();
    }
    let unit = UNITS.iter().filter(|unit| {
        let number = text.strip_suffix(**unit);
        number.is_some_and(|number| number.ends_with(|c: char| c.is_ascii_digit()))
    });
    unit.map(|unit| unit.len()).max().unwrap_or(0)
}

/// Whether a full stop after `before` is a mark of its own.
fn ends_word(text: &str, before: Option<char>, second: Option<char>) -> bool {
    let Some(before) = before else { return false };
    let degrees = text.ends_with("°F.") || text.ends_with("°C.") || text.ends_with("°K.");
    let capitals = before.is_uppercase() && second.is_some_and(char::is_uppercase);
    before.is_ascii_digit()
        || before.is_lowercase()
        || is_caseless(before)
        || matches!(before, '%' | '²' | '-' | '+' | '|')
        || is_punctuation(before)
        || (is_quote(before) && before != '.')
        || capitals
        || degrees
}

/// Parts of a word between its affixes.
fn infixes(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut before = None;
    while let Some(c) = text[at..].chars().next() {
        let length = infix(&text[at..], c, before);
        if length > 0 && at > 0 {
            if start < at {
                parts.push(start..at);
            }
            parts.push(at..at + length);
            start = at + length;
        }
        let length = length.max(c.len_utf8());
        before = text[at..at + length].chars().next_back();
        at += length;
    }
    if start < text.len() {
        parts.push(start..text.len());
    }
    parts
}

/// Length in bytes of the infix that `text` begins with; `before` is the character in front of it.
fn infix(text: &str, first: char, before: Option<char>) -> usize {
    let dots = dots(text);
    if dots > 1 {
        return dots;
    }
    let length = first.len_utf8();
    let after = text[length..].chars().next();
    if first == '…' || is_icon(first) {
        return length;
    }
    let (Some(before), Some(after)) = (before, after) else {
        return 0;
    };
    match first {
        '+' | '-' | '*' | '^' if before.is_ascii_digit() && (after.is_ascii_digit() || after == '-') => {
            length
        }
        '.' if (before.is_lowercase() || is_caseless(before) || is_quote(before))
            && (after.is_uppercase() || is_caseless(after) || is_quote(after)) =>
        {
            length
        }
        ',' if before.is_alphabetic() && after.is_alphabetic() => length,
        '-' | '–' | '—' | '~' if before.is_alphabetic() => {
            let run = text.chars().take_while(|&c| c == first).count();
            let longest = match first {
                '-' => 3,
                '—' => 2,
                _ => 1,
            };
            let after = text.chars().nth(run);
            if run <= longest && after.is_some_and(char::is_alphabetic) {
                run * length
            } else {
                0
            }
        }
        ':' | '<' | '>' | '=' | '/' if before.is_alphanumeric() && after.is_alphabetic() => length,
        _ => 0,
    }
}

/// Length of the full stops at the front.
fn dots(text: &str) -> usize {
    text.len() - text.trim_start_matches('.').len()
}

fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        '…' | ','
            | ':'
            | ';'
            | '!'
            | '?'
            | '¿'
            | '¡'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '<'
            | '>'
            | '_'
            | '#'
            | '*'
            | '&'
            | '·'
            | '。'
            | '？'
            | '！'
            | '，'
            | '、'
            | '；'
            | '：'
            | '～'
    )
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '\'' | '"'
            | '”'
            | '“'
            | '`'
            | '‘'
            | '´'
            | '’'
            | '‚'
            | '„'
            | '»'
            | '«'
            | '「'
            | '」'
            | '『'
            | '』'
            | '（'
            | '）'
    )
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '£' | '¥' | '฿' | '\u{20A0}'..='\u{20BF}')
}

/// Signs that stand alone: dingbats, arrows, pictures.
fn is_icon(c: char) -> bool {
    matches!(c, '¦' | '©' | '®' | '°' | '\u{2100}'..='\u{2BFF}' | '\u{FFFC}' | '\u{FFFD}' | '\u{1F000}'..='\u{1FAFF}')
        && !c.is_alphanumeric()
}

/// Letters of scripts without case.
fn is_caseless(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()
}

const UNITS: [&str; 38] = [
    "km", "m", "dm", "cm", "mm", "ha", "µm", "nm", "yd", "in", "ft", "kg", "g", "mg", "µg", "t", "lb", "oz",
    "m/s", "km/h", "kmh", "mph", "hPa", "Pa", "mbar", "mb", "MB", "kb", "KB", "gb", "GB", "tb", "TB", "T",
    "G", "M", "K", "km²",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn peels_affixes_and_splits_infixes() {
        assert_eq!(
            cut("“can;—but” (else—but)."),
            ["“", "can;—but", "”", "(", "else", "—", "but", ")", "."]
        );
        assert_eq!(
            cut("five-storied 17—. 17. freely--a"),
            ["five", "-", "storied", "17—.", "17", ".", "freely", "--", "a"]
        );
        assert_eq!(
            cut("Jane's ...and U.S.A. 5km"),
            ["Jane", "'s", "...", "and", "U.S.A.", "5", "km"]
        );
    }

    #[test]
    fn knows_exceptions_and_their_norms() {
        let found = words("I don’t, Mr. Darcy. ’nuff!”");
        let texts: Vec<_> = found.iter().map(|word| word.text).collect();
        assert_eq!(
            texts,
            ["I", "do", "n’t", ",", "Mr.", "Darcy", ".", "’nuff", "!", "”"]
        );
        assert_eq!(found[2].norm, Some("not"));
    }

    #[test]
    fn keeps_contractions_with_their_apostrophes() {
        assert_eq!(
            cut("“’Tis th' end o’ the huntin’,” he said"),
            [
                "“",
                "’Tis",
                "th'",
                "end",
                "o’",
                "the",
                "huntin’",
                ",",
                "”",
                "he",
                "said"
            ]
        );
        assert_eq!(cut("rock ’n’ roll"), ["rock", "’n’", "roll"]);
    }

    #[test]
    fn words_and_spaces_make_the_sentence_again() {
        let sentence = "¿A-b--c---d a.B 3:45 +5 -- «x» (((y)))’s";
        let again: String = words(sentence)
            .iter()
            .map(|w| format!("{}{}", w.text, if w.space { " " } else { "" }))
            .collect();
        assert_eq!(again, sentence);
    }
}
