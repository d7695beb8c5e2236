//! What `frontd` does besides serving.

pub mod ctl;
pub mod phonemize;
pub mod speak;
