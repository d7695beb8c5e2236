//! How numbers and signs are said.

pub(crate) mod numbers;
