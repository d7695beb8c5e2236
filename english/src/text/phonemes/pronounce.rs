//! What one word says, by lexicon and ending. The rules are misaki's (Apache-2.0).

use super::{
    Context,
    stress::{self, SECONDARY, Stress},
    table::{Entry, Table},
};
use crate::text::Dialect;

/// The pronunciations of a dialect.
#[derive(Debug)]
pub(super) struct Pronouncer {
    dialect: Dialect,
    table: Table,
}

impl Pronouncer {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            table: Table::of(dialect),
        }
    }

    /// `word` as a part of speech in its context; `None` if neither the lexicon nor a rule knows it. The word
    /// is written with straight apostrophes.
    pub(super) fn word(&self, word: &str, tag: &str, context: Context) -> Option<String> {
        let lower = word.to_lowercase();
        let stress = match word {
            _ if word == lower => None,
            _ if is_upper(word) => Some(Stress::Primary),
            _ => Some(Stress::AtLeastSecondary),
        };
        if let Some(special) = self.special(word, tag, context) {
            return Some(special);
        }
        let word = if self.reads_as_lower(word, &lower, tag, context) {
            &lower
        } else {
            word
        };
        if self.knows(word) {
            return self.look_up(word, tag, stress, context);
        }
        // dogs', runnin'
        if let Some(stem) = word.strip_suffix("s'") {
            let singular = format!("{stem}'s");
            if self.knows(&singular) {
                return self.look_up(&singular, tag, stress, context);
            }
        }
        if let Some(stem) = word.strip_suffix('\'')
            && self.knows(stem)
        {
            return self.look_up(stem, tag, stress, context);
        }
        self.with_ending(word, tag, stress, context)
    }

    /// A word in capitals, or a capitalised one that is no name, is read as its lower case if only that is known.
    fn reads_as_lower(&self, word: &str, lower: &str, tag: &str, context: Context) -> bool {
        word.len() > 1
            && word != lower
            && word.chars().all(|c| c.is_alphabetic() || c == '\'')
            && (tag != "NNP" || word.chars().count() > 7)
            && (is_upper(word) || !word.chars().skip(1).any(char::is_uppercase))
            && self.table.get(word).is_none()
            && (self.table.get(lower).is_some() || self.with_ending(lower, tag, None, context).is_some())
    }

    /// Words that their neighbours or part of speech decide, and symbols.
    fn special(&self, word: &str, tag: &str, context: Context) -> Option<String> {
        let gold = |word: &str, variant: &str| self.gold(word)?.variant(variant).flatten();
        let look_up = |word: &str, stress| self.look_up(word, "", stress, context);
        match word {
            "." if tag == "ADD" => return look_up("dot", Some(Stress::Damped)),
            "/" if tag == "ADD" => return look_up("slash", Some(Stress::Damped)),
            "%" => return look_up("percent", None),
            "&" => return look_up("and", None),
            "+" => return look_up("plus", None),
            "@" => return look_up("at", None),
            _ if is_initials(word) => return self.spell(word),
            "a" | "A" => return Some(if tag == "DT" { "ɐ" } else { "ˈA" }.to_owned()),
            "am" | "Am" | "AM" => {
                // "Pan Am" is no time of day.
                if tag.starts_with("NN") && word == "Am" {
                    let said = self.gold("am").and_then(Entry::usual);
                    return said.map(|said| Stress::Primary.apply(said));
                }
                if tag.starts_with("NN") {
                    return self.spell(word);
                }
                if context.vowel.is_none() || word != "am" {
                    return self.gold("am").and_then(Entry::usual);
                }
                return Some("ɐm".to_owned());
            }
            "AN" if tag.starts_with("NN") => return self.spell(word),
            "an" | "An" | "AN" => return Some("ɐn".to_owned()),
            "I" if tag == "PRP" => return Some("ˌI".to_owned()),
            "by" | "By" | "BY" if family(tag) == "ADV" => return Some("bˈI".to_owned()),
            "TO" if !matches!(tag, "TO" | "IN") => {}
            "to" | "To" | "TO" => {
                return match context.vowel {
                    None => self.gold("to").and_then(Entry::usual),
                    Some(false) => Some("tə".to_owned()),
                    Some(true) => Some("tʊ".to_owned()),
                };
            }
            "IN" if tag == "NNP" => {}
            "in" | "In" | "IN" => {
                let stressed = context.vowel.is_none() || tag != "IN";
                return Some(if stressed { "ˈɪn" } else { "ɪn" }.to_owned());
            }
            "THE" if tag != "DT" => {}
            "the" | "The" | "THE" => {
                return Some(
                    if context.vowel == Some(true) {
                        "ði"
                    } else {
                        "ðə"
                    }
                    .to_owned(),
                );
            }
            "used" | "Used" | "USED" => {
                let habit = matches!(tag, "VBD" | "JJ") && context.to;
                return gold("used", if habit { "VBD" } else { "DEFAULT" });
            }
            _ => {}
        }
        let versus = tag == "IN" && matches!(word.to_lowercase().as_str(), "vs" | "vs.");
        if versus { look_up("versus", None) } else { None }
    }

    /// Whether [`Self::look_up`] has something to say.
    fn knows(&self, word: &str) -> bool {
        if self.table.get(word).is_some() || matches!(word, "%" | "&" | "+" | "@") {
            return true;
        }
        if word.is_empty() || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
            return false;
        }
        word.len() == 1
            || (is_upper(word) && self.gold(&word.to_lowercase()).is_some())
            || word.bytes().skip(1).all(|b| b.is_ascii_uppercase())
    }

    fn look_up(&self, word: &str, tag: &str, stress: Option<Stress>, context: Context) -> Option<String> {
        let mut entry = self.table.get(word);
        let mut name = false;
        if is_upper(word) && !entry.is_some_and(Entry::is_gold) {
            name = tag == "NNP";
            entry = self
                .table
                .get(&word.to_lowercase())
                .filter(|entry| entry.is_gold() || !name);
        }
        let phonemes = entry.and_then(|entry| say(entry, tag, context));
        let spelled = phonemes
            .as_ref()
            .is_none_or(|phonemes| name && !phonemes.contains(stress::PRIMARY));
        if spelled && let Some(letters) = self.spell(word) {
            return Some(letters);
        }
        match stress {
            Some(stress) => phonemes.map(|phonemes| stress.apply(phonemes)),
            None => phonemes,
        }
    }

    /// Letter by letter: `FBI`.
    pub(super) fn spell(&self, word: &str) -> Option<String> {
        let mut letters = String::new();
        for letter in word.chars().filter(|c| c.is_alphabetic()) {
            let upper: String = letter.to_uppercase().collect();
            letters.push_str(&self.gold(&upper)?.usual()?);
        }
        if letters.is_empty() {
            return None;
        }
        let letters = Stress::AtMostSecondary.apply(letters);
        Some(match letters.rsplit_once(SECONDARY) {
            Some((before, last)) => format!("{before}ˈ{last}"),
            None => letters,
        })
    }

    fn gold(&self, word: &str) -> Option<Entry> {
        self.table.get(word).filter(|entry| entry.is_gold())
    }

    fn with_ending(&self, word: &str, tag: &str, stress: Option<Stress>, context: Context) -> Option<String> {
        let stem = |stem: &str, stress| self.look_up(stem, tag, stress, context);
        let plural = || stress::with_s(&stem(&self.before_s(word)?, stress)?, self.dialect);
        let past = || stress::with_ed(&stem(self.before_ed(word)?, stress)?, self.dialect);
        let participle = || {
            let at_least = stress.or(Some(Stress::AtLeastSecondary));
            stress::with_ing(&stem(&self.before_ing(word)?, at_least)?, self.dialect)
        };
        plural().or_else(past).or_else(participle)
    }

    fn before_s(&self, word: &str) -> Option<String> {
        let stem = word.strip_suffix('s').filter(|_| word.len() >= 3)?;
        if !word.ends_with("ss") && self.knows(stem) {
            return Some(stem.to_owned());
        }
        let long = word.len() > 4;
        if let Some(stem) = stem
            .strip_suffix('\'')
            .or_else(|| stem.strip_suffix('e').filter(|s| long && !s.ends_with('i')))
            && self.knows(stem)
        {
            return Some(stem.to_owned());
        }
        let singular = format!("{}y", stem.strip_suffix("ie").filter(|_| long)?);
        self.knows(&singular).then_some(singular)
    }

    fn before_ed<'a>(&self, word: &'a str) -> Option<&'a str> {
        let stem = word.strip_suffix('d').filter(|_| word.len() >= 4)?;
        if !word.ends_with("dd") && self.knows(stem) {
            return Some(stem);
        }
        let stem = stem
            .strip_suffix('e')
            .filter(|stem| word.len() > 4 && !stem.ends_with('e'))?;
        self.knows(stem).then_some(stem)
    }

    fn before_ing(&self, word: &str) -> Option<String> {
        let stem = word.strip_suffix("ing").filter(|_| word.len() >= 5)?;
        if word.len() > 5 && self.knows(stem) {
            return Some(stem.to_owned());
        }
        let with_e = format!("{stem}e");
        if self.knows(&with_e) {
            return Some(with_e);
        }
        let mut back = stem.bytes().rev();
        let (last, before) = (back.next()?, back.next()?);
        let doubled = last == before && b"bcdgklmnprstvxz".contains(&last) || (before, last) == (b'c', b'k');
        let single = stem.get(..stem.len() - 1)?;
        (word.len() > 5 && doubled && self.knows(single)).then(|| single.to_owned())
    }
}

/// What an entry says for a part of speech: for the tag, its family, or as usual.
fn say(entry: Entry, tag: &str, context: Context) -> Option<String> {
    let last = if context.vowel.is_none() {
        entry.variant("None")
    } else {
        None
    };
    last.or_else(|| entry.variant(tag))
        .or_else(|| entry.variant(family(tag)))
        .unwrap_or_else(|| entry.usual())
}

/// The lexicon's name for a family of tags.
pub(super) fn family(tag: &str) -> &str {
    match tag {
        _ if tag.starts_with("VB") => "VERB",
        _ if tag.starts_with("NN") => "NOUN",
        _ if tag.starts_with("ADV") || tag.starts_with("RB") => "ADV",
        _ if tag.starts_with("ADJ") || tag.starts_with("JJ") => "ADJ",
        _ => tag,
    }
}

fn is_upper(word: &str) -> bool {
    !word.chars().any(char::is_lowercase)
}

/// `U.S.A`, `i.e.`: letters in ones and twos with full stops between.
fn is_initials(word: &str) -> bool {
    word.trim_matches('.').contains('.')
        && word.chars().all(|c| c == '.' || c.is_alphabetic())
        && word.split('.').all(|part| part.chars().count() < 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: Context = Context {
        vowel: None,
        to: false,
    };
    const VOWEL: Context = Context {
        vowel: Some(true),
        to: false,
    };
    const CONSONANT: Context = Context {
        vowel: Some(false),
        to: false,
    };

    fn american(word: &str, tag: &str, context: Context) -> String {
        let said = Pronouncer::new(Dialect::American).word(word, tag, context);
        said.unwrap_or_else(|| "?".to_owned())
    }

    #[test]
    fn little_words_hang_on_what_follows() {
        assert_eq!(american("the", "DT", VOWEL), "ði");
        assert_eq!(american("the", "DT", CONSONANT), "ðə");
        assert_eq!(american("to", "TO", VOWEL), "tʊ");
        assert_eq!(american("to", "TO", END), "tu");
        assert_eq!(american("in", "IN", END), "ˈɪn");
        assert_eq!(american("a", "DT", CONSONANT), "ɐ");
        assert_eq!(american("A", "NN", CONSONANT), "ˈA");
    }

    #[test]
    fn endings_come_off() {
        assert_eq!(american("Alice's", "NNP", END), "ˈælɪsᵻz");
        assert_eq!(american("sisters'", "NNS", END), "sˈɪstəɹz");
        assert_eq!(american("éing", "VBG", END), "?");
        assert_eq!(american("xing", "NN", END), "?");
    }

    #[test]
    fn letters_are_spelled() {
        assert_eq!(american("FBI", "NNP", END), "ˌɛfbˌiˈI");
        assert_eq!(american("U.S.", "NNP", END), "jˌuˈɛs");
    }

    #[test]
    fn unknown_words_are_left_to_others() {
        assert_eq!(american("xyzzy", "NN", END), "?");
        assert_eq!(american("", "NN", END), "?");
        assert_eq!(american("'", "POS", END), "?");
    }
}
