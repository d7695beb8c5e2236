//! `DOWNLOAD_MODEL=true`: the built-in voice serves while Kokoro is fetched, then Kokoro does, without a restart.
//!
//! The built-in graph, which has Kokoro's interface, stands in for Kokoro's 325 MB: what changes is everything else.

#![allow(clippy::unwrap_used)]

use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Barrier},
    thread,
    time::{Duration, Instant},
};

use frontd::{
    app::App,
    config::Config,
    model::files::{Content, PinnedFile},
};
use harness::environment;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn requests_go_to_kokoro_once_it_is_there_and_none_is_cut() {
    let model =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../workerd/assets/builtin.onnx")).unwrap();
    let voice: Vec<u8> = (0..510 * 256_u32)
        .flat_map(|n| (f32::from(u8::try_from(n % 251).unwrap()) / 2_000.0).to_le_bytes())
        .collect();
    let content = HashMap::from([
        ("/onnx/model.onnx".to_owned(), model),
        ("/voices/af_heart.bin".to_owned(), voice),
    ]);
    let files = vec![
        pinned(
            "voices/af_heart.bin",
            "voices/af_heart.bin",
            &content["/voices/af_heart.bin"],
        ),
        pinned("model.onnx", "onnx/model.onnx", &content["/onnx/model.onnx"]),
    ];
    // The hub gives nothing until a response of the built-in voice is under way.
    let gate = Arc::new(Barrier::new(2));
    let hub = hub(content, Arc::clone(&gate));

    let dir = TempDir::new().unwrap();
    let hub = format!("http://{hub}");
    let variables = [
        ("MODEL", "auto"),
        ("WORKERS", "1"),
        ("DOWNLOAD_MODEL", "true"),
        ("MODEL_BASE_URL", hub.as_str()),
        ("DRAIN_SECONDS", "10"),
    ];
    let variables = environment(dir.path(), &variables);
    let (mut config, _) = Config::read(variables).unwrap();
    config.model.files = files;

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    server.spawn(async move {
        App::build(config, Some(listener))
            .await
            .unwrap()
            .run()
            .await
            .unwrap()
    });
    await_true("the built-in voice serves", || {
        get(address, "/health").contains("\"builtin\"") && speak(address, "One.").is_ok()
    });

    let text = "The quick brown fox jumps over the lazy dog. ".repeat(40);
    let quiet = speak(address, &text).unwrap();
    let mut under_way = request(address, &text);
    let mut first = [0; 1_000];
    under_way.read_exact(&mut first).unwrap();
    gate.wait();
    await_true("Kokoro serves", || get(address, "/health").contains("kokoro-82m"));

    let other = speak(address, &text).unwrap();
    assert!(
        other.len() > 100_000 && other != quiet,
        "another model's style speaks"
    );
    let mut rest = first.to_vec();
    under_way.read_to_end(&mut rest).unwrap();
    assert!(
        body(&rest).unwrap() == quiet,
        "the response that was under way is that of the built-in voice to its end"
    );
    assert!(dir.path().join("models/kokoro/model.onnx").is_file());
    server.shutdown_background();
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
        alias: None,
        contents: vec![Content {
            bytes: content.len() as u64,
            sha256: sha256.leak(),
        }],
        parts: Vec::new(),
        converted: 0,
    }
}

/// Serves `content`; the first request waits at the gate.
fn hub(content: HashMap<String, Vec<u8>>, gate: Arc<Barrier>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // Ends with the test process.
    thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            if number == 0 {
                gate.wait();
            }
            let mut lines = BufReader::new(&stream).lines();
            let first = lines.next().unwrap().unwrap();
            let file = &content[first.split(' ').nth(1).unwrap()];
            lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                file.len()
            );
            (&stream).write_all(&[head.as_bytes(), file].concat()).unwrap();
        }
    });
    address
}

fn request(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let json = format!(r#"{{"model":"kokoro","input":"{text}","voice":"af_heart","response_format":"wav"}}"#);
    let head = "POST /v1/audio/speech HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{json}", json.len()).unwrap();
    stream
}

fn speak(address: SocketAddr, text: &str) -> Result<Vec<u8>, String> {
    let mut response = Vec::new();
    request(address, text)
        .read_to_end(&mut response)
        .map_err(|error| error.to_string())?;
    body(&response)
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

/// The body of a chunked 200 response that is complete.
fn body(response: &[u8]) -> Result<Vec<u8>, String> {
    let head = response
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or("no head")?;
    if !response.starts_with(b"HTTP/1.1 200") {
        return Err(String::from_utf8_lossy(response).into_owned());
    }
    let mut rest = &response[head + 4..];
    let mut body = Vec::new();
    loop {
        let end = rest
            .windows(2)
            .position(|two| two == b"\r\n")
            .ok_or("cut in a chunk's head")?;
        let size = std::str::from_utf8(&rest[..end]).map_err(|error| error.to_string())?;
        let size = usize::from_str_radix(size, 16).map_err(|error| error.to_string())?;
        if size == 0 {
            return Ok(body);
        }
        body.extend(rest.get(end + 2..end + 2 + size).ok_or("cut in a chunk")?);
        rest = rest.get(end + 4 + size..).ok_or("cut after a chunk")?;
    }
}

fn await_true(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        thread::sleep(Duration::from_millis(20));
    }
}
