//! `frontd phonemize`: lines in, one JSON object a line out.

use std::io::{self, BufRead, Write};

use serde::Serialize;

use crate::{
    script::Run,
    segments::Segment,
    text::{Dialect, TextFront, normalise::Options},
};

/// What is made of one line.
#[derive(Debug, Serialize)]
struct Line<'a> {
    text: &'a str,
    /// As plain English words and ordinary punctuation.
    normalized: String,
    /// What each rule of the normaliser read, if it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<Piece<'a>>>,
    /// misaki's string for the whole line, punctuation and spaces included.
    phonemes: String,
    /// As they would be synthesised if the line were a request.
    segments: Vec<Part>,
}

#[derive(Debug, Serialize)]
struct Piece<'a> {
    rule: &'static str,
    text: &'a str,
    said: String,
}

#[derive(Debug, Serialize)]
struct Part {
    phonemes: String,
    tokens: Vec<u8>,
}

/// Reads lines of UTF-8 (anything else is replaced) until the end of `input`.
///
/// # Errors
///
/// Where reading or writing fails, and where a line could not be read by a fault of ours.
pub fn run(
    front: &TextFront,
    dialect: Dialect,
    explain: bool,
    mut input: impl BufRead,
    mut output: impl Write,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes)? == 0 {
            return output.flush();
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_end_matches(['\n', '\r']);
        serde_json::to_writer(&mut output, &line(front, dialect, explain, text)?)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}

fn line<'a>(front: &TextFront, dialect: Dialect, explain: bool, text: &'a str) -> io::Result<Line<'a>> {
    let runs = [Run::Text {
        text: text.to_owned(),
        source: 0..text.len(),
    }];
    // Every class, units too, so that what is shown is what the normaliser can do.
    let options = Options {
        unit_normalization: true,
        ..Options::default()
    };
    let reading = front.read(&runs, dialect, &options).map_err(io::Error::other)?;
    let part = |segment: Segment| Part {
        phonemes: segment.phonemes,
        tokens: segment.tokens,
    };
    let pieces = explain.then(|| reading.pieces.into_iter());
    let piece = |piece: crate::text::normalise::Piece| Piece {
        rule: piece.rule,
        text: &text[piece.source],
        said: piece.said,
    };
    Ok(Line {
        text,
        normalized: reading.normalised,
        rules: pieces.map(|pieces| pieces.map(piece).collect()),
        phonemes: reading.phonemes,
        segments: reading.segments.into_iter().map(part).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::TextConfig;

    #[test]
    fn explains_which_rule_read_what() {
        let config = TextConfig {
            espeak: None,
            ..TextConfig::default()
        };
        let front = TextFront::new(config);
        let made = |explain: bool| -> serde_json::Value {
            let mut output = Vec::new();
            run(
                &front,
                Dialect::American,
                explain,
                "It costs $5-10.".as_bytes(),
                &mut output,
            )
            .unwrap();
            serde_json::from_slice(&output).unwrap()
        };
        let rules =
            serde_json::json!([{ "rule": "money.range", "text": "$5-10", "said": "five to ten dollars" }]);
        assert_eq!(made(true)["rules"], rules);
        assert!(made(false).get("rules").is_none());
    }
}
