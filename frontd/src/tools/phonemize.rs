//! `frontd phonemize`: lines in, one JSON object a line out.

use std::io::{self, BufRead, Write};

use serde::Serialize;

use crate::{
    human,
    script::{self, Item, Passage},
    segments::Segment,
    text::{Dialect, Reading, TextFront, normalise::Options},
    voices::Voices,
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
    /// As they would be synthesised if the line were a request with `allow_voice_tags`, and the pauses that it asks for.
    segments: Vec<Part>,
    /// Why the request would be refused; the rest is empty then.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct Piece<'a> {
    rule: &'static str,
    text: &'a str,
    said: String,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Part {
    Segment {
        phonemes: String,
        tokens: Vec<u8>,
        /// That of a tag.
        #[serde(skip_serializing_if = "Option::is_none")]
        voice: Option<String>,
        /// That of tags, if they change it.
        #[serde(skip_serializing_if = "Option::is_none")]
        rate: Option<f32>,
    },
    /// In seconds.
    Pause { pause: f64 },
}

/// Reads lines of UTF-8 (anything else is replaced) until the end of `input`.
///
/// # Errors
///
/// Where reading or writing fails, and where a line could not be read by a fault of ours.
pub fn run(
    front: &TextFront,
    voices: &Voices,
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
        serde_json::to_writer(&mut output, &line(front, voices, dialect, explain, text)?)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}

fn line<'a>(
    front: &TextFront,
    voices: &Voices,
    dialect: Dialect,
    explain: bool,
    text: &'a str,
) -> io::Result<Line<'a>> {
    let mut line = Line {
        text,
        normalized: String::new(),
        rules: explain.then(Vec::new),
        phonemes: String::new(),
        segments: Vec::new(),
        error: None,
    };
    let items = match items(text, voices, dialect) {
        Ok(items) => items,
        Err(error) => {
            line.error = Some(error);
            return Ok(line);
        }
    };
    for (item, dialect) in items {
        match item {
            Item::Pause(pause) => line.segments.push(Part::Pause {
                pause: pause.as_secs_f64(),
            }),
            Item::Passage(passage) => {
                // Every class, units too, so that what is shown is what the normaliser can do.
                let options = Options {
                    unit_normalization: true,
                    ..Options::default()
                };
                let reading = front
                    .read(&passage.runs, dialect, &options)
                    .map_err(io::Error::other)?;
                line.add(&passage, reading);
            }
        }
    }
    Ok(line)
}

/// What the text asks for, each with the dialect of its voice; or why the server would refuse it.
fn items(text: &str, voices: &Voices, dialect: Dialect) -> Result<Vec<(Item, Dialect)>, String> {
    let options = script::Options {
        voice_tags: true,
        ..script::Options::default()
    };
    let items = script::parse(text, &options).map_err(|error| error.to_string())?;
    let spoken = |item: Item| {
        let voice = match &item {
            Item::Passage(passage) => passage.voice.as_deref(),
            Item::Pause(_) => None,
        };
        let dialect = match voice {
            Some(voice) => voices
                .resolve(voice)
                .map_err(|error| human::causes(&error))?
                .dialect(),
            None => dialect,
        };
        Ok((item, dialect))
    };
    items.into_iter().map(spoken).collect()
}

impl Line<'_> {
    fn add(&mut self, passage: &Passage, reading: Reading) {
        for (whole, part) in [
            (&mut self.normalized, &reading.normalised),
            (&mut self.phonemes, &reading.phonemes),
        ] {
            if !whole.is_empty() && !part.is_empty() {
                whole.push(' ');
            }
            whole.push_str(part);
        }
        if let Some(rules) = &mut self.rules {
            rules.extend(reading.pieces.into_iter().map(|piece| Piece {
                rule: piece.rule,
                text: &self.text[piece.source],
                said: piece.said,
            }));
        }
        let part = |segment: Segment| Part::Segment {
            phonemes: segment.phonemes,
            tokens: segment.tokens,
            voice: passage.voice.clone(),
            rate: (passage.rate.to_bits() != 1.0_f32.to_bits()).then_some(passage.rate),
        };
        self.segments.extend(reading.segments.into_iter().map(part));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        text::TextConfig,
        voices::{Model, Settings, Weights},
    };

    fn made(text: &str, explain: bool) -> serde_json::Value {
        let front = TextFront::new(TextConfig {
            espeak: None,
            ..TextConfig::default()
        });
        let voices = Voices::open(Settings {
            model: Model::BuiltIn,
            folder: "/nonexistent".into(),
            weights: Weights::Sum,
            aliases: BTreeMap::new(),
        });
        let mut output = Vec::new();
        let input = text.as_bytes();
        run(&front, &voices, Dialect::American, explain, input, &mut output).unwrap();
        serde_json::from_slice(&output).unwrap()
    }

    #[test]
    fn explains_which_rule_read_what() {
        let rules =
            serde_json::json!([{ "rule": "money.range", "text": "$5-10", "said": "five to ten dollars" }]);
        assert_eq!(made("It costs $5-10.", true)["rules"], rules);
        assert!(made("It costs $5-10.", false).get("rules").is_none());
        let tagged = made("It is.[pause:1s] It costs $5-10.", true);
        assert_eq!(tagged["rules"], rules);
    }

    #[test]
    fn honours_tags_as_the_server_does() {
        let text = "Say [Kokoro](/kˈOkəɹO/) to a bath.[pause:1.5s] [voice:bm_george]A bath. [rate:1.5]It is a warm one.";
        let line = made(text, false);
        assert_eq!(
            line["normalized"],
            "Say \u{FFFC} to a bath. A bath. It is a warm one."
        );
        assert!(line["phonemes"].as_str().unwrap().contains("kˈOkəɹO"), "{line}");
        let segments = line["segments"].as_array().unwrap();
        assert_eq!(segments.len(), 4, "{line}");
        assert!(
            segments[0]["phonemes"].as_str().unwrap().ends_with("bˈæθ."),
            "{line}"
        );
        assert!(segments[0].get("voice").is_none() && segments[0].get("rate").is_none());
        assert_eq!(segments[1], serde_json::json!({ "pause": 1.5 }));
        assert_eq!(segments[2]["voice"], "bm_george");
        assert!(
            segments[2]["phonemes"].as_str().unwrap().contains("bˈɑːθ"),
            "{line}"
        );
        assert_eq!(segments[3]["rate"], 1.5);
        assert_eq!(
            segments[3]["tokens"].as_array().unwrap().len(),
            segments[3]["phonemes"].as_str().unwrap().chars().count()
        );
    }

    #[test]
    fn tells_why_a_line_would_be_refused() {
        for text in ["[voice:nobody]Hi.", "[rate:99]Hi.", "[pause:99s]Hi."] {
            let line = made(text, false);
            assert!(
                line["error"].as_str().is_some_and(|error| error.len() > 10),
                "{line}"
            );
            assert_eq!(line["segments"], serde_json::json!([]));
        }
        assert!(made("Hi.", false).get("error").is_none());
    }
}
