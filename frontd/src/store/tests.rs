use std::{io::Read as _, os::unix::fs::PermissionsExt as _, path::Path};

use proptest::prelude::*;
use tempfile::TempDir;

use super::{policy::FileInfo, *};

const HOUR: Duration = Duration::from_secs(3600);

struct Fixture {
    folder: TempDir,
    store: Store,
}

impl Fixture {
    fn new(temp_bytes: u64, output_bytes: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), temp_bytes, output_bytes);
        Self { folder, store }
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("output")
    }

    fn temp_files(&self) -> usize {
        fs::read_dir(self.folder.path().join("temp")).unwrap().count()
    }

    fn publish(&self, bytes: usize) -> Name {
        let mut draft = self.store.create().unwrap();
        draft.write(&vec![7; bytes]).unwrap();
        let name = Name::random("mp3", None).unwrap();
        draft.publish(name.clone()).unwrap();
        name
    }

    fn age(&self, name: &Name, age: Duration) {
        let file = fs::File::open(self.output().join(name.to_string())).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    fn exists(&self, name: &Name) -> bool {
        self.output().join(name.to_string()).exists()
    }

    fn bytes(&self) -> [u64; 2] {
        self.store.usage().map(|usage| usage.bytes)
    }
}

fn open(folder: &Path, temp_bytes: u64, output_bytes: u64) -> Store {
    let limits = |name, max_bytes| Limits {
        folder: folder.join(name),
        max_bytes,
        max_age: HOUR,
    };
    Store::open(Settings {
        temp: limits("temp", temp_bytes),
        output: limits("output", output_bytes),
    })
}

#[test]
fn a_file_appears_whole_when_it_is_published() {
    let fixture = Fixture::new(1000, 1000);
    let mut draft = fixture.store.create().unwrap();
    draft.write(b"____world").unwrap();
    draft.write_over(0, b"hello").unwrap();
    assert!(draft.write_over(5, b"world").is_err(), "beyond its end");
    draft.write(b"!").unwrap();
    assert_eq!(fs::read_dir(fixture.output()).unwrap().count(), 0);
    assert_eq!(fixture.bytes(), [10, 10], "counted as it is written");
    let name = Name::random("wav", None).unwrap();
    assert!(fixture.store.open_file(&name).unwrap().is_none());
    draft.publish(name.clone()).unwrap();

    let mut opened = fixture.store.open_file(&name).unwrap().unwrap();
    let mut text = String::new();
    opened.file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "helloorld!");
    assert_eq!(opened.bytes, 10);
    assert_eq!(fixture.bytes(), [0, 10]);
    assert_eq!(fixture.temp_files(), 0);
    let mode = fs::metadata(fixture.output().join(name.to_string()))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(fixture.store.remove(&name).unwrap());
    assert!(!fixture.store.remove(&name).unwrap());
    assert_eq!(fixture.bytes(), [0, 0]);
}

#[test]
fn a_draft_that_is_dropped_leaves_nothing() {
    let fixture = Fixture::new(1000, 1000);
    let mut draft = fixture.store.create().unwrap();
    draft.write(&[1; 600]).unwrap();
    assert_eq!(fixture.temp_files(), 1);
    assert!(matches!(
        draft.write(&[1; 600]),
        Err(StoreError::Full(Kind::Temp))
    ));
    drop(draft);
    assert_eq!(fixture.temp_files(), 0);
    assert_eq!(fixture.bytes(), [0, 0]);
}

#[test]
fn a_spool_is_read_back_and_counts_until_it_is_dropped() {
    let fixture = Fixture::new(1000, 100);
    let mut spool = fixture.store.spool().unwrap();
    spool.write(&[5; 500]).unwrap();
    let mut buffer = [0; 400];
    assert_eq!(spool.read(&mut buffer, 0).unwrap(), 400);
    assert_eq!(spool.read(&mut buffer, 400).unwrap(), 100);
    assert_eq!(spool.read(&mut buffer, 500).unwrap(), 0);
    assert_eq!(fixture.bytes(), [500, 0], "it does not take room from downloads");
    drop(spool);
    assert_eq!(fixture.bytes(), [0, 0]);
}

#[test]
fn the_oldest_makes_room_while_a_new_file_is_written() {
    let fixture = Fixture::new(1000, 1000);
    let [old, older, new] = [300, 300, 300].map(|bytes| fixture.publish(bytes));
    fixture.age(&old, Duration::from_secs(100));
    fixture.age(&older, Duration::from_secs(200));
    fixture.store.sweep();
    let mut draft = fixture.store.create().unwrap();
    draft.write(&[1; 150]).unwrap();
    assert!(!fixture.exists(&older) && fixture.exists(&old) && fixture.exists(&new));
    draft.write(&[1; 300]).unwrap();
    assert!(!fixture.exists(&old) && fixture.exists(&new));
    assert!(fixture.bytes()[1] <= 1000);
    assert_eq!(fixture.store.usage()[1].evicted, 2);
}

#[test]
fn what_is_being_read_or_written_stays() {
    let fixture = Fixture::new(1000, 1000);
    let name = fixture.publish(900);
    fixture.age(&name, 2 * HOUR);
    let reader = fixture.store.open_file(&name).unwrap().unwrap();
    fixture.store.sweep();
    assert!(fixture.exists(&name), "too old, but in use");
    let mut draft = fixture.store.create().unwrap();
    assert!(matches!(
        draft.write(&[1; 200]),
        Err(StoreError::Full(Kind::Output))
    ));
    drop(draft);

    // Another process on the same folders neither counts nor removes what is locked here.
    let draft = fixture.store.create().unwrap();
    let other = open(fixture.folder.path(), 0, 0);
    assert_eq!(fixture.temp_files(), 1);
    assert!(fixture.exists(&name));
    drop(draft);

    drop(reader);
    other.sweep();
    assert!(!fixture.exists(&name));
    assert!(fixture.store.open_file(&name).unwrap().is_none());
}

#[test]
fn old_files_go_at_start_up_and_those_of_others_stay() {
    let fixture = Fixture::new(1000, 1000);
    let names = [10, 10, 10].map(|bytes| fixture.publish(bytes));
    fixture.age(&names[0], 2 * HOUR);
    let left_by_crash = fixture.folder.path().join("temp").join(Name::draft().to_string());
    fs::write(&left_by_crash, [0; 50]).unwrap();
    let modified = SystemTime::now() - 2 * HOUR;
    fs::File::open(&left_by_crash)
        .unwrap()
        .set_modified(modified)
        .unwrap();
    let foreign = fixture.output().join("holiday.mp3");
    fs::write(&foreign, [0; 5000]).unwrap();
    fs::File::open(&foreign).unwrap().set_modified(modified).unwrap();
    std::os::unix::fs::symlink(
        &foreign,
        fixture
            .output()
            .join(Name::random("mp3", None).unwrap().to_string()),
    )
    .unwrap();

    let again = open(fixture.folder.path(), 1000, 15);
    assert!(foreign.exists() && !left_by_crash.exists());
    assert!(!fixture.exists(&names[0]));
    assert_eq!(
        names.iter().filter(|name| fixture.exists(name)).count(),
        1,
        "15 bytes hold one"
    );
    assert_eq!(again.usage().map(|usage| usage.files), [0, 1]);
}

#[test]
fn names_cannot_be_guessed_or_lead_elsewhere() {
    let name = Name::random("mp3", None).unwrap();
    assert_ne!(name, Name::random("mp3", None).unwrap());
    assert_eq!(Name::parse(&name.to_string()), Some(name.clone()));
    assert_eq!(
        name.beside("json").unwrap().to_string(),
        name.to_string().replace("mp3", "json")
    );
    assert!(Name::random("sh", None).is_none() && name.beside("part").is_none());
    let stem = "a".repeat(26);
    for bad in [
        "",
        ".",
        "..",
        "../../etc/passwd",
        "a.mp3",
        &stem,
        &format!("{stem}.part"),
        &format!("{stem}.mp3.mp3"),
        &format!("{stem}.mp3/"),
        &format!("{stem}.mp3\0"),
        &format!("../{}.mp3", "a".repeat(23)),
        &format!("{}.mp3", "A".repeat(26)),
        &format!("{}.mp3", "é".repeat(13)),
    ] {
        assert_eq!(Name::parse(bad), None, "{bad}");
    }
}

#[test]
fn a_folder_that_goes_away_comes_back() {
    let fixture = Fixture::new(1000, 1000);
    let name = fixture.publish(10);
    fs::remove_dir_all(fixture.output()).unwrap();
    fs::remove_dir_all(fixture.folder.path().join("temp")).unwrap();
    assert!(fixture.store.open_file(&name).unwrap().is_none());
    let name = fixture.publish(10);
    assert!(fixture.exists(&name));
    fixture.store.sweep();
    assert_eq!(fixture.store.usage().map(|usage| usage.fault), [None, None]);
}

#[test]
fn a_folder_that_cannot_be_is_a_fault_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be: not even root can write below it.
    fs::write(folder.path().join("output"), "").unwrap();
    let store = open(folder.path(), 1000, 1000);
    let [temp, output] = store.usage();
    assert_eq!(temp.fault, None);
    assert!(output.fault.is_some());
    assert!(matches!(
        store.create(),
        Err(StoreError::Io {
            kind: Kind::Output,
            ..
        })
    ));
    assert!(store.spool().is_ok());
    fs::remove_file(folder.path().join("output")).unwrap();
    assert!(store.create().is_ok());
    assert_eq!(store.usage()[1].fault, None);
}

#[test]
fn many_threads_keep_the_limits() {
    let fixture = Fixture::new(20_000, 5_000);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let mut draft = fixture.store.create().unwrap();
                    for _ in 0..5 {
                        if draft.write(&[3; 50]).is_err() {
                            return;
                        }
                    }
                    let name = Name::random("mp3", None).unwrap();
                    draft.publish(name.clone()).unwrap();
                    if let Some(mut opened) = fixture.store.open_file(&name).unwrap() {
                        let mut bytes = Vec::new();
                        opened.file.read_to_end(&mut bytes).unwrap();
                        assert_eq!(bytes, [3; 250]);
                    }
                }
            });
        }
        scope.spawn(|| (0..50).for_each(|_| fixture.store.sweep()));
    });
    let on_disk: u64 = fs::read_dir(fixture.output())
        .unwrap()
        .map(|e| e.unwrap().metadata().unwrap().len())
        .sum();
    assert!(on_disk <= 5_000);
    assert_eq!(fixture.bytes(), [0, on_disk]);
}

proptest! {
    /// Against the plain statement of the rule: nobody older stays than one who went for room, and enough went.
    #[test]
    fn evicts_the_old_and_then_the_oldest(
        files in prop::collection::vec((0_u64..100, 0_u64..4000, any::<bool>()), 0..20),
        excess in 0_u64..1500,
    ) {
        let now = SystemTime::UNIX_EPOCH + 1000 * HOUR;
        let infos: Vec<FileInfo> = files.iter().map(|(bytes, age, _)| FileInfo {
            name: Name::random("mp3", None).unwrap(),
            bytes: *bytes,
            modified: now - Duration::from_secs(*age),
        }).collect();
        let busy = |info: &FileInfo| files[infos.iter().position(|i| i == info).unwrap()].2;
        let mut gone = Vec::new();
        let freed = policy::evict(infos.clone(), now, Duration::from_secs(3000), excess, |info| {
            let free = !busy(info);
            if free { gone.push(info.clone()); }
            free
        });
        prop_assert_eq!(freed, gone.iter().map(|info| info.bytes).sum::<u64>());
        let left: Vec<&FileInfo> = infos.iter().filter(|info| !gone.contains(info) && !busy(info)).collect();
        let too_old = |info: &FileInfo| now.duration_since(info.modified).unwrap() > Duration::from_secs(3000);
        prop_assert!(left.iter().all(|info| !too_old(info)));
        prop_assert!(left.is_empty() || freed >= excess, "room was made if it could be");
        let oldest_left = left.iter().map(|info| info.modified).min();
        let for_room = gone.iter().filter(|info| !too_old(info));
        for info in for_room {
            prop_assert!(oldest_left.is_none_or(|oldest| info.modified <= oldest));
        }
    }
}

#[test]
fn a_name_may_tell_which_server_has_the_file() {
    let name = Name::random("mp3", Some("node-1")).unwrap();
    let text = name.to_string();
    assert!(text.starts_with("node-1-") && text.ends_with(".mp3"), "{text}");
    assert_eq!(Name::parse(&text), Some(name.clone()));
    assert_eq!(
        Name::parse(&name.beside("json").unwrap().to_string())
            .unwrap()
            .extension(),
        "json"
    );
    let letters = &text["node-1-".len()..];
    for forged in ["../", "a/b-", "-", "A-", "a.b-", "a--", "\u{e9}-"] {
        assert_eq!(
            Name::parse(&format!("{forged}{letters}")).filter(|_| forged != "a--"),
            None,
            "{forged}"
        );
    }
    let plain = Name::random("wav", Some("../etc")).unwrap().to_string();
    assert_eq!(plain.len(), 26 + ".wav".len(), "no id: {plain}");
    // The longest id that the configuration takes makes a name that is read back.
    let longest = Name::random("mp3", Some(&"n".repeat(63))).unwrap();
    assert_eq!(Name::parse(&longest.to_string()), Some(longest));
}
