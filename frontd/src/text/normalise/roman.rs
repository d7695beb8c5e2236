//! Roman numerals after names and after nouns that are numbered.

use super::{
    numbers,
    words::{Line, Reading},
};

/// Nouns whose number is said as a cardinal.
const NUMBERED: &[&str] = &[
    "act",
    "annex",
    "apollo",
    "appendix",
    "article",
    "book",
    "canto",
    "category",
    "chapter",
    "class",
    "column",
    "division",
    "edition",
    "episode",
    "exhibit",
    "fantasy",
    "figure",
    "fig",
    "game",
    "gemini",
    "grade",
    "group",
    "grp",
    "level",
    "lesson",
    "mark",
    "module",
    "movement",
    "no",
    "number",
    "op",
    "page",
    "paragraph",
    "part",
    "pentium",
    "phase",
    "plate",
    "psalm",
    "question",
    "quest",
    "rocky",
    "round",
    "saturn",
    "scene",
    "schedule",
    "season",
    "section",
    "series",
    "sonata",
    "sonnet",
    "stage",
    "step",
    "symphony",
    "table",
    "tier",
    "title",
    "type",
    "unit",
    "verse",
    "version",
    "vol",
    "volume",
    "war",
    "bowl",
    "world",
];

/// Rulers and popes: "the" stands before their number.
const REGNAL: &[&str] = &[
    "albert",
    "alexander",
    "alfonso",
    "benedict",
    "boniface",
    "catherine",
    "charles",
    "christian",
    "clement",
    "constantine",
    "edward",
    "elizabeth",
    "ferdinand",
    "francis",
    "frederick",
    "george",
    "gregory",
    "gustav",
    "henry",
    "innocent",
    "isabella",
    "ivan",
    "james",
    "john",
    "joseph",
    "leo",
    "leopold",
    "louis",
    "ludwig",
    "mary",
    "maximilian",
    "napoleon",
    "nicholas",
    "otto",
    "paul",
    "peter",
    "philip",
    "pius",
    "ramses",
    "richard",
    "robert",
    "rudolf",
    "stephen",
    "thutmose",
    "urban",
    "victor",
    "vittorio",
    "wilhelm",
    "william",
    "xavier",
];

/// For the fast path: "Scene ii".
pub(super) fn may_number(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|b| matches!(b, b'i' | b'v' | b'x'))
}

pub(super) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    if core.len() > 12 {
        return None;
    }
    let (numeral, possessive) = ["'s", "’s"]
        .iter()
        .find_map(|s| core.strip_suffix(s))
        .map_or((core, ""), |numeral| (numeral, "'s"));
    let small = may_number(numeral);
    let upper = numeral.to_ascii_uppercase();
    let numeral = if small { upper.as_str() } else { numeral };
    let value = value(numeral)?.to_string();
    if heads(line, at, numeral) {
        return Some(Reading::new(numbers::cardinal(&value, line.dialect), 1));
    }
    let before = line.previous(at)?;
    if !before.close.is_empty() && !NUMBERED.contains(&before.core.to_ascii_lowercase().as_str()) {
        return None;
    }
    let single = numeral.len() == 1;
    let noun = before.core.to_ascii_lowercase();
    if NUMBERED.contains(&noun.as_str())
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
    if line
        .next(at)
        .is_some_and(|next| next.core.eq_ignore_ascii_case("century"))
    {
        return Some(Reading::new(ordinal, 1));
    }
    let name = before.is_word() && before.core.starts_with(char::is_uppercase) && before.shape.lower;
    if !name || AMBIGUOUS.contains(&numeral) {
        return None;
    }
    let regnal = REGNAL.contains(&noun.as_str());
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

/// A numeral alone on its line, or before a heading or an item: "IV.", "II) Plan".
fn heads(line: &Line<'_>, at: usize, numeral: &str) -> bool {
    let token = &line.tokens[at];
    at == 0
        && numeral.len() > 1
        && !AMBIGUOUS.contains(&numeral)
        && (line.tokens.len() == 1 || (token.open.is_empty() && matches!(token.close, "." | ")")))
}

/// Numerals that are more often something else after a name.
const AMBIGUOUS: &[&str] = &[
    "CD", "CV", "DC", "DI", "MC", "MD", "MI", "MM", "CC", "XL", "MIX", "DIM", "MILD", "LL", "LI",
];

/// After "Elizabeth I" the sentence goes on as after a name, not as after a pronoun.
fn ends_name(line: &Line<'_>, at: usize) -> bool {
    !line.tokens[at].close.is_empty()
        || line.get(at + 1).is_none()
        || line.tokens[at].core.len() > 1
        || line.next(at).is_some_and(|next| {
            next.core.starts_with(char::is_uppercase)
                || matches!(
                    next.core,
                    "of" | "and"
                        | "was"
                        | "is"
                        | "had"
                        | "has"
                        | "who"
                        | "in"
                        | "by"
                        | "to"
                        | "at"
                        | "on"
                        | "died"
                        | "ruled"
                        | "reigned"
                        | "became"
                        | "with"
                        | "or"
                        | "from"
                )
        })
}

const PARTS: [(&str, u32); 13] = [
    ("M", 1000),
    ("CM", 900),
    ("D", 500),
    ("CD", 400),
    ("C", 100),
    ("XC", 90),
    ("L", 50),
    ("XL", 40),
    ("X", 10),
    ("IX", 9),
    ("V", 5),
    ("IV", 4),
    ("I", 1),
];

/// The value of a Roman numeral below 4000 in capitals and in its usual form.
fn value(text: &str) -> Option<u32> {
    let (mut rest, mut sum) = (text, 0);
    for (letters, value) in PARTS {
        while let Some(tail) = rest.strip_prefix(letters) {
            rest = tail;
            sum += value;
        }
    }
    (rest.is_empty() && (1..4000).contains(&sum) && written(sum) == text).then_some(sum)
}

fn written(mut value: u32) -> String {
    let mut text = String::new();
    for (letters, part) in PARTS {
        while value >= part {
            text += letters;
            value -= part;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise::tests::american;

    #[test]
    fn values_numerals() {
        for (text, number) in [("IV", 4), ("XL", 40), ("MCMXCIV", 1994), ("XIV", 14), ("VIII", 8)] {
            assert_eq!(value(text), Some(number));
        }
        for not in ["", "IIII", "VX", "IXI", "A", "iv"] {
            assert_eq!(value(not), None, "{not}");
        }
    }

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
