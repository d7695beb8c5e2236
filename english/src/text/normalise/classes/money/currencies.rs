//! The currencies: their signs and codes, and how they are called.

use crate::text::normalise::words::{Role, said};

#[derive(Debug, Clone, Copy)]
pub(super) struct Currency {
    pub one: &'static str,
    pub many: &'static str,
    /// The hundredth, if it is in use.
    pub minor: Option<(&'static str, &'static str)>,
}

/// The currency in a row of the table: "dollar/dollars/cent/cents".
fn currency(text: &str, role: Role) -> Option<Currency> {
    let (one, rest) = said(text, role)?.split_once('/')?;
    let (many, minor) = rest.split_once('/').unwrap_or((rest, ""));
    let minor = minor.split_once('/');
    Some(Currency { one, many, minor })
}

/// The sign at the start of `text`, and the rest.
pub(super) fn sign_before(text: &str) -> Option<(Currency, &str)> {
    const LONGEST: usize = 3;
    // Every sign has a dollar or is no ASCII: most tokens are passed at once.
    if !text.bytes().take(LONGEST).any(|b| b == b'$' || !b.is_ascii()) {
        return None;
    }
    (1..=LONGEST)
        .rev()
        .filter_map(|end| text.split_at_checked(end))
        .find_map(|(sign, rest)| Some((currency(sign, Role::CurrencySign)?, rest)))
}

/// The currency of a code.
pub(super) fn code(text: &str) -> Option<Currency> {
    currency(text, Role::Currency)
}

/// The currency whose sign or code `text` is.
pub(super) fn sign_or_code(text: &str) -> Option<Currency> {
    currency(text, Role::CurrencySign).or_else(|| code(text))
}

/// The currency whose code `text` begins with, and the rest.
pub(super) fn code_prefix(text: &str) -> Option<(Currency, &str)> {
    let end = text.find(|c: char| !c.is_alphabetic())?;
    Some((code(&text[..end])?, &text[end..]))
}
