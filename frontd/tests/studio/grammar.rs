//! Tags and mixes are for the page what they are for the server: both read the same tables.

use serde_json::json;

use crate::studio;

const TAGS: &str = include_str!("../../../english/tests/data/tags.tsv");
const MIXES: &str = include_str!("../data/mixes.tsv");

/// The cells of a table, without its comments.
fn rows(table: &str) -> Vec<Vec<&str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_and_mixes_are_what_the_shared_tables_say() {
    let Some((_server, browser)) = studio(&[]).await else {
        return;
    };
    let tags = rows(TAGS);
    let read = format!(
        "const {{ spoken, tagsOf }} = await module('script/tags.js');
         return {}.map(([text]) => {{
            const {{ words, pauses }} = spoken(text);
            const voices = tagsOf(text).filter(({{ kind }}) => kind === 'voice').map(({{ value }}) => value);
            return [text, words.replace(/\\s+/g, ' ').trim(), String(Math.round(pauses * 1000) / 1000), voices.join()];
         }})",
        json!(tags)
    );
    assert_eq!(browser.run(&read).await, json!(tags));

    let mixes: Vec<_> = rows(MIXES).into_iter().map(|row| [row[0], row[2]]).collect();
    let read = format!(
        "const {{ parse }} = await module('mixer/mix.js');
         return {}.map(([written]) => {{
            const {{ mix }} = parse(written, () => true);
            return [written, mix ? mix.map(({{ share }}) => share).join(', ') : '-'];
         }})",
        json!(mixes)
    );
    assert_eq!(browser.run(&read).await, json!(mixes));
}
