//! The voice mixer: what its sliders send.

use fantoccini::key::Key;
use serde_json::Value;

use crate::{TALE, browser, studio};

/// Keeps what the page asks the server for.
pub(crate) const LISTEN_IN: &str = "
    window.asked = [];
    const real = window.fetch;
    window.fetch = (address, options = {}) => {
        if (options.body) window.asked.push(JSON.parse(options.body));
        return real(address, options);
    };";

#[tokio::test(flavor = "multi_thread")]
async fn sliders_send_the_right_weights() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.run(LISTEN_IN).await;
    browser.write(TALE).await;
    for name in ["Bella", "George"] {
        browser
            .run(&format!(
                "hook('search').value = '{name}'; hook('search').dispatchEvent(new Event('input'))"
            ))
            .await;
        browser.click_on("[data-choices] [data-add]").await;
    }
    let shares = |mix: &Value| -> Vec<i64> {
        mix.as_array()
            .unwrap()
            .iter()
            .map(|part| part["share"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(shares(&browser.value("store.mix").await).iter().sum::<i64>(), 100);

    // By number, by keyboard, with a lock in between.
    browser
        .run("const first = document.querySelector('.voice [data-pct]'); first.value = 50; first.dispatchEvent(new Event('change'))")
        .await;
    assert_eq!(shares(&browser.value("store.mix").await), [50, 25, 25]);
    browser.click_on(".voice:nth-child(1) [data-lock]").await;
    browser
        .run("document.querySelector('.voice:nth-child(2) [data-share]').focus()")
        .await;
    browser.keys(&[char::from(Key::Right); 5]).await;
    assert_eq!(
        shares(&browser.value("store.mix").await),
        [50, 30, 20],
        "the locked share stays"
    );
    assert_eq!(
        browser.value("hook('expr').value").await,
        "af_heart(5)+af_bella(3)+bm_george(2)"
    );

    browser.click("go").await;
    browser.until("store.job.phase === 'finished'").await;
    let asked = browser.value("window.asked.at(-1)").await;
    assert_eq!(asked["voice"], "af_heart(5)+af_bella(3)+bm_george(2)");

    // The bar above moves one border only; taking a voice out gives its share back.
    browser.click_on(".voice:nth-child(1) [data-lock]").await;
    browser
        .run("document.querySelector('[data-handle]').focus()")
        .await;
    browser.keys(&[char::from(Key::Left); 10]).await;
    assert_eq!(shares(&browser.value("store.mix").await), [40, 40, 20]);
    browser.click_on(".voice:nth-child(3) [data-remove]").await;
    assert_eq!(shares(&browser.value("store.mix").await), [50, 50]);
    browser.click("undo").await;
    assert_eq!(shares(&browser.value("store.mix").await), [40, 40, 20]);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_mix_is_a_voice_tag() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.run(LISTEN_IN).await;
    browser
        .run("hook('expr').focus(); hook('expr').value = 'bf_emma(3)+bm_george(1)'; hook('expr').blur()")
        .await;
    browser.click("mix-save").await;
    browser.run("hook('mix-name').value = 'Narrator'").await;
    browser.click_on("[data-savemix] .out").await;
    browser
        .generate("Hello from the first voice. [voice:Narrator] And hello from the other.")
        .await;
    let asked = browser.value("window.asked.at(-1)").await;
    assert_eq!(asked["voice_aliases"]["Narrator"], "bf_emma(3)+bm_george(1)");
    assert_eq!(asked["allow_voice_tags"], true);
    browser.reload().await;
    assert_eq!(browser.value("store.casts[0].name").await, "Narrator");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn renaming_a_mix_renames_its_tags() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser
        .run("store.casts = [{ name: 'Narrator', mix: store.mix }]; document.querySelector('[data-filter=saved]').click()")
        .await;
    let script = "[voice:narrator] One. [ Voice: Narrator ] Two. [voice:af_heart] Narrator.";
    browser.write(script).await;
    browser.click("rename").await;
    let wide = browser
        .number("hook('rename-value').getBoundingClientRect().width")
        .await;
    assert!(wide > 60.0, "the field is {wide} px wide");
    browser
        .keys(
            &"The voice"
                .chars()
                .chain([char::from(Key::Enter)])
                .collect::<Vec<_>>(),
        )
        .await;
    browser.until("store.casts[0].name === 'The voice'").await;
    assert_eq!(
        browser.value("store.script").await,
        "[voice:The voice] One. [ Voice: The voice ] Two. [voice:af_heart] Narrator."
    );
    browser.click("undo").await;
    assert_eq!(browser.value("store.casts[0].name").await, "Narrator");
    assert_eq!(
        browser.value("store.script.toLowerCase()").await,
        script.to_lowercase()
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_keep_both_mixes() {
    let Some((server, browser)) = studio(&[]).await else {
        return;
    };
    let first = browser.another_tab(&server.url).await;
    browser
        .run("store.casts = [...store.casts, { name: 'Second', mix: store.mix }]")
        .await;
    browser
        .until("localStorage.getItem('dexterous-studio')?.includes('Second')")
        .await;
    let second = browser.go_to_tab(first).await;
    browser.until("store.casts.length === 1").await;
    // Both at once: neither has heard of the other's.
    browser
        .run("store.casts = [...store.casts, { name: 'First', mix: store.mix }]; store.script = 'The first.'")
        .await;
    let first = browser.go_to_tab(second).await;
    browser
        .run("store.casts = [...store.casts, { name: 'Third', mix: store.mix }]")
        .await;
    let names = "store.casts.map(({ name }) => name).join() === 'First,Second,Third'";
    browser.until(names).await;
    browser.go_to_tab(first).await;
    browser.until(names).await;
    browser.reload().await;
    assert_eq!(
        browser.value(names).await,
        true,
        "they are stored as they are shown"
    );
    assert_eq!(browser.value("store.script").await, "The first.");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_two_tabs_are_merged_by_entry() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    let merged = browser
        .run(
            "const { merged } = await module('merge.js');
             const list = (text) => text.split(' ').filter(Boolean).map((word) => ({ name: word[0], mix: word.slice(1) }));
             return [
                ['a1', 'a1 b1', 'a1 c1'],
                ['a1 b1', 'a1', 'a1 b1 c1'],
                ['a1 b1', 'a1 b1', 'a1'],
                ['a1', 'a2', 'a3'],
                ['a1', 'a1', 'a3'],
                ['a1', 'A2', 'a1'],
             ].map((three) => merged(...three.map(list)).map(({ name, mix }) => name + mix).join(' '))",
        )
        .await;
    assert_eq!(
        merged,
        serde_json::json!(["a1 b1 c1", "a1 c1", "a1", "a2", "a3", "A2"])
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_under_a_name_that_exists_can_be_undone() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser
        .run("store.casts = [{ name: 'Narrator', mix: [{ voice: 'bf_emma', share: 100, locked: false }] }]")
        .await;
    browser.click("mix-save").await;
    browser.run("hook('mix-name').value = 'NARRATOR'").await;
    browser.click_on("[data-savemix] .out").await;
    let saved = "store.casts.map(({ name, mix }) => `${name} ${mix[0].voice}`).join()";
    assert_eq!(browser.value(saved).await, "NARRATOR af_heart");
    browser.click("undo").await;
    assert_eq!(browser.value(saved).await, "Narrator bf_emma");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expression_is_taken_when_it_is_finished() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    let mix = "store.mix.map(({ voice }) => voice).join()";
    browser
        .run("store.mix = [{ voice: 'af_heart', share: 50, locked: true }, { voice: 'bm_george', share: 50, locked: false }]; hook('expr').focus(); hook('expr').select()")
        .await;
    browser.keys(&"af_bella".chars().collect::<Vec<_>>()).await;
    assert_eq!(
        browser.value(mix).await,
        "af_heart,bm_george",
        "not while it is written"
    );
    browser.keys(&[char::from(Key::Escape)]).await;
    assert_eq!(
        browser.value("hook('expr').value").await,
        "af_heart(1)+bm_george(1)"
    );
    browser.run("hook('expr').select()").await;
    browser
        .keys(
            &"af_bella"
                .chars()
                .chain([char::from(Key::Enter)])
                .collect::<Vec<_>>(),
        )
        .await;
    assert_eq!(browser.value(mix).await, "af_bella");
    browser.click("undo").await;
    assert_eq!(browser.value(mix).await, "af_heart,bm_george");
    assert_eq!(browser.value("store.mix[0].locked").await, true);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expression_with_a_fault_says_what_is_wrong() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser
        .run("hook('expr').focus(); hook('expr').value = 'af_heart+nobody'; hook('expr').dispatchEvent(new Event('input'))")
        .await;
    assert_eq!(browser.text("expr-error").await, "There is no voice “nobody”.");
    browser.run("hook('expr').blur()").await;
    assert_eq!(browser.text("expr-error").await, "");
    assert_eq!(browser.value("hook('expr').value").await, "af_heart");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sentence_at_the_cursor_is_heard_in_the_mix() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.run(LISTEN_IN).await;
    browser
        .write("ANNA was not.\nANNA: Where is he? [pause:0.4s] Wait.")
        .await;
    browser
        .run("store.mix = [{ voice: 'af_heart', share: 75, locked: false }, { voice: 'bm_george', share: 25, locked: false }]")
        .await;
    browser.cursor("Where").await;
    browser
        .run("window.sounds = []; const real = HTMLMediaElement.prototype.play; HTMLMediaElement.prototype.play = function () { this.addEventListener('timeupdate', () => window.sounds.push(performance.now() - window.pressed), { once: true }); return real.call(this) }")
        .await;
    browser.run("window.pressed = performance.now()").await;
    browser.click("mix-hear").await;
    if browser::in_firefox() {
        // There it is Web Audio that sounds.
        browser
            .until("hook('mix-hear').classList.contains('sounding')")
            .await;
    } else {
        browser.until("window.sounds.length").await;
        let first = browser.number("window.sounds[0]").await;
        println!("heard after {first:.0} ms");
    }
    let asked = browser.value("window.asked.at(-1)").await;
    assert_eq!(asked["input"], "Where is he?");
    assert_eq!(asked["voice"], "af_heart(3)+bm_george(1)");
    browser
        .until("!hook('mix-hear').classList.contains('sounding')")
        .await;
    // By its key; without a sentence there is a line to test with. The player waits meanwhile and nothing is kept.
    browser.write("").await;
    browser
        .run("hook('script').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, shiftKey: true, bubbles: true }))")
        .await;
    browser
        .until("window.asked.at(-1).input.startsWith('This is')")
        .await;
    assert_eq!(
        browser.value("[store.take, store.job.phase]").await,
        serde_json::json!([null, "idle"])
    );
    browser.close().await;
}
