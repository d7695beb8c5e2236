use std::io::{Seek as _, Write as _};

use super::super::fuse::tests::Writer;
use super::super::skeleton::{self, Skeleton};
use super::*;

/// A graph of one convolution from `x` to `y`, beside a sine source whose turns are made of `source`.
fn graph(op: &str, dims: [usize; 3], attributes: &[(&str, &[u64])], source: &str) -> Skeleton {
    let mut w = Writer::default();
    w.tensor("w", &dims, |i| i as f32);
    w.node("Relu", &["input"], "x", &[]);
    w.node(op, &["x", "w"], "y", attributes);
    w.node("Relu", &["y"], "output", &[]);
    w.node("Relu", &[source], "turns", &[]);
    w.node("CumSum", &["turns", "axis"], "phase", &[]);
    read(&w.model(&["output", "phase"]))
}

fn read(model: &[u8]) -> Skeleton {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(model).unwrap();
    file.rewind().unwrap();
    skeleton::read(&file).unwrap()
}

fn found(skeleton: &Skeleton) -> usize {
    let graph = Graph::of(skeleton).unwrap();
    let all = find(&graph, &HashSet::new());
    let (conv, _) = graph.maker("y").unwrap();
    assert!(find(&graph, &HashSet::from([conv])).is_empty());
    all.len()
}

#[test]
fn what_fits_is_found_and_nothing_else() {
    type Attributes<'a> = &'a [(&'a str, &'a [u64])];
    let one: Attributes<'_> = &[("pads", &[1, 1])];
    let count = |op, dims, attributes: Attributes<'_>| found(&graph(op, dims, attributes, "input"));
    assert_eq!(count("Conv", [3, 128, 3], one), 1);
    assert_eq!(count("Conv", [3, 128, 7], &[("pads", &[3, 3])]), 1);
    assert_eq!(
        count(
            "Conv",
            [3, 128, 3],
            &[("pads", &[1, 1]), ("strides", &[1]), ("dilations", &[1])]
        ),
        1
    );
    let up: Attributes<'_> = &[("pads", &[5, 5]), ("strides", &[10]), ("output_padding", &[0])];
    assert_eq!(count("ConvTranspose", [128, 3, 20], up), 1);

    let not: [(&str, [usize; 3], Attributes<'_>); 10] = [
        ("Conv", [3, 127, 3], one),
        ("Conv", [3, 128, 5], &[("pads", &[2, 2])]),
        ("Conv", [3, 128, 3], &[("pads", &[0, 2])]),
        ("Conv", [3, 128, 3], &[]),
        ("Conv", [3, 128, 3], &[("pads", &[1, 1]), ("strides", &[2])]),
        ("Conv", [3, 128, 3], &[("pads", &[3, 3]), ("dilations", &[3])]),
        ("Conv", [3, 128, 3], &[("pads", &[1, 1]), ("group", &[2])]),
        ("ConvTranspose", [128, 3, 21], up),
        (
            "ConvTranspose",
            [128, 3, 20],
            &[("pads", &[5, 5]), ("strides", &[10]), ("output_padding", &[1])],
        ),
        (
            "ConvTranspose",
            [128, 3, 20],
            &[("pads", &[8, 8]), ("strides", &[4])],
        ),
    ];
    for (op, dims, attributes) in not {
        assert_eq!(count(op, dims, attributes), 0, "{op} {dims:?} {attributes:?}");
    }
}

#[test]
fn what_the_phase_of_the_source_is_made_of_stays() {
    let pads: &[(&str, &[u64])] = &[("pads", &[1, 1])];
    assert_eq!(found(&graph("Conv", [3, 128, 3], pads, "x")), 1);
    assert_eq!(found(&graph("Conv", [3, 128, 3], pads, "y")), 0);
    assert_eq!(found(&graph("Conv", [3, 128, 3], pads, "output")), 0);
    // A model whose source is made otherwise is left alone.
    let mut w = Writer::default();
    w.tensor("w", &[3, 128, 3], |i| i as f32);
    w.node("Conv", &["x", "w"], "y", pads);
    assert_eq!(found(&read(&w.model(&["y"]))), 0);
}

/// A transposed convolution by its definition is what its phases make.
#[test]
fn phases_make_the_transposed_convolution() {
    for (stride, padding) in [(10, 5), (6, 3), (1, 1), (2, 0), (3, 3), (5, 2)] {
        let (inputs, channels, samples) = (128, 2, 4);
        let taps = stride + 2 * padding;
        let attributes: &[(&str, &[u64])] = &[
            ("pads", &[padding as u64, padding as u64]),
            ("strides", &[stride as u64]),
        ];
        let skeleton = graph("ConvTranspose", [inputs, channels, taps], attributes, "input");
        let graph = Graph::of(&skeleton).unwrap();
        let found = find(&graph, &HashSet::new());
        let [convolution] = &found[..] else {
            panic!("stride {stride}: {} found", found.len())
        };
        assert_eq!(
            (convolution.stride(), convolution.outputs()),
            (stride, channels * stride)
        );

        let weight: Vec<f32> = (0..inputs * channels * taps).map(|i| (i as f32).sin()).collect();
        let x = |input: usize, t: usize| ((input * samples + t) as f32).cos();
        let mut expected = vec![0.0; channels * samples * stride];
        for input in 0..inputs {
            for channel in 0..channels {
                for t in 0..samples {
                    for tap in 0..taps {
                        let at = (t * stride + tap).checked_sub(padding);
                        if let Some(at) = at.filter(|at| *at < samples * stride) {
                            expected[channel * samples * stride + at] +=
                                x(input, t) * weight[(input * channels + channel) * taps + tap];
                        }
                    }
                }
            }
        }
        let filters = convolution.filters(weight).unwrap();
        for channel in 0..channels {
            for at in 0..samples * stride {
                let (t, output) = (at / stride, channel * stride + at % stride);
                let mut y = 0.0;
                for input in 0..inputs {
                    for j in 0..3 {
                        let from = (t + j).checked_sub(1).filter(|from| *from < samples);
                        y += from.map_or(0.0, |from| x(input, from))
                            * filters[(output * inputs + input) * 3 + j];
                    }
                }
                let exact = expected[channel * samples * stride + at];
                assert!(
                    (y - exact).abs() < 1e-3,
                    "stride {stride}, sample {at}: {y} {exact}"
                );
            }
        }
        assert_eq!(convolution.filters(vec![0.0; 3]), None);
    }
}
