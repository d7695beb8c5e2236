//! Unicode: one form for each letter and mark, nothing invisible, nothing outside Latin script.

use deunicode::deunicode_char;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::text::spanned::{LITERAL, Spanned};

/// More marks than this on one letter are decoration.
const MAX_MARKS: usize = 4;

/// What to do with one character.
enum Clean {
    Keep,
    Drop,
    As(&'static str),
    /// A compatibility form, to be taken apart.
    Plain,
    /// Another script, to be written in Latin letters.
    Latin,
}

/// Cleans the text and keeps its lines: afterwards white space is `' '` and `'\n'` only.
pub(super) fn clean(input: &Spanned) -> Spanned {
    let text = input.text();
    let mut out = Spanned::default();
    let mut kept = 0;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let end = at + c.len_utf8();
        let marks = marks_after(text, end);
        let action = match action(c) {
            _ if marks > end => Clean::Plain,
            // A Greek word, not a sign in a formula.
            _ if is_greek(c) && (text[..at].ends_with(is_greek) || text[end..].starts_with(is_greek)) => {
                Clean::Latin
            }
            // At the end of a line it breaks a word and is seen.
            _ if c == '\u{AD}' && text[end..].starts_with(['\n', '\r']) => Clean::As("-"),
            // The sign for an ordinal, which people type for a degree.
            _ if c == 'º' && text[..at].ends_with(|c: char| c.is_ascii_digit()) => Clean::As("°"),
            action => action,
        };
        if matches!(action, Clean::Keep) {
            at = end;
            continue;
        }
        out.push_part(input, kept..at);
        let source = || input.source_of(at..marks.max(end));
        match action {
            Clean::Keep | Clean::Drop => {}
            Clean::As("\n") if c == '\r' && text[end..].starts_with('\n') => {}
            Clean::As(replacement) => out.push_replaced(replacement, source()),
            Clean::Plain => out.push_replaced(&composed(&text[at..marks.max(end)]), source()),
            Clean::Latin => out.push_replaced(&latin(c), source()),
        }
        at = marks.max(end);
        kept = at;
    }
    out.push_part(input, kept..text.len());
    out
}

fn is_greek(c: char) -> bool {
    matches!(c, '\u{0386}'..='\u{03CE}' | '\u{1F00}'..='\u{1FFF}') && c.is_alphabetic()
}

/// One character as [`clean`] would write it.
pub(super) fn cleaned(c: char) -> String {
    let mut one = Spanned::default();
    one.push_verbatim(c.encode_utf8(&mut [0; 4]), 0);
    clean(&one).text().replace(LITERAL, " ")
}

/// The end of the combining marks from `at` on.
fn marks_after(text: &str, at: usize) -> usize {
    if text.as_bytes().get(at).is_none_or(u8::is_ascii) {
        return at;
    }
    text[at..]
        .char_indices()
        .find(|&(_, c)| !is_combining_mark(c) || dropped_mark(c))
        .map_or(text.len(), |(i, _)| at + i)
}

/// Marks that are no part of a letter: the variation selectors and the keycap.
fn dropped_mark(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{20E3}')
}

/// A letter with its marks in one character where there is one; marks that find none are left out. One that is not Latin even
/// so is written in Latin letters.
fn composed(cluster: &str) -> String {
    let mut plain = String::new();
    for c in cluster.chars().take(1 + MAX_MARKS).nfkc() {
        match action(c) {
            _ if is_combining_mark(c) => {}
            _ if c == LITERAL => plain.push(' '),
            Clean::Latin => plain += &latin(c),
            _ => plain.push(c),
        }
    }
    plain
}

fn latin(c: char) -> String {
    match deunicode_char(c) {
        // Each ideograph is a word; letters of an alphabet join.
        Some(ascii) if ascii.len() > 1 && ascii.ends_with(' ') => format!(" {ascii}"),
        Some(ascii) => ascii.to_owned(),
        None => String::new(),
    }
}

fn action(c: char) -> Clean {
    match c {
        '\n' | ' '..='~' | LITERAL => Clean::Keep,
        '\u{000C}' | '\u{2029}' => Clean::As("\n\n"),
        '\r' | '\u{000B}' | '\u{0085}' | '\u{2028}' => Clean::As("\n"),
        '\t' | '\u{00A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => {
            Clean::As(" ")
        }
        c if c.is_control() => Clean::Drop,
        // Kept: the signs of money, measure and mathematics, which other classes read.
        '¡'..='§' | '©' | '«' | '®' | '°' | '±' | '²' | '³' | '¶' | '·' | '¹' | '»'..='×' | '÷' => {
            Clean::Keep
        }
        '\u{00AD}' => Clean::Drop,
        '´' => Clean::As("'"),
        'µ' | 'μ' => Clean::As("µ"),
        'À'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}' => Clean::Keep,
        '\u{0250}'..='\u{02AF}' => Clean::Keep,
        'ʻ' | 'ʼ' | 'ʹ' => Clean::As("'"),
        _ => beyond_latin(c),
    }
}

fn beyond_latin(c: char) -> Clean {
    match c {
        '‐' | '‑' | '﹣' | '－' => Clean::As("-"),
        '‒' => Clean::As("–"),
        '―' | '⸺' | '⸻' | '︱' => Clean::As("—"),
        '–' | '—' | '“' | '”' | '‘' | '’' | '…' | '•' | '′' | '″' | '‰' | '™' | '←'..='⇿' => {
            Clean::Keep
        }
        '‚' | '‛' => Clean::As("‘"),
        '„' | '‟' | '〝' => Clean::As("“"),
        '〞' | '〟' => Clean::As("”"),
        '‹' | '〈' | '《' | '「' | '『' | '【' | '〔' => Clean::As(" “"),
        '›' | '〉' | '》' | '」' | '』' | '】' | '〕' => Clean::As("” "),
        '‼' => Clean::As("!!"),
        '⁇' => Clean::As("??"),
        '⁈' => Clean::As("?!"),
        '⁉' => Clean::As("!?"),
        '。' | '．' | '｡' => Clean::As(". "),
        '、' | '，' | '､' => Clean::As(", "),
        '；' => Clean::As("; "),
        '：' => Clean::As(": "),
        '！' => Clean::As("! "),
        '？' => Clean::As("? "),
        '・' | '·' => Clean::As(" "),
        '〜' | '～' => Clean::As("~"),
        '⁄' | '∕' | '／' => Clean::As("/"),
        '−' => Clean::As("−"),
        '№' => Clean::As("No. "),
        '℃' => Clean::As("°C"),
        '℉' => Clean::As("°F"),
        '∗' => Clean::As("*"),
        // Currency, the vulgar fractions, mathematics.
        '₠'..='₿' | '⅐'..='⅞' | '∀'..='⋿' => Clean::Keep,
        '⁰'..='⁹' | '⁺' | '⁻' => Clean::Keep,
        '₀'..='₉' => Clean::Plain,
        // Greek is read by name where it stands alone, as in formulas.
        'Α'..='ω' => Clean::Keep,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' => {
            // The joiner holds emoji together; they are read one by one.
            Clean::Drop
        }
        '\u{FE00}'..='\u{FE0F}' | '\u{20E3}' | '\u{E0000}'..='\u{E007F}' => Clean::Drop,
        '\u{1F3FB}'..='\u{1F3FF}' => Clean::Drop,
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{FFF0}'..='\u{FFFF}' => Clean::Drop,
        // Letter-like signs, Roman numerals, circled, fullwidth and mathematical forms, ligatures.
        '\u{2100}'..='\u{214F}'
        | '\u{2160}'..='\u{217F}'
        | '\u{2460}'..='\u{24FF}'
        | '\u{3300}'..='\u{33FF}'
        | '\u{FB00}'..='\u{FB06}'
        | '\u{FF01}'..='\u{FF5E}'
        | '\u{1D400}'..='\u{1D7FF}' => Clean::Plain,
        c if is_combining_mark(c) => Clean::Drop,
        c if c.is_alphanumeric() => Clean::Latin,
        _ => Clean::Keep,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        let mut input = Spanned::default();
        input.push_verbatim(text, 0);
        clean(&input).text().to_owned()
    }

    #[test]
    fn leaves_prose_alone() {
        let prose = "“I don’t,” said Elinor—‘naïve’ as ever … (and æsthetic).";
        assert_eq!(cleaned(prose), prose);
    }

    #[test]
    fn composes_and_strips() {
        assert_eq!(cleaned("cafe\u{301}"), "café");
        assert_eq!(cleaned("z\u{335}\u{336}\u{337}a\u{338}lgo"), "zalgo");
        assert_eq!(cleaned("so\u{AD}ft\u{200B}ly\u{0}\u{7}"), "softly");
        assert_eq!(cleaned("a\u{A0}b\r\nc\rd\u{2028}e"), "a b\nc\nd\ne");
        assert_eq!(cleaned("\u{202E}abc\u{202C}"), "abc");
    }

    #[test]
    fn writes_other_forms_plainly() {
        assert_eq!(cleaned("Ｆｕｌｌ ﬁne 𝐛𝐨𝐥𝐝"), "Full fine bold");
        assert_eq!(cleaned("好。对"), " Hao .  Dui ");
        assert_eq!(cleaned("Привет"), "Privet");
        // With a mark that makes no letter of its own.
        assert_eq!(cleaned("Приве\u{301}т, हि"), "Privet, h");
        assert_eq!(cleaned("Henry Ⅷ, 25℃"), "Henry VIII, 25°C");
    }

    #[test]
    fn remembers_where_a_letter_came_from() {
        let mut input = Spanned::default();
        input.push_verbatim("ae\u{301}b", 0);
        let out = clean(&input);
        assert_eq!(out.text(), "aéb");
        assert_eq!(out.source_of(1..3), 1..4);
        assert_eq!(out.source_of(3..4), 4..5);
    }
}
