use crate::text::{
    Dialect,
    normalise::{Options, normalise, tests::american},
    spanned::Spanned,
};

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
fn joins_words_that_a_line_end_breaks() {
    for (written, read) in [
        ("He de-\ncided to go.", "He decided to go."),
        ("He de\u{AD}\ncided to go.", "He decided to go."),
        (
            "“An inter-\nnational law,” he said.",
            "“An international law,” he said.",
        ),
        ("a well-\nknown man", "a well-known man"),
        ("two-\nand three-day trips", "two and three-day trips"),
        ("un-\nderstand a re-\nlation-\nship", "understand a relationship"),
        ("his mother-\nin-law", "his mother-in-law"),
        (
            "- He com-\n  puted it\n- long-\n  term",
            "He computed it\nlong-term",
        ),
        ("> an on-\n> line shop", "an online shop"),
        ("Schwarzen-\negger left--\nand so", "Schwarzenegger left— and so"),
        ("a 20-\nyear plan", "a twenty year plan"),
        ("He left-\n\nnext", "He left\n\nnext"),
    ] {
        assert_eq!(american(written), read);
    }
}

#[test]
fn ends_no_line_of_a_narrow_column() {
    for (written, read) in [
        (
            "He met the president of the United\nStates and then\nwent home.",
            "He met the president of the United States and then went home.",
        ),
        (
            "He said that Mr.\nSmith met J.\nR. Jones.",
            "He said that Mister Smith met J. R. Jones.",
        ),
        (
            "Dear John,\nI hope you\nare well.",
            "Dear John,\nI hope you are well.",
        ),
        ("Title\nby me\nChapter One", "Title by me\nChapter One"),
    ] {
        assert_eq!(american(written), read);
    }
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

/// Each word with what stands at its place in the written text.
fn places(written: &str) -> Vec<(String, &str)> {
    let mut input = Spanned::default();
    input.push_verbatim(written, 0);
    let out = normalise(&input, Dialect::American, &Options::default());
    let mut at = 0;
    out.text()
        .split([' ', '\n'])
        .map(|word| {
            let source = out.source_of(at..at + word.len());
            at += word.len() + 1;
            (word.to_owned(), &written[source])
        })
        .collect()
}

#[test]
fn tells_where_the_words_of_markup_stand() {
    let found = places("So <i>x</i>, r<sup>2</sup> and $\\frac{a}{b} + \\pi$ [1] are ==one==.");
    let expected = [
        ("So", "So"),
        ("x,", "x</i>,"),
        ("r", "r<sup>2</sup>"),
        ("squared", "r<sup>2</sup>"),
        ("and", "and"),
        ("a", "a"),
        ("over", "{"),
        ("b", "b"),
        ("plus", "+"),
        ("pi", "\\pi"),
        ("are", "are"),
        ("one.", "one==."),
    ];
    let found: Vec<_> = found
        .iter()
        .map(|(word, place)| (word.as_str(), *place))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn leaves_thoughts_out_that_are_longer_than_a_chunk() {
    let thought = "Let me think about it.\n\n".repeat(2000);
    for written in [
        format!("Yes. <think>{thought}</think> No."),
        format!("Yes. <!-- {thought} --> No."),
        format!("Yes. <script>{thought}</script> No."),
        format!("Yes. <details type=\"reasoning\">{thought}</details> No."),
    ] {
        assert_eq!(american(&written), "Yes. No.");
    }
    assert_eq!(american(&format!("{thought}</think>No.")), "No.");
    // A rule in the middle of a long text begins no front matter.
    let text = format!(
        "{}\n\n---\na: b\n---\n\nEnd.",
        "It is so. ".repeat(300).trim_end()
    );
    assert!(american(&text).ends_with("so.\n\na: b\n\nEnd."));
}
