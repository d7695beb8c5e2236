use std::{fs, path::Path};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn open(model: Model, folder: &Path) -> Voices {
    open_with(model, folder, Weights::Sum, &[])
}

fn open_with(model: Model, folder: &Path, weights: Weights, aliases: &[(&str, &str)]) -> Voices {
    let aliases = aliases
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect();
    Voices::open(Settings {
        model,
        folder: folder.to_owned(),
        weights,
        aliases,
    })
}

/// A pack whose row r (from 0) holds `base + r` in dimension 0 and `base` in dimension 200.
fn pack(base: f32) -> Vec<u8> {
    let mut bytes = Vec::new();
    for r in 0..ROWS {
        for d in 0..STYLE {
            let value = match d {
                0 => base + r as f32,
                200 => base,
                _ => 0.0,
            };
            bytes.extend(value.to_le_bytes());
        }
    }
    bytes
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, base) in [
        ("af_bella", 1.0),
        ("af_sky", 4.0),
        ("bm_lewis", 10.0),
        ("my_mix", 0.5),
    ] {
        fs::write(folder.path().join(format!("{name}.bin")), pack(base)).unwrap();
    }
    folder
}

#[test]
fn the_row_is_that_of_the_number_of_tokens() {
    let folder = folder();
    let style = open(Model::Kokoro, folder.path()).resolve("af_bella").unwrap();
    for (tokens, row) in [(1, 0.0), (2, 1.0), (510, 509.0), (0, 0.0), (9999, 509.0)] {
        assert_eq!(style.style(tokens)[0], 1.0 + row, "{tokens} tokens");
    }
}

#[test]
fn mixes_by_weight() {
    let folder = folder();
    let voices = open(Model::Kokoro, folder.path());
    let value = |expression: &str| voices.resolve(expression).unwrap().style(1)[200];
    assert_eq!(value("af_bella+af_sky"), 2.5);
    assert_eq!(value("af_bella(2)+af_sky(1)"), 2.0);
    assert_eq!(value("  AF_Bella ( 2 )  +\taf_SKY(1.0)  "), 2.0);
    assert_eq!(value("af_bella(7)"), 1.0, "one voice is itself at any weight");
    // (2 · 4 - 1) / (2 - 1)
    assert_eq!(value("af_sky(2)-af_bella"), 7.0);
    assert_eq!(value("af_bella+af_bella+af_sky"), 2.0);
    let value = |weights, expression: &str| {
        let voices = open_with(Model::Kokoro, folder.path(), weights, &[]);
        voices.resolve(expression).unwrap().style(1)[200]
    };
    assert_eq!(value(Weights::AsGiven, "af_bella(2)+af_sky(0.5)"), 4.0);
    assert_eq!(value(Weights::AsGiven, "af_bella(2)"), 1.0);
    assert_eq!(value(Weights::Sizes, "af_bella(2)+af_sky(1)"), 2.0);
    // (3 · 4 - 1) / (3 + 1)
    assert_eq!(value(Weights::Sizes, "af_sky(3)-af_bella"), 2.75);
}

#[test]
fn voices_that_cancel_each_other_are_refused() {
    let folder = folder();
    for weights in [Weights::Sum, Weights::Sizes, Weights::AsGiven] {
        let aliases = [("nobody", "af_bella-af_sky")];
        let voices = open_with(Model::Kokoro, folder.path(), weights, &aliases);
        for mix in [
            "af_bella-af_sky",
            "af_bella(1.5)-af_sky",
            "af_sky-bm_lewis(3)",
            "nobody",
        ] {
            let error = voices.resolve(mix).unwrap_err();
            assert!(matches!(error, VoiceError::Cancelled { .. }), "{mix}: {error}");
            assert!(error.to_string().contains("smaller weight"), "{error}");
        }
        let nearly = |mix: &str| voices.resolve(mix).unwrap().is_nearly_cancelled();
        assert!(nearly("af_bella(1.3)-af_sky(0.7)"));
        assert!(nearly("af_bella(2)-af_sky"));
        assert!(!nearly("af_bella(2.5)-af_sky"));
        assert!(!nearly("af_bella+af_sky"));
    }
}

#[test]
fn tells_name_dialect_and_kind() {
    let folder = folder();
    let voices = open(Model::Kokoro, folder.path());
    let style = voices.resolve("bm_lewis(3)+af_sky").unwrap();
    assert_eq!(style.name(), "bm_lewis(0.75)+af_sky(0.25)");
    assert_eq!(style.dialect(), Dialect::British);
    assert_eq!(
        voices.resolve("af_sky+bm_lewis").unwrap().dialect(),
        Dialect::American
    );
    assert_eq!(voices.resolve("My_Mix").unwrap().name(), "my_mix");
    let list = voices.list();
    assert_eq!(list.len(), 4);
    let lewis = list.iter().find(|v| v.name == "bm_lewis").unwrap();
    assert_eq!((lewis.gender, lewis.accent), (Gender::Male, Accent::British));
    let mine = list.iter().find(|v| v.name == "my_mix").unwrap();
    assert_eq!((mine.gender, mine.accent), (Gender::Unknown, Accent::American));
}

#[test]
fn the_built_in_table_has_28_voices_and_all_openai_names() {
    let folder = tempfile::tempdir().unwrap();
    let voices = open(Model::BuiltIn, folder.path());
    assert_eq!(voices.list().len(), 28);
    assert!(voices.list().iter().all(|v| v.gender != Gender::Unknown));
    for (openai, ours) in OPENAI {
        let upper = openai.to_uppercase();
        assert_eq!(voices.resolve(&upper).unwrap().name(), ours);
    }
    let george = voices.resolve("bm_george").unwrap();
    assert_eq!(george.style(1), george.style(510));
    assert!(george.style(1).iter().take(16).any(|v| *v != 0.0));
    assert!(open(Model::Kokoro, folder.path()).list().is_empty());
}

#[test]
fn aliases_override_openai_names_and_may_be_mixes() {
    let folder = folder();
    let aliases = [
        ("Alloy", "af_bella+af_sky"),
        ("narrator", "bm_lewis"),
        ("loop", "loop"),
    ];
    let voices = open_with(Model::Kokoro, folder.path(), Weights::Sum, &aliases);
    assert_eq!(voices.resolve("alloy").unwrap().style(1)[200], 2.5);
    assert_eq!(voices.resolve("narrator").unwrap().name(), "bm_lewis");
    assert_eq!(
        voices.resolve("alloy+narrator(3)").unwrap().style(1)[200],
        0.25 * 2.5 + 0.75 * 10.0
    );
    assert!(
        matches!(voices.resolve("loop"), Err(VoiceError::Unknown { .. })),
        "one step only"
    );
    // Known to OpenAI, but its voice is not installed here.
    assert!(matches!(voices.resolve("nova"), Err(VoiceError::Unknown { .. })));
}

#[test]
fn refuses_what_is_no_voice_and_says_why() {
    let folder = folder();
    let voices = open(Model::Kokoro, folder.path());
    let refused = |expression: &str| voices.resolve(expression).unwrap_err();
    assert_eq!(refused(" \n"), VoiceError::Empty);
    assert_eq!(
        refused(&"a".repeat(MAX_EXPRESSION_BYTES + 1)),
        VoiceError::TooLong
    );
    for weight in ["0", "-1", "NaN", "inf", "1e999", "", "2,5", "1001", "0x1"] {
        let error = refused(&format!("af_bella({weight})"));
        assert!(matches!(error, VoiceError::Weight { .. }), "{weight}: {error}");
    }
    for expression in [
        "+af_sky",
        "af_sky+",
        "af_sky af_bella",
        "af_sky(1",
        "af_sky(1))",
        "(1)",
        "../x",
        "a/b",
        "é!",
    ] {
        let error = refused(expression);
        assert!(
            matches!(error, VoiceError::Syntax { .. }),
            "{expression}: {error}"
        );
    }
    let error = refused("af_bela");
    assert_eq!(
        error.to_string(),
        "there is no voice \"af_bela\"; did you mean af_bella?"
    );
    assert!(refused("bella").to_string().contains("af_bella"));
    assert!(refused("shimer").to_string().contains("shimmer"));
    assert_eq!(refused("qqqqq").to_string(), "there is no voice \"qqqqq\"");
}

#[test]
fn the_folder_may_change() {
    let folder = folder();
    let voices = open(Model::Kokoro, folder.path());
    assert_eq!(voices.resolve("af_sky").unwrap().style(1)[200], 4.0);
    fs::write(folder.path().join("af_new.bin"), pack(7.0)).unwrap();
    let sky = folder.path().join("af_sky.bin");
    fs::write(&sky, pack(8.0)).unwrap();
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(9);
    fs::File::open(&sky).unwrap().set_modified(later).unwrap();
    fs::remove_file(folder.path().join("af_bella.bin")).unwrap();
    voices.refresh().unwrap();
    assert_eq!(voices.resolve("af_new").unwrap().style(1)[200], 7.0);
    assert_eq!(voices.resolve("af_sky").unwrap().style(1)[200], 8.0);
    assert!(voices.resolve("af_bella").is_err());
    folder.close().unwrap();
    voices.refresh().unwrap();
    assert!(voices.list().is_empty());
}

#[test]
fn files_that_are_no_packs_are_no_voices() {
    let folder = folder();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    put("af_short.bin", &pack(1.0)[4..]);
    put("zf_xiaobei.bin", &pack(1.0));
    put("a+b.bin", &pack(1.0));
    put("af_text.txt", &pack(1.0));
    fs::create_dir(folder.path().join("af_folder.bin")).unwrap();
    put("af_nan.bin", &pack(f32::NAN));
    put("af_mixed.bin", &{
        let builtin = open(Model::BuiltIn, Path::new("/nonexistent"));
        builtin.resolve("af_heart+am_adam").unwrap().pack()
    });
    let voices = open(Model::Kokoro, folder.path());
    let names: Vec<String> = voices.list().into_iter().map(|v| v.name).collect();
    assert_eq!(
        names,
        ["af_bella", "af_mixed", "af_nan", "af_sky", "bm_lewis", "my_mix"]
    );
    for bad in ["af_nan", "af_mixed"] {
        assert!(
            matches!(voices.resolve(bad), Err(VoiceError::BadPack { .. })),
            "{bad}"
        );
    }
    assert!(open(Model::BuiltIn, folder.path()).resolve("af_mixed").is_ok());
}

#[test]
fn a_saved_mix_is_a_voice() {
    let folder = folder();
    let voices = open(Model::Kokoro, folder.path());
    let mix = voices.resolve("af_bella(3)+bm_lewis").unwrap();
    assert_eq!(mix.pack().len(), PACK_BYTES);
    voices.save("Bella_Lewis", &mix).unwrap();
    let saved = voices.resolve("bella_lewis").unwrap();
    for tokens in [1, 17, 510] {
        assert_eq!(saved.style(tokens), mix.style(tokens));
    }
    for name in [
        "",
        "../x",
        "a b",
        "a+b",
        "zf_x",
        &"a".repeat(65),
        ".hidden",
        "x/y",
        "é",
    ] {
        assert!(
            matches!(voices.save(name, &mix), Err(SaveError::BadName)),
            "{name:?}"
        );
    }
    for name in ["af_sky", "ALLOY", "bella_lewis"] {
        assert!(
            matches!(voices.save(name, &mix), Err(SaveError::Taken(_))),
            "{name:?}"
        );
    }
    let left = fs::read_dir(folder.path()).unwrap().filter(|e| {
        let name = e.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".tmp")
    });
    assert_eq!(left.count(), 0);
    let nowhere = open(Model::Kokoro, Path::new("/proc/nowhere"));
    assert!(matches!(nowhere.save("x", &mix), Err(SaveError::Io(_))));
}

#[test]
fn reads_alias_files() {
    assert_eq!(
        parse_aliases(r#"{"voices":{"alloy":"af_sky"},"models":{"tts-1":"kokoro"}}"#).unwrap()["alloy"],
        "af_sky"
    );
    assert_eq!(parse_aliases(r#"{"x":"af_sky + af_bella(2)"}"#).unwrap().len(), 1);
    for bad in ["", "[]", r#"{"x":1}"#, r#"{"x":"+"}"#] {
        assert!(parse_aliases(bad).is_err(), "{bad}");
    }
}

/// The studio reads the same table.
#[test]
fn mixes_are_what_the_shared_table_says() {
    for row in include_str!("../../tests/data/mixes.tsv").lines() {
        if row.starts_with('#') {
            continue;
        }
        let [written, terms, _] = row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let read = expression::parse(written).map(|terms| {
            let term = |term: &expression::Term| format!("{} {}", term.name.to_lowercase(), term.weight);
            terms.iter().map(term).collect::<Vec<_>>().join(", ")
        });
        assert_eq!(read.unwrap_or_else(|_| "-".to_owned()), terms, "{written}");
    }
}

proptest! {
    #[test]
    fn nothing_typed_as_a_voice_panics(expression in "[a-z_()+\\-0-9. é\u{0}]{0,60}") {
        let voices = open(Model::BuiltIn, Path::new("/nonexistent"));
        if let Err(error) = voices.resolve(&expression) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn the_name_of_a_mix_means_the_mix(a in 1_u16..500, b in 1_u16..500, minus: bool) {
        let voices = open(Model::BuiltIn, Path::new("/nonexistent"));
        let op = if minus { '-' } else { '+' };
        prop_assume!(!minus || f32::from(a) - f32::from(b) > 0.31 * f32::from(a + b));
        let mix = voices.resolve(&format!("am_adam({a}){op}bf_emma({b})")).unwrap();
        let again = voices.resolve(mix.name()).unwrap();
        for (x, y) in mix.style(1).iter().zip(again.style(1)) {
            prop_assert!((x - y).abs() < 0.01);
        }
    }
}
