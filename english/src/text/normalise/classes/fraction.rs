//! Fractions with a slash or in one character, alone or after a whole number.

use crate::text::normalise::{
    amounts::fractions::{alone, vulgar, words},
    engine::Reading,
    line::Line,
    say::numbers,
};

pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let dialect = line.dialect;
    if let Some(words) = idiom(core) {
        return Some(Reading::new(words, 1));
    }
    // "post-9/11"
    if let Some((lead, words)) = core
        .split_once('-')
        .and_then(|(lead, rest)| Some((lead, idiom(rest)?)))
        && matches!(lead, "pre" | "Pre" | "post" | "Post" | "near" | "non")
    {
        return Some(Reading::new(format!("{lead} {words}"), 1));
    }
    if let Some(last) = core.chars().next_back().filter(|c| !c.is_ascii())
        && let Some(fraction) = vulgar(last)
    {
        let whole = &core[..core.len() - last.len_utf8()];
        let (sign, whole) = numbers::sign(whole);
        return match whole {
            "" => Some(Reading::new(format!("{sign}{fraction}"), 1)),
            whole if numbers::is_integer(whole) => Some(Reading::new(
                format!(
                    "{sign}{} and {}",
                    numbers::cardinal(whole, dialect),
                    with_article(fraction)
                ),
                1,
            )),
            _ => None,
        };
    }
    // "3 1/2", "3 ½".
    let (sign, whole) = numbers::sign(core);
    if numbers::is_integer(whole)
        && whole.len() <= 4
        && let Some(next) = line.next(at)
        && let Some(fraction) = alone(next.core, dialect)
    {
        return Some(Reading::new(
            format!("{sign}{} and {fraction}", numbers::cardinal(whole, dialect)),
            2,
        ));
    }
    let (sign, unsigned) = numbers::sign(core);
    let (numerator, denominator) = unsigned.split_once('/')?;
    if sign.is_empty() && is_mark(numerator, denominator, line, at) {
        let (mark, most) = (
            numbers::decimal(numerator, dialect)?,
            numbers::cardinal(denominator, dialect),
        );
        return Some(Reading::new(format!("{mark} out of {most}"), 1));
    }
    if let Some(beats) = signature(numerator, denominator, line, at) {
        return Some(Reading::new(beats, 1));
    }
    // "2-1/2"
    let (whole, numerator) = match numerator.split_once('-') {
        Some((whole, numerator)) if numbers::is_digits(whole) && numerator < denominator => {
            (format!("{} and ", numbers::cardinal(whole, dialect)), numerator)
        }
        _ => (String::new(), numerator),
    };
    // "1/2-inch", "3/4-mile"
    let (denominator, noun) = match denominator.split_once('-') {
        Some((denominator, noun)) if noun.chars().all(|c| c.is_alphabetic() || c == '-') => {
            (denominator, format!(" {}", noun.replace('-', " ")))
        }
        _ => (denominator, String::new()),
    };
    let words = words(numerator, denominator, dialect)?;
    Some(Reading::new(
        format!("{sign}{whole}{words}{}", noun.trim_end()),
        1,
    ))
}

/// "6/8 time": beats of music are no fraction.
fn signature(numerator: &str, denominator: &str, line: &Line<'_>, at: usize) -> Option<String> {
    let timed = line
        .next(at)
        .is_some_and(|next| matches!(next.core, "time" | "signature" | "meter" | "metre"));
    let beats =
        matches!(denominator, "2" | "4" | "8" | "16") && numbers::is_digits(numerator) && numerator != "1";
    let number = |digits| numbers::cardinal(digits, line.dialect);
    (timed && beats).then(|| format!("{} {}", number(numerator), number(denominator)))
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
        next.is_word()
            && !next.shape.upper
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

fn idiom(text: &str) -> Option<&'static str> {
    Some(match text {
        "24/7" => "twenty four seven",
        "9/11" => "nine eleven",
        "50/50" => "fifty fifty",
        "20/20" => "twenty twenty",
        _ => return None,
    })
}

/// "one half" is "a half" after a whole number.
fn with_article(fraction: &str) -> String {
    match fraction.strip_prefix("one ") {
        Some(part @ ("half" | "quarter" | "third")) => format!("a {part}"),
        _ => fraction.to_owned(),
    }
}
