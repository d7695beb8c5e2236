//! The kinds of streets and the points of the compass, which more than addresses look for.

use crate::text::normalise::{
    line::Line,
    words::{Role, Roles, is, roles, said},
};

/// "two blocks N of Main", "5 mi. SW of town"
pub(crate) fn leads_away(line: &Line<'_>, at: usize) -> bool {
    line.get(at).is_some_and(|token| token.is(Role::Direction))
        && line.next_after_dot(at).is_some_and(|next| next.core == "of")
        && at > 0
        && is(
            line.tokens[at - 1]
                .core
                .trim_start_matches(|c: char| c.is_ascii_digit()),
            Role::Distance,
        )
}

/// The kind of a street, written out or not.
pub(crate) fn is_street(text: &str) -> bool {
    const STREETS: Roles = Roles::of(&[Role::Street, Role::StreetInAddress, Role::StreetWritten]);
    roles(text).meets(STREETS)
}

/// The point of the compass that "N", "NW" or, without its last full stop, "N.W" names.
pub(crate) fn direction(text: &str) -> Option<&'static str> {
    said(text, Role::Direction)
}
