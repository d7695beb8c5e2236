//! A busy server, a dying worker, a restart, a key.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    time::Duration,
};

use nix::sys::signal::{Signal, kill};
use serde_json::json;

use crate::{Browser, DESKTOP, Server, TALE, is_too_slow, long_script, serve, studio, studio_in_chromium};

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_asked_again_by_itself() {
    let Some((server, browser)) = studio(&[("MAX_RESPONSES", "1")]).await else {
        return;
    };
    let other = hold(&server);
    browser.write(TALE).await;
    browser.click("go").await;
    browser.until("store.job.phase === 'busy'").await;
    let said = browser.text("say").await;
    assert!(said.starts_with("The studio is busy. Trying again in "), "{said}");
    assert!(!said.contains("503"));
    drop(other);
    browser
        .until("store.job.phase === 'finished' && player.time > 0.2")
        .await;
    assert_eq!(
        browser.text("say").await,
        "",
        "the sentence goes away with its cause"
    );
    browser.close().await;
}

/// Takes the server's only place: a long response that is not read.
fn hold(server: &Server) -> TcpStream {
    let address = server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let body =
        json!({ "input": long_script(5000), "voice": "af_heart", "response_format": "wav" }).to_string();
    write!(
        stream,
        "POST /v1/audio/speech HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut first = [0; 64];
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let read = stream.read(&mut first).unwrap();
    assert!(first[..read].starts_with(b"HTTP/1.1 200"));
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_that_workers_die() {
    if is_too_slow() {
        return;
    }
    let Some((server, browser)) = studio_in_chromium(&[]).await else {
        return;
    };
    let text = long_script(1000);
    browser.write(&text).await;
    browser.click("go").await;
    browser
        .until("hook('audio').currentTime > 0.2 && store.job.phase === 'speaking'")
        .await;
    browser
        .run("window.stalls = 0; hook('audio').addEventListener('waiting', () => window.stalls++)")
        .await;
    let mut killed = 0;
    while browser.value("store.job.phase").await == "speaking" && killed < 4 {
        if let Some(&worker) = server.workers().first() {
            kill(worker, Signal::SIGKILL).unwrap();
            killed += 1;
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    assert!(killed > 0);
    browser.until("store.job.phase === 'finished'").await;
    assert_eq!(browser.value("window.stalls").await, 0, "the sound never stopped");
    assert_eq!(browser.value("hook('audio').paused").await, false);
    // To the byte what an undisturbed server says.
    let request = json!({ "input": text, "voice": "af_heart", "response_format": "mp3", "stream": true });
    let expected = server.speech(&request).len();
    assert_eq!(browser.value("store.take.bytes").await, expected);
    assert!(server.json("/health")["workers"]["restarts"].as_u64().unwrap() >= 1);
    browser.close().await;
}

/// A port that a server can have, and have again when it is back.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_is_waited_for() {
    let port = free_port();
    let Some((server, browser)) = studio(&[("PORT", &port)]).await else {
        return;
    };
    drop(server);
    browser.write(TALE).await;
    browser.click("go").await;
    browser
        .until("store.job.phase === 'offline' && !hook('notice').hidden")
        .await;
    assert_eq!(browser.text("badge-text").await, "Reconnecting");
    let _server = serve(&[("PORT", &port)]);
    browser.until("player.time > 0.2 && hook('notice').hidden").await;
    browser.until("store.job.phase === 'finished'").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_half_way_goes_on_where_it_stopped() {
    let port = free_port();
    let Some((mut server, browser)) = studio(&[("PORT", &port)]).await else {
        return;
    };
    for format in ["mp3", "wav"] {
        browser
            .run(&format!(
                "document.querySelector('[name=format][value={format}]').click()"
            ))
            .await;
        browser
            .write(&format!(
                "First of all. [voice:am_michael] {}",
                long_script(20_000)
            ))
            .await;
        browser.click("go").await;
        browser
            .until("store.take?.seconds > 60 && player.time > 0.2 && store.job.phase === 'speaking'")
            .await;
        drop(server);
        let begun = std::time::Instant::now();
        browser.until("store.job.phase === 'offline'").await;
        assert_eq!(browser.text("badge-text").await, "Reconnecting");
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        let said = browser.text("say").await;
        assert!(said.starts_with("The studio stopped answering."), "{said}");
        let before = browser.number("store.take.seconds").await;
        assert!(before > 30.0, "{before} s are left");
        browser.until("player.time > 1 && player.playing").await;
        browser.run("window.heard = []; const real = window.fetch; window.fetch = (address, options = {}) => { if (options.body) window.heard.push(JSON.parse(options.body)); return real(address, options) }").await;
        server = serve(&[("PORT", &port)]);
        browser
            .until(&format!(
                "store.take.seconds > {before} + 20 && store.job.phase === 'speaking'"
            ))
            .await;
        // It is one take in one voice, without a sentence twice or left out.
        let request = browser.value("window.heard.at(-1).input").await;
        let request = request.as_str().unwrap();
        assert!(
            request.starts_with("[voice:am_michael]") && request.contains("Line "),
            "{}",
            &request[..60]
        );
        assert!(request.len() < 190_000);
        let holes = "store.take.spans.flatMap(({ start, from }, n, all) => {
            const [{ start: earlier, to }, text] = [all[n - 1] ?? { start: 0, to: 0 }, store.take.text];
            return start >= earlier && from >= to && !text.slice(to, from).replace('[voice:am_michael]', '').trim() ? [] : [text.slice(to, from + 40)];
        })";
        assert_eq!(browser.value(holes).await, json!([]));
        browser.run(&format!("player.seek({before} - 1)")).await;
        browser.until(&format!("player.time > {before} + 1")).await;
        browser.click("cancel").await;
        browser.until("store.job.phase === 'cancelled'").await;
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_asked_for_and_kept_in_the_browser() {
    let server = serve(&[("API_KEYS", "open-sesame")]);
    let Some(browser) = Browser::open(DESKTOP.0, DESKTOP.1).await else {
        return;
    };
    browser.studio(&server.url).await;
    browser.write(TALE).await;
    browser.click("go").await;
    browser
        .until("!hook('key').hidden && store.job.place === 'key'")
        .await;
    for (key, ending) in [("wrong", "failed"), ("open-sesame", "finished")] {
        browser.run(&format!("hook('key-value').value = '{key}'")).await;
        browser.click_on("[data-key] .out").await;
        browser.click("go").await;
        browser.until(&format!("store.job.phase === '{ending}'")).await;
        if ending == "failed" {
            assert!(
                browser
                    .text("key-why")
                    .await
                    .starts_with("That key was not accepted.")
            );
        }
    }
    browser.reload().await;
    assert_eq!(browser.value("store.apiKey").await, "open-sesame");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_speaks_of_the_script() {
    let Some((_server, browser)) = studio(&[("MAX_INPUT_CHARS", "1000")]).await else {
        return;
    };
    browser.until("store.server.limits").await;
    for (script, said) in [
        ("--- ---", "There are no words in the script."),
        (
            &long_script(400),
            "The script is too long: 1,000 characters are the most. Generate it in parts.",
        ),
        ("[voice:nobody] Hi.", "There is no voice \"nobody\"."),
    ] {
        browser.write(script).await;
        browser.click("go").await;
        browser.until("store.job.phase === 'failed'").await;
        assert_eq!(browser.text("script-error").await, said);
    }
    browser.close().await;
}
