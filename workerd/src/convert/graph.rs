//! A graph's nodes and constants, indexed by the names of values.

use std::collections::{HashMap, HashSet};

use super::skeleton::{Skeleton, Tensor};
use super::wire::{self, Value, WireError};

/// Graphs within graphs that are looked into.
const MAX_DEPTH: usize = 8;

/// A `NodeProto`, as far as matching needs it.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) op: String,
    pub(super) domain: String,
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
    pub(super) attributes: HashMap<String, Attribute>,
    /// Values of this graph that a graph in an attribute (a loop's body) reads.
    captured: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Attribute {
    Float(f32),
    Int(i64),
    Ints(Vec<i64>),
    Text(Vec<u8>),
    Tensor(Vec<u8>),
    Other,
}

/// Where each value comes from and goes to.
#[derive(Debug)]
pub(super) struct Graph<'a> {
    pub(super) nodes: Vec<Node>,
    makers: HashMap<String, usize>,
    readers: HashMap<String, Vec<usize>>,
    tensors: HashMap<&'a str, &'a Tensor>,
    /// Names of the graph's outputs.
    results: HashSet<String>,
}

impl<'a> Graph<'a> {
    /// # Errors
    /// A node that is no protobuf message.
    pub(super) fn of(skeleton: &'a Skeleton) -> Result<Self, WireError> {
        let nodes = skeleton
            .nodes
            .iter()
            .map(|node| Node::read(node, 0))
            .collect::<Result<Vec<_>, _>>()?;
        let (mut makers, mut readers) = (HashMap::new(), HashMap::<String, Vec<usize>>::new());
        for (i, node) in nodes.iter().enumerate() {
            for output in node.outputs.iter().filter(|name| !name.is_empty()) {
                makers.insert(output.clone(), i);
            }
            for input in node.reads() {
                readers.entry(input.to_owned()).or_default().push(i);
            }
        }
        Ok(Self {
            nodes,
            makers,
            readers,
            tensors: skeleton.tensors.iter().map(|t| (t.name.as_str(), t)).collect(),
            results: value_names(&skeleton.graph, 12)?.into_iter().collect(),
        })
    }

    /// The node that makes `value`.
    pub(super) fn maker(&self, value: &str) -> Option<(usize, &Node)> {
        let i = *self.makers.get(value)?;
        Some((i, &self.nodes[i]))
    }

    /// The node that makes `value`, if it is an `op` of ONNX itself.
    pub(super) fn made_by(&self, value: &str, op: &str) -> Option<&Node> {
        self.maker(value)
            .map(|(_, node)| node)
            .filter(|node| node.op == op && node.domain.is_empty())
    }

    /// How many places read `value`, the graph's outputs among them.
    pub(super) fn uses(&self, value: &str) -> usize {
        self.readers.get(value).map_or(0, Vec::len) + usize::from(self.results.contains(value))
    }

    /// The one node that reads `value`, when there is just one and the graph does not give `value` out.
    pub(super) fn only_reader(&self, value: &str) -> Option<&Node> {
        match &self.readers.get(value)?[..] {
            [reader] if !self.results.contains(value) => Some(&self.nodes[*reader]),
            _ => None,
        }
    }

    pub(super) fn is_result(&self, value: &str) -> bool {
        self.results.contains(value)
    }

    /// The initializer that `value` is, or is another name of.
    pub(super) fn tensor(&self, value: &str) -> Option<&'a Tensor> {
        self.tensor_behind(value, &["Identity"])
    }

    /// The initializer behind `value`, whose shape may be another.
    pub(super) fn reshaped_tensor(&self, value: &str) -> Option<&'a Tensor> {
        self.tensor_behind(value, &["Identity", "Reshape", "Unsqueeze", "Squeeze"])
    }

    fn tensor_behind(&self, value: &str, through: &[&str]) -> Option<&'a Tensor> {
        let mut value = value;
        for _ in 0..MAX_DEPTH {
            if let Some(tensor) = self.tensors.get(value) {
                return Some(tensor);
            }
            let (_, node) = self.maker(value)?;
            if !through.contains(&node.op.as_str()) {
                return None;
            }
            value = node.inputs.first()?;
        }
        None
    }

    /// The one number that `value` is, when it is constant.
    pub(super) fn number(&self, value: &str) -> Option<f64> {
        match self.numbers(value)?[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The numbers that `value` is, when it is constant and small enough to stand in the graph.
    pub(super) fn numbers(&self, value: &str) -> Option<Vec<f64>> {
        if let Some(tensor) = self.reshaped_tensor(value) {
            return numbers(&tensor.message);
        }
        match self.made_by(value, "Constant")?.attributes.iter().next()? {
            (_, Attribute::Tensor(message)) => numbers(message),
            (_, Attribute::Float(x)) => Some(vec![f64::from(*x)]),
            #[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
            (_, Attribute::Int(x)) => Some(vec![*x as f64]),
            _ => None,
        }
    }

    /// What `value` is the square of, as `Pow` of 2 or `Mul` with itself.
    pub(super) fn squared(&self, value: &str) -> Option<&str> {
        let (_, node) = self.maker(value)?;
        let of = node.inputs.first()?;
        let squares = match node.op.as_str() {
            "Pow" => self.number(node.inputs.get(1)?) == Some(2.0),
            "Mul" => node.inputs.get(1) == Some(of),
            _ => false,
        };
        (squares && node.domain.is_empty()).then_some(of.as_str())
    }

    /// The values that `value` is computed from and no node makes, constants left out: inputs of the graph.
    pub(super) fn inputs_behind(&self, value: &str) -> HashSet<&str> {
        let mut inputs = HashSet::new();
        let (mut seen, mut going) = (HashSet::new(), vec![value]);
        // The names live as long as the graph, the first one as long as the caller's.
        while let Some(value) = going.pop() {
            match self.makers.get_key_value(value) {
                Some((_, node)) if seen.insert(*node) => going.extend(self.nodes[*node].reads()),
                Some(_) => {}
                None if self.tensors.contains_key(value) => {}
                None => {
                    inputs.extend(self.readers.get_key_value(value).map(|(name, _)| name.as_str()));
                }
            }
        }
        inputs
    }

    /// Whether `value` is computed from `other`.
    pub(super) fn depends_on(&self, value: &str, other: &str) -> bool {
        let (mut seen, mut going) = (HashSet::new(), vec![value]);
        while let Some(value) = going.pop() {
            if value == other {
                return true;
            }
            if let Some((_, node)) = self.maker(value).filter(|(i, _)| seen.insert(*i)) {
                going.extend(node.reads());
            }
        }
        false
    }

    /// The nodes of `op` and all that they are computed from.
    pub(super) fn behind(&self, op: &str) -> HashSet<usize> {
        let mut behind = HashSet::new();
        let own = |node: &Node| node.op == op && node.domain.is_empty();
        let mut going: Vec<usize> = (0..self.nodes.len()).filter(|i| own(&self.nodes[*i])).collect();
        while let Some(i) = going.pop() {
            if behind.insert(i) {
                let makers = self.nodes[i].reads().filter_map(|value| self.maker(value));
                going.extend(makers.map(|(maker, _)| maker));
            }
        }
        behind
    }

    /// Which nodes nobody needs when the nodes in `replaced` are gone and `kept` values are still read.
    pub(super) fn dead(&self, replaced: &HashSet<usize>, kept: &HashSet<String>) -> HashSet<usize> {
        let mut uses: HashMap<&str, usize> = self
            .readers
            .iter()
            .map(|(value, readers)| (value.as_str(), readers.len()))
            .collect();
        let mut dead = HashSet::new();
        let mut going: Vec<usize> = replaced.iter().copied().collect();
        while let Some(i) = going.pop() {
            if !dead.insert(i) {
                continue;
            }
            for input in self.nodes[i].reads() {
                let Some(left) = uses.get_mut(input) else { continue };
                *left -= 1;
                if *left > 0 {
                    continue;
                }
                let Some((maker, node)) = self.maker(input) else {
                    continue;
                };
                let needed = |value: &String| {
                    self.results.contains(value)
                        || kept.contains(value)
                        || uses.get(value.as_str()).is_some_and(|n| *n > 0)
                };
                if !node.outputs.iter().any(needed) {
                    going.push(maker);
                }
            }
        }
        dead
    }
}

impl Node {
    pub(super) fn read(message: &[u8], depth: usize) -> Result<Self, WireError> {
        let mut node = Self::default();
        for field in wire::fields(message) {
            let field = field?;
            match (field.number, field.value) {
                (1, value) => node.inputs.push(wire::text(value)?),
                (2, value) => node.outputs.push(wire::text(value)?),
                (4, value) => node.op = wire::text(value)?,
                (7, value) => node.domain = wire::text(value)?,
                (5, Value::Bytes(attribute)) => node.read_attribute(attribute, depth)?,
                _ => {}
            }
        }
        if node.domain == "ai.onnx" {
            node.domain.clear();
        }
        Ok(node)
    }

    fn read_attribute(&mut self, message: &[u8], depth: usize) -> Result<(), WireError> {
        let (mut name, mut ints, mut attribute) = (String::new(), Vec::new(), Attribute::Other);
        for field in wire::fields(message) {
            let field = field?;
            match (field.number, field.value) {
                (1, value) => name = wire::text(value)?,
                (2, Value::Fixed32(bytes)) => attribute = Attribute::Float(f32::from_le_bytes(bytes)),
                (3, Value::Varint(value)) => attribute = Attribute::Int(value.cast_signed()),
                (4, Value::Bytes(text)) => attribute = Attribute::Text(text.to_vec()),
                (5, Value::Bytes(tensor)) => attribute = Attribute::Tensor(tensor.to_vec()),
                (8, value) => wire::int64s(value, &mut ints)?,
                (6 | 11, Value::Bytes(graph)) if depth < MAX_DEPTH => {
                    capture(graph, depth + 1, &mut self.captured)?;
                }
                _ => {}
            }
        }
        if !ints.is_empty() {
            attribute = Attribute::Ints(ints);
        }
        self.attributes.insert(name, attribute);
        Ok(())
    }

    /// All values it needs.
    pub(super) fn reads(&self) -> impl Iterator<Item = &str> {
        self.inputs
            .iter()
            .chain(&self.captured)
            .map(String::as_str)
            .filter(|name| !name.is_empty())
    }

    pub(super) fn ints(&self, name: &str) -> Option<&[i64]> {
        match self.attributes.get(name)? {
            Attribute::Ints(ints) => Some(ints),
            _ => None,
        }
    }

    /// The one number of a list that is not negative, or `default` where there is none.
    pub(super) fn only(&self, name: &str, default: usize) -> Option<usize> {
        match (self.attributes.get(name), self.ints(name)) {
            (None, _) => Some(default),
            (_, Some([one])) => usize::try_from(*one).ok(),
            _ => None,
        }
    }

    /// By how many zeros a convolution that is not grouped pads one dimension, alike at both ends.
    pub(super) fn padding(&self) -> Option<usize> {
        let grouped = !matches!(self.attributes.get("group"), None | Some(Attribute::Int(1)));
        let by_itself = match self.attributes.get("auto_pad") {
            None => false,
            Some(Attribute::Text(text)) => text != b"NOTSET",
            Some(_) => true,
        };
        match self.ints("pads")? {
            [start, end] if start == end && !grouped && !by_itself => usize::try_from(*start).ok(),
            _ => None,
        }
    }
}

/// All names that a graph within a graph reads or gives back; its own are among them, which does no harm.
fn capture(graph: &[u8], depth: usize, into: &mut Vec<String>) -> Result<(), WireError> {
    for field in wire::fields(graph) {
        let field = field?;
        if let (1, Value::Bytes(node)) = (field.number, field.value) {
            let node = Node::read(node, depth)?;
            into.extend(node.inputs);
            into.extend(node.captured);
        }
    }
    into.extend(value_names(graph, 12)?);
    Ok(())
}

/// The names of the `ValueInfoProto` in field `number` of a graph.
fn value_names(graph: &[u8], number: u64) -> Result<Vec<String>, WireError> {
    let infos = value_infos(graph, number)?;
    Ok(infos.into_iter().map(|(name, _)| name).collect())
}

/// The `ValueInfoProto` in field `number` of a graph, each with its name.
pub(super) fn value_infos(graph: &[u8], number: u64) -> Result<Vec<(String, &[u8])>, WireError> {
    let mut infos = Vec::new();
    for field in wire::fields(graph) {
        let field = field?;
        if let (true, Value::Bytes(info)) = (field.number == number, field.value) {
            for field in wire::fields(info) {
                let field = field?;
                if field.number == 1 {
                    infos.push((wire::text(field.value)?, info));
                }
            }
        }
    }
    Ok(infos)
}

/// The values of a `TensorProto` of floats or whole numbers that stand in it.
fn numbers(message: &[u8]) -> Option<Vec<f64>> {
    let (mut data_type, mut raw, mut listed) = (0, None, Vec::new());
    for field in wire::fields(message) {
        match field.ok().map(|field| (field.number, field.value))? {
            (2, Value::Varint(v)) => data_type = v,
            (9, Value::Bytes(bytes)) => raw = Some(bytes),
            (4, Value::Fixed32(bytes)) => listed.push(single(bytes)),
            (4, Value::Bytes(packed)) => listed.extend(all(packed, single)?),
            #[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
            (7, packed) => {
                let mut ints = Vec::new();
                wire::int64s(packed, &mut ints).ok()?;
                listed.extend(ints.iter().map(|i| *i as f64));
            }
            _ => {}
        }
    }
    match (data_type, raw) {
        (1, Some(bytes)) => all(bytes, single),
        #[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
        (7, Some(bytes)) => all(bytes, |eight| i64::from_le_bytes(eight) as f64),
        (11, Some(bytes)) => all(bytes, f64::from_le_bytes),
        (1 | 7, None) => Some(listed),
        _ => None,
    }
}

fn single(bytes: [u8; 4]) -> f64 {
    f32::from_le_bytes(bytes).into()
}

/// Numbers of `N` bytes each, one after the other.
fn all<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f64) -> Option<Vec<f64>> {
    let (chunks, []) = bytes.as_chunks() else {
        return None;
    };
    Some(chunks.iter().map(|chunk| number(*chunk)).collect())
}

#[cfg(test)]
mod tests;
