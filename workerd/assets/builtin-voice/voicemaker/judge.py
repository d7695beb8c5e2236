"""How near a voice is to the teacher on lines that it has not learned: lengths, melody, spectrum, and whether voices are told apart."""

from collections import defaultdict
from functools import cache

import numpy as np
import onnxruntime
import pyworld

from . import teacher, train
from .teacher import FRAME
from .tracks import RATE, SEMITONES

HOP = 240
WINDOW = 1024
BANDS = 60
# Frames that are so much below the loudest are silence.
SPEECH_DB = 45
# In the test that tells voices apart: lines of the teacher for each voice, lines that each voice says, and how many of those are judged together.
HEARD = 40
SAID = 10
TOGETHER = 5


def judge(work, voices, model, former=None):
    """Prints a row of figures for `model`, and for `former`, the built-in voice before it."""
    _, held_out = train.prepare(work)
    wanted = {(u.text, u.voice) for u in held_out}
    lines = [(line, sound) for line, sound in teacher.said(work) if (line["text"], line["voice"]) in wanted]
    for path in filter(None, (model, former)):
        print(path, against(Voice(path), voices, lines))
    print(f"the right one of {len(voices.packs)} voices: {told_apart(work, Voice(model), voices, held_out):.0%}")


class Voice:
    """A model with Kokoro's interface."""

    def __init__(self, path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def say(self, tokens, style):
        """Samples, and frames of 600 samples for each token with the padding."""
        given = {"input_ids": np.array([[0, *tokens, 0]], np.int64), "style": style[None].astype(np.float32), "speed": np.ones(1, np.float32)}
        sound, frames = self.session.run(["waveform", "duration"], given)
        return sound.ravel(), frames.ravel()


def against(voice, voices, lines):
    lengths, correlations, semitones, spectra = [], [], [], []
    for line, theirs in lines:
        mine, frames = voice.say(line["tokens"], voices.style(line["voice"], len(line["tokens"])))
        lengths.append(abs(len(mine) / len(theirs) - 1))
        here, there = mel(mine), mel(theirs)
        place = along(np.array(line["durations"]), frames, len(there), len(here))
        level = there.max() - here.max()
        spectra.append(np.sqrt(np.mean((here[place] + level - there)[is_speech(there)] ** 2)))
        ours, own = melody(mine)[place], melody(theirs)
        both = (ours > 0) & (own > 0)
        if both.sum() > 20:
            a, b = SEMITONES * np.log(ours[both]), SEMITONES * np.log(own[both])
            correlations.append(np.corrcoef(a, b)[0, 1])
            semitones.append(np.median(np.abs(a - b)))
    return {
        "length off, median": f"{np.median(lengths):.1%}",
        "pitch, correlation": round(float(np.median(correlations)), 3),
        "pitch off, semitones": round(float(np.median(semitones)), 2),
        "spectrum off, dB": round(float(np.mean(spectra)), 2),
        "lines": len(lines),
    }


def along(theirs, ours, there, here):
    """For each of `there` frames of the teacher's sound the one of ours at the same place of the same token."""
    ends = [np.concatenate([[0], np.cumsum(durations)]) * FRAME / HOP for durations in (theirs, ours)]
    return np.clip(np.interp(np.arange(there), *ends).round().astype(int), 0, here - 1)


def mel(sound):
    """[frames of 10 ms, BANDS] in dB"""
    padded = np.pad(sound.astype(np.float64), WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(frames)) ** 2
    return 10 * np.log10(power @ filters().T + 1e-6)


def is_speech(spectrum):
    """For each frame of a mel spectrum: [frames]"""
    level = spectrum.mean(1)
    return level > level.max() - SPEECH_DB


def mean_spectrum(sound):
    """Of the frames in which there is speech: [BANDS]"""
    spectrum = mel(sound)
    return spectrum[is_speech(spectrum)].mean(0)


def corners():
    """Evenly spaced on the mel scale of O'Shaughnessy (2595 log10(1 + f / 700)), in Hz: [BANDS + 2]"""
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    return 700 * (10 ** (np.linspace(0, top, BANDS + 2) / 2595) - 1)


def centres():
    return corners()[1:-1]


@cache
def filters():
    """Triangles between the corners."""
    hertz = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    low, middle, high = (corners()[start : start + BANDS, None] for start in range(3))
    return np.clip(np.minimum((hertz - low) / (middle - low), (high - hertz) / (high - middle)), 0, None)


def melody(sound):
    """Hz every 10 ms, 0 without voice. Of the teacher's sound this correlates by 0.98 with the pitch that its graph has; Harvest by 0.86."""
    samples = sound.astype(np.float64)
    rough, times = pyworld.dio(samples, RATE, 60, 500, frame_period=1000 * HOP / RATE)
    found = pyworld.stonemask(samples, rough, times, RATE)
    return np.pad(found, (0, max(0, len(sound) // HOP + 1 - len(found))))


def told_apart(work, voice, voices, held_out):
    """How often the statistics of some lines are nearest to those of the teacher's voice by which they are said."""
    theirs = defaultdict(list)
    for line, sound in teacher.said(work):
        if "+" not in line["voice"] and len(theirs[line["voice"]]) < HEARD:
            theirs[line["voice"]].append(statistics(sound))
    names = sorted(theirs)
    spread = np.std(np.concatenate([theirs[name] for name in names]), 0)
    centres = np.stack([np.mean(theirs[name], 0) for name in names])
    right = []
    for name in names:
        said = [statistics(voice.say(u.tokens[1:-1], voices.style(name, len(u.tokens) - 2))[0]) for u in held_out[:SAID]]
        for start in range(0, len(said), TOGETHER):
            off = (np.mean(said[start : start + TOGETHER], 0) - centres) / spread
            right.append(names[int(np.argmin((off**2).sum(1)))] == name)
    return np.mean(right)


def statistics(sound):
    """The mean spectrum where there is speech, without its level, and the pitch's mean and spread (each as heavy as ten bands)."""
    spectrum = mean_spectrum(sound)
    shape = spectrum - spectrum.mean()
    voiced = melody(sound)
    pitch = SEMITONES * np.log(voiced[voiced > 0]) if (voiced > 0).any() else np.zeros(1)
    return np.concatenate([shape, np.repeat([pitch.mean(), pitch.std()], 10)])
