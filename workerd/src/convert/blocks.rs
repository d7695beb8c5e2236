//! Finds the vocoder's residual blocks in a graph, by what they compute and not by their names.
//!
//! ```text
//! stage:  x ─┬─ AdaIN ─ Snake ─ Conv ─ AdaIN ─ Snake ─ Conv ─ Add ─ x′         block: three stages in a row
//!            └────────────────────────────────────────────────┘
//! AdaIN:  (1 + γ) · norm(x) + β      norm: as in `norms`; γ, β: whatever the graph makes of the style
//! Snake:  v + sin²(α v) / α          square as Pow or Mul; 1/α as Reciprocal, Div or constant
//! ```
//!
//! Sums and products are matched in either order. A normalisation may serve several blocks that share an input. Whatever is not
//! matched stays as it is; where something is nearly a block, [`find`] tells which step does not fit. Pure: no I/O; that a
//! constant 1/α fits α is checked where the data is read.

use std::collections::HashSet;

use super::graph::{Graph, Node};
use super::misfit::{At as _, Fit, Misfit, Step};
use super::norms;
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
    /// One a channel each; none are ones and zeros.
    pub(super) norm_weight: Option<&'a Tensor>,
    pub(super) norm_bias: Option<&'a Tensor>,
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

/// Two layers and the sum around them.
struct Stage<'a> {
    input: String,
    /// What the first layer makes.
    middle: String,
    /// What the second makes, before the sum.
    end: String,
    output: String,
    layers: [Layer<'a>; 2],
}

/// What was found.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// In the order of the graph.
    pub(super) blocks: Vec<Block<'a>>,
    /// Layers that are nearly those of a block, or are in none.
    pub(super) misfits: Vec<Misfit>,
}

/// All blocks of `graph`, and what is nearly one.
pub(super) fn find<'a>(graph: &Graph<'a>) -> Found<'a> {
    let outputs = graph.nodes.iter().filter_map(|node| node.outputs.first());
    let layers: Vec<(&String, Fit<Layer<'a>>)> = outputs.map(|value| (value, layer(graph, value))).collect();
    let stages: Vec<Stage<'a>> = graph.nodes.iter().filter_map(|node| stage(graph, node)).collect();
    let next = |value: &str| stages.iter().find(|stage| stage.input == value);
    let (mut blocks, mut used) = (Vec::new(), HashSet::new());
    let starts = stages
        .iter()
        .filter(|first| !stages.iter().any(|stage| stage.output == first.input));
    for first in starts {
        let mut row = vec![first];
        while let Some(stage) = row.last().and_then(|last| next(&last.output)) {
            row.push(stage);
        }
        if let Some(block) = block(&row).filter(|block| is_closed(graph, block, &row)) {
            used.extend(row.iter().flat_map(|stage| [&stage.middle, &stage.end]));
            blocks.push(block);
        }
    }
    let in_a_stage = |value: &String| {
        stages
            .iter()
            .any(|stage| [&stage.middle, &stage.end].contains(&value))
    };
    let misfits = layers.into_iter().filter_map(|(value, layer)| match layer {
        // What is no convolution of this kind, or has another activation, is no block of ours.
        Err(misfit) if misfit.step > Step::Snake => Some(misfit),
        Err(_) => None,
        Ok(_) if used.contains(value) => None,
        Ok(_) => {
            let step = if in_a_stage(value) {
                Step::Block
            } else {
                Step::Stage
            };
            Some(Misfit {
                step,
                value: value.clone(),
            })
        }
    });
    Found {
        misfits: misfits.collect(),
        blocks,
    }
}

fn block<'a>(row: &[&Stage<'a>]) -> Option<Block<'a>> {
    let (first, last) = (row.first()?, row.last()?);
    let layers: Vec<Layer<'a>> = row.iter().flat_map(|stage| stage.layers.clone()).collect();
    let like = &layers[0];
    let alike = layers.iter().all(|layer| {
        (layer.channels, layer.taps) == (like.channels, like.taps) && layer.epsilon == like.epsilon
    });
    (row.len() == STAGES && alike).then(|| Block {
        input: first.input.clone(),
        output: last.output.clone(),
        channels: like.channels,
        taps: like.taps,
        epsilon: like.epsilon,
        layers: layers.clone(),
    })
}

/// Whether nobody outside of the block reads what is inside, so that none of it has to be computed beside the block.
fn is_closed(graph: &Graph<'_>, block: &Block<'_>, row: &[&Stage<'_>]) -> bool {
    let end = graph.maker(&block.output).map(|(end, _)| end);
    let dead = graph.dead(&end.into_iter().collect(), &HashSet::from([block.input.clone()]));
    let mut inside = row.iter().flat_map(|stage| [&stage.middle, &stage.end]);
    inside.all(|value| graph.maker(value).is_some_and(|(conv, _)| dead.contains(&conv)))
}

/// The stage that ends at `node`.
fn stage<'a>(graph: &Graph<'a>, node: &Node) -> Option<Stage<'a>> {
    let output = node.outputs.first()?;
    let found = either(node, "Add", |end, around| {
        let second = layer(graph, end)?;
        let first = layer(graph, &second.source)?;
        (first.source == around).then_some(()).at(Step::Stage, end)?;
        Ok(Stage {
            input: around.to_owned(),
            middle: second.source.clone(),
            end: end.to_owned(),
            output: output.clone(),
            layers: [first, second],
        })
    });
    found.ok()
}

/// The layer whose convolution makes `value`.
fn layer<'a>(graph: &Graph<'a>, value: &str) -> Fit<Layer<'a>> {
    let conv = graph.made_by(value, "Conv").at(Step::Convolution, value)?;
    let filters = filters(graph, conv).at(Step::Convolution, value)?;
    let channels = filters.channels;
    let signal = conv.inputs.first().at(Step::Convolution, value)?;
    let (v, alpha, inverse) = snake(graph, signal, channels).at(Step::Snake, signal)?;
    let (gain, shift, norm) = adain(graph, &v, channels)?;
    Ok(Layer {
        gain,
        shift,
        norm_weight: norm.weight,
        norm_bias: norm.bias,
        alpha,
        inverse,
        weight: filters.weight,
        bias: filters.bias,
        dilation: filters.dilation,
        source: norm.source,
        taps: filters.taps,
        channels,
        epsilon: norm.epsilon,
    })
}

struct Filters<'a> {
    weight: &'a Tensor,
    bias: Option<&'a Tensor>,
    channels: usize,
    taps: usize,
    dilation: usize,
}

/// Those of a convolution that keeps length and channels.
fn filters<'a>(graph: &Graph<'a>, conv: &Node) -> Option<Filters<'a>> {
    let weight = graph
        .tensor(conv.inputs.get(1)?)
        .filter(|tensor| tensor.data_type == FLOAT)?;
    let &[outputs, inputs, taps] = &weight.dims[..] else {
        return None;
    };
    let channels = usize::try_from(inputs).ok().filter(|_| outputs == inputs)?;
    let taps = usize::try_from(taps).ok().filter(|taps| taps % 2 == 1)?;
    let dilation = conv.only("dilations", 1)?;
    let padding = (taps / 2).checked_mul(dilation)?;
    if conv.only("strides", 1)? != 1 || conv.padding()? != padding {
        return None;
    }
    let bias = match conv.inputs.get(2).filter(|name| !name.is_empty()) {
        Some(name) => Some(vector(graph, name, channels)?),
        None => None,
    };
    Some(Filters {
        weight,
        bias,
        channels,
        taps,
        dilation,
    })
}

/// What goes into the Snake that makes `value`, its α, and 1/α if that is a constant of its own.
fn snake<'a>(
    graph: &Graph<'a>,
    value: &str,
    channels: usize,
) -> Option<(String, &'a Tensor, Option<&'a Tensor>)> {
    let add = graph.made_by(value, "Add")?;
    either_way(add, "Add", |v, term| {
        let scaled = graph.maker(term)?.1;
        let (square, inverse) = match scaled.op.as_str() {
            "Mul" => either_way(scaled, "Mul", |inverse, square| {
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
        let alpha = either_way(product, "Mul", |alpha, x| {
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
    let sine = graph.squared(value)?;
    graph.made_by(sine, "Sin")?.inputs.first().map(String::as_str)
}

/// `1 + γ`, `β` and the normalisation of the AdaIN that makes `value`.
fn adain<'a>(graph: &Graph<'a>, value: &str, channels: usize) -> Fit<(String, String, norms::Norm<'a>)> {
    let sum = graph.made_by(value, "Add").at(Step::Style, value)?;
    either(sum, "Add", |product, shift| {
        let product = graph.made_by(product, "Mul").at(Step::Style, product)?;
        either(product, "Mul", |gain, normal| {
            let norm = norms::find(graph, normal, channels)?;
            // A gain or shift that depends on the signal would be something else.
            let signal = graph.inputs_behind(&norm.source);
            let of_style = |value: &str| !signal.is_subset(&graph.inputs_behind(value));
            (of_style(gain) && of_style(shift))
                .then_some(())
                .at(Step::Style, value)?;
            Ok((gain.to_owned(), shift.to_owned(), norm))
        })
    })
}

/// Tries `f` with the two inputs of a commutative `op` in both orders; of two misfits, the one that came further tells more.
pub(super) fn either<'n, T>(node: &'n Node, op: &str, f: impl Fn(&'n str, &'n str) -> Fit<T>) -> Fit<T> {
    let own = node.op == op && node.domain.is_empty();
    let [a, b] = &node.inputs[..] else {
        return None.at(Step::Convolution, "a node");
    };
    own.then_some(()).at(Step::Convolution, a)?;
    f(a, b).or_else(|first| f(b, a).map_err(|second| if second.step > first.step { second } else { first }))
}

/// As [`either`], where it does not matter why nothing fits.
fn either_way<'n, T>(node: &'n Node, op: &str, f: impl Fn(&'n str, &'n str) -> Option<T>) -> Option<T> {
    either(node, op, |a, b| f(a, b).at(Step::Convolution, a)).ok()
}

/// A constant of one float a channel.
pub(super) fn vector<'a>(graph: &Graph<'a>, value: &str, channels: usize) -> Option<&'a Tensor> {
    let tensor = graph
        .reshaped_tensor(value)
        .filter(|tensor| tensor.data_type == FLOAT)?;
    let count = tensor.dims.iter().try_fold(1i64, |n, d| n.checked_mul(*d))?;
    (usize::try_from(count) == Ok(channels)).then_some(tensor)
}
