use proptest::prelude::*;

use super::super::tests::{config, noise};
use super::super::{Isa, Kernels, serially};
use super::*;

/// The product with sums in the order of ONNX Runtime's, by fused multiply-adds one after the other.
fn exact(input: &[f32], matrix: &[f32], depth: usize, columns: usize) -> Vec<f32> {
    let dot = |row: &[f32], column: usize| {
        let runs = row.chunks(RUN).enumerate().map(|(run, row)| {
            row.iter()
                .zip(run * RUN..)
                .fold(0.0f32, |sum, (x, k)| x.mul_add(matrix[k * columns + column], sum))
        });
        runs.reduce(|all, run| all + run).unwrap()
    };
    input
        .chunks(depth)
        .flat_map(|row| (0..columns).map(move |column| dot(row, column)))
        .collect()
}

fn run(isa: Isa, matmul: MatMul<'_>, input: &[f32], outputs: usize) -> Result<Vec<f32>, KernelError> {
    let mut output = vec![f32::NAN; outputs];
    Kernels::new(isa)
        .unwrap()
        .multiply(matmul, input, &mut output, &serially, &AtomicBool::new(false))?;
    Ok(output)
}

/// Rows, sixteenths of the depth, panels of columns.
fn shape() -> impl Strategy<Value = (usize, usize, usize)> {
    if cfg!(miri) {
        (1..12usize, 1..3usize, 1..3usize)
    } else {
        (1..70usize, 1..20usize, 1..12usize)
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn bits_are_those_of_sums_in_this_order(
        (rows, depth, panels) in shape(), seed in any::<u64>(),
    ) {
        let (depth, columns, mut seed) = (16 * depth, PANEL * panels, seed);
        let matrix = noise(&mut seed, depth * columns);
        let input = noise(&mut seed, rows * depth);
        let packed = matrix::pack(&matrix, depth, columns).unwrap();
        let matmul = MatMul { depth, columns, matrix: &packed };
        let expected = exact(&input, &matrix, depth, columns);
        for isa in [Isa::Avx512, Isa::Avx2] {
            if Kernels::new(isa).is_some() {
                prop_assert_eq!(&run(isa, matmul, &input, rows * columns).unwrap(), &expected, "{:?}", isa);
            }
        }
        // Without fused multiply-adds the same but for rounding.
        let portable = run(Isa::Portable, matmul, &input, rows * columns).unwrap();
        for (got, expected) in portable.iter().zip(&expected) {
            prop_assert!((got - expected).abs() < 1e-4 * (depth as f32).sqrt());
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let matrix = [1.0; 16 * 8];
    let good = MatMul {
        depth: 16,
        columns: 8,
        matrix: &matrix,
    };
    let run = |matmul, inputs: usize, outputs| run(Isa::Portable, matmul, &vec![1.0; inputs], outputs);
    assert_eq!(run(good, 32, 16).unwrap(), [16.0; 16]);
    assert!(run(good, 0, 0).unwrap().is_empty());
    let size = |what| Err(KernelError::Size(what));
    assert_eq!(run(good, 33, 16), size("samples"));
    assert_eq!(run(good, 32, 15), size("samples"));
    assert_eq!(run(MatMul { depth: 8, ..good }, 32, 16), size("columns"));
    assert_eq!(run(MatMul { columns: 0, ..good }, 32, 16), size("columns"));
    assert_eq!(run(MatMul { depth: 32, ..good }, 32, 8), size("weights"));
    let mut output = [0.0; 8];
    let stopped = Kernels::new(Isa::Portable).unwrap().multiply(
        good,
        &[1.0; 16],
        &mut output,
        &serially,
        &AtomicBool::new(true),
    );
    assert_eq!(stopped, Err(KernelError::Cancelled));
}
