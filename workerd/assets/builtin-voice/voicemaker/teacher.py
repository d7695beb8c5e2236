"""Kokoro-82M says the lines: its sound, the frames of each token and its pitch, which nobody has to estimate."""

import json
import os
import random
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx.utils import Extractor

from .vocabulary import encode

STYLE = 256
ROWS = 510
SEED = 3
# Samples of a frame of the durations; steps of the pitch in one.
FRAME = 600
PITCH_STEPS = 2
# Processes that speak, one on each core.
AT_ONCE = 2
# Of all lines, how many are said by a mixture of two voices.
MIXED = 0.12
LONGEST = 220
PITCH = "F0_proj"


@dataclass
class Line:
    text: str
    voice: str  # a name, or two with the share of the second: "af_sky+bm_fable:0.4"
    tokens: list  # without padding
    style: np.ndarray  # [256]


class Voices:
    """Kokoro's packs: for each voice a style for every number of tokens."""

    def __init__(self, folder):
        self.packs = {path.stem: np.fromfile(path, "<f4").reshape(ROWS, STYLE) for path in sorted(folder.glob("[ab][fm]_*.bin"))}
        if not self.packs:
            raise SystemExit(f"{folder} holds no voice packs of Kokoro (NAME.bin)")

    def style(self, voice, tokens):
        row = min(tokens, ROWS) - 1
        if "+" not in voice:
            return self.packs[voice][row]
        first, second = voice.split("+")
        second, share = second.split(":")
        return (1 - float(share)) * self.packs[first][row] + float(share) * self.packs[second][row]

    def chosen(self, count):
        """A voice for each line: all equally often, some mixed."""
        rng, names = random.Random(SEED), list(self.packs)
        order = [names[i % len(names)] for i in range(count)]
        rng.shuffle(order)
        for i, name in enumerate(order):
            if rng.random() < MIXED:
                other = rng.choice([other for other in names if other != name])
                order[i] = f"{name}+{other}:{rng.uniform(0.2, 0.5):.2f}"
        return order


def lines(texts, voices, frontd):
    """The lines in Kokoro's tokens, spelled in the dialect of the voice."""
    chosen = voices.chosen(len(texts))
    spelled = {british: spell([text for text, voice in zip(texts, chosen) if voice.startswith("b") == british], british, frontd) for british in (False, True)}
    made = []
    for text, voice in zip(texts, chosen):
        tokens = spelled[voice.startswith("b")][text]
        if 1 < len(tokens) <= LONGEST:
            made.append(Line(text, voice, tokens, voices.style(voice, len(tokens))))
    return made


def spell(texts, british, frontd):
    """The tokens of each text, as one segment."""
    command = [frontd, "phonemize", *(["--british"] if british else [])]
    said = subprocess.run(command, input="\n".join(texts) + "\n", capture_output=True, text=True, check=True).stdout
    return {text: encode(json.loads(line)["phonemes"])[1:-1] for text, line in zip(texts, said.splitlines())}


def teach(made, teach_program, graph, work):
    """Writes work/teacher-N.{f32,frames,json} for every part; parts that are there stay."""
    parts = [made[i : i + 200] for i in range(0, len(made), 200)]
    todo = [(number, part) for number, part in enumerate(parts) if not (work / f"teacher-{number}.json").exists()]
    pitches, lock = Pitch(graph), threading.Lock()

    def work_off():
        while True:
            with lock:
                if not todo:
                    return
                number, part = todo.pop(0)
            say(part, teach_program, graph, work / f"teacher-{number}", pitches)
            print(f"part {number + 1} of {len(parts)}", flush=True)

    threads = [threading.Thread(target=work_off) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def say(part, program, graph, path, pitches):
    styles = path.with_suffix(".styles")
    np.stack([line.style for line in part]).astype("<f4").tofile(styles)
    given = "".join(",".join(map(str, line.tokens)) + "\n" for line in part)
    frames = subprocess.run([program, graph, styles, path.with_suffix(".f32")], input=given, capture_output=True, text=True, check=True, env=os.environ).stdout
    kept = []
    for line, row in zip(part, frames.splitlines()):
        durations = list(map(int, row.split(",")))
        told, pitch = pitches.of(line)
        kept.append({"text": line.text, "voice": line.voice, "tokens": line.tokens, "durations": durations, "same": told == durations, "pitch": pitch})
    part_file = path.with_suffix(".part")
    part_file.write_text(json.dumps(kept))
    part_file.rename(path.with_suffix(".json"))


def parts(work):
    """The files of what was said, in order."""
    return sorted(work.glob("teacher-*.json"), key=lambda path: int(path.stem.split("-")[1]))


def said(work):
    """Each line of all parts with its samples."""
    return (line for path in parts(work) for line in spoken(path))


def spoken(path):
    """Each line of a part with its samples."""
    sound, at = np.fromfile(path.with_suffix(".f32"), "<f4"), 0
    for line in json.loads(path.read_text()):
        samples = sum(line["durations"]) * FRAME
        yield line, sound[at : at + samples]
        at += samples


class Pitch:
    """The part of the graph that ends in the pitch, 80 steps a second."""

    def __init__(self, graph):
        model = onnx.load(graph, load_external_data=False)
        pitch = next(node.output[0] for node in model.graph.node if node.op_type == "Conv" and PITCH in node.name)
        rounded = next(node for node in model.graph.node if node.op_type == "Round")
        users = [node for node in model.graph.node if rounded.output[0] in node.input]
        durations = users[0].output[0]
        for name in (pitch, durations):
            model.graph.value_info.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
        inputs = [given.name for given in model.graph.input]
        part = Extractor(model).extract_model(inputs, [pitch, durations])
        folder = Path(graph).parent
        path = folder / "pitch.onnx"
        onnx.save(part, path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.inputs = inputs

    def of(self, line):
        """Durations, and pitch in Hz (0 where there is no voice), rounded to a tenth."""
        given = (np.array([[0, *line.tokens, 0]], np.int64), line.style[None].astype(np.float32), np.ones(1, np.float32))
        pitch, durations = self.session.run(None, dict(zip(self.inputs, given)))
        return durations.ravel().astype(int).tolist(), np.round(np.where(pitch > 10, pitch, 0).ravel().astype(float), 1).tolist()
