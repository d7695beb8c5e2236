//! Phone, keyboard, zoom, accessibility, weight and where the page's bytes come from.

use std::path::Path;

use fantoccini::key::Key;
use serde_json::Value;

use crate::{Browser, TALE, studio, studio_in_chromium};

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_stacks_the_panels_above_a_player_that_stays() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    for (width, height) in [(360, 740), (390, 844), (844, 390)] {
        let width = browser.nearest(width);
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
    browser.screen(browser.nearest(390), 844, true).await;
    let order = "['script', 'mixer', 'config', 'history'].map((name) => document.querySelector(`.panel.${name}`).offsetTop)";
    let tops: Vec<f64> = serde_json::from_value(browser.value(order).await).unwrap();
    assert!(tops.is_sorted() && tops[0] < tops[3], "{tops:?}");

    // The big button is out of sight, so the player has one of its own.
    browser.write(TALE).await;
    browser.until("!hook('go-small').hidden").await;
    browser.click("go-small").await;
    browser.until("player.time > 0.3").await;
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
    browser.tab_to("focus.closest('[data-choices]')").await;
    browser
        .keys(&[char::from(Key::Right), char::from(Key::Enter)])
        .await;
    assert_eq!(browser.number("store.mix.length").await, 2.0);
    browser.tab_to("focus.matches('[data-go]')").await;
    let outline = browser
        .value("getComputedStyle(document.activeElement).outlineStyle")
        .await;
    assert_eq!(outline, "solid", "the focus is to be seen");
    browser.keys(&[char::from(Key::Enter)]).await;
    browser
        .until("player.time > 0.2 && store.job.phase === 'finished'")
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
    browser.until("player.time > 0.2").await;
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
    browser
        .run("store.script = 'ANNA: One.\\n[Ben](say behn): Two. [voice:nobody]\\nMia: Three.\\nMia: Four.'; hook('script').focus(); hook('script').setSelectionRange(7, 7); store.lexicon = [{ word: 'Anna', say: 'AH-nah' }]; store.guesses = true; hook('lexicon').open = true; document.querySelector('[data-take-again]').click()")
        .await;
    browser
        .until("document.querySelector('.project-row') && getComputedStyle(hook('history')).visibility === 'hidden'")
        .await;
    check(&browser, "dialogue").await;
    browser
        .run("document.execCommand('insertText', false, '[')")
        .await;
    browser.until("!hook('complete').hidden").await;
    check(&browser, "completion").await;
    for menu in [
        "pause-menu",
        "tag-menu",
        "download-menu",
        "model-info",
        "take-menu",
        "say-menu",
        "projects",
    ] {
        browser.run("hook('script').setSelectionRange(7, 7)").await;
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
        .run("store.job = { phase: 'idle' }; hook('keys-dialog').showModal()")
        .await;
    check(&browser, "dialog").await;
    browser
        .run("hook('keys-dialog').close(); hook('delivery-dialog').showModal()")
        .await;
    check(&browser, "delivery").await;
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

#[tokio::test(flavor = "multi_thread")]
async fn the_voices_are_one_tab_stop_and_generate_is_near() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.run("document.activeElement.blur()").await;
    // The second link of the page skips to Generate.
    browser.keys(&[char::from(Key::Tab); 2]).await;
    browser.keys(&[char::from(Key::Enter)]).await;
    browser.until("document.activeElement === hook('go')").await;
    let stops = "[...document.querySelectorAll('[data-choices] button')].filter((button) => button.tabIndex === 0).length";
    assert_eq!(browser.value(stops).await, 1);
    browser.run("hook('search').focus()").await;
    browser.tab_to("focus.closest('[data-choices]')").await;
    let here = "document.activeElement.ariaLabel";
    assert_eq!(browser.value(here).await, "Listen to Alloy");
    browser
        .keys(&[char::from(Key::Right), char::from(Key::Down)])
        .await;
    let down = browser.value(here).await;
    assert!(down.as_str().unwrap().starts_with("Add "), "{down}");
    browser.keys(&[char::from(Key::Up), char::from(Key::Enter)]).await;
    assert_eq!(
        browser.value("store.mix.map(({ voice }) => voice).join()").await,
        "af_heart,af_alloy"
    );
    assert_eq!(browser.value(stops).await, 1, "also when the list is drawn anew");
    assert_eq!(browser.value(here).await, "Alloy, in the mix");
    let tabs = browser
        .number("[...document.querySelectorAll('a, button, input, textarea, select, summary, [tabindex]')].filter((one) => one.tabIndex === 0 && one.checkVisibility({ visibilityProperty: true })).length")
        .await;
    assert!(tabs < 50.0, "{tabs} stops");
    // No name is cut.
    let cut = "[...document.querySelectorAll('[data-choices] small, [data-choices] b')].filter((text) => text.scrollWidth > text.clientWidth && text.clientWidth).length";
    for width in [1440, 1280, 1000, 390] {
        browser.screen(width, 900, false).await;
        assert_eq!(browser.value(cut).await, 0, "at {width} px");
    }
    browser.run("hook('go').focus()").await;
    browser.keys(&['?']).await;
    browser.until("hook('keys-dialog').open").await;
    browser.keys(&[char::from(Key::Escape)]).await;
    browser.until("!hook('keys-dialog').open").await;
    browser.run("hook('script').focus()").await;
    browser.keys(&['?']).await;
    assert_eq!(browser.value("hook('keys-dialog').open").await, false);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tab_and_the_media_keys_know_what_sounds() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser
        .run("window.keys = {}; navigator.mediaSession.setActionHandler = (name, handler) => (window.keys[name] = handler)")
        .await;
    browser
        .run("(await module('player/session.js')).startSession()")
        .await;
    browser.write(&crate::long_script(20_000)).await;
    browser.click("go").await;
    browser
        .until(r"/^▶ \d:\d\d · \d+ % · Dexterous Studio$/.test(document.title)")
        .await;
    assert_eq!(
        browser.value("navigator.mediaSession.metadata.title").await,
        "Line 0 tells of the sea, and of lamp 0. Line 1 tells of the …"
    );
    browser.run("window.keys.pause()").await;
    browser
        .until(r"!player.playing && /^\d+ % · Dexterous Studio$/.test(document.title)")
        .await;
    browser.run("window.keys.play()").await;
    browser
        .until("player.playing && navigator.mediaSession.playbackState === 'playing'")
        .await;
    browser.click("cancel").await;
    browser.run("player.pause()").await;
    browser.until("document.title === 'Dexterous Studio'").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_has_consult_and_speed() {
    let settings = [("BOOK_CONSULT_URL", "https://example.com/book")];
    let Some((_server, browser)) = studio(&settings).await else {
        return;
    };
    let shown = "[...document.querySelectorAll('[data-consult]')].filter((link) => link.checkVisibility() && link.href === 'https://example.com/book').length === 1";
    let inside = "['rate', 'download', 'play'].every((name) => {
        const [{ top, bottom, left, right, width }, player] = [hook(name).getBoundingClientRect(), hook('player').getBoundingClientRect()];
        return width > 20 && top >= player.top && bottom <= player.bottom && left >= 0 && right <= innerWidth;
    })";
    for (width, height) in [
        (1440, 900),
        (900, 1100),
        (720, 450),
        (640, 400),
        (390, 844),
        (360, 740),
        (320, 640),
        (844, 390),
    ] {
        let width = browser.nearest(width);
        browser.screen(width, height, width < 500).await;
        browser.until(&format!("innerWidth === {width}")).await;
        assert_eq!(browser.value(shown).await, true, "at {width} px");
        assert_eq!(browser.value(inside).await, true, "at {width} x {height} px");
        assert_eq!(
            browser
                .value(&format!("document.documentElement.scrollWidth <= {width}"))
                .await,
            true,
            "at {width} px"
        );
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consult_that_nobody_set_is_left_out() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.until("store.server.version").await;
    assert_eq!(
        browser
            .value("[...document.querySelectorAll('[data-consult]')].some((link) => link.checkVisibility())")
            .await,
        false
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forced_colours_show_the_whole_outline_and_full_is_full() {
    let Some((_server, browser)) = studio_in_chromium(&[]).await else {
        return;
    };
    let forced = serde_json::json!({ "features": [{ "name": "forced-colors", "value": "active" }] });
    browser.devtools("Emulation.setEmulatedMedia", forced).await;
    browser
        .until("matchMedia('(forced-colors: active)').matches")
        .await;
    browser.write(TALE).await;
    browser.click("go").await;
    browser.until("document.querySelector('.mirror .said')").await;
    // Colours that the browser forces on the text area would lie over the outline behind it.
    assert_eq!(
        browser
            .value("[getComputedStyle(hook('script')).forcedColorAdjust, getComputedStyle(document.querySelector('.said')).outlineStyle]")
            .await,
        serde_json::json!(["none", "solid"])
    );
    // Alone, a voice has all of the track.
    let bar = browser
        .value("getComputedStyle(document.querySelector('[data-share]')).getPropertyValue('--at')")
        .await;
    let bar = bar.as_str().unwrap();
    assert!(bar.starts_with("calc(100% *"), "the track is filled up to {bar}");
    browser.close().await;
}
