//! Places in the Bible: "1 Cor. 13:4", "Gen. 1:1".

use crate::text::normalise::{
    engine::Reading,
    line::Line,
    say::numbers,
    words::{Role, said},
};

pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    if matches!(core, "1" | "2" | "3") {
        return numbered(line, at);
    }
    let name = said(core, Role::Book)?;
    has_verse(line, at).then(|| reading(name.to_owned(), 1))
}

/// "1 Cor. 13", "2 Timothy 1:7"
fn numbered(line: &Line<'_>, at: usize) -> Option<Reading> {
    let book = line.next(at)?;
    let name = said(book.core, Role::BookNumbered)?;
    let chapter = line
        .next_after_dot(at + 1)
        .is_some_and(|next| next.core.starts_with(|c: char| c.is_ascii_digit()));
    if !(has_verse(line, at + 1) || chapter && !book.is(Role::BookName)) {
        return None;
    }
    let number = numbers::ordinal(line.tokens[at].core, line.dialect);
    Some(reading(format!("{number} {name}"), 2))
}

/// Chapter and verse follow: "13:4".
fn has_verse(line: &Line<'_>, at: usize) -> bool {
    line.next_after_dot(at).is_some_and(|next| {
        next.core.split_once(':').is_some_and(|(chapter, verse)| {
            numbers::is_digits(chapter) && verse.starts_with(|c: char| c.is_ascii_digit())
        })
    })
}

fn reading(words: String, tokens: usize) -> Reading {
    Reading::new(words, tokens).goes_on()
}

#[cfg(test)]
mod tests {
    use crate::text::normalise::tests::american;

    #[test]
    fn names_the_book() {
        for (written, said) in [
            (
                "See 1 Cor. 13:4-7.",
                "See first Corinthians thirteen four to seven.",
            ),
            ("2 Timothy 1:7", "Second Timothy one seven"),
            (
                "In Gen. 1:1 and Matt 5:9",
                "In Genesis one one and Matthew five nine",
            ),
        ] {
            assert_eq!(american(written), said);
        }
    }

    #[test]
    fn leaves_officers_and_counted_people_alone() {
        assert_eq!(
            american("Gen. Grant had 1 Kings 5"),
            "General Grant had one Kings five"
        );
    }
}
