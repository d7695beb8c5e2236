//! The classes of what is written otherwise than it is said, one file for each. None of them imports another.

pub(crate) mod abbreviation;
pub(crate) mod address;
pub(crate) mod cardinal;
pub(crate) mod date;
pub(crate) mod electronic;
pub(crate) mod emoji;
pub(crate) mod fraction;
pub(crate) mod identifier;
pub(crate) mod math;
pub(crate) mod measure;
pub(crate) mod money;
pub(crate) mod range;
pub(crate) mod roman;
pub(crate) mod scripture;
pub(crate) mod symbols;
pub(crate) mod telephone;
pub(crate) mod time;
pub(crate) mod word;
