use std::io::Cursor;

use proptest::prelude::*;

use super::super::wire::Message;
use super::*;

fn tensor(name: &str, dims: &[u64], data: &[u8]) -> Vec<u8> {
    let mut m = Message::default();
    for &d in dims {
        m.uint(1, d);
    }
    m.uint(2, FLOAT).bytes(8, name.as_bytes()).bytes(9, data);
    m.finish()
}

fn model(tensors: &[Vec<u8>]) -> Vec<u8> {
    let mut graph = Message::default();
    graph.bytes(1, b"\x22\x04Relu").bytes(2, b"name");
    for t in tensors {
        graph.bytes(5, t);
    }
    let mut m = Message::default();
    m.uint(1, 8).bytes(7, graph.as_bytes()).float(99, 2.0);
    m.finish()
}

#[test]
fn large_tensors_stay_in_the_file() {
    let data: Vec<u8> = (0..=u8::MAX).cycle().take(2048).collect();
    let bytes = model(&[tensor("big", &[2, 256], &data), tensor("small", &[1], &[0; 4])]);
    let skeleton = read(Cursor::new(&bytes)).unwrap();
    let [big, small] = &skeleton.tensors[..] else {
        panic!("two tensors")
    };
    let place = big.place.unwrap();
    let start = usize::try_from(place.offset).unwrap();
    assert_eq!(
        &bytes[start..start + usize::try_from(place.length).unwrap()],
        &data
    );
    assert_eq!(
        (big.name.as_str(), &big.dims[..], big.data_type),
        ("big", &[2, 256][..], FLOAT)
    );
    assert_eq!(
        (small.place, small.message.clone()),
        (None, tensor("small", &[1], &[0; 4]))
    );
    assert_eq!(skeleton.nodes, [b"\x22\x04Relu"]);
    let mut rest = Message::default();
    rest.uint(1, 8).float(99, 2.0);
    assert_eq!(skeleton.model, rest.finish());
}

#[test]
fn every_defect_has_its_error() {
    let good = model(&[tensor("big", &[2, 256], &[0; 2048])]);
    let error = |bytes: &[u8]| read(Cursor::new(bytes.to_vec())).unwrap_err();
    assert!(matches!(error(b""), SkeletonError::NoGraph));
    assert!(matches!(
        error(&[b"PK\x03\x04"[..].to_vec(), vec![0; 64]].concat()),
        SkeletonError::Wire { .. }
    ));
    for cut in [1, 7, good.len() / 2, good.len() - 1] {
        assert!(
            matches!(error(&good[..cut]), SkeletonError::Wire { .. }),
            "cut at {cut}"
        );
    }
    assert!(matches!(
        error(&[good.clone(), good].concat()),
        SkeletonError::TwoGraphs
    ));
    let wrong = model(&[tensor("t", &[3], &[0; 2048])]);
    assert!(matches!(
        error(&wrong),
        SkeletonError::TensorSize {
            expected: 12,
            actual: 2048,
            ..
        }
    ));
    let absurd = model(&[tensor("t", &[u64::MAX, 7], &[0; 2048])]);
    assert!(matches!(error(&absurd), SkeletonError::TensorShape { .. }));
    let mut moved = tensor("t", &[1], &[0; 4]);
    moved.extend([14 << 3, 1]);
    assert!(matches!(error(&model(&[moved])), SkeletonError::AlreadyExternal));
}

#[test]
fn a_file_of_empty_nodes_is_refused_before_it_fills_memory() {
    let count = MAX_SKELETON / FIELD_COST + 1;
    let mut graph = Vec::new();
    for _ in 0..count {
        graph.extend([0x0a, 0]);
    }
    let mut m = Message::default();
    m.bytes(7, &graph);
    assert!(matches!(
        read(Cursor::new(m.finish())),
        Err(SkeletonError::TooLarge)
    ));
}

proptest! {
    #[test]
    fn any_bytes_give_an_error_or_a_skeleton(bytes: Vec<u8>) {
        let _ = read(Cursor::new(bytes));
    }

    #[test]
    fn any_damage_gives_an_error_or_a_skeleton(at in 0usize..2000, byte: u8) {
        let mut bytes = model(&[tensor("big", &[2, 256], &[7; 2048]), tensor("small", &[1], &[0; 4])]);
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read(Cursor::new(bytes));
    }
}
