//! Ranges and scores: two numbers or years with a dash between, and "A-Z".

use crate::text::{
    Dialect,
    normalise::{
        amounts::{fractions, units::is_unit},
        context,
        engine::Reading,
        line::Line,
        say::{house, number::Number, numbers, prefix_words, range, spelling},
        words::Role,
    },
};

/// "A-Z"
pub(crate) fn alphabet(line: &Line<'_>, at: usize) -> Option<String> {
    matches!(line.tokens[at].core, "A-Z" | "a-z" | "A–Z" | "a–z").then(|| "A to Z".to_owned())
}

/// "1920x1080", "2x4s" of wood
pub(crate) fn size(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let (core, many) = match core.strip_suffix('s') {
        Some(core) if core.len() < 6 => (core, true),
        _ => (core, false),
    };
    let side = |text: &str| {
        if text.len() == 4 && numbers::is_digits(text) && !text.ends_with("00") {
            Some(house(text, line.dialect))
        } else if numbers::is_digits(text) {
            Some(context::plain(text, line, at))
        } else {
            fractions::with_sign(text, line.dialect).or_else(|| Some(Number::of(text)?.say(line.dialect)))
        }
    };
    let sides: Vec<_> = core.split(['x', '×']).map(side).collect::<Option<_>>()?;
    if sides.len() < 2 {
        return None;
    }
    let words = sides.join(" by ");
    Some(if many { numbers::plural(&words) } else { words })
}

/// "5-10x"
pub(crate) fn times(line: &Line<'_>, at: usize) -> Option<String> {
    let (from, to) = line.tokens[at].core.strip_suffix('x')?.split_once(['-', '–'])?;
    between(from, to, line, at).map(|words| words + " x")
}

/// "10-20", "1914-18", "3-2"
pub(crate) fn glued(line: &Line<'_>, at: usize) -> Option<String> {
    let (from, to) = line.tokens[at].core.split_once(['-', '–', '—', '~'])?;
    between(from, to, line, at)
}

/// "10 – 20": a spaced en dash between numbers. A spaced hyphen only joins years, and numbers of something that is counted.
pub(crate) fn spaced(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (from, to) = (line.tokens[at].core, line.across_dash(at)?.core);
    let joins = match line.tokens[at + 1].open {
        "–" => true,
        "-" => {
            is_year(from) && is_year(to) && from < to
                || context::counts_plural(line, at + 2)
                || line.after_a(at, Role::Listed)
                || line.next(at + 2).is_some_and(|unit| is_unit(unit.core))
        }
        _ => false,
    };
    Some(Reading::new(between(from, to, line, at).filter(|_| joins)?, 3))
}

/// "3:1", "16:9"; after a name chapter and verses, "John 3:16-18".
pub(crate) fn ratio(line: &Line<'_>, at: usize) -> Option<String> {
    let (first, second) = line.tokens[at].core.split_once(':')?;
    let (second, last) = match second.split_once(['-', '–']) {
        Some((second, last)) => (second, Some(last)),
        None => (second, None),
    };
    // "1:250,000"
    if numbers::is_digits(first) && second.contains(',') && last.is_none() && numbers::is_integer(second) {
        let number = |digits| numbers::cardinal(digits, line.dialect);
        return Some(format!("{} to {}", number(first), number(second)));
    }
    // "2.35:1"
    if let Some(wide) = Number::of(first).filter(|wide| !wide.is_whole())
        && numbers::is_digits(second)
        && last.is_none()
    {
        let high = numbers::cardinal(second, line.dialect);
        return Some(format!("{} to {high}", wide.say(line.dialect)));
    }
    let short = |text: &str| numbers::is_digits(text) && text.len() <= 4;
    if !short(first) || !short(second) || !last.is_none_or(short) {
        return None;
    }
    let verse = line
        .previous(at)
        .is_some_and(|p| p.is_word() && p.is_capitalised() && p.shape.lower);
    let say = |digits: &str| spelling::digits(digits, line.dialect);
    let halves = first == "50" && second == "50";
    let link = if verse || halves || last.is_some() {
        " "
    } else {
        " to "
    };
    let last = last.map(|last| format!(" to {}", say(last))).unwrap_or_default();
    Some(format!("{}{link}{}{last}", say(first), say(second)))
}

/// Four digits that are rather a year than an amount.
fn is_year(text: &str) -> bool {
    text.len() == 4 && numbers::is_digits(text) && ("1100".."2100").contains(&text)
}

/// "1/2-3/4", "1st-3rd"
pub(crate) fn parts(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let ordinal = |text: &str| {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let ending = matches!(&text[digits.len()..], "st" | "nd" | "rd" | "th");
        (ending && numbers::is_digits(digits)).then(|| numbers::ordinal(digits, line.dialect))
    };
    range(core, |side| fractions::alone(side, line.dialect)).or_else(|| range(core, ordinal))
}

/// Words around say that a game or a vote ended so.
fn is_score(line: &Line<'_>, at: usize) -> bool {
    line.near_a(at, 6, Role::ScoreBefore) || line.before_a(at, Role::ScoreAfter)
}

fn between(from: &str, to: &str, line: &Line<'_>, at: usize) -> Option<String> {
    let (first, last) = (Number::of(from)?, Number::of(to)?);
    let rises = last.value() > first.value();
    let leading_zero = |text: &str| text.len() > 1 && text.starts_with('0') && !text.contains('.');
    if leading_zero(from) || (leading_zero(to) && from.len() != 4) {
        return None;
    }
    if is_year(from) && (is_year(to) || (to.len() == 2 && numbers::is_digits(to))) && (rises || to.len() == 2)
    {
        let to = match to.len() {
            2 if from[2..] >= *to => None,
            2 if to.starts_with('0') => Some(format!("oh {}", numbers::spelled(&to[1..]))),
            2 => Some(numbers::cardinal(to, line.dialect)),
            _ => Some(numbers::year(to, line.dialect)),
        };
        if let Some(to) = to {
            return Some(format!("{} to {to}", numbers::year(from, line.dialect)));
        }
    }
    let score = !rises && from.len() <= 2;
    let say = |number: &Number<'_>, text: &str| {
        if text == "0" && score && line.dialect == Dialect::British {
            "nil".to_owned()
        } else if numbers::is_digits(text) {
            context::plain(text, line, at)
        } else {
            number.say(line.dialect)
        }
    };
    // "12-3456789": the number of a tax payer is no range.
    if numbers::is_digits(from) && numbers::is_digits(to) && from.len() < 4 && to.len() > 5 {
        return Some(format!("{}, {}", numbers::spelled(from), numbers::spelled(to)));
    }
    if from == "1" && matches!(to, "800" | "888" | "877" | "866" | "855" | "844" | "833" | "900") {
        // "a 1-800 number"
        return Some(format!("one {}", prefix_words(to)));
    }
    if (from, to) == ("9", "5") {
        // The hours of an office.
        return Some("nine to five".to_owned());
    }
    // A code or a low score reads its numbers one after the other; "thirty seven" would be one number.
    let tens = from.len() == 2 && from >= "20" && to.len() == 1 && to != "0";
    let run_on = tens && from.ends_with('0');
    let high = (from.len() + to.len() > 4 || tens) && is_score(line, at);
    // "No. 22-451" is one case.
    let docket = line
        .previous(at)
        .is_some_and(|before| matches!(before.core, "No" | "no"));
    let link = if (rises || run_on || high) && !docket && !context::is_named(line, at) {
        " to "
    } else if from.ends_with("00") {
        // "100-96" would be one number.
        ", "
    } else {
        " "
    };
    Some(format!("{}{link}{}", say(&first, from), say(&last, to)))
}
