//! Growth from one period to the next: "y/y", "QoQ".

use crate::text::{
    Dialect,
    normalise::{engine::Reading, line::Line},
};

/// "year over year" and its kin.
pub(super) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    let period = match core.to_ascii_lowercase().as_str() {
        "y/y" | "y-o-y" => "year",
        "q/q" | "q-o-q" => "quarter",
        "yoy" if core == "YoY" || core == "YOY" => "year",
        "qoq" if core == "QoQ" || core == "QOQ" => "quarter",
        "mom" if core == "MoM" => "month",
        // Meters and watts there may be, too.
        "m/m" | "m-o-m" if after_percent(line, at) => "month",
        "w/w" | "wow" if after_percent(line, at) => "week",
        "d/d" if after_percent(line, at) => "day",
        _ => return None,
    };
    let link = match line.dialect {
        Dialect::American => "over",
        Dialect::British => "on",
    };
    Some(Reading::new(format!("{period} {link} {period}"), 1))
}

fn after_percent(line: &Line<'_>, at: usize) -> bool {
    line.previous(at)
        .is_some_and(|before| before.core.ends_with('%') || before.core == "percent")
}

#[cfg(test)]
mod tests {
    use crate::text::normalise::tests::{american, british};

    #[test]
    fn names_the_periods() {
        assert_eq!(
            american("up 2% y/y, 1% m/m"),
            "up two percent year over year, one percent month over month"
        );
        assert_eq!(british("up 2% YoY"), "up two percent year on year");
    }
}
