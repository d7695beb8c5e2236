//! From one time to another: "5pm-7 pm", "7 a.m.-9 a.m.", "noon-1pm".

use crate::text::{
    Dialect,
    normalise::{
        calendar::clock::{Clock, half, parse, words, zone},
        engine::{Dot, Reading},
        line::Line,
        say::{self, DASHES},
    },
};

/// "7:30pm/6:30pm": the same moment or the next in one token.
pub(crate) fn stroked(line: &Line<'_>, at: usize) -> Option<String> {
    let (first, second) = line.tokens[at].core.split_once('/')?;
    let side = |text: &str| {
        let clock = whole(text)?;
        let timed = clock.half.is_some() || clock.minute.is_some() && text.contains(':');
        timed.then(|| words(&clock, line.dialect))?
    };
    Some(format!("{} slash {}", side(first)?, side(second)?))
}

/// "noon-1pm", "11am-midnight"
pub(crate) fn named_range(line: &Line<'_>, at: usize) -> Option<String> {
    let core = line.tokens[at].core;
    let named = |text: &str| {
        let names = ["noon", "midnight"].into_iter();
        names
            .map(str::to_owned)
            .find(|name| name.eq_ignore_ascii_case(text))
    };
    if !core.split(DASHES).any(|side| named(side).is_some()) {
        return None;
    }
    say::range(core, |side| {
        named(side).or_else(|| words(&whole(side)?, line.dialect))
    })
}

/// A time and nothing else.
fn whole(text: &str) -> Option<Clock<'_>> {
    parse(text).filter(|clock| clock.rest.is_empty())
}

/// The half of the day that `text` is.
fn whole_half(text: &str) -> Option<&'static str> {
    half(text)
        .filter(|(_, length)| *length == text.len())
        .map(|(name, _)| name)
}

/// Takes the half of the day after the time at `at`, if there is one; answers the last token.
fn take_half(line: &Line<'_>, at: usize, clock: &mut Clock<'_>) -> usize {
    let next = line.next(at).and_then(|next| whole_half(next.core));
    if clock.half.is_some() || next.is_none() {
        return at;
    }
    clock.half = next;
    at + 1
}

/// Two times with a dash between, and the token where the second stands.
fn two<'a>(line: &Line<'a>, at: usize) -> Option<(Clock<'a>, Clock<'a>, usize)> {
    // "9am-5pm"
    let core = line.tokens[at].core;
    if let Some((from, to)) = core.split_once(DASHES) {
        return Some((whole(from)?, whole(to)?, at));
    }
    // "5 pm - 6 pm"
    let mut from = whole(core)?;
    let end = take_half(line, at, &mut from);
    if let Some(second) = line.across_dash(end) {
        return Some((from, whole(second.core)?, end + 2));
    }
    // "7 a.m.-9 a.m.": the dash stands in the second token.
    let (first, second) = line.next(at)?.core.split_once(DASHES)?;
    from.half = Some(whole_half(first)?);
    Some((from, whole(second)?, at + 1))
}

/// "5pm-7 pm", "10:00-11:30", "9-5pm", "5 pm - 6 pm", "7 a.m.-9 a.m."
pub(crate) fn range(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (from, mut to, second) = two(line, at)?;
    let last = take_half(line, second, &mut to);
    let exact = from.minute.is_some() && to.minute.is_some() && line.tokens[second].core.contains(':');
    if !(to.half.is_some() || exact || second == at && from.half.is_some()) {
        return None;
    }
    let mut reading = Reading::new(from_to(from, &to, line.dialect)?, last + 1 - at);
    if line.tokens[last].core.contains('.') {
        reading.dot = Dot::Perhaps;
    }
    if let Some(zone) = line.next_after_dot(last).and_then(|next| zone(next.core)) {
        reading.words += &format!(" {zone}");
        reading.tokens += 1;
        reading.dot = Dot::No;
    }
    Some(reading)
}

/// "three to four thirty PM": with the half of the day said at the end, no "o'clock" stands before it.
fn from_to(mut from: Clock<'_>, to: &Clock<'_>, dialect: Dialect) -> Option<String> {
    if to.half.is_some() && from.half.is_none() {
        from.minute = from.minute.filter(|minute| *minute != "00");
    }
    Some(format!("{} to {}", words(&from, dialect)?, words(to, dialect)?))
}
