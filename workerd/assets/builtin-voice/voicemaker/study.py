"""The weights of the study that this tool began from (../shared/builtin-voice/study), under this tool's names.

`make-voice train --start FOLDER` goes on from them: the same network, trained for 6,400 steps on the same teachers' American
text. It knows no British vowel and raises every question.
"""

import numpy as np
import torch

from .targets import Speaker
from .vocabulary import IDS

LAYERS = {
    "emb": "embedding", "sv": "speaker_in", "pr": "joined", "sd": "speaker_duration", "d1": "duration_in", "d2": "duration_out",
    "inp": "state", "pos": "position", "sp": "speaker_track", "out": "out", "gru": "recurrent",
}
# British symbols begin as their nearest American ones, the length mark as nothing.
BRITISH = {"a": "æ", "ɒ": "ɔ", "Q": "O"}


def load(folder):
    """(weights by name, [Speaker])"""
    stored = torch.load(folder / "net.pt", map_location="cpu")
    weights = {renamed(name): tensor for name, tensor in stored.items()}
    embedding = weights["embedding.weight"]
    for symbol, nearest in BRITISH.items():
        embedding[IDS[symbol]] = embedding[IDS[nearest]]
    embedding[IDS["ː"]] = 0
    numbers = np.load(folder / "stat.npz")
    speakers = [
        Speaker(float(numbers["f0"][s]), numbers[f"m{s}"].astype(np.float32), numbers["sd"].astype(np.float32)) for s in (0, 1)
    ]
    return weights, speakers


def renamed(name):
    first, rest = name.split(".", 1)
    if first in ("enc", "dec"):
        layer, _, kind = rest.split(".")
        return f"{first}oder.{layer}.conv.{kind}"
    return f"{LAYERS[first]}.{rest}"
