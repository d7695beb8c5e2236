//! `normalise` against the public cases of the study in `../shared/text`; skipped where that is absent.

use std::{collections::BTreeMap, fs, path::Path};

use english::text::{
    Dialect,
    normalise::{
        Options, normalise,
        options::{Aloud, Emoji, Urls},
    },
    spanned::Spanned,
};

/// Least share of cases read as in the table: in all, and in each class.
const IN_ALL: f64 = 0.92;
const IN_A_CLASS: f64 = 0.80;

/// Every class, units too.
fn all() -> Options {
    Options {
        unit_normalization: true,
        ..Options::default()
    }
}

fn read(text: &str, dialect: Dialect) -> String {
    read_as(text, dialect, &all())
}

fn read_as(text: &str, dialect: Dialect, options: &Options) -> String {
    let mut input = Spanned::default();
    input.push_verbatim(text, 0);
    normalise(&input, dialect, options).text().to_owned()
}

/// Case, hyphens, commas and "and" do not count.
fn folded(text: &str) -> String {
    let text = text.to_lowercase().replace('-', " ").replace(',', "");
    let words: Vec<_> = text.split_whitespace().filter(|word| *word != "and").collect();
    words.join(" ")
}

fn shared(file: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/text")
        .join(file);
    let text = fs::read_to_string(&path);
    if text.is_err() {
        harness::skip(&format!("the study ../shared/text/{file} is absent"));
    }
    text.ok()
}

/// Cases that are read otherwise on purpose, with our reading and the reason.
const EXCEPTIONS: &str = include_str!("data/normalisation_exceptions.tsv");

fn is_exception(class: &str, written: &str, found: &str) -> bool {
    EXCEPTIONS.lines().filter(|line| !line.starts_with('#')).any(|line| {
        let cells: Vec<_> = line.split('\t').collect();
        matches!(cells[..], [c, w, ours, _why] if c == class && w == written && folded(ours) == folded(found))
    })
}

/// The share is counted without mercy for the exceptions; but nothing may differ that is not one of them.
#[test]
fn reads_the_public_cases() {
    let Some(table) = shared("normalization_cases.tsv") else {
        return;
    };
    let mut classes: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for row in table.lines() {
        let mut cells = row.splitn(3, '\t');
        let (Some(class), Some(written), Some(spoken)) = (cells.next(), cells.next(), cells.next()) else {
            panic!("not a case: {row}");
        };
        let found = read(written, Dialect::American);
        let right = folded(&found) == folded(spoken);
        if !right {
            eprintln!("{class}: {written:?} is {spoken:?}, read {found:?}");
            assert!(
                is_exception(class, written, &found),
                "{written:?} is no listed exception"
            );
        }
        let counts = classes.entry(class).or_default();
        counts.0 += u32::from(right);
        counts.1 += 1;
    }
    let (right, all) = classes
        .values()
        .fold((0, 0), |sum, (right, all)| (sum.0 + right, sum.1 + all));
    eprintln!("{right} of {all}");
    assert!(f64::from(right) >= IN_ALL * f64::from(all), "{right} of {all}");
    for (class, (right, all)) in classes {
        eprintln!("{class}: {right} of {all}");
        assert!(
            f64::from(right) >= IN_A_CLASS * f64::from(all),
            "{class}: {right} of {all}"
        );
    }
}

/// Cases of our own, whose readings were judged one by one: class, written, read.
const AMERICAN: &str = include_str!("data/normalisation_own.tsv");
const BRITISH: &str = include_str!("data/normalisation_british.tsv");

#[test]
fn reads_its_own_cases() {
    let mut wrong = Vec::new();
    for (table, dialect) in [(AMERICAN, Dialect::American), (BRITISH, Dialect::British)] {
        for row in table.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<_> = row.split('\t').collect();
            let [class, written, expected] = cells[..] else {
                panic!("not a case: {row}");
            };
            let found = read(written, dialect);
            if found != expected {
                wrong.push(format!("{class}: {written:?} is {expected:?}, read {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Markup of every kind: class, dialects, options, written, read. "⏎" ends a line.
const MARKUP: &str = include_str!("data/normalisation_markup.tsv");

#[test]
fn reads_markup() {
    let mut wrong = Vec::new();
    for row in MARKUP.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<_> = row.split('\t').collect();
        let [class, dialects, chosen, written, expected] = cells[..] else {
            panic!("not a case: {row}");
        };
        let dialects = match dialects {
            "us" => &[Dialect::American][..],
            "gb" => &[Dialect::British],
            _ => &[Dialect::American, Dialect::British],
        };
        for &dialect in dialects {
            let found =
                read_as(&written.replace('⏎', "\n"), dialect, &chosen_options(chosen)).replace('\n', "⏎");
            if found != expected {
                wrong.push(format!("{class}: {written:?} is {expected:?}, read {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The options that a row of the table names.
fn chosen_options(names: &str) -> Options {
    let mut options = all();
    for name in names.split(' ').filter(|name| !name.is_empty()) {
        match name {
            "url=short" => options.url_normalization = Urls::Short,
            "url=skip" => options.url_normalization = Urls::Skip,
            "url=false" => options.url_normalization = Urls::Signless,
            "code=skip" => options.code_blocks = Aloud::Skip,
            "emoji=name" => options.emoji = Emoji::Name,
            "brackets=skip" => options.brackets = Aloud::Skip,
            "citations=read" => options.citations = Aloud::Read,
            _ => panic!("no option {name}"),
        }
    }
    options
}

/// Titles are written out; nothing else in these novels is for the normaliser.
#[test]
fn leaves_novels_alone() {
    let Some(table) = shared("misaki_oracle.tsv") else {
        return;
    };
    for row in table.lines().skip(1) {
        let prose = row.split('\t').next().unwrap_or_default();
        let expected = prose
            .replace("Mr. ", "Mister ")
            .replace("Mrs. ", "Misses ")
            .replace("St. ", "Saint ")
            .replace("--", "—");
        assert_eq!(read(prose, Dialect::American), expected);
    }
}
