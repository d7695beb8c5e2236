//! Fractions with a slash or in one character, alone or after a whole number.

use crate::text::normalise::{
    amounts::fractions::{alone, vulgar, with_sign, words},
    engine::Reading,
    line::{Line, tokens::Token},
    say::{number::Number, numbers},
    words::Role,
};

/// "24/7", "post-9/11"
pub(crate) fn idiom(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let known = |text| {
        Some(match text {
            "24/7" => "twenty four seven",
            "9/11" => "nine eleven",
            "50/50" => "fifty fifty",
            "20/20" => "twenty twenty",
            _ => return None,
        })
    };
    if let Some(words) = known(core) {
        return Some(words.to_owned());
    }
    let (lead, rest) = core.split_once('-')?;
    matches!(lead, "pre" | "Pre" | "post" | "Post" | "near" | "non")
        .then(|| Some(format!("{lead} {}", known(rest)?)))?
}

/// "½", "2½", "8½-inch", "1½-2", "2½-3½"
pub(crate) fn sign(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    if !core.contains(|c| vulgar(c).is_some()) {
        return None;
    }
    let (amount, noun) = match core.split_once(['-', '–']) {
        Some((amount, noun)) if !amount.is_empty() => (amount, noun),
        _ => (core, ""),
    };
    let words = with_sign(amount, line.dialect);
    if noun.is_empty() {
        return words;
    }
    let number =
        |text: &str| with_sign(text, line.dialect).or_else(|| Some(Number::signed(text)?.say(line.dialect)));
    if let Some(to) = number(noun) {
        return Some(format!("{} to {to}", number(amount)?));
    }
    // "1½-2-inch", "6½-year-old"
    let (last, word) = noun
        .split_once('-')
        .map_or(("", noun), |(last, word)| (last, word));
    let to = match number(last) {
        Some(to) => format!(" to {to}"),
        None => return Some(format!("{} {}", words?, spoken(noun)?)),
    };
    Some(format!("{}{to} {}", number(amount)?, spoken(word)?))
}

/// Words with hyphens between, apart: "year-old".
fn spoken(noun: &str) -> Option<String> {
    noun.split('-')
        .all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic))
        .then(|| noun.replace('-', " "))
}

/// "3 1/2", "3 ½", "8 1/2-inch"
pub(crate) fn mixed(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (sign, whole) = numbers::sign(line.tokens[at].core);
    if !numbers::is_integer(whole) || whole.len() > 4 {
        return None;
    }
    let next = line.next(at)?.core;
    let (fraction, noun) = match next.split_once('-') {
        Some((fraction, noun)) => (fraction, format!(" {}", spoken(noun)?)),
        None => (next, String::new()),
    };
    let fraction = alone(fraction, line.dialect)?;
    let whole = numbers::cardinal(whole, line.dialect);
    Some(Reading::new(format!("{sign}{whole} and {fraction}{noun}"), 2))
}

/// "Page 3/12", "step 4/7", "(2/5)" at the end of a post: so many of so many.
pub(crate) fn part(line: &Line<'_>, at: usize) -> Option<String> {
    let token = &line.tokens[at];
    let (part, all) = token.core.split_once('/')?;
    let count = |text: &str| {
        let digits = text.len() <= 3 && numbers::is_digits(text) && !text.starts_with('0');
        digits.then(|| text.parse::<u32>().ok())?
    };
    let ordered = count(part)? <= count(all)?;
    let measured = line.before_a(at, Role::Measured);
    let told = line.after_a(at, Role::Parted) && !measured || ends_post(line, at);
    let number = |digits| numbers::cardinal(digits, line.dialect);
    (ordered && told).then(|| format!("{} of {}", number(part), number(all)))
}

/// "A thread. 1/7", "A thread (1/7)", "(1/7) A thread"
fn ends_post(line: &Line<'_>, at: usize) -> bool {
    let token = &line.tokens[at];
    let bracketed = token.open == "(" && token.close == ")";
    let before = at.checked_sub(1).map(|before| &line.tokens[before]);
    match (before, line.get(at + 1)) {
        (None, Some(next)) => bracketed && next.is_capitalised(),
        (Some(before), None) => {
            let halves = ["half", "third", "quarter", "fifth", "tenth"];
            let stopped = token.open.is_empty()
                && token.close.is_empty()
                && before.close.ends_with(['.', '!', '?', '…']);
            stopped || bracketed && !halves.iter().any(|part| before.core.contains(part))
        }
        _ => false,
    }
}

/// "4/5 stars", "rated 9/10", "8/10 people", "a 9/10 rating"
pub(crate) fn mark(line: &Line<'_>, at: usize) -> Option<String> {
    let (mark, most) = line.tokens[at].core.split_once('/')?;
    let mark = Number::of(mark).filter(|mark| is_mark(mark, most, line, at))?;
    let most = numbers::cardinal(most, line.dialect);
    Some(format!("{} out of {most}", mark.say(line.dialect)))
}

/// "3/4", "2-1/2", "1/2-inch", "3/4-mile"
pub(crate) fn stroke(line: &Line<'_>, at: usize) -> Option<String> {
    let (sign, unsigned) = numbers::sign(line.tokens[at].core);
    let (numerator, denominator) = unsigned.split_once('/')?;
    let (whole, numerator) = match numerator.split_once('-') {
        Some((whole, numerator)) if numbers::is_digits(whole) && numerator < denominator => (
            format!("{} and ", numbers::cardinal(whole, line.dialect)),
            numerator,
        ),
        _ => (String::new(), numerator),
    };
    let (denominator, noun) = match denominator.split_once('-') {
        Some((denominator, noun)) if noun.chars().all(|c| c.is_alphabetic() || c == '-') => {
            (denominator, format!(" {}", noun.replace('-', " ")))
        }
        _ => (denominator, String::new()),
    };
    let words = words(numerator, denominator, line.dialect)?;
    Some(format!("{sign}{whole}{words}{}", noun.trim_end()))
}

/// "6/8 time": beats of music are no fraction.
pub(crate) fn beats(line: &Line<'_>, at: usize) -> Option<String> {
    let (beats, unit) = line.tokens[at].core.split_once('/')?;
    let timed = line
        .next(at)
        .is_some_and(|next| matches!(next.core, "time" | "signature" | "meter" | "metre"));
    let known = matches!(unit, "2" | "4" | "8" | "16") && numbers::is_digits(beats) && beats != "1";
    let number = |digits| numbers::cardinal(digits, line.dialect);
    (timed && known).then(|| format!("{} {}", number(beats), number(unit)))
}

/// "4/5 stars", "rated 9/10", "8/10 people": so many of so many.
fn is_mark(numerator: &Number<'_>, denominator: &str, line: &Line<'_>, at: usize) -> bool {
    let most = matches!(
        denominator,
        "5" | "10" | "20" | "25" | "30" | "40" | "50" | "60" | "80" | "100"
    );
    if !numbers::is_digits(denominator) {
        return false;
    }
    if !numerator.is_whole() {
        return most;
    }
    let next = line.next(at);
    let plural = |next: &Token<'_>| {
        next.is_small_word()
            && next.core.len() > 2
            && (next.core == "people" || next.core.ends_with('s'))
            && !(next.is(Role::Measured) || matches!(next.core, "is" | "was" | "as" | "this"))
    };
    // "5/7 patients", but "3/4 cups"
    let counted =
        (most || !matches!(denominator, "2" | "3" | "4" | "8" | "16" | "32")) && next.is_some_and(plural);
    let of = next.is_some_and(|next| next.core == "of" || next.is(Role::Measured));
    let near = line.near_a(at, 2, Role::Marking) || line.before_a(at, Role::Marking);
    let whole = numerator.whole() == denominator && (most || counted);
    // "It's a 7/10."
    let rating = most && next.is_none() && line.previous(at).is_some_and(|before| before.core == "a");
    counted || most && near && !of || whole || rating
}
