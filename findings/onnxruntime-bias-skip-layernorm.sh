#!/usr/bin/env bash
# ONNX Runtime 1.31.1 gives the bias of MatMul -> Add -> SkipLayerNormalization to the normalisation as a fifth input, where the
# length is not fixed. The three are added in another order then, so the result has other bits than without optimisation.
# Behind another operator (here Relu) it leaves the addition alone, and the bits are equal.
# Exits 1 when that changes. Needs python3 with venv, and a package index.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check onnxruntime==1.31.1 onnx==1.23.2 numpy==2.4.6

"$dir/venv/bin/python" - "$dir" <<'PYTHON'
import sys
import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper

WIDTH, DEPTH, LENGTH = 64, 48, 8
FLOAT = onnx.TensorProto.FLOAT


def model(behind, rng):
    draw = lambda *shape: rng.standard_normal(shape).astype(np.float32)
    weights = {"w": draw(DEPTH, WIDTH), "bias": draw(WIDTH), "gamma": draw(WIDTH), "beta": draw(WIDTH)}
    product = [helper.make_node("MatMul", ["x", "w"], ["product"])]
    if behind != "MatMul":
        product.append(helper.make_node(behind, ["product"], ["other"]))
    nodes = product + [
        helper.make_node("Add", [product[-1].output[0], "bias"], ["sum"]),
        helper.make_node("SkipLayerNormalization", ["sum", "skip", "gamma", "beta"], ["y"], domain="com.microsoft"),
    ]
    value = lambda name, width: helper.make_tensor_value_info(name, FLOAT, [1, "n", width])
    graph = helper.make_graph(nodes, "g", [value("x", DEPTH), value("skip", WIDTH)], [value("y", WIDTH)],
                              [numpy_helper.from_array(v, k) for k, v in weights.items()])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return made.SerializeToString(), {"x": draw(1, LENGTH, DEPTH), "skip": draw(1, LENGTH, WIDTH)}


def run(data, feed, level, path):
    options = ort.SessionOptions()
    options.graph_optimization_level, options.optimized_model_filepath = level, path
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    result = session.run(None, feed)[0]
    del session
    return result, [(node.op_type, len(node.input)) for node in onnx.load(path).graph.node]


print("onnxruntime", ort.__version__)
level, holds = ort.GraphOptimizationLevel, True
for behind in ("MatMul", "Relu"):
    for seed in range(3):
        data, feed = model(behind, np.random.default_rng(seed))
        name = f"{sys.argv[1]}/{behind}{seed}"
        plain, _ = run(data, feed, level.ORT_DISABLE_ALL, name + "-plain.onnx")
        best, nodes = run(data, feed, level.ORT_ENABLE_ALL, name + "-all.onnx")
        differ = int((plain.view(np.uint32) != best.view(np.uint32)).sum())
        print(f"behind {behind}, seed {seed}: {nodes}; {differ} of {plain.size} values differ, by {abs(plain - best).max():.1e} at most")
        folded = ("SkipLayerNormalization", 5) in nodes
        holds &= folded and differ > 0 if behind == "MatMul" else not folded and differ == 0
print("as found" if holds else "CHANGED")
sys.exit(not holds)
PYTHON
