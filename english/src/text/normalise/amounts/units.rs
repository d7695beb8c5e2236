//! The units and how they are called.

use crate::text::{
    Dialect,
    normalise::words::{self, Role, said},
};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    one: &'static str,
    many: &'static str,
    /// May be squared and cubed.
    pub length: bool,
    /// Also a word or a letter of its own, so that a space before it leaves doubt.
    pub ambiguous: bool,
}

impl Unit {
    pub(crate) fn name(&self, one: bool, dialect: Dialect) -> String {
        let name = if one { self.one } else { self.many };
        if dialect == Dialect::British {
            let name = name.replace("meter", "metre").replace("liter", "litre");
            return if name.starts_with("ton") {
                name.replace("ton", "tonne")
            } else {
                name
            };
        }
        name.to_owned()
    }
}

/// The unit that is written so. Some are only known right after a digit.
pub(crate) fn find(text: &str, glued: bool) -> Option<Unit> {
    let (one, many) = said(text, Role::Unit)?.split_once('/')?;
    let roles = words::roles(text);
    // "3k" and "5K" are thousands, "4B" is a billion; "802.11ac"
    if glued && matches!(text, "B" | "K" | "st" | "ac") || !glued && roles.has(Role::UnitGlued) {
        return None;
    }
    Some(Unit {
        one,
        many,
        length: roles.has(Role::UnitLength),
        ambiguous: roles.has(Role::UnitLetter),
    })
}

/// The sign of a unit that stands as a word of its own.
pub(crate) fn is_unit(text: &str) -> bool {
    find(text, false).is_some()
}
