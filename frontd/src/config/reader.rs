//! Reads variables and collects what is wrong with them.

use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::{self, Read},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use super::lookalike::lookalikes;
use crate::human;

/// The most bytes of a file with a secret.
const MAX_SECRET: u64 = 64 << 10;

/// A variable that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub variable: String,
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.variable, self.message)
    }
}

/// The environment, what was asked of it, and what was wrong.
#[derive(Debug)]
pub struct Reader {
    environment: BTreeMap<String, String>,
    values: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl Reader {
    #[must_use]
    pub fn new(environment: BTreeMap<String, String>) -> Self {
        Self {
            environment,
            values: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// The values in force, by variable.
    ///
    /// # Errors
    /// Every fault that was found.
    pub fn finish(self) -> Result<Vec<(String, String)>, Vec<Fault>> {
        if self.faults.is_empty() {
            Ok(self.values)
        } else {
            Err(self.faults)
        }
    }

    /// A value that is there and not empty. An empty variable counts as unset, as Compose passes it.
    pub fn text(&mut self, variable: &str) -> Option<String> {
        let value = self
            .environment
            .get(variable)
            .map(|value| value.trim().to_owned());
        let value = value.filter(|value| !value.is_empty());
        self.note(variable, value.as_deref().unwrap_or("(unset)"));
        value
    }

    /// As [`Reader::text`], but its value is not shown anywhere, and may be in the file that `VARIABLE_FILE` names, as
    /// container platforms hand secrets over. Lines of the file become items of a list with commas.
    pub fn secret(&mut self, variable: &str) -> Option<String> {
        let direct = self.text(variable);
        self.hide(direct.is_some());
        let file = self.path(&format!("{variable}_FILE"));
        let (None, Some(path)) = (&direct, file) else {
            return direct;
        };
        match read_secret(&path) {
            Ok(secret) => Some(secret).filter(|secret| !secret.is_empty()),
            Err(error) => {
                self.fault(
                    &format!("{variable}_FILE"),
                    format!("{} cannot be read: {error}", path.display()),
                );
                None
            }
        }
    }

    /// Makes the last noted value a secret.
    fn hide(&mut self, set: bool) {
        if let (Some(noted), true) = (self.values.last_mut(), set) {
            "(set)".clone_into(&mut noted.1);
        }
    }

    /// Variables that were not read and look like one that was, each with that one. Call it last.
    #[must_use]
    pub fn lookalikes(&self) -> Vec<(String, String)> {
        let known: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
        lookalikes(self.environment.keys().map(String::as_str), &known)
            .into_iter()
            .map(|(name, known)| (name.to_owned(), known.to_owned()))
            .collect()
    }

    pub fn path(&mut self, variable: &str) -> Option<PathBuf> {
        self.text(variable).map(PathBuf::from)
    }

    /// `true`, `yes`, `on`, `1` and their opposites.
    pub fn flag(&mut self, variable: &str, default: bool) -> bool {
        self.parsed(variable, default, "true or false", Self::is_true)
    }

    /// What a flag says; `None` for what is no flag.
    pub fn is_true(value: &str) -> Option<bool> {
        match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        }
    }

    /// A number from `least` to `most`.
    pub fn number<N>(&mut self, variable: &str, default: N, least: N, most: N) -> N
    where
        N: FromStr + PartialOrd + fmt::Display + Copy,
    {
        let wanted = format!("a number from {least} to {most}");
        self.parsed(variable, default, &wanted, |value| {
            value
                .parse()
                .ok()
                .filter(|number| (least..=most).contains(number))
        })
    }

    /// A duration such as `90s`, `1h 30m` or `250ms`. Where the variable is unset, the one that it was called before counts:
    /// a whole number in the unit that its name ends in.
    pub fn duration(
        &mut self,
        variable: &str,
        former: &str,
        default: Duration,
        range: RangeInclusive<Duration>,
    ) -> Duration {
        let unit = if former.ends_with("_HOURS") { 3600 } else { 1 };
        let (least, most) = (
            range.start().as_secs().div_ceil(unit),
            range.end().as_secs() / unit,
        );
        let number = |value: &str| value.parse().ok().filter(|n| (least..=most).contains(n));
        let earlier = self.text(former).map(|value| {
            number(&value).unwrap_or_else(|| {
                self.fault(
                    former,
                    format!("must be a number from {least} to {most}, not {value:?}"),
                );
                least
            })
        });
        let default = earlier.map_or(default, |number| Duration::from_secs(number * unit));
        let wanted = format!(
            "a duration from {} to {} with its unit, such as 90s or 1h 30m",
            human::duration(*range.start()),
            human::duration(*range.end()),
        );
        let parse = |value: &str| {
            value
                .parse()
                .ok()
                .filter(|time: &humantime::Duration| range.contains(&**time))
        };
        *self.parsed(variable, default.into(), &wanted, parse)
    }

    /// Whatever `parse` makes of the value; `wanted` completes "must be".
    pub fn parsed<T>(
        &mut self,
        variable: &str,
        default: T,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> T
    where
        T: fmt::Display,
    {
        let Some(value) = self.text(variable) else {
            self.values.pop();
            self.note(variable, &default.to_string());
            return default;
        };
        parse(&value).unwrap_or_else(|| {
            self.fault(variable, format!("must be {wanted}, not {value:?}"));
            default
        })
    }

    pub fn fault(&mut self, variable: &str, message: impl Into<String>) {
        self.faults.push(Fault {
            variable: variable.to_owned(),
            message: message.into(),
        });
    }

    fn note(&mut self, variable: &str, value: &str) {
        self.values.push((variable.to_owned(), value.to_owned()));
    }
}

fn read_secret(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MAX_SECRET).read_to_string(&mut text)?;
    Ok(text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(","))
}
