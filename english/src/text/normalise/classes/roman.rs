//! Roman numerals after names and after nouns that are numbered.

use crate::text::normalise::{
    amounts::roman::{is_small, value},
    engine::Reading,
    line::{Line, tokens::Token},
    say::{numbers, range},
    words::{Role, begins_sentence, is},
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
    let small = is_small(letters);
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

/// "the XIV century", "V Corps", "the XVIII c.", "the XXth century"
pub(crate) fn century(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let endings = ["th", "rd", "nd", "st"];
    if let Some(letters) = endings.into_iter().find_map(|ending| core.strip_suffix(ending)) {
        let value = value(letters).filter(|value| *value < 100)?.to_string();
        return Some(Reading::new(numbers::ordinal(&value, line.dialect), 1));
    }
    let numeral = numeral(line, at).filter(|numeral| !numeral.small || numeral.letters.len() > 1)?;
    let next = line.next(at)?;
    let single = numeral.letters.len() == 1 && !matches!(numeral.letters.as_str(), "V" | "X");
    let ordinal = numbers::ordinal(&numeral.value, line.dialect);
    if next.core == "c" && next.close.starts_with('.') && !single {
        return Some(Reading::abbreviation(ordinal + " century", 2));
    }
    let counted = next.is(Role::OrdinalNoun) && (!single || next.core == "Corps");
    counted.then(|| Reading::new(ordinal, 1))
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
    let noun = line.previous(at).filter(|noun| numbers_follow(noun))?;
    let known = match numeral.letters.as_str() {
        "I" if numeral.small => is_read_small(noun) && line.next(at).is_none(),
        "I" => !is_pronoun(line, at, noun),
        "V" | "X" => !numeral.small || is_read_small(noun),
        // "Part C", "Appendix D" are letters.
        letters => letters.len() > 1,
    };
    known.then(|| numbers::cardinal(&numeral.value, line.dialect) + numeral.possessive)
}

/// Only these have numbers of one small letter: "Scene i", "page v".
fn is_read_small(noun: &Token<'_>) -> bool {
    matches!(
        noun.core.to_ascii_lowercase().as_str(),
        "canto" | "p" | "page" | "scene"
    )
}

/// "I" after a noun is whoever speaks: "in Part I think", "the type I like".
fn is_pronoun(line: &Line<'_>, at: usize, noun: &Token<'_>) -> bool {
    if noun.core.eq_ignore_ascii_case("no") {
        return true;
    }
    let Some(next) = line.next(at) else {
        return false;
    };
    if noun.is_capitalised() {
        let world_war = at > 1 && line.tokens[at - 2].core == "World";
        return next.core == "I" || next.is(Role::AfterI) && !world_war;
    }
    !(next.is(Role::Typed) || matches!(next.core, "and" | "of" | "or" | "to"))
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
    // The singers of "End of the Road".
    if before.core == "Boyz" {
        return Some("to".to_owned());
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

/// "Chapter", "Bk.": a full stop that is no abbreviation's ends the sentence.
fn numbers_follow(noun: &Token<'_>) -> bool {
    match noun.close {
        "" => is_numbered(noun.core),
        close => close == "." && noun.is(Role::Numbered),
    }
}

/// The nouns in the singular or plural.
fn is_numbered(noun: &str) -> bool {
    is(noun, Role::NumeralNoun)
        || noun
            .strip_suffix(['s', 'S'])
            .is_some_and(|one| is(one, Role::NumeralNoun))
}

/// "and II" in "World Wars I and II", "Parts I, II and III": numerals before it go back to a noun. None of them is "I",
/// which comes first.
pub(crate) fn series(line: &Line<'_>, at: usize) -> Option<String> {
    let own = numeral(line, at).filter(|own| own.letters != "I")?;
    const REACH: usize = 8;
    let mut numbered = false;
    for i in (at.saturating_sub(REACH)..at).rev() {
        let token = &line.tokens[i];
        let joined = matches!(token.core, "and" | "or" | "to" | "&" | "through");
        let numeral = value(token.core).is_some();
        if !(matches!(token.close, "" | ",") && (joined || numeral)) {
            return (numbers_follow(token) && numbered).then(|| numbers::cardinal(&own.value, line.dialect));
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

/// "type-II"
pub(crate) fn joined(line: &Line<'_>, at: usize) -> Option<String> {
    let (noun, numeral) = line.tokens[at].core.split_once('-')?;
    let value = value(numeral).filter(|_| is_numbered(noun) && !is(numeral, Role::NumeralLike));
    let known = numeral.len() > 1 || matches!(numeral, "I" | "V");
    let number = value.filter(|_| known)?.to_string();
    Some(format!("{noun} {}", numbers::cardinal(&number, line.dialect)))
}

/// "II-era" in "World War II-era".
pub(crate) fn compound(line: &Line<'_>, at: usize) -> Option<String> {
    let (numeral, noun) = line.tokens[at].core.split_once('-')?;
    let numbered = is_numbered(line.previous(at)?.core);
    let word = !noun.is_empty() && noun.bytes().all(|b| b.is_ascii_lowercase());
    let value = value(numeral).filter(|_| numbered && word)?.to_string();
    Some(format!("{} {noun}", numbers::cardinal(&value, line.dialect)))
}

/// A numeral of one letter after "Elizabeth" is no pronoun and no initial.
fn ends_name(line: &Line<'_>, at: usize) -> bool {
    let token = &line.tokens[at];
    let leads = |next: &Token<'_>| next.is_capitalised() && !begins_sentence(next.core);
    if token.core != "I" {
        // "Henry V. Hudson"
        return token.close != "." || !line.next_after_dot(at).is_some_and(leads);
    }
    let Some(next) = line.next(at) else {
        return true;
    };
    // "with Elizabeth I saw", "George I came", "Charles I lost"
    let before = at.checked_sub(2).map(|before| &line.tokens[before]);
    let beside =
        before.is_some_and(|before| matches!(before.core, "As" | "as" | "Like" | "like" | "With" | "with"));
    let begins = before.is_none_or(|before| before.close.ends_with('.')) && !next.is(Role::Opinion);
    next.is_capitalised() || next.is(Role::AfterRuler) || !beside && (begins || !next.is(Role::AfterI))
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
