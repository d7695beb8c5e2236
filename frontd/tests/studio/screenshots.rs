//! The pictures in `docs/screenshots/`, made by `dev/screenshots`: it names the folder, and without one this does nothing.
//!
//! Sound, history and read-along are real. States that a healthy server has not (a queue, an installation) are set in
//! the page's store, as the server's answers would.

use serde_json::json;

use crate::{Browser, DESKTOP, studio_in_chromium};

const TALE: &str = "Every harbour keeps a light for the boats that come home late. Ours has burned for ninety years, \
    and nobody remembers who lit it first. [pause:1.2s] Tonight the fog came in before supper. The keeper counted three \
    horns, then four, then nothing.\n\n[voice:am_michael] “They are out past the bar,” he said, and reached for his coat. \
    [voice:Narrator] The stairs were wet, and the lamp needed oil. He had climbed them eleven thousand times, and he \
    counted every step aloud, because his father had.\n\nAt the top the glass was white. He turned the handle once, twice, \
    and the beam went out over the water like a slow, patient hand. Somewhere below, a horn answered. It was close.";

struct Album {
    browser: Browser,
}

impl Album {
    async fn keep(&self, name: &str) {
        self.browser.picture(name).await;
    }

    /// Lets so many bytes a second through, as a slow line does.
    async fn line(&self, bytes: i32) {
        let line =
            json!({ "offline": false, "latency": 0, "downloadThroughput": bytes, "uploadThroughput": -1 });
        self.browser.devtools("Network.enable", json!({})).await;
        self.browser
            .devtools("Network.emulateNetworkConditions", line)
            .await;
    }

    async fn set(&self, values: &str) {
        self.browser.run(&format!("store.set({values})")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn take_screenshots() {
    if std::env::var_os("STUDIO_SCREENSHOTS").is_none() {
        return;
    }
    let Some((_server, browser)) = studio_in_chromium(&[]).await else {
        return;
    };
    let album = Album { browser };
    let browser = &album.browser;
    album.keep("first-visit").await;
    browser
        .run("document.getElementById('model-info').showPopover()")
        .await;
    album.keep("built-in-voice").await;
    browser
        .run("document.getElementById('model-info').hidePopover()")
        .await;
    browser.write("").await;
    album.keep("empty").await;

    let mix = json!([
        { "voice": "af_heart", "share": 50, "locked": false },
        { "voice": "af_bella", "share": 30, "locked": false },
        { "voice": "bm_george", "share": 20, "locked": false },
    ]);
    let cast = json!([{ "name": "Narrator", "mix": [
        { "voice": "bf_emma", "share": 60, "locked": false },
        { "voice": "bm_george", "share": 40, "locked": false },
    ]}]);
    album
        .set(&format!(
            "{{ mix: {mix}, casts: {cast}, script: {} }}",
            json!(TALE)
        ))
        .await;
    album.set("{ job: { phase: 'queued', ahead: 2, wait: 6 } }").await;
    album.keep("queue").await;
    album.set("{ job: { phase: 'busy', again: 4 } }").await;
    album.keep("busy").await;
    album.set("{ job: { phase: 'idle' } }").await;

    album.line(30_000).await;
    browser.click("go").await;
    browser.until("player.time > 6").await;
    album.keep("generating").await;
    browser.click("cancel").await;
    // Slower than speech: the sound runs out.
    album.line(12_000).await;
    browser.click("go").await;
    browser.until("player.waiting && player.time > 2").await;
    album.keep("waiting").await;
    browser.click("cancel").await;
    album.line(-1).await;
    browser.until("store.job.phase === 'cancelled'").await;
    browser.click("go").await;
    browser.until("store.job.phase === 'finished'").await;
    browser.run("player.seek(17)").await;
    browser.until("player.time > 18").await;
    album.keep("reading-along").await;
    browser.screen(900, 1100, false).await;
    album.keep("tablet").await;
    browser.screen(390, 844, true).await;
    album.keep("phone").await;
    browser
        .run("document.querySelector('.mixer').scrollIntoView()")
        .await;
    album.keep("phone-mixer").await;
    browser.run("scrollTo(0, 0)").await;
    browser.screen(844, 390, true).await;
    album.keep("phone-landscape").await;
    browser.screen(720, 450, false).await;
    album.keep("zoom-200").await;
    browser.screen(DESKTOP.0, DESKTOP.1, false).await;
    browser.run("player.seek(player.take.seconds - 0.3)").await;
    browser.until("player.ended").await;
    album.keep("finished").await;

    for text in [
        "The tide turns at nine. Bring the rope, the lamp and the dog.",
        "Mind the third step, please.",
    ] {
        browser.generate(text).await;
    }
    browser.write(TALE).await;
    browser.run("player.pause()").await;
    browser.click("history-toggle").await;
    album.keep("history").await;
    browser.click("history-close").await;
    album
        .set("{ job: { phase: 'failed', place: 'key', said: '' } }")
        .await;
    album.keep("key").await;
    album
        .set("{ job: { phase: 'idle' }, status: { state: 'offline' } }")
        .await;
    album.keep("no-network").await;
    album
        .set("{ job: { phase: 'offline' }, status: { state: 'down' } }")
        .await;
    album.keep("restarting").await;
    album
        .set("{ job: { phase: 'idle' }, status: { state: 'ready', model: 'builtin', workers: { serving: 2 }, install: { bytes: 141000000, total_bytes: 341813000 } } }")
        .await;
    album.keep("installing").await;
    album.browser.close().await;
}
