//! Residual blocks of any shape, on every instruction set of this CPU, against their definition in f64.
#![no_main]

mod noise;

use std::sync::atomic::AtomicBool;

use kernels::block::{Block, LAYERS};
use kernels::{Io, Isa, Kernels, serially, toom};
use libfuzzer_sys::fuzz_target;

use noise::noise;

/// What the fuzzer's bytes mean; missing ones are 0.
struct Case {
    channels: usize,
    taps: usize,
    dilations: [usize; LAYERS],
    len: usize,
    seed: u64,
}

impl Case {
    fn of(bytes: &[u8]) -> Self {
        let byte = |i: usize| usize::from(bytes.get(i).copied().unwrap_or(0));
        Self {
            channels: 1 + byte(0) % 40,
            taps: 1 + 2 * (byte(1) % 6),
            dilations: std::array::from_fn(|i| 1 + byte(2 + i) % 64),
            len: 1 + (byte(8) | byte(9) << 8) % 400,
            seed: byte(10) as u64 + 1,
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Case {
        channels,
        taps,
        dilations,
        len,
        mut seed,
    } = Case::of(bytes);
    let (mut weights, mut plain, mut parameters) = (Vec::new(), Vec::new(), Vec::new());
    let mut styles = Vec::new();
    for _ in 0..LAYERS {
        let size = 1.0 / ((channels * taps) as f32).sqrt();
        let own: Vec<f32> = noise(&mut seed, channels * channels * taps)
            .map(|w| w * size)
            .collect();
        weights.extend(toom::pack(&own, channels, channels, taps).expect("a shape with a scheme"));
        plain.push(own);
        parameters.extend(noise(&mut seed, channels));
        parameters.extend(noise(&mut seed, channels).map(|a| 1.5 + a));
        parameters.extend(noise(&mut seed, channels).map(|a| 1.0 + 0.2 * a));
        parameters.extend(noise(&mut seed, channels));
        let gain: Vec<f32> = noise(&mut seed, channels).map(|a| 1.0 + 0.3 * a).collect();
        styles.push([gain, noise(&mut seed, channels).collect()]);
    }
    let input: Vec<f32> = noise(&mut seed, channels * len).collect();
    let block = Block {
        channels,
        taps,
        dilations,
        epsilon: 1e-5,
        weights: &weights,
        parameters: &parameters,
    };
    let exact = reference(&block, &plain, &styles, &input);
    for isa in [Isa::Avx512, Isa::Avx2, Isa::Portable] {
        let Some(kernels) = Kernels::new(isa) else {
            continue;
        };
        let mut output = vec![f32::NAN; input.len()];
        let io = Io {
            styles: std::array::from_fn(|i| [&styles[i][0][..], &styles[i][1][..]]),
            input: &input,
            output: &mut output,
        };
        kernels
            .run(block, io, &serially, &AtomicBool::new(false))
            .expect("a block whose sizes fit");
        let error: f64 = output
            .iter()
            .zip(&exact)
            .map(|(a, b)| (f64::from(*a) - b).powi(2))
            .sum();
        let power: f64 = exact.iter().map(|b| b * b).sum();
        // Few samples have a small variance now and then, by which the normalisation divides.
        let bound = if len < 8 { 1e-4 } else { 1e-7 };
        assert!(
            error <= power * bound,
            "{isa:?}: {channels} channels, {taps} taps, {dilations:?}, {len} samples"
        );
    }
});

/// The block as its definition says.
fn reference(block: &Block<'_>, plain: &[Vec<f32>], styles: &[[Vec<f32>; 2]], input: &[f32]) -> Vec<f64> {
    let mut x: Vec<f64> = input.iter().map(|x| f64::from(*x)).collect();
    for stage in 0..LAYERS / 2 {
        let mut y = x.clone();
        for layer in [2 * stage, 2 * stage + 1] {
            y = one_layer(block, layer, &plain[layer], &styles[layer], &y);
        }
        x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
    }
    x
}

fn one_layer(block: &Block<'_>, layer: usize, plain: &[f32], style: &[Vec<f32>; 2], x: &[f64]) -> Vec<f64> {
    let (channels, taps, len) = (block.channels, block.taps, x.len() / block.channels);
    let own =
        |which: usize, channel: usize| f64::from(block.parameters[(layer * 4 + which) * channels + channel]);
    let mut active = Vec::with_capacity(x.len());
    for (channel, x) in x.chunks_exact(len).enumerate() {
        let mean = x.iter().sum::<f64>() / len as f64;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / len as f64;
        let alpha = own(1, channel);
        for x in x {
            let normal =
                (x - mean) / (variance + f64::from(block.epsilon)).sqrt() * own(2, channel) + own(3, channel);
            let v = f64::from(style[0][channel]) * normal + f64::from(style[1][channel]);
            active.push(v + (alpha * v).sin().powi(2) / alpha);
        }
    }
    let mut y = Vec::with_capacity(x.len());
    for output in 0..channels {
        for at in 0..len {
            let mut sum = own(0, output);
            for input in 0..channels {
                for tap in 0..taps {
                    // Before the first sample this wraps to far past the last one.
                    let from =
                        (at + tap * block.dilations[layer]).wrapping_sub(taps / 2 * block.dilations[layer]);
                    if from < len {
                        sum += f64::from(plain[(output * channels + input) * taps + tap])
                            * active[input * len + from];
                    }
                }
            }
            y.push(sum);
        }
    }
    y
}
