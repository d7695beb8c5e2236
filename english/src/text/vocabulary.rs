//! Kokoro's vocabulary: which signs the model knows, one `char` a token.
//!
//! The table is that of `config.json` of Kokoro-82M v1.0 (Apache-2.0): 114 signs on ids 1 to 177; 0 pads.

/// The id of a sign, or `None` where the model has none.
#[must_use]
pub fn id(sign: char) -> Option<u8> {
    SIGNS
        .binary_search_by_key(&sign, |&(known, _)| known)
        .ok()
        .map(|i| SIGNS[i].1)
}

/// The sign of an id.
#[must_use]
pub fn sign(id: u8) -> Option<char> {
    SIGNS
        .iter()
        .find(|&&(_, known)| known == id)
        .map(|&(sign, _)| sign)
}

/// Whether a sign is heard: a vowel or consonant, not a mark of stress or length, punctuation or space.
#[must_use]
pub fn is_sound(sign: char) -> bool {
    sign.is_alphabetic() && !matches!(sign, 'ˈ' | 'ˌ' | 'ː' | 'ʰ' | 'ʲ')
}

/// Sorted by sign.
#[rustfmt::skip]
const SIGNS: [(char, u8); 114] = [
    (' ', 16), ('!', 5), ('"', 11), ('(', 12), (')', 13), (',', 3), ('.', 4), (':', 2), (';', 1), ('?', 6),
    ('A', 24), ('I', 25), ('O', 31), ('Q', 33), ('S', 35), ('T', 36), ('W', 39), ('Y', 41), ('a', 43), ('b', 44),
    ('c', 45), ('d', 46), ('e', 47), ('f', 48), ('h', 50), ('i', 51), ('j', 52), ('k', 53), ('l', 54), ('m', 55),
    ('n', 56), ('o', 57), ('p', 58), ('q', 59), ('r', 60), ('s', 61), ('t', 62), ('u', 63), ('v', 64), ('w', 65),
    ('x', 66), ('y', 67), ('z', 68), ('æ', 72), ('ç', 78), ('ð', 81), ('ø', 116), ('ŋ', 112), ('œ', 120), ('ɐ', 70),
    ('ɑ', 69), ('ɒ', 71), ('ɔ', 76), ('ɕ', 77), ('ɖ', 80), ('ə', 83), ('ɚ', 85), ('ɛ', 86), ('ɜ', 87), ('ɟ', 90),
    ('ɡ', 92), ('ɣ', 139), ('ɤ', 140), ('ɥ', 99), ('ɨ', 101), ('ɪ', 102), ('ɯ', 110), ('ɰ', 111), ('ɲ', 114),
    ('ɳ', 113), ('ɴ', 115), ('ɸ', 118), ('ɹ', 123), ('ɻ', 126), ('ɽ', 129), ('ɾ', 125), ('ʁ', 128), ('ʂ', 130),
    ('ʃ', 131), ('ʈ', 132), ('ʊ', 135), ('ʋ', 136), ('ʌ', 138), ('ʎ', 143), ('ʒ', 147), ('ʔ', 148), ('ʝ', 103),
    ('ʣ', 18), ('ʤ', 82), ('ʥ', 19), ('ʦ', 20), ('ʧ', 133), ('ʨ', 21), ('ʰ', 162), ('ʲ', 164), ('ˈ', 156),
    ('ˌ', 157), ('ː', 158), ('\u{303}', 17), ('β', 75), ('θ', 119), ('χ', 142), ('ᵊ', 42), ('ᵝ', 22), ('ᵻ', 177),
    ('—', 9), ('“', 14), ('”', 15), ('…', 10), ('→', 171), ('↓', 169), ('↗', 172), ('↘', 173), ('ꭧ', 23),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_sorted_and_within_the_model() {
        assert!(SIGNS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(SIGNS.iter().all(|&(_, id)| (1..178).contains(&id)));
    }

    #[test]
    fn knows_its_signs_and_no_others() {
        assert_eq!(id(' '), Some(16));
        assert_eq!(id('ˈ'), Some(156));
        assert_eq!(id('ᵻ'), Some(177));
        assert_eq!(id('g'), None);
        assert_eq!(id('❓'), None);
        assert!(is_sound('ə') && !is_sound('ˈ') && !is_sound('.'));
    }
}
