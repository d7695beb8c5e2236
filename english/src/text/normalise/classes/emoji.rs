//! Emoji and emoticons: left out beside words, named where nothing else is said.

use crate::text::normalise::line::{
    Line,
    tokens::{self, Token},
};
use deunicode::deunicode_char;

/// Drawn with punctuation and letters.
const EMOTICONS: &[&str] = &[
    ":)",
    ":-)",
    ":(",
    ":-(",
    ";)",
    ";-)",
    ":D",
    ":-D",
    "XD",
    "xD",
    ":P",
    ":-P",
    ":p",
    ":-p",
    ":O",
    ":-O",
    ":o",
    ":-o",
    ":/",
    ":-/",
    ":\\",
    ":-\\",
    ":|",
    ":-|",
    ":'(",
    ":')",
    ":*",
    ":-*",
    "=)",
    "=(",
    "=D",
    "<3",
    "</3",
    "^^",
    "^_^",
    "-_-",
    "o_O",
    "O_o",
    ":3",
    ">:(",
    "¯\\_(ツ)_/¯",
    "T_T",
    ":]",
    ":[",
    "8)",
    "8-)",
    "B)",
    "B-)",
];

/// What is said for a token of emoji alone, or for an emoticon; each kind once.
pub(crate) fn read(line: &Line<'_>, at: usize, named: bool) -> Option<String> {
    let token = &line.tokens[at];
    if token.core == "<3" {
        // "<3 months" counts, "I <3 you" does not.
        let next = line.next(at).filter(|next| next.is_word());
        return match next {
            Some(next) if next.core.ends_with('s') => None,
            Some(_) => Some("love".to_owned()),
            None => Some(String::new()),
        };
    }
    if token.core.is_ascii()
        && token.shape == tokens::Shape::default()
        && token.open.is_empty()
        && token.close.len() < 2
    {
        return None;
    }
    if is_emoticon(token) {
        return Some(String::new());
    }
    if token.core.is_ascii() || !token.core.chars().all(|c| is_emoji(c) || c == '?' || c == '!') {
        return None;
    }
    // "5 ⭐"
    if token.core.chars().all(|c| matches!(c, '⭐' | '★'))
        && let Some(count) = line.previous(at).filter(|count| count.shape.digit)
    {
        return Some(if count.core == "1" { "star" } else { "stars" }.to_owned());
    }
    if loves(line, at) {
        return Some("love".to_owned());
    }
    if !named {
        // Its full stop or comma still ends what was said before.
        return token.close.is_empty().then(String::new);
    }
    let mut names: Vec<String> = Vec::new();
    for name in token.core.chars().filter_map(name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Some(names.join(", "))
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

/// Nothing in the line has a letter or a digit, and something is an emoji.
pub(crate) fn alone(line: &Line<'_>) -> bool {
    line.tokens
        .iter()
        .all(|token| !token.is_literal() && !token.core.contains(char::is_alphanumeric))
        && line.tokens.iter().any(|token| token.core.contains(is_emoji))
}

fn is_emoticon(token: &Token<'_>) -> bool {
    let length = token.open.len() + token.core.len() + token.close.len();
    (2..=12).contains(&length)
        && EMOTICONS.iter().any(|face| {
            face.len() == length
                && face.starts_with(token.open)
                && face[token.open.len()..].starts_with(token.core)
                && face.ends_with(token.close)
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
