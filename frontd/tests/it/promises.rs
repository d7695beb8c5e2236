//! What the settings promise.

use std::{fs, net::TcpListener, process::Output};

use harness::{Server, wav};
use serde_json::{Value, json};

fn words(run: &Output) -> String {
    String::from_utf8_lossy(&run.stderr).into_owned()
}

/// A Kubernetes pod's name has thirty characters and more; a label of a host's name at most 63.
#[test]
fn a_download_is_found_under_the_longest_id_of_a_server() {
    let id = "n".repeat(63);
    let server = Server::start(&[("NODE_ID", &id)]);
    let body = json!({"input": "Hello.", "return_timing": true, "stream": false}).to_string();
    let (status, _, headers) = server.post("/v1/audio/speech", &body);
    assert_eq!(status, 200);
    for header in ["x-download-path", "x-timing-path"] {
        let path = &headers[header];
        assert_eq!(path.matches(&id).count(), 1, "{path}");
        assert_eq!(server.get(path).0, 200, "{path}");
    }
    // It counts, so that the folder's limit holds.
    let ready = server.json("/health/ready");
    let output = ready["folders"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["kind"] == "output")
        .unwrap();
    assert!(output["files"].as_u64().unwrap() >= 2, "{output}");
}

#[test]
fn a_default_voice_that_is_not_there_is_refused_with_the_nearest_name() {
    let folder = tempfile::tempdir().unwrap();
    for argument in ["serve", "check-config"] {
        let run = Server::command(folder.path(), &[("DEFAULT_VOICE", "af_hart+am_adam")])
            .arg(argument)
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(64), "{argument}: {}", words(&run));
        assert!(
            words(&run).contains("DEFAULT_VOICE: there is no voice \"af_hart\"; did you mean af_heart"),
            "{argument}: {}",
            words(&run)
        );
    }
    for voice in ["bm_george", "alloy", "AF_Bella(2)+af_sky", ""] {
        let run = Server::command(folder.path(), &[("DEFAULT_VOICE", voice)])
            .arg("check-config")
            .output();
        assert!(run.unwrap().status.success(), "{voice}");
    }
}

#[test]
fn two_servers_of_one_user_need_no_setting_for_their_ops_sockets() {
    let runtime = tempfile::tempdir().unwrap();
    let variables = [
        ("CONTROL_SOCKET", ""),
        ("XDG_RUNTIME_DIR", runtime.path().to_str().unwrap()),
        ("WORKERS", "1"),
    ];
    let servers = [Server::start(&variables), Server::start(&variables)];
    for server in &servers {
        let port = server.url.rsplit(':').next().unwrap();
        assert!(runtime.path().join(format!("dexterous-tts-{port}.sock")).exists());
        let run = Server::command(
            server.folder.path(),
            &[&variables[..], &[("PORT", port)]].concat(),
        )
        .args(["ctl", "status"])
        .output()
        .unwrap();
        let table = String::from_utf8(run.stdout).unwrap();
        assert!(
            table.contains(", builtin, ready"),
            "{table}{}",
            String::from_utf8_lossy(&run.stderr)
        );
    }
}

/// Each cause once, and each hint.
#[test]
fn why_it_cannot_start_is_told_once() {
    let server = Server::start(&[("WORKERS", "1")]);
    let folder = tempfile::tempdir().unwrap();
    let used = server.folder.path().join("control.sock");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (variable, value, cause) in [
        (
            "CONTROL_SOCKET",
            used.to_str().unwrap(),
            "CONTROL_SOCKET names another",
        ),
        ("PORT", &port, "Address already in use"),
        ("RUN_DIR", file.to_str().unwrap(), "Not a directory"),
    ] {
        let run = Server::command(folder.path(), &[(variable, value)])
            .output()
            .unwrap();
        assert_eq!(
            words(&run).matches(cause).count(),
            1,
            "{variable}: {}",
            words(&run)
        );
    }
}

#[test]
fn the_studio_may_be_framed_by_whom_the_owner_names() {
    let policy = |variables: &[(&str, &str)]| {
        let server = Server::start(variables);
        let response = ureq::get(format!("{}/web/", server.url)).call().unwrap();
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        let policy = header("content-security-policy").unwrap();
        let ancestors = policy.split_once("frame-ancestors ").unwrap().1.to_owned();
        (ancestors, header("x-frame-options"))
    };
    assert_eq!(policy(&[]), ("'none'".to_owned(), Some("DENY".to_owned())));
    assert_eq!(
        policy(&[("FRAME_ANCESTORS", "self, https://home.example:8123")]),
        ("'self' https://home.example:8123".to_owned(), None)
    );
    let folder = tempfile::tempdir().unwrap();
    for wrong in ["home.example", "*", "'self'", "https://a.example;script-src"] {
        let run = Server::command(folder.path(), &[("FRAME_ANCESTORS", wrong)])
            .arg("check-config")
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(64), "{wrong}");
        assert!(
            words(&run).contains("FRAME_ANCESTORS: must be"),
            "{}",
            words(&run)
        );
    }
}

/// Every task has ended when the server has: what an operator's tool holds open does not keep one.
#[test]
fn nothing_runs_on_when_the_server_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let variables = harness::environment(folder.path(), &[("WORKERS", "1"), ("PORT", "0")]);
    let (config, _) = frontd::config::Config::read(variables).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let running =
        runtime.spawn(async move { frontd::app::App::build(config, None).await.unwrap().run().await });
    let socket = folder.path().join("control.sock");
    let ask = |line: &[u8]| -> Option<Value> {
        use std::io::{BufRead, BufReader, Write};
        let mut stream = std::os::unix::net::UnixStream::connect(&socket).ok()?;
        stream.write_all(line).ok()?;
        let mut answer = String::new();
        BufReader::new(&stream).read_line(&mut answer).ok()?;
        // Held open until the process ends.
        std::mem::forget(stream);
        serde_json::from_str(&answer).ok()
    };
    assert!(harness::eventually(
        || ask(b"{\"do\":\"health\"}\n").is_some_and(|answer| answer["ok"] == true)
    ));
    assert_eq!(ask(b"{\"do\":\"drain\"}\n").unwrap()["ok"], true);
    runtime.block_on(running).unwrap().unwrap();
    assert!(
        harness::eventually(|| runtime.metrics().num_alive_tasks() == 0),
        "{} tasks run on",
        runtime.metrics().num_alive_tasks()
    );
}

#[test]
fn a_request_without_a_voice_is_spoken_by_the_default_one() {
    let server = Server::start(&[("DEFAULT_VOICE", "bm_george")]);
    let named = server.speech(&json!({"input": "Hello.", "voice": "bm_george", "response_format": "wav"}));
    assert_eq!(
        server.speech(&json!({"input": "Hello.", "response_format": "wav"})),
        named
    );
    assert_ne!(server.speech(&wav("Hello.")), named);
}
