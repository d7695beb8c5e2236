pub(super) mod server;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Duration,
};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use self::server::{Reply, Server};
use super::{super::files::Content, *};

const QUICK: Patience = Patience {
    tries: 4,
    pause: Duration::from_millis(1),
    silence: Duration::from_millis(300),
};

/// Stands for the model: larger than [`PROGRESS`] and than a socket's buffers.
static MODEL: LazyLock<Vec<u8>> = LazyLock::new(|| noise(3_000_001, 1));
static VOICE: LazyLock<Vec<u8>> = LazyLock::new(|| noise(5_222, 2));

fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..bytes).map(|_| next()).collect()
}

fn pinned(path: &str, remote: &str, content: &[u8]) -> PinnedFile {
    let sha256: String = Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    PinnedFile {
        path: path.to_owned(),
        home: "",
        remote: remote.to_owned(),
        alias: (path == files::MODEL).then_some("kokoro-v1.0.onnx"),
        contents: vec![Content {
            bytes: content.len() as u64,
            sha256: sha256.leak(),
        }],
        parts: Vec::new(),
        converted: 0,
    }
}

fn two_files() -> Vec<PinnedFile> {
    vec![
        pinned("voices/af_test.bin", "voices/af_test.bin", &VOICE),
        pinned(files::MODEL, "onnx/model.onnx", &MODEL),
    ]
}

fn honest() -> Server {
    Server::start([
        ("/voices/af_test.bin", VOICE.as_slice()),
        ("/onnx/model.onnx", MODEL.as_slice()),
    ])
}

fn from_server(dir: &TempDir, server: &Server) -> Options {
    Options {
        model_dir: dir.path().to_owned(),
        model: Source::Mirror(server.url()),
        voices: Source::Mirror(server.url()),
        ca_bundle: None,
        files: two_files(),
        patience: QUICK,
    }
}

fn silent(options: &Options) -> Result<PathBuf, InstallError> {
    install(options, &mut |_| {})
}

fn assert_complete(dir: &Path) {
    let folder = files::folder(dir);
    assert!(fs::read(folder.join("model.onnx")).unwrap() == *MODEL);
    assert!(fs::read(folder.join("voices/af_test.bin")).unwrap() == *VOICE);
    assert!(!folder.join(staging::FOLDER).exists());
    let states = verify(dir, &two_files(), true).unwrap();
    assert_eq!(states, [State::Present, State::Present]);
}

/// No file has its final name, so nothing that looks for a model finds half of one.
fn assert_nothing(dir: &Path) {
    assert_eq!(files::installed(dir), None);
    assert!(!files::voices(dir).exists());
}

#[test]
fn an_honest_server_is_asked_once_for_each_file() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    let path = silent(&from_server(&dir, &server)).unwrap();
    assert_eq!(path, dir.path().join("kokoro/model.onnx"));
    assert_eq!(files::installed(dir.path()), Some(path));
    assert_complete(dir.path());
    assert_eq!(server.requests(), ["/voices/af_test.bin", "/onnx/model.onnx"]);

    silent(&from_server(&dir, &server)).unwrap();
    assert_eq!(
        server.requests().len(),
        2,
        "what is installed is not fetched again"
    );
}

#[test]
fn a_cut_connection_is_resumed_where_it_was_cut() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    // More cuts than there are tries: each brought enough to count as work done.
    server.script(
        "/onnx/model.onnx",
        vec![Reply::Cut(1_100_000), Reply::Cut(1_100_000)],
    );
    let options = Options {
        patience: Patience { tries: 2, ..QUICK },
        ..from_server(&dir, &server)
    };
    silent(&options).unwrap();
    assert_complete(dir.path());
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    assert!(requests[2].starts_with("/onnx/model.onnx bytes="), "{requests:?}");
    assert!(requests[3].starts_with("/onnx/model.onnx bytes="), "{requests:?}");
    assert!(
        server.bytes_sent() < MODEL.len() + VOICE.len() + 300_000,
        "what had come was not fetched again"
    );
}

#[test]
fn an_install_goes_on_where_an_earlier_one_was_killed() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    let partial = dir.path().join("kokoro").join(staging::FOLDER);
    fs::create_dir_all(&partial).unwrap();
    fs::write(partial.join("model.onnx"), &MODEL[..2_000_000]).unwrap();
    fs::write(partial.join("voices+af_test.bin"), VOICE.as_slice()).unwrap();
    assert_eq!(
        verify(dir.path(), &two_files(), false).unwrap(),
        [State::Begun(VOICE.len() as u64), State::Begun(2_000_000)]
    );
    let mut begun = 0;
    install(&from_server(&dir, &server), &mut |event| {
        if let Event::Begin { bytes } = event {
            begun = bytes;
        }
    })
    .unwrap();
    assert_eq!(begun, 1_000_001);
    assert_eq!(server.requests(), ["/onnx/model.onnx bytes=2000000-"]);
    assert_complete(dir.path());
}

#[test]
fn a_partial_file_with_wrong_bytes_is_thrown_away_and_fetched_whole() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    let partial = dir.path().join("kokoro").join(staging::FOLDER);
    fs::create_dir_all(&partial).unwrap();
    fs::write(partial.join("model.onnx"), vec![7; 2_000_000]).unwrap();
    silent(&from_server(&dir, &server)).unwrap();
    assert_complete(dir.path());
}

#[test]
fn a_partial_file_that_is_too_long_is_thrown_away() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    let partial = dir.path().join("kokoro").join(staging::FOLDER);
    fs::create_dir_all(&partial).unwrap();
    fs::write(partial.join("model.onnx"), vec![7; 4_000_000]).unwrap();
    silent(&from_server(&dir, &server)).unwrap();
    assert_complete(dir.path());
}

#[test]
fn a_server_without_ranges_begins_again() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    server.script(
        "/onnx/model.onnx",
        vec![Reply::Cut(1_500_000), Reply::WithoutRanges],
    );
    silent(&from_server(&dir, &server)).unwrap();
    assert_complete(dir.path());
}

#[test]
fn faults_that_pass_are_borne() {
    for replies in [
        vec![Reply::TooShort],
        vec![Reply::TooLong],
        vec![Reply::NotFoundPage],
        vec![Reply::NotFoundPageChunked],
        vec![Reply::TooMuchChunked],
        vec![Reply::OtherRange],
        vec![Reply::Status(503, "retry-after: 0\r\n")],
        vec![Reply::Status(429, "")],
        vec![Reply::Status(302, "location: /onnx/model.onnx\r\n")],
        vec![Reply::HangUp],
        vec![Reply::Silence],
        vec![Reply::SilenceAfter(100_000)],
        vec![Reply::WrongBytes],
        vec![Reply::Cut(400_000), Reply::OtherRange, Reply::NotFoundPage],
    ] {
        let (dir, server) = (TempDir::new().unwrap(), honest());
        let replies_shown = format!("{replies:?}");
        server.script("/onnx/model.onnx", replies);
        silent(&from_server(&dir, &server)).unwrap_or_else(|error| panic!("{replies_shown}: {error}"));
        assert_complete(dir.path());
    }
}

#[test]
fn faults_that_stay_end_with_a_sentence_and_leave_no_model() {
    for (reply, sentence) in [
        (Reply::TooShort, "bytes, 3000001 are expected"),
        (Reply::TooLong, "bytes, 3000001 are expected"),
        (Reply::NotFoundPage, "it has 9 bytes, 3000001 are expected"),
        (Reply::NotFoundPageChunked, "it has 9 bytes, 3000001 are expected"),
        (Reply::TooMuchChunked, "more than the expected 3000001 bytes"),
        (Reply::Status(404, ""), "404 Not Found"),
        (Reply::Status(401, ""), "401 Unauthorized"),
        (Reply::Status(500, ""), "500 Internal Server Error"),
        (Reply::Silence, "timeout"),
        (Reply::WrongBytes, "is not the pinned file"),
    ] {
        let (dir, server) = (TempDir::new().unwrap(), honest());
        server.script("/onnx/model.onnx", vec![reply.clone(); 20]);
        let error = silent(&from_server(&dir, &server)).unwrap_err().to_string();
        assert!(error.contains(sentence), "{reply:?}: {error}");
        assert!(error.contains("/onnx/model.onnx"), "{error}");
        assert_nothing(dir.path());
        let most = QUICK.tries as usize + 1;
        assert!(
            server.requests().len() <= most,
            "{reply:?}: {} requests",
            server.requests().len()
        );
    }
}

#[test]
fn a_404_is_not_asked_twice() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    server.script("/voices/af_test.bin", vec![Reply::Status(404, "")]);
    silent(&from_server(&dir, &server)).unwrap_err();
    assert_eq!(server.requests(), ["/voices/af_test.bin"]);
    // The fault is gone: the next install succeeds.
    silent(&from_server(&dir, &server)).unwrap();
    assert_complete(dir.path());
}

#[test]
fn a_page_in_place_of_the_rest_does_not_cost_what_had_come() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    server.script(
        "/onnx/model.onnx",
        vec![Reply::Cut(2_000_000), Reply::NotFoundPage, Reply::OtherRange],
    );
    silent(&from_server(&dir, &server)).unwrap();
    assert_complete(dir.path());
    assert!(server.bytes_sent() < MODEL.len() + VOICE.len() + 300_000);
}

#[test]
fn a_damaged_file_is_found_and_replaced() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    silent(&from_server(&dir, &server)).unwrap();
    let path = dir.path().join("kokoro/model.onnx");
    let mut damaged = MODEL.clone();
    damaged[1_000_000] ^= 1;
    fs::write(&path, damaged).unwrap();
    assert_eq!(
        verify(dir.path(), &two_files(), false).unwrap()[1],
        State::Present
    );
    assert_eq!(verify(dir.path(), &two_files(), true).unwrap()[1], State::Wrong);
    silent(&from_server(&dir, &server)).unwrap();
    assert_complete(dir.path());
}

#[test]
fn a_volume_without_room_is_refused_before_any_request() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    let mut options = from_server(&dir, &server);
    options.files[1].contents[0].bytes = 1 << 60;
    let error = silent(&options).unwrap_err();
    assert!(matches!(error, InstallError::Space { .. }), "{error}");
    assert!(server.requests().is_empty());
}

#[test]
fn two_installs_do_not_meet() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    let options = from_server(&dir, &server);
    fs::create_dir_all(dir.path().join("kokoro")).unwrap();
    let held = lock(&dir.path().join("kokoro")).unwrap();
    assert!(matches!(silent(&options), Err(InstallError::Busy(_))));
    assert!(matches!(
        remove(dir.path(), &options.files),
        Err(InstallError::Busy(_))
    ));
    drop(held);
    silent(&options).unwrap();
}

fn from_path(dir: &TempDir, path: &Path) -> Options {
    Options {
        model_dir: dir.path().to_owned(),
        model: Source::Local(path.to_owned()),
        voices: Source::Local(path.to_owned()),
        ca_bundle: None,
        files: two_files(),
        patience: QUICK,
    }
}

#[test]
fn a_folder_installs_under_public_or_plain_names() {
    for (model, voice) in [
        ("onnx/model.onnx", "voices/af_test.bin"),
        ("model.onnx", "af_test.bin"),
        ("kokoro-v1.0.onnx", "voices/af_test.bin"),
    ] {
        let (dir, source) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        for (name, content) in [(model, &MODEL), (voice, &VOICE)] {
            let path = source.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content.as_slice()).unwrap();
        }
        silent(&from_path(&dir, source.path())).unwrap();
        assert_complete(dir.path());
    }
}

#[test]
fn a_folder_that_lacks_a_file_or_has_another_one_is_refused() {
    let (dir, source) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    fs::write(source.path().join("af_test.bin"), VOICE.as_slice()).unwrap();
    let error = silent(&from_path(&dir, source.path())).unwrap_err();
    assert!(error.to_string().ends_with("lacks model.onnx"), "{error}");
    assert_nothing(dir.path());

    fs::write(source.path().join("model.onnx"), noise(MODEL.len(), 3)).unwrap();
    let error = silent(&from_path(&dir, source.path())).unwrap_err();
    assert!(
        matches!(&error, InstallError::Foreign { name, .. } if name == "model.onnx"),
        "{error}"
    );
    assert_nothing(dir.path());
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        // Written as they are: an attacker's builder would not check either.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn the_other_edition_under_the_name_of_the_wanted_one_is_passed_over() {
    let other = noise(MODEL.len() + 1, 5);
    let (dir, source) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for (name, content) in [
        ("model.onnx", other.as_slice()),
        ("kokoro-v1.0.onnx", &MODEL),
        ("af_test.bin", &VOICE),
    ] {
        fs::write(source.path().join(name), content).unwrap();
    }
    silent(&from_path(&dir, source.path())).unwrap();
    assert_complete(dir.path());

    let (dir, path) = (TempDir::new().unwrap(), source.path().join("kokoro.tar"));
    let content = archive(&[
        ("kokoro-v1.0.onnx", &MODEL),
        ("model.onnx", &other),
        ("af_test.bin", &VOICE),
    ]);
    fs::write(&path, content).unwrap();
    silent(&from_path(&dir, &path)).unwrap();
    assert_complete(dir.path());
}

#[test]
fn voices_may_come_from_elsewhere() {
    let (dir, voices, server) = (TempDir::new().unwrap(), TempDir::new().unwrap(), honest());
    let options = Options {
        voices: Source::Local(voices.path().to_owned()),
        ..from_server(&dir, &server)
    };
    let error = silent(&options).unwrap_err().to_string();
    assert!(error.ends_with("lacks voices/af_test.bin"), "{error}");
    assert_nothing(dir.path());
    fs::write(voices.path().join("af_test.bin"), VOICE.as_slice()).unwrap();
    silent(&options).unwrap();
    assert_complete(dir.path());
    assert_eq!(server.requests(), ["/onnx/model.onnx"]);
}

#[test]
fn an_archive_installs_and_its_paths_lead_nowhere() {
    let (dir, source) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let path = source.path().join("kokoro.tar");
    let content = archive(&[
        ("../../../escaped.txt", b"no"),
        ("../outside/onnx/model.onnx", &MODEL),
        ("/voices/af_test.bin", &VOICE),
    ]);
    fs::write(&path, content).unwrap();
    silent(&from_path(&dir, &path)).unwrap();
    assert_complete(dir.path());
    let names: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["kokoro"]);
}

#[test]
fn an_archive_that_is_cut_or_none_is_refused() {
    let source = TempDir::new().unwrap();
    let whole = archive(&[("af_test.bin", &VOICE), ("model.onnx", &MODEL)]);
    for (content, sentence) in [
        (whole[..1_000_000].to_vec(), "model.onnx in"),
        (noise(100_000, 4), "not a plain tar archive"),
        (Vec::new(), "lacks"),
    ] {
        let dir = TempDir::new().unwrap();
        let path = source.path().join("kokoro.tar");
        fs::write(&path, content).unwrap();
        let error = silent(&from_path(&dir, &path)).unwrap_err().to_string();
        assert!(error.contains(sentence), "{error}");
        assert_nothing(dir.path());
    }
}

#[test]
fn removing_leaves_what_users_made() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    silent(&from_server(&dir, &server)).unwrap();
    let folder = dir.path().join("kokoro");
    fs::create_dir(folder.join("converted-v1-1-1")).unwrap();
    fs::write(folder.join("voices/mine.bin"), "x").unwrap();
    remove(dir.path(), &two_files()).unwrap();
    assert_eq!(files::installed(dir.path()), None);
    assert!(!folder.join("converted-v1-1-1").exists());
    assert!(folder.join("voices/mine.bin").exists());
    remove(dir.path(), &two_files()).unwrap();
}

#[test]
fn the_pinned_files_are_the_model_and_the_28_english_voices() {
    for edition in [Edition::Float, Edition::Int8] {
        let pinned = files::kokoro(edition);
        assert_eq!(pinned.len(), 29);
        let model = pinned.last().unwrap();
        assert_eq!(model.path, files::MODEL, "the model is put in place last");
        let english = |file: &&PinnedFile| {
            let name = file.path.strip_prefix("voices/").unwrap_or_default();
            name.starts_with(['a', 'b'])
        };
        assert_eq!(pinned.iter().filter(english).count(), 28);
        let wheels = model.parts.iter().map(|part| &part.wheel);
        for content in pinned.iter().chain(wheels).flat_map(|file| &file.contents) {
            assert!(
                content.sha256.len() == 64 && content.sha256.bytes().all(|byte| byte.is_ascii_hexdigit())
            );
        }
    }
}

#[test]
fn the_pinned_voices_are_those_of_the_studies() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/voices");
    if !folder.is_dir() {
        harness::skip(&format!("{} is not here", folder.display()));
        return;
    }
    for file in files::kokoro(Edition::Float)
        .iter()
        .filter(|file| file.path != files::MODEL)
    {
        let path = folder.join(file.path.strip_prefix("voices/").unwrap());
        assert!(staging::is_pinned(&path, file).unwrap(), "{}", path.display());
    }
}

#[tokio::test]
async fn in_the_background_it_returns_the_model() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    server.script("/onnx/model.onnx", vec![Reply::Cut(400_000)]);
    let path = in_background(from_server(&dir, &server)).await.unwrap();
    assert_eq!(files::installed(dir.path()), Some(path));
    assert_complete(dir.path());
}

#[test]
fn certificates_that_cannot_be_read_are_named() {
    let (dir, server) = (TempDir::new().unwrap(), honest());
    for (content, reason) in [(None, "No such file"), (Some("no pem"), "it holds none")] {
        let path = dir.path().join("ca.pem");
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        let options = Options {
            ca_bundle: Some(path),
            ..from_server(&dir, &server)
        };
        let error = silent(&options).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}
