//! What hostile text must not do: panic, lose words, lie about their places, take more than linear time.

use std::time::Instant;

use proptest::prelude::*;

use super::{
    options::{Aloud, Emoji, Urls},
    tests::american,
    *,
};
use crate::text::spanned::LITERAL;

/// Signs with a meaning for some class, and a few without.
fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[a-zA-Z]{1,8}",
        "[0-9]{1,12}",
        "[-–—./:,;!?$£€%°@#&*_~`|<>(){}\\[\\]\"'“”’+=^\\\\]{1,4}",
        "[ \n\t\r]{1,3}",
        "\\PC{1,3}",
        // Letters and digits of any script, with marks.
        "[\\p{L}\\p{Nd}]\\p{M}{1,2}",
        "[_-]",
        prop::sample::select(vec![
            "$",
            "$$",
            "\\(",
            "\\)",
            "\\frac{",
            "\\sum_",
            "x^{2}",
            "<sup>",
            "</sup>",
            "<sub>2</sub>",
            "<think>",
            "</think>",
            "-->",
            "<td>",
            "[[",
            "|b]]",
            "%%",
            "==",
            "~2~",
            "^2^",
            "[1]",
            "[2, 3]",
            "*it*",
            "[!NOTE]",
            "【4†a】",
            ":::",
            "---\n",
            "<@1>",
            "<|a|>",
            "{#a}",
            "^[a]",
            "(laughs)",
            "*sighs*",
            "Dr.",
            "St.",
            "No.",
            "Jan.",
            "May",
            "5pm",
            "p.m.",
            "$5",
            "US$",
            "1/2",
            "½",
            "http://",
            "www.",
            ".com",
            "a@b.c",
            "```",
            "# ",
            "- ",
            "1. ",
            "|---|",
            "![",
            "](",
            "&amp;",
            "&#0;",
            "&#xFFFC;",
            "<br>",
            "<!--",
            "XIV",
            "km/h",
            "m²",
            "e10",
            "10^",
            "😂",
            "\u{FE0F}",
            "\u{200D}",
            "\u{301}",
            "\u{202E}",
            "\u{0}",
            "ﬁ",
            "١٢",
            "Ω",
            "中",
            "ß",
            "İ",
            "ŉ",
            "'s",
            "(s)",
            "(k)",
            "é",
            "--",
            "...",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn spanned(text: &str) -> Spanned {
    let mut input = Spanned::default();
    input.push_verbatim(text, 0);
    input
}

/// Letters, apostrophes and hyphens between them, the punctuation of the contract, literals.
fn is_plain(text: &str) -> Result<(), String> {
    for c in text.chars() {
        let allowed = c.is_alphabetic() || " \n'’‘-–.,;:!?—…“”()".contains(c) || c == LITERAL;
        if !allowed {
            return Err(format!("{c:?} is left in {text:?}"));
        }
    }
    if text.contains("  ")
        || text.contains("\n\n\n")
        || text.starts_with([' ', '\n'])
        || text.contains(" \n")
        || text.contains("\n ")
    {
        return Err(format!("white space in {text:?}"));
    }
    Ok(())
}

/// What random text found once.
#[test]
fn leaves_no_sign_of_what_once_left_one() {
    for text in ["=!\r=", "=5!\n= 3", "-!\n=", "\u{FFFC}@", "_- 0–="] {
        let out = normalise(&spanned(text), Dialect::American, &Options::default());
        is_plain(out.text()).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn leaves_only_words_and_punctuation(text in hostile(), british in any::<bool>(), units in any::<bool>()) {
        let dialect = if british { Dialect::British } else { Dialect::American };
        let options = Options { unit_normalization: units, ..Options::default() };
        let out = normalise(&spanned(&text), dialect, &options);
        if let Err(fault) = is_plain(out.text()) {
            prop_assert!(false, "{fault} of {text:?}");
        }
    }

    #[test]
    fn survives_every_option(text in hostile(), bits in any::<u16>()) {
        let bit = |i: u16| bits & (1 << i) != 0;
        let aloud = |i: u16| if bit(i) { Aloud::Read } else { Aloud::Skip };
        let options = Options {
            normalize: bit(0),
            unit_normalization: bit(1),
            url_normalization: match (bit(2), bit(7)) {
                (true, true) => Urls::Full,
                (true, false) => Urls::Signless,
                (false, true) => Urls::Short,
                (false, false) => Urls::Skip,
            },
            email_normalization: bit(3),
            optional_pluralization_normalization: bit(4),
            phone_normalization: bit(5),
            replace_remaining_symbols: bit(6),
            code_blocks: aloud(8),
            emoji: if bit(9) { Emoji::Name } else { Emoji::Skip },
            brackets: aloud(10),
            citations: aloud(11),
        };
        let out = normalise(&spanned(&text), Dialect::American, &options);
        if options.normalize && let Err(fault) = is_plain(out.text()) {
            prop_assert!(false, "{fault} of {text:?}");
        }
    }

    #[test]
    fn tells_true_and_ascending_places(text in hostile()) {
        let out = normalise(&spanned(&text), Dialect::American, &Options::default());
        let mut last = 0;
        let mut at = 0;
        for word in out.text().split([' ', '\n']) {
            let source = out.source_of(at..at + word.len());
            prop_assert!(source.start <= source.end && source.end <= text.len());
            prop_assert!(text.is_char_boundary(source.start) && text.is_char_boundary(source.end));
            if !word.is_empty() {
                prop_assert!(source.start >= last, "{word:?} at {source:?} after {last} in {text:?}");
                last = source.start;
            }
            at += word.len() + 1;
        }
    }

    #[test]
    fn keeps_words(words in prop::collection::vec("[a-z]{2,9}[,.;!?]?", 1..60)) {
        let text = words.join(" ");
        let out = normalise(&spanned(&text), Dialect::American, &Options::default());
        prop_assert!(out.text().split_whitespace().count() >= words.len(), "{} of {text}", out.text());
    }

    #[test]
    fn keeps_literals_in_order(texts in prop::collection::vec("[a-z0-9 .,*_\\[\\]()\n-]{0,6}", 1..12)) {
        let mut input = Spanned::default();
        let mut at = 0;
        for (i, text) in texts.iter().enumerate() {
            input.push_verbatim(text, at);
            at += text.len();
            input.push_literal(&i.to_string(), at..at + 3);
            at += 3;
        }
        let out = normalise(&input, Dialect::American, &Options::default());
        let expected: Vec<String> = (0..texts.len()).map(|i| i.to_string()).collect();
        prop_assert_eq!(out.literals(), &expected[..], "{:?}", input.text());
        prop_assert_eq!(out.text().matches(LITERAL).count(), texts.len());
    }
}

#[test]
fn leaves_nothing_odd_whatever_is_chosen() {
    let options = Options {
        url_normalization: Urls::Short,
        ..Options::default()
    };
    for text in ["http://?A A", "http://@", "http://:80/ a", "www./x", "a://www./"] {
        let out = normalise(&spanned(text), Dialect::American, &options);
        is_plain(out.text()).unwrap();
    }
}

/// Formulas whose parts stand within each other as deep as they fit.
#[test]
fn outlives_nested_formulas() {
    for (open, close) in [
        ("y(", ")"),
        ("f(", ")"),
        ("\\sqrt{", "}"),
        ("\\frac{a}{", "}"),
        ("x^{", "}"),
        ("x_{", "}"),
        ("{", "}"),
        ("|", "|"),
        ("\\sum_{", "}"),
        ("\\vec{", "}"),
        ("(", ")"),
    ] {
        let deep = |n: usize| format!("$${}1+é{}$$ ", open.repeat(n), close.repeat(n));
        let _ = american(&deep(4000 / (open.len() + close.len())));
        let _ = american(&deep(20).repeat(50));
        let _ = american(&format!("$${}$$", open.repeat(300)));
    }
}

#[test]
fn outlives_known_breakers() {
    for text in [
        "éing",
        "Ę1. A0",
        "\u{0}",
        "-".repeat(5000).as_str(),
        "a-".repeat(5000).as_str(),
        "a".repeat(5000).as_str(),
        "9".repeat(5000).as_str(),
        "\u{202E}abc\u{202C}",
        "I\u{307}",
        "ſ",
        "ŉ",
        "1\u{20E3}",
        "$",
        "-",
        "#",
        "@",
        "&;",
        "&#x110000;",
        "1/0",
        "0/0",
        "0:0",
        "99:99",
        "$.",
        "$,",
        "1..2",
        "1--2",
        "-.5",
        "v.",
        "x^",
        "(",
        "()",
        "[]()",
        "![](",
        "|",
        "||",
        "#__",
        "\n\n",
        "\r",
    ] {
        let _ = american(text);
    }
}

/// Ten times the text may not take much more than ten times as long, whatever is repeated; and no pattern costs more than
/// fifty times what prose costs, which is 4 µs a byte: this crate is optimised in tests, and prose gains most from that.
/// What goes with the square of its length costs thousands of times as much here.
#[test]
fn takes_linear_time() {
    let bytes = harness::hostile(1 << 17);
    let cost = |pattern: &str| {
        let text = pattern.repeat(bytes / pattern.len() + 1);
        let input = spanned(&text);
        let start = Instant::now();
        let out = normalise(
            &input,
            Dialect::American,
            &Options {
                unit_normalization: true,
                ..Options::default()
            },
        );
        let seconds = start.elapsed().as_secs_f64();
        assert!(out.text().len() < 64 * (bytes + pattern.len()));
        seconds
    };
    let prose = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness. ";
    let prose = (0..3).map(|_| cost(prose)).fold(f64::INFINITY, f64::min);
    eprintln!("prose: {:.0} ns a byte", prose * 1e9 / bytes as f64);
    for pattern in [
        "-",
        "a-",
        "ab-",
        "1-",
        "1",
        "12 ",
        "1 ",
        "/",
        "a/",
        "1/",
        "(",
        ")",
        "()",
        "[",
        "]",
        "[]",
        "](",
        "[a](",
        "![",
        "&",
        "&amp;",
        "&a",
        "<",
        ">",
        "<a ",
        "<!--",
        "*",
        "*a ",
        "a* ",
        "**a",
        "_",
        "_a ",
        "a_",
        "~~",
        "|",
        "|a",
        "| a |\n",
        "#",
        "# ",
        "#a ",
        "@",
        "a@",
        "a@b.c",
        "$",
        "$1",
        "$1 ",
        "$1-",
        "1s. ",
        "£1 1s. 1d. ",
        "1 €/kg ",
        "1 L/100 ",
        "1,5 ",
        "1.",
        "1. ",
        "1.1",
        "1,",
        "1:",
        "1:1",
        "1:11 ",
        "25:30 ",
        "1:23.4 ",
        "page 1/2 ",
        "1½-",
        "1½-a-",
        "a.",
        "http://",
        "http://a.b/",
        "www.",
        "\n",
        "\n\n",
        " ",
        "\t",
        "a\n",
        "a-\n",
        "ab-\ncd ",
        "Mr.\n",
        "- a\n",
        "```\n",
        "😂",
        "😂 ",
        "e\u{301}",
        "\u{301}",
        "\u{200B}",
        "é",
        "中",
        "Ω",
        "½",
        "1½",
        "'",
        "\"",
        "“",
        "’s ",
        "--",
        "--a ",
        "--a-",
        "a--",
        "1--",
        "U.S. ",
        "plan B. ",
        "—",
        "a—",
        "...",
        ".",
        ",",
        "a,",
        "!",
        "?",
        "\\",
        "\\*",
        "`",
        "`a",
        "{",
        "}",
        "=",
        "1+",
        "x=",
        "x^2",
        "^",
        "II ",
        "XIV ",
        "Part I ",
        "George I ",
        "I, ",
        "zip 1 ",
        "eq. (1) ",
        "A ",
        "AB ",
        "A- ",
        "A+ ",
        "1a2b3c4",
        "NaCl2",
        "Mon, ",
        "Jan and ",
        "1\"x1\" ",
        "1- 2 = ",
        "4ths ",
        "X&Ys ",
        "A.",
        "aB",
        "aaa",
        "ha",
        "Dr. ",
        "St. ",
        "No. 1 ",
        "Jan 1 ",
        "May ",
        "5pm",
        "5 pm ",
        "CA 1 ",
        "1 A ",
        "1 A St ",
        "km",
        "1km",
        "1 km ",
        "%",
        "1%",
        "°",
        "+1 ",
        "555-",
        "(1) ",
        "12:30:",
        "x",
        "soooo ",
        "item(s) ",
        "<think>",
        "</think>",
        "<script>a",
        "<a b='",
        "<sup>1",
        "<td>",
        "<x>",
        "<@1> ",
        "a$",
        " $a",
        "$$a ",
        "$\\frac{a}{b}$ ",
        "$\\frac{",
        "$x_{x^{",
        "$|x$ ",
        "$f($ ",
        "\\(",
        "\\[a",
        "\\begin{align}",
        "==a",
        "[[a",
        "[[a|b]] ",
        "a~2~",
        "a^2^",
        "a^",
        "%%",
        " %%a",
        "a*b*c",
        "**a:**b",
        "a [1] ",
        "a [1], ",
        "a[1][",
        "^[",
        "{#",
        "【",
        "【†",
        "---\na: b\n",
        "> [!a] b\n",
        "[a]: /b\n",
        "[b]",
        "\\(y(y(y(y(y(y(y(y(y(y(y(y(y(y(y(y(y(1+1)))))))))))))))))\\) ",
        "$$|x|x|x|x|x|x$$ ",
        ":a",
        ":ab: ",
        "== a ==\n",
        "| a \\| b |\n",
        ":::\n",
        "\u{FFFC}",
        "\u{0}",
    ] {
        let mut ratio = cost(pattern) / prose;
        for _ in 0..4 {
            // Again, for the machine may have been busy.
            if ratio > 30.0 {
                ratio = ratio.min(cost(pattern) / prose);
            }
        }
        if ratio > 8.0 {
            eprintln!("{pattern:?}: {ratio:.1} times prose");
        }
        assert!(
            ratio <= 50.0,
            "{pattern:?} takes {ratio:.0} times as long as prose"
        );
    }
}
