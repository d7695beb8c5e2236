//! Parts a fused graph into prosody and vocoder.
//!
//! ```text
//! tokens, style, speed ─ prosody ─┬─ durations
//!                                 ├─ energy, [1, 1, 2·frames]                    where it is known: the log of the level
//!                                 ├─ signal, [1, 512, 2·frames]                  what is said, at 80 Hz
//!                                 └─ source, [1, 22, 120·frames + 1]             the spectrum of the sine source, at 4,800 Hz
//! signal, source, style ─ vocoder ─ audio
//! ```
//!
//! Prosody (durations, pitch, energy) is a matter of the whole sentence and a tenth of the work. The vocoder is local in time, but for
//! the statistics of its normalisations, so that it can be computed in windows. The place to cut is found by structure: the source
//! is what two convolutions before residual blocks read, and the signal goes into the first transposed convolution beside one
//! of them. Pitch and energy are what two convolutions of one channel and one tap make, and the source is made of the pitch. Pure: no I/O.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::graph::{Graph, Node, value_infos};
use super::skeleton::Skeleton;
use super::wire::{self, Message, WireError};
use crate::fused::{ENERGY, SIGNAL, SOURCE};

/// A part of a graph, as messages.
#[derive(Debug)]
pub(super) struct Part {
    /// All fields of the graph other than nodes and initializers.
    pub(super) graph: Vec<u8>,
    pub(super) nodes: Vec<Vec<u8>>,
    /// Values that its nodes read.
    pub(super) read: HashSet<String>,
}

#[derive(Debug)]
pub(super) struct Parts {
    pub(super) prosody: Part,
    pub(super) vocoder: Part,
}

/// The values at which a graph is cut.
#[derive(Debug, PartialEq, Eq)]
struct Joint {
    signal: String,
    source: String,
}

/// Parts the `fused` nodes of `skeleton`, whose residual blocks have these inputs and outputs. `None` where the graph has another
/// structure, or no durations.
///
/// # Errors
/// A node that is no protobuf message.
pub(super) fn split(
    skeleton: &Skeleton,
    fused: &[Vec<u8>],
    blocks: &[(String, String)],
    durations: &str,
) -> Result<Option<Parts>, WireError> {
    let graph = Graph::of(skeleton)?;
    let Some(joint) = joint(&graph, blocks) else {
        return Ok(None);
    };
    let energy = energy(&graph, &joint);
    let mut nodes = Vec::with_capacity(fused.len());
    for message in fused {
        nodes.push((Node::read(message, 0)?, message.clone()));
    }
    // The cut values get names of our own, and the vocoder reads them under their old ones.
    let cuts = [(SIGNAL, &joint.signal), (SOURCE, &joint.source)];
    for (name, value) in cuts {
        let message = identity(value, name);
        nodes.push((Node::read(&message, 0)?, message));
    }
    if let Some(energy) = &energy {
        let message = identity(energy, ENERGY);
        nodes.push((Node::read(&message, 0)?, message));
    }
    let outputs: BTreeMap<_, _> = value_infos(&skeleton.graph, 12)?.into_iter().collect();
    let inputs: BTreeMap<_, _> = value_infos(&skeleton.graph, 11)?.into_iter().collect();
    let Some(audio) = outputs.keys().find(|name| *name != durations).cloned() else {
        return Ok(None);
    };
    let cut = |graph: &mut Message, number: u64, names: &[&str]| {
        for name in names {
            graph.bytes(number, &float_signal(name));
        }
    };

    let mut made = vec![SIGNAL, SOURCE];
    made.extend(energy.as_ref().map(|_| ENERGY));
    let prosody = needed(&nodes, &[&made[..], &[durations]].concat(), &[]);
    let mut graph = head(&skeleton.graph)?;
    for name in prosody.outer.iter().filter_map(|name| inputs.get(name)) {
        graph.bytes(11, name);
    }
    cut(&mut graph, 12, &made);
    let Some(info) = outputs.get(durations) else {
        return Ok(None);
    };
    graph.bytes(12, info);
    let prosody = prosody.part(&nodes, graph);

    let vocoder = needed(&nodes, &[&audio], &[&joint.signal, &joint.source]);
    let mut graph = head(&skeleton.graph)?;
    let mut of_style = 0;
    for name in &vocoder.outer {
        if let Some(info) = inputs.get(name) {
            of_style += 1;
            graph.bytes(11, info);
        }
    }
    // It must not depend on the tokens otherwise.
    if of_style != 1 {
        return Ok(None);
    }
    cut(&mut graph, 11, &[SIGNAL, SOURCE]);
    if let Some(info) = outputs.get(&audio) {
        graph.bytes(12, info);
    }
    let mut vocoder = vocoder.part(&nodes, graph);
    vocoder
        .nodes
        .splice(0..0, cuts.map(|(name, value)| identity(name, value)));
    Ok(Some(Parts { prosody, vocoder }))
}

/// The `NodeProto` that gives `value` another name.
fn identity(value: &str, name: &str) -> Vec<u8> {
    let mut node = Message::default();
    node.bytes(1, value.as_bytes())
        .bytes(2, name.as_bytes())
        .bytes(4, b"Identity");
    node.finish()
}

fn joint(graph: &Graph<'_>, blocks: &[(String, String)]) -> Option<Joint> {
    let fed = |input: &str| graph.made_by(input, "Conv").and_then(|conv| conv.inputs.first());
    let mut sources: HashMap<&String, Vec<&String>> = HashMap::new();
    for (input, output) in blocks {
        if let Some(source) = fed(input) {
            sources.entry(source).or_default().push(output);
        }
    }
    let (source, noises) = sources.into_iter().find(|(_, noises)| noises.len() == 2)?;
    let signal = noises.iter().find_map(|noise| {
        let sum = graph.only_reader(noise).filter(|node| node.op == "Add")?;
        let other = sum.inputs.iter().find(|input| input != noise)?;
        let up = graph.made_by(other, "ConvTranspose")?;
        let signal = graph.made_by(up.inputs.first()?, "LeakyRelu")?.inputs.first()?;
        (!graph.depends_on(signal, source)).then_some(signal)
    })?;
    Some(Joint {
        signal: signal.clone(),
        source: source.clone(),
    })
}

/// The curve of energy that the signal is made of.
fn energy(graph: &Graph<'_>, joint: &Joint) -> Option<String> {
    let mut found = graph.nodes.iter().filter(|node| {
        let shape = node.inputs.get(1).and_then(|weights| graph.tensor(weights));
        let is_curve =
            shape.is_some_and(|weights| matches!(weights.dims[..], [1, channels, 1] if channels > 1));
        let of = |value: &str| {
            node.outputs
                .first()
                .is_some_and(|curve| graph.depends_on(value, curve))
        };
        node.op == "Conv" && is_curve && of(&joint.signal) && !of(&joint.source)
    });
    let energy = found.next()?.outputs.first()?.clone();
    found.next().is_none().then_some(energy)
}

/// Nodes in the order of the graph, and values that they read and none of them makes.
struct Needed {
    nodes: Vec<usize>,
    outer: Vec<String>,
    read: HashSet<String>,
}

/// What `wanted` is computed from, up to `given`.
fn needed(nodes: &[(Node, Vec<u8>)], wanted: &[&str], given: &[&str]) -> Needed {
    let makers: HashMap<&str, usize> = nodes
        .iter()
        .enumerate()
        .flat_map(|(i, (node, _))| node.outputs.iter().map(move |output| (output.as_str(), i)))
        .collect();
    let (mut found, mut outer, mut read) = (HashSet::new(), Vec::new(), HashSet::new());
    let mut going: Vec<&str> = wanted.to_vec();
    while let Some(value) = going.pop() {
        if given.contains(&value) || !read.insert(value.to_owned()) {
            continue;
        }
        match makers.get(value) {
            Some(i) if found.insert(*i) => going.extend(nodes[*i].0.reads()),
            Some(_) => {}
            None => outer.push(value.to_owned()),
        }
    }
    let mut nodes: Vec<usize> = found.into_iter().collect();
    nodes.sort_unstable();
    outer.sort();
    Needed { nodes, outer, read }
}

impl Needed {
    fn part(self, nodes: &[(Node, Vec<u8>)], graph: Message) -> Part {
        Part {
            graph: graph.finish(),
            nodes: self.nodes.iter().map(|i| nodes[*i].1.clone()).collect(),
            read: self.read,
        }
    }
}

/// The graph's fields without its inputs, outputs and types of values.
fn head(graph: &[u8]) -> Result<Message, WireError> {
    let mut head = Message::default();
    for field in wire::fields(graph) {
        let field = field?;
        if !matches!(field.number, 11..=13) {
            head.raw(field.raw);
        }
    }
    Ok(head)
}

/// The `ValueInfoProto` of floats `[1, channels, time]`.
fn float_signal(name: &str) -> Vec<u8> {
    let dim = |number: u64, value: &[u8]| {
        let mut dim = Message::default();
        if value.is_empty() {
            dim.uint(1, number);
        } else {
            dim.bytes(2, value);
        }
        dim.finish()
    };
    let mut shape = Message::default();
    shape.bytes(1, &dim(1, b""));
    for axis in ["channels", "time"] {
        shape.bytes(1, &dim(0, format!("{name}.{axis}").as_bytes()));
    }
    let mut tensor = Message::default();
    tensor.uint(1, 1).bytes(2, shape.as_bytes());
    let mut kind = Message::default();
    kind.bytes(1, tensor.as_bytes());
    let mut info = Message::default();
    info.bytes(1, name.as_bytes()).bytes(2, kind.as_bytes());
    info.finish()
}
