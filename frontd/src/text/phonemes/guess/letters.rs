//! Letter-to-sound rules.

use crate::text::Dialect;

pub(super) fn say(word: &str, _dialect: Dialect) -> String {
    word.chars().filter(|c| c.is_alphabetic()).collect()
}
