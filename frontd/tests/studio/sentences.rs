//! Single sentences: made again, with a speed, voice and pause of their own.

use fantoccini::key::Key;
use serde_json::json;

use crate::{TALE, mixer::LISTEN_IN, real_model, studio};

const SCENE: &str = "Dr. Moss was late. ANNA was not.\nANNA: Where is he? [pause:0.4s] Wait. Wait.";

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_is_made_again_and_has_its_own_ways() {
    let Some((_server, browser)) = studio(&[("SEGMENT_CACHE_MB", "64")]).await else {
        return;
    };
    browser.run(LISTEN_IN).await;
    browser.write(SCENE).await;
    browser.run("store.people = { anna: { voice: 'bf_emma' } }").await;
    // An abbreviation ends no sentence, a tag does; the last of two that are alike is the second.
    for (words, sentence) in [
        ("Moss", "Dr. Moss was late."),
        ("he?", "Where is he?"),
        ("Wait", "Wait."),
    ] {
        browser.cursor(words).await;
        assert_eq!(browser.text("take-text").await, sentence);
    }
    browser.click("take-again").await;
    browser.click("take-again").await;
    assert_eq!(browser.text("take-readings").await, "ABC");
    browser
        .until("window.asked.at(-1).input === '[voice:bf_emma][variant:2]Wait.[variant:0]'")
        .await;
    browser.click_on("[data-take-readings] [value='1']").await;
    browser.click("take-adjust").await;
    browser
        .run(
            "for (const [name, value] of [['rate', '1.2'], ['voice', 'am_michael'], ['pause', '0.7']]) {
            const field = document.querySelector(`[data-take-own=${name}]`);
            field.value = value;
            field.dispatchEvent(new Event('change'));
        }",
        )
        .await;
    browser.keys(&[char::from(Key::Escape)]).await;
    assert_eq!(
        browser.value("store.choices").await,
        json!([{ "text": "Wait.", "n": 1, "variant": 1, "made": 2, "rate": 1.2, "voice": "am_michael", "pause": 0.7 }])
    );
    browser.click("go").await;
    browser.until("store.job.phase === 'finished'").await;
    assert_eq!(
        browser.value("window.asked.at(-1).input").await,
        "Dr. Moss was late. ANNA was not.\n[voice:bf_emma] Where is he? [pause:0.4s] Wait. \
         [variant:1][rate:1.2][voice:am_michael]Wait.[pause:0.7s][variant:0][rate:1][voice:bf_emma]"
    );
    assert_eq!(browser.value("store.script").await, SCENE);
    // It is seen in the script, is kept, and can be as it was.
    let own = "[...document.querySelectorAll('.mirror .own')].map((mark) => mark.textContent).join()";
    assert_eq!(browser.value(own).await, "Wait.");
    browser.reload().await;
    assert_eq!(browser.number("store.choices.length").await, 1.0);
    browser.cursor("Wait").await;
    browser.click("take-adjust").await;
    browser.click("take-reset").await;
    assert_eq!(browser.value("store.choices").await, json!([]));
    browser.undo_last().await;
    assert_eq!(browser.number("store.choices.length").await, 1.0);
    // An edit elsewhere leaves the choice at its sentence.
    browser.write(&format!("Before it all. {SCENE}")).await;
    assert_eq!(browser.value(own).await, "Wait.");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sentence_under_the_mouse_is_played_and_adjusted() {
    let Some((_server, browser)) = studio(&[("SEGMENT_CACHE_MB", "64")]).await else {
        return;
    };
    browser.run(LISTEN_IN).await;
    browser.write(TALE).await;
    browser.cursor("Every harbour").await;
    let stands_at = |words: &str| {
        format!(
            "!hook('mark').hidden && Math.abs(hook('mark').getBoundingClientRect().top
                - (await module('script/editor.js')).mirror.rectAt(store.script.indexOf('{words}')).top) < 6"
        )
    };
    browser.until(&stands_at("Every")).await;
    browser.point_at("the fog").await;
    browser.until(&stands_at("Tonight")).await;
    // What was not generated yet is heard alone.
    browser.click("play-here").await;
    browser
        .until("window.asked.at(-1)?.input === 'Tonight the fog came in before supper.'")
        .await;
    browser.generate(TALE).await;
    browser.run("player.pause()").await;
    browser.point_at("the fog").await;
    browser.until(&stands_at("Tonight")).await;
    browser.click("play-here").await;
    browser
        .until("player.playing && player.take.text.slice(player.take.spanAt(player.time).from).startsWith('Tonight')")
        .await;
    browser.point_at("horns, then").await;
    browser.until(&stands_at("The keeper")).await;
    browser.click("more-here").await;
    browser
        .until("document.getElementById('take-menu').matches(':popover-open')")
        .await;
    assert!(
        browser
            .text("take-text")
            .await
            .starts_with("The keeper counted three horns")
    );
    browser.keys(&[char::from(Key::Escape)]).await;
    // Away from the script the cursor's sentence has it again.
    browser.cursor("Every harbour").await;
    browser.point_at("the fog").await;
    browser.until(&stands_at("Tonight")).await;
    browser.click("history-toggle").await;
    browser.run("hook('script').focus()").await;
    browser.until(&stands_at("Every")).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_but_the_sentence_that_was_made_again_is_kept() {
    let Some((_server, browser)) = studio(&[("SEGMENT_CACHE_MB", "64")]).await else {
        return;
    };
    browser.generate(TALE).await;
    let before = browser.number("store.take.seconds").await;
    browser.cursor("Tonight").await;
    browser.click("take-again").await;
    browser
        .until("!hook('take-hear').classList.contains('sounding') && !hook('take-hear').ariaBusy")
        .await;
    browser.click("go").await;
    browser
        .until("store.take.request.input.includes('[variant:1]') && store.job.phase === 'finished'")
        .await;
    // The reading was heard alone, so the server has it, as it has the rest; and it is another sound.
    assert_eq!(
        browser
            .value("[store.job.known, store.job.known - store.job.kept]")
            .await,
        json!([4, 0])
    );
    let after = browser.number("store.take.seconds").await;
    // The real model may say another reading in nearly the same time.
    let least = if real_model().is_some() { 0.001 } else { 0.05 };
    assert!(
        (least..2.0).contains(&(after - before).abs()),
        "{before} s, then {after} s"
    );
    // Play starts there.
    let begun = browser
        .number("store.take.begun - store.take.spans[2].start")
        .await;
    assert!(begun.abs() < 0.01, "{begun} s from its beginning");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_the_script_asks_for_goes_on_after_a_sentence_with_its_own() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    let said = browser
        .run(
            "const { draftOf, leadOf } = await module('script/draft.js');
            const studio = { ...store.all, script: '[variant:3] One. Two. Three.', choices: [{ text: 'Two.', n: 0, variant: 1 }] };
            return [draftOf(studio).text, leadOf(studio, studio.script.indexOf('Two'))]",
        )
        .await;
    assert_eq!(
        said,
        json!([
            "[variant:3] One. [variant:1]Two.[variant:3] Three.",
            "[variant:3]"
        ])
    );
    browser.close().await;
}
