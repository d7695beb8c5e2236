//! Chapters as files of a ZIP.

use std::io::{self, Seek, SeekFrom, Write};

use audio::Format;

use crate::store::Draft;

/// Characters of a chapter's title that its file is called by.
const NAME_CHARS: usize = 60;

/// `03 The Storm.mp3`, so that they are listed in order; without what a file system takes amiss.
pub(super) fn file_name(index: usize, count: usize, title: &str, format: Format) -> String {
    let digits = count.to_string().len().max(2);
    let safe = |c: char| {
        if c.is_control() || "/\\:*?\"<>|".contains(c) {
            ' '
        } else {
            c
        }
    };
    let title: String = title.chars().map(safe).take(NAME_CHARS).collect();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = title.trim_matches(['.', ' ']);
    let number = format!("{:0digits$}", index + 1);
    let stem = if title.is_empty() {
        number
    } else {
        format!("{number} {title}")
    };
    format!("{stem}.{}", format.extension())
}

/// A draft as the writer of a ZIP wants it: it goes back to the head of an entry once its length is known.
#[derive(Debug)]
pub(super) struct Seekable {
    draft: Draft,
    at: u64,
}

impl Seekable {
    pub(super) fn new(draft: Draft) -> Self {
        Self { draft, at: 0 }
    }

    pub(super) fn into_inner(self) -> Draft {
        self.draft
    }
}

impl Write for Seekable {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let over = usize::try_from(self.draft.bytes() - self.at)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let written = if over == 0 {
            self.draft.write(bytes).map(|()| bytes.len())
        } else {
            self.draft.write_over(self.at, &bytes[..over]).map(|()| over)
        };
        let count = written.map_err(io::Error::other)?;
        self.at += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Seekable {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.draft.bytes().checked_add_signed(by),
        };
        self.at = at
            .filter(|at| *at <= self.draft.bytes())
            .ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_by_number_and_title() {
        for (index, count, title, name) in [
            (0, 3, "The Storm", "01 The Storm.mp3"),
            (11, 200, "What? A/B: \"C\"", "012 What A B C.mp3"),
            (1, 9, " ... ", "02.mp3"),
            (1, 9, "../../etc", "02 etc.mp3"),
        ] {
            assert_eq!(file_name(index, count, title, Format::Mp3), name);
        }
        assert!(file_name(0, 1, &"é".repeat(500), Format::Wav).chars().count() < 80);
    }
}
