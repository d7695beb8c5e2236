//! Tables of spaCy's English tokenizer and string store (MIT), made by `build.rs`.

/// A part of an exception and its norm, where it has one of its own.
type Piece = (&'static str, Option<&'static str>);

include!(concat!(env!("OUT_DIR"), "/spacy.rs"));
