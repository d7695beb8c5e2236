//! What a measure stands before, so that its unit is singular: "a 12 oz can", "35 mm film".

use crate::text::normalise::{context, line::tokens::Token};

/// A noun after "a 12 oz" is described by it.
pub(super) fn is_described(next: &Token<'_>, glued: bool) -> bool {
    let beside = matches!(
        next.core,
        "of" | "long" | "tall" | "wide" | "deep" | "high" | "away" | "or" | "and" | "to" | "in"
    );
    let noun = glued
        || next.is_word()
            && !next.shape.upper
            && next.core.len() > 2
            && !context::is_function_word(next.core)
            && !matches!(
                next.core,
                "more" | "less" | "into" | "apart" | "thick" | "old" | "ago" | "later" | "each" | "per"
            );
    next.shape.lower && !beside && noun
}

/// Nouns that a measure before them describes: "35 mm film", "100m dash".
pub(super) const DESCRIBED: &[&str] = &[
    "barrel",
    "battery",
    "bike",
    "bottle",
    "bulb",
    "cable",
    "camera",
    "card",
    "charger",
    "dash",
    "dose",
    "drive",
    "engine",
    "film",
    "font",
    "glass",
    "gun",
    "jack",
    "head",
    "hose",
    "hike",
    "jug",
    "lamp",
    "lens",
    "limit",
    "memory",
    "model",
    "monitor",
    "motor",
    "network",
    "pipe",
    "pistol",
    "processor",
    "race",
    "radius",
    "ride",
    "run",
    "screen",
    "sirloin",
    "screw",
    "sprint",
    "steak",
    "stretch",
    "tank",
    "tube",
    "version",
    "walk",
    "wrench",
    "zone",
];
