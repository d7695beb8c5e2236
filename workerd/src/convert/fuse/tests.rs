//! A model with one residual block among other nodes, in the ways that exporters write it.

use std::io::{Seek as _, Write as _};

use super::super::skeleton;
use super::super::wire::{self, fields};
use super::*;

const CHANNELS: usize = 4;
const TAPS: usize = 3;

/// How a model is written.
#[derive(Debug, Clone, Copy, Default)]
struct Way {
    /// Operands of sums and products the other way round.
    swapped: bool,
    /// The square of the sine as a product with itself.
    square_by_mul: bool,
    /// 1/α: 0 by Reciprocal, 1 by Div of one, 2 by dividing the square by α, 3 as a constant, 4 as a wrong constant.
    inverse: usize,
    /// α and the weights of the normalisation behind Identity nodes.
    aliases: bool,
    /// One more padding sample in the last convolution.
    padded: bool,
    /// The normalisation: 0 as the operator, else as a chain in one of [`CHAINS`] spellings.
    norm: usize,
    /// A second block has the same input, and the same first normalisation.
    twins: bool,
    /// A node outside reads the inside of the block.
    tapped: bool,
    stages: usize,
}

/// Spellings of a normalisation as a chain.
const CHAINS: usize = 5;
/// A chain that divides by the variance and not by its root.
const WRONG_CHAIN: usize = CHAINS + 1;

/// A graph on its way to a `ModelProto`.
#[derive(Default)]
pub(in super::super) struct Writer {
    nodes: Vec<Vec<u8>>,
    tensors: Vec<Vec<u8>>,
}

impl Writer {
    pub(in super::super) fn node(
        &mut self,
        op: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[(&str, &[u64])],
    ) -> String {
        let mut node = Message::default();
        for input in inputs {
            node.bytes(1, input.as_bytes());
        }
        node.bytes(2, output.as_bytes()).bytes(4, op.as_bytes());
        for (name, ints) in attributes {
            let mut attribute = Message::default();
            attribute.bytes(1, name.as_bytes());
            for int in *ints {
                attribute.uint(8, *int);
            }
            attribute.uint(20, 7);
            node.bytes(5, attribute.as_bytes());
        }
        self.nodes.push(node.finish());
        output.to_owned()
    }

    /// A node of another domain, or of several outputs.
    pub(in super::super) fn node_of(&mut self, domain: &str, op: &str, inputs: &[&str], outputs: &[String]) {
        let mut node = Message::default();
        for input in inputs {
            node.bytes(1, input.as_bytes());
        }
        for output in outputs {
            node.bytes(2, output.as_bytes());
        }
        node.bytes(4, op.as_bytes()).bytes(7, domain.as_bytes());
        self.nodes.push(node.finish());
    }

    /// A cast to the data type `to`.
    pub(in super::super) fn cast(&mut self, input: &str, output: &str, to: u64) -> String {
        let mut attribute = Message::default();
        attribute.bytes(1, b"to").uint(3, to).uint(20, 2);
        let mut node = Message::default();
        node.bytes(1, input.as_bytes())
            .bytes(2, output.as_bytes())
            .bytes(4, b"Cast")
            .bytes(5, attribute.as_bytes());
        self.nodes.push(node.finish());
        output.to_owned()
    }

    pub(in super::super) fn bytes_tensor(&mut self, name: &str, data_type: u64, dims: &[usize], data: &[u8]) {
        let mut tensor = Message::default();
        for d in dims {
            tensor.uint(1, *d as u64);
        }
        tensor.uint(2, data_type).bytes(8, name.as_bytes()).bytes(9, data);
        self.tensors.push(tensor.finish());
    }

    pub(in super::super) fn tensor(
        &mut self,
        name: &str,
        dims: &[usize],
        value: impl Fn(usize) -> f32,
    ) -> String {
        let data: Vec<u8> = (0..dims.iter().product())
            .flat_map(|i| value(i).to_le_bytes())
            .collect();
        let mut tensor = Message::default();
        for d in dims {
            tensor.uint(1, *d as u64);
        }
        tensor.uint(2, 1).bytes(8, name.as_bytes()).bytes(9, &data);
        self.tensors.push(tensor.finish());
        name.to_owned()
    }

    /// The `ModelProto` with these outputs.
    pub(in super::super) fn model(&self, outputs: &[&str]) -> Vec<u8> {
        let mut graph = Message::default();
        for node in &self.nodes {
            graph.bytes(1, node);
        }
        for tensor in &self.tensors {
            graph.bytes(5, tensor);
        }
        for output in outputs {
            let mut value = Message::default();
            value.bytes(1, output.as_bytes());
            graph.bytes(12, value.as_bytes());
        }
        let mut model = Message::default();
        model.uint(1, 8).bytes(7, graph.as_bytes());
        model.finish()
    }

    fn pair(&mut self, way: Way, op: &str, a: &str, b: &str, output: &str) -> String {
        let inputs = if way.swapped { [b, a] } else { [a, b] };
        self.node(op, &inputs, output, &[])
    }

    /// A normalisation written as what it computes.
    fn chain(&mut self, chain: usize, x: &str, name: &str) -> String {
        let n = |what: &str| format!("{name}.{what}");
        let last: &[(&str, &[u64])] = &[("axes", &[if chain.is_multiple_of(2) { 2 } else { u64::MAX }])];
        let mean_of = |this: &mut Self, x: &str, output: &str| {
            if chain < 3 {
                this.node("ReduceMean", &[x], output, last)
            } else {
                this.node("ReduceMean", &[x, "last"], output, &[])
            }
        };
        let mean = mean_of(self, x, &n("mean"));
        let deviation = self.node("Sub", &[x, &mean], &n("deviation"), &[]);
        let square = match chain {
            1 => self.node("Mul", &[&deviation, &deviation], &n("squared"), &[]),
            2 => {
                // Written a second time.
                let again = self.node("Sub", &[x, &mean], &n("again"), &[]);
                self.node("Pow", &[&again, "two"], &n("squared"), &[])
            }
            _ => self.node("Pow", &[&deviation, "two"], &n("squared"), &[]),
        };
        let variance = mean_of(self, &square, &n("variance"));
        let inside = self.node("Add", &[&variance, "epsilon"], &n("inside"), &[]);
        match chain {
            1 | 2 => {
                let root = self.node("Sqrt", &[&inside], &n("root"), &[]);
                self.node("Div", &[&deviation, &root], &n("norm"), &[])
            }
            3 => {
                let root = self.node("Sqrt", &[&inside], &n("root"), &[]);
                let inverse = self.node("Reciprocal", &[&root], &n("one_by"), &[]);
                self.node("Mul", &[&deviation, &inverse], &n("norm"), &[])
            }
            4 => {
                let root = self.node("Pow", &[&inside, "half"], &n("root"), &[]);
                let inverse = self.node("Div", &["one", &root], &n("one_by"), &[]);
                self.node("Mul", &[&inverse, &deviation], &n("norm"), &[])
            }
            CHAINS => {
                let inverse = self.node("Pow", &[&inside, "minus half"], &n("one_by"), &[]);
                self.node("Mul", &[&deviation, &inverse], &n("norm"), &[])
            }
            _ => self.node("Div", &[&deviation, &inside], &n("norm"), &[]),
        }
    }

    /// One layer from `x`; its name makes its values unique.
    fn layer(&mut self, way: Way, x: &str, name: &str, dilation: u64, pad: u64) -> String {
        let n = |what: &str| format!("{name}.{what}");
        let alias = |this: &mut Self, value: String| {
            if way.aliases {
                this.node("Identity", &[&value], &format!("{value}.alias"), &[])
            } else {
                value
            }
        };
        let norm = match way.norm {
            0 => {
                let weight = self.tensor(&n("nw"), &[CHANNELS], |i| 1.0 + i as f32);
                let weight = alias(self, weight);
                let bias = self.tensor(&n("nb"), &[CHANNELS], |i| i as f32);
                self.node("InstanceNormalization", &[x, &weight, &bias], &n("norm"), &[])
            }
            _ if way.twins && name == "twin.0.1" => "0.1.norm".to_owned(),
            chain => self.chain(chain, x, name),
        };
        let gain = self.node("Add", &["one", "gamma"], &n("gain"), &[]);
        let scaled = self.pair(way, "Mul", &gain, &norm, &n("scaled"));
        let v = self.pair(way, "Add", &scaled, "beta", &n("v"));
        let alpha = self.tensor(&n("alpha"), &[1, CHANNELS, 1], |i| 2.0 + i as f32);
        let alpha = alias(self, alpha);
        let turned = self.pair(way, "Mul", &alpha, &v, &n("turned"));
        let sine = self.node("Sin", &[&turned], &n("sin"), &[]);
        let square = if way.square_by_mul {
            self.node("Mul", &[&sine, &sine], &n("square"), &[])
        } else {
            self.node("Pow", &[&sine, "two"], &n("square"), &[])
        };
        let wrong = if way.inverse == 4 { 0.5 } else { 0.0 };
        let term = match way.inverse {
            0 => {
                let inverse = self.node("Reciprocal", &[&alpha], &n("inverse"), &[]);
                self.pair(way, "Mul", &inverse, &square, &n("term"))
            }
            1 => {
                let inverse = self.node("Div", &["one", &alpha], &n("inverse"), &[]);
                self.pair(way, "Mul", &inverse, &square, &n("term"))
            }
            2 => self.node("Div", &[&square, &alpha], &n("term"), &[]),
            _ => {
                let inverse = self.tensor(&n("inverse"), &[1, CHANNELS, 1], |i| {
                    1.0 / (2.0 + i as f32) + wrong
                });
                self.pair(way, "Mul", &inverse, &square, &n("term"))
            }
        };
        let active = self.pair(way, "Add", &v, &term, &n("active"));
        let weight = self.tensor(&n("w"), &[CHANNELS, CHANNELS, TAPS], |i| i as f32 / 10.0);
        let bias = self.tensor(&n("b"), &[CHANNELS], |i| i as f32);
        let attributes: &[(&str, &[u64])] = &[("dilations", &[dilation]), ("pads", &[pad, pad])];
        self.node("Conv", &[&active, &weight, &bias], &n("conv"), attributes)
    }
}

fn model(way: Way) -> Vec<u8> {
    with_block(Writer::default(), way)
}

/// The block and what is around it, after what `w` has already.
fn with_block(mut w: Writer, way: Way) -> Vec<u8> {
    w.tensor("one", &[1], |_| 1.0);
    w.tensor("two", &[], |_| 2.0);
    w.tensor("half", &[], |_| 0.5);
    w.tensor("minus half", &[], |_| -0.5);
    w.tensor("epsilon", &[], |_| 1e-5);
    w.tensor("last", &[1], |_| -1.0);
    w.node("Relu", &["input"], "x", &[]);
    w.node("Relu", &["style"], "gamma", &[]);
    w.node("Relu", &["style"], "beta", &[]);
    let mut ends = Vec::new();
    for prefix in if way.twins { &["", "twin."][..] } else { &[""] } {
        let mut x = "x".to_owned();
        for stage in 0..way.stages {
            let dilation = 2 * stage as u64 + 1;
            let first = w.layer(way, &x, &format!("{prefix}{stage}.1"), dilation, dilation);
            let more = u64::from(way.padded && stage + 1 == way.stages);
            let second = w.layer(way, &first, &format!("{prefix}{stage}.2"), 1, 1 + more);
            x = w.pair(way, "Add", &second, &x, &format!("{prefix}{stage}.out"));
        }
        ends.push(x);
    }
    let ends: Vec<&str> = ends.iter().map(String::as_str).collect();
    w.node("Sum", &ends, "output", &[]);
    if way.tapped {
        w.node("Relu", &["1.1.conv"], "tap", &[]);
        return w.model(&["output", "tap"]);
    }
    w.model(&["output"])
}

/// Fuses the model; gives the operators left and the data written.
fn fused(way: Way) -> Result<(Vec<String>, Vec<u8>, Fused), NotFused> {
    fused_model(&model(way))
}

fn fused_model(model: &[u8]) -> Result<(Vec<String>, Vec<u8>, Fused), NotFused> {
    let mut source = tempfile::tempfile().unwrap();
    source.write_all(model).unwrap();
    source.rewind().unwrap();
    let skeleton = skeleton::read(&source).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut data = DataFile::create(dir.path(), "kernels.bin").unwrap();
    let fused = fuse(&skeleton, &source, &mut data)?;
    let ops = fused.nodes.iter().map(|node| op(node)).collect();
    let written = std::fs::read(dir.path().join("kernels.bin")).unwrap();
    Ok((ops, written, fused))
}

fn op(node: &[u8]) -> String {
    let op = fields(node)
        .map(Result::unwrap)
        .find(|field| field.number == 4)
        .unwrap();
    wire::text(op.value).unwrap()
}

const PLAIN: Way = Way {
    swapped: false,
    square_by_mul: false,
    inverse: 0,
    aliases: false,
    padded: false,
    norm: 0,
    twins: false,
    tapped: false,
    stages: 3,
};

#[test]
fn every_way_to_write_a_block_is_found() {
    for swapped in [false, true] {
        for square_by_mul in [false, true] {
            for inverse in 0..4 {
                for aliases in [false, true] {
                    let way = Way {
                        swapped,
                        square_by_mul,
                        inverse,
                        aliases,
                        ..PLAIN
                    };
                    let (ops, _, fused) = fused(way).unwrap_or_else(|error| panic!("{way:?}: {error}"));
                    assert_eq!(fused.blocks.len(), 1);
                    let count = |name: &str| ops.iter().filter(|op| *op == name).count();
                    assert_eq!(count(fused::RESIDUAL_BLOCK), 1, "{way:?}");
                    // What the style becomes stays, all else of the block goes.
                    assert_eq!(
                        (count("Conv"), count("Sin"), count("Identity")),
                        (0, 0, 0),
                        "{way:?}: {ops:?}"
                    );
                    assert_eq!((count("Add"), count("Relu")), (6, 3), "{way:?}: {ops:?}");
                    assert!(fused.unread.contains("0.1.w") && fused.unread.contains("2.2.alpha"));
                    assert!(!fused.unread.contains("one"));
                }
            }
        }
    }
}

#[test]
fn a_normalisation_is_found_in_every_spelling() {
    for norm in 1..=CHAINS {
        for twins in [false, true] {
            let way = Way { norm, twins, ..PLAIN };
            let (ops, data, fused) = fused(way).unwrap_or_else(|error| panic!("{way:?}: {error}"));
            let blocks = 1 + usize::from(twins);
            assert_eq!((fused.blocks.len(), fused.misfits.len()), (blocks, 0), "{way:?}");
            let left = ["ReduceMean", "Sub", "Sqrt", "Conv"];
            assert!(
                !ops.iter().any(|op| left.contains(&op.as_str())),
                "{way:?}: {ops:?}"
            );
            // A chain has no weight and offset of its own: ones and zeros.
            let float = |at: usize| f32::from_le_bytes(data[at..at + 4].try_into().unwrap());
            let weights = toom::packed_len(CHANNELS, CHANNELS, TAPS).unwrap() * 4 * 6;
            let norm = weights.next_multiple_of(4096) + 4 * 2 * CHANNELS;
            let constants: Vec<f32> = (0..2 * CHANNELS).map(|i| float(norm + 4 * i)).collect();
            assert_eq!(constants, [1., 1., 1., 1., 0., 0., 0., 0.]);
        }
    }
}

#[test]
fn what_is_nearly_a_block_says_which_step_does_not_fit() {
    let misfits = |way: Way| match fused(way) {
        Err(NotFused::NoBlocks(misfits)) => misfits.iter().map(ToString::to_string).collect::<Vec<_>>(),
        other => panic!("{way:?}: {other:?}"),
    };
    let wrong = misfits(Way {
        norm: WRONG_CHAIN,
        ..PLAIN
    });
    assert_eq!(wrong.len(), 6);
    assert!(wrong[0].contains("0.1.inside is not the root of ε"), "{wrong:?}");
    let short = misfits(Way { stages: 2, ..PLAIN });
    assert!(short[0].contains("three stages in a row"), "{short:?}");
    assert!(misfits(Way { stages: 0, ..PLAIN }).is_empty());
}

#[test]
fn what_is_not_a_whole_block_stays() {
    let ways = [
        Way { inverse: 4, ..PLAIN },
        Way {
            padded: true,
            ..PLAIN
        },
        Way {
            tapped: true,
            ..PLAIN
        },
        Way { stages: 2, ..PLAIN },
        Way { stages: 4, ..PLAIN },
        Way { stages: 0, ..PLAIN },
    ];
    for way in ways {
        assert!(matches!(fused(way), Err(NotFused::NoBlocks(_))), "{way:?}");
    }
}

#[test]
fn convolutions_and_products_outside_of_blocks_go_too() {
    let mut w = Writer::default();
    w.tensor("matrix", &[128, 128], |i| i as f32);
    w.node("MatMul", &["pitch", "matrix"], "once", &[]);
    w.node("MatMul", &["once", "matrix"], "twice", &[]);
    w.node("Relu", &["twice"], "turns", &[]);
    w.node("CumSum", &["turns", "axis"], "phase", &[]);
    w.tensor("decoder.w", &[3, 128, 3], |i| i as f32);
    w.tensor("decoder.b", &[3], |i| i as f32);
    let pads: &[(&str, &[u64])] = &[("pads", &[1, 1])];
    w.node("Conv", &["before", "decoder.w", "decoder.b"], "input", pads);
    let (ops, _, fused) = fused_model(&with_block(w, PLAIN)).unwrap();
    assert_eq!(
        (fused.blocks.len(), fused.convolutions, fused.products),
        (1, 1, 2)
    );
    // Two of the block, two of the convolution, one matrix for both products.
    assert_eq!(fused.tensors.len(), 5);
    let count = |name: &str| ops.iter().filter(|op| *op == name).count();
    assert_eq!(count(fused::MAT_MUL), 2);
    assert_eq!(
        (count("Conv"), count(fused::CONVOLUTION), count("CumSum")),
        (0, 1, 1)
    );
    assert!(fused.unread.contains("decoder.w") && fused.unread.contains("decoder.b"));
}

#[test]
fn the_node_reads_signal_styles_weights_and_parameters() {
    let (_, data, fused) = fused(PLAIN).unwrap();
    let node = fused
        .nodes
        .iter()
        .find(|node| op(node) == fused::RESIDUAL_BLOCK)
        .unwrap();
    let inputs: Vec<String> = fields(node)
        .map(Result::unwrap)
        .filter(|field| field.number == 1)
        .map(|field| wire::text(field.value).unwrap())
        .collect();
    assert_eq!(inputs.len(), 15);
    assert_eq!(inputs[..5], ["x", "0.1.gain", "beta", "0.2.gain", "beta"]);
    assert_eq!(fused.tensors.len(), 2);

    let float = |at: usize| f32::from_le_bytes(data[at..at + 4].try_into().unwrap());
    let plain: Vec<f32> = (0..CHANNELS * CHANNELS * TAPS).map(|i| i as f32 / 10.0).collect();
    let packed = toom::pack(&plain, CHANNELS, CHANNELS, TAPS).unwrap();
    for (i, expected) in packed.iter().enumerate() {
        assert_eq!(float(4 * i), *expected);
    }
    // On the next page: bias, α, weight and bias of the first normalisation.
    let page = (packed.len() * 4 * 6).next_multiple_of(4096);
    let parameters: Vec<f32> = (0..4 * CHANNELS).map(|i| float(page + 4 * i)).collect();
    assert_eq!(
        parameters,
        [0., 1., 2., 3., 2., 3., 4., 5., 1., 2., 3., 4., 0., 1., 2., 3.]
    );
}
