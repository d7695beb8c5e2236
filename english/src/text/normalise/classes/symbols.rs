//! Signs, and whatever no other class reads: letters, digits and signs one after the other.

use crate::text::normalise::{context::in_equation, engine::Reading, line::Line, say::spelling::spelled};

/// A hyphen between spaces is a dash; between numbers that no class joined it only separates.
pub(crate) fn hyphen(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    if token.open != "-" || !token.close.is_empty() {
        return None;
    }
    let after = line.get(at + 1)?;
    if at == 0 {
        // "- 5" alone: the dash of a list has been taken away before.
        return (after.shape.digit && line.tokens.len() == 2).then(|| Reading::whole("minus"));
    }
    let before = line.get(at - 1)?;
    let numbers = before.shape.digit && after.shape.digit;
    Some(Reading::whole(if in_equation(line, at) {
        "minus"
    } else if numbers || !before.close.is_empty() {
        ","
    } else {
        "—"
    }))
}

/// "--no-cache", "-h", "-v/--verbose": options of a program.
pub(crate) fn option(line: &Line<'_>, at: usize) -> Option<String> {
    let core = Some(line.tokens[at].core).filter(|core| core.starts_with('-'))?;
    let says = |option: &str| {
        let long = option.strip_prefix("--");
        let name = long.or_else(|| option.strip_prefix('-'))?;
        let letters = name.bytes().all(|b| b.is_ascii_alphabetic());
        // "-rf"; "-ing" is an ending.
        let short =
            letters && (name.len() == 1 || name.len() < 4 && !name.contains(['a', 'e', 'i', 'o', 'u', 'y']));
        match long {
            Some(_) => Some(format!("dash dash {}", spelled(name, line.dialect, true))),
            None => short.then(|| format!("dash {}", name.to_ascii_uppercase())),
        }
    };
    let named = |option: &&str| {
        option
            .trim_start_matches('-')
            .starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let options = core
        .split('/')
        .map(|option| Some(option).filter(named).and_then(says));
    Some(options.collect::<Option<Vec<_>>>()?.join(" slash "))
}

/// Signs that only part lines, lead the eye or repeat a word.
pub(crate) fn silent(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let before = at.checked_sub(1).map(|before| &line.tokens[before]);
    let silent = match core {
        // "Hello there. / Hi!"
        "/" => before.is_some_and(|before| before.close.ends_with(['.', ',', ';', ':', '!', '?', '—'])),
        "→" | "⇒" | "·" | "•" | "‣" => at == 0 && line.tokens.len() > 1,
        "©" => before.is_some_and(|before| before.core.eq_ignore_ascii_case("copyright")),
        _ => false,
    };
    silent.then(String::new)
}

/// "C#" and "F♯".
pub(crate) fn note(line: &Line<'_>, at: usize) -> Option<String> {
    let letter = line.tokens[at].core.strip_suffix(['#', '♯'])?;
    (letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_uppercase())).then(|| format!("{letter} sharp"))
}

/// "AT&T": two letters before the sign are spelled, for they might be a word.
pub(crate) fn company(line: &Line<'_>, at: usize) -> Option<String> {
    let (first, second) = line.tokens[at].core.split_once('&')?;
    let capitals = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase());
    // "M&Ms": several of them.
    if let Some(letter) = second.strip_suffix('s').filter(|letter| letter.len() == 1)
        && capitals(first)
        && capitals(letter)
    {
        return Some(format!("{first} and {letter}'s"));
    }
    (first.len() == 2 && capitals(first) && capitals(second))
        .then(|| format!("{}.{}. and {second}", &first[..1], &first[1..]))
}

/// Sign by sign.
pub(crate) fn one_by_one(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    if core == "§§" {
        return Some("sections".to_owned());
    }
    Some(spelled(
        core,
        line.dialect,
        line.options.replace_remaining_symbols,
    ))
}
