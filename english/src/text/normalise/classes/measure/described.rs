//! What a measure stands before, so that its unit is singular: "a 12 oz can", "35 mm film".

use crate::text::normalise::{line::tokens::Token, words::Role};

/// A noun after "a 12 oz" is described by it.
pub(super) fn is_described(next: &Token<'_>, glued: bool) -> bool {
    let beside = matches!(
        next.core,
        "of" | "long" | "tall" | "wide" | "deep" | "high" | "away" | "or" | "and" | "to" | "in"
    );
    let noun = glued
        || next.is_small_word()
            && next.core.len() > 2
            && !next.is(Role::Function)
            && !matches!(
                next.core,
                "more" | "less" | "into" | "apart" | "thick" | "old" | "ago" | "later" | "each" | "per"
            );
    next.shape.lower && !beside && noun
}
