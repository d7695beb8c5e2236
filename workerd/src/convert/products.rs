//! Finds products with constant matrices, which are those of the text encoder.
//!
//! A product of the style alone has one row. ONNX Runtime sums such a row in another order than several rows, pitch depends on
//! it, and there is nothing to gain: it stays. Pure: no I/O.

use kernels::matrix;

use super::graph::{Graph, Node};
use super::skeleton::{FLOAT, Tensor};

/// ONNX Runtime sums products of smaller matrices in another order, and there is little to gain.
const MIN_SIZE: usize = 128;

/// The input that every export of Kokoro names so.
const STYLE: &str = "style";

/// Rows times a matrix, as it stands in the graph.
#[derive(Debug, Clone)]
pub(super) struct Product<'a> {
    pub(super) input: String,
    pub(super) output: String,
    /// `[depth, columns]`; several products may have the same.
    pub(super) matrix: &'a Tensor,
    pub(super) depth: usize,
    pub(super) columns: usize,
}

pub(super) fn find<'a>(graph: &Graph<'a>) -> Vec<Product<'a>> {
    graph
        .nodes
        .iter()
        .filter_map(|node| product(graph, node))
        .collect()
}

fn product<'a>(graph: &Graph<'a>, node: &Node) -> Option<Product<'a>> {
    if node.op != "MatMul" || !node.domain.is_empty() {
        return None;
    }
    let matrix = graph
        .tensor(node.inputs.get(1)?)
        .filter(|tensor| tensor.data_type == FLOAT)?;
    let &[depth, columns] = &matrix.dims[..] else {
        return None;
    };
    let (depth, columns) = (usize::try_from(depth).ok()?, usize::try_from(columns).ok()?);
    if depth < MIN_SIZE || columns < MIN_SIZE || !matrix::fits(depth, columns) {
        return None;
    }
    let input = node.inputs.first()?;
    let behind = graph.inputs_behind(input);
    if behind.len() == 1 && behind.contains(STYLE) {
        return None;
    }
    Some(Product {
        input: input.clone(),
        output: node.outputs.first()?.clone(),
        matrix,
        depth,
        columns,
    })
}

#[cfg(test)]
mod tests;
