use super::*;

/// The tables are exact: a tile computed by them in f64 is the convolution, for any taps and data.
fn check<const M: usize, const R: usize, const N: usize>(t: &Tables<M, R, N>) {
    let x: Vec<f64> = (0..N).map(|i| ((i * 7 + 3) % 11) as f64 - 5.0).collect();
    let w: Vec<f64> = (0..R).map(|i| ((i * 5 + 1) % 7) as f64 - 3.0).collect();
    let product: Vec<f64> = (0..N)
        .map(|p| {
            let gw: f64 = (0..R).map(|r| t.g[p][r] * w[r]).sum();
            let bx: f64 = (0..N).map(|i| f64::from(t.bt[p][i]) * x[i]).sum();
            gw * bx
        })
        .collect();
    for (i, row) in t.at.iter().enumerate() {
        let y: f64 = row.iter().zip(&product).map(|(a, m)| f64::from(*a) * m).sum();
        let direct: f64 = (0..R).map(|r| w[r] * x[i + r]).sum();
        // Only the rounding of the entries to f32 is left.
        assert!(
            (y - direct).abs() < 1e-4,
            "F({M}, {R}) output {i}: {y} against {direct}"
        );
    }
}

/// The kernels rely on it: rows of a pair differ in the signs of their odd entries only, and the rows of 0 and
/// infinity have even and odd entries only.
fn check_pairs<const M: usize, const R: usize, const N: usize>(t: &Tables<M, R, N>) {
    for p in (1..N - 1).step_by(2) {
        for i in 0..N {
            let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
            assert_eq!(t.bt[p][i], sign * t.bt[p + 1][i], "F({M}, {R}) row {p} entry {i}");
        }
        for (i, row) in t.at.iter().enumerate() {
            let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
            assert_eq!(row[p], sign * row[p + 1]);
        }
    }
    for i in 0..N {
        let (zero, infinity) = (t.bt[0][i], t.bt[N - 1][i]);
        assert!(if i % 2 == 0 { infinity == 0.0 } else { zero == 0.0 });
    }
}

#[test]
fn tables_compute_convolutions() {
    check(&F6_3);
    check(&F6_7);
    check(&F7_6);
}

#[test]
fn pairs_share_their_even_and_odd_halves() {
    check_pairs(&F6_3);
    check_pairs(&F6_7);
    check_pairs(&F7_6);
}

#[test]
fn packing_puts_each_weight_in_its_place() {
    // One output channel past a panel, two inputs, eleven taps: two groups of six.
    let (outputs, inputs, taps) = (9, 2, 11);
    let mut weights = vec![0.0; outputs * inputs * taps];
    weights[(8 * inputs + 1) * taps + 6] = 1.0; // output 8, input 1, first tap of the second group
    let packed = pack(&weights, outputs, inputs, taps).unwrap();
    assert_eq!(packed.len(), packed_len(outputs, inputs, taps).unwrap());
    assert_eq!(packed.len(), 16 * 2 * 12 * 2);
    let depth = 4;
    for (at, value) in packed.iter().enumerate() {
        let (lane, row, point) = (at % 8, at / 8 % depth, at / 8 / depth % 12);
        let expected = if at / 8 / depth / 12 == 1 && lane == 0 && row == 3 {
            narrow(F7_6.g[point][0])
        } else {
            0.0
        };
        assert_eq!(*value, expected, "point {point} row {row} lane {lane}");
    }
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    assert_eq!(scheme(0), None);
    assert_eq!(scheme(MAX_TAPS + 1), None);
    assert_eq!(pack(&[0.0; 5], 1, 2, 3), None);
    assert_eq!(pack(&[], 0, 0, 3), None);
    assert_eq!(packed_len(usize::MAX, 2, 3), None);
    for taps in 1..=MAX_TAPS {
        let s = scheme(taps).unwrap();
        assert!(s.taps * s.groups >= taps && s.taps * (s.groups - 1) < taps);
    }
}
