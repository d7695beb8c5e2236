//! Roman numerals after names and after nouns that are numbered.

use crate::text::normalise::{
    amounts::roman::{is_small, may_number, value},
    engine::Reading,
    line::Line,
    say::numbers,
    words::{Role, is},
};

pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    if core.len() > 12 {
        return None;
    }
    let (numeral, possessive) = ["'s", "’s"]
        .iter()
        .find_map(|s| core.strip_suffix(s))
        .map_or((core, ""), |numeral| (numeral, "'s"));
    if core.contains(['-', '–']) {
        return span(line, at).or_else(|| compound(line, at));
    }
    let small = may_number(numeral);
    let upper = numeral.to_ascii_uppercase();
    let numeral = if small { upper.as_str() } else { numeral };
    let value = value(numeral)?.to_string();
    if heads(line, at, numeral) {
        return Some(Reading::new(numbers::cardinal(&value, line.dialect), 1));
    }
    let century = line
        .next(at)
        .is_some_and(|next| matches!(next.core.to_ascii_lowercase().as_str(), "century" | "centuries"));
    if century && !single_letter(numeral) {
        return Some(Reading::new(numbers::ordinal(&value, line.dialect), 1));
    }
    if is_year(numeral) {
        return Some(Reading::new(numbers::year(&value, line.dialect), 1));
    }
    if let Some(reading) = series(line, at, &value) {
        return Some(reading);
    }
    let before = line.previous(at)?;
    if before.core.eq_ignore_ascii_case("the") && !small && at > 1 && line.tokens[at - 2].is(Role::Regnal) {
        // "Richard the III"
        return Some(Reading::new(
            numbers::ordinal(&value, line.dialect) + possessive,
            1,
        ));
    }
    if !before.close.is_empty() && !is_numbered(before.core) {
        return None;
    }
    let single = numeral.len() == 1;
    // "Part C", "Appendix D" are letters.
    let letter = single && !matches!(numeral, "I" | "V" | "X");
    if is_numbered(before.core)
        && !letter
        && (!single || numeral != "I" || before.core.starts_with(char::is_uppercase))
    {
        let pronoun = numeral == "I"
            && line.next(at).is_some_and(|next| {
                next.shape.lower
                    && !next.shape.upper
                    && !matches!(next.core, "of" | "and" | "to" | "is" | "was")
            });
        return (!pronoun).then(|| Reading::new(numbers::cardinal(&value, line.dialect) + possessive, 1));
    }
    if small {
        return None;
    }
    let ordinal = numbers::ordinal(&value, line.dialect);
    let name = before.is_word() && before.core.starts_with(char::is_uppercase) && before.shape.lower;
    // No ruler has been the fiftieth of a name; "Flight DL" is none.
    let high = numeral.contains(|c| !matches!(c, 'I' | 'V' | 'X'));
    if !name || high || is(numeral, Role::NumeralLike) {
        return None;
    }
    let regnal = before.is(Role::Regnal);
    if single && !(regnal && matches!(numeral, "I" | "V" | "X") && ends_name(line, at)) {
        return None;
    }
    // A ruler, or a person with two names, has "the"; a single name of another kind does not.
    let full_name = at >= 2
        && line.previous(at - 1).is_some_and(|first| {
            first.is_word()
                && first.core.starts_with(char::is_uppercase)
                && first.shape.lower
                && first.close.is_empty()
        });
    let article = if regnal || full_name { "the " } else { "" };
    Some(Reading::new(format!("{article}{ordinal}{possessive}"), 1))
}

/// The nouns in the singular or plural.
fn is_numbered(noun: &str) -> bool {
    is(noun, Role::NumeralNoun)
        || noun
            .strip_suffix(['s', 'S'])
            .is_some_and(|one| is(one, Role::NumeralNoun))
}

fn single_letter(numeral: &str) -> bool {
    numeral.len() == 1 && !matches!(numeral, "V" | "X")
}

/// "MCMXCIV" in a film or on a house: nothing else is written so.
fn is_year(numeral: &str) -> bool {
    numeral.len() > 3 && value(numeral).is_some_and(|year| (1500..2100).contains(&year))
}

/// "and II" in "World Wars I and II", "Parts I, II and III": numerals before it go back to a noun.
fn series(line: &Line<'_>, at: usize, number: &str) -> Option<Reading> {
    const REACH: usize = 8;
    let mut numbered = false;
    for i in (at.saturating_sub(REACH)..at).rev() {
        let token = &line.tokens[i];
        let joined = matches!(token.core, "and" | "or" | "to" | "&" | "through");
        let numeral = value(token.core).is_some();
        if !matches!(token.close, "" | ",") || !(joined || numeral) {
            let noun = token.close.is_empty() && is_numbered(token.core);
            return (noun && numbered).then(|| Reading::new(numbers::cardinal(number, line.dialect), 1));
        }
        numbered |= numeral;
    }
    None
}

/// "I-III", "iv–xii" after a noun that is numbered.
fn span(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (from, to) = line.tokens[at].core.split_once(['-', '–'])?;
    let before = line.previous(at)?.core;
    let number = |text: &str| {
        let numeral = if is_small(text) {
            text.to_ascii_uppercase()
        } else {
            text.to_owned()
        };
        value(&numeral).map(|value| numbers::cardinal(&value.to_string(), line.dialect))
    };
    let words = format!("{} to {}", number(from)?, number(to)?);
    (is_numbered(before) || matches!(before.to_ascii_lowercase().as_str(), "pp" | "p" | "vols" | "nos"))
        .then(|| Reading::new(words, 1))
}

/// "II-era" in "World War II-era".
fn compound(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (numeral, noun) = line.tokens[at].core.split_once('-')?;
    let numbered = is_numbered(line.previous(at)?.core);
    let word = !noun.is_empty() && noun.bytes().all(|b| b.is_ascii_lowercase());
    let value = value(numeral).filter(|_| numbered && word)?.to_string();
    Some(Reading::new(
        format!("{} {noun}", numbers::cardinal(&value, line.dialect)),
        1,
    ))
}

/// A numeral alone on its line, or before a heading or an item: "IV.", "II) Plan".
fn heads(line: &Line<'_>, at: usize, numeral: &str) -> bool {
    let token = &line.tokens[at];
    // "MMX" is rather a name than the two thousand and tenth item.
    at == 0
        && numeral.len() > 1
        && value(numeral).is_some_and(|value| value < 400)
        && !is(numeral, Role::NumeralLike)
        && (line.tokens.len() == 1 || (token.open.is_empty() && matches!(token.close, "." | ")")))
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
            .is_some_and(|next| next.core.starts_with(char::is_uppercase) || next.is(Role::AfterRuler))
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
