//! espeak-ng's IPA → Kokoro's signs, as misaki's fallback maps them (Apache-2.0).

use crate::text::{Dialect, vocabulary};

/// `ipa` has `^` between the parts of one sound.
pub(super) fn from_ipa(ipa: &str, dialect: Dialect) -> String {
    let mut signs = ipa.trim().to_owned();
    let rows = BOTH.iter().chain(match dialect {
        Dialect::American => AMERICAN,
        Dialect::British => BRITISH,
    });
    for (from, to) in rows {
        if signs.contains(from) {
            signs = signs.replace(from, to);
        }
    }
    signs = syllabic(&signs);
    signs.retain(|sign| vocabulary::id(sign).is_some());
    signs
}

/// A consonant with a stroke below is a syllable: a short vowel before it.
fn syllabic(signs: &str) -> String {
    const STROKE: char = '\u{329}';
    let mut out = String::with_capacity(signs.len());
    let mut rest = signs.chars().peekable();
    while let Some(sign) = rest.next() {
        if sign != STROKE && rest.peek() == Some(&STROKE) {
            out.push('ᵊ');
        }
        out.push(sign);
    }
    out
}

/// Longer ones first.
const BOTH: &[(&str, &str)] = &[
    ("ʔˌn\u{329}", "ʔn"),
    ("ʔn\u{329}", "ʔn"),
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("d^ʒ", "ʤ"),
    ("e^ɪ", "A"),
    // misaki turns this e into A before it looks for the pair.
    ("e^ə", "ɛː"),
    ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"),
    ("ə^l", "ᵊl"),
    ("ʲo", "jo"),
    ("ʲə", "jə"),
    ("e", "A"),
    ("ʲ", ""),
    ("ɚ", "əɹ"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ç", "k"),
    ("ɐ", "ə"),
    ("ɬ", "l"),
    ("\u{303}", ""),
];

const BRITISH: &[(&str, &str)] = &[
    ("iə", "ɪə"),
    ("ə^ʊ", "Q"),
    ("o", "ɔ"),
    ("ɾ", "T"),
    ("ʔ", "t"),
    ("^", ""),
];

const AMERICAN: &[(&str, &str)] = &[
    ("o^ʊ", "O"),
    ("ɜːɹ", "ɜɹ"),
    ("ɜː", "ɜɹ"),
    ("ɪə", "iə"),
    ("ː", ""),
    ("o", "ɔ"),
    ("ɾ", "T"),
    ("ʔ", "t"),
    ("^", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_both_dialects() {
        assert_eq!(from_ipa("lˈuːke^ɪsᵻz", Dialect::American), "lˈukAsᵻz");
        assert_eq!(from_ipa("mˈɜːɹɪtən", Dialect::American), "mˈɜɹɪtən");
        assert_eq!(from_ipa("həlˈə^ʊ", Dialect::British), "həlˈQ");
        assert_eq!(from_ipa("bˈʌʔn\u{329} ə^l", Dialect::American), "bˈʌtn ᵊl");
        assert_eq!(from_ipa("ɹˈɪðm\u{329}", Dialect::British), "ɹˈɪðᵊm");
    }
}
