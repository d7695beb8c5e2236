//! Letters, digits and signs one after the other.

use crate::text::{
    Dialect,
    normalise::{
        say::{house, numbers, spelling},
        words::{Role, is, said},
    },
};

/// The parts of `text` in words, one space between.
pub(crate) fn spelled(text: &str, dialect: Dialect, name_signs: bool) -> String {
    let mut words = String::with_capacity(text.len() * 2);
    if matches!(text, "|" | "•" | "·" | "‣" | "/|" | "‖") {
        // A mark that only separates.
        return ",".to_owned();
    }
    let drawn = decoration(text);
    let censored = text.starts_with(char::is_alphabetic)
        && text.contains("**")
        && text.chars().all(|c| c.is_alphabetic() || c == '*');
    let mut rest = text;
    let mut before = '\0';
    while let Some(c) = rest.chars().next() {
        let same = |d: char| {
            if c.is_ascii_digit() {
                d.is_ascii_digit()
            } else if is_greek(c) || is_greek(d) {
                false
            } else if c.is_alphabetic() {
                d.is_alphabetic() || d == '\'' || d == '’'
            } else {
                false
            }
        };
        let end = rest
            .char_indices()
            .skip(1)
            .find(|&(_, d)| !same(d))
            .map_or(rest.len(), |(i, _)| i);
        let part = &rest[..end];
        rest = &rest[end..];
        let next = rest.chars().next();
        if c.is_ascii_digit()
            && let Some((words_of, taken)) = ending(part, rest, dialect)
        {
            push(&mut words, &words_of);
            before = 's';
            rest = &rest[taken..];
            continue;
        }
        if c.is_ascii_digit() {
            // ".5" and "0.75" inside something longer.
            let fraction = before == '.' && words.ends_with("point");
            let led = before == '-'
                && (matches!(words.as_str(), "pre" | "post" | "mid" | "Pre" | "Post" | "Mid")
                    || words.len() > 1 && words.bytes().all(|b| b.is_ascii_uppercase()));
            let dated = before.is_ascii_uppercase() || before == '©' || led;
            let year = dated && part.len() == 4 && matches!(&part[..2], "19" | "20");
            let road = before == '-' && part.len() == 3 && matches!(words.as_str(), "I" | "US" | "SR");
            let said = if fraction {
                numbers::spelled(part)
            } else if year {
                numbers::year(part, dialect)
            } else if road || is_british_road(&words, part, dialect) || is_codec(&words, part) {
                house(part, dialect)
            } else {
                digits(part, dialect)
            };
            push(&mut words, &said);
        } else if c == 'º' && before.is_ascii_digit() {
            push(&mut words, "degrees");
        } else if c.is_alphabetic() {
            let beside_digit = before.is_ascii_digit() || next.is_some_and(|n| n.is_ascii_digit());
            push(&mut words, &letters(part, beside_digit));
        } else if c == '.'
            && next.is_some_and(|n| n.is_ascii_digit())
            && (before.is_ascii_digit() || before == '\0')
        {
            push(&mut words, "point");
        } else if c == ':' && rest.starts_with('\\') {
            push(&mut words, "colon");
        } else if matches!(c, ',' | ';' | ':' | '!' | '?' | '—' | '…') && before.is_alphanumeric() {
            words.push(c);
        } else if c == '.' && before.is_lowercase() && next.is_some_and(char::is_uppercase) {
            words.push('.');
        } else if matches!(c, '\'' | '’') && rest == "s" && before.is_ascii_digit() {
            words.push_str("'s");
            break;
        } else if c == '/' && before.is_uppercase() && next.is_some_and(char::is_uppercase) {
            // "TCP/IP", "AC/DC": the words side by side.
        } else if c == '*' && censored {
            // "s**t"
        } else if name_signs && !drawn {
            push(&mut words, name(c));
        }
        before = part.chars().next_back().unwrap_or(c);
    }
    words
}

/// "H.264", "G.711", "x265": how films and calls are coded is said like houses.
fn is_codec(words: &str, number: &str) -> bool {
    number.len() == 3 && (matches!(words, "G dot" | "H dot") || words == "X" && number.starts_with("26"))
}

/// "A303", "B4567": roads are said like houses.
fn is_british_road(letters: &str, number: &str, dialect: Dialect) -> bool {
    dialect == Dialect::British && matches!(letters, "A" | "B") && number.len() == 3
}

/// A row of one sign three times or more only draws a line.
fn decoration(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next();
    text.chars().nth(2).is_some() && chars.all(|c| Some(c) == first)
}

/// Digits with an ending that makes another word of them, and the length of that: "21st", "1920s".
fn ending(number: &str, rest: &str, dialect: Dialect) -> Option<(String, usize)> {
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let words = match &rest[..letters] {
        "am" | "pm" if number.len() <= 2 => format!(
            "{} {}",
            numbers::cardinal(number, dialect),
            rest[..letters].to_ascii_uppercase()
        ),
        "s" if number.len() == 4 => numbers::decade(number, dialect),
        "s" if number.len() == 2 && number.ends_with('0') => {
            numbers::plural(&numbers::cardinal(number, dialect))
        }
        "st" if number.ends_with('1') && !number.ends_with("11") => numbers::ordinal(number, dialect),
        "nd" if number.ends_with('2') && !number.ends_with("12") => numbers::ordinal(number, dialect),
        "rd" if number.ends_with('3') && !number.ends_with("13") => numbers::ordinal(number, dialect),
        "th" => numbers::ordinal(number, dialect),
        _ => return None,
    };
    Some((words, letters))
}

/// Letters inside a code or beside signs; a few letters beside a digit are spelled.
fn letters(part: &str, beside_digit: bool) -> String {
    if let Some(name) = letter_name(part) {
        return name.to_owned();
    }
    match part {
        "Ctrl" => return "Control".to_owned(),
        "Cmd" => return "Command".to_owned(),
        _ => {}
    }
    // "CO2", "H2SO4": letters, though they make a word.
    if beside_digit && matches!(part, "CO" | "HO" | "NO" | "OH" | "PO" | "SO") {
        return format!("{} {}", &part[..1], &part[1..]);
    }
    let lower = part.chars().all(char::is_lowercase);
    let vowels = part
        .chars()
        .any(|c| !c.is_ascii() || "aeiouyAEIOUY\'’".contains(c));
    let short = part.chars().count() <= 3 && beside_digit;
    // "9to5", "1and1"
    let link = matches!(part, "to" | "or" | "in" | "at" | "by" | "and" | "of" | "ish");
    if lower && !link && (short || !vowels) {
        return part.to_ascii_uppercase();
    }
    spelling::parts(part)
}

/// A letter of a formula: Greek words are written in Latin letters before.
pub(crate) fn is_greek(c: char) -> bool {
    matches!(c, 'α'..='ω' | 'Α'..='Ω')
}

/// The name of a Greek letter that stands alone.
pub(crate) fn letter_name(part: &str) -> Option<&'static str> {
    const NAMES: [&str; 25] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
        "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi",
        "omega",
    ];
    let mut chars = part.chars();
    let c = chars.next()?;
    if chars.next().is_some() {
        return None;
    }
    let index = match c {
        'α'..='ω' => u32::from(c) - u32::from('α'),
        'Α'..='Ω' => u32::from(c) - u32::from('Α'),
        'µ' => return Some("micro"),
        _ => return None,
    };
    NAMES.get(usize::try_from(index).ok()?).copied()
}

fn push(words: &mut String, word: &str) {
    if !words.is_empty() && !word.is_empty() {
        words.push(' ');
    }
    words.push_str(word);
}

/// Short numbers by value, long ones and those with a leading zero digit by digit.
pub(crate) fn digits(digits: &str, dialect: Dialect) -> String {
    if digits.len() > 3 || (digits.len() > 1 && digits.starts_with('0')) {
        numbers::spelled(digits)
    } else {
        numbers::cardinal(digits, dialect)
    }
}

/// How a sign is called, if it is called at all.
pub(crate) fn name(sign: char) -> &'static str {
    said(sign.encode_utf8(&mut [0; 4]), Role::Sign).unwrap_or_default()
}

/// The words of a name in CamelCase, with spaces between; anything else as it is.
///
/// "McDonald" and "NeMo" are one word: a part of one or two letters does not stand alone, but for "iPhone" and "eBay".
pub(crate) fn parts(text: &str) -> String {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut cuts = vec![0];
    for i in 1..chars.len() {
        let (before, here) = (chars[i - 1].1, chars[i].1);
        let next = chars.get(i + 1).map(|&(_, c)| c);
        let hump = before.is_lowercase() && here.is_uppercase();
        let after_capitals = before.is_uppercase()
            && here.is_uppercase()
            && next.is_some_and(char::is_lowercase)
            && chars.len() > i + 2;
        let digits = before.is_ascii_digit() != here.is_ascii_digit();
        if hump || after_capitals || digits || before == '_' || here == '_' {
            cuts.push(chars[i].0);
        }
    }
    if cuts.len() == 1 {
        return text.to_owned();
    }
    cuts.push(text.len());
    let parts: Vec<&str> = cuts
        .windows(2)
        .map(|cut| &text[cut[0]..cut[1]])
        .filter(|part| *part != "_")
        .collect();
    // Nothing but underscores.
    let Some(&first) = parts.first() else {
        return text.to_owned();
    };
    let single = matches!(first, "i" | "e") && parts.len() == 2;
    let fits = |(i, part): (usize, &&str)| {
        let capitals = part.chars().all(|c| !c.is_lowercase());
        part.chars().count() > 2
            || (capitals && part.len() > 1)
            || part.bytes().all(|b| b.is_ascii_digit())
            || (i == 0 && single)
            || *part == "Id" && first.len() > 2
            || is(part, Role::CamelPart)
    };
    if !parts.iter().enumerate().all(fits) || parts[0] == "Mac" || parts[0] == "Fitz" {
        return text.to_owned();
    }
    let words: Vec<String> = parts
        .iter()
        .enumerate()
        .map(|(i, part)| {
            if part.bytes().all(|b| b.is_ascii_digit()) {
                spelling::digits(part, crate::text::Dialect::American)
            } else if i == 0 && single || *part == "Id" {
                part.to_ascii_uppercase()
            } else {
                (*part).to_owned()
            }
        })
        .collect();
    words.join(" ")
}
