//! Titles and abbreviations, by what stands beside them.

mod initials;
mod periods;

pub(crate) use initials::{compound, initials, possessive};
pub(crate) use periods::read as period;

use crate::text::normalise::{
    amounts::roman::may_number,
    context::{counts_plural, streets::is_street},
    engine::{Dot, Reading},
    line::{Line, tokens::Token},
    say::{capitalised, numbers},
    words::{Role, begins_sentence, said},
};

/// A full stop that is perhaps its own stands after the token at `at`.
fn dotted(line: &Line<'_>, at: usize) -> bool {
    let close = line.tokens[at].close;
    close.starts_with('.') && !close.starts_with("..")
}

/// "approx.", "Inc.", "vs.": with a full stop.
pub(crate) fn with_stop(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let words = said(token.core, Role::Dotted).filter(|_| dotted(line, at) && known_case(line, at))?;
    // Companies and juniors end sentences; these do not. "Apt. No. 5"
    let next = line.next_after_dot(at);
    let goes_on = token.is(Role::GoesOn)
        || token.is(Role::Governs) && next.is_some_and(|next| !begins_sentence(next.core))
        || token.is(Role::Place) && next.is_some_and(|next| next.core == "No");
    Some(Reading::new(words, 1).with_dot(if goes_on { Dot::Yes } else { Dot::Perhaps }))
}

/// "w/o", "dept": with a full stop or without.
pub(crate) fn anywhere(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let words = said(token.core, Role::Plain).filter(|_| token.core.contains('/') || !token.is_capitals())?;
    let dot = if dotted(line, at) { Dot::Perhaps } else { Dot::No };
    Some(Reading::new(words, 1).with_dot(dot))
}

/// "tv", "usa": spelled, though written small.
pub(crate) fn small_letters(line: &Line<'_>, at: usize) -> Option<String> {
    Some(line.tokens[at].core.to_ascii_uppercase())
}

/// "Ms": the lexicon knows it with its full stop only.
pub(crate) fn ms(line: &Line<'_>, at: usize) -> Option<String> {
    let name = line.next(at).is_some_and(|next| next.is_capitalised());
    (name && !dotted(line, at)).then(|| "Ms.".to_owned())
}

/// "IEEE", "WWII": what no rule could guess.
pub(crate) fn name(line: &Line<'_>, at: usize) -> Option<String> {
    said(line.tokens[at].core, Role::Name).map(str::to_owned)
}

/// Some abbreviations are words at the end of a sentence ("max.", "al.", "v.", "pop.").
fn known_case(line: &Line<'_>, at: usize) -> bool {
    let token = &line.tokens[at];
    let lower = token.core.to_ascii_lowercase();
    let goes_on = line.next_after_dot(at);
    match lower.as_str() {
        "al" => line.previous(at).is_some_and(|p| p.core == "et"),
        "v" | "vs" => goes_on.is_some() && line.previous(at).is_some() && !token.is_capitals(),
        "temp" => goes_on.is_some_and(|next| next.shape.digit || next.shape.lower && !next.shape.upper),
        "max" | "min" | "pop" | "est" | "ref" | "co" | "ste" | "nr" => {
            goes_on.is_some_and(|next| next.shape.digit || lower == "ref" && next.core == "no")
                || (lower == "co"
                    && (line.previous(at).is_some_and(|p| p.core == "&")
                        || token.core == "Co" && line.previous(at).is_some_and(|p| p.is_capitalised())))
        }
        "ff" => line.previous(at).is_some_and(|page| page.shape.digit),
        "ca" => goes_on.is_some_and(|next| next.shape.digit),
        "inc" | "ltd" | "corp" => token.is_capitalised(),
        "jr" | "sr" => token.is_capitalised(),
        "ie" | "eg" | "esp" | "orig" | "prev" => goes_on.is_some(),
        _ => true,
    }
}

/// "Dr. Evil", "St Pancras", "Gen. Grant".
pub(crate) fn title(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let dotted = dotted(line, at);
    if !token.is_capitalised() {
        let small = dotted && line.next_after_dot(at).is_some_and(|next| next.is_word());
        let said = said(token.core, Role::TitleSmall)?;
        let undotted = matches!(token.core, "mr" | "mrs") && line.next(at).is_some_and(|next| next.is_word());
        return (small || undotted).then(|| Reading::new(said, 1).goes_on());
    }
    // "Lt Col Smith"
    let ranked = line
        .previous(at)
        .is_some_and(|before| matches!(before.core, "Lt" | "Maj" | "Brig" | "Sgt"));
    // "DR. EVIL"
    let shouted = dotted && token.is_capitals() && line.next_after_dot(at).is_some_and(Token::is_capitals);
    let core = if shouted {
        capitalised(&token.core.to_ascii_lowercase())
    } else {
        token.core.to_owned()
    };
    let said = said(&core, Role::Title)
        .filter(|_| !shouted || core != "St")
        .or_else(|| said(&core, Role::TitleDotted).filter(|_| (dotted || ranked) && !shouted))
        .or_else(|| said(token.core, Role::TitleUndotted))?;
    let rank = dotted
        && matches!(
            token.core,
            "Lt" | "Sgt" | "Cpl" | "Capt" | "Prof" | "Insp" | "Pvt" | "Supt" | "Cmdr" | "Messrs"
        );
    let Some(next) = line.next_after_dot(at) else {
        return rank.then(|| Reading::abbreviation(said, 1));
    };
    let pair =
        matches!(next.core, "and" | "&") && line.next(at + 1).is_some_and(|second| second.is(Role::Title));
    // "Ask the Dr. He knows."
    let ended = dotted && begins_sentence(next.core) && line.after_a(at, Role::Determiner);
    if !(next.is_capitalised() || pair) || ended {
        return (rank || ended).then(|| Reading::abbreviation(said, 1));
    }
    // "Sec" and "Sr" come after names too.
    let after_name = line
        .previous(at)
        .is_some_and(|p| p.is_capitalised() && p.shape.lower && p.is_word() && p.close.is_empty());
    // "Pt. II" is a part.
    if after_name && matches!(token.core, "Sr" | "Sec")
        || matches!(token.core, "Pt" | "Sec" | "Ste") && !next.shape.lower
    {
        return None;
    }
    Some(Reading::new(said, 1).goes_on())
}

/// "b. 1920", "d. 1999"
pub(crate) fn dates_of_life(line: &Line<'_>, at: usize) -> Option<Reading> {
    let said = said(line.tokens[at].core, Role::Life)?;
    let year = line.next_after_dot(at).is_some_and(|next| {
        next.shape.digit && leads_year(next.core) || next.is_digits() && next.core.len() == 4
    });
    (dotted(line, at) && year).then(|| Reading::new(said, 1).goes_on())
}

/// "19th c.", "20th cent.", "2nd ed.", "2 c. flour"
pub(crate) fn century(line: &Line<'_>, at: usize) -> Option<Reading> {
    let ordinal = line
        .previous(at)
        .filter(|before| dotted(line, at) && before.close.is_empty() && before.shape.digit)?;
    let next = line.next_after_dot(at);
    let said = match line.tokens[at].core {
        // "2 1/2 c. flour"
        "c" if ordinal.core.ends_with(|c: char| c.is_ascii_digit())
            && next.is_some_and(|next| next.is_small_word()) =>
        {
            let part =
                ordinal.core.contains('/') && !line.previous(at - 1).is_some_and(|whole| whole.is_digits());
            if part || ordinal.core == "1" {
                "cup"
            } else {
                "cups"
            }
        }
        "c" | "C" | "cent" if ordinal.core.ends_with("th") => "century",
        "ed" if ordinal.core.ends_with(['t', 'd', 'h']) => "edition",
        _ => return None,
    };
    Some(Reading::abbreviation(said, 1))
}

/// "No. 5", "p. 12", "Fig. 3", "eq. (2)", "Vol. Two".
pub(crate) fn numbered(line: &Line<'_>, at: usize) -> Option<Reading> {
    let dotted = dotted(line, at);
    let core = line.tokens[at].core;
    let lower = core.to_ascii_lowercase();
    let said = said(core, Role::Numbered)?;
    let next = line
        .next_after_dot(at)
        .or_else(|| bracketed(line, at + 1).filter(|_| dotted))?;
    let never_word = matches!(
        lower.as_str(),
        "ch" | "chap" | "eq" | "fig" | "figs" | "sec" | "sect" | "vol" | "vols"
    );
    let number = next.core.starts_with(|c: char| c.is_ascii_digit())
        || core == "No" && next.is_capitals() && next.shape.digit
        || dotted && is_numeral(next.core, core)
        || dotted && never_word && is_letter_or_word(next);
    let dotless = matches!(lower.as_str(), "pp" | "vol" | "fig" | "ch" | "pg") || core == "No";
    // "5 s. 4 m." are seconds.
    let unit = lower == "s" && line.previous(at).is_some_and(|before| before.shape.digit);
    (number && (dotted || dotless) && !unit && !(core == "no" && is_answer(line, at))).then(|| {
        let capital = core.starts_with(char::is_uppercase);
        let said = if capital {
            capitalised(said)
        } else {
            said.to_owned()
        };
        Reading::new(said, 1).goes_on()
    })
}

/// The number alone in brackets at `at`: "(3)".
fn bracketed<'a, 'b>(line: &'a Line<'b>, at: usize) -> Option<&'a Token<'b>> {
    line.get(at)
        .filter(|next| next.open == "(" && next.is_digits() && next.close.starts_with(')'))
}

/// "II", "iv-xii"; "No. I" begins a sentence.
fn is_numeral(text: &str, noun: &str) -> bool {
    let capitals = !text.is_empty() && text.bytes().all(|b| b"IVXLC".contains(&b));
    capitals && !(text == "I" && matches!(noun, "No" | "no")) || may_number(text)
}

/// "A" of "Fig. A", "S1" of "Fig. S1", "Two" of "Vol. Two".
fn is_letter_or_word(token: &Token<'_>) -> bool {
    let initial = token.close.starts_with('.') && token.close.len() > 1;
    let coded = token.shape.digit
        && token.core.len() <= 4
        && token.core.starts_with(|c: char| c.is_ascii_uppercase());
    coded
        || token.core.len() == 1 && token.is_capitals() && !initial
        || numbers::is_number_word(&token.core.to_ascii_lowercase())
}

/// "He said no. 5 men left", "Oh no. 1 more": a small "no" after a word of saying is a word, and a number with a plural
/// after it is counted.
fn is_answer(line: &Line<'_>, at: usize) -> bool {
    // "5 no. 2 pencils"
    let counted = line.previous(at).is_some_and(|before| before.shape.digit);
    line.after_a(at, Role::Answer) || counts_plural(line, at + 1) && !counted
}

/// "No.5", "p.12", "No1".
pub(crate) fn glued_number(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = Some(line.tokens[at].core).filter(|core| core.len() <= 7)?;
    let digits = core.find(|c: char| c.is_ascii_digit())?;
    let (word, number) = core.split_at(digits);
    let short = word
        .strip_suffix('.')
        .or_else(|| (word == "No").then_some(word))?;
    let said = said(short, Role::Numbered)?;
    let said = if short.starts_with(char::is_uppercase) {
        capitalised(said)
    } else {
        said.to_owned()
    };
    numbers::is_digits(number)
        .then(|| Reading::new(format!("{said} {}", numbers::cardinal(number, line.dialect)), 1))
}

/// "King Jr.", "Sammy Davis, Jr".
pub(crate) fn generation(line: &Line<'_>, at: usize) -> Option<Reading> {
    let said = said(line.tokens[at].core, Role::Generation)?;
    let before = line.get(at.checked_sub(1)?)?;
    // "King Jr. Blvd.", "King Jr. Day": a name goes on.
    let named_after = line
        .next_after_dot(at)
        .is_some_and(|next| is_street(next) || next.is(Role::NamedAfter));
    let dot = if named_after { Dot::Yes } else { Dot::Perhaps };
    before
        .is_capitalised()
        .then(|| Reading::new(said, 1).with_dot(dot))
}

/// "ft. Rihanna", "ed. Smith", "(c) 2020", "Rt. Hon."
pub(crate) fn credit(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let next = line
        .get(at + 1)
        .filter(|next| next.spaced && next.open.is_empty())?;
    match token.core {
        "ed" if dotted(line, at) && next.core == "by" => Some(Reading::new("edited", 1).goes_on()),
        "ed" if dotted(line, at) && next.is_capitalised() && !begins_sentence(next.core) => {
            Some(Reading::new("edited by", 1).goes_on())
        }
        "ft" if dotted(line, at) && next.is_word() && next.shape.upper => {
            Some(Reading::new("featuring", 1).goes_on())
        }
        "Rt" if matches!(next.core, "Hon" | "Rev") => Some(Reading::new("Right", 1).goes_on()),
        "c" | "C" if token.open == "(" && token.close == ")" && leads_year(next.core) => {
            // "Copyright (c) 2020" is said once.
            let said = at > 0 && line.tokens[at - 1].core.eq_ignore_ascii_case("copyright");
            Some(
                Reading::new(if said { "" } else { "copyright" }, 1)
                    .with_open(true)
                    .with_close(true),
            )
        }
        _ => None,
    }
}

fn leads_year(text: &str) -> bool {
    text.get(..4)
        .is_some_and(|year| ("1500".."2200").contains(&year) && numbers::is_digits(year))
}
