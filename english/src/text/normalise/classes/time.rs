//! Times of day, durations of hours, minutes and seconds, and time zones.

mod lengths;
mod ranges;

pub(crate) use lengths::length;
pub(crate) use ranges::{named_range, range, stroked};

use crate::text::{
    Dialect,
    normalise::{
        calendar::{
            clock::{clock, counted, half, parse, words, zone},
            is_calendar_name,
        },
        engine::{Dot, Reading},
        line::Line,
        say::numbers,
        words::Role,
    },
};

/// "UTC+2", "GMT-05:30"
pub(crate) fn offset(line: &Line<'_>, at: usize) -> Option<String> {
    let dialect = line.dialect;
    let (zone, offset) = line.tokens[at].core.split_at_checked(3)?;
    let (sign, clock) = numbers::sign(offset);
    let (hours, minutes) = clock.split_once(':').unwrap_or((clock, "00"));
    let short = |text: &str| numbers::is_digits(text) && text.len() <= 2;
    if !matches!(zone, "UTC" | "GMT")
        || !matches!(sign, "plus " | "minus ")
        || !short(hours)
        || !short(minutes)
    {
        return None;
    }
    let mut words = format!("{zone} {sign}{}", numbers::cardinal(hours, dialect));
    if minutes != "00" {
        words.push(' ');
        words += &numbers::cardinal(minutes, dialect);
    }
    Some(words)
}

/// "15h30" as a time, "2h 15m" and "5h30m20s" as a while.
pub(crate) fn hours(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let (hour, mut rest) = core.split_once('h')?;
    let short = |text: &str| numbers::is_digits(text) && text.len() <= 2;
    if !short(hour) {
        return None;
    }
    if short(rest) && rest.len() == 2 && hour.parse::<u32>().is_ok_and(|hour| hour <= 24) {
        return clock(&format!("{hour}:{rest}"), line.dialect).map(|words| Reading::new(words, 1));
    }
    let mut tokens = 1;
    if rest.is_empty() {
        rest = line.next(at)?.core;
        tokens += 1;
    }
    let mut words = counted(hour, "hour", line.dialect);
    for (mark, unit) in [('m', "minute"), ('s', "second")] {
        let Some((count, after)) = rest.split_once(mark).filter(|(count, _)| short(count)) else {
            break;
        };
        words += &format!(" {}", counted(count, unit, line.dialect));
        rest = after.strip_prefix("in").unwrap_or(after);
        if rest.is_empty()
            && mark == 'm'
            && let Some(next) = line.next(at + tokens - 1)
            && next.core.strip_suffix('s').is_some_and(short)
        {
            rest = next.core;
            tokens += 1;
        }
    }
    (rest.is_empty() && words.contains(" minute")).then(|| Reading::new(words, tokens))
}

/// "5m 30s", "5m30s": seconds tell that the minutes are no meters.
pub(crate) fn minutes(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (minutes, rest) = line.tokens[at].core.split_once('m')?;
    let (seconds, tokens) = if rest.is_empty() {
        (line.next(at)?.core, 2)
    } else {
        (rest, 1)
    };
    let seconds = seconds.strip_suffix('s')?;
    let short = |text: &str| numbers::is_digits(text) && text.len() <= 2;
    (short(minutes) && short(seconds)).then(|| {
        let words = format!(
            "{} {}",
            counted(minutes, "minute", line.dialect),
            counted(seconds, "second", line.dialect)
        );
        Reading::new(words, tokens)
    })
}

/// "0800 hours", "at 1630 hrs"
pub(crate) fn military(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let named = line
        .next(at)
        .is_some_and(|next| matches!(next.core, "hours" | "hrs"));
    if !named || token.core.len() != 4 || !token.is_digits() {
        return None;
    }
    let at_that = line.after_a(at, Role::HourBefore);
    let (hour, minute) = token.core.split_at(2);
    if !(at_that || hour.starts_with('0')) || hour > "24" || minute > "59" {
        return None;
    }
    let part = |digits: &str| match digits.strip_prefix('0') {
        Some(digit) => format!("oh {}", numbers::spelled(digit)),
        None => numbers::cardinal(digits, line.dialect),
    };
    let minute = if minute == "00" {
        "hundred".to_owned()
    } else {
        part(minute)
    };
    Some(Reading::new(format!("{} {minute} hours", part(hour)), 2))
}

pub(crate) fn time(line: &Line<'_>, at: usize) -> Option<Reading> {
    let mut clock = parse(line.tokens[at].core)?;
    let dotted = line.tokens[at].core[clock.hour.len()..].starts_with('.');
    let mut reading = Reading::new("", 1);
    let mut last = at;
    if clock.rest.is_empty()
        && clock.half.is_none()
        && let Some((next, (name, length))) = line.next(at).and_then(|next| Some((next, half(next.core)?)))
        && (length == next.core.len() || zone(&next.core[length..]).is_some())
    {
        clock.half = Some(name);
        clock.rest = &next.core[length..];
        last += 1;
    }
    let spoken_half = clock.half.is_some();
    if spoken_half && line.tokens[last].core.contains('.') {
        reading.dot = Dot::Perhaps;
    }
    let mut ending = None;
    // "3:30ish", "17:45h"
    if matches!(clock.rest, "ish" | "h") && clock.minute.is_some() && !dotted {
        let ish = if clock.rest == "ish" { " ish" } else { "" };
        return Some(Reading::new(words(&clock, line.dialect)? + ish, 1));
    }
    if !clock.rest.is_empty() {
        ending = zone(clock.rest);
        if let Some(fraction) = clock
            .rest
            .strip_prefix('.')
            .filter(|f| clock.second.is_some() && numbers::is_digits(f))
        {
            let words = words(&clock, line.dialect)?;
            return (numbers::is_digits(fraction))
                .then(|| Reading::new(format!("{words} point {}", numbers::spelled(fraction)), 1));
        }
        ending.as_ref()?;
    }
    // Hours alone and "1.59" are times only with their half of the day; or after "at" as the British write them.
    if !spoken_half && (clock.minute.is_none() || dotted && !is_british_time(line, at)) {
        return None;
    }
    if ending.is_none()
        && let Some(name) = line.next_after_dot(last).and_then(|next| zone(next.core))
    {
        last += 1;
        reading.dot = if line.tokens[last].core.contains('.') {
            Dot::Perhaps
        } else {
            Dot::No
        };
        ending = Some(name);
    }
    // "8:00 o'clock", "21:00 hrs"
    if !spoken_half && let Some(next) = line.next(at) {
        if matches!(next.core, "o'clock" | "o’clock") && clock.minute == Some("00") {
            return Some(Reading::new(
                format!("{} o'clock", numbers::cardinal(clock.hour, line.dialect)),
                2,
            ));
        }
        if next.core == "hrs" {
            return Some(Reading::abbreviation(words(&clock, line.dialect)? + " hours", 2));
        }
    }
    if reading.dot == Dot::Perhaps && line.next_after_dot(last).is_some_and(|next| goes_on(next.core)) {
        reading.dot = Dot::Yes;
    }
    reading.words = words(&clock, line.dialect)?;
    if let Some(zone) = ending {
        reading.words += &format!(" {zone}");
    }
    reading.tokens = last + 1 - at;
    Some(reading)
}

/// "at 17.30", where nothing is measured.
fn is_british_time(line: &Line<'_>, at: usize) -> bool {
    let announced = line
        .previous(at)
        .is_some_and(|before| matches!(before.core.to_ascii_lowercase().as_str(), "at" | "until" | "till"));
    let ends = line.next(at).is_none_or(|next| {
        matches!(
            next.core,
            "and" | "on" | "in" | "for" | "from" | "to" | "sharp" | "but"
        )
    });
    // "the 5.15 to Leeds"
    let scheduled = line
        .previous(at)
        .is_some_and(|before| matches!(before.core, "the" | "The"))
        && line
            .next(at)
            .is_some_and(|next| matches!(next.core, "at" | "bus" | "from" | "service" | "to" | "train"));
    line.dialect == Dialect::British && (announced && ends || scheduled)
}

/// "Monday", "Eastern": what may follow "5 p.m." with a capital in the same sentence.
fn goes_on(text: &str) -> bool {
    matches!(text, "Eastern" | "Central" | "Mountain" | "Pacific") || is_calendar_name(text)
}
