//! Numbered roads, and the rooms and boxes that are numbered like them.

use crate::text::normalise::{
    context,
    engine::Reading,
    line::Line,
    say::house,
    words::{Role, said},
};

/// "Rte 9", "Hwy. 101", "Fl 34"
pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let name = said(line.tokens[at].core, Role::Road)?;
    line.next_after_dot(at)
        .filter(|next| {
            let number = next.core.strip_prefix('#').unwrap_or(next.core);
            next.shape.digit && !number.starts_with(|c: char| c.is_ascii_lowercase())
                || next.is_capitals() && next.core.len() == 1
        })
        .map(|_| Reading::new(name, 1).goes_on())
}

/// "Co. Durham", "Co Cork": no company.
pub(crate) fn county(line: &Line<'_>, at: usize) -> Option<Reading> {
    let company = line
        .previous(at)
        .is_some_and(|before| before.core == "&" || before.core == "and");
    let county = line.next_after_dot(at).is_some_and(|next| next.is(Role::County));
    (county && !company).then(|| Reading::new("County", 1).goes_on())
}

/// "290" in "Hwy. 290 W", which is no power; "4120" in "PO Box 4120".
pub(crate) fn number(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    if !token.is_digits() || token.core.len() > 4 {
        return None;
    }
    let before = line.previous(at)?;
    if before.core == "Box" && token.core.len() == 4 {
        return Some(Reading::new(house(token.core, line.dialect), 1));
    }
    let directed = line.next(at).is_some_and(|point| point.is(Role::Direction));
    (before.is(Role::RoadName) && directed).then(|| Reading::new(context::plain(token.core, line, at), 1))
}

/// "2400 Hwy 101": the house number at `at` stands before a numbered road.
pub(super) fn follows(line: &Line<'_>, at: usize) -> bool {
    line.next(at)
        .is_some_and(|road| road.is_capitalised() && road.is(Role::RoadName))
        && line
            .next_after_dot(at + 1)
            .is_some_and(|number| number.shape.digit)
}

/// A numbered road ends with the token at `at`: "Hwy 101", "I-95", "US-1".
pub(super) fn ends_at(line: &Line<'_>, at: usize) -> bool {
    let token = &line.tokens[at];
    let joined = token.core.split_once('-').is_some_and(|(road, number)| {
        matches!(road, "I" | "US" | "SR") && number.ends_with(|c: char| c.is_ascii_digit())
    });
    joined || token.is_digits() && line.previous(at).is_some_and(|road| road.is(Role::RoadName))
}
