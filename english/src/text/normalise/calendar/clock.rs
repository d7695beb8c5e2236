//! Times of day as they stand in one token.

use crate::text::{
    Dialect,
    normalise::{
        say::numbers,
        words::{Role, is},
    },
};

/// A time as far as it stands in one token.
pub(crate) struct Clock<'a> {
    pub(crate) hour: &'a str,
    pub(crate) minute: Option<&'a str>,
    pub(crate) second: Option<&'a str>,
    pub(crate) half: Option<&'static str>,
    /// What is left of the token.
    pub(crate) rest: &'a str,
}

pub(crate) fn parse(text: &str) -> Option<Clock<'_>> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (hour, rest) = text.split_at(digits(text));
    if hour.is_empty() || hour.len() > 2 || hour.parse::<u32>().ok()? > 24 {
        return None;
    }
    let part = |rest: &'_ str, marks: &[char]| -> Option<(usize, usize)> {
        let tail = rest.strip_prefix(marks)?;
        let length = digits(tail);
        (length == 2 && tail[..2].parse::<u32>().ok()? < 60).then_some((rest.len() - tail.len(), length))
    };
    let mut clock = Clock {
        hour,
        minute: None,
        second: None,
        half: None,
        rest,
    };
    if let Some((mark, length)) = part(rest, &[':', '.']) {
        let dotted = rest.starts_with('.');
        clock.minute = Some(&rest[mark..mark + length]);
        clock.rest = &rest[mark + length..];
        if let Some((mark, length)) = part(clock.rest, &[':']).filter(|_| !dotted) {
            clock.second = Some(&clock.rest[mark..mark + length]);
            clock.rest = &clock.rest[mark + length..];
        }
        // A decimal number otherwise.
        if dotted && half(clock.rest).is_none() && !clock.rest.is_empty() {
            return None;
        }
    }
    if let Some((half, length)) = half(clock.rest) {
        clock.half = Some(half);
        clock.rest = &clock.rest[length..];
    }
    Some(clock)
}

/// "am", "p.m" and the like at the start of `text`, with their length.
pub(crate) fn half(text: &str) -> Option<(&'static str, usize)> {
    let bytes = text.as_bytes();
    let name = match bytes.first()?.to_ascii_lowercase() {
        b'a' => "AM",
        b'p' => "PM",
        _ => return None,
    };
    let mut end = 1 + usize::from(bytes.get(1) == Some(&b'.'));
    if bytes.get(end).is_none_or(|b| !b.eq_ignore_ascii_case(&b'm')) {
        return None;
    }
    end += 1;
    if bytes.get(end) == Some(&b'.') {
        end += 1;
        return Some((name, end));
    }
    bytes
        .get(end)
        .is_none_or(|b| !b.is_ascii_alphabetic())
        .then_some((name, end))
}

pub(crate) fn zone(text: &str) -> Option<String> {
    let letters: String = text
        .chars()
        .filter(|&c| c != '.')
        .collect::<String>()
        .to_ascii_uppercase();
    let written = text.len() == letters.len() && text == letters || text.contains('.') || text.len() == 3;
    (written && is(&letters, Role::Zone)).then_some(letters)
}

/// A time without anything around it, such as "10:30:00" in a time stamp.
pub(crate) fn clock(text: &str, dialect: Dialect) -> Option<String> {
    let mut clock = parse(text)?;
    if !clock.rest.is_empty() || clock.minute.is_none() {
        return None;
    }
    clock.second = clock.second.filter(|second| *second != "00");
    words(&clock, dialect)
}

pub(crate) fn words(clock: &Clock<'_>, dialect: Dialect) -> Option<String> {
    let count = |digits: &str, unit: &str| counted(digits, unit, dialect);
    let hour = numbers::cardinal(clock.hour, dialect);
    let mut words = match (clock.minute, clock.second) {
        (Some(minute), Some(second)) => {
            format!(
                "{} {} and {}",
                count(clock.hour, "hour"),
                count(minute, "minute"),
                count(second, "second")
            )
        }
        (Some("00") | None, None) if clock.half.is_some() => hour,
        (Some("00"), None) => match clock.hour.parse::<u32>().ok()? {
            0 => "midnight".to_owned(),
            1..=12 => format!("{hour} o'clock"),
            _ => format!("{hour} hundred"),
        },
        (Some(minute), None) => {
            let hour = if clock.hour == "00" {
                "zero".to_owned()
            } else {
                hour
            };
            match minute.strip_prefix('0') {
                Some(digit) => format!("{hour} oh {}", numbers::spelled(digit)),
                None => format!("{hour} {}", numbers::cardinal(minute, dialect)),
            }
        }
        (None, _) => hour,
    };
    if let Some(half) = clock.half {
        words += &format!(" {half}");
    }
    Some(words)
}

pub(crate) fn counted(digits: &str, unit: &str, dialect: Dialect) -> String {
    let number = numbers::cardinal(digits, dialect);
    format!("{number} {unit}{}", if number == "one" { "" } else { "s" })
}
