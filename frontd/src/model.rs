//! Model files: how they come here and what is made of them.

pub mod choose;
pub mod command;
pub mod convert;
pub mod files;
pub mod install;
