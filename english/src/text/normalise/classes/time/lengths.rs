//! How long something lasts, in minutes and seconds: "in 25:30", "a lap of 1:23.4", "30:00 minutes", "5:30/km".

use crate::text::{
    Dialect,
    normalise::{
        amounts::names::per,
        calendar::clock::{counted, half, zone},
        engine::Reading,
        line::Line,
        say::numbers,
        words::Role,
    },
};

/// No day has more hours, so that "25:30" is no time of day.
const HOURS: u32 = 24;

/// Two numbers with a colon between, the second below sixty.
struct Length<'a> {
    whole: &'a str,
    part: &'a str,
    /// With its point: ".4".
    fraction: &'a str,
    rest: &'a str,
}

fn parse(core: &str) -> Option<Length<'_>> {
    let (whole, tail) = core.split_once(':')?;
    let (part, rest) = tail.split_at_checked(2)?;
    let digits = rest
        .strip_prefix('.')
        .map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let (fraction, rest) = rest.split_at(if digits > 0 { digits + 1 } else { 0 });
    let known = numbers::is_digits(whole) && whole.len() <= 3 && numbers::is_digits(part) && part < "60";
    known.then_some(Length {
        whole,
        part,
        fraction,
        rest,
    })
}

impl Length<'_> {
    /// "twenty five thirty", "four oh five", "five minutes".
    fn short(&self, dialect: Dialect) -> String {
        let whole = numbers::cardinal(self.whole, dialect);
        let part = match self.part.strip_prefix('0') {
            Some("0") if self.fraction.is_empty() => return counted(self.whole, "minute", dialect),
            Some(digit) => format!("oh {}", numbers::spelled(digit)),
            None => numbers::cardinal(self.part, dialect),
        };
        let fraction = match self.fraction {
            "" => String::new(),
            fraction => format!(" point {}", numbers::spelled(fraction)),
        };
        format!("{whole} {part}{fraction}")
    }

    /// "two minutes and thirty seconds"
    fn full(&self, [unit, smaller]: [&str; 2], dialect: Dialect) -> String {
        let whole = counted(self.whole, unit, dialect);
        let part = counted(self.part, smaller, dialect);
        match (self.whole.trim_start_matches('0'), self.part) {
            (_, "00") => whole,
            ("", _) => part,
            _ => format!("{whole} and {part}"),
        }
    }
}

/// What is no time of day, by its size, by its fraction or by the words around it.
pub(crate) fn length(line: &Line<'_>, at: usize) -> Option<Reading> {
    let length = parse(line.tokens[at].core)?;
    let dialect = line.dialect;
    let next = line.next(at).map_or("", |next| next.core);
    if half(next).is_some() || zone(next).is_some() {
        return None;
    }
    if let Some(unit) = length.rest.strip_prefix('/') {
        return Some(Reading::new(
            format!("{} per {}", length.short(dialect), per(unit, dialect)?),
            1,
        ));
    }
    let announced = line.after_a(at, Role::HourBefore);
    let hours = length.whole.parse::<u32>().ok()?;
    if !length.rest.is_empty() {
        return None;
    }
    // "a 10:00 minute break"
    if next == "minute" && length.part == "00" && length.fraction.is_empty() {
        return Some(Reading::new(numbers::cardinal(length.whole, dialect), 1));
    }
    let units = match next {
        "min" | "mins" | "minutes" => Some(["minute", "second"]),
        "hours" | "hrs" if hours < 13 && !announced => Some(["hour", "minute"]),
        _ => None,
    };
    if let Some(units) = units {
        return Some(Reading::abbreviation(length.full(units, dialect), 2));
    }
    // "a 4:00 mile"
    let described = line
        .next(at)
        .filter(|next| next.is(Role::Lasting))
        .map(|noun| noun.core);
    let lasts = line.previous(at).is_some_and(|before| before.core == "in")
        || line.near_a(at, 3, Role::Lasting) && !announced
        || line.before_a(at, Role::LastedAfter)
        || described.is_some();
    let whole_minutes = length.part == "00" && (lasts || length.whole == "0" && !announced);
    if let Some(noun) = described.filter(|_| whole_minutes) {
        let unit = if noun.ends_with("marathon") {
            "hour"
        } else {
            "minute"
        };
        return Some(Reading::new(
            format!("{} {unit}", numbers::cardinal(length.whole, dialect)),
            1,
        ));
    }
    let long = hours > HOURS && !compares(line, at, &length);
    (long || !length.fraction.is_empty() || whole_minutes).then(|| Reading::new(length.short(dialect), 1))
}

/// "a 60:40 split", "a ratio of 30:45", "Isaiah 40:31": parts of a whole, or a verse.
fn compares(line: &Line<'_>, at: usize, length: &Length<'_>) -> bool {
    let verse = line.previous(at).is_some_and(|book| {
        book.is_capitalised() && book.shape.lower && !book.is(Role::Lasting) && !book.is(Role::SentenceStart)
    });
    let sum = [length.whole, length.part].map(|part| part.parse::<u32>().unwrap_or(0));
    let parts = line.near_a(at, 3, Role::Proportion) || line.before_a(at, Role::Proportion);
    verse || parts || sum.iter().sum::<u32>() == 100 || line.near_a(at, 6, Role::ScoreBefore)
}

#[cfg(test)]
mod tests {
    use crate::text::normalise::tests::american;

    #[test]
    fn tells_lengths_from_times_of_day() {
        for (written, said) in [
            ("at 25:30 in the video", "at twenty five thirty in the video"),
            ("a lap of 1:23.4", "a lap of one twenty three point four"),
            ("2:30 minutes", "Two minutes and thirty seconds"),
            ("a 4:00 mile", "a four minute mile"),
            ("a pace of 5:30/km", "a pace of five thirty per kilometer"),
        ] {
            assert_eq!(american(written), said);
        }
    }

    #[test]
    fn leaves_times_ratios_and_verses_alone() {
        for (written, said) in [
            ("at 9:30", "at nine thirty"),
            ("a 60:40 split", "a sixty to forty split"),
            ("Isaiah 40:31", "Isaiah forty thirty one"),
            ("score 2:1", "score two to one"),
        ] {
            assert_eq!(american(written), said);
        }
    }
}
