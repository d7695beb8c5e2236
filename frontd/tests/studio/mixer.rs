//! The voice mixer: what its sliders send.

use serde_json::Value;

use crate::{TALE, studio};

/// Keeps what the page asks the server for.
const LISTEN_IN: &str = "
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
    browser.keys(&[char::from(fantoccini::key::Key::Right); 5]).await;
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
    browser.keys(&[char::from(fantoccini::key::Key::Left); 10]).await;
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
        .run("hook('expr').value = 'bf_emma(3)+bm_george(1)'; hook('expr').dispatchEvent(new Event('input'))")
        .await;
    browser.click("mix-save").await;
    browser.run("hook('mix-name').value = 'Narrator'").await;
    browser.click_on("[data-savemix] .out").await;
    browser
        .write("Hello from the first voice. [voice:Narrator] And hello from the other.")
        .await;
    browser.click("go").await;
    browser.until("store.job.phase === 'finished'").await;
    let asked = browser.value("window.asked.at(-1)").await;
    assert_eq!(asked["voice_aliases"]["Narrator"], "bf_emma(3)+bm_george(1)");
    assert_eq!(asked["allow_voice_tags"], true);
    browser.reload().await;
    assert_eq!(browser.value("store.casts[0].name").await, "Narrator");
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
