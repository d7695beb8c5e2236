//! Decades: "the 1980s", "'90s".

use crate::text::{
    Dialect,
    normalise::{
        engine::Reading,
        line::Line,
        say::{DASHES, numbers, range},
    },
};

/// "1980s", "'90s", "1960s-1980s", "mid-1980s", "1980's".
pub(crate) fn decade(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    if let Some((from, to)) = token.core.split_once(DASHES) {
        let both = range(token.core, |side| decade_words(side, line.dialect));
        let word = from.chars().all(char::is_alphabetic) && !from.is_empty();
        let after_word = || Some(format!("{from} {}", decade_words(to, line.dialect)?)).filter(|_| word);
        return Some(Reading::new(both.or_else(after_word)?, 1));
    }
    let apostrophe = token.open.ends_with(['\'', '’', '‘']);
    if token.core == "00s"
        && (apostrophe
            || line
                .previous(at)
                .is_some_and(|p| p.core.eq_ignore_ascii_case("the")))
    {
        return Some(Reading::new("two thousands", 1).with_open(apostrophe));
    }
    let words = decade_words(token.core, line.dialect)?;
    // "20s" are seconds unless something says otherwise; "80s" hardly.
    let short = token.core.trim_end_matches(['s', '\'', '’']).len() == 2;
    let said = !short
        || !token.core.starts_with(['1', '2', '3'])
        || apostrophe
        || line.previous(at).is_some_and(|p| {
            matches!(
                p.core,
                "the" | "The" | "his" | "her" | "their" | "my" | "mid" | "early" | "late"
            )
        });
    said.then(|| Reading::new(words, 1).with_open(apostrophe))
}

fn decade_words(text: &str, dialect: Dialect) -> Option<String> {
    let digits = text.strip_suffix('s')?.trim_end_matches(['\'', '’']);
    let digits = digits.trim_start_matches(['\'', '’']);
    let decade =
        numbers::is_digits(digits) && digits.ends_with('0') && (digits.len() == 2 || digits.len() == 4);
    (decade && digits != "00").then(|| numbers::decade(digits, dialect))
}
