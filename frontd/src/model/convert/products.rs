//! Finds products with constant matrices, which are those of the text encoder. Pure: no I/O.

use common::matrix;

use super::graph::{Graph, Node};
use super::skeleton::{FLOAT, Tensor};

/// ONNX Runtime sums products of smaller matrices in another order, and there is little to gain.
const MIN_SIZE: usize = 128;

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
    Some(Product {
        input: node.inputs.first()?.clone(),
        output: node.outputs.first()?.clone(),
        matrix,
        depth,
        columns,
    })
}

#[cfg(test)]
mod tests;
