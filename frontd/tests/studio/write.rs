//! The script: read-along, tags, find and replace, long texts.

use crate::{TALE, browser, is_too_slow, long_script, studio};

#[tokio::test(flavor = "multi_thread")]
async fn the_spoken_sentence_is_lit_and_alt_click_plays_from_there() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.write(TALE).await;
    browser.click("go").await;
    let lit = "[...document.querySelectorAll('mark.said')].map((mark) => mark.textContent).join('')";
    browser.until(&format!("player.time > 0.2 && {lit}")).await;
    browser.until("store.job.phase === 'finished'").await;
    browser.run("player.seek(0)").await;
    browser.until(&format!("player.time < 1 && {lit}")).await;
    let first = browser.value(lit).await;
    assert!(TALE.starts_with(first.as_str().unwrap()), "{first}");

    // A click puts the cursor into the third sentence, and the sound goes on.
    let place = TALE.find("the fog").unwrap();
    browser
        .run(&format!(
            "hook('script').focus(); hook('script').setSelectionRange({place}, {place}); hook('script').click()"
        ))
        .await;
    browser.until("!hook('play-here').hidden").await;
    assert!(browser.number("player.time").await < 4.0);
    // The mark stands beside the line of the sentence, and plays from there; Alt+click does the same.
    let beside = "Math.abs(hook('play-here').getBoundingClientRect().top
        - (await module('script/editor.js')).mirror.rectAt(store.script.indexOf('Tonight')).top)";
    assert!(browser.number(beside).await < 6.0);
    browser.click("play-here").await;
    browser
        .until(&format!(
            "{lit}.includes('fog') && document.activeElement === hook('script')"
        ))
        .await;
    browser.run("player.seek(0)").await;
    browser.until("player.time < 1 && player.playing").await;
    browser
        .run("hook('script').dispatchEvent(new MouseEvent('click', { altKey: true, bubbles: true }))")
        .await;
    browser.until(&format!("{lit}.includes('fog')")).await;
    let at = browser.number("player.time").await;
    assert!(at > 4.0, "{at} s");

    // An edit before it moves the light with its words; an edit in it takes the light away.
    browser.write(&format!("New. {TALE}")).await;
    browser.until(&format!("{lit}.includes('fog')")).await;
    browser.write("Other words.").await;
    browser.until(&format!("{lit} === ''")).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_and_replacing_can_be_undone() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.write("One two two.").await;
    browser.run("hook('script').setSelectionRange(3, 3)").await;
    browser.click_on("[popovertarget=pause-menu]").await;
    browser.click_on("[data-pauses] [value='1.5']").await;
    assert_eq!(browser.value("store.script").await, "One [pause:1.5s] two two.");
    browser.click("find-open").await;
    browser
        .run("hook('find-what').value = 'two'; hook('find-what').dispatchEvent(new Event('input')); hook('find-with').value = 'four'")
        .await;
    assert_eq!(browser.text("find-count").await, "1 of 2");
    let lines = "new Set([...document.querySelectorAll('.mirror .found')].map((mark) => mark.getBoundingClientRect().top)).size";
    assert_eq!(browser.value(lines).await, 1, "both lie under the same line");
    browser.click("replace-all").await;
    assert_eq!(browser.value("store.script").await, "One [pause:1.5s] four four.");
    browser.click("undo").await;
    assert_eq!(browser.value("store.script").await, "One [pause:1.5s] two two.");
    browser.click("clear").await;
    assert_eq!(browser.value("store.script").await, "");
    assert_eq!(browser.value("hook('empty').hidden").await, false);
    browser.click("undo").await;
    assert_eq!(browser.value("store.script").await, "One [pause:1.5s] two two.");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_z_takes_back_what_buttons_did() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    let ctrl_z = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true, cancelable: true }))";
    browser
        .run("hook('script').select(); document.execCommand('insertText', false, 'One two two.')")
        .await;
    browser.click("find-open").await;
    browser
        .run("hook('find-what').value = 'two'; hook('find-what').dispatchEvent(new Event('input')); hook('find-with').value = 'four'")
        .await;
    browser.click("replace-all").await;
    assert_eq!(browser.value("store.script").await, "One four four.");
    assert_eq!(
        browser
            .value("document.activeElement.ariaLabel ?? document.activeElement.textContent")
            .await,
        "All"
    );
    // From the button, and in the script by the browser's own list.
    browser.run(ctrl_z).await;
    assert_eq!(browser.value("store.script").await, "One two two.");
    browser.click("replace-all").await;
    browser.run("hook('script').focus()").await;
    browser.undo_key().await;
    assert_eq!(browser.value("store.script").await, "One two two.");
    browser.click("clear").await;
    assert_eq!(browser.value("store.script").await, "");
    browser.undo_key().await;
    assert_eq!(browser.value("store.script").await, "One two two.");
    browser
        .run("const file = new DataTransfer(); file.items.add(new File(['From a file.'], 'a.txt', { type: 'text/plain' })); hook('file').files = file.files; hook('file').dispatchEvent(new Event('change'))")
        .await;
    browser.until("store.script === 'From a file.'").await;
    browser.run("hook('script').focus()").await;
    browser.undo_key().await;
    assert_eq!(browser.value("store.script").await, "One two two.");
    browser.run("store.speed = 0.5").await;
    browser.click("go").await;
    browser.until("document.querySelector('.entry')").await;
    browser.run("store.speed = 1; hook('script').select(); document.execCommand('insertText', false, 'Later.'); hook('restore').click(); hook('script').focus()").await;
    assert_eq!(
        browser.value("[store.script, store.speed]").await,
        serde_json::json!(["One two two.", 0.5])
    );
    browser.undo_key().await;
    assert_eq!(
        browser.value("[store.script, store.speed]").await,
        serde_json::json!(["Later.", 1]),
        "the settings follow the script"
    );
    // A voice that left the mix comes back, also when its toast is gone.
    browser.run("store.mix = [{ voice: 'af_heart', share: 50, locked: false }, { voice: 'bm_george', share: 50, locked: false }]").await;
    browser.click_on(".voice [data-remove]").await;
    browser
        .run("hook('toasts').replaceChildren(); hook('go').focus()")
        .await;
    browser.run(ctrl_z).await;
    assert_eq!(browser.number("store.mix.length").await, 2.0);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_generates_is_not_left_unasked() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    let asks = "(() => { const leave = new Event('beforeunload', { cancelable: true }); return !window.dispatchEvent(leave) })()";
    assert_eq!(browser.value(asks).await, false);
    browser.write(&long_script(5000)).await;
    browser.click("go").await;
    browser.until("store.job.phase === 'speaking'").await;
    assert_eq!(browser.value(asks).await, true);
    browser.click("cancel").await;
    browser.until("store.job.phase === 'cancelled'").await;
    assert_eq!(browser.value(asks).await, false);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_of_20_000_words_stays_light() {
    if is_too_slow() {
        return;
    }
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.write(&long_script(20_000)).await;
    // A key costs not much more than in a bare text area with the same text, on this machine at this moment.
    let [studio, bare]: [f64; 2] = serde_json::from_value(browser.run(TYPE).await).unwrap();
    println!("a key takes {studio:.0} ms, in a bare text area {bare:.0} ms");
    assert!(
        studio < 4.0 * bare + 100.0,
        "a key takes {studio} ms, in a bare text area {bare} ms"
    );
    let begun = std::time::Instant::now();
    browser.click("go").await;
    browser.until("player.time > 0").await;
    let first = begun.elapsed();
    assert!(first.as_secs() < 20, "first sound after {first:?}");
    browser.until("store.take.seconds > 600").await;
    if !browser::in_firefox() {
        // What the browser holds is a window around the ear, whatever has arrived.
        let held = browser
            .number("hook('audio').buffered.end(0) - hook('audio').buffered.start(0)")
            .await;
        assert!(held < 180.0, "{held} s are held");
    }
    // Far ahead, what has arrived can be heard at once.
    browser.run("player.seek(500)").await;
    browser.until("player.time > 500.2 && player.time < 560").await;
    browser.run("player.seek(3)").await;
    browser.until("player.time > 3.2 && player.time < 60").await;
    browser.click("cancel").await;
    browser.until("store.job.phase === 'cancelled'").await;
    browser.close().await;
}

/// Milliseconds from a key to the next frame, the median of ten: in the studio, and in a text area of its size.
const TYPE: &str = "
    const typing = async (area) => {
        area.focus();
        area.setSelectionRange(5000, 5000);
        const took = [];
        for (let n = 0; n < 10; n++) {
            const begun = performance.now();
            document.execCommand('insertText', false, 'x');
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            took.push(performance.now() - begun);
        }
        return took.sort((a, b) => a - b)[5];
    };
    const bare = document.createElement('textarea');
    bare.value = store.script;
    bare.style.cssText = 'position: fixed; inset: 0; font: inherit; z-index: 99';
    document.body.append(bare);
    const plain = await typing(bare);
    bare.remove();
    return [await typing(hook('script')), plain];";

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_tag_is_marked_where_it_stands_and_can_be_mended() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser
        .run("store.casts = [{ name: 'Narrator', mix: store.mix }]")
        .await;
    let good = "[voice:narrator] One. [voice:AF_Bella(2) + bm_george] [voice:alloy] [pause:1.5s] [rate:0.5] [voice:af_heart](/x/) Two.";
    browser.write(good).await;
    let marked = "[...document.querySelectorAll('.mirror .fault')].map((mark) => mark.textContent).join(' ')";
    assert_eq!(browser.value(marked).await, "", "these are right");
    browser
        .write("[voice:bella] One. [pause:abc] Two. [rate:9] Three. [pause:2 s] Four. [voice:af_heart+nobody] Five. [pause:90s]")
        .await;
    assert_eq!(
        browser.value(marked).await,
        "[voice:bella] [pause:abc] [rate:9] [pause:2 s] [voice:af_heart+nobody] [pause:90s]"
    );
    browser.run("hook('script').setSelectionRange(0, 0)").await;
    browser
        .until("hook('tag-fix').textContent === 'Write [voice:af_bella]'")
        .await;
    assert_eq!(browser.text("tag-fault-text").await, "There is no voice “bella”.");
    browser.click("tag-fix").await;
    // That at the cursor goes first.
    browser
        .run("const at = store.script.indexOf('rate'); hook('script').focus(); hook('script').setSelectionRange(at, at)")
        .await;
    browser
        .until("hook('tag-fix').textContent === 'Write [rate:4]'")
        .await;
    browser.click("tag-fix").await;
    for _ in 0..4 {
        browser
            .run("hook('script').setSelectionRange(0, 0); await new Promise(requestAnimationFrame)")
            .await;
        browser.click("tag-fix").await;
    }
    let script = browser.value("store.script").await;
    let script = script.as_str().unwrap();
    assert!(
        script.starts_with(
            "[voice:af_bella] One. [pause:1s] Two. [rate:4] Three. [pause:2s] Four. [voice:af_heart+"
        ),
        "{script}"
    );
    assert!(script.ends_with("Five. [pause:60s]"), "{script}");
    assert_eq!(browser.value(marked).await, "");
    assert_eq!(browser.value("hook('tag-fault').hidden").await, true);
    browser.close().await;
}
