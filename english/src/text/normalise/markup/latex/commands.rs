//! The commands of LaTeX that formulas are written with, from the table `latex.tsv`.

use std::{collections::HashMap, sync::LazyLock};

use serde::{
    Deserialize,
    de::{IntoDeserializer, value::Error},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// A letter, a name, a quantifier.
    Word,
    Operator,
    /// A sum or an integral: from something to something, of something.
    Large,
    /// As something nears something, of something.
    Limit,
    Function,
    /// Its argument is read as any formula.
    Content,
    /// Its argument is text.
    Text,
    /// It is said after its argument.
    After,
    Fraction,
    Root,
    Choose,
    /// It is left out with its argument.
    Unsaid,
    /// It is left out.
    Silent,
}

static COMMANDS: LazyLock<HashMap<&'static str, (Kind, &'static str)>> = LazyLock::new(|| {
    let mut commands = HashMap::new();
    for row in include_str!("../latex.tsv").lines() {
        let mut cells = row.split('\t');
        let (Some(kind), Some(names)) = (cells.next(), cells.next()) else {
            continue;
        };
        let kind: Result<Kind, Error> = Kind::deserialize(kind.into_deserializer());
        let kind = kind.expect("a test reads the whole table");
        let said = cells.next();
        for name in names.split(' ') {
            commands.insert(name, (kind, said.unwrap_or(name)));
        }
    }
    commands
});

/// What the command `\name` is, and what is said for it.
pub(super) fn command(name: &str) -> Option<(Kind, &'static str)> {
    COMMANDS.get(name).copied()
}
