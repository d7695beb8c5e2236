//! Phonemes that the user gave.

use crate::text::vocabulary;

/// A literal as the model can say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Literal {
    pub phonemes: String,
    /// Signs that are not in the vocabulary, each once.
    pub dropped: Vec<char>,
}

/// Checks a literal against the vocabulary: usual IPA is mapped to Kokoro's signs, what it does not know is dropped.
#[must_use]
pub fn check(ipa: &str) -> Literal {
    let mut literal = Literal::default();
    let mut signs = ipa.trim().chars().peekable();
    while let Some(sign) = signs.next() {
        let pair = signs.peek().and_then(|&next| diphthong(sign, next));
        if pair.is_some() {
            signs.next();
        }
        let sign = pair.unwrap_or(match sign {
            'g' => 'ɡ',
            'r' => 'ɹ',
            '\'' | '’' => 'ˈ',
            ':' => 'ː',
            sign if sign.is_whitespace() => ' ',
            sign => sign,
        });
        if vocabulary::id(sign).is_some() {
            literal.phonemes.push(sign);
        } else if !matches!(sign, '.' | '\u{361}' | '\u{35C}' | '\u{329}') && !literal.dropped.contains(&sign)
        {
            literal.dropped.push(sign);
        }
    }
    literal
}

/// What IPA writes with two signs and Kokoro with one.
fn diphthong(first: char, second: char) -> Option<char> {
    Some(match (first, second) {
        ('a', 'ɪ') => 'I',
        ('a', 'ʊ') => 'W',
        ('e', 'ɪ') => 'A',
        ('o', 'ʊ') => 'O',
        ('ə', 'ʊ') => 'Q',
        ('ɔ', 'ɪ') => 'Y',
        ('d', 'ʒ') => 'ʤ',
        ('t', 'ʃ') => 'ʧ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_usual_ipa_and_drops_what_is_unknown() {
        let literal = check("aɪpiːˈeɪ☃☃");
        assert_eq!(literal.phonemes, "IpiːˈA");
        assert_eq!(literal.dropped, ['☃']);
    }

    #[test]
    fn leaves_kokoro_signs_alone() {
        assert_eq!(check("kəkˈɔɹO").phonemes, "kəkˈɔɹO");
    }
}
