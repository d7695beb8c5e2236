//! Tables of spaCy's English tokenizer and string store (MIT), made by `build.rs`.

include!(concat!(env!("OUT_DIR"), "/spacy.rs"));
