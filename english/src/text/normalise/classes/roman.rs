//! Roman numerals after names and after nouns that are numbered.

use crate::text::normalise::{
    amounts::roman::{is_small, may_number, value},
    line::Line,
    say::{numbers, range},
    words::{Role, is},
};

/// A numeral that is a token of its own.
struct Numeral {
    /// In capitals.
    letters: String,
    /// Written in small letters.
    small: bool,
    value: String,
    possessive: &'static str,
}

fn numeral(line: &Line<'_>, at: usize) -> Option<Numeral> {
    let core = line.tokens[at].core;
    if core.len() > 12 {
        return None;
    }
    let stem = core.strip_suffix("'s").or_else(|| core.strip_suffix("’s"));
    let (letters, possessive) = stem.map_or((core, ""), |stem| (stem, "'s"));
    let small = may_number(letters);
    let letters = if small {
        letters.to_ascii_uppercase()
    } else {
        letters.to_owned()
    };
    let value = value(&letters)?.to_string();
    Some(Numeral {
        letters,
        small,
        value,
        possessive,
    })
}

/// "IV.", "II) Plan": a numeral alone on its line, or before a heading or an item.
pub(crate) fn heading(line: &Line<'_>, at: usize) -> Option<String> {
    // "MMX" is rather a name than the two thousand and tenth item.
    const LONGEST_LIST: u32 = 400;
    let token = &line.tokens[at];
    let numeral = numeral(line, at).filter(|_| at == 0)?;
    let heads = numeral.letters.len() > 1
        && value(&numeral.letters)? < LONGEST_LIST
        && !is(&numeral.letters, Role::NumeralLike)
        && (line.tokens.len() == 1 || (token.open.is_empty() && matches!(token.close, "." | ")")));
    heads.then(|| numbers::cardinal(&numeral.value, line.dialect))
}

/// "the XIV century"
pub(crate) fn century(line: &Line<'_>, at: usize) -> Option<String> {
    let numeral = numeral(line, at)?;
    let century = line
        .next(at)
        .is_some_and(|next| matches!(next.core.to_ascii_lowercase().as_str(), "century" | "centuries"));
    let single = numeral.letters.len() == 1 && !matches!(numeral.letters.as_str(), "V" | "X");
    (century && !single).then(|| numbers::ordinal(&numeral.value, line.dialect))
}

/// "MCMXCIV" in a film or on a house: nothing else is written so.
pub(crate) fn year(line: &Line<'_>, at: usize) -> Option<String> {
    let numeral = numeral(line, at)?;
    let year = numeral.letters.len() > 3 && (1500..2100).contains(&value(&numeral.letters)?);
    year.then(|| numbers::year(&numeral.value, line.dialect))
}

/// "Richard the III"
pub(crate) fn after_article(line: &Line<'_>, at: usize) -> Option<String> {
    let numeral = numeral(line, at)?;
    let article = line.previous(at)?.core.eq_ignore_ascii_case("the");
    (article && !numeral.small && at > 1 && line.tokens[at - 2].is(Role::Regnal))
        .then(|| numbers::ordinal(&numeral.value, line.dialect) + numeral.possessive)
}

/// "Chapter IV", "World War II", "Scene ii"
pub(crate) fn after_noun(line: &Line<'_>, at: usize) -> Option<String> {
    let numeral = numeral(line, at)?;
    let noun = line.previous(at).filter(|noun| is_numbered(noun.core))?;
    // "Part C", "Appendix D" are letters.
    let letters = numeral.letters.as_str();
    if letters.len() == 1 && !matches!(letters, "I" | "V" | "X") || letters == "I" && !noun.is_capitalised() {
        return None;
    }
    let pronoun = letters == "I"
        && line.next(at).is_some_and(|next| {
            next.shape.lower && !next.shape.upper && !matches!(next.core, "of" | "and" | "to" | "is" | "was")
        });
    (!pronoun).then(|| numbers::cardinal(&numeral.value, line.dialect) + numeral.possessive)
}

/// "Henry VIII", "John Smith III"
pub(crate) fn after_name(line: &Line<'_>, at: usize) -> Option<String> {
    let numeral = numeral(line, at).filter(|numeral| !numeral.small)?;
    let letters = numeral.letters.as_str();
    let before = line.previous(at)?;
    let name = before.is_word() && before.is_capitalised() && before.shape.lower && before.close.is_empty();
    // No ruler has been the fiftieth of a name; "Flight DL" is none.
    let high = letters.contains(|c| !matches!(c, 'I' | 'V' | 'X'));
    if !name || high || is(letters, Role::NumeralLike) {
        return None;
    }
    let regnal = before.is(Role::Regnal);
    if letters.len() == 1 && !(regnal && ends_name(line, at)) {
        return None;
    }
    // A ruler, or a person with two names, has "the"; a single name of another kind does not.
    let full_name = line.previous(at - 1).is_some_and(|first| {
        first.is_word() && first.is_capitalised() && first.shape.lower && first.close.is_empty()
    });
    let article = if regnal || full_name { "the " } else { "" };
    let ordinal = numbers::ordinal(&numeral.value, line.dialect);
    Some(format!("{article}{ordinal}{}", numeral.possessive))
}

/// The nouns in the singular or plural.
fn is_numbered(noun: &str) -> bool {
    is(noun, Role::NumeralNoun)
        || noun
            .strip_suffix(['s', 'S'])
            .is_some_and(|one| is(one, Role::NumeralNoun))
}

/// "and II" in "World Wars I and II", "Parts I, II and III": numerals before it go back to a noun.
pub(crate) fn series(line: &Line<'_>, at: usize) -> Option<String> {
    let own = numeral(line, at)?;
    const REACH: usize = 8;
    let mut numbered = false;
    for i in (at.saturating_sub(REACH)..at).rev() {
        let token = &line.tokens[i];
        let joined = matches!(token.core, "and" | "or" | "to" | "&" | "through");
        let numeral = value(token.core).is_some();
        if !matches!(token.close, "" | ",") || !(joined || numeral) {
            let noun = token.close.is_empty() && is_numbered(token.core);
            return (noun && numbered).then(|| numbers::cardinal(&own.value, line.dialect));
        }
        numbered |= numeral;
    }
    None
}

/// "I-III", "iv–xii" after a noun that is numbered.
pub(crate) fn span(line: &Line<'_>, at: usize) -> Option<String> {
    let before = line.previous(at)?.core;
    let words = range(line.tokens[at].core, |side| {
        let letters = if is_small(side) {
            side.to_ascii_uppercase()
        } else {
            side.to_owned()
        };
        value(&letters).map(|value| numbers::cardinal(&value.to_string(), line.dialect))
    })?;
    (is_numbered(before) || matches!(before.to_ascii_lowercase().as_str(), "pp" | "p" | "vols" | "nos"))
        .then_some(words)
}

/// "II-era" in "World War II-era".
pub(crate) fn compound(line: &Line<'_>, at: usize) -> Option<String> {
    let (numeral, noun) = line.tokens[at].core.split_once('-')?;
    let numbered = is_numbered(line.previous(at)?.core);
    let word = !noun.is_empty() && noun.bytes().all(|b| b.is_ascii_lowercase());
    let value = value(numeral).filter(|_| numbered && word)?.to_string();
    Some(format!("{} {noun}", numbers::cardinal(&value, line.dialect)))
}

/// After "Elizabeth I" the sentence goes on as after a name, not as after a pronoun.
fn ends_name(line: &Line<'_>, at: usize) -> bool {
    !line.tokens[at].close.is_empty()
        || line.tokens[at].core.ends_with("'s")
        || line.tokens[at].core.ends_with("’s")
        || line.get(at + 1).is_none()
        || line.tokens[at].core.len() > 1
        || line
            .next(at)
            .is_some_and(|next| next.is_capitalised() || next.is(Role::AfterRuler))
}

#[cfg(test)]
mod tests {
    use crate::text::normalise::tests::american;

    #[test]
    fn reads_numerals_in_their_places() {
        assert_eq!(
            american("Chapter IV, World War II."),
            "Chapter four, World War two."
        );
        assert_eq!(american("Henry VIII's wives"), "Henry the eighth's wives");
        assert_eq!(
            american("Elizabeth I of England"),
            "Elizabeth the first of England"
        );
        assert_eq!(american("With Elizabeth I think so"), "With Elizabeth I think so");
        assert_eq!(american("Vitamin C and I"), "Vitamin C and I");
        assert_eq!(american("in Part I think"), "in Part I think");
    }
}
