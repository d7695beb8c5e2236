use super::super::wire::Message;
use super::*;

fn node(op: &str, inputs: &[&str], output: &str) -> Message {
    let mut node = Message::default();
    for input in inputs {
        node.bytes(1, input.as_bytes());
    }
    node.bytes(2, output.as_bytes()).bytes(4, op.as_bytes());
    node
}

fn skeleton(nodes: Vec<Message>) -> Skeleton {
    Skeleton {
        graph: {
            let mut graph = Message::default();
            graph.bytes(12, b"\x0a\x01z");
            graph.finish()
        },
        nodes: nodes.into_iter().map(Message::finish).collect(),
        ..Skeleton::default()
    }
}

#[test]
fn only_what_nobody_needs_is_dead() {
    // a → b → c → z, and b → d, which a loop's body reads.
    let mut body = Message::default();
    body.bytes(1, node("Relu", &["d"], "inner").as_bytes());
    let mut attribute = Message::default();
    attribute.bytes(1, b"body").bytes(6, body.as_bytes());
    let mut looped = node("Loop", &["z"], "unused");
    looped.bytes(5, attribute.as_bytes());
    let skeleton = skeleton(vec![
        node("A", &["in"], "a"),
        node("B", &["a"], "b"),
        node("C", &["b"], "c"),
        node("Z", &["c"], "z"),
        node("D", &["b"], "d"),
        looped,
    ]);
    let graph = Graph::of(&skeleton).unwrap();
    assert_eq!((graph.uses("d"), graph.uses("z"), graph.uses("b")), (1, 2, 2));
    let dead = |kept: &[&str]| {
        let kept = kept.iter().map(|name| (*name).to_owned()).collect();
        let mut dead: Vec<usize> = graph.dead(&HashSet::from([3]), &kept).into_iter().collect();
        dead.sort_unstable();
        dead
    };
    assert_eq!(dead(&[]), [2, 3]);
    assert_eq!(dead(&["c"]), [3]);
}

#[test]
fn damaged_nodes_are_errors() {
    let skeleton = Skeleton {
        nodes: vec![vec![0x0a, 9, 1]],
        ..Skeleton::default()
    };
    assert!(Graph::of(&skeleton).is_err());
}

#[test]
fn numbers_are_read_however_they_are_written() {
    let tensor = |data_type, number, bytes: &[u8]| {
        let mut tensor = Message::default();
        tensor.uint(2, data_type).bytes(number, bytes);
        numbers(tensor.as_bytes())
    };
    assert_eq!(tensor(1, 9, &2f32.to_le_bytes()), Some(vec![2.0]));
    assert_eq!(tensor(1, 4, &2f32.to_le_bytes()), Some(vec![2.0]));
    assert_eq!(tensor(7, 9, &2i64.to_le_bytes()), Some(vec![2.0]));
    assert_eq!(tensor(7, 7, &[2, 3]), Some(vec![2.0, 3.0]));
    assert_eq!(tensor(11, 9, &2f64.to_le_bytes()), Some(vec![2.0]));
    assert_eq!(tensor(1, 9, &[0; 8]), Some(vec![0.0, 0.0]));
    assert_eq!(tensor(1, 9, &[0; 7]), None);
    assert_eq!(tensor(10, 9, &[0; 2]), None);
}
