//! HTML entities.

use crate::text::normalise::words::{Role, said};
/// No entity is longer, with "&" and ";".
const MAX_BYTES: usize = 10;

/// The entity at the start of `text` and its length.
pub(super) fn read(text: &str) -> Option<(String, usize)> {
    let window = &text.as_bytes()[..text.len().min(MAX_BYTES)];
    let end = window.iter().position(|&b| b == b';')?;
    let name = text.get(1..end)?;
    let entity = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            let c = char::from_u32(code)?;
            // Cleaned like anything else that is written.
            super::super::unicode::cleaned(c)
        }
        None => said(name, Role::Entity)?.to_owned(),
    };
    Some((entity, end + 1))
}
