//! From a graph that multiplies 8-bit integers to the float graph of the same weights.
//!
//! The public int8 file of Kokoro is quantised dynamically: before each product the signal is rounded to 8 bits, after it the
//! integers are scaled back. On a CPU that costs more time than float products, and the rounding is heard. So every product
//! becomes the float one, with the weights that the 8 bits stand for:
//!
//! ```text
//! x ─ DynamicQuantizeLinear ─ ConvInteger ─ [Add bias, rounded at run time] ─ Cast ─ Mul scales ─ y      →   x ─ Conv ─ y
//! x ─ DynamicQuantizeLinear ─ MatMulInteger ─ Cast ─ Mul scales ─ y                                    →   x ─ MatMul ─ y
//! x ─ DynamicQuantizeLSTM (weights transposed) ─ y                                                     →   x ─ LSTM ─ y
//! ```
//!
//! `Gather` of 8-bit embeddings stays: what follows it, `DequantizeLinear`, costs nothing. The floats are made when a tensor is
//! written, one tensor in memory at a time. Pure: no I/O. Source: ONNX operators `DynamicQuantizeLinear`, `ConvInteger`,
//! `MatMulInteger`; ONNX Runtime's contrib operator `DynamicQuantizeLSTM`.

use std::collections::{HashMap, HashSet};

use super::data::{Layout, Quantised};
use super::graph::{Attribute, Graph, Node};
use super::skeleton::{FLOAT, INT8, Skeleton, Tensor, UINT8};
use super::wire::{self, Message, WireError};

/// ONNX Runtime's own domain.
const CONTRIB: &str = "com.microsoft";
/// `TensorProto.DataType` in a `Cast`.
const TO_FLOAT: i64 = 1;

/// Replaces every quantised product of `skeleton`. Returns how many; none is a graph without such products, which stays as it is.
///
/// # Errors
/// A node that is no protobuf message.
pub(super) fn dequantise(skeleton: &mut Skeleton) -> Result<usize, WireError> {
    let (nodes, tensors, count) = {
        let graph = Graph::of(skeleton)?;
        let (mut replaced, mut kept) = (HashMap::new(), HashSet::new());
        let mut made: HashMap<String, Tensor> = HashMap::new();
        for (i, node) in graph.nodes.iter().enumerate() {
            let Some(float) = product(&graph, node).or_else(|| lstm(&graph, node)) else {
                continue;
            };
            let Some((end, _)) = graph.maker(&float.output) else {
                continue;
            };
            kept.extend(float.inputs.iter().cloned());
            replaced.insert(end, float.message(&skeleton.nodes[i])?);
            made.extend(
                float
                    .weights
                    .into_iter()
                    .map(|tensor| (tensor.name.clone(), tensor)),
            );
        }
        let dead = graph.dead(&replaced.keys().copied().collect(), &kept);
        let count = replaced.len();
        let (mut nodes, mut read) = (Vec::new(), HashSet::new());
        for (i, message) in skeleton.nodes.iter().enumerate() {
            if let Some(float) = replaced.remove(&i) {
                nodes.push(float);
            } else if !dead.contains(&i) {
                nodes.push(message.clone());
                read.extend(graph.nodes[i].reads().map(str::to_owned));
            }
        }
        let needed = |tensor: &&Tensor| {
            let name = &tensor.name;
            read.contains(name) || kept.contains(name) || graph.is_result(name) || graph.uses(name) == 0
        };
        let mut tensors: Vec<Tensor> = skeleton.tensors.iter().filter(needed).cloned().collect();
        let mut made: Vec<Tensor> = made.into_values().collect();
        made.sort_by(|a, b| a.name.cmp(&b.name));
        tensors.extend(made);
        (nodes, tensors, count)
    };
    if count > 0 {
        skeleton.nodes = nodes;
        skeleton.tensors = tensors;
    }
    Ok(count)
}

/// A float operator in the place of a quantised one.
struct Float {
    op: &'static str,
    inputs: Vec<String>,
    outputs: Vec<String>,
    /// The value at whose place in the graph it stands.
    output: String,
    weights: Vec<Tensor>,
}

impl Float {
    /// Its `NodeProto`, with the attributes of the quantised one.
    fn message(&self, quantised: &[u8]) -> Result<Vec<u8>, WireError> {
        let mut node = Message::default();
        for input in &self.inputs {
            node.bytes(1, input.as_bytes());
        }
        for output in &self.outputs {
            node.bytes(2, output.as_bytes());
        }
        node.bytes(3, self.output.as_bytes()).bytes(4, self.op.as_bytes());
        for field in wire::fields(quantised) {
            let field = field?;
            if field.number == 5 {
                node.raw(field.raw);
            }
        }
        Ok(node.finish())
    }
}

fn product(graph: &Graph<'_>, node: &Node) -> Option<Float> {
    let (op, layout) = match node.op.as_str() {
        "ConvInteger" => ("Conv", Layout::First),
        "MatMulInteger" => ("MatMul", Layout::Last),
        _ => return None,
    };
    let rounded = graph.made_by(node.inputs.first()?, "DynamicQuantizeLinear")?;
    // The scale and zero point of the signal must be those that it was rounded by.
    let [_, signal_scale, signal_zero] = &rounded.outputs[..] else {
        return None;
    };
    if !node.domain.is_empty() || node.inputs.get(2) != Some(signal_zero) {
        return None;
    }
    let weights = eight_bits(graph, node.inputs.get(1)?)?;
    let zero_point = match node.inputs.get(3).filter(|name| !name.is_empty()) {
        Some(name) => Some(eight_bits(graph, name)?.clone()),
        None => None,
    };

    let mut value = node.outputs.first()?;
    let mut bias = None;
    let mut reader = graph.only_reader(value)?;
    if reader.op == "Add" {
        let channels = *weights.dims.first()?;
        let other = reader.inputs.iter().find(|input| *input != value)?;
        bias = Some(bias_behind(graph, other, channels)?);
        value = reader.outputs.first()?;
        reader = graph.only_reader(value)?;
    }
    if reader.op != "Cast" || reader.attributes.get("to") != Some(&Attribute::Int(TO_FLOAT)) {
        return None;
    }
    value = reader.outputs.first()?;
    let scaled = graph.only_reader(value).filter(|node| node.op == "Mul")?;
    let scales = graph.made_by(scaled.inputs.iter().find(|input| *input != value)?, "Mul")?;
    let scale = match &scales.inputs[..] {
        [a, b] if a == signal_scale => graph.tensor(b)?,
        [a, b] if b == signal_scale => graph.tensor(a)?,
        _ => return None,
    };
    let float = float_tensor(weights, weights.dims.clone(), scale, zero_point, layout);
    let mut inputs = vec![rounded.inputs.first()?.clone(), float.name.clone()];
    inputs.extend(bias);
    let output = scaled.outputs.first()?.clone();
    Some(Float {
        op,
        inputs,
        outputs: vec![output.clone()],
        output,
        weights: vec![float],
    })
}

fn lstm(graph: &Graph<'_>, node: &Node) -> Option<Float> {
    if node.op != "DynamicQuantizeLSTM" || node.domain != CONTRIB {
        return None;
    }
    // X, W, R, B, sequence_lens, initial_h, initial_c, P; then scale and zero point of W and of R.
    let name = |i: usize| node.inputs.get(i).map_or("", String::as_str);
    let turned = |weights: &str, scale: &str, zero: &str| {
        let weights = eight_bits(graph, weights)?;
        let &[directions, inputs, gates] = &weights.dims[..] else {
            return None;
        };
        let zero = eight_bits(graph, zero)?.clone();
        let dims = vec![directions, gates, inputs];
        Some(float_tensor(
            weights,
            dims,
            graph.tensor(scale)?,
            Some(zero),
            Layout::Gates,
        ))
    };
    let (w, r) = (
        turned(name(1), name(8), name(9))?,
        turned(name(2), name(10), name(11))?,
    );
    let mut inputs = vec![name(0).to_owned(), w.name.clone(), r.name.clone()];
    inputs.extend((3..8).map(|i| name(i).to_owned()));
    while inputs.last().is_some_and(String::is_empty) {
        inputs.pop();
    }
    let output = node.outputs.iter().find(|output| !output.is_empty())?.clone();
    Some(Float {
        op: "LSTM",
        inputs,
        outputs: node.outputs.clone(),
        output,
        weights: vec![w, r],
    })
}

/// The name of the float vector of `channels` that an integer bias is rounded from.
fn bias_behind(graph: &Graph<'_>, value: &str, channels: i64) -> Option<String> {
    const DEEP: usize = 8;
    let mut value = value;
    for _ in 0..DEEP {
        let (_, node) = graph.maker(value)?;
        let vector = |name: &&String| {
            graph
                .tensor(name)
                .is_some_and(|tensor| tensor.data_type == FLOAT && tensor.dims == [channels])
        };
        if let Some(bias) = node.inputs.iter().find(vector) {
            return Some(bias.clone());
        }
        value = node.inputs.iter().find(|input| graph.maker(input).is_some())?;
    }
    None
}

fn eight_bits<'a>(graph: &Graph<'a>, name: &str) -> Option<&'a Tensor> {
    graph
        .tensor(name)
        .filter(|tensor| matches!(tensor.data_type, UINT8 | INT8))
}

/// A float tensor made of 8-bit weights when it is written.
fn float_tensor(
    weights: &Tensor,
    dims: Vec<i64>,
    scale: &Tensor,
    zero_point: Option<Tensor>,
    layout: Layout,
) -> Tensor {
    let name = format!("{}/float", weights.name);
    let mut message = Message::default();
    for d in &dims {
        message.uint(1, d.cast_unsigned());
    }
    message.uint(2, FLOAT).bytes(8, name.as_bytes());
    Tensor {
        name,
        dims,
        data_type: FLOAT,
        message: message.finish(),
        place: None,
        quantised: Some(Box::new(Quantised {
            weights: weights.clone(),
            scale: scale.clone(),
            zero_point,
            layout,
        })),
    }
}

#[cfg(test)]
mod tests;
