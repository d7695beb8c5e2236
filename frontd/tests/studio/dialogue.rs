//! Several speakers: names before lines, the cast, tags that complete themselves.

use fantoccini::key::Key;
use serde_json::json;

use crate::{mixer::LISTEN_IN, studio};

const SCENE: &str = "The storm was near.\n\nANNA: Hello there. How are you?\nBEN (softly): Fine, thanks.\n\nThe rain began.\n\nMia: Look!\nMia: There!";

#[tokio::test(flavor = "multi_thread")]
async fn names_before_lines_are_a_cast() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.run(LISTEN_IN).await;
    browser.write(SCENE).await;
    let names =
        "[...document.querySelectorAll('.person [data-name]')].map((name) => name.textContent).join()";
    assert_eq!(browser.value(names).await, "ANNA,BEN");
    assert_eq!(
        browser
            .value("new Set(Object.values(store.people).map(({ voice }) => voice)).size")
            .await,
        2,
        "each has a voice of its own"
    );
    // A name in small letters is offered.
    assert_eq!(browser.text("maybe").await, "Add Mia");
    browser.click_on("[data-maybe] button").await;
    assert_eq!(browser.value(names).await, "ANNA,BEN,Mia");
    browser
        .run("const select = document.querySelector('.person select'); select.value = 'bf_emma'; select.dispatchEvent(new Event('change'))")
        .await;
    browser
        .run("store.people = { ...store.people, ben: { voice: 'am_michael' }, mia: { voice: 'af_bella' } }")
        .await;
    // The script keeps its names, coloured; the request has tags, and after an empty line the narrator speaks again.
    let pills = "[...document.querySelectorAll('.mirror .tag')].map((mark) => mark.textContent).join('|')";
    assert_eq!(browser.value(pills).await, "ANNA:|BEN (softly):|Mia:|Mia:");
    browser.click("go").await;
    browser.until("store.job.phase === 'finished'").await;
    let asked = browser.value("window.asked.at(-1)").await;
    assert_eq!(
        asked["input"],
        "The storm was near.\n\n[voice:bf_emma] Hello there. How are you?\n[voice:am_michael] Fine, thanks.\n\n\
         [voice:af_heart] The rain began.\n\n[voice:af_bella] Look!\n[voice:af_bella] There!"
    );
    assert_eq!(asked["loudness"], -19);
    assert_eq!(browser.value("store.script").await, SCENE);
    // What is said when is known in the script's own places, without the names.
    assert_eq!(
        browser
            .value("store.take.spans.map(({ from, to }) => store.take.text.slice(from, to)).slice(0, 5)")
            .await,
        json!([
            "The storm was near.",
            "Hello there.",
            "How are you?",
            "Fine, thanks.",
            "The rain began."
        ])
    );
    // Loudness can be left as it is, and a name can be text.
    browser.click_on(".person:last-child [data-person-off]").await;
    assert_eq!(browser.value(names).await, "ANNA,BEN");
    browser.undo_last().await;
    assert_eq!(browser.value(names).await, "ANNA,BEN,Mia");
    browser.run("hook('level').click()").await;
    browser.click("go").await;
    browser
        .until("window.asked.filter(({ input }) => input).length === 2 && store.job.phase === 'finished'")
        .await;
    assert_eq!(
        browser.value("window.asked.at(-1).loudness ?? 'as it is'").await,
        "as it is"
    );
    browser.reload().await;
    assert_eq!(
        browser.value("store.people.anna.voice").await,
        "bf_emma",
        "the cast is kept"
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_speaker_can_be_louder_or_quieter() {
    let Some((_server, browser)) = studio(&[("SEGMENT_CACHE_MB", "64")]).await else {
        return;
    };
    browser.run(LISTEN_IN).await;
    browser
        .write("The storm was near.\n\nANNA: Hello there.\nBEN: Fine, thanks.\n\nThe rain began.")
        .await;
    browser
        .run("store.people = { anna: { voice: 'bf_emma' }, ben: { voice: 'am_michael' } }")
        .await;
    browser.generate_again().await;
    // Typed, and again by a key: the focus stays in the field.
    browser
        .run("document.querySelectorAll('[data-person-gain]')[1].focus()")
        .await;
    browser.keys(&"-4".chars().collect::<Vec<_>>()).await;
    browser
        .keys(&[char::from(Key::Down), char::from(Key::Down)])
        .await;
    browser.until("store.people.ben.gain === -6").await;
    assert_eq!(
        browser
            .value("document.activeElement.closest('.person').textContent.includes('BEN')")
            .await,
        true
    );
    browser.generate_again().await;
    assert_eq!(
        browser.value("window.asked.at(-1).input").await,
        "The storm was near.\n\n[voice:bf_emma][gain:0dB] Hello there.\n[voice:am_michael][gain:-6dB] Fine, thanks.\n\n\
         [voice:af_heart][gain:0dB] The rain began."
    );
    assert_eq!(
        browser.value("store.job.kept === store.job.known").await,
        true,
        "no sentence is made again"
    );
    // He alone is heard so, too; and what is no gain is told where it stands.
    browser.click_on(".person:last-child [data-listen]").await;
    browser
        .until("window.asked.at(-1).input.startsWith('[voice:am_michael][gain:-6dB]')")
        .await;
    browser.write("[gain:-2.5 dB]Low. [gain:40dB]Loud.").await;
    browser
        .until("hook('tag-fix').textContent === 'Write [gain:12dB]'")
        .await;
    browser.reload().await;
    assert_eq!(browser.number("store.people.ben.gain").await, -6.0, "it is kept");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bracket_offers_tags() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser
        .run(
            "store.casts = [{ name: 'Narrator', mix: store.mix }]; store.script = ''; hook('script').focus()",
        )
        .await;
    browser.keys(&"Hi [".chars().collect::<Vec<_>>()).await;
    browser.until("!hook('complete').hidden").await;
    browser.keys(&"narr".chars().collect::<Vec<_>>()).await;
    let offered = "[...hook('complete').children].map((item) => item.dataset.tag).join()";
    assert_eq!(browser.value(offered).await, "voice:Narrator");
    browser.keys(&[char::from(Key::Enter)]).await;
    assert_eq!(browser.value("store.script").await, "Hi [voice:Narrator] ");
    browser.keys(&"[voice:bm".chars().collect::<Vec<_>>()).await;
    browser.keys(&[char::from(Key::Down)]).await;
    let chosen = "document.getElementById(hook('script').getAttribute('aria-activedescendant')).dataset.tag";
    let second = browser.value(chosen).await;
    assert!(second.as_str().unwrap().starts_with("voice:bm_"), "{second}");
    browser.keys(&[char::from(Key::Tab)]).await;
    assert_eq!(
        browser.value("store.script").await,
        format!("Hi [voice:Narrator] [{}] ", second.as_str().unwrap())
    );
    // Escape closes the list and nothing else; a key without a match too.
    browser.keys(&['[']).await;
    browser.until("!hook('complete').hidden").await;
    browser.keys(&[char::from(Key::Escape)]).await;
    assert_eq!(browser.value("hook('complete').hidden").await, true);
    browser.keys(&"zz".chars().collect::<Vec<_>>()).await;
    assert_eq!(browser.value("hook('complete').hidden").await, true);
    browser.close().await;
}
