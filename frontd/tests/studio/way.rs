//! The whole way of a dialogue, as a person goes it: three speakers, two words corrected, one sentence made again, chapters at -19 LUFS.
//! With `STUDIO_SCREENSHOTS` it is a row of pictures.

use std::io::{Cursor, Read as _};

use fantoccini::key::Key;
use symphonia::core::{
    audio::SampleBuffer,
    codecs::DecoderOptions,
    formats::FormatOptions,
    io::{MediaSourceStream, MediaSourceStreamOptions},
    meta::MetadataOptions,
    probe::Hint,
};

use crate::studio;

const SCENE: &str = "# The bar\n\nThe fog came in before supper.\n\nANNA: Did Siobhan see the light?\nBEN: She saw it from the quay.\nCLARA: Then the boats will be late.\n\n\
    # The lamp\n\nAt the top the glass was white.\n\nANNA: It needs oil.\nBEN: I will climb.";

#[tokio::test(flavor = "multi_thread")]
async fn a_dialogue_goes_all_the_way_to_chapters_at_19_lufs() {
    let Some((_server, browser)) = studio(&[("SEGMENT_CACHE_MB", "64")]).await else {
        return;
    };
    let text = |words: &str| words.chars().collect::<Vec<_>>();
    browser
        .run("hook('script').focus(); hook('script').select()")
        .await;
    browser
        .run(&format!(
            "document.execCommand('insertText', false, {})",
            serde_json::json!(SCENE)
        ))
        .await;
    browser
        .until("document.querySelectorAll('.person').length === 3")
        .await;
    browser
        .run("const select = document.querySelector('.person select'); select.focus(); select.value = 'af_bella'; select.dispatchEvent(new Event('change'))")
        .await;
    browser.picture("way-cast").await;

    // Two words: one by its key, one by the right button.
    browser.cursor("Siobhan").await;
    browser
        .run("hook('script').dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyS', key: 's', altKey: true, bubbles: true }))")
        .await;
    browser.until("document.activeElement === hook('say-as')").await;
    browser.keys(&text("shuh-VAWN")).await;
    browser.click("say-hear").await;
    browser.picture("way-word").await;
    browser.click_on("[data-say-form] [value=always]").await;
    browser.cursor("quay").await;
    browser
        .run("hook('script').dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }))")
        .await;
    browser.until("document.activeElement === hook('say-as')").await;
    browser.keys(&text("/kˈi/")).await;
    browser.click_on("[data-say-form] [value=once]").await;
    browser
        .until("store.script.includes('[quay](/kˈi/)') && store.lexicon.length === 1")
        .await;

    browser.click("go").await;
    browser.until("player.time > 0.3").await;
    browser.until("store.job.phase === 'finished'").await;
    browser.cursor("Then the boats").await;
    browser.click("take-again").await;
    browser.click("take-again").await;
    browser.click_on("[data-take-readings] [value='1']").await;
    browser.picture("way-sentence").await;
    browser.click("go").await;
    browser
        .until("store.take.request.input.includes('[variant:1]Then the boats will be late.[variant:0]') && store.job.phase === 'finished'")
        .await;

    // By keyboard into the file.
    browser.run("hook('download').focus()").await;
    browser.keys(&[char::from(Key::Enter)]).await;
    browser.tab_to("focus.matches('[data-deliver]')").await;
    browser.keys(&[char::from(Key::Enter)]).await;
    browser.until("document.activeElement.id === 'd-title'").await;
    browser.keys(&text("Fog")).await;
    for (name, value) in [
        ("master", "-19"),
        ("chapters", "zip"),
        ("rate", "44100"),
        ("bitrate", "128"),
    ] {
        browser
            .run(&format!(
                "const field = document.querySelector('[data-delivery={name}]'); field.value = '{value}'; field.dispatchEvent(new Event('change'))"
            ))
            .await;
    }
    browser.picture("way-delivery").await;
    browser.click("delivery-make").await;
    browser
        .until("hook('delivery-said').textContent === 'Done.'")
        .await;
    let file = browser.downloaded("fog.zip").await;
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut all = Vec::new();
    for name in ["01 The bar.mp3", "02 The lamp.mp3"] {
        let mut chapter = zip.by_name(name).unwrap();
        let mut sound = Vec::new();
        chapter.read_to_end(&mut sound).unwrap();
        let samples = decoded(sound);
        assert!(samples.len() > 3 * 44_100, "{} samples", samples.len());
        all.extend(samples);
    }
    assert_eq!(zip.len(), 2);
    // Without the filter of LUFS, which is worth a decibel or two on speech; frontd's own tests measure exactly.
    let level = level(&all);
    assert!((-22.0..-16.0).contains(&level), "{level} dB");
    browser.close().await;
}

/// The mean power of what is not silence, in decibels of full scale.
fn level(samples: &[f32]) -> f64 {
    let power = |block: &[f32]| {
        let squares: f64 = block.iter().map(|x| f64::from(x * x)).sum();
        squares / 17_640.0
    };
    let loud: Vec<_> = samples
        .chunks(17_640)
        .map(power)
        .filter(|power| *power > 1e-4)
        .collect();
    10.0 * (loud.iter().sum::<f64>() / f64::from(u32::try_from(loud.len()).unwrap())).log10()
}

/// The samples of an MP3.
fn decoded(mp3: Vec<u8>) -> Vec<f32> {
    let source = MediaSourceStream::new(Box::new(Cursor::new(mp3)), MediaSourceStreamOptions::default());
    let probed = symphonia::default::get_probe()
        .format(
            &Hint::new(),
            source,
            &FormatOptions::default(),
            &MetadataOptions::default(),
        )
        .unwrap();
    let mut format = probed.format;
    let track = format.default_track().unwrap().codec_params.clone();
    let mut decoder = symphonia::default::get_codecs()
        .make(&track, &DecoderOptions::default())
        .unwrap();
    let mut samples = Vec::new();
    while let Ok(packet) = format.next_packet() {
        let sound = decoder.decode(&packet).unwrap();
        let mut buffer = SampleBuffer::<f32>::new(sound.capacity() as u64, *sound.spec());
        buffer.copy_interleaved_ref(sound);
        samples.extend_from_slice(buffer.samples());
    }
    samples
}
