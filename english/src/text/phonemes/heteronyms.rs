//! Words written alike and said apart, where a part of speech does not tell or the tagger is often wrong.
//!
//! Each rule looks at a few neighbours and answers with another part of speech, by which the lexicon chooses, or
//! with phonemes. What no rule decides stays as misaki has it.

mod neighbours;

use super::words::Word;
use crate::text::{Dialect, normalise::is_number_word};
use neighbours::{
    BEING, COURTEOUS, COURTESY, EYES, FISHING, HABIT, LEADEN, METALS, NEAR_TO, PLACE, SHOW, TINY,
};

/// How to say a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fix {
    /// As if the tagger had said so.
    Tag(&'static str),
    Say(&'static str),
}

/// What the rules see: a word among its neighbours.
struct Place<'a> {
    words: &'a [Word<'a>],
    tags: &'a [&'static str],
    at: usize,
}

/// The fix for word `at`, if it needs one.
pub(super) fn fix(words: &[Word<'_>], tags: &[&'static str], at: usize, dialect: Dialect) -> Option<Fix> {
    let text = words[at].text;
    let place = Place { words, tags, at };
    if text == "A" && place.is_letter() || matches!(text, "a" | "A") && place.is_variable() {
        return Some(Fix::Say("ˈA"));
    }
    if !(3..=8).contains(&text.len()) {
        return None;
    }
    let say = |american, british| {
        Some(Fix::Say(match dialect {
            Dialect::American => american,
            Dialect::British => british,
        }))
    };
    let tag = tags[at];
    match text.to_ascii_lowercase().as_str() {
        "lead" if place.is_metal() => say("lˈɛd", "lˈɛd"),
        "does" if tag == "NNS" || place.is_deer() => say("dˈOz", "dˈQz"),
        "bass" if place.near(4, FISHING) => say("bˈæs", "bˈas"),
        "bass" => say("bˈAs", "bˈAs"),
        "read" if matches!(tag, "VBP" | "VBD") && place.is_habit() => say("ɹˈid", "ɹˈiːd"),
        "live" if tag != "JJ" && place.is_live_show() => Some(Fix::Tag("JJ")),
        "close" if is_verb(tag) && !place.takes_verb() && place.next_is(NEAR_TO) => Some(Fix::Tag("JJ")),
        "minute" if tag == "NN" && place.next_is(TINY) => Some(Fix::Tag("JJ")),
        "content" if tag == "NN" && place.previous_is(BEING) && place.next_is(&["with", "to", ",", "."]) => {
            Some(Fix::Tag("JJ"))
        }
        "tear" if tag == "NN" && place.is_rip() => Some(Fix::Tag("VB")),
        "bow" if tag == "NN" && place.is_courtesy() => Some(Fix::Tag("VB")),
        "bows"
            if tag == "NNS"
                && place.next_is(&["and"])
                && place.near(2, &["curtsies", "curtseys", "scrapes"]) =>
        {
            Some(Fix::Tag("VBZ"))
        }
        "row" if tag == "NN" && place.is_quarrel() => say("ɹˈW", "ɹˈW"),
        "polish" if text == "Polish" && is_verb(tag) => say("pˈɑlɪʃ", "pˈɒlɪʃ"),
        "august" if text == "august" => say("ɔɡˈʌst", "ɔːɡˈʌst"),
        "resume" if tag == "NN" => say("ɹˈɛzəmˌA", "ɹˈɛzjʊmˌA"),
        "bases" if tag == "NNS" && !place.next_is(&["of", "for"]) => say("bˈAsᵻz", "bˈAsɪz"),
        "blessed" if tag == "JJ" => say("blˈɛsᵻd", "blˈɛsɪd"),
        "aged" if place.is_old() => say("ˈAʤᵻd", "ˈAʤɪd"),
        "nice" if text == "Nice" && tag == "NNP" && place.previous_is(PLACE) => say("nˈis", "nˈiːs"),
        "reading" if text == "Reading" && tag == "NNP" && place.previous_is(PLACE) => say("ɹˈɛdɪŋ", "ɹˈɛdɪŋ"),
        "job" if text == "Job" && tag == "NNP" && place.previous_is(&["of", "like"]) => say("ʤˈOb", "ʤˈQb"),
        "deserts" if place.previous_is(&["just"]) => say("dəzˈɜɹts", "dɪzˈɜːts"),
        _ if is_verb(tag) && tag != "VBG" && place.follows_article() => {
            Some(Fix::Tag(place.noun_or_adjective()))
        }
        _ => None,
    }
}

impl Place<'_> {
    /// "A" in a code such as A12 or A 2 C, which the normaliser has written in words, and no article.
    fn is_letter(&self) -> bool {
        let is_capital = |word: &str| word.len() == 1 && word.starts_with(|c: char| c.is_ascii_uppercase());
        if !(is_number_word(self.word(1)) || is_capital(self.word(1)) && self.word(1) != "I") {
            return false;
        }
        let inside = self.at > 0 && self.word(-1).chars().all(char::is_alphanumeric);
        let after = (2..8)
            .find(|&i| !is_number_word(self.word(i)))
            .map_or("", |i| self.word(i));
        // A sentence may begin with the article: "A five year plan".
        inside
            || is_capital(self.word(1))
            || is_capital(after)
            || !after.starts_with(char::is_alphabetic)
            || matches!(
                after,
                "is" | "was" | "to" | "of" | "in" | "on" | "from" | "has" | "or"
            )
    }

    /// The letter of a formula, which no article can be there: "a squared", "a plus b", "a is".
    fn is_variable(&self) -> bool {
        const BEFORE: &[&str] = &[
            "equals", "plus", "minus", "over", "times", "of", "let", "where", "if",
        ];
        // "b." may be one word.
        let letter = |i| {
            let word = self.word(i).trim_end_matches('.');
            word.len() == 1 && word.starts_with(|c: char| c.is_ascii_lowercase() && c != 'a')
        };
        let operand = |i| letter(i) || self.word(i) == "a" || is_number_word(self.word(i));
        match self.word(1) {
            "squared" | "cubed" | "equals" | "is" | "and" | "or" => true,
            // "to bring a plus one"
            "plus" | "minus" => operand(2) && (self.word(2) != "one" || self.previous_is(BEFORE)),
            "over" | "times" | "choose" | "mod" => operand(2),
            "to" => self.word(2) == "the",
            "less" | "greater" => {
                self.word(2) == "than" && (letter(3) || self.word(3) == "zero" || self.previous_is(BEFORE))
            }
            _ => letter(1),
        }
    }

    fn is_metal(&self) -> bool {
        let noun = matches!(self.tags[self.at], "NN" | "NNP" | "JJ");
        noun && (self.next_is(LEADEN)
            || self.near(3, METALS)
            || self.previous_is(&["molten", "liquid", "red", "white"])
            || self.previous_is(&["of", "with"]) && !self.tag(1).starts_with("NN"))
    }

    fn is_deer(&self) -> bool {
        self.previous_is(&["the", "two", "three", "several"])
            || self.previous_is(&["and"]) && ["bucks", "stags", "fawns", "deer"].contains(&self.word(-2))
    }

    fn is_habit(&self) -> bool {
        let present = self.previous_is(&["I", "you", "we", "they"]) || self.previous_is(HABIT);
        present && self.near(8, HABIT)
    }

    fn is_live_show(&self) -> bool {
        self.previous_is(&[
            "go",
            "goes",
            "going",
            "went",
            "gone",
            "streamed",
            "broadcast",
            "aired",
            "performed",
            "recorded",
        ]) || (!self.takes_verb() && self.tags[self.at] != "VBP" && self.next_is(SHOW))
    }

    fn is_rip(&self) -> bool {
        self.previous_is(&["and"]) && self.word(-2).eq_ignore_ascii_case("wear")
            || (self.next_is(&["in"]) && !(2..=4).any(|i| EYES.contains(&self.word(i))))
    }

    fn is_courtesy(&self) -> bool {
        !self.next_is(&["tie", "and", "string", "window", "legs"])
            && (self.previous_is(COURTEOUS) || self.previous_is(&["a"]) && self.near(3, COURTESY))
    }

    fn is_quarrel(&self) -> bool {
        self.previous_is(&["blazing", "furious", "terrible", "flaming"])
            || (self.previous_is(&["a"]) && self.next_is(&["with", "over", "about"]))
    }

    fn is_old(&self) -> bool {
        self.next_is(&[
            "man",
            "woman",
            "men",
            "women",
            "father",
            "mother",
            "parent",
            "parents",
            "lady",
            "gentleman",
            "people",
        ]) || self.tags[self.at].starts_with("NN") && self.previous_is(&["the"])
    }

    /// Whether a verb in its base form is due: `to live`, `they close`, `please close`.
    fn takes_verb(&self) -> bool {
        let before = self.tag(-1);
        matches!(before, "TO" | "MD" | "PRP" | "CC" | "" | "VB")
            || self.previous_is(&["please", "not", "n't", "n’t"])
    }

    fn follows_article(&self) -> bool {
        self.previous_is(&[
            "the", "a", "an", "my", "his", "its", "our", "your", "their", "every",
        ]) && !self.tag(1).starts_with("VB")
    }

    fn noun_or_adjective(&self) -> &'static str {
        if self.tag(1).starts_with("NN") { "JJ" } else { "NN" }
    }

    fn next_is(&self, any: &[&str]) -> bool {
        self.is(1, any)
    }

    fn previous_is(&self, any: &[&str]) -> bool {
        self.is(-1, any)
    }

    /// Whether one of `any` stands within `reach` words on either side.
    fn near(&self, reach: isize, any: &[&str]) -> bool {
        (-reach..=reach).any(|offset| offset != 0 && self.is(offset, any))
    }

    fn is(&self, offset: isize, any: &[&str]) -> bool {
        let word = self.word(offset);
        any.iter().any(|known| known.eq_ignore_ascii_case(word))
    }

    fn word(&self, offset: isize) -> &str {
        self.at
            .checked_add_signed(offset)
            .and_then(|at| self.words.get(at))
            .map_or("", |word| word.text)
    }

    fn tag(&self, offset: isize) -> &'static str {
        self.at
            .checked_add_signed(offset)
            .and_then(|at| self.tags.get(at))
            .copied()
            .unwrap_or("")
    }
}

fn is_verb(tag: &str) -> bool {
    tag.starts_with("VB")
}

#[cfg(test)]
mod tests;
