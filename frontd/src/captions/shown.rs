//! The user's text without its markup.

use std::ops::Range;

use crate::{
    script::{Item, Run},
    text::{
        normalise::{self, Options},
        spanned::Spanned,
    },
};

/// What of the user's text is to be shown, and where it stands.
#[derive(Debug)]
pub(super) struct Shown {
    pieces: Vec<Piece>,
    text_len: usize,
}

#[derive(Debug)]
struct Piece {
    source: Range<usize>,
    text: String,
}

/// A sign is shown as it was written, and what a notation means as what it means: an entity, a tag, a formula.
fn shown<'a>(said: &'a str, written: &'a str) -> &'a str {
    let notation = written.starts_with(['&', '<']) || written.contains(['\\', '{', '$']);
    if said.trim().is_empty() {
        " "
    } else if !notation {
        written
    } else if said.contains(char::is_alphanumeric) || !written.starts_with('<') {
        said
    } else {
        " "
    }
}

impl Shown {
    pub(super) fn new(text: &str, items: &[Item]) -> Self {
        let mut pieces = Vec::new();
        let mut push = |source: Range<usize>, text: String| pieces.push(Piece { source, text });
        for item in items {
            let Item::Passage(passage) = item else { continue };
            let visible = normalise::visible(Spanned::from_runs(&passage.runs), &Options::default());
            for (said, source) in visible.parts() {
                let written = text.get(source.clone()).unwrap_or_default();
                push(source, shown(said, written).to_owned());
            }
            let end = passage.runs.last().map_or(0, |run| match run {
                Run::Text { source, .. } | Run::Phonemes { source, .. } => source.end,
            });
            // What a tag parts does not grow together.
            push(end..end, " ".to_owned());
        }
        pieces.sort_by_key(|piece| (piece.source.start, piece.source.end));
        Self {
            pieces,
            text_len: text.len(),
        }
    }

    /// The words in `range`, with single spaces.
    pub(super) fn between(&self, range: Range<usize>) -> String {
        let first = self
            .pieces
            .partition_point(|piece| piece.source.end < range.start);
        let mut text = String::new();
        for piece in &self.pieces[first..] {
            if piece.source.start >= range.end {
                break;
            }
            if piece.text.len() == piece.source.len() {
                let from = range.start.saturating_sub(piece.source.start);
                let to = (range.end - piece.source.start).min(piece.text.len());
                text.push_str(piece.text.get(from..to).unwrap_or_default());
            } else if piece.source.start >= range.start {
                text.push_str(&piece.text);
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Where to cut the text between neighbours of `parts`, its beginning and end included: what follows a word
    /// goes with it up to the last white space, so that an opening quote goes with the next.
    pub(super) fn cuts<'a>(&self, parts: impl Iterator<Item = &'a Range<usize>>) -> Vec<usize> {
        let parts: Vec<_> = parts.collect();
        let between = parts.windows(2).map(|pair| self.cut(pair[0].end, pair[1].start));
        let mut cuts = vec![0];
        cuts.extend(between);
        cuts.push(self.text_len);
        // Sources may repeat or overlap where words were said differently from how they are written.
        for i in 1..cuts.len() {
            cuts[i] = cuts[i].max(cuts[i - 1]);
        }
        cuts
    }

    fn cut(&self, end: usize, start: usize) -> usize {
        let first = self.pieces.partition_point(|piece| piece.source.end <= end);
        let mut cut = start.max(end);
        for piece in self.pieces[first..]
            .iter()
            .take_while(|piece| piece.source.start < start)
        {
            if piece.text.len() == piece.source.len() {
                let from = end.saturating_sub(piece.source.start);
                let to = (start - piece.source.start).min(piece.text.len());
                let gap = piece.text.get(from..to).unwrap_or_default();
                if let Some((at, space)) = gap.char_indices().rev().find(|(_, c)| c.is_whitespace()) {
                    cut = piece.source.start + from + at + space.len_utf8();
                }
            }
        }
        cut
    }
}
