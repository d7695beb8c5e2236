//! What is found in the structure of the public exports: their graphs without weights, made by `dev/structure`.

use std::io::{Cursor, Read as _};

use flate2::read::GzDecoder;

use super::super::{bias, dequantise, durations, skeleton};
use super::*;

fn structure(compressed: &[u8]) -> Skeleton {
    let mut model = Vec::new();
    GzDecoder::new(compressed).read_to_end(&mut model).unwrap();
    skeleton::read(Cursor::new(model)).unwrap()
}

/// As the conversion prepares it; how many weights were of 8 bits, and whether durations are given out.
fn prepared(compressed: &[u8]) -> (Skeleton, usize, bool) {
    let mut skeleton = structure(compressed);
    let quantised = dequantise::dequantise(&mut skeleton).unwrap();
    bias::fold(&mut skeleton).unwrap();
    let durations = durations::give_out(&mut skeleton).unwrap();
    (skeleton, quantised, durations)
}

/// Blocks, convolutions, products.
fn found(skeleton: &Skeleton) -> [usize; 3] {
    let graph = Graph::of(skeleton).unwrap();
    let blocks::Found { blocks, misfits } = blocks::find(&graph);
    assert!(misfits.is_empty(), "{misfits:?}");
    let ends = blocks.iter().map(|block| graph.maker(&block.output).unwrap().0);
    let kept = blocks.iter().flat_map(Block::values).map(str::to_owned);
    let dead = graph.dead(&ends.collect(), &kept.collect());
    let convolutions = convolutions::find(&graph, &dead).len();
    [blocks.len(), convolutions, products::find(&graph).len()]
}

/// In every spelling. Products of the style alone stay as they are.
const FOUND: [usize; 3] = [8, 19, 74];

const INT8: &[u8] = include_bytes!("../../../structures/release-int8.onnx.gz");
const FLOAT: &[u8] = include_bytes!("../../../structures/release-float.onnx.gz");
const COMMUNITY: &[u8] = include_bytes!("../../../structures/community.onnx.gz");

#[test]
fn everything_is_found_in_the_release_of_8_bits() {
    let (skeleton, quantised, durations) = prepared(INT8);
    assert!(durations);
    assert_eq!(found(&skeleton), FOUND);
    assert!(quantised > 200, "{quantised} weights of 8 bits");
}

#[test]
fn everything_is_found_in_the_float_release() {
    let (skeleton, quantised, durations) = prepared(FLOAT);
    assert_eq!((quantised, durations), (0, true));
    assert_eq!(found(&skeleton), FOUND);
}

#[test]
fn everything_is_found_in_the_export_of_the_community() {
    let (skeleton, quantised, durations) = prepared(COMMUNITY);
    assert_eq!((quantised, durations), (0, true));
    assert_eq!(found(&skeleton), FOUND);
}
