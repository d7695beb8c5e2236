//! Respellings as people type them, "koh-KOH-roh", → phonemes.
//!
//! Hyphens part syllables; the one in capitals is stressed, of several the last most. Without capitals the last but one is.
//! The spellings are those of dictionaries and newspapers for readers of English:
//!
//! | typed | as in | typed | as in |
//! |---|---|---|---|
//! | `a` before a consonant | t*a*p | `igh`, `eye`, `y`, `ie`, `i-e` | t*i*de |
//! | `ah`, stressed `a` at the end | f*a*ther | `i`, `ih` | t*i*p |
//! | `ai`, `ay`, `ei`, `ey`, `a-e` | t*a*ke | `o` before a consonant | t*o*p |
//! | `air`, `ayr`, `ehr` | h*air* | `oh`, `oa`, `oe`, `o-e`, `o` at the end | t*o*ne |
//! | `ar`, `ahr` | c*ar* | `oi`, `oy` | t*oy* |
//! | `au`, `aw` | l*aw* | `oo`, `u` at the end, `u-e` | t*oo* |
//! | `e`, `eh` | t*e*n | `oor` | p*oor* |
//! | `ea`, `ee`, `e` and `i` at the end | t*ee* | `or`, `ore`, `ohr`, `awr` | t*or*n |
//! | `ear`, `eer`, `ihr` | d*ear* | `ou`, `ow` | t*ow*n |
//! | `er`, `ir`, `ur`, `uhr` | t*ur*n | `our`, `owr`; `ire`, `yre` | fl*our*; f*ire* |
//! | `ew` | f*ew* | `u`, `uh`, unstressed `a` at the end | *u*p, *a*bout |
//! | | | `uu`; `ure` | b*oo*k; p*ure* |
//!
//! Of the consonants `ch`, `dh` (*th*is), `j`, `kh`, `ng`, `ph`, `qu`, `sh`, `tch`, `th` (*th*in), `wh`, `x` and `zh` (plea*s*ure) mean one
//! sound or two; `g` is always hard, `s` never voiced.

use super::Dialect;
use crate::text::phonemes::is_word;

/// As typed, American, British.
type Spelling = (&'static str, &'static str, &'static str);

/// Vowels before a consonant, and those that are the same everywhere. The longest that fits is taken.
const VOWELS: &[Spelling] = &[
    ("a", "æ", "a"),
    ("ah", "ɑ", "ɑː"),
    ("ahr", "ɑɹ", "ɑː"),
    ("ai", "A", "A"),
    ("air", "ɛɹ", "ɛː"),
    ("ar", "ɑɹ", "ɑː"),
    ("au", "ɔ", "ɔː"),
    ("aw", "ɔ", "ɔː"),
    ("awr", "ɔɹ", "ɔː"),
    ("ay", "A", "A"),
    ("ayr", "ɛɹ", "ɛː"),
    ("e", "ɛ", "ɛ"),
    ("ea", "i", "iː"),
    ("ear", "ɪɹ", "ɪə"),
    ("ee", "i", "iː"),
    ("eer", "ɪɹ", "ɪə"),
    ("eh", "ɛ", "ɛ"),
    ("ehr", "ɛɹ", "ɛː"),
    ("ei", "A", "A"),
    ("er", "ɜɹ", "ɜː"),
    ("ew", "ju", "juː"),
    ("ey", "A", "A"),
    ("eye", "I", "I"),
    ("i", "ɪ", "ɪ"),
    ("ie", "I", "I"),
    ("igh", "I", "I"),
    ("ih", "ɪ", "ɪ"),
    ("ihr", "ɪɹ", "ɪə"),
    ("ir", "ɜɹ", "ɜː"),
    ("ire", "Iəɹ", "Iə"),
    ("o", "ɑ", "ɒ"),
    ("oa", "O", "Q"),
    ("oe", "O", "Q"),
    ("oh", "O", "Q"),
    ("ohr", "ɔɹ", "ɔː"),
    ("oi", "Y", "Y"),
    ("oo", "u", "uː"),
    ("oor", "ʊɹ", "ʊə"),
    ("or", "ɔɹ", "ɔː"),
    ("ore", "ɔɹ", "ɔː"),
    ("ou", "W", "W"),
    ("our", "Wəɹ", "Wə"),
    ("ow", "W", "W"),
    ("owr", "Wəɹ", "Wə"),
    ("oy", "Y", "Y"),
    ("u", "ʌ", "ʌ"),
    ("uh", "ʌ", "ʌ"),
    ("uhr", "ɜɹ", "ɜː"),
    ("ur", "ɜɹ", "ɜː"),
    ("ure", "jʊɹ", "jʊə"),
    ("uu", "ʊ", "ʊ"),
    ("y", "ɪ", "ɪ"),
    ("yre", "Iəɹ", "Iə"),
];

/// Single letters at the end of a syllable.
const OPEN: &[Spelling] = &[
    ("a", "ɑ", "ɑː"),
    ("e", "i", "iː"),
    ("i", "i", "iː"),
    ("o", "O", "Q"),
    ("u", "u", "uː"),
    ("y", "I", "I"),
];

/// Single letters before a consonant and a silent e.
const LONG: &[Spelling] = &[
    ("a", "A", "A"),
    ("e", "i", "iː"),
    ("i", "I", "I"),
    ("o", "O", "Q"),
    ("u", "u", "uː"),
    ("y", "I", "I"),
];

/// What a vowel becomes without stress, if not itself.
const WEAK: &[(&str, &str)] = &[("ʌ", "ə"), ("ɜɹ", "əɹ"), ("ɜː", "ə"), ("iː", "i")];

/// The longest that fits is taken.
const CONSONANTS: &[(&str, &str)] = &[
    ("tch", "ʧ"),
    ("ch", "ʧ"),
    ("ck", "k"),
    ("dh", "ð"),
    ("gh", "ɡ"),
    ("kh", "k"),
    ("ng", "ŋ"),
    ("nk", "ŋk"),
    ("ph", "f"),
    ("qu", "kw"),
    ("sh", "ʃ"),
    ("th", "θ"),
    ("wh", "w"),
    ("zh", "ʒ"),
    ("ce", "s"),
    ("b", "b"),
    ("c", "k"),
    ("d", "d"),
    ("f", "f"),
    ("g", "ɡ"),
    ("h", "h"),
    ("j", "ʤ"),
    ("k", "k"),
    ("l", "l"),
    ("m", "m"),
    ("n", "n"),
    ("p", "p"),
    ("q", "k"),
    ("r", "ɹ"),
    ("s", "s"),
    ("t", "t"),
    ("v", "v"),
    ("w", "w"),
    ("x", "ks"),
    ("y", "j"),
    ("z", "z"),
];

/// What `word` says if it is a respelling in syllables; `None` if it is to be read as the plain words that it is: "win", "engine-room".
#[must_use]
pub fn phonemes(word: &str, dialect: Dialect) -> Option<String> {
    let parts: Vec<&str> = word.split('-').collect();
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|letter| letter.is_ascii_alphabetic());
    if !parts.iter().all(letters) {
        return None;
    }
    let is_stressed = |part: &&str| part.len() > 1 && part.bytes().all(|letter| letter.is_ascii_uppercase());
    let stressed = parts.iter().rposition(is_stressed);
    // "USB", "X-ray", "Jean-Luc" and "engine-room" are words.
    let marked = stressed.is_some() && parts.len() > 1;
    let small = word.bytes().all(|letter| !letter.is_ascii_uppercase());
    let letter = word.len() == 1;
    if !marked && (!small || letter || parts.iter().all(|part| is_word(part))) {
        return None;
    }
    let primary = stressed.unwrap_or(parts.len().saturating_sub(2));
    let mut said = String::new();
    for (i, part) in parts.iter().enumerate() {
        let stress = match i {
            _ if i == primary => "ˈ",
            _ if is_stressed(part) => "ˌ",
            _ => "",
        };
        let linked = parts.get(i + 1).is_some_and(|next| begins_with_vowel(next));
        said.push_str(&syllable(&part.to_ascii_lowercase(), stress, linked, dialect)?);
    }
    Some(said)
}

fn begins_with_vowel(part: &str) -> bool {
    part.starts_with(|letter: char| "aeiouAEIOU".contains(letter))
}

/// `linked`: the next syllable begins with a vowel, before which British voices say an r, too.
fn syllable(text: &str, stress: &str, linked: bool, dialect: Dialect) -> Option<String> {
    let mut at = 0;
    let mut onset = String::new();
    while !is_vowel_at(text, at) {
        at += consonant(text, at, &mut onset)?;
    }
    let (spelling, vowel) = vowel(&text[at..], dialect, stress.is_empty())?;
    at += spelling.len();
    let mut coda = String::new();
    // A silent e ends "name", "horse" and "rahnce".
    while at < text.len() && &text[at..] != "e" {
        if is_vowel_at(text, at) {
            return None;
        }
        at += consonant(text, at, &mut coda)?;
    }
    if coda.is_empty()
        && linked
        && dialect == Dialect::British
        && spelling.ends_with(['r', 'e'])
        && spelling.contains('r')
    {
        coda.push('ɹ');
    }
    // "drew" has no j.
    let vowel = match vowel.strip_prefix('j') {
        Some(rest) if onset.ends_with(['ɹ', 'l', 'j', 'ʃ', 'ʒ', 'ʧ', 'ʤ']) => rest,
        _ => vowel,
    };
    let (glide, vowel) = match vowel.strip_prefix('j') {
        Some(rest) => ("j", rest),
        None => ("", vowel),
    };
    Some(format!("{onset}{glide}{stress}{vowel}{coda}"))
}

/// Whether a vowel begins there; a `y` before another vowel is a consonant, but for "rye".
fn is_vowel_at(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at) {
        Some(b'y') => {
            !begins_with_vowel(&text[at + 1..])
                || (at > 0 && &text[at + 1..] == "e")
                || text[at..].starts_with("yre")
        }
        Some(letter) => b"aeiou".contains(letter) && !(*letter == b'u' && text[..at].ends_with('q')),
        None => false,
    }
}

/// Adds the consonant there; gives its length, a doubled letter counted as one.
fn consonant(text: &str, at: usize, said: &mut String) -> Option<usize> {
    let rest = &text[at..];
    let (typed, signs) = CONSONANTS.iter().find(|(typed, _)| rest.starts_with(typed))?;
    let (length, signs) = match *typed {
        // The e is read by itself.
        "ce" => (1, "s"),
        "c" if rest[1..].starts_with(['i', 'y']) => (1, "s"),
        typed => (typed.len(), *signs),
    };
    said.push_str(signs);
    let doubled = length == 1 && rest[1..].starts_with(typed);
    Some(length + usize::from(doubled))
}

/// The vowel that `text` begins with: as typed, and what it says.
fn vowel(text: &str, dialect: Dialect, weak: bool) -> Option<(&str, &'static str)> {
    if text == "ye" {
        return Some((text, "I"));
    }
    let fits = VOWELS.iter().filter(|(typed, ..)| text.starts_with(typed));
    let &(typed, ..) = fits.clone().max_by_key(|(typed, ..)| typed.len())?;
    let rest = &text[typed.len()..];
    let silent_e =
        rest.len() > 1 && rest.ends_with('e') && !rest[..rest.len() - 1].contains(['a', 'e', 'i', 'o', 'u']);
    let table = match typed.len() {
        1 if rest.is_empty() => OPEN,
        1 if silent_e && rest.len() <= 3 => LONG,
        _ => VOWELS,
    };
    let &(_, american, british) = table.iter().find(|(known, ..)| *known == typed)?;
    if typed == "a" && rest.is_empty() && weak {
        return Some((&text[..1], "ə"));
    }
    let said = match dialect {
        Dialect::American => american,
        Dialect::British => british,
    };
    let weakened = WEAK.iter().find(|(strong, _)| weak && *strong == said);
    Some((&text[..typed.len()], weakened.map_or(said, |(_, weak)| weak)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::vocabulary;

    #[test]
    fn syllables_are_said_as_readers_of_english_would() {
        for (typed, american, british) in [
            ("koh-KOH-roh", "kOkˈOɹO", "kQkˈQɹQ"),
            ("shih-VAWN", "ʃɪvˈɔn", "ʃɪvˈɔːn"),
            ("shuh-VAWN", "ʃəvˈɔn", "ʃəvˈɔːn"),
            ("nuh-WIN", "nəwˈɪn", "nəwˈɪn"),
            ("KEE-uh-noo", "kˈiənu", "kˈiːənuː"),
            ("jee-oh-VAH-nee", "ʤiOvˈɑni", "ʤiQvˈɑːni"),
            ("SIR-shuh", "sˈɜɹʃə", "sˈɜːʃə"),
            ("WUUS-ter", "wˈʊstəɹ", "wˈʊstə"),
            ("HAIR-ee-et", "hˈɛɹiɛt", "hˈɛːɹiɛt"),
            ("na-ka-MU-ra", "nəkəmˈuɹə", "nəkəmˈuːɹə"),
            ("KAL-uh-FOR-nyuh", "kˌæləfˈɔɹnjə", "kˌaləfˈɔːnjə"),
            ("MATH-yoo", "mˈæθju", "mˈaθjuː"),
            ("an-DREW", "ændɹˈu", "andɹˈuː"),
            ("NEF-yew", "nˈɛfju", "nˈɛfjuː"),
            ("TYPE-set", "tˈIpsɛt", "tˈIpsɛt"),
            ("KLAIRE-mont", "klˈɛɹmɑnt", "klˈɛːmɒnt"),
            ("BYE-ruhn", "bˈIɹən", "bˈIɹən"),
            ("QUEE-kwegg", "kwˈikwɛɡ", "kwˈiːkwɛɡ"),
            // Without capitals the last but one is stressed, and one syllable by itself.
            ("zhah-vair", "ʒˈɑvɛɹ", "ʒˈɑːvɛː"),
            ("zhahn", "ʒˈɑn", "ʒˈɑːn"),
        ] {
            let said = |dialect| phonemes(typed, dialect).unwrap_or_else(|| "?".to_owned());
            assert_eq!(
                (said(Dialect::American), said(Dialect::British)),
                (american.to_owned(), british.to_owned()),
                "{typed}"
            );
        }
    }

    #[test]
    fn words_stay_words() {
        for word in [
            "win",
            "engine",
            "x",
            "a",
            "engine-room",
            "X-ray",
            "USB",
            "SQL",
            "Jean-Luc",
            "T-SHIRT",
            "C",
            "",
            "-",
            "o'clock",
            "x1-YY",
            "naïve-TAY",
            "BRR-rrr",
            "strengths",
            "WIN",
        ] {
            assert_eq!(phonemes(word, Dialect::American), None, "{word}");
        }
    }

    #[test]
    fn every_spelling_is_of_signs_that_the_model_knows() {
        let vowels = [VOWELS, OPEN, LONG].concat();
        let vowels = vowels
            .iter()
            .flat_map(|(_, american, british)| [*american, *british]);
        let signs = vowels
            .chain(WEAK.iter().map(|(_, weak)| *weak))
            .chain(CONSONANTS.iter().map(|(_, said)| *said));
        assert!(
            signs
                .flat_map(str::chars)
                .all(|sign| vocabulary::id(sign).is_some())
        );
    }
}
