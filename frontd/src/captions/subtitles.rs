//! Words → subtitle cues → SRT or WebVTT.

use std::{fmt::Write as _, ops::Range, time::Duration};

use super::{SaidWord, Subtitles, shown::Shown};

/// Characters of a line; a cue has two.
const LINE: usize = 42;
const CUE_CHARS: usize = 2 * LINE;
const CUE_TIME: Duration = Duration::from_secs(6);
/// A silence this long ends a cue.
const SILENCE: Duration = Duration::from_millis(800);

pub(super) fn write(form: Subtitles, shown: &Shown, words: &[SaidWord]) -> String {
    let mut out = match form {
        Subtitles::Srt => String::new(),
        Subtitles::Vtt => "WEBVTT\n\n".to_owned(),
    };
    let cuts = shown.cuts(words.iter().map(|word| &word.source));
    let text = |words: Range<usize>| shown.between(cuts[words.start]..cuts[words.end]);
    for (i, cue) in cues(words, text).into_iter().enumerate() {
        let (start, end) = (words[cue.start].start, words[cue.end - 1].end);
        let lines = wrap(&text(cue));
        let _ = match form {
            Subtitles::Srt => write!(
                out,
                "{}\n{} --> {}\n{}\n\n",
                i + 1,
                clock(start, ','),
                clock(end, ','),
                // SRT knows no escapes; an arrow would be read as a time.
                lines.replace("-->", "->"),
            ),
            Subtitles::Vtt => write!(
                out,
                "{} --> {}\n{}\n\n",
                clock(start, '.'),
                clock(end, '.'),
                lines
                    .replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;"),
            ),
        };
    }
    out
}

/// Ranges of words. `text` gives the text of a range.
fn cues(words: &[SaidWord], text: impl Fn(Range<usize>) -> String) -> Vec<Range<usize>> {
    let mut cues = Vec::new();
    let mut begin = 0;
    let mut chars = 0;
    for i in 0..words.len() {
        let word = text(i..i + 1);
        chars += word.chars().count() + 1;
        let last = i + 1 == words.len();
        let ends_sentence = word
            .trim_end_matches(['"', '”', '’', ')'])
            .ends_with(['.', '!', '?', '…']);
        let ends = last || ends_sentence || {
            let next = &words[i + 1];
            chars + text(i + 1..i + 2).chars().count() > CUE_CHARS
                || next.end.saturating_sub(words[begin].start) > CUE_TIME
                || next.start.saturating_sub(words[i].end) > SILENCE
        };
        if ends {
            cues.push(begin..i + 1);
            (begin, chars) = (i + 1, 0);
        }
    }
    cues
}

/// Two lines of like length where one does not hold the text.
fn wrap(text: &str) -> String {
    let length = text.chars().count();
    if length <= LINE {
        return text.to_owned();
    }
    let spaces = text.char_indices().enumerate().filter(|(_, (_, c))| *c == ' ');
    match spaces.min_by_key(|(chars, _)| chars.abs_diff(length / 2)) {
        Some((_, (at, _))) => format!("{}\n{}", &text[..at], &text[at + 1..]),
        None => text.to_owned(),
    }
}

fn clock(time: Duration, point: char) -> String {
    let ms = time.as_millis();
    let (s, m, h) = (ms / 1000 % 60, ms / 60_000 % 60, ms / 3_600_000);
    format!("{h:02}:{m:02}:{s:02}{point}{:03}", ms % 1000)
}
