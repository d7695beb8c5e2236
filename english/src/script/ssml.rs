//! SSML: `break`, `voice`, `prosody rate`, `phoneme`, `sub`, `p`, `s`; `desc` and `metadata` are not spoken and
//! everything else is as if it were not there.
//!
//! <https://www.w3.org/TR/speech-synthesis11/>

use std::{borrow::Cow, ops::Range, time::Duration};

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::{Builder, Options, ScriptError, Speaker, parse_decimal, parse_time, wrong_rate};

/// Elements within each other.
pub(super) const MAX_DEPTH: usize = 64;

pub(super) fn read(text: &str, options: &Options, script: &mut Builder) -> Result<(), ScriptError> {
    let mut reader = Reader::from_str(text);
    // `<break/>` comes as a start and an end.
    reader.config_mut().expand_empty_elements = true;
    let mut document = Document {
        script,
        options,
        open: Vec::new(),
        replacing: None,
        silent: 0,
    };
    loop {
        let start = position(reader.buffer_position());
        let event = reader.read_event().map_err(|error| ScriptError::Xml {
            at: position(reader.error_position()),
            reason: error.to_string(),
        })?;
        let source = start..position(reader.buffer_position());
        match event {
            Event::Start(element) => document.start(&element, &source)?,
            Event::End(_) => document.end(source.start)?,
            Event::Text(text) => document.text(&text, source),
            Event::CData(text) => {
                let from = source.start + "<![CDATA[".len();
                document.text(&text, from..from + text.len());
            }
            Event::GeneralRef(reference) => document.reference(&reference, source)?,
            Event::DocType(_) => return Err(ScriptError::Doctype { at: source.start }),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if document.open.is_empty() => return Ok(()),
            Event::Eof => {
                let reason = "an element is not closed".to_owned();
                return Err(ScriptError::Xml {
                    at: text.len(),
                    reason,
                });
            }
        }
    }
}

struct Document<'a> {
    script: &'a mut Builder,
    options: &'a Options,
    open: Vec<Element>,
    /// Within `sub` or `phoneme`: what is said instead of the content, and the place of the content.
    replacing: Option<(Instead, Range<usize>)>,
    /// Elements around that are not spoken.
    silent: usize,
}

enum Element {
    /// At whose end somebody else speaks on.
    Speaker(Speaker),
    Sentence,
    Paragraph,
    Replacing,
    Silent,
    Transparent,
}

enum Instead {
    Text(String),
    Phonemes(String),
}

impl Document<'_> {
    fn start(&mut self, element: &BytesStart<'_>, source: &Range<usize>) -> Result<(), ScriptError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(ScriptError::TooDeep { at: source.start });
        }
        let opened = if self.silent > 0 || self.replacing.is_some() {
            Element::Transparent
        } else {
            self.open_element(element, source)?
        };
        self.open.push(opened);
        Ok(())
    }

    fn open_element(
        &mut self,
        element: &BytesStart<'_>,
        source: &Range<usize>,
    ) -> Result<Element, ScriptError> {
        let at = source.start;
        let name = element.local_name();
        let wrong = |reason: &str| ScriptError::Attribute {
            at,
            element: name.as_ref().to_owned(),
            reason: reason.to_owned(),
        };
        let attribute = |key: &str| attribute(element, key, at);
        let before = self.script.speaker.clone();
        Ok(match name.as_ref() {
            "break" => {
                let pause = match (attribute("time")?, attribute("strength")?) {
                    (Some(time), _) => parse_time(time.trim_start_matches('+')),
                    (None, strength) => pause_of_strength(strength.as_deref().unwrap_or("medium")),
                };
                let pause = pause.ok_or_else(|| wrong("a time or strength that cannot be read"))?;
                self.script.pause(pause, at)?;
                Element::Transparent
            }
            "voice" => {
                // Voices may also be asked for by gender or language; that is not done here.
                let name = attribute("name")?.filter(|name| !name.trim().is_empty());
                let name = name.ok_or_else(|| wrong("no name"))?;
                self.script.voice(name.trim(), self.options);
                Element::Speaker(before)
            }
            "prosody" => {
                if let Some(rate) = attribute("rate")? {
                    let found = rate.trim();
                    let rate = parse_rate(found, before.rate).ok_or_else(|| wrong_rate(found, at))?;
                    self.script.rate(rate, found, at)?;
                }
                Element::Speaker(before)
            }
            "phoneme" => {
                if attribute("alphabet")?.is_some_and(|alphabet| !alphabet.trim().eq_ignore_ascii_case("ipa"))
                {
                    return Err(wrong("an alphabet other than ipa"));
                }
                let ipa = attribute("ph")?.filter(|ipa| !ipa.trim().is_empty());
                let ipa = ipa.ok_or_else(|| wrong("no ph"))?;
                self.replacing = Some((Instead::Phonemes(ipa.trim().to_owned()), source.end..source.end));
                Element::Replacing
            }
            "sub" => {
                let alias = attribute("alias")?.ok_or_else(|| wrong("no alias"))?;
                self.replacing = Some((Instead::Text(alias.into_owned()), source.end..source.end));
                Element::Replacing
            }
            "p" => {
                self.script.text("\n\n", source.clone());
                Element::Paragraph
            }
            "s" => {
                self.script.end_passage();
                Element::Sentence
            }
            "desc" | "metadata" => {
                self.silent += 1;
                Element::Silent
            }
            _ => Element::Transparent,
        })
    }

    fn end(&mut self, at: usize) -> Result<(), ScriptError> {
        match self.open.pop() {
            Some(Element::Speaker(before)) => self.script.switch(before),
            Some(Element::Sentence) => self.script.end_passage(),
            Some(Element::Paragraph) => self.script.text("\n\n", at..at),
            Some(Element::Silent) => self.silent -= 1,
            Some(Element::Replacing) => match self.replacing.take() {
                Some((Instead::Text(text), source)) => self.script.text(&text, source),
                Some((Instead::Phonemes(ipa), source)) => self.script.phonemes(&ipa, source)?,
                None => {}
            },
            Some(Element::Transparent) | None => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str, source: Range<usize>) {
        if self.silent > 0 {
            return;
        }
        match &mut self.replacing {
            None => self.script.text(text, source),
            Some((_, place)) if place.start == place.end => *place = source,
            Some((_, place)) => place.end = source.end,
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>, source: Range<usize>) -> Result<(), ScriptError> {
        let at = source.start;
        let unknown = |reason: String| ScriptError::Xml { at, reason };
        match reference.resolve_char_ref() {
            Ok(Some(c)) => self.text(c.encode_utf8(&mut [0; 4]), source),
            Ok(None) => {
                let text = resolve_predefined_entity(reference);
                let text = text.ok_or_else(|| unknown(format!("there is no entity &{};", &**reference)))?;
                self.text(text, source);
            }
            Err(error) => return Err(unknown(error.to_string())),
        }
        Ok(())
    }
}

fn attribute<'a>(
    element: &'a BytesStart<'_>,
    key: &str,
    at: usize,
) -> Result<Option<Cow<'a, str>>, ScriptError> {
    let wrong = |reason: String| ScriptError::Xml { at, reason };
    let mut attributes = element.attributes();
    // Comparing each with each would take the square of a hostile number of them.
    for attribute in attributes.with_checks(false) {
        let attribute = attribute.map_err(|error| wrong(error.to_string()))?;
        if attribute.key.local_name().as_ref() == key {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            return value.map(Some).map_err(|error| wrong(error.to_string()));
        }
    }
    Ok(None)
}

fn pause_of_strength(strength: &str) -> Option<Duration> {
    Some(Duration::from_millis(match strength.trim() {
        "none" => 0,
        "x-weak" => 100,
        "weak" => 200,
        "medium" => 400,
        "strong" => 700,
        "x-strong" => 1000,
        _ => return None,
    }))
}

/// `around` is the rate outside, which percentages and factors change.
fn parse_rate(text: &str, around: f32) -> Option<f32> {
    let named = match text {
        "x-slow" => Some(0.5),
        "slow" => Some(0.75),
        "medium" | "default" => Some(1.0),
        "fast" => Some(1.25),
        "x-fast" => Some(1.5),
        _ => None,
    };
    if named.is_some() {
        return named;
    }
    let factor = match text.strip_suffix('%') {
        None => parse_decimal(text)?,
        Some(percent) => match (percent.strip_prefix('+'), percent.strip_prefix('-')) {
            (Some(more), _) => 1.0 + parse_decimal(more)? / 100.0,
            (_, Some(less)) => 1.0 - parse_decimal(less)? / 100.0,
            (None, None) => parse_decimal(percent)? / 100.0,
        },
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is checked by the builder"
    )]
    let factor = factor as f32;
    Some(around * factor)
}

fn position(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
