//! Emoji and emoticons: left out beside words, named where nothing else is said.

use crate::text::normalise::{engine::Reading, line::Line, options::Emoji};
use deunicode::deunicode_char;

/// Drawn with punctuation and letters.
const FACES: &str = r":) :-) :( :-( ;) ;-) :D :-D XD xD :P :-P :p :-p :O :-O :o :-o :/ :-/ :\ :-\ :| :-| :'( :') :* :-* \
    =) =( =D <3 </3 ^^ ^_^ -_- o_O O_o :3 >:( ¯\_(ツ)_/¯ T_T :] :[ 8) 8-) B) B-)";

/// "<3": hearts and comparisons.
pub(crate) fn heart(line: &Line<'_>, at: usize) -> Option<Reading> {
    if line.tokens[at].core != "<3" {
        return None;
    }
    // "<3 months" counts, "I <3 you" does not.
    match line.next(at).filter(|next| next.is_word()) {
        Some(next) if next.core.ends_with('s') => None,
        Some(_) => Some(Reading::whole("love")),
        None => Some(Reading::whole("")),
    }
}

pub(crate) fn face(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    let length = token.open.len() + token.core.len() + token.close.len();
    let is_it = |face: &str| {
        face.len() == length
            && face.starts_with(token.open)
            && face[token.open.len()..].starts_with(token.core)
            && face.ends_with(token.close)
    };
    // The heart may be a comparison.
    ((2..=12).contains(&length) && token.core != "<3" && FACES.split_whitespace().any(is_it))
        .then(|| Reading::whole(""))
}

/// Emoji are left out beside words and named, each kind once, where nothing else is said.
pub(crate) fn emoji(line: &Line<'_>, at: usize) -> Option<Reading> {
    let token = &line.tokens[at];
    if token.core.is_ascii() || !token.core.chars().all(|c| is_emoji(c) || c == '?' || c == '!') {
        return None;
    }
    // "5 ⭐"
    if token.core.chars().all(|c| matches!(c, '⭐' | '★'))
        && let Some(count) = line.previous(at).filter(|count| count.shape.digit)
    {
        return Some(Reading::whole(if count.core == "1" { "star" } else { "stars" }));
    }
    if loves(line, at) {
        return Some(Reading::whole("love"));
    }
    let named = line.options.emoji == Emoji::Name;
    if !line.wordless && !named {
        // Its full stop or comma still ends what was said before.
        return token.close.is_empty().then(|| Reading::whole(""));
    }
    let mut names: Vec<String> = Vec::new();
    for name in token.core.chars().filter_map(name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let names = names.join(", ");
    Some(if named {
        Reading::new(names, 1)
    } else {
        Reading::whole(names)
    })
}

/// "I ❤ NY": a heart between who loves and what is loved.
fn loves(line: &Line<'_>, at: usize) -> bool {
    let token = &line.tokens[at];
    let heart = token.core.chars().count() == 1
        && token
            .core
            .contains(['❤', '♥', '💙', '💚', '💛', '💜', '🧡', '🖤', '💖', '💗']);
    heart
        && line.next(at).is_some()
        && line.previous(at).is_some_and(|who| {
            who.close.is_empty()
                && matches!(
                    who.core,
                    "I" | "i" | "We" | "we" | "You" | "you" | "They" | "they"
                )
        })
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{2300}'..='\u{23FF}' | '‼' | '⁉' | '\u{2139}')
}

fn name(c: char) -> Option<String> {
    if ('\u{1F1E6}'..='\u{1F1FF}').contains(&c) {
        return Some("flag".to_owned());
    }
    match c {
        '💯' => return Some("one hundred".to_owned()),
        '⭐' | '🌟' => return Some("star".to_owned()),
        '👍' => return Some("thumbs up".to_owned()),
        '👎' => return Some("thumbs down".to_owned()),
        _ => {}
    }
    let name = deunicode_char(c)?.trim().replace(['_', '-', '+', '&'], " ");
    let words =
        name.chars().any(char::is_alphabetic) && name.chars().all(|c| c.is_ascii_alphabetic() || c == ' ');
    words.then_some(name)
}

#[cfg(test)]
mod tests {
    use crate::text::normalise::tests::american;

    #[test]
    fn leaves_emoji_out_beside_words() {
        assert_eq!(american("I love it 😂😂!"), "I love it!");
        assert_eq!(american("Great👍 work 👩‍👩‍👧 :) <3"), "Great work");
        assert_eq!(american("✅ Done"), "Done");
        assert_eq!(american("Yes 🎉. No"), "Yes. No");
    }

    #[test]
    fn tells_hearts_from_comparisons() {
        assert_eq!(
            american("I <3 you; under <3 months <3"),
            "I love you; under less than three months"
        );
    }

    #[test]
    fn names_emoji_that_stand_alone() {
        assert_eq!(american("😂 😂"), "joy joy");
        assert_eq!(american("🎉🎉🎉"), "tada");
    }
}
