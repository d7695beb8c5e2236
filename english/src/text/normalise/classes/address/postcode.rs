//! British postcodes: "SW1A 1AA", "LS1 4ND".

use crate::text::normalise::{
    engine::Reading,
    line::Line,
    say::spelling,
    words::{Role, is},
};

/// Both halves, letters and digits one after the other, so that "4ND" and "8TH" are no ordinals.
pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let (outward, inward) = (line.tokens[at].core, line.next(at)?.core);
    if !(is_outward(outward) && is_inward(inward)) {
        return None;
    }
    let mut words = String::new();
    for half in [outward, inward] {
        // "M60 1QD" is not "sixty one".
        if words.ends_with("ty") {
            words.push(',');
        }
        let mut rest = half;
        while let Some(c) = rest.chars().next() {
            let end = rest
                .find(|d: char| d.is_ascii_digit() != c.is_ascii_digit())
                .unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            rest = after;
            if !words.is_empty() {
                words.push(' ');
            }
            if c.is_ascii_digit() {
                words += &spelling::digits(part, line.dialect);
            } else if is(part, Role::TwoLetterWord) {
                words += &format!("{} {}", &part[..1], &part[1..]);
            } else {
                words += part;
            }
        }
    }
    Some(Reading::new(words, 2))
}

/// "M1", "SW1A", "DN55"
fn is_outward(text: &str) -> bool {
    let area = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let district = &text.as_bytes()[area..];
    (1..=2).contains(&area)
        && match district {
            [digit] => digit.is_ascii_digit(),
            [digit, last] => digit.is_ascii_digit() && (last.is_ascii_digit() || last.is_ascii_uppercase()),
            _ => false,
        }
}

/// "1AA"
fn is_inward(text: &str) -> bool {
    matches!(text.as_bytes(), [b'0'..=b'9', b'A'..=b'Z', b'A'..=b'Z'])
}

#[cfg(test)]
mod tests {
    use crate::text::normalise::tests::british;

    #[test]
    fn says_letters_and_digits() {
        assert_eq!(british("London SW3 4ND"), "London SW three four ND");
        assert_eq!(british("at B33 8TH."), "at B thirty three eight TH.");
        assert_eq!(british("Oxford OX4 1PQ"), "Oxford O X four one PQ");
    }
}
