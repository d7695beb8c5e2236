//! What a client may choose of how text is read.

/// Which classes are read; the names and defaults are those that clients of Kokoro servers use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct Options {
    /// Off: only Unicode is cleaned and the structure (paragraphs, headings, lists, emphasis) read.
    pub normalize: bool,
    /// "10 km/h" → "ten kilometers per hour".
    pub unit_normalization: bool,
    pub url_normalization: Urls,
    pub email_normalization: bool,
    /// "item(s)" → "items".
    pub optional_pluralization_normalization: bool,
    pub phone_normalization: bool,
    /// "a & b" → "a and b". Off: signs that no class reads are left out.
    pub replace_remaining_symbols: bool,
    /// Blocks of code: between fences, and `<pre>`.
    pub code_blocks: Aloud,
    pub emoji: Emoji,
    /// Stage directions: `(laughs)`, `[laughter]`, `*sighs*`.
    pub brackets: Aloud,
    /// Numbers of references: `shown [1]`, `[2, 3]`.
    pub citations: Aloud,
}

/// How a web address is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urls {
    /// With the names of its signs.
    Full,
    /// Without them.
    Signless,
    /// "a link to github dot com"
    Short,
    Skip,
}

/// Whether something is said at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aloud {
    Read,
    Skip,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emoji {
    /// They are left out beside words, and named where nothing else is said.
    Skip,
    Name,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            normalize: true,
            unit_normalization: false,
            url_normalization: Urls::Full,
            email_normalization: true,
            optional_pluralization_normalization: true,
            phone_normalization: true,
            replace_remaining_symbols: true,
            code_blocks: Aloud::Read,
            emoji: Emoji::Skip,
            brackets: Aloud::Read,
            citations: Aloud::Skip,
        }
    }
}
