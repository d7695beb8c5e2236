//! Gives the bias of a product to the normalisation behind it, as ONNX Runtime does by itself.
//!
//! ```text
//! MatMul ─ Add bias ─ SkipLayerNormalization(x, skip, γ, β)      →   MatMul ─ SkipLayerNormalization(x, skip, γ, β, bias)
//! ```
//!
//! ONNX Runtime adds the three in another order then, so the sums have other bits. It does so only behind a `MatMul` of its own. In
//! a graph whose products are our nodes it would not, the pitch that is computed from these sums would be rounded otherwise, and
//! after a second the sine of the vocoder's source would have another phase: 25 dB apart instead of 90. So both graphs get
//! it here. Pure: no I/O. Source: `BiasSkipLayerNormFusion` of ONNX Runtime.

use std::collections::{HashMap, HashSet};

use super::graph::{Graph, Node};
use super::skeleton::{FLOAT, Skeleton};
use super::wire::{self, Message, WireError};

/// Inputs without a bias.
const INPUTS: usize = 4;

/// Folds every such bias; returns how many.
///
/// # Errors
/// A node that is no protobuf message.
pub(super) fn fold(skeleton: &mut Skeleton) -> Result<usize, WireError> {
    let (mut changed, mut gone) = (HashMap::new(), HashSet::new());
    {
        let graph = Graph::of(skeleton)?;
        for (i, node) in graph.nodes.iter().enumerate() {
            if let Some((inputs, add)) = folded(&graph, node) {
                changed.insert(i, with_inputs(&skeleton.nodes[i], &inputs)?);
                gone.insert(add);
            }
        }
    }
    let nodes = std::mem::take(&mut skeleton.nodes);
    skeleton.nodes = nodes
        .into_iter()
        .enumerate()
        .filter(|(i, _)| !gone.contains(i))
        .map(|(i, node)| changed.remove(&i).unwrap_or(node))
        .collect();
    Ok(gone.len())
}

/// The inputs of a normalisation that takes the bias over, and the addition that goes.
fn folded(graph: &Graph<'_>, node: &Node) -> Option<(Vec<String>, usize)> {
    if node.op != "SkipLayerNormalization" || node.inputs.len() != INPUTS {
        return None;
    }
    (0..2).find_map(|place| {
        let sum = &node.inputs[place];
        graph.only_reader(sum)?;
        let (add, sum) = graph.maker(sum).filter(|(_, made)| made.op == "Add")?;
        let [a, b] = &sum.inputs[..] else { return None };
        let is_bias = |name: &str| {
            graph
                .tensor(name)
                .is_some_and(|tensor| tensor.data_type == FLOAT && tensor.dims.len() == 1)
        };
        let (product, bias) = if is_bias(b) { (a, b) } else { (b, a) };
        graph.made_by(product, "MatMul").filter(|_| is_bias(bias))?;
        let mut inputs = node.inputs.clone();
        inputs[place].clone_from(product);
        inputs.push(bias.clone());
        Some((inputs, add))
    })
}

/// The node `message` with other inputs.
fn with_inputs(message: &[u8], inputs: &[String]) -> Result<Vec<u8>, WireError> {
    let mut node = Message::default();
    for input in inputs {
        node.bytes(1, input.as_bytes());
    }
    for field in wire::fields(message) {
        let field = field?;
        if field.number != 1 {
            node.raw(field.raw);
        }
    }
    Ok(node.finish())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::fuse::tests::Writer;
    use super::super::skeleton;
    use super::*;

    fn folded(swapped: bool, tapped: bool) -> (usize, Skeleton) {
        let mut w = Writer::default();
        w.tensor("w", &[2, 3], |_| 1.0);
        w.tensor("bias", &[3], |_| 1.0);
        w.node("MatMul", &["x", "w"], "product", &[]);
        let inputs = if swapped {
            ["bias", "product"]
        } else {
            ["product", "bias"]
        };
        w.node("Add", &inputs, "sum", &[]);
        let inputs = if swapped { ["skip", "sum"] } else { ["sum", "skip"] };
        let inputs = [inputs[0], inputs[1], "gamma", "beta"];
        w.node_of("com.microsoft", "SkipLayerNormalization", &inputs, &["y".into()]);
        if tapped {
            w.node("Relu", &["sum"], "tap", &[]);
        }
        let mut skeleton = skeleton::read(Cursor::new(w.model(&["y", "tap"]))).unwrap();
        (fold(&mut skeleton).unwrap(), skeleton)
    }

    #[test]
    fn the_normalisation_takes_the_bias_over() {
        for swapped in [false, true] {
            let (count, skeleton) = folded(swapped, false);
            assert_eq!(count, 1);
            let graph = Graph::of(&skeleton).unwrap();
            let ops: Vec<&str> = graph.nodes.iter().map(|node| node.op.as_str()).collect();
            assert_eq!(ops, ["MatMul", "SkipLayerNormalization"]);
            let mut expected = ["product", "skip", "gamma", "beta", "bias"];
            if swapped {
                expected.swap(0, 1);
            }
            assert_eq!(graph.nodes[1].inputs, expected);
            assert_eq!(graph.nodes[1].domain, "com.microsoft");
        }
    }

    #[test]
    fn a_sum_that_somebody_else_reads_stays() {
        let (count, skeleton) = folded(false, true);
        assert_eq!((count, skeleton.nodes.len()), (0, 4));
    }
}
