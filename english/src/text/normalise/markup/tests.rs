use crate::text::normalise::tests;
use tests::american;

#[test]
fn keeps_paragraphs_and_joins_wrapped_lines() {
    let wrapped =
        "It was the best of times, it was the worst of times, it was\nthe age of wisdom.\n\nNext.\n";
    assert_eq!(
        american(wrapped),
        "It was the best of times, it was the worst of times, it was the age of wisdom.\n\nNext.\n"
    );
    assert_eq!(
        american("Roses are red\nViolets are blue"),
        "Roses are red\nViolets are blue"
    );
    assert_eq!(american("one\ntwo  \nthree"), "one two\nthree");
}

#[test]
fn ends_headings_and_items_like_sentences() {
    assert_eq!(
        american("# A title #\nText\n\n- one\n- two\n\n1. first\n2. second"),
        "A title\nText\n\none\ntwo\n\nOne, first\nTwo, second"
    );
    assert_eq!(american("Title\n=====\ntext"), "Title\ntext");
    assert_eq!(american("- [x] done\n- [ ] open\n  more"), "done\nopen more");
    assert_eq!(american("a\n\n---\n\nb"), "a\n\nb");
    assert_eq!(american("> quoted\n> on\n\nnot"), "quoted on\n\nnot");
}

#[test]
fn reads_tables_and_code() {
    assert_eq!(
        american("| A | B |\n|---|:-:|\n| x | 12 |\n| y. | |"),
        "A, B\nx, twelve\ny."
    );
    assert_eq!(
        american("See:\n```rust\nlet x = 1;\n```\nDone."),
        "See:\n\nlet x equals one;\n\nDone."
    );
}

#[test]
fn leaves_marks_out() {
    for (written, said) in [
        (
            "_italic_, *bold*, **strong** and ***both***",
            "italic, bold, strong and both",
        ),
        ("~~gone~~ `code` snake\\_case", "gone code snake case"),
        ("un**believ**able", "unbelievable"),
        (
            "[text](https://a.b/c_d \"t\"), ![alt](x.png) and [ref][1]",
            "text, alt and ref",
        ),
        ("It is known.[1][2] So[^3] then", "It is known. So then"),
        ("<b>bold</b> &amp; <i>it</i><br>next", "bold and it\nnext"),
        ("a &lt; b &#8212; c&nbsp;d", "a less than b — c d"),
        ("Terms apply*", "Terms apply"),
        ("snake_case_name", "Snake case name"),
        ("5 * 3 = 15", "Five times three equals fifteen"),
        ("[aside]", "(aside)"),
        ("<me@a.com>", "Me at a dot com"),
    ] {
        assert_eq!(american(written), said, "{written}");
    }
}
