//! Places in the Bible: "1 Cor. 13:4", "Gen. 1:1".

use crate::text::normalise::{
    engine::Reading,
    line::Line,
    say::numbers,
    words::{Role, said},
};

/// "Gen. 1:1"
pub(crate) fn book(line: &Line<'_>, at: usize) -> Option<Reading> {
    let name = said(line.tokens[at].core, Role::Book)?;
    has_verse(line, at).then(|| Reading::new(name, 1).goes_on())
}

/// "1 Cor. 13", "2 Timothy 1:7"
pub(crate) fn numbered(line: &Line<'_>, at: usize) -> Option<Reading> {
    let book = line
        .next(at)
        .filter(|_| matches!(line.tokens[at].core, "1" | "2" | "3"))?;
    let name = said(book.core, Role::BookNumbered)?;
    let chapter = line
        .next_after_dot(at + 1)
        .is_some_and(|next| next.core.starts_with(|c: char| c.is_ascii_digit()));
    if !(has_verse(line, at + 1) || chapter && !book.is(Role::BookName)) {
        return None;
    }
    let number = numbers::ordinal(line.tokens[at].core, line.dialect);
    Some(Reading::new(format!("{number} {name}"), 2).goes_on())
}

/// Chapter and verse follow: "13:4".
fn has_verse(line: &Line<'_>, at: usize) -> bool {
    line.next_after_dot(at).is_some_and(|next| {
        next.core.split_once(':').is_some_and(|(chapter, verse)| {
            numbers::is_digits(chapter) && verse.starts_with(|c: char| c.is_ascii_digit())
        })
    })
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
