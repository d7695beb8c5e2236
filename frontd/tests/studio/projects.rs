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
                format!("This is text number {n}. {}", crate::long_script(150)),
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

/// Makes a ZIP with deflated files in the page: `zip({ name: text })`.
const ZIP: &str = "
    const zip = async (files) => {
        const [parts, list, text] = [[], [], new TextEncoder()];
        const words = (...pairs) => new Uint8Array(pairs.flatMap(([value, bytes]) => Array.from({ length: bytes }, (_, i) => (value >>> (8 * i)) & 255)));
        let at = 0;
        for (const [name, content] of Object.entries(files)) {
            const packed = new Uint8Array(await new Response(new Blob([content]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer());
            const head = [[20, 2], [0, 2], [8, 2], [0, 4], [0, 4], [packed.length, 4], [content.length, 4], [name.length, 2], [0, 2]];
            parts.push(words([0x04034b50, 4], ...head), text.encode(name), packed);
            list.push(words([0x02014b50, 4], [20, 2], ...head, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), text.encode(name));
            at += 30 + name.length + packed.length;
        }
        const size = list.reduce((sum, { length }) => sum + length, 0);
        const count = list.length / 2;
        return new Blob([...parts, ...list, words([0x06054b50, 4], [0, 4], [count, 2], [count, 2], [size, 4], [at, 4], [0, 2])]);
    };
    const open = (blob, name) => {
        const files = new DataTransfer();
        files.items.add(new File([blob], name));
        hook('file').files = files.files;
        hook('file').dispatchEvent(new Event('change'));
    };";

#[tokio::test(flavor = "multi_thread")]
async fn books_and_documents_open_with_their_headings() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser
        .run(&format!(
            "{ZIP}
             const line = (style, text) => `<w:p><w:pPr>${{style && `<w:pStyle w:val=\"${{style}}\"/>`}}</w:pPr><w:r><w:t>${{text}}</w:t></w:r></w:p>`;
             const body = line('Heading1', 'The storm') + line('', 'It rained &amp; rained.') + line('', '') + line('', 'Then it stopped.');
             open(await zip({{ 'word/document.xml': `<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>${{body}}</w:body></w:document>` }}), 'storm.docx')"
        ))
        .await;
    browser
        .until("store.script === '# The storm\\n\\nIt rained & rained.\\n\\nThen it stopped.'")
        .await;
    browser
        .run(&format!(
            "{ZIP}
             const page = (title, text) => `<html xmlns=\"http://www.w3.org/1999/xhtml\"><body><section><h2>${{title}}</h2><div><p>${{text}}<br/>\n here.</p></div></section></body></html>`;
             open(await zip({{
                'META-INF/container.xml': '<container xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles><rootfile full-path=\"OPS/book.opf\"/></rootfiles></container>',
                'OPS/book.opf': '<package xmlns=\"http://www.idpf.org/2007/opf\"><manifest><item id=\"n\" href=\"nav.xhtml\" properties=\"nav\"/><item id=\"b\" href=\"two%20b.xhtml\"/><item id=\"a\" href=\"text/one.xhtml\"/></manifest><spine><itemref idref=\"n\"/><itemref idref=\"a\"/><itemref idref=\"b\"/></spine></package>',
                'OPS/nav.xhtml': page('Contents', 'One'),
                'OPS/text/one.xhtml': page('One', 'The fog'),
                'OPS/two b.xhtml': page('Two', 'The horn'),
             }}), 'book.epub')"
        ))
        .await;
    browser
        .until("store.script === '# One\\n\\nThe fog here.\\n\\n# Two\\n\\nThe horn here.'")
        .await;
    browser
        .run(&format!("{ZIP} open(new Blob(['no ZIP at all']), 'bad.epub')"))
        .await;
    browser
        .until("hook('toasts').textContent.includes('bad.epub is no text that can be opened.')")
        .await;
    browser.close().await;
}
