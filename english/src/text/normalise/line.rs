//! A line as the classes see it.

pub(crate) mod tokens;
