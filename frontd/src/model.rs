//! Model files: how they come here and what is made of them.

pub mod convert;
