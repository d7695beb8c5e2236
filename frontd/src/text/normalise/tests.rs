use super::*;

pub(super) fn american(text: &str) -> String {
    read(text, Dialect::American)
}

pub(super) fn british(text: &str) -> String {
    read(text, Dialect::British)
}

fn read(text: &str, dialect: Dialect) -> String {
    let mut input = Spanned::default();
    input.push_verbatim(text, 0);
    let options = Options {
        unit_normalization: true,
        ..Options::default()
    };
    normalise(&input, dialect, &options).text().to_owned()
}

#[test]
fn leaves_prose_alone() {
    for prose in [
        "“I came—I saw,” he said; ‘it’s good’ … (or so he thought).",
        "We can all begin freely--a slight preference is natural enough.",
        "One paragraph.\n\nAnother one!",
    ] {
        assert_eq!(american(prose), prose);
    }
}

#[test]
fn reads_numbers_and_signs() {
    assert_eq!(american("I have 12 (or 13)."), "I have twelve (or thirteen).");
    assert_eq!(american("a & b"), "a and b");
}
