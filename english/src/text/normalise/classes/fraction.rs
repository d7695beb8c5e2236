//! Fractions with a slash or in one character, alone or after a whole number.

use crate::text::normalise::{
    amounts::fractions::{alone, vulgar, words},
    engine::Reading,
    line::Line,
    say::numbers,
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

/// "½", "2½"
pub(crate) fn sign(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let last = core.chars().next_back().filter(|c| !c.is_ascii())?;
    let fraction = vulgar(last)?;
    let (sign, whole) = numbers::sign(&core[..core.len() - last.len_utf8()]);
    if whole.is_empty() {
        return Some(format!("{sign}{fraction}"));
    }
    numbers::is_integer(whole).then(|| {
        let whole = numbers::cardinal(whole, line.dialect);
        format!("{sign}{whole} and {}", with_article(fraction))
    })
}

/// "3 1/2", "3 ½"
pub(crate) fn mixed(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (sign, whole) = numbers::sign(line.tokens[at].core);
    if !numbers::is_integer(whole) || whole.len() > 4 {
        return None;
    }
    let fraction = alone(line.next(at)?.core, line.dialect)?;
    let whole = numbers::cardinal(whole, line.dialect);
    Some(Reading::new(format!("{sign}{whole} and {fraction}"), 2))
}

/// "4/5 stars", "rated 9/10", "8/10 people"
pub(crate) fn mark(line: &Line<'_>, at: usize) -> Option<String> {
    let (mark, most) = line.tokens[at].core.split_once('/')?;
    if !is_mark(mark, most, line, at) {
        return None;
    }
    let most = numbers::cardinal(most, line.dialect);
    Some(format!("{} out of {most}", numbers::decimal(mark, line.dialect)?))
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
fn is_mark(numerator: &str, denominator: &str, line: &Line<'_>, at: usize) -> bool {
    if !matches!(denominator, "5" | "10" | "100") || !numbers::is_decimal(numerator) {
        return false;
    }
    if numerator.contains('.') {
        return true;
    }
    let counted = line.next(at).is_some_and(|next| {
        next.is_small_word()
            && (next.core == "people" || next.core.ends_with('s'))
            && !matches!(
                next.core,
                "is" | "was" | "cups" | "inches" | "miles" | "pounds" | "as" | "this"
            )
    });
    let marked = at > 0
        && matches!(
            line.tokens[at - 1].core.to_ascii_lowercase().as_str(),
            "rated" | "rating" | "score" | "scored" | "scores" | "gave" | "mark" | "grade"
        );
    counted || marked || numerator == denominator
}

/// "one half" is "a half" after a whole number.
fn with_article(fraction: &str) -> String {
    match fraction.strip_prefix("one ") {
        Some(part @ ("half" | "quarter" | "third")) => format!("a {part}"),
        _ => fraction.to_owned(),
    }
}
