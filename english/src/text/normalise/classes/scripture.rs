//! Places in the Bible: "1 Cor. 13:4", "Gen. 1:1".

use crate::text::normalise::{
    engine::{Dot, Reading},
    line::Line,
    say::numbers,
};

/// Abbreviation and name of the books that have no number.
const BOOKS: &[(&str, &str)] = &[
    ("Dan", "Daniel"),
    ("Deut", "Deuteronomy"),
    ("Eccl", "Ecclesiastes"),
    ("Eph", "Ephesians"),
    ("Esth", "Esther"),
    ("Ex", "Exodus"),
    ("Exod", "Exodus"),
    ("Ezek", "Ezekiel"),
    ("Gal", "Galatians"),
    ("Gen", "Genesis"),
    ("Hab", "Habakkuk"),
    ("Hag", "Haggai"),
    ("Heb", "Hebrews"),
    ("Hos", "Hosea"),
    ("Isa", "Isaiah"),
    ("Jas", "James"),
    ("Jer", "Jeremiah"),
    ("Jn", "John"),
    ("Josh", "Joshua"),
    ("Judg", "Judges"),
    ("Lam", "Lamentations"),
    ("Lev", "Leviticus"),
    ("Lk", "Luke"),
    ("Mal", "Malachi"),
    ("Matt", "Matthew"),
    ("Mic", "Micah"),
    ("Mk", "Mark"),
    ("Mt", "Matthew"),
    ("Neh", "Nehemiah"),
    ("Num", "Numbers"),
    ("Phil", "Philippians"),
    ("Prov", "Proverbs"),
    ("Ps", "Psalm"),
    ("Rev", "Revelation"),
    ("Rom", "Romans"),
    ("Zech", "Zechariah"),
    ("Zeph", "Zephaniah"),
];

/// Those of which there are two or three.
const NUMBERED_BOOKS: &[(&str, &str)] = &[
    ("Chr", "Chronicles"),
    ("Chron", "Chronicles"),
    ("Cor", "Corinthians"),
    ("Jn", "John"),
    ("Kgs", "Kings"),
    ("Pet", "Peter"),
    ("Sam", "Samuel"),
    ("Thess", "Thessalonians"),
    ("Tim", "Timothy"),
];

/// Those that are no Bible's without a verse after them: people have these names, too.
const NAMES: &[&str] = &["John", "Kings", "Peter", "Samuel", "Timothy"];

pub(crate) fn read(line: &Line<'_>, at: usize) -> Option<Reading> {
    let core = line.tokens[at].core;
    if matches!(core, "1" | "2" | "3") {
        return numbered(line, at);
    }
    let name = find(BOOKS, core)?;
    has_verse(line, at).then(|| reading(name.to_owned(), 1))
}

/// "1 Cor. 13", "2 Timothy 1:7"
fn numbered(line: &Line<'_>, at: usize) -> Option<Reading> {
    let book = line.next(at)?.core;
    let written_out = NUMBERED_BOOKS.iter().find(|(_, name)| *name == book);
    let name = find(NUMBERED_BOOKS, book).or(written_out.map(|(_, name)| *name))?;
    let chapter = line
        .next_after_dot(at + 1)
        .is_some_and(|next| next.core.starts_with(|c: char| c.is_ascii_digit()));
    if !(has_verse(line, at + 1) || chapter && !NAMES.contains(&book)) {
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
    Reading {
        dot: Dot::Yes,
        ..Reading::new(words, tokens)
    }
}

fn find(books: &[(&str, &'static str)], text: &str) -> Option<&'static str> {
    books
        .iter()
        .find(|(short, _)| *short == text)
        .map(|(_, name)| *name)
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
