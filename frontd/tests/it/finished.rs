//! Files as an editor would hand them over, read back by others' code.

use std::io::{Cursor, Read};

use id3::TagLike as _;
use serde_json::{Value, json};

use harness::Server;

use crate::speech::decoded;

const BOOK: &str = "Before it all began.\n\n# The Harbour\n\nEvery harbour keeps a light for the boats that come home late.\n\n\
    ## The Fog\n\nTonight the fog came in before supper. The keeper counted three horns.\n\n# The End\n\nThen four, then nothing.";

fn book(more: Value) -> Value {
    let mut body = json!({ "input": BOOK, "voice": "af_heart", "stream": false });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

fn loudness(rate: u32, pcm: &[f32]) -> f64 {
    let mut meter = ebur128::EbuR128::new(1, rate, ebur128::Mode::I).unwrap();
    meter.add_frames_f32(pcm).unwrap();
    meter.loudness_global().unwrap()
}

#[test]
fn an_mp3_has_the_bitrate_rate_loudness_and_tag_that_were_asked_for() {
    let server = Server::start(&[]);
    let plain = decoded(server.speech(&book(json!({}))), "mp3").1;
    let mp3 = server.speech(&book(json!({
        "bitrate": 192, "sample_rate": 44100, "title": "A Tale", "artist": "Nobody", "chapters": "id3", "master": -19
    })));
    let (rate, pcm) = decoded(mp3.clone(), "mp3");
    assert_eq!(rate, 44_100);
    let seconds = pcm.len() as f64 / 44_100.0;
    assert!(
        (seconds - plain.len() as f64 / 24_000.0).abs() < 0.15,
        "{seconds} s"
    );
    assert!(
        (mp3.len() as f64 * 8.0 / seconds / 192_000.0 - 1.0).abs() < 0.05,
        "{} bytes",
        mp3.len()
    );
    let got = loudness(rate, &pcm);
    assert!((got + 19.0).abs() < 0.5, "{got} LUFS");
    let tag = id3::Tag::read_from2(Cursor::new(&mp3)).unwrap();
    assert_eq!((tag.title(), tag.artist()), (Some("A Tale"), Some("Nobody")));
    let chapters: Vec<_> = tag
        .chapters()
        .map(|chapter| chapter.frames[0].content().text().unwrap().to_owned())
        .collect();
    assert_eq!(chapters, ["Introduction", "The Harbour", "The Fog", "The End"]);
    let times: Vec<_> = tag
        .chapters()
        .map(|chapter| (chapter.start_time, chapter.end_time))
        .collect();
    assert_eq!(times[0].0, 0);
    assert!(
        times
            .windows(2)
            .all(|pair| pair[0].1 == pair[1].0 && pair[0].0 + 300 < pair[1].0),
        "{times:?}"
    );
    assert!(
        (f64::from(times[3].1) / 1000.0 - seconds).abs() < 0.15,
        "{times:?} of {seconds} s"
    );
}

#[test]
fn chapters_are_files_of_a_zip_and_an_audiobook_is_as_acx_takes_it() {
    let server = Server::start(&[]);
    let whole = decoded(server.speech(&book(json!({"response_format": "wav"}))), "wav").1;
    let bytes = server.speech(&book(
        json!({"response_format": "wav", "sample_rate": 44100, "chapters": "zip", "master": "acx"}),
    ));
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut names = Vec::new();
    let mut all = Vec::new();
    for i in 0..zip.len() {
        let mut file = zip.by_index(i).unwrap();
        names.push(file.name().unwrap().into_owned());
        let mut wav = Vec::new();
        file.read_to_end(&mut wav).unwrap();
        let reader = hound::WavReader::new(Cursor::new(&wav)).unwrap();
        assert_eq!(reader.spec().sample_rate, 44_100);
        let (_, pcm) = decoded(wav, "wav");
        // A heading comes after a pause.
        assert!(
            i == 0 || pcm[..2_000].iter().all(|sample| sample.abs() < 0.01),
            "{names:?}"
        );
        all.extend(pcm);
    }
    assert_eq!(
        names,
        [
            "01 Introduction.wav",
            "02 The Harbour.wav",
            "03 The Fog.wav",
            "04 The End.wav"
        ]
    );
    assert!(
        all.len().abs_diff(whole.len() * 441 / 240) < 8,
        "{} and {}",
        all.len(),
        whole.len()
    );
    let energy: f64 = all.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    let rms = 10.0 * (energy / all.len() as f64).log10();
    let peak = 20.0 * f64::from(all.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()))).log10();
    // The quietest half second is the noise floor.
    let quiet = all
        .chunks_exact(22_050)
        .map(|half| half.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>());
    let floor = 10.0 * (quiet.fold(f64::MAX, f64::min) / 22_050.0).max(1e-12).log10();
    assert!(
        (-23.0..=-18.0).contains(&rms) && peak <= -3.0 && floor <= -60.0,
        "{rms} {peak} {floor}"
    );
}

#[test]
fn a_download_is_finished_beside_a_stream() {
    let server = Server::start(&[]);
    let mut body = book(json!({"chapters": "zip", "title": "A Tale", "return_download_link": true}));
    body["stream"] = json!(true);
    let (status, _, headers) = server.post("/v1/audio/speech", &body.to_string());
    assert_eq!(
        (
            status,
            headers["content-type"].as_str(),
            headers["x-download-format"].as_str()
        ),
        (200, "audio/mpeg", "zip")
    );
    let path = &headers["x-download-path"];
    let mut answer = ureq::get(format!("{}{path}", server.url)).call().unwrap();
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let bytes = answer.body_mut().read_to_vec().unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    assert_eq!(zip.len(), 4);
    let mut mp3 = Vec::new();
    zip.by_index(2).unwrap().read_to_end(&mut mp3).unwrap();
    let tag = id3::Tag::read_from2(Cursor::new(&mp3)).unwrap();
    assert_eq!(
        (tag.title(), tag.album(), tag.track(), tag.total_tracks()),
        (Some("The Fog"), Some("A Tale"), Some(3), Some(4))
    );
    assert!(decoded(mp3, "mp3").1.len() > 24_000);
}

#[test]
fn what_cannot_be_finished_is_told_before_a_word_is_spoken() {
    let server = Server::start(&[("MAX_TEMP_DIR_SIZE_MB", "1")]);
    for (more, path, status, param) in [
        (
            json!({"stream": true, "master": -19}),
            "/v1/audio/speech",
            400,
            "stream",
        ),
        (
            json!({"response_format": "wav", "title": "A"}),
            "/v1/audio/speech",
            400,
            "title",
        ),
        (json!({"bitrate": 192}), "/v1/audio/speech", 422, "bitrate"),
        (json!({"master": -19}), "/v1/audio/speech/captions", 400, "stream"),
    ] {
        let (got, text, _) = server.post(path, &book(more).to_string());
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (got, answer["error"]["param"].as_str()),
            (status, Some(param)),
            "{text}"
        );
    }
}
