//! Projects in the browser: named, found, doubled, taken along; and a queue of files.

use serde_json::{Value, json};

use crate::studio;

const NAMES: &str =
    "[...document.querySelectorAll('.project-row [data-name]')].map((name) => name.textContent).join()";

/// Opens text files as if they were dropped.
fn dropped(files: &[(&str, &str)]) -> String {
    format!(
        "const files = new DataTransfer();
         for (const [name, text] of {}) files.items.add(new File([text], name));
         hook('drop').dispatchEvent(new DragEvent('drop', {{ dataTransfer: files, bubbles: true, cancelable: true }}))",
        json!(files)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_kept_found_doubled_and_taken_along() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser
        .run("store.casts = [{ name: 'Narrator', mix: [{ voice: 'bf_emma', share: 100, locked: false }] }]")
        .await;
    browser
        .write("ANNA: The first play. [voice:Narrator] It ends.")
        .await;
    browser
        .run("store.people = { anna: { voice: 'bm_george', colour: '#ff8800' } }; store.lexicon = [{ word: 'play', say: 'plah' }]; store.speed = 1.5")
        .await;
    browser.click("project").await;
    browser
        .run("hook('project-name').value = 'Storm'; hook('project-name').dispatchEvent(new Event('change'))")
        .await;
    browser.until(&format!("{NAMES} === 'Storm'")).await;
    browser.click("project-new").await;
    browser
        .until("store.script === '' && store.project.name === 'Untitled'")
        .await;
    assert_eq!(
        browser.value("[store.people, store.lexicon, store.speed]").await,
        json!([{}, [], 1])
    );
    browser.write("Another text.").await;
    browser.until("store.project.id").await;
    browser.reload().await;
    assert_eq!(browser.value("store.script").await, "Another text.");

    browser.click("project").await;
    browser.until(&format!("{NAMES} === 'Untitled,Storm'")).await;
    browser
        .run("hook('project-search').value = 'first PLAY'; hook('project-search').dispatchEvent(new Event('input'))")
        .await;
    browser.until(&format!("{NAMES} === 'Storm'")).await;
    browser.click_on(".project-row [data-copy]").await;
    browser.until(&format!("{NAMES} === 'Storm, copy,Storm'")).await;
    browser.click_on(".project-row:last-child [data-export]").await;
    let file = browser.downloaded("Storm.dexterous.json").await;
    let read: Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(read["people"]["anna"]["colour"], "#ff8800");
    assert_eq!(read["mixes"], json!([{ "name": "Narrator", "voice": "bf_emma" }]));
    browser
        .click_on(".project-row:last-child [data-open-project]")
        .await;
    browser
        .until("store.script.startsWith('ANNA') && store.speed === 1.5 && store.lexicon.length === 1")
        .await;
    // What was written in the other is still there.
    browser.click("project").await;
    browser
        .run("hook('project-search').value = ''; hook('project-search').dispatchEvent(new Event('input'))")
        .await;
    browser.until(&format!("{NAMES}.includes('Untitled')")).await;
    browser.click_on(".project-row:last-child [data-remove]").await;
    browser.until(&format!("{NAMES}.split(',').length === 3")).await;
    browser.undo_last().await;
    browser.until(&format!("{NAMES}.split(',').length === 4")).await;

    // In another browser, the file brings all of it, also the mix.
    browser.run("store.casts = []").await;
    browser
        .run(&dropped(&[("storm.json", std::str::from_utf8(&file).unwrap())]))
        .await;
    browser
        .until("store.casts.length === 1 && store.script.startsWith('ANNA') && store.people.anna.colour === '#ff8800'")
        .await;
    browser.run(&dropped(&[("bad.json", "{}")])).await;
    browser
        .until("hook('toasts').textContent.includes('bad.json is no project')")
        .await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_tabs_write_in_one_project_is_two_projects() {
    let Some((server, browser)) = studio(&[]).await else {
        return;
    };
    browser.write("Of the first tab.").await;
    browser
        .until("store.project.id && localStorage.getItem('dexterous-studio').includes(store.project.id)")
        .await;
    let first = browser.another_tab(&server.url).await;
    browser.write("Of the second tab.").await;
    let all = "(await (await module('projects/db.js')).projects())";
    browser
        .until(&format!("{all}[0]?.script === 'Of the second tab.'"))
        .await;
    browser.go_to_tab(first).await;
    browser.write("The first again.").await;
    browser.until(&format!("{all}.length === 2")).await;
    let scripts = format!("{all}.map(({{ script }}) => script).sort()");
    assert_eq!(
        browser.value(&scripts).await,
        json!(["Of the second tab.", "The first again."])
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_files_are_made_one_after_another_and_a_reload_goes_on() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    let texts: Vec<_> = (0..10)
        .map(|n| {
            (
                format!("part {n}.{}", ["txt", "md"][n % 2]),
                format!("This is text number {n}. {}", crate::long_script(300)),
            )
        })
        .collect();
    let files: Vec<_> = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    browser.write("What I was writing.").await;
    browser.run(&dropped(&files)).await;
    let state = |state: &str| {
        format!(
            "(await (await module('projects/db.js')).projects()).filter(({{ queue }}) => queue === '{state}').length"
        )
    };
    browser.until(&format!("{} >= 2", state("done"))).await;
    let waiting = browser.number(&state("waiting")).await;
    assert!(waiting > 0.0, "the reload comes too late for this test");
    browser.reload().await;
    browser.until("store.voices.length").await;
    browser.until(&format!("{} === 10", state("done"))).await;
    assert_eq!(browser.value("store.script").await, "What I was writing.");
    browser
        .run("document.getElementById('projects').showPopover()")
        .await;
    browser
        .until("hook('queue-text').textContent === '10 files ready'")
        .await;
    browser.click("queue-all").await;
    for n in 0..10 {
        let file = browser.downloaded(&format!("part {n}.mp3")).await;
        assert!(file.len() > 50_000, "{} bytes", file.len());
    }
    browser.until("hook('queue').hidden").await;
    browser.close().await;
}
