//! The text front end: English as it is written → phonemes as Kokoro was trained on them.
//!
//! ```text
//! runs → Spanned → normalise → sentences → phonemes → segments
//! ```

pub mod spanned;

/// Which English: American voices begin with `a`, British ones with `b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    American,
    British,
}
