//! Finds the vocoder's residual blocks in a graph, by what they compute and not by their names.
//!
//! ```text
//! stage:  x ─┬─ AdaIN ─ Snake ─ Conv ─ AdaIN ─ Snake ─ Conv ─ Add ─ x′         block: three stages in a row
//!            └────────────────────────────────────────────────┘
//! AdaIN:  (1 + γ) · InstanceNormalization(x) + β      γ, β: whatever the graph makes of the style
//! Snake:  v + sin²(α v) / α                           square as Pow or Mul; 1/α as Reciprocal, Div or constant
//! ```
//!
//! Sums and products are matched in either order. Whatever is not matched stays as it is. Pure: no I/O; that a
//! constant 1/α fits α is checked where the data is read.

use super::graph::{Attribute, Graph, Node};
use super::skeleton::{FLOAT, Tensor};

/// Stages of a block.
pub(super) const STAGES: usize = 3;

/// A residual block as it stands in the graph.
#[derive(Debug, Clone)]
pub(super) struct Block<'a> {
    pub(super) input: String,
    pub(super) output: String,
    pub(super) channels: usize,
    pub(super) taps: usize,
    pub(super) epsilon: f32,
    /// Two a stage.
    pub(super) layers: Vec<Layer<'a>>,
}

/// AdaIN, Snake and convolution.
#[derive(Debug, Clone)]
pub(super) struct Layer<'a> {
    /// The values `1 + γ` and `β`, `[1, channels, 1]`.
    pub(super) gain: String,
    pub(super) shift: String,
    pub(super) norm_weight: &'a Tensor,
    pub(super) norm_bias: &'a Tensor,
    pub(super) alpha: &'a Tensor,
    /// `1 / α` where the graph holds it as a constant.
    pub(super) inverse: Option<&'a Tensor>,
    /// `[channels, channels, taps]`
    pub(super) weight: &'a Tensor,
    pub(super) bias: Option<&'a Tensor>,
    pub(super) dilation: usize,
    source: String,
    taps: usize,
    channels: usize,
    epsilon: f32,
}

struct Stage<'a> {
    input: String,
    output: String,
    layers: [Layer<'a>; 2],
}

/// All blocks of `graph`, in its order.
pub(super) fn find<'a>(graph: &Graph<'a>) -> Vec<Block<'a>> {
    let stages: Vec<Stage<'a>> = graph.nodes.iter().filter_map(|node| stage(graph, node)).collect();
    let next = |value: &str| {
        stages
            .iter()
            .find(|stage| stage.input == value && graph.uses(value) == 2)
    };
    stages
        .iter()
        .filter(|first| !stages.iter().any(|stage| stage.output == first.input))
        .filter_map(|first| {
            let mut row = vec![first];
            while let Some(stage) = row.last().and_then(|last| next(&last.output)) {
                row.push(stage);
            }
            block(&row)
        })
        .collect()
}

fn block<'a>(row: &[&Stage<'a>]) -> Option<Block<'a>> {
    let (first, last) = (row.first()?, row.last()?);
    let layers: Vec<Layer<'a>> = row.iter().flat_map(|stage| stage.layers.clone()).collect();
    let like = &layers[0];
    let alike = layers.iter().all(|layer| {
        (layer.channels, layer.taps) == (like.channels, like.taps) && layer.epsilon == like.epsilon
    });
    (row.len() == STAGES && alike && like.taps % 2 == 1).then(|| Block {
        input: first.input.clone(),
        output: last.output.clone(),
        channels: like.channels,
        taps: like.taps,
        epsilon: like.epsilon,
        layers: layers.clone(),
    })
}

/// The stage that ends at `node`.
fn stage<'a>(graph: &Graph<'a>, node: &Node) -> Option<Stage<'a>> {
    let output = node.outputs.first()?;
    either(node, "Add", |through, around| {
        let second = layer(graph, through)?;
        let first = layer(graph, &second.source)?;
        let own = graph.uses(through) == 1 && graph.uses(&second.source) == 1;
        (own && first.source == around).then(|| Stage {
            input: around.to_owned(),
            output: output.clone(),
            layers: [first, second],
        })
    })
}

/// The layer whose convolution makes `value`.
fn layer<'a>(graph: &Graph<'a>, value: &str) -> Option<Layer<'a>> {
    let conv = graph.made_by(value, "Conv")?;
    let weight = graph
        .tensor(conv.inputs.get(1)?)
        .filter(|tensor| tensor.data_type == FLOAT)?;
    let &[outputs, inputs, taps] = &weight.dims[..] else {
        return None;
    };
    let channels = usize::try_from(inputs).ok().filter(|_| outputs == inputs)?;
    let taps = usize::try_from(taps).ok()?;
    let dilation = conv.only("dilations", 1)?;
    let padding = (taps.checked_sub(1)? / 2).checked_mul(dilation)?;
    if conv.only("strides", 1)? != 1 || conv.padding()? != padding {
        return None;
    }
    let bias = match conv.inputs.get(2).filter(|name| !name.is_empty()) {
        Some(name) => Some(vector(graph, name, channels)?),
        None => None,
    };
    let (v, alpha, inverse) = snake(graph, conv.inputs.first()?, channels)?;
    let (gain, shift, norm) = adain(graph, &v)?;
    let epsilon = match norm.attributes.get("epsilon") {
        Some(Attribute::Float(epsilon)) => *epsilon,
        None => 1e-5,
        Some(_) => return None,
    };
    Some(Layer {
        gain,
        shift,
        norm_weight: vector(graph, norm.inputs.get(1)?, channels)?,
        norm_bias: vector(graph, norm.inputs.get(2)?, channels)?,
        alpha,
        inverse,
        weight,
        bias,
        dilation,
        source: norm.inputs.first()?.clone(),
        taps,
        channels,
        epsilon,
    })
}

/// What goes into the Snake that makes `value`, its α, and 1/α if that is a constant of its own.
fn snake<'a>(
    graph: &Graph<'a>,
    value: &str,
    channels: usize,
) -> Option<(String, &'a Tensor, Option<&'a Tensor>)> {
    let add = graph.made_by(value, "Add")?;
    either(add, "Add", |v, term| {
        let scaled = graph.maker(term)?.1;
        let (square, inverse) = match scaled.op.as_str() {
            "Mul" => either(scaled, "Mul", |inverse, square| {
                let inverse = Inverse::of(graph, inverse, channels)?;
                sine(graph, square).map(|_| (square.to_owned(), inverse))
            })?,
            "Div" => {
                let alpha = vector(graph, scaled.inputs.get(1)?, channels)?;
                (scaled.inputs.first()?.clone(), Inverse::Of(alpha))
            }
            _ => return None,
        };
        let product = graph.made_by(sine(graph, &square)?, "Mul")?;
        let alpha = either(product, "Mul", |alpha, x| {
            (x == v).then(|| vector(graph, alpha, channels)).flatten()
        })?;
        match inverse {
            Inverse::Of(same) => (same == alpha).then(|| (v.to_owned(), alpha, None)),
            Inverse::Constant(inverse) => Some((v.to_owned(), alpha, Some(inverse))),
        }
    })
}

/// Ways to have 1/α.
#[derive(Clone, Copy)]
enum Inverse<'a> {
    Of(&'a Tensor),
    Constant(&'a Tensor),
}

impl<'a> Inverse<'a> {
    fn of(graph: &Graph<'a>, value: &str, channels: usize) -> Option<Self> {
        if let Some(constant) = vector(graph, value, channels) {
            return Some(Self::Constant(constant));
        }
        let node = graph.maker(value)?.1;
        let alpha = match node.op.as_str() {
            "Reciprocal" => node.inputs.first()?,
            "Div" if graph.number(node.inputs.first()?) == Some(1.0) => node.inputs.get(1)?,
            "Pow" if graph.number(node.inputs.get(1)?) == Some(-1.0) => node.inputs.first()?,
            _ => return None,
        };
        vector(graph, alpha, channels).map(Self::Of)
    }
}

/// What goes into the sine whose square `value` is.
fn sine<'g>(graph: &'g Graph<'_>, value: &str) -> Option<&'g str> {
    let square = graph.maker(value)?.1;
    let sine = square.inputs.first()?;
    let squared = match square.op.as_str() {
        "Pow" => graph.number(square.inputs.get(1)?) == Some(2.0),
        "Mul" => square.inputs.get(1) == Some(sine),
        _ => false,
    };
    let argument = graph.made_by(sine, "Sin")?.inputs.first()?;
    squared.then_some(argument.as_str())
}

/// `1 + γ`, `β` and the instance normalisation of the AdaIN that makes `value`.
fn adain<'g>(graph: &'g Graph<'_>, value: &str) -> Option<(String, String, &'g Node)> {
    either(graph.made_by(value, "Add")?, "Add", |product, shift| {
        either(graph.made_by(product, "Mul")?, "Mul", |gain, normal| {
            let norm = graph.made_by(normal, "InstanceNormalization")?;
            // A gain that is itself a signal would be something else.
            (graph.uses(normal) == 1).then(|| (gain.to_owned(), shift.to_owned(), norm))
        })
    })
}

/// Tries `f` with the two inputs of a commutative `op` in both orders.
fn either<'n, T>(node: &'n Node, op: &str, f: impl Fn(&'n str, &'n str) -> Option<T>) -> Option<T> {
    let [a, b] = &node.inputs[..] else { return None };
    if node.op != op || !node.domain.is_empty() {
        return None;
    }
    f(a, b).or_else(|| f(b, a))
}

/// A constant of one float a channel.
pub(super) fn vector<'a>(graph: &Graph<'a>, value: &str, channels: usize) -> Option<&'a Tensor> {
    let tensor = graph
        .reshaped_tensor(value)
        .filter(|tensor| tensor.data_type == FLOAT)?;
    let count = tensor.dims.iter().try_fold(1i64, |n, d| n.checked_mul(*d))?;
    (usize::try_from(count) == Ok(channels)).then_some(tensor)
}
