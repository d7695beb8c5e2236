//! Phone, keyboard, zoom, accessibility, weight and where the page's bytes come from.

use std::path::Path;

use fantoccini::key::Key;
use serde_json::Value;

use crate::{Browser, TALE, studio};

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_stacks_the_panels_above_a_player_that_stays() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    for (width, height) in [(360, 740), (390, 844), (844, 390)] {
        browser.screen(width, height, true).await;
        browser
            .until(&format!("document.documentElement.scrollWidth <= {width}"))
            .await;
        let player = browser
            .number("hook('player').getBoundingClientRect().bottom")
            .await;
        assert!(
            (player - f64::from(height)).abs() < 1.0,
            "the player ends at {player} of {height}"
        );
    }
    browser.screen(390, 844, true).await;
    let order = "['script', 'mixer', 'config', 'history'].map((name) => document.querySelector(`.panel.${name}`).offsetTop)";
    let tops: Vec<f64> = serde_json::from_value(browser.value(order).await).unwrap();
    assert!(tops.is_sorted() && tops[0] < tops[3], "{tops:?}");

    // The big button is out of sight, so the player has one of its own.
    browser.write(TALE).await;
    browser.until("!hook('go-small').hidden").await;
    browser.click("go-small").await;
    browser.until("hook('audio').currentTime > 0.3").await;
    browser
        .run("hook('go').scrollIntoView({ block: 'center' })")
        .await;
    browser.until("hook('go-small').hidden").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_can_be_done_with_the_keyboard() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.tab_to("focus.matches('[data-script]')").await;
    browser.run("hook('script').select()").await;
    browser
        .keys(&"Typed by hand, and nothing else.".chars().collect::<Vec<_>>())
        .await;
    assert_eq!(
        browser.value("store.script").await,
        "Typed by hand, and nothing else."
    );
    browser
        .tab_to("focus.closest('[data-choices]') && focus.matches('[data-add]') && !focus.closest('.in')")
        .await;
    browser.keys(&[char::from(Key::Enter)]).await;
    assert_eq!(browser.number("store.mix.length").await, 2.0);
    browser.tab_to("focus.matches('[data-go]')").await;
    let outline = browser
        .value("getComputedStyle(document.activeElement).outlineStyle")
        .await;
    assert_eq!(outline, "solid", "the focus is to be seen");
    browser.keys(&[char::from(Key::Enter)]).await;
    browser
        .until("hook('audio').currentTime > 0.2 && store.job.phase === 'finished'")
        .await;
    browser.tab_to("focus.matches('[data-play]')").await;
    browser.run("store.rate = 0.5; player.play()").await;
    browser.until("player.playing").await;
    browser.keys(&[' ']).await;
    browser.until("!player.playing").await;
    browser.tab_to("focus.matches('[data-wave]')").await;
    browser.keys(&[char::from(Key::Home)]).await;
    browser.until("player.time < 0.1").await;
    browser.keys(&[char::from(Key::Right)]).await;
    browser.until("player.time > 1").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing() {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/axe.min.js");
    let Ok(axe) = std::fs::read_to_string(axe) else {
        harness::skip("there is no .cache/axe.min.js (dev/browser-test gets it)");
        return;
    };
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.run(&axe).await;
    check(&browser, "first visit").await;
    browser.write(TALE).await;
    browser.click("go").await;
    browser.until("hook('audio').currentTime > 0.2").await;
    check(&browser, "playing").await;
    browser.run("hook('find-open').click(); hook('mix-save').click(); document.querySelector('summary').click(); document.querySelectorAll('.choice [data-add]')[2].click()").await;
    check(&browser, "mixing").await;
    browser
        .until("store.job.phase === 'finished' && document.querySelector('.entry')")
        .await;
    browser.click("history-toggle").await;
    browser.until("hook('history').classList.contains('open')").await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    check(&browser, "history").await;
    browser.click("history-close").await;
    for menu in ["pause-menu", "tag-menu", "download-menu", "model-info"] {
        browser
            .run(&format!("document.getElementById('{menu}').showPopover()"))
            .await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        check(&browser, menu).await;
        browser
            .run(&format!("document.getElementById('{menu}').hidePopover()"))
            .await;
    }
    browser.run("store.job = { phase: 'failed', place: 'key' }").await;
    check(&browser, "key").await;
    browser
        .run("store.script = ''; store.job = { phase: 'busy', again: 4 }")
        .await;
    check(&browser, "empty and busy").await;
    browser.screen(390, 844, true).await;
    check(&browser, "phone").await;
    browser
        .run("store.job = { phase: 'idle' }; document.querySelector('dialog').showModal()")
        .await;
    check(&browser, "dialog").await;
    browser.close().await;
}

async fn check(browser: &Browser, state: &str) {
    let found = browser
        .value(
            "(await axe.run(document, { resultTypes: ['violations'] })).violations
                .map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 120)).join(' / ')}`)",
        )
        .await;
    assert_eq!(found, Value::Array(vec![]), "{state}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_shifts_and_nothing_comes_from_elsewhere() {
    let Some((server, browser)) = studio(&[]).await else {
        return;
    };
    let moved = browser
        .number(
            "await new Promise((done) => {
                let sum = 0;
                new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value)))
                    .observe({ type: 'layout-shift', buffered: true });
                setTimeout(() => done(sum), 300);
            })",
        )
        .await;
    assert!(moved < 0.02, "the page moved by {moved}");
    let from = browser
        .value("performance.getEntriesByType('resource').map(({ name }) => name)")
        .await;
    for address in from.as_array().unwrap() {
        assert!(address.as_str().unwrap().starts_with(&server.url), "{address}");
    }
    // 200 % zoom of a laptop.
    browser.screen(640, 400, false).await;
    browser.until("document.documentElement.scrollWidth <= 640").await;
    // Written markup stays text.
    browser
        .write("<img src=x onerror=\"window.bad = 1\"> <b>bold</b>")
        .await;
    browser.run("hook('go').focus()").await;
    let below = browser
        .number("hook('player').getBoundingClientRect().top - hook('go').getBoundingClientRect().bottom")
        .await;
    assert!(below > 0.0, "the player covers what has the focus");
    browser.click("go").await;
    browser
        .until("['finished', 'failed'].includes(store.job.phase)")
        .await;
    assert_eq!(
        browser
            .value("[window.bad, document.querySelectorAll('main img, main .mirror b').length]")
            .await,
        serde_json::json!([null, 0])
    );
    browser.close().await;
}
