//! Points of the compass beside streets and roads.

use super::{in_address, leads_to_street, roads};
use crate::text::normalise::{
    context::streets::{is_street, leads_away},
    engine::Reading,
    line::Line,
    words::{Role, said},
};

/// "E" between a house number and a street, before or after one.
pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let name = said(token.core, Role::Direction)?;
    if is_lettered_street(line, at) {
        return None;
    }
    let goes_on = Some(Reading::new(name, 1).goes_on());
    // "NW 5th Ave"
    if line
        .next_after_dot(at)
        .is_some_and(|next| next.is_ordinal() && line.next(at + 1).is_some_and(is_street))
        || starts_street(line, at)
        || before_region(line, at)
        || leads_away(line, at)
    {
        return goes_on;
    }
    let before = line.previous(at)?;
    let numbered = before.core.starts_with(|c: char| c.is_ascii_digit())
        && before.close.is_empty()
        && line.next_after_dot(at).is_some()
        && (leads_to_street(line, at - 1) || leads_to_name(line, at - 1));
    if numbered {
        return goes_on;
    }
    let after_street = (is_street(before) || before.core == "Park") && in_address(line, at);
    (after_street || roads::ends_at(line, at - 1)).then(|| Reading::abbreviation(name, 1))
}

/// "E. Pine St." without a house number: no name before it makes an initial of the letter.
fn starts_street(line: &Line<'_>, at: usize) -> bool {
    let initial = at > 0 && line.tokens[at - 1].close.is_empty() && line.tokens[at - 1].is_capitalised();
    let ordinal = line.next_after_dot(at).is_some_and(|name| name.is_ordinal());
    if ordinal && !initial && line.tokens[at].close == "." {
        return true;
    }
    let name = line
        .next_after_dot(at)
        .is_some_and(|name| name.is_word() && name.core.len() > 2 && name.is_capitalised());
    let kind = |i: usize| {
        line.next(i)
            .is_some_and(|street| street.shape.upper && is_street(street))
    };
    line.tokens[at].close == "."
        && !initial
        && name
        && (kind(at + 1) || line.next(at + 1).is_some() && kind(at + 2))
}

/// "N. Dakota", "SE Asia": the point is part of the name, or of the thing.
fn before_region(line: &Line<'_>, at: usize) -> bool {
    let token = &line.tokens[at];
    (token.close == "." || token.core.len() > 1)
        && line.next_after_dot(at).is_some_and(|next| next.is(Role::Region))
}

/// "S St. NW": in Washington the letters are names.
fn is_lettered_street(line: &Line<'_>, at: usize) -> bool {
    line.tokens[at].core.len() == 1
        && line.next(at).is_some_and(|street| street.is(Role::Street))
        && line
            .next_after_dot(at + 1)
            .is_some_and(|quadrant| quadrant.core.len() > 1 && quadrant.is(Role::Direction))
}

/// "40 W. 57th", "12 N. Elm" at `at`: a street without its kind.
pub(super) fn leads_to_name(line: &Line<'_>, at: usize) -> bool {
    let Some(point) = line.next(at).filter(|point| point.is(Role::Direction)) else {
        return false;
    };
    // "Figure 5 E. Coli" is none.
    let named = line.previous(at).is_some_and(|before| before.is_capitalised());
    let Some(name) = line.next_after_dot(at + 1).filter(|_| !named) else {
        return false;
    };
    let ordinal = name.is_ordinal();
    let dotted = line.tokens[at + 1].close == "." || point.core.len() > 1;
    ordinal || dotted && name.is_word() && name.core.len() > 2 && name.is_capitalised()
}
