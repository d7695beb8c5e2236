"""Writes the graph and the table of voices, having measured what the vocoder adds to the colour."""

import csv
from itertools import islice

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper

from . import judge, teacher, train, vocoder
from .acoustics import Acoustics
from .graph import Graph
from .network import VOICE
from .tracks import CEPSTRA, HERTZ, TO_CEPSTRA

# Of the samples that the tracks were made of, whose unit was that of 16 bits.
GAIN = 1 / 32768
# A voice of the table is what its pack is for texts of so many tokens.
TOKENS = range(40, 160)
# Lines by which the colour is measured, and how often, each time with what was found so far.
COLOURED_BY = 112
ROUNDS = 2


def export(work, voices, out, table):
    """Reads work/{network.pt,scale.npz,tracks-*.npz}; writes the model to `out` and the voices to `table`."""
    learned, held_out = train.prepare(work)
    scale = train.Scale.load(work / "scale.npz")
    state = torch.load(work / "network.pt", map_location="cpu")
    spoken = {int(token) for u in learned for token in np.unique(u.tokens)}
    weights = {name: tensor.numpy() for name, tensor in state.items()}
    known = np.stack([u.style for u in learned]) @ weights["style.weight"].T + weights["style.bias"]
    lines = some_lines(work, {(u.text, u.voice) for u in held_out})
    wanted = np.mean([judge.mean_spectrum(sound) for _, sound in lines], 0)
    colour = np.zeros(CEPSTRA)
    build(weights, scale, known, spoken, colour, out)
    for _ in range(ROUNDS):
        colour -= over_of(out, voices, lines, wanted)
        build(weights, scale, known, spoken, colour, out)
    write_table(weights, voices, table)
    print(f"{out}: {out.stat().st_size} bytes")


def some_lines(work, held_out):
    """Lines that were learned, with the teacher's sound."""
    learned = ((line, sound) for line, sound in teacher.said(work) if (line["text"], line["voice"]) not in held_out)
    return list(islice(learned, COLOURED_BY))


def over_of(model, voices, lines, wanted):
    """What the mean spectrum of the model's speech has over the `wanted` one of the teacher's, as cepstra [40]."""
    voice = judge.Voice(model)
    said = (voice.say(line["tokens"], voices.style(line["voice"], len(line["tokens"])))[0] for line, _ in lines)
    over = np.mean([judge.mean_spectrum(sound) for sound in said], 0) - wanted
    return TO_CEPSTRA @ (np.interp(HERTZ, judge.centres(), over) * np.log(10) / 20)


def build(weights, scale, known, spoken, colour, out):
    graph = Graph()
    said = Acoustics(graph, weights, scale, known, spoken).speak(graph.input("input_ids"), graph.input("style"), graph.input("speed"))
    outputs = [
        graph.output("waveform", vocoder.waveform(graph, said, GAIN, colour), TensorProto.FLOAT, ["samples"]),
        graph.output("duration", said.duration, TensorProto.INT64, ["n"]),
    ]
    inputs = [
        helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "n"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, teacher.STYLE]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    onnx.save(graph.model("builtin-voice", inputs, outputs), str(out))


def write_table(weights, voices, path):
    """The numbers that stand in the first dimensions of a style, the others being 0, to give the voice that the pack gives."""
    matrix, bias = weights["style.weight"].astype(np.float64), weights["style.bias"].astype(np.float64)
    with open(path, "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["name", *(f"s{i}" for i in range(VOICE))])
        for name, pack in voices.packs.items():
            wanted = matrix @ pack[TOKENS.start : TOKENS.stop].astype(np.float64).mean(0)
            rows.writerow([name, *(f"{x:.4f}" for x in np.linalg.solve(matrix[:, :VOICE], wanted))])
