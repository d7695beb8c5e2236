use std::{
    collections::HashSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use super::*;
use crate::text::{
    Dialect,
    normalise::{Options, Piece, explain},
    spanned::Spanned,
};

/// What is said for a text, and what each rule read of it.
fn read(text: &str, dialect: Dialect) -> (String, Vec<Piece>) {
    let mut input = Spanned::default();
    input.push_verbatim(text, 0);
    let options = Options {
        unit_normalization: true,
        ..Options::default()
    };
    let (said, pieces) = explain(&input, dialect, &options);
    (said.text().to_owned(), pieces)
}

/// What is said for the example of a rule that reads it: American, or else British.
fn example(rule: &Rule) -> Option<String> {
    [Dialect::American, Dialect::British]
        .into_iter()
        .find_map(|dialect| {
            let (said, pieces) = read(rule.example, dialect);
            pieces.iter().any(|piece| piece.rule == rule.name).then_some(said)
        })
}

#[test]
fn each_rule_reads_its_example() {
    let mut names = HashSet::new();
    for rule in LIST {
        assert!(names.insert(rule.name), "two rules are called {}", rule.name);
        assert!(
            example(rule).is_some(),
            "{} does not read {:?}",
            rule.name,
            rule.example
        );
    }
}

#[test]
fn tells_the_place_of_each_piece() {
    let text = "From $5-10 to 3 kg of “approx. five”.";
    let (_, pieces) = read(text, Dialect::American);
    let pieces: Vec<_> = pieces
        .iter()
        .map(|piece| (piece.rule, &text[piece.source.clone()], piece.said.as_str()))
        .collect();
    assert_eq!(
        pieces,
        [
            ("money.range", "$5-10", "five to ten dollars"),
            ("measure.unit", "3 kg", "three kilograms"),
            ("abbreviation.with_stop", "approx", "approximately"),
        ]
    );
}

/// `RULES_TABLE=write cargo nextest run -p english` writes the table anew.
#[test]
fn the_document_prints_the_table() {
    const BEGIN: &str = "<!-- rules -->\n";
    const END: &str = "<!-- end of rules -->\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/normalisation.md");
    let document = fs::read_to_string(&path).unwrap();
    let (before, rest) = document.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let mut table = "| Rule | tried at | for example | said |\n|---|---|---|---|\n".to_owned();
    for rule in LIST {
        let cell = |text: &str| text.replace('|', "\\|");
        let starts: Vec<_> = rule.starts.iter().map(|role| name(*role)).collect();
        let said = example(rule).unwrap_or_default();
        writeln!(
            table,
            "| `{}` | {} | {} | {} |",
            rule.name,
            starts.join(", "),
            cell(rule.example),
            cell(&said)
        )
        .unwrap();
    }
    if std::env::var("RULES_TABLE").is_ok_and(|what| what == "write") {
        fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert!(
            found == table,
            "RULES_TABLE=write writes the table of docs/normalisation.md anew"
        );
    }
}

/// "state short"
fn name(role: Role) -> String {
    let mut words = String::new();
    for c in format!("{role:?}").chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

/// Each layer knows only those before it.
const LAYERS: [&str; 9] = [
    "words", "say", "calendar", "line", "amounts", "context", "engine", "classes", "rules",
];

#[test]
fn each_layer_knows_only_those_before_it() {
    for (layer, above) in LAYERS.iter().zip(1..) {
        for (path, source) in sources(layer) {
            let mentions = |layer: &str| {
                source.match_indices(&format!("{layer}::")).any(|(at, _)| {
                    let before = source[..at].chars().next_back();
                    !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
                })
            };
            for layer in &LAYERS[above..] {
                assert!(!mentions(layer), "{} knows {layer}", path.display());
            }
            // Among themselves the classes would be `classes::x` or `super::x` of a folder's `super`.
            let aside = *layer == "classes" && (mentions("classes") || source.contains("super::super"));
            assert!(!aside, "{} knows another class", path.display());
        }
    }
}

/// The files of a layer: its own and those in its folder.
fn sources(layer: &str) -> Vec<(PathBuf, String)> {
    let normalise = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/text/normalise");
    let mut paths = vec![normalise.join(layer).with_extension("rs"), normalise.join(layer)];
    let mut sources = Vec::new();
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") && path.exists() {
            let source = fs::read_to_string(&path).unwrap();
            sources.push((path, source));
        }
    }
    assert!(!sources.is_empty(), "{layer}");
    sources
}
