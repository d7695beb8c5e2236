//! Letter-to-sound rules: the last resort, where espeak-ng is absent. A stranger's name is said so that one may
//! recognise it; no claim to more.

use unicode_normalization::UnicodeNormalization;

use super::super::stress::is_vowel;
use crate::text::Dialect;

mod rules;

/// What `word` says by rule; empty only where it has no Latin letter.
pub(super) fn say(word: &str, dialect: Dialect) -> String {
    let letters: Vec<char> = word
        .nfkd()
        .flat_map(char::to_lowercase)
        .flat_map(|c| match c {
            'æ' | 'œ' => vec!['e'],
            'ø' => vec!['o'],
            'ß' => vec!['s', 's'],
            'ð' | 'þ' => vec!['t', 'h'],
            'ł' => vec!['l'],
            c => vec![c],
        })
        .filter(|c| c.is_ascii_lowercase())
        .collect();
    if letters.is_empty() {
        return String::new();
    }
    if !letters.iter().any(|c| "aeiouy".contains(*c)) {
        return letters.iter().filter_map(|c| letter_name(*c, dialect)).collect();
    }
    let signs = stressed(&rules::apply(&letters), &letters);
    match dialect {
        Dialect::American => signs,
        Dialect::British => british(&signs),
    }
}

/// Marks one vowel and weakens short ones after it.
fn stressed(signs: &str, letters: &[char]) -> String {
    let nuclei: Vec<usize> = signs
        .char_indices()
        .filter(|&(_, sign)| is_vowel(sign))
        .map(|(i, _)| i)
        .collect();
    let ends = |ending: &str| letters.ends_with(&ending.chars().collect::<Vec<_>>());
    let last = nuclei.len().saturating_sub(1);
    let before_last = [
        "tion", "sion", "ic", "ics", "cian", "cious", "tious", "cial", "tial",
    ];
    let two_before_last = ["ity", "ical", "ology", "ography", "ian", "ious", "eous", "ial"];
    let main = match nuclei.len() {
        0..=2 => 0,
        _ if before_last.iter().any(|ending| ends(ending)) => last - 1,
        _ if two_before_last.iter().any(|ending| ends(ending)) => last - 2,
        3 => 0,
        _ => last - 2,
    };
    let mut out = String::with_capacity(signs.len() + 2);
    for (i, sign) in signs.char_indices() {
        match nuclei.binary_search(&i) {
            Ok(nucleus) if nucleus == main => out.extend(['ˈ', sign]),
            Ok(nucleus) if nucleus > 0 && matches!(sign, 'æ' | 'ʌ' | 'ɑ') => out.push('ə'),
            _ => out.push(sign),
        }
    }
    out
}

/// General American → Southern British: no `r` but before vowels, longer and rounder vowels.
fn british(american: &str) -> String {
    let signs: Vec<char> = american.chars().collect();
    let mut out = String::with_capacity(american.len() + 4);
    let mut at = 0;
    while let Some(&sign) = signs.get(at) {
        let r = signs.get(at + 1) == Some(&'ɹ');
        let linked = r
            && signs
                .get(at + 2)
                .is_some_and(|&next| is_vowel(next) || next == 'ˈ');
        let long = match sign {
            'ɑ' if r => "ɑː",
            'ɔ' => "ɔː",
            'ɜ' => "ɜː",
            'ɛ' if r && !linked => "ɛː",
            'ɪ' if r && !linked => "ɪə",
            'ʊ' if r && !linked => "ʊə",
            'ɑ' => "ɒ",
            'æ' => "a",
            'O' => "Q",
            'u' => "uː",
            'i' if at + 1 < signs.len() => "iː",
            'ᵻ' => "ɪ",
            'T' => "t",
            _ => "",
        };
        if long.is_empty() {
            out.push(sign);
        } else {
            out.push_str(long);
        }
        at += if r && is_vowel(sign) && !linked { 2 } else { 1 };
    }
    out
}

fn letter_name(letter: char, dialect: Dialect) -> Option<&'static str> {
    if letter == 'z' && dialect == Dialect::British {
        return Some("zˈɛd");
    }
    const NAMES: [&str; 26] = [
        "ˈA",
        "bˈi",
        "sˈi",
        "dˈi",
        "ˈi",
        "ˈɛf",
        "ʤˈi",
        "ˈAʧ",
        "ˈI",
        "ʤˈA",
        "kˈA",
        "ˈɛl",
        "ˈɛm",
        "ˈɛn",
        "ˈO",
        "pˈi",
        "kjˈu",
        "ˈɑɹ",
        "ˈɛs",
        "tˈi",
        "jˈu",
        "vˈi",
        "dˈʌbᵊlju",
        "ˈɛks",
        "wˈI",
        "zˈi",
    ];
    NAMES.get((letter as usize).checked_sub('a' as usize)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names() {
        let us = |word| say(word, Dialect::American);
        assert_eq!(us("Bingley"), "bˈɪŋɡli");
        assert_eq!(us("Netherfield"), "nˈɛðəɹfild");
        assert_eq!(us("Wickham"), "wˈɪkəm");
        assert_eq!(us("Phoenix"), "fˈinɪks");
        assert_eq!(us("Knightley"), "nˈItli");
        assert_eq!(say("Darcy", Dialect::British), "dˈɑːsi");
        assert_eq!(say("Forster", Dialect::British), "fˈɔːstə");
    }

    #[test]
    fn reads_whatever_has_letters() {
        for word in ["éing", "Łódź", "x", "ngb", "ŒUVRE", "eeee", "aaaaaaaaaa", "ﬁn"] {
            assert!(!say(word, Dialect::American).is_empty(), "{word}");
            assert!(!say(word, Dialect::British).is_empty(), "{word}");
        }
        assert_eq!(say("日本", Dialect::American), "");
    }
}
