//! Headings of the user's text and when they are said.

use std::{ops::Range, time::Duration};

use super::{Captions, Said};
use crate::{delivery::Chapter, text::normalise};

/// What comes before the first heading.
const BEFORE: &str = "Introduction";

/// Where the titles of Markdown headings (`## Title`) stand, in order.
pub fn headings(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let tagless = without_tags(line.trim_end());
        let at = start + line.trim_end().len() - tagless.len();
        start += line.len();
        let mark = ["```", "~~~"].into_iter().find(|mark| tagless.starts_with(mark));
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) => {
                found.extend(normalise::heading(tagless).map(|title| at + title.start..at + title.end));
            }
            _ => {}
        }
    }
    found
}

/// A line without the tags that it begins with: `[voice:bm_george] # Title`.
fn without_tags(line: &str) -> &str {
    let mut rest = line.trim_start();
    while let Some((tag, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']'))
        && tag.contains(':')
        && !after.starts_with('(')
    {
        rest = after.trim_start();
    }
    rest
}

impl Captions {
    /// One for each heading, the first from 0 on; none without headings. Headings that are said in one go are one.
    #[must_use]
    pub fn chapters(&self) -> Vec<Chapter> {
        let mut chapters: Vec<Chapter> = Vec::new();
        for title in headings(&self.text) {
            let Some(start) = self.segments.iter().find_map(|said| said.start_of(&title)) else {
                continue;
            };
            let title = self.shown().between(title);
            match chapters.last_mut() {
                Some(last) if last.start == start => last.title = format!("{}: {title}", last.title),
                _ => chapters.push(Chapter { title, start }),
            }
        }
        let first = self.segments.first().map_or(Duration::ZERO, |said| said.start);
        match chapters.first_mut() {
            Some(chapter) if chapter.start > first => chapters.insert(
                0,
                Chapter {
                    title: BEFORE.to_owned(),
                    start: Duration::ZERO,
                },
            ),
            Some(chapter) => chapter.start = Duration::ZERO,
            None => {}
        }
        chapters
    }
}

impl Said {
    /// When it says the first word at or behind the beginning of `title`; `None` if it ends before.
    fn start_of(&self, title: &Range<usize>) -> Option<Duration> {
        if self.source.end <= title.start {
            return None;
        }
        let word = self.words.iter().find(|word| word.source.start >= title.start);
        Some(match word {
            Some(word) if self.source.start < title.start => word.start,
            _ => self.start,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_those_that_are_read_as_such() {
        let text = "# One\nText # no\n\n[voice:a][rate:2] ## Two ##\n#hash\n```\n# code\n```\n####### seven\n### Thr\u{e9}e";
        let found: Vec<&str> = headings(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["One", "Two", "Thr\u{e9}e"]);
        assert!(headings("").is_empty());
    }
}
