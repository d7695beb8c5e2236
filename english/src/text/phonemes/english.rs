//! A sentence → what it says. The order of decisions is misaki's (Apache-2.0): words are tagged, split, joined
//! to the longest known parts from the end, and read from last to first, since `the` and `to` hang on what follows.

use std::{borrow::Cow, ops::Range};

use unicode_normalization::UnicodeNormalization;

use super::{
    Context, Phonemizer, Token,
    guess::Guesser,
    heteronyms::{self, Fix},
    literal,
    pronounce::Pronouncer,
    stress::{self, Stress, is_consonant, is_vowel},
    stutter::{is_stutter, onset},
    subwords::subwords,
    tagger::Tagger,
    words::{Word, words},
};
use crate::text::{Dialect, normalise, spanned::LITERAL, vocabulary};

/// English of one dialect.
#[derive(Debug)]
pub(super) struct English {
    pub(super) dialect: Dialect,
    pub(super) tagger: std::sync::Arc<Tagger>,
    pub(super) pronouncer: Pronouncer,
    pub(super) guesser: Guesser,
}

/// The most parts that are looked up as one word. Keeps chains of hyphens linear.
const LONGEST_COMPOUND: usize = 12;
/// Up to so many parts a compound with an unknown part is guessed as a whole.
const LONGEST_GUESS: usize = 8;

/// A part of a word: what is looked up.
#[derive(Debug)]
struct Part<'a> {
    text: &'a str,
    range: Range<usize>,
    tag: &'static str,
    space: bool,
    said: Option<String>,
    guessed: bool,
    /// What it says wherever it is looked up alone.
    fixed: Option<&'static str>,
    /// A mark or the like that joins no compound.
    alone: bool,
    /// Parted from what precedes it by a space.
    apart: bool,
}

impl Phonemizer for English {
    fn phonemize(&self, sentence: &str, literals: &[String]) -> Vec<Token> {
        let mut parts = self.parts(sentence, literals);
        let compounds = compounds(&parts);
        let mut context = Context::default();
        for compound in compounds.iter().rev() {
            let parts = &mut parts[compound.clone()];
            if let [part] = parts {
                if part.said.is_none() {
                    self.single(part, context);
                }
                context = context.before(part.said.as_deref().unwrap_or_default(), part.text, part.tag);
            } else {
                context = self.compound(sentence, parts, context);
            }
        }
        let mut tokens: Vec<Token> = compounds
            .into_iter()
            .map(|compound| token(&parts[compound]))
            .collect();
        stress_only_word(sentence, &mut tokens);
        tokens
    }
}

/// Stresses a word that is all there is: "Go.", "On." and "Why?" are said weakly only among others.
fn stress_only_word(sentence: &str, tokens: &mut [Token]) {
    let mut spoken = tokens
        .iter_mut()
        .filter(|token| token.phonemes.chars().any(vocabulary::is_sound));
    if let (Some(only), None) = (spoken.next(), spoken.next())
        && !sentence[only.range.clone()].starts_with(LITERAL)
    {
        only.phonemes = Stress::Primary.apply(std::mem::take(&mut only.phonemes));
    }
}

impl English {
    fn parts<'a>(&self, sentence: &'a str, literals: &[String]) -> Vec<Part<'a>> {
        let words = words(sentence);
        let tags = self.tagger.tag(&as_tagged(&words));
        let mut literals = literals.iter();
        let mut parts: Vec<Part<'a>> = Vec::with_capacity(words.len() + words.len() / 4);
        for (i, word) in words.iter().enumerate() {
            let (tag, fixed) = match heteronyms::fix(&words, &tags, i, self.dialect) {
                Some(Fix::Tag(tag)) => (tag, None),
                Some(Fix::Say(said)) => (tags[i], Some(said)),
                None => (tags[i], None),
            };
            if let Some(literal) = parts.last_mut()
                && literal.text.starts_with(LITERAL)
                && !literal.space
                && matches!(word.text, "'s" | "’s" | "s")
            {
                let said = stress::with_s(literal.said.as_deref().unwrap_or_default(), self.dialect);
                literal.said = said.or(literal.said.take());
                literal.range.end = word.start + word.text.len();
                literal.space = word.space;
                continue;
            }
            let subwords = subwords(word.text);
            let count = subwords.len();
            for (i, range) in subwords.into_iter().enumerate() {
                let text = &word.text[range.clone()];
                let said = match text.chars().next() {
                    // "I-it's": the tagger takes some hyphens for dashes.
                    Some('-') if joins_stutter(sentence, &parts, word) => None,
                    Some(LITERAL) => literals.next().map(|ipa| literal::check(ipa).phonemes),
                    _ => mark(text, tag),
                };
                parts.push(Part {
                    text,
                    range: word.start + range.start..word.start + range.end,
                    tag,
                    space: word.space && i + 1 == count,
                    alone: said.is_some(),
                    said,
                    guessed: false,
                    fixed: fixed.filter(|_| count == 1),
                    apart: false,
                });
            }
            if count == 0
                && word.space
                && let Some(last) = parts.last_mut()
            {
                last.space = true;
            }
        }
        parts
    }

    fn single(&self, part: &mut Part<'_>, context: Context) {
        let known = match part.fixed {
            Some(said) => Some(said.to_owned()),
            None => self.known(part.text, part.tag, context),
        };
        part.guessed = known.is_none();
        part.said = known.or_else(|| Some(self.guesser.say(part.text)));
    }

    /// Says the longest known runs of parts, from the end; gives the context before them.
    fn compound(&self, sentence: &str, parts: &mut [Part<'_>], mut context: Context) -> Context {
        if let Some(context) = self.stutter(sentence, parts, context) {
            return context;
        }
        let mut right = parts.len();
        while right > 0 {
            let first = right.saturating_sub(LONGEST_COMPOUND);
            let known = (first..right).find_map(|left| {
                let run = &parts[left..right];
                let text = &sentence[run[0].range.start..run[run.len() - 1].range.end];
                let known = match run {
                    [
                        Part {
                            fixed: Some(said), ..
                        },
                    ] => Some((*said).to_owned()),
                    _ => self.known(text, tag(run), context),
                };
                known.map(|said| (left, text, said))
            });
            if let Some((left, text, said)) = known {
                context = context.before(&said, text, tag(&parts[left..right]));
                for part in &mut parts[left..right] {
                    part.said = Some(String::new());
                }
                parts[left].said = Some(said);
                right = left;
                continue;
            }
            right -= 1;
            if parts[right].text.chars().all(is_junk) {
                parts[right].said = Some(String::new());
            } else if parts.len() <= LONGEST_GUESS {
                let whole = &sentence[parts[0].range.start..parts[parts.len() - 1].range.end];
                let said = self.guesser.say(whole);
                context = context.before(&said, whole, "");
                for part in parts.iter_mut() {
                    part.said = Some(String::new());
                }
                (parts[0].said, parts[0].guessed) = (Some(said), true);
                return context;
            } else {
                let said = self.guesser.say(parts[right].text);
                context = context.before(&said, parts[right].text, parts[right].tag);
                (parts[right].said, parts[right].guessed) = (Some(said), true);
            }
        }
        balance(parts);
        context
    }

    /// Says the word after "W-" and its first sound before it; gives the context before both.
    fn stutter(&self, sentence: &str, parts: &mut [Part<'_>], context: Context) -> Option<Context> {
        let [first, hyphen, word @ ..] = parts else {
            return None;
        };
        let rest = &sentence[word.first()?.range.start..word.last()?.range.end];
        if hyphen.text != "-" || word.len() > LONGEST_COMPOUND || !is_stutter(first.text, rest) {
            return None;
        }
        let context = match word {
            [only] => {
                self.single(only, context);
                context.before(only.said.as_deref().unwrap_or_default(), only.text, only.tag)
            }
            _ => self.compound(sentence, word, context),
        };
        let said: String = word.iter().filter_map(|part| part.said.as_deref()).collect();
        let sound = onset(first.text, &said);
        let context = context.before(&sound, first.text, first.tag);
        (first.said, hyphen.said, word[0].apart) = (Some(sound), Some(String::new()), true);
        Some(context)
    }

    fn known(&self, text: &str, tag: &str, context: Context) -> Option<String> {
        let known = self.pronouncer.word(&straight(text), tag, context);
        known.or_else(|| self.number(text))
    }

    /// Digits that an option made the normaliser leave alone.
    fn number(&self, text: &str) -> Option<String> {
        let words = normalise::number_in_words(text, self.dialect)?;
        let said = words
            .split(' ')
            .map(|word| self.pronouncer.word(word, "CD", Context::default()));
        Some(said.map(Option::unwrap_or_default).collect::<Vec<_>>().join(" "))
    }
}

impl Context {
    /// The context of what precedes `text`.
    fn before(self, said: &str, text: &str, tag: &str) -> Self {
        let first = said
            .chars()
            .find(|&sign| is_vowel(sign) || is_consonant(sign) || is_stop(sign));
        Self {
            vowel: match first {
                Some(sign) if is_stop(sign) => None,
                Some(sign) => Some(is_vowel(sign)),
                None => self.vowel,
            },
            to: matches!(text, "to" | "To") || (text == "TO" && matches!(tag, "TO" | "IN")),
        }
    }
}

/// The words as the tagger is to see them: a literal is a name.
fn as_tagged<'a>(words: &[Word<'a>]) -> Cow<'a, [Word<'a>]> {
    let mut words = words.to_vec();
    for word in &mut words {
        if word.text.starts_with(LITERAL) {
            word.text = "Kokoro";
        }
    }
    Cow::Owned(words)
}

/// The hyphen `word` stands between a stuttered sound and the word that it begins.
fn joins_stutter(sentence: &str, parts: &[Part<'_>], word: &Word<'_>) -> bool {
    word.text == "-"
        && !word.space
        && parts
            .last()
            .is_some_and(|first| !first.space && is_stutter(first.text, &sentence[word.start + 1..]))
}

/// What a mark says by its tag; `None` if it is none.
fn mark(text: &str, tag: &str) -> Option<String> {
    let stands_alone = matches!(
        tag,
        "." | "," | "-LRB-" | "-RRB-" | "``" | "\"\"" | "''" | ":" | "$" | "#" | "NFP"
    );
    if tag == ":" && matches!(text, "-" | "–") {
        return Some("—".to_owned());
    }
    // The tagger takes strange words for marks; none may be lost.
    let word = text.starts_with(char::is_alphabetic)
        && text
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'));
    if !stands_alone || word {
        return None;
    }
    Some(match tag {
        "-LRB-" => "(".to_owned(),
        "-RRB-" => ")".to_owned(),
        "``" => "“".to_owned(),
        "\"\"" | "''" => "”".to_owned(),
        _ => text
            .chars()
            .filter(|&c| is_stop(c) || matches!(c, '"' | '“' | '”'))
            .collect(),
    })
}

/// Which parts are said as one: those without a space or mark between.
fn compounds(parts: &[Part<'_>]) -> Vec<Range<usize>> {
    let mut compounds: Vec<Range<usize>> = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let joins = i > 0 && !part.alone && !parts[i - 1].alone && !parts[i - 1].space;
        match compounds.last_mut() {
            Some(last) if joins => last.end = i + 1,
            _ => compounds.push(i..i + 1),
        }
    }
    compounds
}

/// The tag of a run of parts: that of the one with most letters, capitals counted twice.
fn tag(parts: &[Part<'_>]) -> &'static str {
    let weight = |part: &Part<'_>| {
        part.text
            .chars()
            .map(|c| 1 + usize::from(c.is_uppercase()))
            .sum::<usize>()
    };
    let heaviest = parts.iter().rev().max_by_key(|part| weight(part));
    heaviest.map_or("", |part| part.tag)
}

/// Takes stress from the lighter half of a compound, or parts what is read apart.
fn balance(parts: &mut [Part<'_>]) {
    let mut classes = parts
        .iter()
        .flat_map(|part| part.text.chars())
        .filter(|&c| !is_junk(c))
        .map(|c| match c {
            c if c.is_alphabetic() => 0,
            c if c.is_ascii_digit() => 1,
            _ => 2,
        });
    let first = classes.next();
    let mixed = classes.any(|class| Some(class) != first);
    if mixed || parts.iter().any(|part| part.text.contains('/')) {
        for part in parts.iter_mut().skip(1) {
            part.apart = true;
        }
        return;
    }
    let spoken = parts.iter().enumerate().filter_map(|(i, part)| {
        let said = part.said.as_deref().filter(|said| !said.is_empty())?;
        Some((said.contains(stress::PRIMARY), stress::weight(said), i))
    });
    let mut spoken: Vec<_> = spoken.collect();
    let stressed = spoken.iter().filter(|(primary, _, _)| *primary).count();
    let lighter = match spoken.as_slice() {
        [(_, _, first), second] if parts[*first].text.chars().count() == 1 => vec![second.2],
        [_, _, ..] if stressed > spoken.len().div_ceil(2) => {
            spoken.sort_unstable();
            spoken[..spoken.len() / 2].iter().map(|&(_, _, i)| i).collect()
        }
        _ => vec![],
    };
    for i in lighter {
        let said = parts[i].said.take().unwrap_or_default();
        parts[i].said = Some(Stress::Damped.apply(said));
    }
}

fn token(parts: &[Part<'_>]) -> Token {
    let mut phonemes = String::new();
    for part in parts {
        let said = part.said.as_deref().unwrap_or_default();
        if part.apart && !phonemes.is_empty() && !phonemes.ends_with(' ') && !said.is_empty() {
            phonemes.push(' ');
        }
        // The model knows the tap as T; a glottal stop is said as t.
        phonemes.extend(said.chars().map(|sign| match sign {
            'ɾ' => 'T',
            'ʔ' => 't',
            sign => sign,
        }));
    }
    let (start, end, space) = match parts {
        [first, .., last] => (first.range.start, last.range.end, last.space),
        [only] => (only.range.start, only.range.end, only.space),
        [] => (0, 0, false),
    };
    Token {
        range: start..end,
        phonemes,
        guessed: parts.iter().any(|part| part.guessed),
        space,
    }
}

/// As the lexicon writes it: straight apostrophes, compatibility forms resolved.
fn straight(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.replace(['‘', '’'], "'").nfkc().collect())
    }
}

/// Marks that end a breath.
fn is_stop(sign: char) -> bool {
    matches!(sign, ';' | ':' | ',' | '.' | '!' | '?' | '—' | '…')
}

/// Signs inside words that say nothing.
fn is_junk(c: char) -> bool {
    matches!(c, '\'' | ',' | '-' | '.' | '_' | '‘' | '’' | '/')
}
