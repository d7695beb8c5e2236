//! Our phonemes against the reference's.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use frontd::text::{Dialect, TextConfig, TextFront};

#[test]
fn says_what_the_reference_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/text/misaki_oracle.tsv");
    let Ok(table) = fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not here", path.display());
        return;
    };
    let lines: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
        .collect();
    let text: String = lines.iter().map(|line| format!("{}\n", line[0])).collect();
    let front = Arc::new(TextFront::new(TextConfig::default()));
    for (dialect, column) in [(Dialect::American, 1), (Dialect::British, 2)] {
        let mut output = Vec::new();
        frontd::tools::phonemize::run(&front, dialect, text.as_bytes(), &mut output).unwrap();
        let (mut same, mut all) = (0, 0);
        let mut differing: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (line, made) in lines.iter().zip(String::from_utf8(output).unwrap().lines()) {
            let made: serde_json::Value = serde_json::from_str(made).unwrap();
            let normal = made["normalized"].as_str().unwrap();
            let made: Vec<&str> = made["phonemes"].as_str().unwrap().split(' ').collect();
            let wanted: Vec<&str> = line[column].trim().split(' ').collect();
            all += wanted.len();
            let pairs = align(&made, &wanted);
            same += pairs.len();
            if pairs.len() < wanted.len() {
                let own: Vec<_> = (0..made.len())
                    .filter(|i| pairs.iter().all(|p| p.0 != *i))
                    .map(|i| made[i])
                    .collect();
                let lost: Vec<_> = (0..wanted.len())
                    .filter(|i| pairs.iter().all(|p| p.1 != *i))
                    .map(|i| wanted[i])
                    .collect();
                *differing.entry((own.join(" "), lost.join(" "))).or_default() += 1;
                println!("  {}\n  {}", line[0], normal);
            }
        }
        for ((made, wanted), count) in differing {
            println!("{count:4} {made} -- {wanted}");
        }
        println!(
            "{dialect:?}: {same} of {all} words, {:.2} %",
            100.0 * same as f64 / all as f64
        );
    }
}

/// The longest common subsequence as pairs of indices.
fn align(made: &[&str], wanted: &[&str]) -> Vec<(usize, usize)> {
    let mut best = vec![vec![0_usize; wanted.len() + 1]; made.len() + 1];
    for i in (0..made.len()).rev() {
        for j in (0..wanted.len()).rev() {
            best[i][j] = match made[i] == wanted[j] {
                true => best[i + 1][j + 1] + 1,
                false => best[i + 1][j].max(best[i][j + 1]),
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, vec![]);
    while i < made.len() && j < wanted.len() {
        if made[i] == wanted[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if best[i + 1][j] >= best[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}
