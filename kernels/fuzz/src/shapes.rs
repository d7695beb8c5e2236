//! Convolutions and products of any shape, on every instruction set of this CPU and parted for any number of threads, against
//! their definitions in f64.
#![no_main]

mod noise;

use std::sync::atomic::AtomicBool;

use kernels::convolution::{self, Convolution};
use kernels::crew::Crew;
use kernels::matmul::MatMul;
use kernels::{Isa, Kernels, matrix, toom};
use libfuzzer_sys::fuzz_target;

use noise::noise;

/// Of the fuzzer's bytes; missing ones are 0.
struct Shape {
    inputs: usize,
    channels: usize,
    taps: usize,
    stride: usize,
    samples: usize,
    hands: usize,
    seed: u64,
}

impl Shape {
    fn of(bytes: &[u8]) -> Self {
        let byte = |i: usize| usize::from(bytes.get(i).copied().unwrap_or(0));
        Self {
            inputs: 1 + byte(0) % 70,
            channels: 1 + byte(1) % 40,
            taps: 1 + 2 * (byte(2) % 6),
            stride: 1 + byte(3) % 11,
            samples: 1 + (byte(4) | byte(5) << 8) % 600,
            hands: 1 + byte(6) % 3,
            seed: byte(7) as u64 + 1,
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let shape = Shape::of(bytes);
    let crew = Crew::new(shape.hands);
    crew.set_hands(shape.hands);
    convolve(&shape, &crew);
    multiply(&shape, &crew);
});

/// What this CPU has.
fn every_kernels() -> impl Iterator<Item = Kernels> {
    [Isa::Avx512, Isa::Avx2, Isa::Portable]
        .into_iter()
        .filter_map(Kernels::new)
}

fn convolve(shape: &Shape, crew: &Crew) {
    let &Shape {
        inputs,
        channels,
        taps,
        stride,
        samples,
        mut seed,
        ..
    } = shape;
    let outputs = channels * stride;
    let plain: Vec<f32> = noise(&mut seed, outputs * inputs * taps).collect();
    let bias: Vec<f32> = noise(&mut seed, outputs).collect();
    let input: Vec<f32> = noise(&mut seed, inputs * samples).collect();
    let weights = convolution::pack(&plain, outputs, inputs, taps, stride).expect("a shape with a scheme");
    let convolution = Convolution {
        inputs,
        taps,
        stride,
        weights: &weights,
        bias: &bias,
    };
    let exact = (0..outputs * samples).map(|at| {
        let (channel, t) = (at / (samples * stride), at % (samples * stride));
        let (o, t) = (channel * stride + t % stride, t / stride);
        let mut sum = f64::from(bias[o]);
        for i in 0..inputs {
            for tap in 0..taps {
                // Before the first sample this wraps to far past the last one.
                let from = (t + tap).wrapping_sub(taps / 2);
                if from < samples {
                    sum += f64::from(plain[(o * inputs + i) * taps + tap])
                        * f64::from(input[i * samples + from]);
                }
            }
        }
        sum
    });
    let exact: Vec<f64> = exact.collect();
    for kernels in every_kernels() {
        let mut output = vec![f32::NAN; outputs * samples];
        kernels
            .convolve(
                convolution,
                &input,
                &mut output,
                &|tasks, f| crew.run(tasks, f),
                &AtomicBool::new(false),
            )
            .expect("a convolution whose sizes fit");
        assert_near(&output, &exact);
    }
}

fn multiply(shape: &Shape, crew: &Crew) {
    let mut seed = shape.seed;
    let (rows, columns) = (shape.samples / 4 + 1, shape.channels * toom::PANEL);
    let depth = shape.inputs.next_multiple_of(matrix::DEPTH_STEP) * shape.stride;
    let plain: Vec<f32> = noise(&mut seed, depth * columns).collect();
    let input: Vec<f32> = noise(&mut seed, rows * depth).collect();
    let packed = matrix::pack(&plain, depth, columns).expect("a shape that fits");
    let matmul = MatMul {
        depth,
        columns,
        matrix: &packed,
    };
    let exact = (0..rows * columns).map(|at| {
        let (row, column) = (at / columns, at % columns);
        (0..depth)
            .map(|k| f64::from(input[row * depth + k]) * f64::from(plain[k * columns + column]))
            .sum()
    });
    let exact: Vec<f64> = exact.collect();
    for kernels in every_kernels() {
        let mut output = vec![f32::NAN; rows * columns];
        kernels
            .multiply(
                matmul,
                &input,
                &mut output,
                &|tasks, f| crew.run(tasks, f),
                &AtomicBool::new(false),
            )
            .expect("a product whose sizes fit");
        assert_near(&output, &exact);
    }
}

/// −80 dB: with few samples of a wide filter the rounding is not averaged out.
fn assert_near(output: &[f32], exact: &[f64]) {
    let (mut error, mut power) = (0.0, 0.0);
    for (got, exact) in output.iter().zip(exact) {
        error += (f64::from(*got) - exact).powi(2);
        power += exact * exact;
    }
    assert!(error <= power * 1e-8, "error {error:e} of {power:e}");
}
