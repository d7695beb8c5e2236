//! The waveform: peak and RMS, sentences, zoom, the time under the pointer, a loop.

use serde_json::json;

use crate::{TALE, studio};

#[tokio::test(flavor = "multi_thread")]
async fn the_waveform_zooms_tells_times_and_loops_a_sentence() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.write(TALE).await;
    browser.click("go").await;
    browser
        .until("store.job.phase === 'finished' && player.time > 0.3")
        .await;
    browser.run("player.pause()").await;
    browser
        .until("!player.playing && hook('audio').readyState > 2")
        .await;
    browser.run("player.seek(0)").await;
    browser.until("player.time < 0.05").await;
    // The mean power is below the peak, and silence has neither.
    browser.until("store.take.peaks.rms.length > 50").await;
    let below = browser
        .value("(({ values, rms }) => values.length === rms.length && values.every((peak, i) => rms[i] <= peak) && rms.some((power) => power > 10))(store.take.peaks)")
        .await;
    assert_eq!(below, true);
    // Something pale and something full is drawn, and a mark for each later sentence.
    let drawn = browser
        .run(
            "await new Promise(requestAnimationFrame);
             const { width, height } = hook('canvas');
             const { data } = hook('canvas').getContext('2d').getImageData(0, 0, width, height);
             const top = Array.from({ length: width }, (_, x) => data[4 * (2 * width + x) + 3] > 0);
             const alphas = new Set(Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 3]));
             return [top.filter((on, x) => on && !top[x - 1]).length, alphas.size > 2]",
        )
        .await;
    let later = browser.value("store.take.spans.length - 1").await;
    assert_eq!(drawn, json!([later, true]));

    // The time under the pointer; zoomed, the same place is another time, and a press goes there.
    let point = |part: f64| {
        format!(
            "(() => {{ const {{ left, top, width }} = hook('wave').getBoundingClientRect(); return {{ clientX: left + {part} * width, clientY: top + 9, bubbles: true, pointerId: 1 }} }})()"
        )
    };
    browser
        .run(&format!(
            "hook('wave').dispatchEvent(new PointerEvent('pointermove', {}))",
            point(0.5)
        ))
        .await;
    let half = browser.number("store.take.seconds / 2").await;
    browser
        .until(&format!(
            "!hook('hover').hidden && Math.abs(hook('hover').textContent.split(':')[1] - {half}) < 0.11"
        ))
        .await;
    browser
        .run("hook('zoom-in').click(); hook('zoom-in').click()")
        .await;
    browser
        .run(&format!(
            "hook('wave').dispatchEvent(new PointerEvent('pointermove', {}))",
            point(0.5)
        ))
        .await;
    let quarter = half / (1.6 * 1.6);
    browser
        .until(&format!(
            "Math.abs(hook('hover').textContent.split(':')[1] - {quarter}) < 0.11"
        ))
        .await;
    browser
        .run(&format!("hook('wave').setPointerCapture = () => {{}}; hook('wave').dispatchEvent(new PointerEvent('pointerdown', {}))", point(0.5)))
        .await;
    browser
        .until(&format!("Math.abs(player.time - {quarter}) < 0.1"))
        .await;
    assert!(
        browser
            .text("time")
            .await
            .starts_with(&format!("0:0{:.0}.", quarter.floor())),
        "tenths of a second are told"
    );
    browser
        .run("for (const key of ['-', '-']) hook('wave').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))")
        .await;
    browser.until("hook('zoom-out').disabled").await;

    // The second sentence, twice as fast, again and again.
    browser
        .run("store.rate = 2; player.seek(store.take.spans[1].start + 0.1); hook('loop').click()")
        .await;
    assert_eq!(browser.value("hook('loop').ariaPressed").await, "true");
    let rounds = browser
        .run(
            "const { start, end } = store.take.spans[1];
             const begun = performance.now();
             let [rounds, before, most] = [0, player.time, 0];
             while (rounds < 2 && performance.now() - begun < 20000) {
                await new Promise((done) => setTimeout(done, 20));
                if (player.time < before - 0.5) rounds++;
                before = player.time;
                most = Math.max(most, before - end);
             }
             return [rounds, most < 0.3]",
        )
        .await;
    assert_eq!(rounds, json!([2, true]));
    browser.run("document.activeElement.blur()").await;
    browser.keys(&['l']).await;
    browser.until("hook('loop').ariaPressed === 'false'").await;
    let end = browser.number("store.take.spans[1].end").await;
    browser.until(&format!("player.time > {end} + 0.5")).await;
    browser.close().await;
}
