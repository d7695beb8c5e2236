use proptest::prelude::*;

use super::super::tests::{config, noise};
use super::super::{Isa, Kernels, serially};
use super::*;

#[derive(Debug, Clone, Copy)]
struct Case {
    inputs: usize,
    channels: usize,
    taps: usize,
    stride: usize,
    samples: usize,
    seed: u64,
}

fn case() -> impl Strategy<Value = Case> {
    let samples = if cfg!(miri) { 1..20usize } else { 1..300usize };
    (
        1..20usize,
        1..12usize,
        0..6usize,
        1..11usize,
        samples,
        any::<u64>(),
    )
        .prop_map(|(inputs, channels, half, stride, samples, seed)| Case {
            inputs,
            channels,
            taps: 2 * half + 1,
            stride,
            samples,
            seed,
        })
}

/// The case by the kernels and by its definition in f64.
fn check(isa: Isa, case: Case) {
    let Case {
        inputs,
        channels,
        taps,
        stride,
        samples,
        mut seed,
    } = case;
    let outputs = channels * stride;
    let plain = noise(&mut seed, outputs * inputs * taps);
    let bias = noise(&mut seed, outputs);
    let input = noise(&mut seed, inputs * samples);
    let weights = pack(&plain, outputs, inputs, taps, stride).unwrap();
    let convolution = Convolution {
        inputs,
        taps,
        stride,
        weights: &weights,
        bias: &bias,
    };
    let mut output = vec![f32::NAN; outputs * samples];
    let never = AtomicBool::new(false);
    Kernels::new(isa)
        .unwrap()
        .convolve(convolution, &input, &mut output, &serially, &never)
        .unwrap();
    let (mut error, mut power) = (0.0, 0.0);
    for o in 0..outputs {
        for t in 0..samples {
            let mut y = f64::from(bias[o]);
            for i in 0..inputs {
                for tap in 0..taps {
                    let at = (t + tap).checked_sub(taps / 2);
                    if let Some(at) = at.filter(|at| *at < samples) {
                        y += f64::from(plain[(o * inputs + i) * taps + tap])
                            * f64::from(input[i * samples + at]);
                    }
                }
            }
            let got = f64::from(output[o / stride * samples * stride + t * stride + o % stride]);
            error += (got - y).powi(2);
            power += y * y;
        }
    }
    let decibels = 10.0 * (error / power).log10();
    assert!(
        error == 0.0 || decibels < -88.0,
        "{isa:?} {case:?}: {decibels:.1} dB"
    );
}

fn isas() -> impl Iterator<Item = Isa> {
    [Isa::Avx512, Isa::Avx2, Isa::Portable]
        .into_iter()
        .filter(|isa| Kernels::new(*isa).is_some())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_shape_is_its_definition(case in case()) {
        isas().for_each(|isa| check(isa, case));
    }
}

/// Channels enough for several groups of panels, and lengths of one block, of two and of many: the plan parts each otherwise.
#[test]
fn few_and_many_tiles_of_many_channels() {
    let lengths: &[usize] = if cfg!(miri) {
        &[5]
    } else {
        &[1, 5, 48, 97, 145, 700]
    };
    for samples in lengths {
        for isa in isas() {
            check(
                isa,
                Case {
                    inputs: 16,
                    channels: if cfg!(miri) { 36 } else { 100 },
                    taps: 3,
                    stride: 1,
                    samples: *samples,
                    seed: 7,
                },
            );
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let weights = pack(&[1.0; 4 * 2 * 3], 4, 2, 3, 2).unwrap();
    let good = Convolution {
        inputs: 2,
        taps: 3,
        stride: 2,
        weights: &weights,
        bias: &[0.0; 4],
    };
    let run = |convolution, input: &[f32], outputs: usize, cancel| {
        let mut output = vec![0.0; outputs];
        Kernels::new(Isa::Portable).unwrap().convolve(
            convolution,
            input,
            &mut output,
            &serially,
            &AtomicBool::new(cancel),
        )
    };
    assert_eq!(run(good, &[1.0; 10], 20, false), Ok(()));
    assert_eq!(run(good, &[], 0, false), Ok(()));
    assert_eq!(run(good, &[1.0; 10], 20, true), Err(KernelError::Cancelled));
    assert_eq!(run(good, &[1.0; 9], 20, false), Err(KernelError::Size("samples")));
    assert_eq!(
        run(good, &[1.0; 10], 19, false),
        Err(KernelError::Size("samples"))
    );
    let refused = |convolution| run(convolution, &[1.0; 10], 20, false).unwrap_err();
    for taps in [0, 2, 13] {
        assert_eq!(refused(Convolution { taps, ..good }), KernelError::Taps(taps));
    }
    for stride in [0, 3] {
        assert_eq!(
            refused(Convolution { stride, ..good }),
            KernelError::Size("outputs")
        );
    }
    assert_eq!(
        refused(Convolution { inputs: 3, ..good }),
        KernelError::Size("weights")
    );
    assert_eq!(
        refused(Convolution { bias: &[], ..good }),
        KernelError::Size("outputs")
    );
}
