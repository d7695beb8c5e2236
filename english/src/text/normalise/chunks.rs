//! Cuts a text into pieces that can be normalised one after the other.

use crate::text::spanned::Spanned;

/// The most that is normalised at once, in bytes.
pub const MAX_CHUNK_BYTES: usize = 8 * 1024;

/// The most of the first piece, which a listener waits for. It is doubled with each piece up to [`MAX_CHUNK_BYTES`].
const FIRST_CHUNK_BYTES: usize = 1024;

/// Cuts at the ends of paragraphs; where one is longer than a piece may be at sentence or line ends, then at spaces,
/// then anywhere. No paragraph end inside a code fence counts. The pieces join to the whole.
pub fn chunks(input: &Spanned) -> impl Iterator<Item = Spanned> {
    let mut at = 0;
    let mut limit = FIRST_CHUNK_BYTES;
    std::iter::from_fn(move || {
        let rest = &input.text()[at..];
        if rest.is_empty() {
            return None;
        }
        let end = at + cut(rest, limit);
        limit = (limit * 2).min(MAX_CHUNK_BYTES);
        let chunk = input.part(at..end);
        at = end;
        Some(chunk)
    })
}

/// How much of `rest` the next piece takes: at most `limit`, or [`MAX_CHUNK_BYTES`] where only that ends well.
fn cut(rest: &str, limit: usize) -> usize {
    if rest.len() <= limit {
        return rest.len();
    }
    let window = &rest[..rest.floor_char_boundary(limit)];
    // A cut in the first part would leave little progress for the scan of a window.
    let good = |end: &usize| *end >= limit / 8;
    if let Some(end) = paragraph_end(window)
        .filter(good)
        .or_else(|| sentence_end(window).filter(good))
    {
        return end;
    }
    if limit < MAX_CHUNK_BYTES {
        return cut(rest, MAX_CHUNK_BYTES);
    }
    last_after(window, |a, b| {
        matches!(b, b' ' | b'\n') && matches!(a, b'.' | b'!' | b'?')
    })
    .filter(good)
    .or_else(|| last_after(window, |a, b| b == b'\n' && a != b'\n').filter(good))
    .or_else(|| last_after(window, |_, b| b == b' ').filter(good))
    .unwrap_or(window.len())
}

/// The end of the last sentence that is surely one: a word of small letters, a mark, a space and a capital.
fn sentence_end(window: &str) -> Option<usize> {
    let surely = |at: &[u8]| {
        at[..4].iter().all(u8::is_ascii_lowercase)
            && matches!(at[4], b'.' | b'!' | b'?')
            && at[5] == b' '
            && at[6].is_ascii_uppercase()
    };
    window.as_bytes().windows(7).rposition(surely).map(|i| i + 6)
}

/// The end of the last paragraph that ends in `window` outside a code fence.
fn paragraph_end(window: &str) -> Option<usize> {
    let (mut fenced, mut blank, mut end, mut found) = (false, false, 0, None);
    for line in window.split_inclusive('\n') {
        let content = line.trim();
        if content.is_empty() {
            blank = line.ends_with('\n');
        } else {
            if blank && !fenced {
                found = Some(end);
            }
            blank = false;
            fenced ^= content.starts_with("```") || content.starts_with("~~~");
        }
        end += line.len();
    }
    if blank && !fenced { Some(end) } else { found }
}

/// The end of the last pair of bytes for which `ends` holds. Both are ASCII there, so it is a character boundary.
fn last_after(window: &str, ends: impl Fn(u8, u8) -> bool) -> Option<usize> {
    window
        .as_bytes()
        .windows(2)
        .rposition(|pair| ends(pair[0], pair[1]))
        .map(|i| i + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spanned(text: &str) -> Spanned {
        let mut spanned = Spanned::default();
        spanned.push_verbatim(text, 0);
        spanned
    }

    fn pieces(text: &str) -> Vec<String> {
        chunks(&spanned(text)).map(|c| c.text().to_owned()).collect()
    }

    #[test]
    fn the_first_piece_is_short_and_ends_with_a_sentence() {
        let pieces = pieces(&"We saw Dr. Smith. It was late when they came home. ".repeat(400));
        assert!(pieces[0].len() <= FIRST_CHUNK_BYTES);
        assert!(pieces[0].ends_with("home. "), "{:?}", pieces[0]);
        assert!(pieces[1].len() <= 2 * FIRST_CHUNK_BYTES && pieces[1].starts_with("We saw"));
    }

    #[test]
    fn cuts_at_paragraph_ends() {
        let paragraph = format!("{}.\n\n", "word ".repeat(500).trim_end());
        let pieces = pieces(&paragraph.repeat(10));
        assert!(pieces.len() > 2);
        assert!(
            pieces
                .iter()
                .all(|p| p.ends_with(".\n\n") && p.starts_with("word"))
        );
    }

    #[test]
    fn cuts_long_paragraphs_at_sentence_ends() {
        let pieces = pieces(&"Here is a sentence. ".repeat(2000));
        assert!(pieces.iter().all(|p| p.ends_with(". ")), "{pieces:?}");
    }

    #[test]
    fn keeps_a_code_fence_whole() {
        let text = format!(
            "{}\n\n```\na = 1\n\nb = 2\n```\n\nAnd {}",
            "x y. ".repeat(1500),
            "so on. ".repeat(1000)
        );
        let pieces = pieces(&text);
        assert!(pieces.iter().all(|p| p.matches("```").count() % 2 == 0));
    }

    #[test]
    fn joins_to_the_whole_whatever_the_text() {
        for text in [
            "é".repeat(9000),
            "\n".repeat(20_000),
            "a".repeat(20_000),
            " \n".repeat(9000),
        ] {
            let input = spanned(&text);
            let mut whole = Spanned::default();
            for chunk in chunks(&input) {
                assert!(chunk.text().len() <= MAX_CHUNK_BYTES);
                whole.push_part(&chunk, 0..chunk.text().len());
            }
            assert_eq!(whole, input);
        }
    }
}
