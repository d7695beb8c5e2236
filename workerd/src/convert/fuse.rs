//! Puts custom nodes in the place of residual blocks, convolutions and products, with their weights transformed for
//! the kernels.
//!
//! The contract of the nodes is [`crate::fused`]. The graph around it stays: what the style becomes (`1 + γ` and `β` of
//! each layer) goes into the node as it is computed.

use std::collections::HashSet;
use std::fs::File;
use std::io;

use kernels::{matrix, toom};

use crate::fused;

use super::blocks::{self, Block, Layer};
use super::convolutions::{self, Convolution};
use super::data::floats;
use super::graph::Graph;
use super::misfit::Misfit;
use super::products::{self, Product};
use super::skeleton::{Skeleton, Tensor};
use super::wire::{Message, WireError};
use super::write::DataFile;

const WRONG_SIZE: &str = "weights of another size than their shape";

/// A graph with fused blocks, as messages.
#[derive(Debug)]
pub(super) struct Fused {
    pub(super) nodes: Vec<Vec<u8>>,
    /// The tensors that the new nodes read.
    pub(super) tensors: Vec<Vec<u8>>,
    /// The skeleton's tensors that nobody reads any more.
    pub(super) unread: HashSet<String>,
    /// Inputs and outputs of the residual blocks.
    pub(super) blocks: Vec<(String, String)>,
    pub(super) convolutions: usize,
    pub(super) products: usize,
    /// What is nearly a block.
    pub(super) misfits: Vec<Misfit>,
}

/// Why a graph stays as it is.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotFused {
    #[error("it has no residual blocks of the known structure")]
    NoBlocks(Vec<Misfit>),
    #[error("a node of its graph is damaged: {0}")]
    Wire(#[from] WireError),
    #[error("the transformed weights cannot be written")]
    Io(#[from] io::Error),
}

/// Fuses what can be fused; the transformed weights go to `data`, one convolution in memory at a time.
///
/// # Errors
/// [`NotFused`]
pub(super) fn fuse(skeleton: &Skeleton, source: &File, data: &mut DataFile) -> Result<Fused, NotFused> {
    let graph = Graph::of(skeleton)?;
    let (mut replaced, mut kept, mut tensors) = (Vec::new(), HashSet::new(), Vec::new());
    let mut ends_of_blocks = Vec::new();
    let blocks::Found { blocks, misfits } = blocks::find(&graph);
    for block in blocks {
        let Some((end, _)) = graph.maker(&block.output) else {
            continue;
        };
        let name = own_name(&block.output);
        let Some(made) = write_data(&block, &name, source, data)? else {
            tracing::warn!(
                output = block.output,
                "a residual block's constants do not fit it; it stays as it is"
            );
            continue;
        };
        tensors.extend(made);
        kept.extend(block.values().map(str::to_owned));
        replaced.push((end, block_node(&block, &name)));
        ends_of_blocks.push((block.input, block.output));
    }
    if replaced.is_empty() {
        return Err(NotFused::NoBlocks(misfits));
    }
    let blocks = replaced.len();
    let ends = |replaced: &[(usize, Vec<u8>)]| replaced.iter().map(|(end, _)| *end).collect::<HashSet<_>>();
    for convolution in convolutions::find(&graph, &graph.dead(&ends(&replaced), &kept)) {
        let Some((end, _)) = graph.maker(&convolution.output) else {
            continue;
        };
        let name = own_name(&convolution.output);
        tensors.extend(write_filters(&convolution, &name, source, data)?);
        kept.insert(convolution.input.clone());
        replaced.push((end, convolution_node(&convolution, &name)));
    }
    let convolutions = replaced.len() - blocks;
    let mut packed = HashSet::new();
    for product in products::find(&graph) {
        let Some((end, _)) = graph.maker(&product.output) else {
            continue;
        };
        // All that multiply by one matrix share its packed form.
        let name = own_name(&product.matrix.name);
        if packed.insert(product.matrix.name.clone()) {
            tensors.push(write_matrix(&product, &name, source, data)?);
        }
        kept.insert(product.input.clone());
        replaced.push((end, product_node(&product, &name)));
    }
    let products = replaced.len() - blocks - convolutions;
    let dead = graph.dead(&ends(&replaced), &kept);
    let mut nodes = Vec::with_capacity(skeleton.nodes.len());
    let mut read: HashSet<&str> = HashSet::new();
    for (i, message) in skeleton.nodes.iter().enumerate() {
        if let Some((_, node)) = replaced.iter_mut().find(|(end, _)| *end == i) {
            nodes.push(std::mem::take(node));
        } else if !dead.contains(&i) {
            nodes.push(message.clone());
            read.extend(graph.nodes[i].reads());
        }
    }
    let unread = |tensor: &&Tensor| {
        let name = tensor.name.as_str();
        !read.contains(name) && !kept.contains(name) && graph.uses(name) > 0 && !graph.is_result(name)
    };
    let unread = skeleton
        .tensors
        .iter()
        .filter(unread)
        .map(|tensor| tensor.name.clone())
        .collect();
    Ok(Fused {
        nodes,
        tensors,
        unread,
        blocks: ends_of_blocks,
        convolutions,
        products,
        misfits,
    })
}

impl Block<'_> {
    /// The values of the graph that the new node reads, in the node's order.
    fn values(&self) -> impl Iterator<Item = &str> {
        let styles = self
            .layers
            .iter()
            .flat_map(|layer| [layer.gain.as_str(), layer.shift.as_str()]);
        std::iter::once(self.input.as_str()).chain(styles)
    }
}

fn weights_name(name: &str) -> String {
    format!("{name}/weights")
}

fn parameters_name(name: &str) -> String {
    format!("{name}/parameters")
}

fn bias_name(name: &str) -> String {
    format!("{name}/bias")
}

/// The `NodeProto` of a block.
fn block_node(block: &Block<'_>, name: &str) -> Vec<u8> {
    let (weights, parameters) = (weights_name(name), parameters_name(name));
    let inputs = block.values().chain([&weights[..], &parameters]);
    // AttributeProto: name 1, f 2, i 3, ints 8, type 20 (FLOAT 1, INT 2, INTS 7).
    let mut epsilon = Message::default();
    epsilon
        .bytes(1, fused::EPSILON.as_bytes())
        .float(2, block.epsilon)
        .uint(20, 1);
    let dilations = ints(fused::DILATIONS, block.layers.iter().map(|layer| layer.dilation));
    let attributes = [epsilon, int(fused::TAPS, block.taps), dilations];
    own_node(fused::RESIDUAL_BLOCK, inputs, &block.output, &attributes)
}

/// The `NodeProto` of a convolution.
fn convolution_node(convolution: &Convolution<'_>, name: &str) -> Vec<u8> {
    let (weights, bias) = (weights_name(name), bias_name(name));
    let attributes = [
        int(fused::TAPS, convolution.taps()),
        int(fused::STRIDE, convolution.stride()),
    ];
    let inputs = [&convolution.input[..], &weights, &bias];
    own_node(fused::CONVOLUTION, inputs, &convolution.output, &attributes)
}

/// The `NodeProto` of a product; `name` is that of its matrix.
fn product_node(product: &Product<'_>, name: &str) -> Vec<u8> {
    let weights = weights_name(name);
    let attributes = [int(fused::COLUMNS, product.columns)];
    own_node(
        fused::MAT_MUL,
        [&product.input[..], &weights],
        &product.output,
        &attributes,
    )
}

/// A `NodeProto` of our domain, named after what it makes.
fn own_node<'v>(
    op: &str,
    inputs: impl IntoIterator<Item = &'v str>,
    output: &str,
    attributes: &[Message],
) -> Vec<u8> {
    let mut node = node(op, inputs, output, &own_name(output), attributes);
    node.bytes(7, fused::DOMAIN.as_bytes());
    node.finish()
}

/// A `NodeProto` of ONNX's own domain.
pub(super) fn node<'v>(
    op: &str,
    inputs: impl IntoIterator<Item = &'v str>,
    output: &str,
    name: &str,
    attributes: &[Message],
) -> Message {
    let mut node = Message::default();
    for input in inputs {
        node.bytes(1, input.as_bytes());
    }
    node.bytes(2, output.as_bytes())
        .bytes(3, name.as_bytes())
        .bytes(4, op.as_bytes());
    for attribute in attributes {
        node.bytes(5, attribute.as_bytes());
    }
    node
}

/// Our name for what belongs to a value of the graph.
fn own_name(value: &str) -> String {
    format!("{}/{value}", fused::DOMAIN)
}

/// Writes a matrix.
fn write_matrix(
    product: &Product<'_>,
    name: &str,
    source: &File,
    data: &mut DataFile,
) -> io::Result<Vec<u8>> {
    let packed = matrix::pack(&floats(product.matrix, source)?, product.depth, product.columns)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, WRONG_SIZE))?;
    let mut weights = data.begin(weights_name(name), packed.len())?;
    weights.put(&packed)?;
    weights.finish()
}

/// The `AttributeProto` of a whole number.
pub(super) fn int(name: &str, value: usize) -> Message {
    let mut attribute = Message::default();
    attribute
        .bytes(1, name.as_bytes())
        .uint(3, value as u64)
        .uint(20, 2);
    attribute
}

/// The `AttributeProto` of a list of whole numbers.
pub(super) fn ints(name: &str, values: impl IntoIterator<Item = usize>) -> Message {
    let mut attribute = Message::default();
    attribute.bytes(1, name.as_bytes());
    for value in values {
        attribute.uint(8, value as u64);
    }
    attribute.uint(20, 7);
    attribute
}

/// Writes a convolution's weights and bias.
fn write_filters(
    convolution: &Convolution<'_>,
    name: &str,
    source: &File,
    data: &mut DataFile,
) -> io::Result<[Vec<u8>; 2]> {
    let (outputs, inputs) = (convolution.outputs(), convolution.inputs);
    let packed = convolution
        .filters(floats(convolution.weight, source)?)
        .and_then(|filters| {
            kernels::convolution::pack(
                &filters,
                outputs,
                inputs,
                convolution.taps(),
                convolution.stride(),
            )
        })
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, WRONG_SIZE))?;
    let mut weights = data.begin(weights_name(name), packed.len())?;
    weights.put(&packed)?;
    let weights = weights.finish()?;
    let bias = match convolution.bias {
        Some(bias) => floats(bias, source)?,
        None => vec![0.0; convolution.channels],
    };
    let mut own = data.begin(bias_name(name), outputs)?;
    for channel in bias {
        own.put(&vec![channel; convolution.stride()])?;
    }
    Ok([weights, own.finish()?])
}

/// Writes a block's weights and parameters; `None` when its constants contradict each other.
fn write_data(
    block: &Block<'_>,
    name: &str,
    source: &File,
    data: &mut DataFile,
) -> io::Result<Option<[Vec<u8>; 2]>> {
    let mut parameters = Vec::with_capacity(block.layers.len() * 4 * block.channels);
    for layer in &block.layers {
        let Some(own) = layer_parameters(block.channels, layer, source)? else {
            return Ok(None);
        };
        parameters.extend(own);
    }
    let Some(packed) = toom::packed_len(block.channels, block.channels, block.taps) else {
        return Ok(None);
    };
    let mut weights = data.begin(weights_name(name), packed * block.layers.len())?;
    for layer in &block.layers {
        let plain = floats(layer.weight, source)?;
        let Some(packed) = toom::pack(&plain, block.channels, block.channels, block.taps) else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, WRONG_SIZE));
        };
        weights.put(&packed)?;
    }
    let weights = weights.finish()?;
    let mut own = data.begin(parameters_name(name), parameters.len())?;
    own.put(&parameters)?;
    Ok(Some([weights, own.finish()?]))
}

/// Bias, α, weight and bias of the normalisation; `None` when 1/α of the graph is of another α, or a size is wrong.
fn layer_parameters(channels: usize, layer: &Layer<'_>, source: &File) -> io::Result<Option<Vec<f32>>> {
    let bias = match layer.bias {
        Some(bias) => floats(bias, source)?,
        None => vec![0.0; channels],
    };
    let alpha = floats(layer.alpha, source)?;
    if let Some(inverse) = layer.inverse {
        let inverse = floats(inverse, source)?;
        let fits = inverse.len() == alpha.len()
            && inverse
                .iter()
                .zip(&alpha)
                .all(|(i, a)| (f64::from(*i) * f64::from(*a) - 1.0).abs() < 1e-5);
        if !fits {
            return Ok(None);
        }
    }
    let constant = |tensor: Option<&Tensor>, default: f32| match tensor {
        Some(tensor) => floats(tensor, source),
        None => Ok(vec![default; channels]),
    };
    let mut all = bias;
    for part in [
        alpha,
        constant(layer.norm_weight, 1.0)?,
        constant(layer.norm_bias, 0.0)?,
    ] {
        all.extend(part);
    }
    Ok((all.len() == 4 * channels).then_some(all))
}

#[cfg(test)]
mod structure;
#[cfg(test)]
pub(super) mod tests;
