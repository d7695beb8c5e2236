//! Constant matrices, packed for products with rows.

use super::toom::PANEL;

/// The depth is a multiple of this: the lanes of the widest vector.
pub const DEPTH_STEP: usize = 16;

/// Whether a matrix `[depth][columns]` has a packed form.
#[must_use]
pub const fn fits(depth: usize, columns: usize) -> bool {
    depth > 0 && columns > 0 && depth.is_multiple_of(DEPTH_STEP) && columns.is_multiple_of(PANEL)
}

/// `[depth][columns]` as `[panel][depth][PANEL]`: the columns of a panel side by side, in the order in which products read
/// them. `None` when the shape does not fit the data or [`fits`] says no.
#[must_use]
pub fn pack(matrix: &[f32], depth: usize, columns: usize) -> Option<Vec<f32>> {
    if !fits(depth, columns) || matrix.len() != depth.checked_mul(columns)? {
        return None;
    }
    let mut packed = Vec::with_capacity(matrix.len());
    for panel in 0..columns / PANEL {
        for row in matrix.chunks_exact(columns) {
            packed.extend_from_slice(&row[panel * PANEL..][..PANEL]);
        }
    }
    Some(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_a_panel_lie_side_by_side() {
        let (depth, columns) = (16, 24);
        let matrix: Vec<f32> = (0..depth * columns).map(|i| i as f32).collect();
        let packed = pack(&matrix, depth, columns).unwrap();
        for (at, value) in packed.iter().enumerate() {
            let (panel, row, lane) = (at / PANEL / depth, at / PANEL % depth, at % PANEL);
            assert_eq!(*value, matrix[row * columns + panel * PANEL + lane]);
        }
        assert_eq!(pack(&matrix[1..], depth, columns), None);
        assert_eq!(pack(&matrix, 12, 32), None);
        assert_eq!(pack(&matrix, 32, 12), None);
        assert_eq!(pack(&[], 0, 8), None);
    }
}
