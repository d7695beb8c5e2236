use std::sync::atomic::AtomicUsize;

use super::super::tests::noise;
use super::super::{Io, Isa, Kernels, serially};
use super::*;

struct Data {
    channels: usize,
    taps: usize,
    plain: Vec<Vec<f32>>,
    weights: Vec<f32>,
    parameters: Vec<f32>,
    styles: Vec<[Vec<f32>; 2]>,
}

const DILATIONS: [usize; LAYERS] = [1, 1, 3, 1, 5, 1];

impl Data {
    fn new(channels: usize, taps: usize) -> Self {
        let mut seed = (channels * 100 + taps) as u64;
        let mut weights = Vec::new();
        let mut plain = Vec::new();
        let mut parameters = Vec::new();
        let mut styles = Vec::new();
        for _ in 0..LAYERS {
            let size = 1.0 / ((channels * taps) as f32).sqrt();
            let own: Vec<f32> = noise(&mut seed, channels * channels * taps)
                .iter()
                .map(|w| w * size)
                .collect();
            weights.extend(toom::pack(&own, channels, channels, taps).unwrap());
            plain.push(own);
            parameters.extend(noise(&mut seed, channels));
            parameters.extend(noise(&mut seed, channels).iter().map(|a| 1.5 + a));
            parameters.extend(noise(&mut seed, channels).iter().map(|a| 1.0 + 0.2 * a));
            parameters.extend(noise(&mut seed, channels));
            let gain = noise(&mut seed, channels).iter().map(|a| 1.0 + 0.3 * a).collect();
            styles.push([gain, noise(&mut seed, channels)]);
        }
        Self {
            channels,
            taps,
            plain,
            weights,
            parameters,
            styles,
        }
    }

    fn block(&self) -> Block<'_> {
        Block {
            channels: self.channels,
            taps: self.taps,
            dilations: DILATIONS,
            epsilon: 1e-5,
            weights: &self.weights,
            parameters: &self.parameters,
        }
    }

    fn run(&self, isa: Isa, input: &[f32], pool: Pool<'_>, cancel: bool) -> Result<Vec<f32>, KernelError> {
        let mut output = vec![f32::NAN; input.len()];
        let io = Io {
            styles: std::array::from_fn(|i| [&self.styles[i][0][..], &self.styles[i][1][..]]),
            input,
            output: &mut output,
        };
        Kernels::new(isa)
            .unwrap()
            .run(self.block(), io, pool, &AtomicBool::new(cancel))?;
        Ok(output)
    }

    /// The block in f64, as its definition says.
    fn reference(&self, input: &[f32]) -> Vec<f64> {
        let (c, len) = (self.channels, input.len() / self.channels);
        let mut x: Vec<f64> = input.iter().map(|x| f64::from(*x)).collect();
        for stage in 0..LAYERS / 2 {
            let y = self.layer(2 * stage, len, &x);
            let y = self.layer(2 * stage + 1, len, &y);
            x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
        }
        assert_eq!(x.len(), c * len);
        x
    }

    fn layer(&self, layer: usize, len: usize, x: &[f64]) -> Vec<f64> {
        let (c, taps, dilation) = (self.channels, self.taps, DILATIONS[layer]);
        let own =
            |which: usize, channel: usize| f64::from(self.parameters[(layer * 4 + which) * c + channel]);
        let mut active = Vec::with_capacity(x.len());
        for channel in 0..c {
            let x = &x[channel * len..(channel + 1) * len];
            let mean = x.iter().sum::<f64>() / len as f64;
            let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / len as f64;
            let [gain, shift] = &self.styles[layer];
            let alpha = own(1, channel);
            for x in x {
                let normal = (x - mean) / (variance + 1e-5).sqrt() * own(2, channel) + own(3, channel);
                let v = f64::from(gain[channel]) * normal + f64::from(shift[channel]);
                active.push(v + (alpha * v).sin().powi(2) / alpha);
            }
        }
        let half = (taps / 2 * dilation).cast_signed();
        let mut y = Vec::with_capacity(x.len());
        for output in 0..c {
            for at in 0..len {
                let mut sum = own(0, output);
                for input in 0..c {
                    for tap in 0..taps {
                        let from = at.cast_signed() + (tap * dilation).cast_signed() - half;
                        if (0..len.cast_signed()).contains(&from) {
                            let weight = self.plain[layer][(output * c + input) * taps + tap];
                            sum += f64::from(weight) * active[input * len + from.cast_unsigned()];
                        }
                    }
                }
                y.push(sum);
            }
        }
        y
    }
}

fn isas() -> impl Iterator<Item = Isa> {
    [Isa::Avx512, Isa::Avx2, Isa::Portable]
        .into_iter()
        .filter(|isa| Kernels::new(*isa).is_some())
}

#[test]
fn a_block_is_what_its_definition_says() {
    let lens: &[usize] = if cfg!(miri) {
        &[1, 13]
    } else {
        &[1, 2, 15, 16, 17, 60, 301]
    };
    for taps in [3, 7, 11] {
        let data = Data::new(if cfg!(miri) { 3 } else { 16 }, taps);
        for len in lens {
            let mut seed = *len as u64;
            let input = noise(&mut seed, data.channels * len);
            let exact = data.reference(&input);
            for isa in isas() {
                let got = data.run(isa, &input, &serially, false).unwrap();
                let error: f64 = got
                    .iter()
                    .zip(&exact)
                    .map(|(g, e)| (f64::from(*g) - e).powi(2))
                    .sum();
                let decibels = 10.0 * (error / exact.iter().map(|e| e * e).sum::<f64>()).log10();
                // One sample is its own mean: there the division by √ε makes the rounding large.
                let bound = if *len < 3 { -60.0 } else { -90.0 };
                assert!(
                    decibels < bound,
                    "{isa:?}, {taps} taps, {len} samples: {decibels:.1} dB"
                );
            }
        }
    }
}

#[test]
fn threads_change_nothing() {
    let most = AtomicUsize::new(0);
    let in_threads = |tasks: usize, f: &(dyn Fn(usize) + Sync)| {
        most.fetch_max(tasks, Ordering::Relaxed);
        std::thread::scope(|scope| {
            for task in 0..tasks {
                scope.spawn(move || f(task));
            }
        });
    };
    // Under Miri the least that is still parted.
    let (channels, len) = if cfg!(miri) { (2, 130) } else { (8, 3000) };
    let data = Data::new(channels, 7);
    let mut seed = 5;
    let input = noise(&mut seed, channels * len);
    for isa in isas() {
        let alone = data.run(isa, &input, &serially, false).unwrap();
        assert_eq!(
            alone,
            data.run(isa, &input, &in_threads, false).unwrap(),
            "{isa:?}"
        );
        assert!(most.swap(0, Ordering::Relaxed) > 1, "{isa:?}: nothing was parted");
    }
}

#[test]
fn silence_a_constant_and_huge_samples_stay_finite() {
    let (channels, len) = if cfg!(miri) { (2, 18) } else { (8, 40) };
    let data = Data::new(channels, 3);
    for isa in isas() {
        for input in [0.0, 3.0, 1e-40, 1e15, -1e18] {
            let output = data
                .run(isa, &vec![input; channels * len], &serially, false)
                .unwrap();
            assert!(output.iter().all(|x| x.is_finite()), "{isa:?} {input}");
            assert!(
                input == 1e-40 || output.iter().all(|x| *x == 0.0 || x.is_normal()),
                "{isa:?} {input}"
            );
        }
        let mut spiked = vec![0.0; channels * len];
        spiked[17] = 1e18;
        assert!(
            data.run(isa, &spiked, &serially, false)
                .unwrap()
                .iter()
                .all(|x| x.is_finite()),
            "{isa:?}"
        );
    }
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    let data = Data::new(4, 3);
    let input = vec![0.0; 40];
    assert_eq!(
        data.run(Isa::Portable, &input, &serially, true),
        Err(KernelError::Cancelled)
    );
    assert_eq!(
        data.run(Isa::Portable, &input[..39], &serially, false),
        Err(KernelError::Size("samples"))
    );
    assert_eq!(data.run(Isa::Portable, &[], &serially, false), Ok(Vec::new()));
    let block = data.block();
    for taps in [0, 2, 13] {
        assert_eq!(Block { taps, ..block }.check(), Err(KernelError::Taps(taps)));
    }
    let short = Block {
        weights: &block.weights[1..],
        ..block
    };
    assert_eq!(short.check(), Err(KernelError::Size("weights")));
    let mut dilations = DILATIONS;
    dilations[2] = 0;
    assert_eq!(
        Block { dilations, ..block }.check(),
        Err(KernelError::Size("dilations"))
    );
    let parameters = &block.parameters[..5];
    assert_eq!(
        Block { parameters, ..block }.check(),
        Err(KernelError::Size("parameters"))
    );
}
