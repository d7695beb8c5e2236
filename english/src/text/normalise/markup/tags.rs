//! Tags of HTML, SSML and whatever else is written in angle brackets.

use crate::text::spanned::LITERAL;

/// A tag is no longer than this; addresses in it may be long.
const MAX_BYTES: usize = 4096;

/// Tags that separate what stands before and after them.
const BREAKING: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "title",
    "tr",
    "ul",
];

/// Tags of HTML and SSML that do not. Others are tags too, if they are closed or have attributes; `<name>` alone is text.
const SILENT: &[&str] = &[
    "a", "abbr", "audio", "b", "bdi", "bdo", "big", "body", "button", "center", "cite", "code", "col",
    "colgroup", "data", "del", "details", "dfn", "em", "emphasis", "figure", "font", "head", "html", "i",
    "img", "input", "ins", "kbd", "label", "main", "mark", "meta", "nav", "nobr", "phoneme", "picture",
    "prosody", "q", "ruby", "s", "samp", "say-as", "small", "source", "span", "speak", "strike", "strong",
    "sub", "sup", "tbody", "tfoot", "thead", "time", "tt", "u", "var", "video", "wbr",
];

/// A tag as it is written.
pub(super) struct Tag<'a> {
    pub name: &'a str,
    pub attributes: &'a str,
    /// `</name>`
    pub closes: bool,
    /// `<name/>`
    pub empty: bool,
    /// Where it ends in the text.
    pub end: usize,
}

/// What a tag does to what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Breaks,
    /// A cell of a table begins.
    Cell,
    Pause,
    None,
}

/// The tag that begins at `at`. `a<b and c>d` has none.
pub(super) fn tag(text: &str, at: usize) -> Option<Tag<'_>> {
    let rest = text[at..].strip_prefix('<')?;
    let window = &rest[..rest.floor_char_boundary(MAX_BYTES)];
    let slash = usize::from(window.starts_with('/'));
    let inside = &window[slash..];
    if !inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let length = inside
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_')))
        .unwrap_or(inside.len());
    let (name, tail) = inside.split_at(length);
    let close = end(tail)?;
    let attributes = tail[..close].trim();
    let empty = attributes.ends_with('/');
    let attributes = attributes.trim_end_matches('/').trim_end();
    // Attributes have values, but for one that may be a flag.
    let right = attributes.is_empty()
        || tail.starts_with(char::is_whitespace) && (attributes.contains('=') || !attributes.contains(' '));
    (right && !name.ends_with(':') && !attributes.contains(LITERAL)).then_some(Tag {
        name,
        attributes,
        closes: slash == 1,
        empty,
        end: at + 1 + slash + length + close + 1,
    })
}

/// The place of the ">" that ends a tag. Within quotation marks it may stand, "<" may not.
fn end(tail: &str) -> Option<usize> {
    let mut quote = None;
    for (i, b) in tail.bytes().enumerate() {
        match b {
            b'<' => return None,
            b'>' if quote.is_none() => return Some(i),
            b'"' | b'\'' if quote == Some(b) => quote = None,
            b'"' | b'\'' if quote.is_none() && tail[..i].ends_with('=') => quote = Some(b),
            _ => {}
        }
    }
    None
}

impl Tag<'_> {
    /// What the tag does; `None` where it is text, as `<your name>` is. `closed` tells whether a name is closed later.
    pub(super) fn effect(&self, closed: impl FnOnce(&str) -> bool) -> Option<Effect> {
        let name = self.name.to_ascii_lowercase();
        let known = |names: &[&str]| names.binary_search(&name.as_str()).is_ok();
        match name.as_str() {
            "td" | "th" if self.closes => Some(Effect::None),
            "td" | "th" => Some(Effect::Cell),
            "break" if !self.closes => Some(Effect::Pause),
            _ if known(BREAKING) => Some(Effect::Breaks),
            _ if known(SILENT) => Some(Effect::None),
            _ => {
                let surely = self.closes || self.empty || self.attributes.contains('=');
                (surely || closed(self.name)).then_some(Effect::None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(BREAKING.is_sorted() && SILENT.is_sorted());
    }

    #[test]
    fn tells_tags_from_comparisons() {
        for text in [
            "<b>",
            "</b>",
            "<br/>",
            "<a href=\"x > y\">",
            "<details open>",
            "<x:y z='1' />",
            "<IMG SRC=a.png>",
        ] {
            assert_eq!(tag(text, 0).map(|tag| tag.end), Some(text.len()), "{text}");
        }
        for text in [
            "<",
            "<b",
            "< b>",
            "<3>",
            "<b and c>",
            "<a <b>",
            "<https://a.b>",
            "<b,c>",
        ] {
            assert!(tag(text, 0).is_none(), "{text}");
        }
    }
}
