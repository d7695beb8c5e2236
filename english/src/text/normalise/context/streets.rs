//! The kinds of streets and what leads away from them, which more than addresses look for.

use crate::text::normalise::{
    line::{Line, tokens::Token},
    words::{Role, Roles, is},
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
pub(crate) fn is_street(token: &Token<'_>) -> bool {
    const STREETS: Roles = Roles::of(&[Role::Street, Role::StreetInAddress, Role::StreetWritten]);
    token.roles.meets(STREETS)
}
