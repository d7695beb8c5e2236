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
    let zero = 1 - N % 2;
    for p in (zero..N - 1).step_by(2) {
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
        let none = |row: usize| assert_eq!(t.bt[row][i], 0.0, "F({M}, {R}) row {row} entry {i}");
        match (zero, i % 2) {
            (1, 0) | (0, 1) => none(N - 1),
            (1, _) => none(0),
            _ => {}
        }
    }
}

#[test]
fn tables_compute_convolutions() {
    check(&F6_3);
    check(&F6_7);
    check(&F6_6);
}

#[test]
fn pairs_share_their_even_and_odd_halves() {
    check_pairs(&F6_3);
    check_pairs(&F6_7);
    check_pairs(&F6_6);
}

#[test]
fn packing_puts_each_weight_in_its_place() {
    // One output channel past a group of panels, two inputs, eleven taps: two halves of six.
    let (outputs, inputs, taps) = (33, 2, 11);
    let mut weights = vec![0.0; outputs * inputs * taps];
    weights[(32 * inputs + 1) * taps + 6] = 1.0; // output 32, input 1, first tap of the second half
    let packed = pack(&weights, outputs, inputs, taps).unwrap();
    assert_eq!(packed.len(), packed_len(outputs, inputs, taps).unwrap());
    assert_eq!(packed.len(), 5 * 4 * 11 * 2 * 8);
    // Four panels are the first group, the fifth is alone.
    let second = 4 * 4 * 11 * 2 * 8;
    for (at, value) in packed.iter().enumerate() {
        let mut expected = 0.0;
        if at >= second {
            let (lane, row, point) = (at % 8, at / 8 % 2, (at - second) / 16 % 11);
            let share = [0.0, 0.5, -0.5, 1.0][(at - second) / 16 / 11];
            if lane == 0 && row == 1 {
                expected = narrow(F6_6.g[point][0] * share);
            }
        }
        assert_eq!(*value, expected, "at {at}");
    }
}

#[test]
fn each_panel_has_a_place_of_its_own() {
    for (outputs, taps) in [(8, 3), (32, 3), (70, 7), (33, 11), (256, 11)] {
        let packing = Packing::of(outputs, 3, taps).unwrap();
        let mut starts = Vec::new();
        for panel in 0..packing.panels {
            for set in 0..packing.sets {
                starts.extend((0..packing.points).map(|point| packing.start(panel, set, point)));
            }
        }
        starts.sort_unstable();
        let expected: Vec<usize> = (0..starts.len()).map(|i| i * 3 * PANEL).collect();
        assert_eq!(starts, expected);
        assert_eq!(packing.floats(), Some(starts.len() * 3 * PANEL));
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
        assert!(s.taps * if s.nested { 2 } else { 1 } >= taps);
    }
}
