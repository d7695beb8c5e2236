//! Angles, temperatures, feet and inches: numbers with small signs at their shoulder.

use super::{amount::Amount, amount_at, unit_at};
use crate::text::normalise::{
    amounts::fractions,
    engine::Reading,
    line::Line,
    say::{number::Number, numbers},
    words::{Role, said},
};

/// No quotation mark is looked for further back.
const MAX_QUOTED_TOKENS: usize = 24;

/// "20°", "20 °C", "20°C", "40°N".
pub(crate) fn degrees(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (amount, rest) = Amount::before(amount_at(line, at)?, line.dialect)?;
    let (sign, tokens) = if rest.is_empty() {
        (line.next(at)?.core, 2)
    } else {
        (rest, 1)
    };
    let scale = sign.strip_prefix('°').or_else(|| sign.strip_prefix('º'))?;
    let (scale, tokens) = match line.next(at + tokens - 1) {
        Some(next) if scale.is_empty() && matches!(next.core, "C" | "F" | "N" | "S" | "E" | "W") => {
            (next.core, tokens + 1)
        }
        _ => (scale, tokens),
    };
    let name = match scale {
        "" => String::new(),
        scale => format!(
            " {}",
            said(scale, Role::Scale).or_else(|| said(scale, Role::Compass))?
        ),
    };
    let degrees = if amount.is_one() { "degree" } else { "degrees" };
    let amount = amount.say(line.dialect);
    Some(Reading::new(format!("{amount} {degrees}{name}"), tokens))
}

/// 40°26'46"N
pub(crate) fn bearing(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (sign, core) = numbers::sign(amount_at(line, at)?);
    let (degrees, rest) = core.split_once(['°', 'º'])?;
    let (minutes, rest) = rest.split_once(['\'', '′', '’'])?;
    let (seconds, rest) = match rest.split_once(['"', '″', '”']) {
        Some((seconds, rest)) => (Some(seconds), rest),
        None => (None, rest),
    };
    let counted = |number: &str, unit: &str| {
        let number = Number::of(number)?;
        let plural = if number.is_one() { "" } else { "s" };
        Some(format!("{} {unit}{plural}", number.say(line.dialect)))
    };
    let mut words = format!(
        "{sign}{} {}",
        counted(degrees, "degree")?,
        counted(minutes, "minute")?
    );
    if let Some(seconds) = seconds.filter(|seconds| !seconds.is_empty()) {
        words += &format!(" {}", counted(seconds, "second")?);
    }
    if !rest.is_empty() {
        words += &format!(" {}", said(rest, Role::Compass)?);
    }
    Some(Reading::new(words, 1))
}

/// 5'10" and 5′10″; 6'.
pub(crate) fn feet(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = unit_at(line, at).map(|_| &line.tokens[at])?;
    let unit = if token.core == "1" { "foot" } else { "feet" };
    // 6' 2"
    let with_inches = token.is_digits()
        && matches!(token.close, "'" | "′" | "’")
        && line
            .get(at + 1)
            .is_some_and(|next| next.is_digits() && next.close.starts_with(['"', '″', '”']));
    // "5' wide", "10' x 12'", where no quotation is open
    let apart = || token.close.starts_with(['\'', '′', '’']) && !quoted(line, at, ['\'', '‘']);
    if let Some(number) = Number::of(token.core)
        && token.open.is_empty()
        && (with_inches || apart())
    {
        let words = format!("{} {unit}", number.say(line.dialect));
        return Some(Reading::new(words, 1).with_close(true));
    }
    let (feet, rest) = token.core.split_once(['\'', '′', '’'])?;
    if !numbers::is_digits(feet) {
        return None;
    }
    // "a 6'2\" guard"
    let described = line
        .previous(at)
        .is_some_and(|before| matches!(before.core, "a" | "an" | "A" | "An" | "the"))
        && line
            .get(at + 1)
            .is_some_and(|next| next.spaced && next.is_small_word());
    let closed = line.tokens[at].close.starts_with(['"', '”', '″']) && !rest.is_empty();
    let inches = rest.trim_end_matches(['"', '″', '”']);
    let unit = if feet == "1" || described { "foot" } else { "feet" };
    let mut words = format!("{} {unit}", numbers::cardinal(feet, line.dialect));
    if !inches.is_empty() {
        words += &format!(" {}", Number::of(inches)?.say(line.dialect));
    }
    Some(Reading::new(words, 1).with_close(closed))
}

/// 10" and 5/8″, where no quotation is open.
pub(crate) fn inches(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = unit_at(line, at).map(|_| &line.tokens[at])?;
    // 2 1/2"
    if token.is_digits()
        && let Some(part) = line
            .next(at)
            .filter(|part| part.close.starts_with(['"', '″', '”']))
        && let Some(fraction) = fractions::alone(part.core, line.dialect)
        && !quoted(line, at, ['"', '“'])
    {
        let whole = numbers::cardinal(token.core, line.dialect);
        return Some(Reading::new(format!("{whole} and {fraction} inches"), 2).with_close(true));
    }
    if !token.close.starts_with(['"', '″', '”']) || token.open.ends_with(['"', '“']) {
        return None;
    }
    let quoted = quoted(line, at, ['"', '“']);
    let (amount, rest) = Amount::before(token.core, line.dialect)?;
    let described = line.get(at + 1).is_some_and(|next| {
        let word = next.spaced && next.open.is_empty() && next.is_small_word();
        word && token.close.len() == 1 && !next.is(Role::NoNoun)
    });
    let unit = if amount.is_one() || described {
        "inch"
    } else {
        "inches"
    };
    let words = format!("{} {unit}", amount.say(line.dialect));
    (!quoted && rest.is_empty()).then(|| Reading::new(words, 1).with_close(true))
}

/// 12"x12", 2'x4': sides of a thing.
pub(crate) fn sides(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = unit_at(line, at).map(|_| &line.tokens[at])?;
    let inches = ["\"", "″", "”"].map(|mark| (mark, "inch", "inches"));
    let feet = ["'", "′", "’"].map(|mark| (mark, "foot", "feet"));
    let described = line.get(at + 1).is_some_and(|next| {
        next.spaced && next.open.is_empty() && next.is_small_word() && !next.is(Role::NoNoun)
    });
    inches.into_iter().chain(feet).find_map(|(mark, one, many)| {
        let rest = token.close.strip_prefix(mark)?;
        let unit = if described && rest.is_empty() { one } else { many };
        let side = |side: &str| Some(format!("{} {unit}", Number::of(side)?.say(line.dialect)));
        let sides = token
            .core
            .split(['x', '×'])
            .map(|part| side(part.strip_suffix(mark).unwrap_or(part)));
        let sides: Vec<_> = sides.collect::<Option<_>>()?;
        let marked = token.core.contains(mark) && sides.len() > 1;
        marked.then(|| Reading::new(sides.join(" by "), 1).with_close(true))
    })
}

/// One of `marks` has opened a quotation shortly before and nothing has closed it.
fn quoted(line: &Line<'_>, at: usize, marks: [char; 2]) -> bool {
    let closing = if marks[0] == '"' {
        ['"', '”']
    } else {
        ['\'', '’']
    };
    let before = line.tokens[at.saturating_sub(MAX_QUOTED_TOKENS)..at].iter().rev();
    before
        .take_while(|token| token.shape.digit || !token.close.contains(closing))
        .any(|token| token.open.contains(marks))
}
