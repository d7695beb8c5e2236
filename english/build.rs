//! Makes the tables of the English front end from misaki's data, which `misaki-rs` carries, and leaves them
//! in `OUT_DIR`: a compact lexicon for each dialect, the weights of the tagger, and the tokenizer's
//! exceptions as Rust source. `src/text/phonemes/{table,tagger,spacy}.rs` read them.

use std::{
    collections::{BTreeMap, HashMap},
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use misaki_rs::{data, lexicon::PhonemeEntry, norms, spacy_tokenizer_data, symbols};

#[path = "src/text/vocabulary.rs"]
#[allow(dead_code, unreachable_pub)]
mod vocabulary;

/// Words that misaki's lexicons lack or have wrong.
const OVERLAY: &str = "src/text/phonemes/overlay.tsv";

type Entries = HashMap<String, PhonemeEntry>;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/text/vocabulary.rs");
    println!("cargo:rerun-if-changed={OVERLAY}");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let write = |name: &str, bytes: &[u8]| fs::write(out.join(name), bytes).expect("OUT_DIR takes files");

    write(
        "american.lex",
        &lexicon(data::load_us_gold(), data::load_us_silver(), overlay(1)),
    );
    write(
        "british.lex",
        &lexicon(data::load_gb_gold(), data::load_gb_silver(), overlay(2)),
    );
    let (weights, labels) = tagger(&misaki_source());
    write("tagger.f32", &weights);
    write("spacy.rs", spacy_tables(&labels).as_bytes());
}

/// Offsets (`u32` count, then count + 1 times `u32`), then the entries in the order of their words:
/// length of the word, word, flags (1: gold, 2: by part of speech), vocabulary ids. By part of speech: again
/// and again the length of a tag, tag, number of ids (255: no pronunciation of its own), ids.
fn lexicon(gold: Entries, silver: Entries, ours: Entries) -> Vec<u8> {
    let mut all: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (entries, flag) in [(silver, 0), (gold, 1), (ours, 1)] {
        all.extend(
            grown(entries)
                .into_iter()
                .map(|(word, entry)| (word, payload(&entry, flag))),
        );
    }
    // A capitalised word that says what its lower case says is found through it.
    let known = all.clone();
    all.retain(|word, payload| {
        let lower = word.to_lowercase();
        lower == *word
            || word.chars().count() == 1
            || capitalised(&lower) != *word
            || known.get(&lower) != Some(payload)
    });
    let mut offsets = vec![];
    let mut entries: Vec<u8> = vec![];
    for (word, payload) in &all {
        offsets.push(entries.len());
        entries.push(u8::try_from(word.len()).expect("words are short"));
        entries.extend(word.as_bytes());
        entries.extend(payload);
    }
    offsets.push(entries.len());
    let mut table = vec![];
    for number in std::iter::once(all.len()).chain(offsets) {
        table.extend(u32::try_from(number).expect("the lexicon is small").to_le_bytes());
    }
    table.extend(entries);
    table
}

/// The overlay's words with what stands in `column`.
fn overlay(column: usize) -> Entries {
    let text = fs::read_to_string(OVERLAY).expect("the overlay is beside the sources");
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let cells: Vec<_> = row.split('\t').collect();
        assert_eq!(cells.len(), 3, "{OVERLAY}: {row:?}");
        let phonemes = cells[column].to_owned();
        (cells[0].to_owned(), PhonemeEntry::Simple(phonemes))
    })
    .collect()
}

/// misaki answers for `Word` with `word` and the other way round, where the lexicon has only one of them.
fn grown(entries: Entries) -> Entries {
    let mut all = Entries::new();
    for (word, entry) in entries.iter().filter(|(word, _)| word.chars().count() > 1) {
        let lower = word.to_lowercase();
        if *word == lower {
            all.insert(capitalised(&lower), entry.clone());
        } else if *word == capitalised(&lower) {
            all.insert(lower, entry.clone());
        }
    }
    all.extend(entries);
    all
}

fn capitalised(lower: &str) -> String {
    let mut chars = lower.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn payload(entry: &PhonemeEntry, gold: u8) -> Vec<u8> {
    match entry {
        PhonemeEntry::Simple(phonemes) => [vec![gold], ids(phonemes)].concat(),
        PhonemeEntry::Tagged(variants) => {
            let mut bytes = vec![gold | 2];
            for (tag, phonemes) in variants.iter().collect::<BTreeMap<_, _>>() {
                bytes.push(u8::try_from(tag.len()).expect("tags are short"));
                bytes.extend(tag.as_bytes());
                match phonemes {
                    Some(phonemes) => {
                        let ids = ids(phonemes);
                        bytes.push(
                            u8::try_from(ids.len())
                                .ok()
                                .filter(|&n| n < 255)
                                .expect("words are short"),
                        );
                        bytes.extend(ids);
                    }
                    None => bytes.push(255),
                }
            }
            bytes
        }
    }
}

fn ids(phonemes: &str) -> Vec<u8> {
    let id = |sign| {
        vocabulary::id(sign).unwrap_or_else(|| panic!("{sign:?} of {phonemes:?} is not in the vocabulary"))
    };
    phonemes.chars().map(id).collect()
}

/// The weights have no door in the crate's interface: they are read where cargo keeps its source.
fn tagger(source: &Path) -> (Vec<u8>, Vec<String>) {
    let read = |name: &str| {
        let path = source.join("data").join(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let labels = String::from_utf8(read("tagger_labels.txt")).expect("labels are text");
    (read("tagger.bin"), labels.lines().map(str::to_owned).collect())
}

/// The folder of the `misaki-rs` that this build uses.
fn misaki_source() -> PathBuf {
    let metadata = |offline: bool| {
        let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets CARGO"));
        cargo.args(["metadata", "--format-version=1", "--locked", "--manifest-path"]);
        cargo.arg(Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("Cargo.toml"));
        cargo
            .arg("--filter-platform")
            .arg(env::var_os("TARGET").expect("cargo sets TARGET"));
        cargo.args(offline.then_some("--offline"));
        cargo.output().expect("cargo runs")
    };
    // Without the network wherever it can be; a fresh machine may lack packages that only tests need.
    let mut found = metadata(true);
    if !found.status.success() {
        found = metadata(false);
    }
    assert!(
        found.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&found.stderr)
    );
    let found: serde_json::Value = serde_json::from_slice(&found.stdout).expect("cargo writes JSON");
    let packages = found["packages"].as_array().expect("packages");
    let misaki = packages
        .iter()
        .find(|package| package["name"] == "misaki-rs")
        .expect("misaki-rs is a dependency");
    let manifest = misaki["manifest_path"].as_str().expect("a path");
    Path::new(manifest).parent().expect("a folder").to_owned()
}

/// Rust source of the tables of spaCy's English tokenizer and of its string store.
fn spacy_tables(labels: &[String]) -> String {
    let mut source = String::new();
    let exceptions: BTreeMap<_, _> = spacy_tokenizer_data::EXCEPTIONS.iter().copied().collect();
    let exceptions: Vec<_> = exceptions.into_iter().collect();
    let mut norms: BTreeMap<&str, &str> = norms::EXCEPTION_NORMS.iter().copied().collect();
    norms.extend(norms::BASE_NORMS.iter().copied());
    let norms: Vec<_> = norms.into_iter().collect();
    let mut spellings = norms::LEXEME_NORMS.to_vec();
    spellings.sort_unstable();
    let symbols: BTreeMap<_, _> = symbols::SYMBOLS.iter().copied().collect();
    let symbols: Vec<_> = symbols.into_iter().collect();
    let mut table = |doc: &str, name: &str, of: &str, rows: String| {
        writeln!(source, "/// {doc}\npub(super) static {name}: &[{of}] = &{rows};")
            .expect("a string takes text");
    };
    table(
        "Chunks that the tokenizer takes apart in a way of their own: pieces with their norms.",
        "EXCEPTIONS",
        "(&str, &[Piece])",
        format!("{exceptions:?}").replace(", [(", ", &[("),
    );
    table(
        "Words whose norm is not their lower case.",
        "NORMS",
        "(&str, &str)",
        format!("{norms:?}"),
    );
    table(
        "Norms of other spellings, by hash of the word as written.",
        "SPELLINGS",
        "(u64, &str)",
        format!("{spellings:?}"),
    );
    table(
        "Strings with an id of their own.",
        "SYMBOLS",
        "(&str, u64)",
        format!("{symbols:?}"),
    );
    let mut contractions: Vec<_> = overlay(1).into_keys().collect();
    contractions.retain(|word| word.starts_with('\'') || word.ends_with('\''));
    contractions.sort_unstable();
    table(
        "Contractions of our own with an apostrophe at an end, which is no quotation mark.",
        "CONTRACTIONS",
        "&str",
        format!("{contractions:?}"),
    );
    table(
        "What the tagger can say.",
        "LABELS",
        "&str",
        format!("{labels:?}"),
    );
    source
}
