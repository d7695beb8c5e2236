//! Stress marks and the endings of words, in phonemes. The rules are misaki's (Apache-2.0).

use crate::text::Dialect;

pub(super) const PRIMARY: char = 'ˈ';
pub(super) const SECONDARY: char = 'ˌ';

/// How strongly a word is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stress {
    /// One degree less if it has a primary mark; otherwise as it is.
    Damped,
    /// Like `Damped`, but a word without marks gets a secondary one.
    AtMostSecondary,
    /// A word without marks gets a secondary one: written with a capital.
    AtLeastSecondary,
    /// The strongest mark becomes a primary one: written in capitals.
    Primary,
}

impl Stress {
    pub(super) fn apply(self, phonemes: String) -> String {
        let primary = phonemes.contains(PRIMARY);
        let marked = primary || phonemes.contains(SECONDARY);
        match self {
            Self::Damped | Self::AtMostSecondary if primary => lower(&phonemes),
            Self::AtMostSecondary | Self::AtLeastSecondary if !marked => {
                mark_first_vowel(&phonemes, SECONDARY)
            }
            Self::Primary if !marked => mark_first_vowel(&phonemes, PRIMARY),
            Self::Primary if !primary => phonemes.replace(SECONDARY, "ˈ"),
            _ => phonemes,
        }
    }
}

fn lower(phonemes: &str) -> String {
    phonemes.replace(SECONDARY, "").replace(PRIMARY, "ˌ")
}

fn mark_first_vowel(phonemes: &str, mark: char) -> String {
    match phonemes.find(is_vowel) {
        Some(at) => format!("{}{mark}{}", &phonemes[..at], &phonemes[at..]),
        None => phonemes.to_owned(),
    }
}

pub(super) fn is_vowel(sign: char) -> bool {
    "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ".contains(sign)
}

pub(super) fn is_consonant(sign: char) -> bool {
    "bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ".contains(sign)
}

/// How long a part of a compound is.
pub(super) fn weight(phonemes: &str) -> usize {
    phonemes
        .chars()
        .map(|sign| if "AIOQWYʤʧ".contains(sign) { 2 } else { 1 })
        .sum()
}

/// Vowels and the like after which an American `t` before a vowel is a tap.
fn taps(sign: Option<char>) -> bool {
    sign.is_some_and(|sign| "AIOWYiuæɑəɛɪɹʊʌ".contains(sign))
}

/// The plural or third person of `stem`.
pub(super) fn with_s(stem: &str, dialect: Dialect) -> Option<String> {
    let ending = match stem.chars().next_back()? {
        'p' | 't' | 'k' | 'f' | 'θ' => "s",
        's' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ' if dialect == Dialect::British => "ɪz",
        's' | 'z' | 'ʃ' | 'ʒ' | 'ʧ' | 'ʤ' => "ᵻz",
        _ => "z",
    };
    Some(format!("{stem}{ending}"))
}

/// The past of `stem`.
pub(super) fn with_ed(stem: &str, dialect: Dialect) -> Option<String> {
    let mut signs = stem.chars();
    let last = signs.next_back()?;
    let before = signs.next_back();
    Some(match last {
        'p' | 'k' | 'f' | 'θ' | 'ʃ' | 's' | 'ʧ' => format!("{stem}t"),
        'd' if dialect == Dialect::British => format!("{stem}ɪd"),
        'd' => format!("{stem}ᵻd"),
        't' if dialect == Dialect::British || before.is_none() => format!("{stem}ɪd"),
        't' if taps(before) => format!("{}ɾᵻd", &stem[..stem.len() - 1]),
        't' => format!("{stem}ᵻd"),
        _ => format!("{stem}d"),
    })
}

/// The participle of `stem`; `None` where a British `r` would have to come back.
pub(super) fn with_ing(stem: &str, dialect: Dialect) -> Option<String> {
    let mut signs = stem.chars();
    let last = signs.next_back()?;
    match dialect {
        Dialect::British if matches!(last, 'ə' | 'ː') => None,
        Dialect::American if last == 't' && taps(signs.next_back()) => {
            Some(format!("{}ɾɪŋ", &stem[..stem.len() - 1]))
        }
        _ => Some(format!("{stem}ɪŋ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stress_goes_up_and_down() {
        assert_eq!(Stress::Damped.apply("bˈɪɡˌæt".into()), "bˌɪɡæt");
        assert_eq!(Stress::AtLeastSecondary.apply("ænd".into()), "ˌænd");
        assert_eq!(Stress::AtLeastSecondary.apply("kˈæt".into()), "kˈæt");
        assert_eq!(Stress::Primary.apply("ðˌɛm".into()), "ðˈɛm");
        assert_eq!(Stress::Primary.apply("hm".into()), "hm");
    }

    #[test]
    fn endings_follow_the_sound() {
        let (us, gb) = (Dialect::American, Dialect::British);
        assert_eq!(with_s("kˈæt", us).as_deref(), Some("kˈæts"));
        assert_eq!(with_s("hˈɔːs", gb).as_deref(), Some("hˈɔːsɪz"));
        assert_eq!(with_ed("wˈAt", us).as_deref(), Some("wˈAɾᵻd"));
        assert_eq!(with_ed("wˈAt", gb).as_deref(), Some("wˈAtɪd"));
        assert_eq!(with_ing("pˈʊt", us).as_deref(), Some("pˈʊɾɪŋ"));
        assert_eq!(with_ing("stˈɔː", gb), None);
        assert_eq!(with_s("", us), None);
    }
}
