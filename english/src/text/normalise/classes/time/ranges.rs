//! From one time to another: "5pm-7 pm", "7 a.m.-9 a.m.", "noon-1pm".

use crate::text::{
    Dialect,
    normalise::{
        calendar::clock::{Clock, half, parse, words, zone},
        engine::{Dot, Reading},
        line::Line,
    },
};

/// "7:30pm/6:30pm": the same moment or the next in one token.
pub(crate) fn stroked(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (first, second) = line.tokens[at].core.split_once('/')?;
    let side = |text: &str| {
        let clock = parse(text).filter(|clock| clock.rest.is_empty())?;
        let timed = clock.half.is_some() || clock.minute.is_some() && text.contains(':');
        timed.then(|| words(&clock, line.dialect))?
    };
    Some(Reading::new(
        format!("{} slash {}", side(first)?, side(second)?),
        1,
    ))
}

/// "noon" and "midnight" begin and end what is measured in hours.
fn named_hour(text: &str) -> Option<&'static str> {
    ["noon", "midnight"]
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(text))
}

/// "noon-1pm", "11am-noon"
pub(crate) fn named_range(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (from, to) = line.tokens[at].core.split_once(['-', '–'])?;
    let side = |text: &str| {
        named_hour(text).map(str::to_owned).or_else(|| {
            let clock = parse(text).filter(|clock| clock.rest.is_empty())?;
            words(&clock, line.dialect)
        })
    };
    let words = format!("{} to {}", side(from)?, side(to)?);
    (named_hour(from).is_some() || named_hour(to).is_some()).then(|| Reading::new(words, 1))
}

/// "5 pm - 6 pm", "8am – 9am"
pub(crate) fn dashed(line: &Line<'_>, at: usize) -> Option<Reading> {
    let half_at = |clock: &mut Clock<'_>, at: usize| -> usize {
        match line.next(at).and_then(|next| Some((next, half(next.core)?))) {
            Some((next, (name, length))) if clock.half.is_none() && length == next.core.len() => {
                clock.half = Some(name);
                at + 1
            }
            _ => at,
        }
    };
    let mut from = parse(line.tokens[at].core).filter(|from| from.rest.is_empty())?;
    let first_end = half_at(&mut from, at);
    let dash = line.get(first_end + 1)?;
    let lone = dash.core.is_empty() && matches!(dash.open, "-" | "–" | "—") && dash.close.is_empty();
    let second = line.get(first_end + 2)?;
    if !lone || !line.tokens[first_end].close.is_empty() || !second.open.is_empty() {
        return None;
    }
    let mut to = parse(second.core).filter(|to| to.rest.is_empty())?;
    let end = half_at(&mut to, first_end + 2);
    let timed =
        to.half.is_some() || (from.minute.is_some() && to.minute.is_some() && second.core.contains(':'));
    if !timed {
        return None;
    }
    let words = from_to(from, &to, line.dialect)?;
    let mut reading = Reading::new(words, end + 1 - at);
    if line.tokens[end].core.contains('.') {
        reading.dot = Dot::Perhaps;
    }
    Some(reading)
}

/// "5pm-7 pm", "10:00-11:30", "9-5pm".
pub(crate) fn range(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (from, to) = line.tokens[at].core.split_once(['-', '–', '—'])?;
    let (from, mut to) = (parse(from)?, parse(to)?);
    if !from.rest.is_empty() || !to.rest.is_empty() {
        return None;
    }
    let mut tokens = 1;
    if to.half.is_none()
        && let Some((name, _)) = line
            .next(at)
            .and_then(|next| half(next.core).filter(|(_, length)| *length == next.core.len()))
    {
        to.half = Some(name);
        tokens = 2;
    }
    let timed = from.half.is_some()
        || to.half.is_some()
        || (from.minute.is_some() && to.minute.is_some() && line.tokens[at].core.contains(':'));
    if !timed {
        return None;
    }
    let mut reading = Reading::new(from_to(from, &to, line.dialect)?, tokens);
    if line.tokens[at + tokens - 1].core.contains('.') {
        reading.dot = Dot::Perhaps;
    }
    if let Some(zone) = line
        .next_after_dot(at + tokens - 1)
        .and_then(|next| zone(next.core))
    {
        reading.words += &format!(" {zone}");
        reading.tokens += 1;
    }
    Some(reading)
}

/// "7 a.m.-9 a.m.": the dash stands in the second token.
pub(crate) fn spaced_range(line: &Line<'_>, at: usize) -> Option<Reading> {
    let mut from = parse(line.tokens[at].core).filter(|from| from.rest.is_empty())?;
    let (first, second) = line.next(at)?.core.split_once(['-', '–'])?;
    let (name, _) = half(first).filter(|(_, length)| *length == first.len())?;
    from.half = Some(name);
    let mut to = parse(second).filter(|to| to.rest.is_empty())?;
    let mut tokens = 2;
    if to.half.is_none() {
        let next = line.next(at + 1)?;
        let (name, _) = half(next.core).filter(|(_, length)| *length == next.core.len())?;
        to.half = Some(name);
        tokens = 3;
    }
    Some(Reading::abbreviation(from_to(from, &to, line.dialect)?, tokens))
}

/// "three to four thirty PM": with the half of the day said at the end, no "o'clock" stands before it.
fn from_to(mut from: Clock<'_>, to: &Clock<'_>, dialect: Dialect) -> Option<String> {
    if to.half.is_some() && from.half.is_none() {
        from.minute = from.minute.filter(|minute| *minute != "00");
    }
    Some(format!("{} to {}", words(&from, dialect)?, words(to, dialect)?))
}
