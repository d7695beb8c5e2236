use super::*;

/// A program that stands in for espeak-ng.
fn program(folder: &tempfile::TempDir, script: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.path().join("espeak-ng");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn say(program: Option<PathBuf>, word: &str) -> String {
    Guesser::new(Dialect::American, program).say(word)
}

#[test]
fn asks_the_program_and_maps_its_signs() {
    let folder = tempfile::tempdir().unwrap();
    let echo = program(
        &folder,
        "while read -r lead word; do echo \"zu ${word:+x^$word}\"; done",
    );
    assert_eq!(say(Some(echo), "“ab!--cd,”"), "“kab!kcd,”");
}

#[test]
fn lines_that_answer_nothing_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let chatty = program(
        &folder,
        "while read -r lead word; do [ -z $word ] && echo zu || { echo stale; echo zu $word; echo more; }; done",
    );
    let guesser = Guesser::new(Dialect::American, Some(chatty));
    assert_eq!(guesser.say("ab"), "ab");
    assert_eq!(guesser.say("cd"), "cd");
}

#[test]
fn a_program_that_is_absent_dies_or_gives_nonsense_leaves_rules() {
    let folder = tempfile::tempdir().unwrap();
    let rules = say(None, "mitten");
    assert!(!rules.is_empty());
    assert_eq!(say(Some(folder.path().join("none")), "mitten"), rules);
    for script in [
        "exit 1",
        "read -r x; echo zu; exit 0",
        "while read -r word; do echo; done",
        "while read -r word; do echo zu; done",
    ] {
        assert_eq!(say(Some(program(&folder, script)), "mitten"), rules, "{script}");
    }
}

#[test]
fn a_program_that_died_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    // It answers one word and goes.
    let once = program(&folder, "read -r a; echo zu; read -r b; echo zu a");
    let guesser = Guesser::new(Dialect::American, Some(once));
    assert_eq!(guesser.say("one"), "a");
    assert_eq!(guesser.say("two"), "a");
}

#[test]
fn long_runs_are_read_in_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let count = program(&folder, "while read -r lead word; do echo zu ${word:+a}; done");
    assert_eq!(say(Some(count), &"é".repeat(LONGEST * 2 + 1)), "aaa");
}
