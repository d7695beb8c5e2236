//! HTTP/1.0, where a body ends with its connection, and one that broke off ends just so.

use std::{
    fs,
    io::Read,
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use harness::{Server, eventually, prose, wav};
use serde_json::{Value, json};

use crate::faulty_workers::stand_in;

/// An answer's status line, head and body.
fn parted(answer: &[u8]) -> (String, &[u8]) {
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    (head, &answer[end + 4..])
}

fn post_1_0(server: &Server, path: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    server.raw(&format!(
        "POST {path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

#[test]
fn a_client_of_http_1_0_is_told_how_long_the_sound_is() {
    let server = Server::start(&[]);
    // Larger than what is kept in memory.
    let mut request = wav(&prose(60));
    request["stream"] = false.into();
    let whole = server.speech(&request);
    assert!(whole.len() > 4 << 20, "{}", whole.len());
    request["stream"] = true.into();
    let answer = post_1_0(&server, "/v1/audio/speech", &request);
    let (head, body) = parted(&answer);
    assert!(
        head.contains(" 200 ") && head.contains(&format!("content-length: {}", whole.len())),
        "{head}"
    );
    assert!(body == whole);
    // Events tell their end themselves.
    let events = json!({"input": "Hello.", "stream_format": "sse"});
    let answer = post_1_0(&server, "/v1/audio/speech", &events);
    assert!(String::from_utf8_lossy(parted(&answer).1).contains("speech.audio.done"));
    let lines = json!({"input": "Hello there.", "stream": true});
    let answer = post_1_0(&server, "/v1/audio/speech/captions", &lines);
    let (head, body) = parted(&answer);
    assert!(
        head.contains("x-ndjson") && head.contains(&format!("content-length: {}", body.len())),
        "{head}"
    );
}

/// A server whose workers die of every segment of twenty tokens, and a request that has one after its first.
fn poisoned() -> (Server, Value) {
    let folder = tempfile::tempdir().unwrap();
    let program = stand_in(folder.path(), "dies of long ones", 1000);
    let variables = [
        ("WORKERD", program.to_str().unwrap()),
        ("LOG_LEVEL", "off"),
        ("WORKERS", "1"),
    ];
    let server = Server::start_in(folder, &variables);
    (
        server,
        wav("Hello there. [pause:1s]This one is long and it is poison."),
    )
}

#[test]
fn a_response_that_breaks_off_never_looks_whole() {
    let (server, request) = poisoned();
    let mut body = server.speak(&request).expect("a response that begins");
    let mut bytes = Vec::new();
    assert!(
        body.read_to_end(&mut bytes).is_err(),
        "{} bytes look whole",
        bytes.len()
    );
    assert!(bytes.len() > 44, "it began with sound");
    for path in ["/v1/audio/speech", "/v1/audio/speech/captions"] {
        let answer = String::from_utf8_lossy(&post_1_0(&server, path, &request)).into_owned();
        assert!(answer.starts_with("HTTP/1.0 500 "), "{path}: {answer}");
    }
}

/// What `curl` makes of a request: its exit code, the status, and the bytes.
fn curl(url: &str, version: &str, request: &Value) -> (i32, String, Vec<u8>) {
    let run = Command::new("curl")
        .args([
            "--silent",
            version,
            "--max-time",
            "120",
            "--write-out",
            "%{stderr}%{http_code}",
        ])
        .args([
            "--header",
            "Content-Type: application/json",
            "--data",
            &request.to_string(),
        ])
        .arg(format!("{url}/v1/audio/speech"))
        .output()
        .expect("curl");
    (
        run.status.code().unwrap(),
        String::from_utf8(run.stderr).unwrap(),
        run.stdout,
    )
}

#[test]
fn curl_sees_a_good_end_or_an_error() {
    if Command::new("curl").arg("--version").output().is_err() {
        return harness::skip("there is no curl");
    }
    let good = Server::start(&[]);
    let whole = good.speech(&json!({"input": "Hello there.", "response_format": "wav", "stream": false}));
    let asked = wav("Hello there.");
    assert_eq!(curl(&good.url, "--http1.0", &asked), (0, "200".to_owned(), whole));
    let (server, request) = poisoned();
    let (code, status, _) = curl(&server.url, "--http1.1", &request);
    assert_eq!((code, status.as_str()), (18, "200"), "a partial file");
    assert_eq!(curl(&server.url, "--http1.0", &request).1, "500");
}

/// nginx as it was before 1.29: HTTP/1.0 to what is behind it. Ended when dropped.
struct OldNginx {
    process: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl OldNginx {
    fn start(program: &str, server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let path = folder.path().display();
        let config = format!(
            "pid {path}/pid; error_log stderr; events {{}} http {{ access_log off; \
             client_body_temp_path {path}/a; proxy_temp_path {path}/b; fastcgi_temp_path {path}/c; uwsgi_temp_path {path}/d; \
             scgi_temp_path {path}/e; server {{ listen 127.0.0.1:{port}; location / {{ \
             proxy_http_version 1.0; proxy_buffering off; proxy_pass {}; }} }} }}",
            server.url
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, config).unwrap();
        let process = Command::new(program)
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&file)
            .args(["-g", "daemon off;"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = format!("http://127.0.0.1:{port}");
        assert!(
            eventually(|| ureq::get(format!("{url}/health")).call().is_ok()),
            "nginx answers"
        );
        Self {
            process,
            url,
            _folder: folder,
        }
    }
}

impl Drop for OldNginx {
    fn drop(&mut self) {
        // Ends its own workers, as a kill would not.
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.process.id()).unwrap());
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
        let _ = self.process.wait();
    }
}

#[test]
fn nothing_short_comes_through_a_proxy_that_speaks_it() {
    let program = std::env::var("NGINX").unwrap_or_else(|_| "nginx".to_owned());
    if [program.as_str(), "curl"]
        .iter()
        .any(|name| Command::new(name).arg("-V").output().is_err())
    {
        return harness::skip("there is no nginx or no curl (NGINX names one)");
    }
    let good = Server::start(&[]);
    let whole = good.speech(&json!({"input": prose(20), "response_format": "wav", "stream": false}));
    let nginx = OldNginx::start(&program, &good);
    let got = curl(&nginx.url, "--http1.1", &wav(&prose(20)));
    assert!(
        got == (0, "200".to_owned(), whole),
        "{} {} {} bytes",
        got.0,
        got.1,
        got.2.len()
    );
    let (server, request) = poisoned();
    let nginx = OldNginx::start(&program, &server);
    for version in ["--http1.1", "--http1.0"] {
        assert_eq!(curl(&nginx.url, version, &request).1, "500", "{version}");
    }
}
