//! Finds instance normalisations: `(x − mean) / √(variance + ε)` over time, a channel at a time.
//!
//! Exporters write them as the operator `InstanceNormalization`, or as what it computes:
//!
//! ```text
//! d = Sub(x, ReduceMean(x));  variance = ReduceMean(d · d);  Div(d, Sqrt(variance + ε))
//! ```
//!
//! with `d · d` as `Mul` or `Pow`, the root as `Sqrt` or `Pow` of ½, the division as `Div` or as `Mul` with a `Reciprocal`, with
//! `Div(1, …)` or with `Pow` of −½, the axis as an attribute or (from opset 18 on) as an input, counted from either end. The
//! variance is that of the whole, not of a sample: divided by the number of samples. A weight and an offset a channel may
//! follow. Pure: no I/O.

use super::blocks::{either, vector};
use super::graph::{Attribute, Graph, Node};
use super::misfit::{At as _, Fit, Misfit, Step};
use super::skeleton::Tensor;

/// A found normalisation.
#[derive(Debug, Clone)]
pub(super) struct Norm<'a> {
    pub(super) source: String,
    /// One a channel each; none are ones and zeros.
    pub(super) weight: Option<&'a Tensor>,
    pub(super) bias: Option<&'a Tensor>,
    pub(super) epsilon: f32,
}

/// The normalisation that makes `value`, of a signal with `channels`.
pub(super) fn find<'a>(graph: &Graph<'a>, value: &str, channels: usize) -> Fit<Norm<'a>> {
    let node = graph
        .maker(value)
        .map(|(_, node)| node)
        .at(Step::Deviation, value)?;
    if node.op == "InstanceNormalization" && node.domain.is_empty() {
        return operator(graph, node, channels).at(Step::Deviation, value);
    }
    let constant = |name: &str| vector(graph, name, channels);
    let affine = either(node, "Add", |product, bias| {
        let bias = constant(bias).at(Step::Deviation, value)?;
        let product = graph.made_by(product, "Mul").at(Step::Deviation, value)?;
        either(product, "Mul", |normal, weight| {
            let weight = constant(weight).at(Step::Deviation, value)?;
            let norm = chain(graph, normal)?;
            Ok(Norm {
                weight: Some(weight),
                bias: Some(bias),
                ..norm
            })
        })
    });
    match affine {
        Ok(norm) => Ok(norm),
        Err(_) => chain(graph, value),
    }
}

fn operator<'a>(graph: &Graph<'a>, node: &Node, channels: usize) -> Option<Norm<'a>> {
    let epsilon = match node.attributes.get("epsilon") {
        Some(Attribute::Float(epsilon)) => *epsilon,
        None => 1e-5,
        Some(_) => return None,
    };
    Some(Norm {
        source: node.inputs.first()?.clone(),
        weight: Some(vector(graph, node.inputs.get(1)?, channels)?),
        bias: Some(vector(graph, node.inputs.get(2)?, channels)?),
        epsilon,
    })
}

/// The chain of operators that ends in `value`.
fn chain<'a>(graph: &Graph<'a>, value: &str) -> Fit<Norm<'a>> {
    let (_, node) = graph.maker(value).at(Step::Deviation, value)?;
    let (deviation, inside) = match node.op.as_str() {
        "Div" => {
            let [deviation, root] = &node.inputs[..] else {
                return Err(misfit(Step::Deviation, value));
            };
            (
                deviation.as_str(),
                root_of(graph, root, 0.5).at(Step::Variance, root)?,
            )
        }
        "Mul" => either(node, "Mul", |deviation, inverse| {
            let inside = inverse_root(graph, inverse).at(Step::Variance, inverse)?;
            Ok((deviation, inside))
        })?,
        _ => return Err(misfit(Step::Deviation, value)),
    };
    let source = deviation_of(graph, deviation).at(Step::Mean, deviation)?;
    let sum = graph.made_by(inside, "Add").at(Step::Variance, inside)?;
    let (variance, epsilon) = either(sum, "Add", |variance, epsilon| {
        let epsilon = graph.number(epsilon).at(Step::Variance, epsilon)?;
        Ok((variance, epsilon))
    })?;
    let square = mean_over_time(graph, variance).at(Step::Variance, variance)?;
    graph
        .squared(square)
        // Exporters write the same deviation once or twice.
        .filter(|of| *of == deviation || deviation_of(graph, of) == Some(source))
        .at(Step::Variance, square)?;
    #[expect(clippy::cast_possible_truncation, reason = "it was a float before")]
    let epsilon = epsilon as f32;
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(misfit(Step::Variance, inside));
    }
    Ok(Norm {
        source: source.to_owned(),
        weight: None,
        bias: None,
        epsilon,
    })
}

fn misfit(step: Step, value: &str) -> Misfit {
    Misfit {
        step,
        value: value.to_owned(),
    }
}

/// What `value` is the root of.
fn root_of<'g>(graph: &'g Graph<'_>, value: &str, power: f64) -> Option<&'g str> {
    let (_, node) = graph.maker(value)?;
    let inside = node.inputs.first()?;
    match node.op.as_str() {
        "Sqrt" if power > 0.0 => Some(inside),
        "Pow" if graph.number(node.inputs.get(1)?) == Some(power) => Some(inside),
        _ => None,
    }
}

/// What `value` is one by the root of.
fn inverse_root<'g>(graph: &'g Graph<'_>, value: &str) -> Option<&'g str> {
    let (_, node) = graph.maker(value)?;
    match node.op.as_str() {
        "Reciprocal" => root_of(graph, node.inputs.first()?, 0.5),
        "Div" if graph.number(node.inputs.first()?) == Some(1.0) => root_of(graph, node.inputs.get(1)?, 0.5),
        _ => root_of(graph, value, -0.5),
    }
}

/// The signal of which `value` is the deviation from its mean.
fn deviation_of<'g>(graph: &'g Graph<'_>, value: &str) -> Option<&'g str> {
    let [x, mean] = &graph.made_by(value, "Sub")?.inputs[..] else {
        return None;
    };
    (mean_over_time(graph, mean)? == x).then_some(x.as_str())
}

/// What `value` is the mean of, over the last of three axes, which it keeps.
fn mean_over_time<'g>(graph: &'g Graph<'_>, value: &str) -> Option<&'g str> {
    const LAST: [i64; 2] = [2, -1];
    let node = graph.made_by(value, "ReduceMean")?;
    let keeps = !matches!(node.attributes.get("keepdims"), Some(Attribute::Int(0)));
    let by_attribute = node
        .ints("axes")
        .map(|axes| matches!(axes, [axis] if LAST.contains(axis)));
    let last = match (by_attribute, node.inputs.get(1)) {
        (Some(last), None) => last,
        #[expect(clippy::cast_precision_loss, reason = "a small whole number")]
        (None, Some(axes)) => LAST.iter().any(|last| graph.number(axes) == Some(*last as f64)),
        _ => false,
    };
    let x = node.inputs.first()?;
    (keeps && last).then_some(x.as_str())
}
