//! Plain text with tags in brackets: `[pause:1.5s]`, `[word](/ipa/)`, `[voice:am_adam]`, `[rate:1.2]`,
//! `[gain:-3dB]`, `[variant:2]`.
//!
//! What looks like a tag but is none is text.

use super::{
    Builder, MAX_VARIANT, Options, ScriptError, parse_decibels, parse_decimal, parse_time, quoted, wrong_rate,
};

pub(super) fn read(text: &str, options: &Options, script: &mut Builder) -> Result<(), ScriptError> {
    // Text before `done` is in the script.
    let (mut done, mut from) = (0, 0);
    // A tag holds no bracket, so every byte is looked at once by each of the two searches.
    while let Some(open) = find(text, from, &['[']) {
        let Some(next) = find(text, open + 1, &['[', ']']) else {
            break;
        };
        from = next;
        if text[next..].starts_with('[') {
            continue;
        }
        let inner = &text[open + 1..next];
        let mut end = next + 1;
        let tag = match literal(text, end).filter(|_| !inner.trim().is_empty()) {
            Some(ipa) => {
                end += ipa.len() + "(//)".len();
                Some(Tag::Phonemes(ipa))
            }
            None => tag(inner, options.voice_tags, open)?,
        };
        let Some(tag) = tag else { continue };
        script.text(&text[done..open], done..open);
        (done, from) = (end, end);
        match tag {
            Tag::Phonemes(ipa) => script.phonemes(ipa, open + 1..next)?,
            Tag::Pause(pause) => script.pause(pause, open)?,
            Tag::Voice(name) => script.voice(name, options),
            Tag::Rate(rate, found) => script.rate(rate, found, open)?,
            Tag::Gain(gain) => script.gain(gain),
            Tag::Variant(variant) => script.variant(variant),
        }
    }
    script.text(&text[done..], done..text.len());
    Ok(())
}

enum Tag<'a> {
    Phonemes(&'a str),
    Pause(std::time::Duration),
    Voice(&'a str),
    Rate(f32, &'a str),
    Gain(f32),
    Variant(u8),
}

fn find(text: &str, from: usize, wanted: &[char]) -> Option<usize> {
    text[from..].find(wanted).map(|at| from + at)
}

/// The phonemes of `(/ipa/)` at `at`.
fn literal(text: &str, at: usize) -> Option<&str> {
    let rest = text[at..].strip_prefix("(/")?;
    let length = rest.find([')', '\n', '['])?;
    let ipa = rest[..length].strip_suffix('/')?;
    (rest[length..].starts_with(')') && !ipa.trim().is_empty()).then_some(ipa)
}

fn tag(inner: &str, voice_tags: bool, at: usize) -> Result<Option<Tag<'_>>, ScriptError> {
    let Some((kind, value)) = inner.split_once(':') else {
        return Ok(None);
    };
    let (kind, value) = (kind.trim(), value.trim());
    if kind.eq_ignore_ascii_case("pause") {
        Ok(parse_time(value).map(Tag::Pause))
    } else if voice_tags && kind.eq_ignore_ascii_case("voice") {
        match value {
            "" => Err(ScriptError::Voice { at }),
            name => Ok(Some(Tag::Voice(name))),
        }
    } else if voice_tags && kind.eq_ignore_ascii_case("rate") {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the range is checked by the builder"
        )]
        let rate = parse_decimal(value).ok_or_else(|| wrong_rate(value, at))? as f32;
        Ok(Some(Tag::Rate(rate, value)))
    } else if voice_tags && kind.eq_ignore_ascii_case("gain") {
        let found = quoted(value);
        let gain = parse_decibels(value).ok_or(ScriptError::Gain { at, found })?;
        Ok(Some(Tag::Gain(gain)))
    } else if voice_tags && kind.eq_ignore_ascii_case("variant") {
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        let variant = value
            .parse()
            .ok()
            .filter(|variant| digits && *variant <= MAX_VARIANT);
        let found = quoted(value);
        variant
            .map(|variant| Some(Tag::Variant(variant)))
            .ok_or(ScriptError::Variant { at, found })
    } else {
        Ok(None)
    }
}
