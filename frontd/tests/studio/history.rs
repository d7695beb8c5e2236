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
        browser.generate(&format!("Number {n}. {TALE}")).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_stays_deleted_until_undo() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    for text in ["The first one.", "The second one."] {
        browser.generate(text).await;
        browser
            .until(&format!(
                "document.querySelector('.entry [data-text]')?.textContent === '{text}'"
            ))
            .await;
    }
    browser.click("history-toggle").await;
    browser.until("hook('history').classList.contains('open')").await;
    let entries =
        "[...document.querySelectorAll('.entry [data-text]')].map((text) => text.textContent).join('/')";
    browser.click_on(".entry [data-remove]").await;
    browser.until(&format!("{entries} === 'The first one.'")).await;
    browser
        .until("document.activeElement.ariaLabel?.startsWith('Delete The first')")
        .await;
    browser.click("undo").await;
    browser
        .until(&format!("{entries} === 'The second one./The first one.'"))
        .await;
    browser.click_on(".entry [data-remove]").await;
    browser
        .until("document.querySelectorAll('.entry').length === 1")
        .await;
    browser.reload().await;
    browser.until(&format!("{entries} === 'The first one.'")).await;
    // What is left is in the player, and it plays.
    browser
        .until("store.take?.text === 'The first one.' && !player.playing")
        .await;
    browser.click("play").await;
    browser.until("player.time > 0.1").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_leaves_generate_within_reach() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser
        .write(&format!(
            "{TALE} [voice:am_michael] I say so. [voice:Narrator] So do I."
        ))
        .await;
    browser
        .run("store.casts = [{ name: 'Narrator', mix: store.mix }]")
        .await;
    browser.click("go").await;
    browser
        .until("store.job.phase === 'finished' && document.querySelector('.entry')")
        .await;
    browser.click("history-toggle").await;
    browser.until("hook('history').classList.contains('open')").await;
    browser
        .until("hook('history').getAnimations().every((one) => one.playState === 'finished')")
        .await;
    let uncovered = "['go', 'format', 'speed'].every((name) => {
        const { x, y, width, height } = hook(name).getBoundingClientRect();
        return hook(name).contains(document.elementFromPoint(x + width / 2, y + height / 2));
    })";
    for width in [1440, 1100, 800] {
        browser.screen(width, 900, false).await;
        assert_eq!(browser.value(uncovered).await, true, "at {width} px");
    }
    browser.screen(1440, 900, false).await;
    let facts = browser.text("facts").await;
    assert!(facts.contains("Heart, Michael, Narrator"), "{facts}");
    assert_eq!(
        browser
            .value("document.querySelectorAll('.entry .slice').length")
            .await,
        3
    );
    // Its button is the player's.
    browser.run("player.seek(1); player.play()").await;
    let label = "hook('replay').ariaLabel.split(' ')[0]";
    browser.until(&format!("{label} === 'Pause'")).await;
    assert_eq!(
        browser
            .value("hook('replay').textContent.trim() + hook('replay').children.length")
            .await,
        "1",
        "only its icon"
    );
    browser.click("replay").await;
    browser
        .until(&format!("!player.playing && {label} === 'Play'"))
        .await;
    // Two fingers never meet on a button: 24 px, or more.
    browser
        .run("store.mix = [{ voice: 'af_heart', share: 50, locked: true }, { voice: 'bm_george', share: 50, locked: false }]")
        .await;
    for (width, phone) in [(1440, false), (390, true)] {
        browser.screen(width, 900, phone).await;
        let small = browser
            .value(
                "[...document.querySelectorAll('button, .handle, input:not([type=radio], [type=checkbox]), select, .menu a')]
                    .filter((target) => target.checkVisibility({ visibilityProperty: true }))
                    .filter((target) => {
                        const { width, height } = target.getBoundingClientRect();
                        return width > 0 && (width < 24 || height < 23.95) && !target.matches('.handle');
                    })
                    .map((target) => `${target.outerHTML.slice(0, 80)} ${target.getBoundingClientRect().height}`)",
            )
            .await;
        assert_eq!(small, serde_json::json!([]), "at {width} px");
    }
    browser.close().await;
}
