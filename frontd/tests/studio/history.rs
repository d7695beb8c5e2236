//! What the browser keeps.

use crate::{TALE, studio};

#[tokio::test(flavor = "multi_thread")]
async fn history_and_draft_survive_a_reload() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.write(TALE).await;
    browser.click("go").await;
    browser
        .until("store.job.phase === 'finished' && document.querySelector('.entry')")
        .await;
    let seconds = browser.number("store.take.seconds").await;
    browser.write("A later draft.").await;
    browser.reload().await;
    assert_eq!(browser.value("hook('script').value").await, "A later draft.");
    browser.click("history-toggle").await;
    browser
        .until(
            "document.querySelectorAll('.entry').length === 1 && hook('history').classList.contains('open')",
        )
        .await;
    browser.click("replay").await;
    browser.until("hook('audio').currentTime > 0.3").await;
    let length = browser.number("hook('audio').duration").await;
    assert!((length - seconds).abs() < 0.2, "{length} s of {seconds} s");
    browser.click("restore").await;
    assert_eq!(browser.value("store.script").await, TALE);

    browser.click_on(".entry [data-remove]").await;
    browser.until("!document.querySelector('.entry')").await;
    browser
        .run("[...document.querySelectorAll('[data-undo]')].at(-1).click()")
        .await;
    browser.until("document.querySelector('.entry')").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_go_when_the_limit_is_reached() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    // 15 s of WAV are 0.7 MB.
    browser
        .run("store.historyLimit = 2; document.querySelector('[name=format][value=wav]').click()")
        .await;
    for n in 0..4 {
        browser.write(&format!("Number {n}. {TALE}")).await;
        browser.click("go").await;
        browser.until("store.job.phase === 'finished'").await;
        browser
            .until(&format!(
                "document.querySelector('.entry [data-text]')?.textContent.startsWith('Number {n}')"
            ))
            .await;
    }
    let kept = browser.number("document.querySelectorAll('.entry').length").await;
    assert!((1.0..4.0).contains(&kept), "{kept} are kept");
    browser.close().await;
}
