//! Stuttering: "W-what", "th-there" and "B-b-but" repeat the sound that the word begins with.

use super::stress::{PRIMARY, SECONDARY, is_consonant, is_vowel};

/// What looks like it and is a letter before a noun.
const LETTERED: [&str; 15] = [
    "b-ball",
    "b-boy",
    "c-clamp",
    "c-class",
    "c-cup",
    "d-day",
    "e-edition",
    "r-rated",
    "s-series",
    "s-shape",
    "s-shaped",
    "t-tail",
    "t-test",
    "t-tests",
    "t-top",
];

/// The longest that is repeated, in letters: "str-strange".
const LONGEST: usize = 3;

/// Whether `first`, before the hyphen in front of `rest`, is the beginning of it.
pub(super) fn is_stutter(first: &str, rest: &str) -> bool {
    let letters = first.chars().count();
    let vowels = first.contains(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
    if !first.chars().all(char::is_alphabetic) || letters > LONGEST || letters > 1 && vowels {
        return false;
    }
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let word = rest[..end].to_lowercase();
    let first = first.to_lowercase();
    let again = word == first && !rest[end..].starts_with('-');
    word.starts_with(&first) && !again && !LETTERED.contains(&format!("{first}-{word}").as_str())
}

/// The sound that `first` repeats of the word that is `said`: a consonant with a weak vowel, or the vowel alone.
pub(super) fn onset(first: &str, said: &str) -> String {
    let lower = first.to_lowercase();
    let most = match lower.as_str() {
        "ch" | "ph" | "sh" | "th" | "wh" => 1,
        letters => letters.chars().count(),
    };
    let sounds = said.chars().filter(|&sign| sign != PRIMARY && sign != SECONDARY);
    let consonants: String = sounds
        .clone()
        .take_while(|&sign| is_consonant(sign))
        .take(most)
        .collect();
    if consonants.is_empty() {
        return sounds.take(1).filter(|&sign| is_vowel(sign)).collect();
    }
    consonants + "ə"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Dialect, TextConfig, phonemes};

    #[test]
    fn is_said_by_its_sound() {
        let config = TextConfig {
            espeak: None,
            ..TextConfig::default()
        };
        let say = |dialect, text: &str| {
            let tokens = phonemes::load(dialect, &config).phonemize(text, &[]);
            tokens
                .into_iter()
                .map(|token| token.phonemes + if token.space { " " } else { "" })
                .collect::<String>()
        };
        for (text, american, british) in [
            ("W-what is it?", "wə wˌʌt ɪz ɪt?", "wə wˌɒt ɪz ɪt?"),
            (
                "“P-please,” he said.",
                "“pə plˈiz,” hi sˈɛd.",
                "“pə plˈiːz,” hiː sˈɛd.",
            ),
            ("It is th-there.", "ˌɪt ɪz ðə ðˈɛɹ.", "ˌɪt ɪz ðə ðˈɛː."),
            ("I-I see.", "ˌI—ˌI sˈi.", "ˌI—ˌI sˈiː."),
            ("Now st-stop!", "nˈW stə stˈɑp!", "nˈW stə stˈɒp!"),
            ("(B-b-but no.)", "(bə bə bˌʌt nˈO.)", "(bə bə bˌʌt nˈQ.)"),
            ("D-don't.", "də dˈOnt.", "də dˈQnt."),
            ("A-and I left.", "æ ænd ˌI lˈɛft.", "a and ˌI lˈɛft."),
            ("Wh-who, Sh-she?", "hə hˌu, ʃə ʃi?", "hə hˌuː, ʃə ʃiː?"),
            ("It was D-Day.", "ˌɪt wʌz dˈidˌA.", "ˌɪt wɒz dˈiːdA."),
        ] {
            assert_eq!(say(Dialect::American, text), american);
            assert_eq!(say(Dialect::British, text), british);
        }
    }

    #[test]
    fn tells_it_from_letters_before_nouns() {
        for (first, rest) in [
            ("W", "what"),
            ("th", "there"),
            ("I", "it's"),
            ("b", "b-but"),
            ("St", "stop"),
        ] {
            assert!(is_stutter(first, rest), "{first}-{rest}");
        }
        for (first, rest) in [
            ("D", "Day"),
            ("T", "shirt"),
            ("re", "read"),
            ("so", "so"),
            ("B", "B"),
            ("1", "1a"),
        ] {
            assert!(!is_stutter(first, rest), "{first}-{rest}");
        }
    }

    #[test]
    fn repeats_the_first_sound() {
        for (first, said, sound) in [
            ("W", "wˌʌt", "wə"),
            ("th", "θɹˈi", "θə"),
            ("st", "stˈɑp", "stə"),
            ("s", "ʃˈʊɡəɹ", "ʃə"),
            ("A", "ˈænd", "æ"),
        ] {
            assert_eq!(onset(first, said), sound);
        }
    }
}
