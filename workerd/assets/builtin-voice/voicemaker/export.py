"""Writes the graph, having measured on held-out lines how wide the cepstra and how loud the speakers must be."""

import random

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper

from . import dataset, styles, targets, train, vocoder
from .acoustics import Acoustics, controls
from .graph import Graph
from .network import Network
from .tracks import CEPSTRA
from .vocabulary import IDS

LEVEL_DB = -20.0
FIRST_GAIN = 4e-5
MEASURED = 120
WIDEST = 1.6


def export(work, packs, out):
    """Reads work/{network.pt,speakers.npz,utterances.npz}; writes the model to `out`."""
    utterances = dataset.load(work / "utterances.npz")
    speakers = train.load_speakers(work / "speakers.npz")
    weights = torch.load(work / "network.pt", map_location="cpu")
    random.Random(2).shuffle(utterances)
    samples = [[u for u in utterances if u.speaker == s][:MEASURED] for s in (0, 1)]
    typical = targets.typical_strengths(utterances)

    spread = np.stack([spread_of(weights, speakers, s, samples[s], typical) for s in (0, 1)])
    spoken = {int(t) for u in utterances for t in np.unique(u.tokens)}
    spoken |= {IDS[also] for _, also, _ in train.SWAPS} | set(train.QUOTES)
    matrix = styles.matrix(packs)
    parts = {name: tensor.numpy() for name, tensor in weights.items()}
    gains = [FIRST_GAIN, FIRST_GAIN]
    build(parts, speakers, spread, spoken, matrix, gains, out)
    gains = [FIRST_GAIN * 10 ** ((LEVEL_DB - level(out, s, samples[s][:20])) / 20) for s in (0, 1)]
    build(parts, speakers, spread, spoken, matrix, gains, out)
    print(f"{out}: {out.stat().st_size} bytes, gains {gains[0]:.3g} {gains[1]:.3g}")


def spread_of(weights, speakers, speaker, utterances, typical):
    """A network trained on the mean error moves too little: the deviation of the teacher's cepstra over that of the network's."""
    network = Network()
    network.load_state_dict(weights)
    made = [targets.target(u, speakers[speaker].log_f0, typical) for u in utterances]
    wanted, got = np.zeros(CEPSTRA), np.zeros(CEPSTRA)
    for start in range(0, len(made), 12):
        chosen = made[start : start + 12]
        batch = train.Batch(chosen, speakers)
        with torch.no_grad():
            states = network.encode(batch.tokens, batch.speaker, batch.lengths)
            tracks = network.decode(states, batch.token_of_step, batch.positions, batch.speaker, batch.mask)
        for row, t in enumerate(chosen):
            voiced = np.where(t.voiced > 0)[0]
            wanted += batch.tracks[row, voiced, :CEPSTRA].numpy().var(0)
            got += tracks[row, voiced, :CEPSTRA].numpy().var(0)
    spread = np.clip(np.sqrt(wanted / got), 1, WIDEST)
    spread[0] = 1
    return spread.astype(np.float32)


def build(weights, speakers, spread, spoken, matrix, gains, out):
    graph = Graph()
    control = controls(graph, graph.input("style"), matrix)
    said = Acoustics(graph, weights, speakers, spread, spoken).speak(graph.input("input_ids"), graph.input("speed"), control)
    outputs = [
        graph.output("waveform", vocoder.waveform(graph, said, control, gains), TensorProto.FLOAT, ["samples"]),
        graph.output("duration", said.duration, TensorProto.INT64, ["n"]),
    ]
    inputs = [
        helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "n"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, styles.STYLE]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    onnx.save(graph.model("builtin-voice", inputs, outputs), str(out))


def level(path, speaker, utterances):
    """Mean level in dBFS of what the model says for these tokens."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    style = np.zeros((1, styles.STYLE), np.float32)
    style[0, 0] = speaker
    inputs = [{"input_ids": u.tokens[None], "style": style, "speed": np.ones(1, np.float32)} for u in utterances]
    sound = np.concatenate([session.run(["waveform"], given)[0] for given in inputs])
    return 10 * np.log10((sound**2).mean())
