use crate::text::{Dialect, TextConfig, phonemes};

/// The sentence, the word that is meant, what it says (in American).
const CASES: &[(&str, &str, &str)] = &[
    ("The pipes are made of lead.", "lead", "lˈɛd"),
    ("They lead the way.", "lead", "lˈid"),
    ("She took the lead in the race.", "lead", "lˈid"),
    ("He is a lead singer.", "lead", "lˈid"),
    ("Lead poisoning is rare.", "Lead", "lˈɛd"),
    ("The old lead pipe burst.", "lead", "lˈɛd"),
    ("What does it mean?", "does", "dˈʌz"),
    ("The bucks and does ran off.", "does", "dˈOz"),
    ("He plays bass in a band.", "bass", "bˈAs"),
    ("We caught a huge bass in the lake.", "bass", "bˈæs"),
    ("The nurse dressed the wound.", "wound", "wˈund"),
    ("She wound the clock.", "wound", "wˈWnd"),
    ("A tear ran down her cheek.", "tear", "tˈɪɹ"),
    ("There is a tear in the fabric.", "tear", "tˈɛɹ"),
    ("It shows some wear and tear.", "tear", "tˈɛɹ"),
    ("There was a tear in her eye.", "tear", "tˈɪɹ"),
    ("Do not tear it.", "tear", "tˈɛɹ"),
    ("They live in Paris.", "live", "lˈɪv"),
    ("The concert was streamed live.", "live", "lˈIv"),
    ("We like live music.", "live", "lˈIv"),
    ("I read it yesterday.", "read", "ɹˈɛd"),
    ("I want to read it.", "read", "ɹˈid"),
    ("I read a book every week.", "read", "ɹˈid"),
    ("Please close the door.", "close", "klˈOz"),
    ("Stay close to me.", "close", "klˈOs"),
    ("It was a close race.", "close", "klˈOs"),
    ("Wait a minute.", "minute", "mˈɪnət"),
    ("They found minute traces of it.", "minute", "mInˈut"),
    ("She was content with it.", "content", "kəntˈɛnt"),
    ("The content of the page is new.", "content", "kˈɑntɛnt"),
    ("They broke the record.", "record", "ɹˈɛkəɹd"),
    ("We record it daily.", "record", "ɹəkˈɔɹd"),
    ("He made a low bow to her.", "bow", "bˈW"),
    ("She tied a bow and left.", "bow", "bˈO"),
    ("Please send your resume today.", "resume", "ɹˈɛzəmˌA"),
    ("They resume work.", "resume", "ɹəzˈum"),
    ("We flew to Nice.", "Nice", "nˈis"),
    ("A nice day.", "nice", "nˈIs"),
    ("The wind blew.", "wind", "wˈɪnd"),
    ("Wind the clock.", "Wind", "wˈInd"),
    ("The soldier chose to desert.", "desert", "dəzˈɜɹt"),
    ("They crossed the desert.", "desert", "dˈɛzəɹt"),
    ("I object to that.", "object", "əbʤˈɛkt"),
    ("A strange object fell.", "object", "ˈɑbʤəkt"),
    ("The code is A twelve B.", "A", "ˈA"),
    ("A twelve", "A", "ˈA"),
    ("She flew with Pan Am.", "Am", "ˈæm"),
    ("A five year plan failed.", "A", "ɐ"),
    ("We get a squared plus b squared.", "a", "ˈA"),
    ("So a over b is small.", "a", "ˈA"),
    ("Let a and b be numbers.", "a", "ˈA"),
    ("Here a is small.", "a", "ˈA"),
    ("It is a plus b.", "a", "ˈA"),
    ("Here a equals five.", "a", "ˈA"),
    ("It is minus four a c.", "a", "ˈA"),
    ("If a greater than zero.", "a", "ˈA"),
    ("It is a to the tenth.", "a", "ˈA"),
    ("May I bring a plus one?", "a", "ɐ"),
    ("It is a plus for them.", "a", "ɐ"),
    ("It took a less than happy turn.", "a", "ɐ"),
    ("He learned a times table.", "a", "ɐ"),
    ("He saw a man.", "a", "ɐ"),
    ("Then A thousand men came.", "A", "ɐ"),
];

#[test]
fn are_told_apart_by_context() {
    let config = TextConfig {
        espeak: None,
        ..TextConfig::default()
    };
    let front = phonemes::load(Dialect::American, &config);
    let wrong: Vec<String> = CASES
        .iter()
        .filter_map(|(sentence, word, wanted)| {
            let tokens = front.phonemize(sentence, &[]);
            let said = tokens
                .iter()
                .find(|token| &sentence[token.range.clone()] == *word)?
                .phonemes
                .clone();
            (said != *wanted).then(|| format!("{sentence} {word}: {said}, not {wanted}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
