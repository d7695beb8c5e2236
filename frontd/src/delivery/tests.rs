use super::*;
use crate::store::{Limits, Settings, Store};

fn store(folder: &std::path::Path, temp_bytes: u64) -> Store {
    let limits = |name, max_bytes| Limits {
        folder: folder.join(name),
        max_bytes,
        max_age: Duration::from_secs(3600),
    };
    Store::open(Settings {
        temp: limits("temp", temp_bytes),
        output: limits("output", 1 << 30),
    })
}

fn plain(format: Format) -> Delivery {
    Delivery {
        format,
        bitrate: Bitrate::default(),
        sample_rate: SAMPLE_RATE,
        title: None,
        artist: None,
        chapters: None,
        master: None,
    }
}

/// Seconds of a voice-like sound: a tone that comes and goes, with silence between.
fn sound(seconds: usize, amplitude: f32) -> Vec<f32> {
    let rate = SAMPLE_RATE as f32;
    (0..seconds * SAMPLE_RATE as usize)
        .map(|i| {
            let t = i as f32 / rate;
            let on = (t * 2.0).fract() < 0.8;
            let envelope = 0.4 + 0.6 * (t * 5.0).sin().abs();
            if on {
                amplitude * envelope * (t * 1400.0).sin()
            } else {
                0.0
            }
        })
        .collect()
}

/// Has taken all of the sound.
fn spoken(wanted: Delivery, pcm: &[f32], store: &Store) -> Finisher {
    let mut finisher = Finisher::new(wanted, store.spool().unwrap()).unwrap();
    for part in pcm.chunks(10_000) {
        finisher.push(part).unwrap();
    }
    finisher
}

fn finished(wanted: Delivery, pcm: &[f32], chapters: &[Chapter]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), 1 << 30);
    let finisher = spoken(wanted, pcm, &store);
    let file = finisher.file().unwrap();
    let file = finisher
        .finish(chapters, file, &CancellationToken::new())
        .unwrap();
    let mut bytes = vec![0; usize::try_from(file.bytes()).unwrap()];
    let mut at = 0;
    while at < bytes.len() {
        at += file.read(&mut bytes[at..], at as u64).unwrap();
    }
    bytes
}

fn samples(wav: &[u8]) -> (hound::WavSpec, Vec<f32>) {
    let mut reader = hound::WavReader::new(wav).unwrap();
    let samples = reader
        .samples::<i16>()
        .map(|sample| f32::from(sample.unwrap()) / 32_767.0);
    let samples = samples.collect();
    (reader.spec(), samples)
}

fn loudness(rate: u32, pcm: &[f32]) -> f64 {
    let mut meter = ebur128::EbuR128::new(1, rate, ebur128::Mode::I).unwrap();
    meter.add_frames_f32(pcm).unwrap();
    meter.loudness_global().unwrap()
}

fn decibels(value: f64) -> f64 {
    20.0 * value.log10()
}

fn chapter(title: &str, seconds: u64) -> Chapter {
    Chapter {
        title: title.to_owned(),
        start: Duration::from_secs(seconds),
    }
}

#[test]
fn the_whole_is_brought_to_the_loudness_that_is_wanted_at_every_sample_rate() {
    let pcm = sound(6, 0.1);
    for rate in SAMPLE_RATES {
        for target in [-16.0, -19.0, -23.0] {
            let wanted = Delivery {
                sample_rate: rate,
                master: Some(Master::Lufs(target)),
                ..plain(Format::Wav)
            };
            let (spec, made) = samples(&finished(wanted, &pcm, &[]));
            assert_eq!(spec.sample_rate, rate);
            assert_eq!(made.len(), pcm.len() * rate as usize / SAMPLE_RATE as usize);
            let got = loudness(rate, &made);
            assert!((got - target).abs() < 0.3, "{target} at {rate}: {got}");
        }
    }
}

#[test]
fn no_sample_rate_brings_out_peaks_above_the_ceiling() {
    // Crests between the samples, 3 dB above them.
    let mut pcm = sound(8, 0.05);
    for at in (1000..pcm.len()).step_by(11_003) {
        let length = 200 + at % 900;
        for (i, sample) in pcm[at..].iter_mut().take(length).enumerate() {
            let envelope = (std::f32::consts::PI * i as f32 / length as f32).sin();
            *sample = 0.3 * envelope * (std::f32::consts::FRAC_PI_2 * (i as f32 + 0.5)).sin();
        }
    }
    for (master, ceiling) in [(Master::Lufs(-16.0), -1.5), (Master::Acx, -5.0)] {
        for rate in SAMPLE_RATES {
            let wanted = Delivery {
                sample_rate: rate,
                master: Some(master),
                ..plain(Format::Wav)
            };
            let (_, made) = samples(&finished(wanted, &pcm, &[]));
            let mut meter = ebur128::EbuR128::new(1, rate, ebur128::Mode::TRUE_PEAK).unwrap();
            meter.add_frames_f32(&made).unwrap();
            let peak = decibels(meter.true_peak(0).unwrap());
            assert!(
                (ceiling - 1.0..ceiling + 0.1).contains(&peak),
                "{master:?} at {rate}: {peak}"
            );
        }
    }
}

#[test]
fn an_audiobook_is_as_acx_takes_it() {
    // Loud peaks over a quiet rest: by one gain alone they would be too high.
    let mut pcm = sound(8, 0.05);
    for at in (0..pcm.len()).step_by(31_000) {
        for (i, sample) in pcm[at..].iter_mut().take(200).enumerate() {
            *sample = 0.6 * (i as f32 * 0.3).sin();
        }
    }
    for rate in [24_000, 44_100] {
        let wanted = Delivery {
            sample_rate: rate,
            master: Some(Master::Acx),
            ..plain(Format::Wav)
        };
        let (_, made) = samples(&finished(wanted, &pcm, &[]));
        let energy: f64 = made.iter().map(|&sample| f64::from(sample).powi(2)).sum();
        let rms = decibels((energy / made.len() as f64).sqrt());
        let peak = decibels(f64::from(
            made.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs())),
        ));
        assert!((-23.0..=-18.0).contains(&rms), "{rms}");
        assert!(peak <= -3.0, "{peak}");
    }
}

#[test]
fn the_tag_has_title_artist_and_chapters_in_order() {
    let wanted = Delivery {
        title: Some("A Tale".to_owned()),
        artist: Some("af_héart".to_owned()),
        chapters: Some(ChapterForm::Tag),
        bitrate: Bitrate::at(192, 44_100).unwrap(),
        sample_rate: 44_100,
        ..plain(Format::Mp3)
    };
    let chapters = [chapter("One", 0), chapter("Two – ende", 2)];
    let bytes = finished(wanted, &sound(5, 0.2), &chapters);
    let tag = id3::Tag::read_from2(io::Cursor::new(&bytes)).unwrap();
    use id3::TagLike as _;
    assert_eq!((tag.title(), tag.artist()), (Some("A Tale"), Some("af_héart")));
    let found: Vec<_> = tag
        .chapters()
        .map(|chapter| {
            let title = chapter.frames[0].content().text().unwrap().to_owned();
            (
                chapter.element_id.clone(),
                title,
                chapter.start_time,
                chapter.end_time,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("chp0".to_owned(), "One".to_owned(), 0, 2000),
            ("chp1".to_owned(), "Two – ende".to_owned(), 2000, 5000)
        ]
    );
    let contents: Vec<_> = tag.tables_of_contents().collect();
    assert_eq!(
        (contents.len(), &contents[0].elements),
        (1, &vec!["chp0".to_owned(), "chp1".to_owned()])
    );
    assert!(contents[0].top_level && contents[0].ordered);
    // Behind the tag, the Info frame that LAME writes last: MPEG-1, 44.1 kHz.
    let sound = &bytes[usize::try_from(tag_length(&bytes)).unwrap()..];
    assert_eq!((sound[0], sound[1] & 0xFE), (0xFF, 0xFA));
    assert!(sound[..200].windows(4).any(|four| four == b"Info"));
}

/// From the tag's own head: ten bytes and a size of four times seven bits.
fn tag_length(bytes: &[u8]) -> u32 {
    assert_eq!(&bytes[..3], b"ID3");
    10 + bytes[6..10]
        .iter()
        .fold(0, |size, &byte| size << 7 | u32::from(byte))
}

#[test]
fn a_zip_has_a_file_for_each_chapter_and_no_sample_is_lost() {
    use std::io::Read as _;
    let wanted = Delivery {
        chapters: Some(ChapterForm::Zip),
        ..plain(Format::Wav)
    };
    let pcm = sound(7, 0.2);
    let chapters = [chapter("One", 0), chapter("Two/2", 3), chapter("", 5)];
    let mut zip = zip::ZipArchive::new(io::Cursor::new(finished(wanted.clone(), &pcm, &chapters))).unwrap();
    assert_eq!(names(&mut zip), ["01 One.wav", "02 Two 2.wav", "03.wav"]);
    let mut all = Vec::new();
    let mut lengths = Vec::new();
    for i in 0..zip.len() {
        let mut bytes = Vec::new();
        let mut file = zip.by_index(i).unwrap();
        assert_eq!(file.compression(), CompressionMethod::Stored);
        file.read_to_end(&mut bytes).unwrap();
        let (_, part) = samples(&bytes);
        lengths.push(part.len());
        all.extend(part);
    }
    let quarter = SAMPLE_RATE as usize / 4;
    assert_eq!(lengths[0], 3 * SAMPLE_RATE as usize - quarter);
    assert_eq!(all.len(), pcm.len());
    let worst = all
        .iter()
        .zip(&pcm)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(worst < 1e-4, "{worst}");

    // Without headings all of it is one file.
    let titled = Delivery {
        title: Some("Whole".to_owned()),
        ..wanted
    };
    let mut zip = zip::ZipArchive::new(io::Cursor::new(finished(titled, &pcm, &[]))).unwrap();
    assert_eq!(names(&mut zip), ["01 Whole.wav"]);
}

fn names(zip: &mut zip::ZipArchive<io::Cursor<Vec<u8>>>) -> Vec<String> {
    (0..zip.len())
        .map(|i| zip.by_index(i).unwrap().name().unwrap().into_owned())
        .collect()
}

#[test]
fn what_nobody_wants_any_more_is_not_finished() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), 1 << 30);
    for chapters in [None, Some(ChapterForm::Zip)] {
        let wanted = Delivery {
            chapters,
            ..plain(Format::Mp3)
        };
        let finisher = spoken(wanted, &sound(4, 0.2), &store);
        let file = finisher.file().unwrap();
        let unwanted = CancellationToken::new();
        unwanted.cancel();
        let error = finisher.finish(&[], file, &unwanted).unwrap_err();
        assert!(matches!(error, DeliveryError::Unwanted), "{error}");
    }
    assert_eq!(std::fs::read_dir(folder.path().join("temp")).unwrap().count(), 0);
}

#[test]
fn a_full_folder_is_an_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let pcm = sound(4, 0.2);
    let spool = pcm.len() as u64 * 4;
    for (room, in_time) in [(spool / 2, false), (spool + 10_000, true)] {
        let store = store(folder.path(), room);
        let mut finisher = Finisher::new(plain(Format::Wav), store.spool().unwrap()).unwrap();
        let pushed = finisher.push(&pcm);
        assert_eq!(pushed.is_ok(), in_time);
        if in_time {
            let file = finisher.file().unwrap();
            let error = finisher.finish(&[], file, &CancellationToken::new()).unwrap_err();
            assert!(
                matches!(error, DeliveryError::Store(StoreError::Full(_))),
                "{error}"
            );
        }
    }
    assert_eq!(std::fs::read_dir(folder.path().join("temp")).unwrap().count(), 0);
}
