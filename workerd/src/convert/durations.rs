//! Finds the frames of each token, which every export of Kokoro computes and few give out.
//!
//! ```text
//! Sigmoid ─ ReduceSum ─ Div speed ─ Round ─ Clip (at least 1) ─ Cast ─ … ─ the alignment of tokens and frames
//! ```
//!
//! Source: `KModel.forward_with_tokens` of the reference implementation (hexgrad/kokoro): durations are the rounded sum over the
//! sigmoids of 50 steps, divided by the speed. Pure: no I/O.

use super::fuse;
use super::graph::{Graph, Node};
use super::skeleton::Skeleton;
use super::wire::{Message, WireError};

/// The output that we give the durations.
pub(super) const NAME: &str = "durations";
/// Outputs that exporters give the durations under, ours first.
const NAMES: [&str; 3] = [NAME, "duration", "pred_dur"];

/// `TensorProto.DataType` of floats, in a `Cast`.
const TO_FLOAT: usize = 1;

/// Makes the durations an output of the graph, where they are none yet. Returns whether they are one.
///
/// # Errors
/// A node that is no protobuf message.
pub(super) fn give_out(skeleton: &mut Skeleton) -> Result<bool, WireError> {
    let found = {
        let graph = Graph::of(skeleton)?;
        if NAMES.iter().any(|name| graph.is_result(name)) {
            return Ok(true);
        }
        // A value that has our name already is something else.
        if graph.maker(NAME).is_some() || graph.uses(NAME) > 0 {
            return Ok(false);
        }
        find(&graph)
    };
    let Some(durations) = found else {
        return Ok(false);
    };
    let mut node = Message::default();
    node.bytes(1, durations.as_bytes())
        .bytes(2, NAME.as_bytes())
        .bytes(4, b"Cast");
    node.bytes(5, fuse::int("to", TO_FLOAT).as_bytes());
    skeleton.nodes.push(node.finish());
    // ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1; its elem_type 1. The graph's outputs are field 12.
    let mut tensor = Message::default();
    tensor.uint(1, 1);
    let mut kind = Message::default();
    kind.bytes(1, tensor.as_bytes());
    let mut value = Message::default();
    value.bytes(1, NAME.as_bytes()).bytes(2, kind.as_bytes());
    let mut output = Message::default();
    output.bytes(12, value.as_bytes());
    skeleton.graph.extend(output.finish());
    Ok(true)
}

/// The value that holds the rounded durations, before the alignment is made of them.
fn find(graph: &Graph<'_>) -> Option<String> {
    let rounded = graph
        .nodes
        .iter()
        .find(|node| is_rounded(graph, node).is_some())?;
    let mut value = rounded.outputs.first()?;
    // The bound from below may be written as Clip or Max.
    while let Some(bound) = graph
        .only_reader(value)
        .filter(|node| ["Clip", "Max", "Cast"].contains(&node.op.as_str()))
    {
        value = bound.outputs.first()?;
    }
    Some(value.clone())
}

/// Whether `node` rounds a sum of sigmoids that is divided by something.
fn is_rounded(graph: &Graph<'_>, node: &Node) -> Option<()> {
    if node.op != "Round" || !node.domain.is_empty() {
        return None;
    }
    let divided = graph.made_by(node.inputs.first()?, "Div")?;
    let sum = graph.made_by(divided.inputs.first()?, "ReduceSum")?;
    graph.made_by(sum.inputs.first()?, "Sigmoid").map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::super::fuse::tests::Writer;
    use super::super::skeleton;
    use super::*;

    fn skeleton(divide: &str, outputs: &[&str]) -> Skeleton {
        let mut w = Writer::default();
        w.tensor("one", &[], |_| 1.0);
        w.node("Sigmoid", &["steps"], "sigmoid", &[]);
        w.node("ReduceSum", &["sigmoid", "axes"], "sum", &[]);
        w.node(divide, &["sum", "speed"], "divided", &[]);
        w.node("Round", &["divided"], "rounded", &[]);
        w.node("Clip", &["rounded", "one", ""], "frames", &[]);
        w.node("Gather", &["frames", "zero"], "row", &[]);
        w.node("CumSum", &["row", "axis"], "ends", &[]);
        let model = w.model(outputs);
        skeleton::read(std::io::Cursor::new(model)).unwrap()
    }

    #[test]
    fn rounded_durations_become_an_output() {
        let mut found = skeleton("Div", &["ends"]);
        assert_eq!(give_out(&mut found), Ok(true));
        let graph = Graph::of(&found).unwrap();
        assert!(graph.is_result("durations") && graph.is_result("ends"));
        assert_eq!(graph.maker("durations").unwrap().1.inputs, ["frames"]);
        // What is one already stays the only one.
        let nodes = found.nodes.len();
        assert_eq!(give_out(&mut found), Ok(true));
        assert_eq!(found.nodes.len(), nodes);
    }

    #[test]
    fn another_structure_has_none() {
        let mut other = skeleton("Mul", &["ends"]);
        assert_eq!(give_out(&mut other), Ok(false));
        assert_eq!(other, skeleton("Mul", &["ends"]));
    }
}
