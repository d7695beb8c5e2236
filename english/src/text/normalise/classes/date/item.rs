//! A date as far as it is written, and how it is said.

use crate::text::{
    Dialect,
    normalise::{line::Line, say::numbers},
};

#[derive(Debug, Default)]
pub(super) struct Date<'a> {
    pub day: Option<&'a str>,
    /// The last of several days.
    pub last: Option<&'a str>,
    pub month: &'static str,
    /// In words, with what leads to them: ", twenty twelve".
    pub year: Option<String>,
    pub order: Order,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// "July twenty fifth", "July the twenty fifth".
    #[default]
    MonthFirst,
    /// "the twenty fifth of July"
    DayFirst,
    /// The same, and the article is written.
    AfterArticle,
}

impl Date<'_> {
    pub(super) fn say(&self, dialect: Dialect) -> String {
        let the = match self.order {
            Order::MonthFirst if dialect == Dialect::American => "",
            Order::AfterArticle => "",
            _ => "the ",
        };
        let mut words = self.month.to_owned();
        if let Some(day) = self.day {
            let mut days = numbers::ordinal(day, dialect);
            if let Some(last) = self.last {
                days += &format!(" to {}", numbers::ordinal(last, dialect));
            }
            words = match self.order {
                Order::MonthFirst => format!("{words} {the}{days}"),
                _ => format!("{the}{days} of {words}"),
            };
        }
        words + self.year.as_deref().unwrap_or_default()
    }

    /// Takes the year after the token at `at`; answers how many tokens that is.
    pub(super) fn take_year(&mut self, line: &Line<'_>, at: usize) -> usize {
        self.year = year_after(line, at);
        usize::from(self.year.is_some())
    }
}

/// The year after the token at `at`, with what leads to it.
fn year_after(line: &Line<'_>, at: usize) -> Option<String> {
    let next = line.get(at + 1).filter(|next| next.spaced)?;
    let close = line.tokens[at].close;
    if !matches!(close, "" | "," | "." | ".,") || !matches!(next.open, "" | "'" | "’" | "‘") {
        return None;
    }
    let words = match next.core.len() {
        2 if !next.open.is_empty() => two_digits(next.core, line.dialect)?,
        _ => four_digits(next.core, line.dialect)?,
    };
    Some(format!("{} {words}", if close.ends_with(',') { "," } else { "" }))
}

pub(super) fn four_digits(text: &str, dialect: Dialect) -> Option<String> {
    let year = text.len() == 4 && numbers::is_digits(text) && !text.starts_with('0');
    year.then(|| numbers::year(text, dialect))
}

pub(super) fn two_digits(text: &str, dialect: Dialect) -> Option<String> {
    (text.len() == 2 && numbers::is_digits(text)).then(|| match text.strip_prefix('0') {
        Some("0") => "two thousand".to_owned(),
        Some(digit) => format!("oh {}", numbers::spelled(digit)),
        None => numbers::cardinal(text, dialect),
    })
}

/// A day of 1 to 31 with or without its ordinal ending.
pub(super) fn day(text: &str) -> Option<&str> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = text[digits.len()..].to_ascii_lowercase();
    let value: usize = digits.parse().ok()?;
    (matches!(ending.as_str(), "" | "st" | "nd" | "rd" | "th")
        && digits.len() <= 2
        && (1..=31).contains(&value))
    .then_some(digits)
}
