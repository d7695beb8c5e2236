#!/usr/bin/env bash
# rubato's sinc resampler comes earlier than it says: by one sample, and by one step of its table of filters on top. With the 128
# places between two samples that it has unless told otherwise, and with 2 (all that doubling a rate needs, without interpolation),
# sound of 24 kHz, which is what Kokoro makes, is shifted by one and by two samples of 48 kHz when `output_delay` is cut off in front.
# Exits 1 when that changes. Needs cargo and crates.io.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/src"
cat >"$dir/Cargo.toml" <<'TOML'
[package]
name = "delay"
version = "0.0.0"
edition = "2021"

[dependencies]
rubato = { version = "=5.1.0", default-features = false }
TOML
cat >"$dir/src/main.rs" <<'RUST'
use std::f64::consts::TAU;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Async, FixedAsync, Indexing, Resampler, SincInterpolationParameters, SincInterpolationType, WindowFunction,
};

const FROM: usize = 24_000;
const TONE: f64 = 100.0;
const CHUNK: usize = 1024;

/// How many samples of `rate` a tone is late by: what the resampler says, and what its sound says.
fn late(rate: usize, places: usize, length: usize) -> (f64, f64) {
    let mut parameters = SincInterpolationParameters::new(length, WindowFunction::BlackmanHarris2);
    parameters.oversampling_factor = places;
    parameters.interpolation = SincInterpolationType::Nearest;
    let ratio = rate as f64 / FROM as f64;
    let mut resampler = Async::<f32>::new_sinc(ratio, 1.0, &parameters, CHUNK, 1, FixedAsync::Input).unwrap();
    let told = resampler.output_delay() as f64;
    let mut out = Vec::new();
    for chunk in 0..40 {
        let tone: Vec<f32> = (0..CHUNK)
            .map(|i| ((chunk * CHUNK + i) as f64 * TONE * TAU / FROM as f64).sin() as f32)
            .collect();
        let mut made = vec![0.0; resampler.output_frames_next()];
        let frames = made.len();
        let input = InterleavedSlice::new(&tone, 1, CHUNK).unwrap();
        let mut output = InterleavedSlice::new_mut(&mut made, 1, frames).unwrap();
        let (_, count) = resampler
            .process_into_buffer(&input, &mut output, None::<&Indexing>)
            .unwrap();
        out.extend_from_slice(&made[..count]);
    }
    // The phase over whole periods, of a tone that begins at zero.
    let period = rate as f64 / TONE;
    let from = (10.0 * period).round() as usize;
    let to = (110.0 * period).round() as usize;
    let (mut sine, mut cosine) = (0.0, 0.0);
    for i in from..to {
        let (s, c) = (i as f64 * TONE * TAU / rate as f64).sin_cos();
        sine += s * f64::from(out[i]);
        cosine += c * f64::from(out[i]);
    }
    let late = -cosine.atan2(sine) / TAU * period;
    // The phase says the delay but for whole periods; take the one nearest to what the resampler says.
    (told, late + ((told - late) / period).round() * period)
}

fn main() {
    let mut found = true;
    println!("rate   places  filter  delay told  delay measured");
    for (rate, places, length) in [
        (48_000, 2, 256),
        (48_000, 128, 256),
        (44_100, 147, 320),
        (22_050, 147, 320),
    ] {
        let (told, measured) = late(rate, places, length);
        println!("{rate}  {places:>6}  {length:>6}  {told:>10.2}  {measured:>14.2}");
        let expected = 1.0 + rate as f64 / FROM as f64 / places as f64;
        found &= (told - measured - expected).abs() < 0.02;
    }
    println!("{}", if found { "as found" } else { "CHANGED" });
    std::process::exit(i32::from(!found));
}
RUST
echo "$(rustc --version), rubato 5.1.0"
cargo run --quiet --release --manifest-path "$dir/Cargo.toml"
