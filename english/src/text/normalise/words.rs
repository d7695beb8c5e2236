//! The roles of words: what rules look for beside each other, from the table `words.tsv`.

use std::{collections::HashMap, sync::LazyLock};

use serde::{
    Deserialize,
    de::{IntoDeserializer, value::Error},
};

/// What a token is, by its signs or by the table. A word may have several roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    // By its signs.
    Capitals,
    Digit,
    Greek,
    Hyphen,
    /// Several capitals inside a word: "camelCase", "HTTPServer".
    Hump,
    /// Letters of laughter alone.
    Laugh,
    /// One letter or digit.
    Letter,
    /// Nothing but marks.
    Marks,
    /// Letters of Roman numerals to the first hyphen or apostrophe.
    Numeral,
    /// A letter three times in a row.
    Repeated,
    /// Anything but letters, digits, apostrophes and hyphens.
    Symbol,
    // From the table.
    AfterI,
    AfterOrdinal,
    AfterRuler,
    AmountWord,
    Anno,
    Announcing,
    Answer,
    Book,
    BookName,
    BookNumbered,
    Calling,
    CamelPart,
    Compass,
    Counted,
    Counting,
    Country,
    County,
    CountyShort,
    Credit,
    Currency,
    CurrencySign,
    DatedBefore,
    Dating,
    Described,
    Determiner,
    Dialling,
    Direction,
    Distance,
    Domain,
    Dotted,
    Doubled,
    Element,
    Entity,
    Era,
    Extension,
    Face,
    Floor,
    Fraction,
    Function,
    Generation,
    GoesOn,
    GoesOnAfterUnit,
    Governs,
    HourBefore,
    LastedAfter,
    Lasting,
    Lettered,
    Life,
    Link,
    Listed,
    Magnitude,
    MagnitudeShort,
    Marking,
    Measured,
    Month,
    MonthBefore,
    Ms,
    Name,
    Named,
    NamedAfter,
    NetSign,
    NoNoun,
    Numbered,
    NumeralLike,
    NumeralNoun,
    Operator,
    Opinion,
    OrdinalNoun,
    Paged,
    Parted,
    Per,
    Period,
    PeriodAfterPercent,
    PeriodOfTime,
    Place,
    Plain,
    ProgramOption,
    Proportion,
    Region,
    Regnal,
    Road,
    RoadName,
    Scale,
    ScoreAfter,
    ScoreBefore,
    SentenceStart,
    Sign,
    Spelled,
    State,
    StateName,
    StateShort,
    StateShortWord,
    StateWord,
    Street,
    StreetInAddress,
    StreetSurely,
    StreetWritten,
    Title,
    TitleDotted,
    TitleSmall,
    TitleUndotted,
    TwoLetterWord,
    Typed,
    Unit,
    UnitGlued,
    UnitLength,
    UnitLetter,
    Weekday,
    WeekdayShort,
    Zone,
}

/// A set of roles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Roles(u128);

impl Roles {
    pub(crate) const fn of(roles: &[Role]) -> Self {
        let (mut set, mut i) = (0, 0);
        while i < roles.len() {
            set |= 1 << roles[i] as u32;
            i += 1;
        }
        Self(set)
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn has(self, role: Role) -> bool {
        self.meets(Self::of(&[role]))
    }
}

/// What the table knows of the words that are the same but for their case.
#[derive(Debug, Default)]
struct Entry {
    /// The roles in any case.
    folded: Roles,
    /// The roles of one spelling.
    exact: Vec<(&'static str, Roles)>,
    /// Role, spelling (none: any) and what is said.
    said: Vec<(Role, Option<&'static str>, &'static str)>,
}

/// No word of the table is longer.
const MAX_WORD: usize = 16;

static WORDS: LazyLock<HashMap<String, Entry>> = LazyLock::new(|| {
    let mut words: HashMap<String, Entry> = HashMap::new();
    for row in include_str!("words.tsv").lines() {
        let mut cells = row.split('\t');
        let (Some(name), Some(written)) = (cells.next(), cells.next()) else {
            continue;
        };
        let (folded, name) = name.strip_prefix('~').map_or((false, name), |name| (true, name));
        let role: Result<Role, Error> = Role::deserialize(name.into_deserializer());
        let role = role.expect("a test reads the whole table");
        let said = cells.next();
        let written: Vec<_> = match said {
            Some(_) => vec![written],
            None => written.split(' ').collect(),
        };
        for written in written {
            let entry = words.entry(written.to_ascii_lowercase()).or_default();
            let roles = Roles::of(&[role]);
            if folded {
                entry.folded = entry.folded.and(roles);
            } else {
                entry.exact.push((written, roles));
            }
            if let Some(said) = said {
                entry.said.push((role, (!folded).then_some(written), said));
            }
        }
    }
    words
});

fn entry(text: &str) -> Option<&'static Entry> {
    let mut lower = [0; MAX_WORD];
    let lower = lower.get_mut(..text.len())?;
    lower.copy_from_slice(text.as_bytes());
    lower.make_ascii_lowercase();
    WORDS.get(str::from_utf8(lower).ok()?)
}

pub(crate) fn roles(text: &str) -> Roles {
    let Some(entry) = entry(text) else {
        return Roles::default();
    };
    let exact = entry.exact.iter().filter(|(written, _)| *written == text);
    exact.fold(entry.folded, |roles, (_, more)| roles.and(*more))
}

pub(crate) fn is(text: &str, role: Role) -> bool {
    roles(text).has(role)
}

/// What is said for a word in a role.
pub(crate) fn said(text: &str, role: Role) -> Option<&'static str> {
    let known =
        |(of, written, _): &&(Role, Option<&str>, &str)| *of == role && written.is_none_or(|w| w == text);
    entry(text)?.said.iter().find(known).map(|(.., said)| *said)
}

/// "It", "The", "Don’t", "It's": a word that begins a sentence, and no name.
pub(in crate::text) fn begins_sentence(word: &str) -> bool {
    let known = |word: &str| is(word, Role::SentenceStart);
    let (stem, apostrophe) = word
        .split_once(['\'', '’'])
        .map_or((word, None), |(stem, ending)| (stem, Some(ending)));
    known(stem) || apostrophe.is_some_and(|ending| known(&format!("{stem}'{ending}")))
}

/// "plan", "Vitamin": letters tell several of it apart.
pub(in crate::text) fn takes_letter(word: &str) -> bool {
    is(word, Role::Lettered)
}

/// "B.C": years are counted by it.
pub(in crate::text) fn is_era(letters: &str) -> bool {
    is(letters, Role::Era)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_whole_table() {
        assert!(WORDS.keys().all(|word| word.len() <= MAX_WORD));
        assert!(is("Room", Role::Place) && is("the", Role::Function) && !is("The", Role::Function));
        assert_eq!(said("Dr", Role::Title), Some("Doctor"));
        assert_eq!(said("dr", Role::Title), None);
        assert_eq!(said("DR", Role::Street), Some("Drive"));
    }
}
