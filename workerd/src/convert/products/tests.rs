use std::io::{Seek as _, Write as _};

use super::super::fuse::tests::Writer;
use super::super::skeleton;
use super::*;

#[test]
fn constant_matrices_of_some_size_are_found() {
    let mut w = Writer::default();
    for (name, depth, columns) in [
        ("good", 128, 136),
        ("flat", 128, 120),
        ("short", 112, 128),
        ("odd", 136, 128),
    ] {
        w.tensor(name, &[depth, columns], |i| i as f32);
        w.node("MatMul", &["x", name], &format!("{name}.y"), &[]);
    }
    w.node("Identity", &["good"], "alias", &[]);
    w.node("MatMul", &["x", "alias"], "alias.y", &[]);
    w.node("MatMul", &["good", "x"], "turned.y", &[]);
    w.node("MatMul", &["x", "x"], "own.y", &[]);
    w.tensor("deep", &[2, 128, 128], |i| i as f32);
    w.node("MatMul", &["x", "deep"], "deep.y", &[]);
    // One row of the style, which ONNX Runtime sums in another order.
    w.node("Slice", &["style"], "half", &[]);
    w.node("MatMul", &["half", "good"], "style.y", &[]);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&w.model(&["good.y"])).unwrap();
    file.rewind().unwrap();
    let skeleton = skeleton::read(&file).unwrap();
    let found = find(&Graph::of(&skeleton).unwrap());
    let found: Vec<_> = found
        .iter()
        .map(|p| (p.output.as_str(), p.matrix.name.as_str(), p.depth, p.columns))
        .collect();
    assert_eq!(
        found,
        [("good.y", "good", 128, 136), ("alias.y", "good", 128, 136)]
    );
}
