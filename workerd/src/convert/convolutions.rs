//! Finds convolutions outside of residual blocks that workerd's kernels compute with fewer multiplications: those of the
//! decoder, and the transposed ones between the vocoder's stages.
//!
//! A transposed convolution of stride `s` and padding `p` with `s + 2p` taps makes `s` samples of one: sample `s·t + r` is made
//! of its taps `r + p + s − s·j` and samples `t + j − 1` of the input, for `j` of 0, 1 and 2. So phase `r` of the output is a
//! convolution of three taps, some of them zero.
//!
//! What the phase of the sine source is computed from stays with ONNX Runtime: the phase is a sum over the whole
//! segment, and a pitch that is rounded otherwise would move it until the samples have nothing in common. The source is
//! known by its `CumSum`. Pure: no I/O.

use std::collections::HashSet;

use super::blocks::vector;
use super::graph::{Graph, Node};
use super::skeleton::{FLOAT, Tensor};

/// With fewer inputs the transforms cost more than the products save.
const MIN_INPUTS: usize = 128;
/// Filters that fill their scheme ([`kernels::toom::scheme`]).
const TAPS: [usize; 3] = [3, 7, 11];
/// Taps of a phase of a transposed convolution.
const PHASE_TAPS: usize = 3;

/// A convolution as it stands in the graph.
#[derive(Debug, Clone)]
pub(super) struct Convolution<'a> {
    pub(super) input: String,
    pub(super) output: String,
    pub(super) inputs: usize,
    pub(super) channels: usize,
    /// `[channels, inputs, taps]`, of a transposed one `[inputs, channels, taps]`.
    pub(super) weight: &'a Tensor,
    pub(super) bias: Option<&'a Tensor>,
    taps: usize,
    /// Stride and padding of a transposed one.
    transposed: Option<(usize, usize)>,
}

/// All such convolutions of `graph` but the nodes in `gone`.
pub(super) fn find<'a>(graph: &Graph<'a>, gone: &HashSet<usize>) -> Vec<Convolution<'a>> {
    let source = graph.behind("CumSum");
    if source.is_empty() {
        return Vec::new();
    }
    let free = |i: &usize| !source.contains(i) && !gone.contains(i);
    let nodes = graph.nodes.iter().enumerate().filter(|(i, _)| free(i));
    nodes.filter_map(|(_, node)| convolution(graph, node)).collect()
}

fn convolution<'a>(graph: &Graph<'a>, node: &Node) -> Option<Convolution<'a>> {
    let transposes = match node.op.as_str() {
        "Conv" => false,
        "ConvTranspose" => true,
        _ => return None,
    };
    let weight = graph
        .tensor(node.inputs.get(1)?)
        .filter(|tensor| tensor.data_type == FLOAT)?;
    let &[first, second, taps] = &weight.dims[..] else {
        return None;
    };
    let size = |n| usize::try_from(n).ok();
    let (taps, stride) = (size(taps)?, node.only("strides", 1)?);
    let padding = node.padding()?;
    let (inputs, channels) = if transposes {
        (size(first)?, size(second)?)
    } else {
        (size(second)?, size(first)?)
    };
    let fits = if transposes {
        let even = node.only("output_padding", 0)? == 0 && !node.attributes.contains_key("output_shape");
        even && padding <= stride && Some(taps) == padding.checked_mul(2)?.checked_add(stride)
    } else {
        stride == 1 && TAPS.contains(&taps) && padding == taps / 2
    };
    if !node.domain.is_empty() || node.only("dilations", 1)? != 1 || inputs < MIN_INPUTS || !fits {
        return None;
    }
    let bias = match node.inputs.get(2).filter(|name| !name.is_empty()) {
        Some(name) => Some(vector(graph, name, channels)?),
        None => None,
    };
    Some(Convolution {
        input: node.inputs.first()?.clone(),
        output: node.outputs.first()?.clone(),
        inputs,
        channels,
        weight,
        bias,
        taps,
        transposed: transposes.then_some((stride, padding)),
    })
}

impl Convolution<'_> {
    pub(super) fn taps(&self) -> usize {
        self.transposed.map_or(self.taps, |_| PHASE_TAPS)
    }

    pub(super) fn stride(&self) -> usize {
        self.transposed.map_or(1, |(stride, _)| stride)
    }

    /// Filters of all phases.
    pub(super) fn outputs(&self) -> usize {
        self.channels * self.stride()
    }

    /// `[channels · stride, inputs, taps]` from the data of [`Self::weight`]; `None` where that has another size.
    pub(super) fn filters(&self, weight: Vec<f32>) -> Option<Vec<f32>> {
        if weight.len() != self.channels * self.inputs * self.taps {
            return None;
        }
        let Some((stride, padding)) = self.transposed else {
            return Some(weight);
        };
        let mut filters = Vec::with_capacity(self.outputs() * self.inputs * PHASE_TAPS);
        for channel in 0..self.channels {
            for phase in 0..stride {
                for input in 0..self.inputs {
                    let own = &weight[(input * self.channels + channel) * self.taps..][..self.taps];
                    filters.extend((0..PHASE_TAPS).map(|j| {
                        let tap = (phase + padding + stride).checked_sub(j * stride);
                        tap.and_then(|tap| own.get(tap)).copied().unwrap_or(0.0)
                    }));
                }
            }
        }
        Some(filters)
    }
}

#[cfg(test)]
mod tests;
