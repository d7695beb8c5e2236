//! English as it is written → segments of phonemes, as Kokoro was trained on them.
//!
//! ```text
//! request text → script → text (normalise → sentences → phonemes) → segments
//! ```
//!
//! Pure but for two doors: [`text::lexicon::file`] reads the user's lexicon, and the guesser of unknown words asks a child
//! espeak-ng. The manifest names no runtime, no HTTP and no metrics, so nothing here can wait for them.

pub mod script;
pub mod segments;
pub mod text;
