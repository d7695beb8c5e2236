//! Cues → SRT or WebVTT.

use std::{fmt::Write as _, time::Duration};

use super::{SaidWord, Subtitles, cues, shown::Shown};

pub(super) fn write(form: Subtitles, shown: &Shown, words: &[SaidWord]) -> String {
    let mut out = match form {
        Subtitles::Srt => String::new(),
        Subtitles::Vtt => "WEBVTT\n\n".to_owned(),
    };
    for (i, cue) in cues::cues(shown, words).into_iter().enumerate() {
        let lines = cue.lines.join("\n");
        let _ = match form {
            Subtitles::Srt => write!(
                out,
                "{}\n{} --> {}\n{}\n\n",
                i + 1,
                clock(cue.start, ','),
                clock(cue.end, ','),
                // SRT knows no escapes; an arrow would be read as a time.
                lines.replace("-->", "->"),
            ),
            Subtitles::Vtt => write!(
                out,
                "{} --> {}\n{}\n\n",
                clock(cue.start, '.'),
                clock(cue.end, '.'),
                lines
                    .replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;"),
            ),
        };
    }
    out
}

fn clock(time: Duration, point: char) -> String {
    let ms = time.as_millis();
    let (s, m, h) = (ms / 1000 % 60, ms / 60_000 % 60, ms / 3_600_000);
    format!("{h:02}:{m:02}:{s:02}{point}{:03}", ms % 1000)
}
