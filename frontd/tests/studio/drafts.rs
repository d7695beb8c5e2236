//! A draft that becomes what the model says, sentence by sentence.

use crate::{TALE, real_model, studio};

/// Two takes of three sentences that differ in lengths and samples, without a server: what sounds now stays, and at the end the bytes
/// are those of the final.
const CUT: &str = "
    const { Take } = await module('player/take.js');
    const { DraftedTake } = await module('player/drafted.js');
    const rate = 24000;
    const wav = (seconds, sample) => {
        const bytes = new Uint8Array(44 + seconds * rate * 2);
        const view = new DataView(bytes.buffer);
        view.setUint32(24, rate, true);
        view.setUint16(32, 2, true);
        for (let i = 44; i < bytes.length; i += 2) view.setInt16(i, sample, true);
        return bytes;
    };
    const text = 'One. Two. Three.';
    const segments = (ends) => ends.map((end, i) => ({ start: ends[i - 1] ?? 0, end, from: [0, 5, 10][i], to: [4, 9, 16][i], words: [{ word: ['One', 'Two', 'Three'][i], start_time: (ends[i - 1] ?? 0) + 0.1, end_time: end }] }));
    const fill = (take, seconds, sample, ends) => {
        take.append(wav(seconds, sample));
        for (const segment of segments(ends)) take.addSegment(segment);
    };
    const about = { text, mix: [], settings: {}, format: 'wav', request: { input: text } };
    const draft = new DraftedTake(about);
    const final = new Take(about);
    const heard = async () => {
        const view = new DataView((await draft.tape.read(44, 1e9)).buffer);
        return draft.spans.map(({ start, end }) => [start, end, view.getInt16(2 * Math.round((start + 0.01) * rate), true)]);
    };
    let place = 1.5;
    draft.addEventListener('moved', ({ detail }) => (place = detail(place)));
    fill(draft, 3, 7, [1, 2, 3]);
    draft.await(final);
    final.append(wav(4.5, 9));
    const steps = [await heard()];
    // The first sentence is not what sounds: it is taken over, and the ear stays in the second.
    final.addSegment(segments([1.5, 3.5, 4.5])[0]);
    draft.follow({ ear: 1.2, laid: 1.5 });
    steps.push(await heard(), place, draft.drafts);
    for (const segment of segments([1.5, 3.5, 4.5]).slice(1)) final.addSegment(segment);
    final.end();
    draft.follow({ ear: 2.2, laid: 2.4 });
    steps.push(await heard(), place, draft.drafts, draft.complete);
    draft.follow({});
    steps.push(await heard(), draft.complete, draft.words.map(({ start_time }) => start_time));
    const [one, two] = await Promise.all([draft, final].map(async (take) => new Uint8Array(await (await take.file()).arrayBuffer())));
    steps.push(one.length === two.length && one.every((byte, i) => byte === two[i]));
    return steps";

#[tokio::test(flavor = "multi_thread")]
async fn the_final_takes_the_place_of_a_draft_but_for_what_sounds() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    let steps = browser.run(CUT).await;
    let expected = serde_json::json!([
        [[0, 1, 7], [1, 2, 7], [2, 3, 7]],
        [[0, 1.5, 9], [1.5, 2.5, 7], [2.5, 3.5, 7]],
        2,
        2,
        [[0, 1.5, 9], [1.5, 2.5, 7], [2.5, 3.5, 9]],
        2,
        1,
        false,
        [[0, 1.5, 9], [1.5, 3.5, 9], [3.5, 4.5, 9]],
        true,
        [0.1, 1.6, 3.6],
        true
    ]);
    assert_eq!(steps, expected);
    browser.close().await;
}

/// With the real model the draft is another voice; without, it is the same and the button is away.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_heard_at_once_and_becomes_the_final() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    browser.write(TALE).await;
    let real = real_model().is_some();
    let shown = browser.value("!hook('draft').hidden").await;
    assert_eq!(shown, real);
    browser.run("hook('draft').hidden = false").await;
    browser.click("draft").await;
    browser
        .until("player.playing && player.time > 0.3 && store.take.drafts > 0 || store.take?.complete")
        .await;
    if real {
        let drafts = browser.number("store.take.drafts").await;
        assert!(drafts > 0.0, "it began with the final");
    }
    browser.picture("draft").await;
    browser
        .until("store.job.phase === 'finished' && store.take.complete")
        .await;
    let spans = browser.number("store.take.spans.length").await;
    assert!((4.0..=5.0).contains(&spans), "{spans} sentences");
    // It is the take that was asked for, and History has it as well.
    browser
        .until("document.querySelectorAll('[data-entries] li').length === 1 && store.take.fileFormat === 'mp3' && !hook('download').disabled")
        .await;
    browser.close().await;
}
