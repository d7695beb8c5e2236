use symphonia::core::{
    audio::{AudioBufferRef, Signal},
    codecs::DecoderOptions,
    formats::FormatOptions,
    io::MediaSourceStream,
    meta::MetadataOptions,
    probe::Hint,
};

use super::*;

const BITRATES: [u16; 6] = [64, 80, 96, 112, 128, 160];
/// One MPEG-2 layer III frame.
const FRAME: usize = 576;

fn tone(samples: usize) -> Vec<f32> {
    (0..samples).map(|i| 0.5 * (i as f32 * 0.08).sin()).collect()
}

fn encode(format: Format, bitrate: u16, destination: Destination, chunks: &[&[f32]]) -> Vec<u8> {
    let mut encoder = Encoder::new(format, bitrate.try_into().unwrap(), destination).unwrap();
    let mut bytes = Vec::new();
    for chunk in chunks {
        bytes.extend(encoder.encode(chunk).unwrap());
    }
    let ending = encoder.finish().unwrap();
    bytes.extend(ending.tail);
    bytes[..ending.head.len()].copy_from_slice(&ending.head);
    bytes
}

struct Decoded {
    pcm: Vec<f32>,
    /// As the container tells it.
    told: Option<u64>,
    rate: u32,
}

fn decode(format: Format, bytes: Vec<u8>) -> Decoded {
    let source = MediaSourceStream::new(Box::new(std::io::Cursor::new(bytes)), Default::default());
    let options = FormatOptions {
        enable_gapless: true,
        ..Default::default()
    };
    let mut hint = Hint::new();
    hint.with_extension(format.extension());
    let mut reader = symphonia::default::get_probe()
        .format(&hint, source, &options, &MetadataOptions::default())
        .unwrap()
        .format;
    let track = reader.default_track().unwrap().clone();
    let mut decoder = symphonia::default::get_codecs()
        .make(&track.codec_params, &DecoderOptions::default())
        .unwrap();
    let mut pcm = Vec::new();
    while let Ok(packet) = reader.next_packet() {
        match decoder.decode(&packet).unwrap() {
            AudioBufferRef::F32(buffer) => pcm.extend_from_slice(buffer.chan(0)),
            AudioBufferRef::S16(buffer) => pcm.extend(buffer.chan(0).iter().map(|s| f32::from(*s) / 32767.0)),
            _ => panic!("unexpected sample format"),
        }
    }
    Decoded {
        pcm,
        told: track.codec_params.n_frames,
        rate: track.codec_params.sample_rate.unwrap(),
    }
}

fn rms(pcm: &[f32]) -> f32 {
    (pcm.iter().map(|s| s * s).sum::<f32>() / pcm.len() as f32).sqrt()
}

#[test]
fn a_finished_mp3_decodes_to_the_samples_made() {
    for bitrate in BITRATES {
        for samples in [1, 100, FRAME, 24_000, 100_001] {
            let pcm = tone(samples);
            let decoded = decode(
                Format::Mp3,
                encode(Format::Mp3, bitrate, Destination::File, &[&pcm]),
            );
            assert_eq!(decoded.pcm.len(), samples, "{bitrate} kbit/s");
            assert_eq!(decoded.told, Some(samples as u64));
            assert_eq!(decoded.rate, SAMPLE_RATE);
            if samples >= 24_000 {
                let error: Vec<f32> = pcm.iter().zip(&decoded.pcm).map(|(a, b)| a - b).collect();
                assert!(rms(&error) < 0.05, "{bitrate} kbit/s: off by {}", rms(&error));
            }
        }
    }
}

#[test]
fn a_streamed_mp3_has_every_sample_and_no_tag() {
    let pcm = tone(50_000);
    let chunks: Vec<&[f32]> = pcm.chunks(7000).collect();
    let bytes = encode(Format::Mp3, 64, Destination::Stream, &chunks);
    assert!(!bytes.windows(4).any(|w| w == b"Xing" || w == b"Info"));
    let decoded = decode(Format::Mp3, bytes);
    // The encoder's delay before, padding after.
    assert!(decoded.pcm.len() >= pcm.len() && decoded.pcm.len() <= pcm.len() + 5 * FRAME);
    let end = &decoded.pcm[decoded.pcm.len() - 5 * FRAME..];
    assert!(rms(end) > 0.1, "the tail is there");
}

#[test]
fn chunking_changes_no_byte() {
    let pcm = tone(30_000);
    for format in [Format::Mp3, Format::Wav] {
        let whole = encode(format, 96, Destination::File, &[&pcm]);
        let chunks: Vec<&[f32]> = pcm.chunks(999).collect();
        assert_eq!(encode(format, 96, Destination::File, &chunks), whole);
    }
}

#[test]
fn concatenated_mp3s_play_on() {
    let one = encode(Format::Mp3, 96, Destination::Stream, &[&tone(48_000)]);
    let length = decode(Format::Mp3, one.clone()).pcm.len();
    let two = [one.clone(), one].concat();
    assert_eq!(decode(Format::Mp3, two).pcm.len(), 2 * length);
}

#[test]
fn a_streamed_wav_sends_its_header_first_and_whole() {
    let mut encoder = Encoder::new(Format::Wav, Bitrate::default(), Destination::Stream).unwrap();
    let first = encoder.encode(&tone(10)).unwrap();
    assert_eq!(first.len(), 44 + 20);
    assert_eq!(&first[..4], b"RIFF");
    assert_eq!(first[4..8], 0x7FFF_F024_u32.to_le_bytes());
    assert_eq!(&first[36..40], b"data");
    assert_eq!(first[40..44], 0x7FFF_F000_u32.to_le_bytes());
    assert_eq!(encoder.encode(&tone(10)).unwrap().len(), 20);
    assert_eq!(encoder.finish().unwrap(), Ending::default());

    let empty = Encoder::new(Format::Wav, Bitrate::default(), Destination::Stream).unwrap();
    assert_eq!(empty.finish().unwrap().tail.len(), 44);
}

#[test]
fn wavs_decode_to_the_samples_made() {
    let pcm = tone(30_001);
    for destination in [Destination::File, Destination::Stream] {
        let bytes = encode(Format::Wav, 96, destination, &[&pcm[..1000], &pcm[1000..]]);
        let decoded = decode(Format::Wav, bytes);
        assert_eq!(decoded.pcm.len(), pcm.len());
        for (a, b) in pcm.iter().zip(&decoded.pcm) {
            assert!((a - b).abs() < 1e-4);
        }
    }
    // One that refuses a stream whose size is no whole number of samples reads all that there is.
    let bytes = encode(Format::Wav, 96, Destination::Stream, &[&pcm]);
    let streamed = hound::WavReader::new(&bytes[..]).unwrap();
    let samples = streamed.into_samples::<i16>().map_while(Result::ok);
    assert_eq!(samples.count(), pcm.len());
    // A second, independent reader checks the finished header.
    let bytes = encode(Format::Wav, 96, Destination::File, &[&pcm]);
    let reader = hound::WavReader::new(&bytes[..]).unwrap();
    assert_eq!(reader.duration() as usize, pcm.len());
    assert_eq!(reader.spec().sample_rate, SAMPLE_RATE);
    assert_eq!(reader.spec().bits_per_sample, 16);
}

/// `encode_to_vec` of mp3lame-encoder into a Vec without capacity writes past its end; many small and empty
/// calls in a row would crash here if the wrapper reserved nothing.
#[test]
fn mp3_reserves_before_every_call() {
    let mut encoder = Encoder::new(Format::Mp3, 160.try_into().unwrap(), Destination::Stream).unwrap();
    let mut bytes = 0;
    for i in 0..3000 {
        bytes += encoder.encode(&tone(i % 7)).unwrap().len();
    }
    bytes += encoder.encode(&tone(MANY)).unwrap().len();
    bytes += encoder.finish().unwrap().tail.len();
    assert!(bytes > MANY * 160_000 / 8 / SAMPLE_RATE as usize);
}
const MANY: usize = 300_000;

#[test]
fn refuses_bitrates_that_24_khz_does_not_have() {
    for kbps in [0, 8, 48, 65, 192, 320, u16::MAX] {
        assert!(Bitrate::try_from(kbps).is_err(), "{kbps}");
    }
    assert!(serde_json::from_str::<Bitrate>("192").is_err());
    assert_eq!(
        serde_json::from_str::<Bitrate>("64").unwrap(),
        64.try_into().unwrap()
    );
}

#[test]
fn samples_and_durations_agree() {
    for samples in [0, 1, 599, 24_000, 86_400 * 24_000] {
        assert_eq!(samples_in(duration_of(samples)), samples);
    }
}
