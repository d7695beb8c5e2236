//! How words are said: once, in a project, on the server; as CSV.

use fantoccini::key::Key;
use serde_json::json;

use crate::{mixer::LISTEN_IN, studio};

#[tokio::test(flavor = "multi_thread")]
async fn a_word_is_said_once_or_always_in_its_own_way() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.run(LISTEN_IN).await;
    browser.write("Kokoro is here. So is Nguyen.").await;
    // The right button of the mouse, then a way to say it that is heard, and put in at this place.
    let right =
        "hook('script').dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }))";
    browser
        .run(&format!(
            "hook('script').focus(); hook('script').setSelectionRange(3, 3); {right}"
        ))
        .await;
    browser
        .until("document.getElementById('say-menu').matches(':popover-open') && document.activeElement === hook('say-as')")
        .await;
    assert_eq!(browser.text("say-word").await, "Kokoro");
    browser.keys(&"koh-KOH-roh".chars().collect::<Vec<_>>()).await;
    browser.click_on("[data-say-form] [value=hear]").await;
    browser
        .until("window.asked.at(-1)?.lexicon?.[0].say === 'koh-KOH-roh'")
        .await;
    browser.click_on("[data-say-form] [value=once]").await;
    assert_eq!(
        browser.value("store.script").await,
        "[Kokoro](say koh-KOH-roh) is here. So is Nguyen."
    );
    // A key, and always.
    browser
        .run("const at = store.script.indexOf('guyen'); hook('script').focus(); hook('script').setSelectionRange(at, at); hook('script').dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyS', key: 's', altKey: true, bubbles: true }))")
        .await;
    browser.until("document.activeElement === hook('say-as')").await;
    browser.keys(&"/wˈɪn/".chars().collect::<Vec<_>>()).await;
    browser.click_on("[data-say-form] [value=always]").await;
    assert_eq!(
        browser.value("store.lexicon").await,
        json!([{ "word": "Nguyen", "phonemes": "wˈɪn" }])
    );
    browser.click("go").await;
    browser.until("store.job.phase === 'finished'").await;
    let asked = browser.value("window.asked.at(-1)").await;
    assert_eq!(asked["input"], "Onceaa is here. So is Nguyen.");
    assert_eq!(
        asked["lexicon"],
        json!([{ "word": "Nguyen", "phonemes": "wˈɪn" }, { "word": "Onceaa", "say": "koh-KOH-roh" }])
    );
    // What is said when names the words of the script.
    assert_eq!(
        browser
            .value("store.take.spans.map(({ from, to }) => store.take.text.slice(from, to))")
            .await,
        json!(["[Kokoro](say koh-KOH-roh) is here.", "So is Nguyen."])
    );
    browser
        .run("document.querySelector('[data-lexicon] summary').click()")
        .await;
    browser
        .run("document.querySelector('[data-lexicon-list] [data-remove]').click()")
        .await;
    assert_eq!(browser.value("store.lexicon").await, json!([]));
    browser.undo_last().await;
    assert_eq!(browser.number("store.lexicon.length").await, 1.0);
    // Off a word the browser's own menu comes.
    let own = browser
        .run("hook('script').value = '  '; hook('script').setSelectionRange(1, 1); return hook('script').dispatchEvent(new MouseEvent('contextmenu', { cancelable: true }))")
        .await;
    assert_eq!(own, true);
    browser.keys(&[char::from(Key::Escape)]).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_come_and_go_as_csv() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser
        .run("const file = new DataTransfer(); file.items.add(new File(['word,say,phonemes\\r\\nNguyen,win,\\r\\n\"a \"\"b\"\"\",\"x, y\",\\r\\nGIF,,ʤˈɪf\\r\\n,empty,\\r\\n'], 'words.csv')); hook('lexicon-file').files = file.files; hook('lexicon-file').dispatchEvent(new Event('change'))")
        .await;
    browser.until("store.lexicon.length").await;
    let words = json!([{ "word": "a \"b\"", "say": "x, y" }, { "word": "GIF", "phonemes": "ʤˈɪf" }, { "word": "Nguyen", "say": "win" }]);
    assert_eq!(browser.value("store.lexicon").await, words);
    browser.run("hook('lexicon-export').click()").await;
    let file = String::from_utf8(browser.downloaded("pronunciation.csv").await).unwrap();
    assert_eq!(
        file,
        "word,say,phonemes,dialect\r\n\"a \"\"b\"\"\",\"x, y\",,\r\nGIF,,ʤˈɪf,\r\nNguyen,win,,"
    );
    browser.undo_last().await;
    assert_eq!(browser.value("store.lexicon").await, json!([]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_is_said_so_for_everybody_on_a_server_that_keeps_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lexicon.txt");
    std::fs::write(&file, "nginx = engine x\n").unwrap();
    let Some((server, browser)) = studio(&[("LEXICON_FILE", file.to_str().unwrap())]).await else {
        return;
    };
    browser.write("Kokoro is here.").await;
    browser.cursor("Kokoro").await;
    browser
        .run("document.getElementById('say-menu').showPopover()")
        .await;
    browser.until("!hook('say-server').hidden").await;
    browser.keys(&"koh-KOH-roh".chars().collect::<Vec<_>>()).await;
    browser.click("say-server").await;
    let words =
        "[...document.querySelectorAll('.word-row [data-name]')].map((word) => word.textContent).join()";
    browser.until(&format!("{words}.includes('Kokoro')")).await;
    let kept = server.json("/v1/lexicon")["entries"].clone();
    assert_eq!(kept.as_array().unwrap().len(), 2, "{kept}");
    assert!(std::fs::read_to_string(&file).unwrap().contains("koh-KOH-roh"));
    // Taken back, the server says it as before.
    browser.undo_last().await;
    browser.until(&format!("{words} === 'nginx'")).await;
    assert_eq!(server.json("/v1/lexicon")["entries"].as_array().unwrap().len(), 1);
    browser.close().await;

    // Elsewhere it is not offered.
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.cursor("Welcome").await;
    browser
        .run("document.getElementById('say-menu').showPopover(); await (await module('lexicon/panel.js')).look()")
        .await;
    assert_eq!(browser.value("hook('say-server').hidden").await, true);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_were_guessed_are_underlined_by_a_switch() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.generate("The Zibblethorpe sang to the harbour.").await;
    let marked = "[...document.querySelectorAll('.mirror .guess')].map((mark) => mark.textContent).join()";
    assert_eq!(browser.value(marked).await, "");
    browser.run("hook('guesses').click()").await;
    assert_eq!(browser.value(marked).await, "Zibblethorpe");
    // A word that somebody has said how to say is not guessed any more.
    browser
        .run("store.lexicon = [{ word: 'Zibblethorpe', say: 'ZIB-uhl-thorp' }]")
        .await;
    browser.click("go").await;
    browser
        .until("store.job.phase === 'finished' && store.take.request.lexicon")
        .await;
    browser.until(&format!("{marked} === ''")).await;
    browser.close().await;
}
