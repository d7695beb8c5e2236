use std::io::{Cursor, Seek as _, Write as _};

use super::super::data::floats;
use super::super::fuse::tests::Writer;
use super::super::skeleton;
use super::*;

/// The parts of a dynamically quantised graph around `w`.
struct Quantised(Writer);

impl Quantised {
    fn new() -> Self {
        let mut w = Writer::default();
        w.bytes_tensor("zero", UINT8, &[], &[1]);
        w.tensor("scale", &[], |_| 0.5);
        Self(w)
    }

    fn rounded(&mut self, x: &str) {
        let outputs = [format!("{x}.q"), format!("{x}.scale"), format!("{x}.zero")];
        self.0.node_of("", "DynamicQuantizeLinear", &[x], &outputs);
    }

    /// `op` of `x` and the weights `name`, scaled; `bias` as exporters round it.
    fn product(&mut self, op: &str, x: &str, name: &str, bias: Option<&str>, y: &str) {
        let n = |what: &str| format!("{y}.{what}");
        let (rounded, zero) = (format!("{x}.q"), format!("{x}.zero"));
        let mut value = self.0.node(op, &[&rounded, name, &zero, "zero"], &n("int"), &[]);
        let scales = self
            .0
            .node("Mul", &[&format!("{x}.scale"), "scale"], &n("scales"), &[]);
        if let Some(bias) = bias {
            let part = self.0.node("Div", &[bias, &scales], &n("divided"), &[]);
            let part = self.0.node("Floor", &[&part], &n("floor"), &[]);
            let part = self.0.node("Cast", &[&part], &n("bias"), &[]);
            let part = self.0.node("Reshape", &[&part, "shape"], &n("reshaped"), &[]);
            value = self.0.node("Add", &[&value, &part], &n("added"), &[]);
        }
        let cast = self.0.cast(&value, &n("cast"), 1);
        self.0.node("Mul", &[&cast, &scales], y, &[]);
    }
}

fn made(w: &Writer, outputs: &[&str]) -> (Skeleton, usize, std::fs::File) {
    let mut source = tempfile::tempfile().unwrap();
    source.write_all(&w.model(outputs)).unwrap();
    source.rewind().unwrap();
    let mut skeleton = skeleton::read(&source).unwrap();
    let count = dequantise(&mut skeleton).unwrap();
    (skeleton, count, source)
}

#[test]
fn products_become_float_ones() {
    let mut q = Quantised::new();
    q.0.bytes_tensor("w", UINT8, &[2, 1, 1], &[1, 3]);
    q.0.tensor("b", &[2], |i| i as f32);
    q.0.bytes_tensor("m", UINT8, &[2, 2], &[1, 2, 3, 4]);
    q.rounded("x");
    q.product("ConvInteger", "x", "w", Some("b"), "y");
    q.rounded("y");
    q.product("MatMulInteger", "y", "m", None, "z");
    let (skeleton, count, source) = made(&q.0, &["z"]);
    assert_eq!(count, 2);
    let graph = Graph::of(&skeleton).unwrap();
    let ops: Vec<&str> = graph.nodes.iter().map(|node| node.op.as_str()).collect();
    assert_eq!(ops, ["Conv", "MatMul"]);
    assert_eq!(graph.nodes[0].inputs, ["x", "w/float", "b"]);
    assert_eq!(graph.nodes[1].inputs, ["y", "m/float"]);
    assert_eq!(
        (&graph.nodes[0].outputs[0][..], &graph.nodes[1].outputs[0][..]),
        ("y", "z")
    );
    let tensor = |name: &str| {
        skeleton
            .tensors
            .iter()
            .find(|tensor| tensor.name == name)
            .unwrap()
    };
    assert_eq!(floats(tensor("w/float"), &source).unwrap(), [0.0, 1.0]);
    assert_eq!(floats(tensor("m/float"), &source).unwrap(), [0.0, 0.5, 1.0, 1.5]);
    // The 8-bit weights and what scaled them are read by nobody any more.
    let names: Vec<&str> = skeleton
        .tensors
        .iter()
        .map(|tensor| tensor.name.as_str())
        .collect();
    assert_eq!(names, ["b", "m/float", "w/float"]);
}

#[test]
fn an_lstm_gets_its_weights_turned() {
    let mut q = Quantised::new();
    q.0.bytes_tensor("w", INT8, &[1, 2, 4], &[1, 2, 3, 4, 5, 6, 7, 8]);
    q.0.bytes_tensor("r", INT8, &[1, 1, 4], &[1, 2, 3, 4]);
    q.0.bytes_tensor("none", INT8, &[1], &[0]);
    q.0.tensor("one", &[1], |_| 1.0);
    let inputs = ["x", "w", "r", "", "", "h", "c", "", "one", "none", "one", "none"];
    q.0.node_of(
        CONTRIB,
        "DynamicQuantizeLSTM",
        &inputs,
        &["y".into(), String::new(), "end".into()],
    );
    let (skeleton, count, source) = made(&q.0, &["y"]);
    assert_eq!(count, 1);
    let graph = Graph::of(&skeleton).unwrap();
    let lstm = &graph.nodes[0];
    assert_eq!((&lstm.op[..], &lstm.domain[..]), ("LSTM", ""));
    assert_eq!(lstm.inputs, ["x", "w/float", "r/float", "", "", "h", "c"]);
    assert_eq!(lstm.outputs, ["y", "", "end"]);
    let w = skeleton
        .tensors
        .iter()
        .find(|tensor| tensor.name == "w/float")
        .unwrap();
    assert_eq!(w.dims, [1, 4, 2]);
    assert_eq!(floats(w, &source).unwrap(), [1., 5., 2., 6., 3., 7., 4., 8.]);
}

#[test]
fn what_does_not_fit_stays() {
    let mut q = Quantised::new();
    q.0.bytes_tensor("m", UINT8, &[2, 2], &[1, 2, 3, 4]);
    q.rounded("x");
    q.product("MatMulInteger", "x", "m", None, "z");
    // Somebody else reads the integers: they are needed as they are.
    q.0.node("Relu", &["z.int"], "tap", &[]);
    let whole = q.0.model(&["z", "tap"]);
    let (skeleton, count, _) = made(&q.0, &["z", "tap"]);
    assert_eq!(count, 0);
    assert_eq!(skeleton, skeleton::read(Cursor::new(whole)).unwrap());
}
