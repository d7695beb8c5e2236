use crate::toom::{self, GROUP, PANEL};
use proptest::prelude::*;

use super::super::activation::{Layer, snakes};
use super::super::simd::Portable;
use super::super::tests::{config, noise};
use super::plan::MAX_TILES;
use super::*;

#[derive(Debug, Clone, Copy)]
struct Case {
    inputs: usize,
    outputs: usize,
    taps: usize,
    dilation: usize,
    len: usize,
    residual: bool,
    seed: u64,
}

fn case() -> impl Strategy<Value = Case> {
    let len = if cfg!(miri) { 1..40usize } else { 1..700usize };
    (
        1..20usize,
        1..20usize,
        0..6usize,
        1..8usize,
        len,
        any::<(bool, u64)>(),
    )
        .prop_map(|(inputs, outputs, half, dilation, len, (residual, seed))| Case {
            inputs,
            outputs,
            taps: 2 * half + 1,
            dilation,
            len,
            residual,
            seed,
        })
}

/// The case by the kernels in `tasks` of their own order, and by a plain convolution in f64.
fn check<S: Simd>(s: S, case: Case) {
    let Case {
        inputs,
        outputs,
        taps,
        dilation,
        len,
        ..
    } = case;
    let mut seed = case.seed;
    let weights = noise(&mut seed, outputs * inputs * taps);
    let bias = noise(&mut seed, outputs);
    let x = noise(&mut seed, inputs * len);
    let before = noise(&mut seed, outputs * len);
    let (ones, zeros) = (vec![1.0; inputs], vec![0.0; inputs]);
    let alpha: Vec<f32> = noise(&mut seed, inputs).iter().map(|a| 1.5 + a).collect();
    // Moments of mean 0 and variance 1 leave the signal as it is before Snake.
    let neutral = vec![
        Moments {
            count: 1.0,
            mean: 0.0,
            squares: 1.0
        };
        inputs
    ];
    let layer = Layer {
        weight: &ones,
        offset: &zeros,
        alpha: &alpha,
        epsilon: 0.0,
    };
    let mut constants = Vec::new();
    snakes(layer, [&ones, &zeros], &neutral, &mut constants);

    let packed = toom::pack(&weights, outputs, inputs, taps).unwrap();
    let conv = Conv {
        inputs,
        outputs,
        taps,
        dilation,
        weights: Weights::Transformed(&packed),
        bias: &bias,
    };
    let chunks = Chunks::of::<S>(len);
    // What was in the buffers before must not matter.
    let stale = s.splat(f32::NAN);
    let (mut input, mut output) = (
        vec![stale; chunks.vectors(inputs)],
        vec![stale; chunks.vectors(outputs)],
    );
    let mut moments = vec![Moments::default(); inputs.max(outputs)];
    chunks.gather(s, &x, &mut input[chunks.start(0)..], &mut moments[..inputs]);
    chunks.gather(
        s,
        &before,
        &mut output[chunks.start(0)..],
        &mut moments[..outputs],
    );
    let pass = Pass {
        conv,
        chunks,
        snakes: &constants,
        input: &input,
        residual: case.residual,
    };
    let backwards = |tasks: usize, f: &(dyn Fn(usize) + Sync)| (0..tasks).rev().for_each(f);
    let told = pass.run(s, &mut output, &Spare::default(), &backwards);
    let mut result = vec![0.0; outputs * len];
    chunks.scatter(s, &output[chunks.start(0)..], &mut result);

    let activated: Vec<f64> = x
        .iter()
        .enumerate()
        .map(|(i, x)| {
            let (x, alpha) = (f64::from(*x), f64::from(alpha[i / len]));
            x + (alpha * x).sin().powi(2) / alpha
        })
        .collect();
    let half = (taps / 2 * dilation).cast_signed();
    let (mut error, mut power) = (0.0, 0.0);
    for output in 0..outputs {
        let mut sum = 0.0;
        for at in 0..len {
            let mut y = f64::from(bias[output]);
            if case.residual {
                y += f64::from(before[output * len + at]);
            }
            for input in 0..inputs {
                for tap in 0..taps {
                    let from = at.cast_signed() + (tap * dilation).cast_signed() - half;
                    if from >= 0 && from < len.cast_signed() {
                        y += f64::from(weights[(output * inputs + input) * taps + tap])
                            * activated[input * len + from.cast_unsigned()];
                    }
                }
            }
            let off = f64::from(result[output * len + at]) - y;
            assert!(off.is_finite(), "{case:?}: sample {at} of channel {output}");
            error += off * off;
            power += y * y;
            sum += y;
        }
        let mean = sum / len as f64;
        assert_eq!(told[output].count, len as f64);
        assert!(
            (told[output].mean - mean).abs() < 1e-3 * power.sqrt().max(1.0),
            "{case:?}"
        );
    }
    let decibels = 10.0 * (error / power).log10();
    assert!(
        error == 0.0 || decibels < -88.0,
        "{case:?}: {decibels:.1} dB on {} lanes",
        S::LANES
    );
}

fn check_everywhere(case: Case) {
    check(Portable, case);
    #[cfg(target_arch = "x86_64")]
    {
        use super::super::simd::x86::{Avx2, Avx512};
        if let Some(s) = Avx512::detect() {
            check(s, case);
        }
        if let Some(s) = Avx2::detect() {
            check(s, case);
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_shape_is_the_plain_convolution(case in case()) {
        check_everywhere(case);
    }
}

#[test]
fn every_length_of_every_kernel_of_the_vocoder() {
    let most = if cfg!(miri) { 3 } else { 150 };
    for taps in [3, 7, 11] {
        for dilation in [1, 3, 5] {
            for len in 1..most {
                let seed = (taps * 1000 + dilation * 100 + len) as u64;
                check_everywhere(Case {
                    inputs: 3,
                    outputs: 9,
                    taps,
                    dilation,
                    len,
                    residual: len % 2 == 0,
                    seed,
                });
            }
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "no memory to check, and far too slow")]
fn every_row_of_every_channel_is_in_one_task() {
    for (taps, dilation, len, outputs) in [
        (3, 1, 5000, 256),
        (7, 5, 333, 256),
        (11, 3, 1, 256),
        (11, 5, 100_000, 256),
        (3, 1, 30, 1),
        (3, 1, 30, 33),
        (3, 1, 100, 1000),
    ] {
        let conv = Conv {
            inputs: 256,
            outputs,
            taps,
            dilation,
            weights: Weights::Transformed(&[]),
            bias: &[],
        };
        let chunks = Chunks::of::<Portable>(len);
        let plan = Plan::of::<Portable>(&conv, chunks);
        let scheme = toom::scheme(taps).unwrap();
        let panels = outputs.div_ceil(PANEL);
        let mut seen = vec![0; chunks.rows * panels];
        for task in 0..plan.tasks() {
            let (blocks, own) = plan.task(task);
            assert!(!blocks.is_empty() && !own.is_empty() && own.start.is_multiple_of(GROUP));
            for block in blocks {
                assert!((1..=MAX_TILES).contains(&block.tiles.len()));
                for top in &plan.tiles[block.tiles.clone()] {
                    for i in 0..scheme.outputs * block.parts.max(1) {
                        let row = top + dilation * i;
                        if row < chunks.rows {
                            own.clone().for_each(|panel| seen[row * panels + panel] += 1);
                        }
                    }
                }
            }
        }
        assert!(
            seen.iter().all(|n| *n == 1),
            "taps {taps} dilation {dilation} len {len} outputs {outputs}"
        );
    }
}

#[test]
#[cfg_attr(miri, ignore = "no memory to check, and far too slow")]
fn half_of_the_tasks_is_half_of_the_work() {
    for taps in [3, 7, 11] {
        for dilation in [1, 3, 5] {
            for len in (400..8000).step_by(57) {
                let conv = Conv {
                    inputs: 128,
                    outputs: 128,
                    taps,
                    dilation,
                    weights: Weights::Transformed(&[]),
                    bias: &[],
                };
                let plan = Plan::of::<Portable>(&conv, Chunks::of::<Portable>(len));
                let work = |tasks: std::ops::Range<usize>| {
                    let blocks = tasks.flat_map(|task| plan.task(task).0);
                    blocks
                        .map(|block| block.parts.max(1) * block.tiles.len())
                        .sum::<usize>()
                };
                let few = if taps == 11 { 9 } else { 3 };
                let tasks = plan.tasks();
                let (front, all) = (work(0..tasks / 2), work(0..tasks));
                // One block, with tiles of three parts where eleven taps are nested; the threads even out the rest.
                assert!(
                    (2 * front).abs_diff(all) <= few.max(all / 12),
                    "taps {taps} dilation {dilation} len {len}: {front} of {all}"
                );
            }
        }
    }
}
