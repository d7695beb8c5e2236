use super::*;

fn lexicon(text: &str) -> Lexicon {
    let (lexicon, faults) = Lexicon::parse(text);
    assert_eq!(faults, []);
    lexicon
}

fn applied(entries: &str, text: &str) -> String {
    let mut spanned = Spanned::default();
    spanned.push_verbatim(text, 0);
    apply(&[&lexicon(entries)], spanned, Dialect::American)
        .text()
        .to_owned()
}

#[test]
fn respells_whole_words_in_any_case() {
    let entries = "nginx = engine x\nc++ = C plus plus";
    assert_eq!(
        applied(entries, "Nginx, NGINX's and mynginx."),
        "engine x, engine x's and mynginx."
    );
    assert_eq!(
        applied(entries, "C++ or c++-like"),
        "C plus plus or C plus plus-like"
    );
}

#[test]
fn capitals_fit_only_as_written() {
    assert_eq!(
        applied("Reading = redding", "Reading is reading"),
        "redding is reading"
    );
    assert_eq!(applied("US = you ess", "US us"), "you ess us");
}

#[test]
fn the_longest_entry_is_taken() {
    let entries = "New York = a\nNew York Times = b\nnew = c";
    assert_eq!(
        applied(entries, "New York Times, New York, new, News"),
        "b, a, c, News"
    );
    assert_eq!(applied("o'neill = x", "O’Neill’s"), "x’s");
}

#[test]
fn phonemes_become_literals_in_their_place() {
    let mut text = Spanned::default();
    text.push_verbatim("ask Siobhan now", 0);
    let said = apply(&[&lexicon("siobhan = /ʃəvˈɔn/")], text, Dialect::British);
    assert_eq!(said.text(), "ask \u{FFFC} now");
    assert_eq!(said.literals(), ["ʃəvˈɔn"]);
    assert_eq!(said.source_of(4..7), 4..11);
    assert_eq!(said.source_of(8..11), 12..15);
}

#[test]
fn dialects_have_their_own() {
    let lexicon = lexicon("gb: tomato = b\ntomato = a\nus: gif = c");
    let said = |dialect| {
        let mut text = Spanned::default();
        text.push_verbatim("tomato gif", 0);
        apply(&[&lexicon], text, dialect).text().to_owned()
    };
    assert_eq!(said(Dialect::American), "a c");
    assert_eq!(said(Dialect::British), "b gif");
}

#[test]
fn syllables_become_phonemes_among_plain_words() {
    let mut text = Spanned::default();
    text.push_verbatim("ask Kokoro-82M", 0);
    let said = apply(
        &[&lexicon("Kokoro-82M = koh-KOH-roh eighty two em")],
        text,
        Dialect::American,
    );
    assert_eq!(said.text(), "ask \u{FFFC} eighty two em");
    assert_eq!(said.literals(), ["kOkˈOɹO"]);
    assert_eq!(said.source_of(8..14), 4..14);
}

#[test]
fn the_first_lexicon_counts_and_what_it_says_is_not_read_by_the_next() {
    let (mine, theirs) = (
        lexicon("gif = lemon"),
        lexicon("gif = gift\nlemon = lime\npng = ping"),
    );
    let mut text = Spanned::default();
    text.push_verbatim("gif png", 0);
    assert_eq!(
        apply(&[&mine, &theirs], text, Dialect::American).text(),
        "lemon ping"
    );
}

#[test]
fn entries_are_lines_and_what_no_line_can_hold_is_refused() {
    let say = |word, said: &str| Entry::new(word, Saying::Say(said.to_owned()), None);
    let ipa = |word, ipa: &str| Entry::new(word, Saying::Phonemes(ipa.to_owned()), Some(Dialect::British));
    for (entry, line) in [
        (say("New  York", "noo\tYAWK"), "New York = noo YAWK"),
        (say("C#", "see sharp"), "C# = see sharp"),
        (ipa("GIF", "dʒˈɪf"), "gb: GIF = /ʤˈɪf/"),
    ] {
        let entry = entry.unwrap();
        assert_eq!(entry.to_string(), line);
        assert_eq!(Lexicon::parse(line).0.entries(), [entry]);
    }
    for (word, said) in [
        ("", "a"),
        ("a", " "),
        ("a=b", "c"),
        ("# a", "b"),
        ("a #b", "c"),
        ("us: a", "b"),
        ("a", "/b/"),
        ("a", "b #c"),
        (&"x".repeat(65), "a"),
        ("a", &"x".repeat(401)),
    ] {
        assert!(say(word, said).is_err(), "{word:?} {said:?}");
    }
    assert_eq!(ipa("a", "x☃").unwrap_err(), "the model has no sign for ☃");
    assert_eq!(ipa("a", "ˈ").unwrap_err(), "there is nothing to say");
}

#[test]
fn faults_are_told_by_line() {
    let (lexicon, faults) =
        Lexicon::parse("# all\n\nword\na = /x☃/\n= b\nc = /\nd = /ˈ/\ngood = fine # comment\n");
    assert_eq!(
        faults.iter().map(|fault| fault.line).collect::<Vec<_>>(),
        [3, 4, 5, 6, 7]
    );
    assert_eq!(faults[1].to_string(), "line 4: the model has no sign for ☃");
    assert_eq!(lexicon.len(Dialect::American), 1);
}
