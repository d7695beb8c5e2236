#!/usr/bin/env bash
# ONNX Runtime's STFT with frames of 20 samples, as Kokoro's vocoder has them: it takes more than ten times as long as the same
# transform written as a convolution, and the imaginary part of the highest bin of a real signal, which is none, is a rounding
# of either sign. Whoever takes the angle of that bin gets pi or -pi by chance; numpy's transform has a plain zero there.
# Exits 1 when that changes. Needs python3 with venv and a package index.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check onnxruntime==1.31.1 onnx==1.23.2 numpy==2.4.6

"$dir/venv/bin/python" - <<'PYTHON'
import sys, time
import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

LENGTH, HOP, RATE, SECONDS = 20, 5, 24_000, 5
BINS = LENGTH // 2 + 1
window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(LENGTH) / LENGTH)).astype(np.float32)
angles = 2 * np.pi * np.outer(np.arange(BINS), np.arange(LENGTH)) / LENGTH
waves = np.concatenate([np.cos(angles), -np.sin(angles)]) * window


def session(node, shape, constants):
    inputs = [helper.make_tensor_value_info("signal", TensorProto.FLOAT, shape)]
    outputs = [helper.make_tensor_value_info("spectrum", TensorProto.FLOAT, None)]
    tensors = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph([node], "transform", inputs, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def timed(session, signal):
    took = []
    for _ in range(7):
        began = time.perf_counter()
        [made] = session.run(None, {"signal": signal})
        took.append(time.perf_counter() - began)
    return made, sorted(took)[3]


constants = {"hop": np.array(HOP, np.int64), "window": window, "length": np.array(LENGTH, np.int64)}
operator = session(helper.make_node("STFT", ["signal", *constants], ["spectrum"], onesided=1), [1, "t", 1], constants)
waves = {"waves": waves.astype(np.float32)[:, None, :]}
convolution = session(helper.make_node("Conv", ["signal", "waves"], ["spectrum"], strides=[HOP]), [1, 1, "t"], waves)

time_of = np.arange(RATE * SECONDS) / RATE
noise = np.random.default_rng(1).standard_normal(time_of.size)
signal = (0.1 * np.sin(2 * np.pi * 150 * time_of) + 0.003 * noise).astype(np.float32)
made, by_operator = timed(operator, signal[None, :, None])
other, by_convolution = timed(convolution, signal[None, None, :])
made, other = made[0], np.stack([other[0, :BINS].T, other[0, BINS:].T], -1)
apart = np.abs(made - other).max()
frames = np.lib.stride_tricks.sliding_window_view(signal, LENGTH)[::HOP] * window
exact = np.fft.rfft(frames.astype(np.float64))

real, imaginary = made[:, -1, 0], made[:, -1, 1]
negative = real < 0
above = (imaginary[negative] > 0).mean()
turned = (np.abs(np.arctan2(imaginary, real) - np.angle(exact[:, -1])) > 3).mean()
print(f"onnxruntime {ort.__version__}, numpy {np.__version__}: {SECONDS} s at {RATE} Hz, frames of {LENGTH}, {HOP} apart")
print(f"STFT {1000 * by_operator:.1f} ms, Conv {1000 * by_convolution:.2f} ms; at most {apart:.1e} apart")
print(f"highest bin: |imaginary part| at most {np.abs(imaginary).max():.1e}, above zero in {above:.0%} of the frames whose real part is negative; numpy's is {np.abs(exact[:, -1].imag).max()}")
print(f"its angle is about 2 pi from numpy's in {turned:.0%} of all frames")
holds = by_operator > 10 * by_convolution and apart < 1e-5 and 0.2 < above < 0.8 and turned > 0.1 and not exact[:, -1].imag.any()
print("as found" if holds else "CHANGED")
sys.exit(not holds)
PYTHON
