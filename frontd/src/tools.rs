//! What `frontd` does besides serving.

pub mod phonemize;
