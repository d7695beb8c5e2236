//! Our phonemes against the reference's. `dev/score-pronunciation` lists the words that differ.

use std::{fs, path::Path, process::Command};

use english::{
    script::Run,
    text::{Dialect, TextConfig, TextFront, normalise::Options},
};

/// Words that must be the same, of a thousand.
const WANTED: usize = 995;

#[test]
fn says_what_the_reference_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/text/misaki_oracle.tsv");
    let Ok(table) = fs::read_to_string(&path) else {
        harness::skip("../shared/text/misaki_oracle.tsv is not here");
        return;
    };
    if Command::new("espeak-ng").arg("--version").output().is_err() {
        harness::skip("there is no espeak-ng, which the reference reads unknown words with");
        return;
    }
    let front = TextFront::new(TextConfig::default());
    for (dialect, column) in [(Dialect::American, 1), (Dialect::British, 2)] {
        let (mut same, mut all) = (0, 0);
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            // The reference joins the words beside two hyphens, which are a dash to whoever listens.
            if columns[0].contains("--") {
                continue;
            }
            let run = Run::Text {
                text: columns[0].to_owned(),
                source: 0..columns[0].len(),
            };
            let made = front.read(&[run], dialect, &Options::default()).unwrap().phonemes;
            let wanted: Vec<&str> = columns[column].split_whitespace().collect();
            same += in_common(&made.split_whitespace().collect::<Vec<_>>(), &wanted);
            all += wanted.len();
        }
        println!("{dialect:?}: {same} of {all} words are the same");
        assert!(
            same * 1000 >= all * WANTED,
            "{dialect:?}: only {same} of {all} words are the same"
        );
    }
}

/// Length of the longest common subsequence.
fn in_common(made: &[&str], wanted: &[&str]) -> usize {
    let mut best = vec![0; wanted.len() + 1];
    for word in made {
        let mut diagonal = 0;
        for (j, other) in wanted.iter().enumerate() {
            let up = best[j + 1];
            best[j + 1] = if word == other {
                diagonal + 1
            } else {
                up.max(best[j])
            };
            diagonal = up;
        }
    }
    best[wanted.len()]
}
