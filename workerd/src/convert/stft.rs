//! Writes the short-time Fourier transform of the vocoder's source as a convolution.
//!
//! ```text
//! signal ─ STFT(hop, window, length)      →   signal ─ Reshape ─ Conv(hop) ─ Reshape ─ Transpose
//! [batch, samples, 1]                         [batch, 1, samples] … [batch, 2 · bins, frames] … [batch, frames, bins, 2]
//! ```
//!
//! A frame of 20 samples is no power of two, and ONNX Runtime 1.31.1 takes 7 ms for a second of sound, two hundred times as long as
//! for the convolution, which is a fifteenth of all that a sentence costs.
//!
//! It also changes what is heard. The model reads the *angle* of each bin. The lowest and the highest of a real signal have no
//! imaginary part; the operator gives one of 10⁻⁷ or less, whose sign makes the angle of a negative number π or -π by chance. Here it
//! is a hair above zero, and the angle π, as the model had it when it was trained (hexgrad/kokoro, `custom_stft.py`, whose comment
//! says so of `PyTorch`). The sound is 1.2 dB from the operator's (log-mel; with -π it would be 4.4).
//!
//! Pure: no I/O. Source: ONNX operator `STFT`, opset 17.

use std::f64::consts::TAU;

use super::fuse;
use super::graph::{Attribute, Graph, Node};
use super::skeleton::{FLOAT, Skeleton, Tensor};
use super::wire::{Message, WireError};

/// The most samples of a frame. The weights grow with the square; Kokoro has 20.
const MAX_FRAME: usize = 64;
/// `TensorProto.DataType` of whole numbers.
const INT64: u64 = 7;
/// The imaginary part of a bin that has none.
const ABOVE_ZERO: f32 = 1e-30;

/// Replaces every transform that is one-sided and has constant parameters; returns how many.
///
/// # Errors
/// A node that is no protobuf message.
pub(super) fn unroll(skeleton: &mut Skeleton) -> Result<usize, WireError> {
    let found: Vec<(usize, Transform)> = {
        let graph = Graph::of(skeleton)?;
        let nodes = graph.nodes.iter().enumerate();
        nodes
            .filter_map(|(i, node)| Transform::of(&graph, node).map(|transform| (i, transform)))
            .collect()
    };
    let count = found.len();
    for (i, transform) in found.into_iter().rev() {
        skeleton.nodes.splice(i..=i, transform.nodes());
        skeleton.tensors.extend(transform.tensors());
    }
    Ok(count)
}

/// An `STFT` whose parameters are known.
struct Transform {
    signal: String,
    output: String,
    hop: usize,
    window: Vec<f64>,
}

impl Transform {
    fn of(graph: &Graph<'_>, node: &Node) -> Option<Self> {
        let onesided = matches!(node.attributes.get("onesided"), None | Some(Attribute::Int(1)));
        if node.op != "STFT" || !node.domain.is_empty() || !onesided {
            return None;
        }
        let [signal, hop, window, length] = &node.inputs[..] else {
            return None;
        };
        let (hop, length) = (whole(graph.number(hop)?)?, whole(graph.number(length)?)?);
        let window = graph.numbers(window)?;
        (window.len() == length && (1..=MAX_FRAME).contains(&length) && hop > 0).then(|| Self {
            signal: signal.clone(),
            output: node.outputs[0].clone(),
            hop,
            window,
        })
    }

    fn bins(&self) -> usize {
        self.window.len() / 2 + 1
    }

    /// The name of something of this transform.
    fn name(&self, what: &str) -> String {
        format!("{}/{what}", self.output)
    }

    fn nodes(&self) -> [Vec<u8>; 4] {
        let of = |what| self.name(what);
        let node = |op, inputs: &[&str], output: &str, attributes: &[Message]| {
            fuse::node(op, inputs.iter().copied(), output, output, attributes).finish()
        };
        let strides = fuse::ints("strides", [self.hop]);
        let turned = fuse::ints("perm", [0, 3, 2, 1]);
        [
            node("Reshape", &[&self.signal, &of("row")], &of("signal"), &[]),
            node(
                "Conv",
                &[&of("signal"), &of("waves"), &of("above zero")],
                &of("parts"),
                &[strides],
            ),
            node("Reshape", &[&of("parts"), &of("bins")], &of("pairs"), &[]),
            node("Transpose", &[&of("pairs")], &self.output, &[turned]),
        ]
    }

    fn tensors(&self) -> [Tensor; 4] {
        let (bins, length) = (self.bins(), self.window.len());
        let floats = |values: &[f32]| values.iter().flat_map(|x| x.to_le_bytes()).collect();
        let shape = |dims: &[i64]| dims.iter().flat_map(|d| d.to_le_bytes()).collect();
        [
            tensor(
                self.name("waves"),
                FLOAT,
                &[2 * bins, 1, length],
                floats(&self.waves()),
            ),
            tensor(
                self.name("above zero"),
                FLOAT,
                &[2 * bins],
                floats(&self.offsets()),
            ),
            // 0 is what it was.
            tensor(self.name("row"), INT64, &[3], shape(&[0, 1, -1])),
            tensor(
                self.name("bins"),
                INT64,
                &[4],
                shape(&[0, 2, (bins as u64).cast_signed(), -1]),
            ),
        ]
    }

    /// `[2 · bins, length]`: the real parts of all bins, then the imaginary ones.
    #[expect(clippy::cast_precision_loss, reason = "at most MAX_FRAME")]
    #[expect(clippy::cast_possible_truncation, reason = "the model computes in f32")]
    fn waves(&self) -> Vec<f32> {
        let length = self.window.len();
        let angle = |bin: usize, n: usize| TAU * ((bin * n) % length) as f64 / length as f64;
        let rows = |part: fn(f64) -> f64| {
            (0..self.bins()).flat_map(move |bin| {
                let window = self.window.iter().enumerate();
                window.map(move |(n, weight)| (weight * part(angle(bin, n))) as f32)
            })
        };
        let mut waves: Vec<f32> = rows(f64::cos).chain(rows(|angle| -angle.sin())).collect();
        for bin in self.real_bins() {
            waves[(self.bins() + bin) * length..][..length].fill(0.0);
        }
        waves
    }

    fn offsets(&self) -> Vec<f32> {
        let mut offsets = vec![0.0; 2 * self.bins()];
        for bin in self.real_bins() {
            offsets[self.bins() + bin] = ABOVE_ZERO;
        }
        offsets
    }

    /// The bins that have no imaginary part, whatever the signal.
    fn real_bins(&self) -> impl Iterator<Item = usize> {
        let length = self.window.len();
        [0, length / 2]
            .into_iter()
            .filter(move |bin| (2 * bin).is_multiple_of(length))
    }
}

/// A small whole number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "compared with what it was"
)]
fn whole(number: f64) -> Option<usize> {
    let whole = number as u32;
    (f64::from(whole) == number).then_some(whole as usize)
}

fn tensor(name: String, data_type: u64, dims: &[usize], data: Vec<u8>) -> Tensor {
    let mut message = Message::default();
    for d in dims {
        message.uint(1, *d as u64);
    }
    message
        .uint(2, data_type)
        .bytes(8, name.as_bytes())
        .bytes(9, &data);
    Tensor {
        name,
        dims: dims.iter().map(|d| (*d as u64).cast_signed()).collect(),
        data_type,
        message: message.finish(),
        place: None,
        quantised: None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::fuse::tests::Writer;
    use super::super::skeleton;
    use super::*;

    const LENGTH: usize = 6;

    fn window(n: usize) -> f32 {
        [0.0, 0.25, 0.75, 1.0, 0.75, 0.25][n]
    }

    /// A transform of frames of six samples, two apart.
    fn transform(frame: i64) -> Skeleton {
        let mut w = Writer::default();
        w.tensor("window", &[LENGTH], window);
        w.bytes_tensor("hop", INT64, &[], &2i64.to_le_bytes());
        w.bytes_tensor("length", INT64, &[], &frame.to_le_bytes());
        w.node("Relu", &["x"], "signal", &[]);
        w.node("STFT", &["signal", "hop", "window", "length"], "spectrum", &[]);
        w.node("Transpose", &["spectrum"], "y", &[]);
        skeleton::read(Cursor::new(w.model(&["y"]))).unwrap()
    }

    #[test]
    fn a_transform_is_a_convolution() {
        let mut skeleton = transform(6);
        assert_eq!(unroll(&mut skeleton), Ok(1));
        let graph = Graph::of(&skeleton).unwrap();
        let ops: Vec<&str> = graph.nodes.iter().map(|node| node.op.as_str()).collect();
        assert_eq!(
            ops,
            ["Relu", "Reshape", "Conv", "Reshape", "Transpose", "Transpose"]
        );
        assert_eq!(graph.nodes[1].inputs[0], "signal");
        assert_eq!(graph.nodes[2].ints("strides"), Some(&[2][..]));
        assert_eq!(graph.nodes[4].outputs, ["spectrum"]);
        assert_eq!(graph.nodes[5].inputs, ["spectrum"]);
        for input in graph.nodes[1..5].iter().flat_map(|node| &node.inputs) {
            assert!(
                graph.maker(input).is_some() || graph.tensor(input).is_some(),
                "{input}"
            );
        }
        assert_eq!(graph.tensor("spectrum/waves").unwrap().dims, [8, 1, 6]);
        assert_eq!(graph.numbers("spectrum/bins"), Some(vec![0.0, 2.0, 4.0, -1.0]));
    }

    #[test]
    fn its_weights_are_the_transform_of_one_frame() {
        let mut skeleton = transform(6);
        unroll(&mut skeleton).unwrap();
        let graph = Graph::of(&skeleton).unwrap();
        let (waves, offsets) = (
            graph.numbers("spectrum/waves").unwrap(),
            graph.numbers("spectrum/above zero").unwrap(),
        );
        let signal = [0.3, -1.0, 0.5, 2.0, -0.7, 0.1];
        for bin in 0..4 {
            let (mut real, mut imaginary) = (0.0, 0.0);
            for (n, x) in signal.iter().enumerate() {
                let angle = TAU * bin as f64 * n as f64 / 6.0;
                real += x * f64::from(window(n)) * angle.cos();
                imaginary -= x * f64::from(window(n)) * angle.sin();
            }
            let row = |row: usize| -> f64 {
                let weights = &waves[row * LENGTH..][..LENGTH];
                offsets[row] + weights.iter().zip(&signal).map(|(a, b)| a * b).sum::<f64>()
            };
            assert!((row(bin) - real).abs() < 1e-6);
            assert!((row(4 + bin) - imaginary).abs() < 1e-6);
            // Never below zero where there is no imaginary part: the angle of a negative number is π.
            assert_eq!(row(4 + bin) == f64::from(ABOVE_ZERO), bin % 3 == 0);
        }
    }

    #[test]
    fn what_is_not_known_stays() {
        let same = transform(5);
        let mut skeleton = same.clone();
        assert_eq!((unroll(&mut skeleton), skeleton), (Ok(0), same));
        let mut w = Writer::default();
        w.node("STFT", &["signal", "hop", "window", "length"], "y", &[]);
        let mut skeleton = skeleton::read(Cursor::new(w.model(&["y"]))).unwrap();
        assert_eq!(unroll(&mut skeleton), Ok(0));
    }
}
