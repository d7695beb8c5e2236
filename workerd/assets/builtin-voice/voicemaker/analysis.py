"""The teacher's sound as tracks every 5 ms: mel-cepstra of its envelope, pitch, voicing and how periodic each band is.

Envelope and aperiodicity are those of WORLD (Morise et al., 2016) with the teacher's own pitch.
"""

from dataclasses import dataclass
from multiprocessing import Pool

import numpy as np
import pyworld

from . import teacher
from .tracks import BANDS, FLOOR, FRAME_SECONDS, HERTZ, RATE, TO_CEPSTRA
from .vocoder import BAND_CENTRES

TRACKS_A_FRAME = 5
PITCH_STEP = 0.0125
LOWEST, HIGHEST = 50.0, 550.0
# As if samples were of 16 bits: a quiet envelope is then a small number and not a large negative one.
SCALE = 32768.0


@dataclass
class Utterance:
    text: str
    voice: str
    tokens: np.ndarray  # ids with the padding at both ends [n]
    durations: np.ndarray  # frames of 600 samples [n]
    style: np.ndarray  # [256]
    cepstra: np.ndarray  # f16 [frames of 5 ms, 40]
    log_f0: np.ndarray  # f32 [frames], between voiced ones where there is no voice
    voiced: np.ndarray  # bool [frames]
    strengths: np.ndarray  # f16 [frames, 5], 0 to 1


def analyse(work, voices, at_once=2):
    """Every part that the teacher has said, kept as work/tracks-N.npz."""
    todo = [(path, voices) for path in teacher.parts(work) if not tracks_of(path).exists()]
    with Pool(at_once) as pool:
        for path, kept, said in pool.imap(part, todo):
            print(f"{path.stem}: {kept} of {said}", flush=True)


def tracks_of(path):
    return path.with_name(path.stem.replace("teacher", "tracks") + ".npz")


def part(given):
    path, voices = given
    found, said = [], 0
    for line, sound in teacher.spoken(path):
        said += 1
        # A duration that our kernels round otherwise has a pitch of another length.
        if line["same"]:
            found.append(utterance(line, sound.astype(np.float64), voices.style(line["voice"], len(line["tokens"]))))
    kept = [u for u in found if u is not None]
    save(kept, tracks_of(path))
    return path, len(kept), said


def utterance(line, pcm, style):
    frames = sum(line["durations"]) * TRACKS_A_FRAME
    times = (np.arange(frames) + 0.5) * FRAME_SECONDS
    f0 = pitch(np.array(line["pitch"]), times)
    if (f0 > 0).sum() < 20:
        return None
    scaled = pcm * SCALE
    envelope = pyworld.cheaptrick(scaled, f0, times, RATE)
    aperiodicity = pyworld.d4c(scaled, f0, times, RATE)
    strengths = periodic(aperiodicity)
    voiced = (f0 > 0) & (strengths[:, 0] > 0)
    log_f0 = np.interp(times, times[f0 > 0], np.log(f0[f0 > 0]))
    return Utterance(
        line["text"],
        line["voice"],
        np.array([0, *line["tokens"], 0]),
        np.array(line["durations"]),
        style.astype(np.float32),
        cepstra(envelope).astype(np.float16),
        log_f0.astype(np.float32),
        voiced,
        (strengths * voiced[:, None]).astype(np.float16),
    )


def pitch(steps, times):
    """Hz at each time, 0 where there is no voice. Where voice begins and ends the model's curve passes through low values: no voice there."""
    known = (np.arange(len(steps)) + 0.5) * PITCH_STEP
    voiced = (steps > LOWEST) & (steps < HIGHEST)
    if voiced.sum() < 4:
        return np.zeros(len(times))
    smooth = np.interp(times, known[voiced], steps[voiced])
    return np.where(voiced[np.minimum((times / PITCH_STEP).astype(int), len(steps) - 1)], smooth, 0.0)


def cepstra(envelope):
    """Of the logarithm of the amplitude and the floor: [frames, 40]"""
    bins = np.arange(envelope.shape[1]) * RATE / (2 * (envelope.shape[1] - 1))
    amplitude = np.log(np.sqrt(envelope) + np.exp(FLOOR))
    spectrum = np.stack([np.interp(HERTZ, bins, row) for row in amplitude])
    return spectrum @ TO_CEPSTRA.T


def periodic(aperiodicity):
    """The share of pulses in each band that makes noise of this amplitude against the whole: the inverse of vocoder.balance."""
    bins = np.arange(aperiodicity.shape[1]) * RATE / (2 * (aperiodicity.shape[1] - 1))
    noise = np.stack([np.interp(BAND_CENTRES[:BANDS], bins, row) for row in aperiodicity]).clip(1e-3, 1 - 1e-6)
    ratio = noise / np.sqrt(1 - noise * noise)
    # D4C tells a frame without voice by noise alone.
    return np.where(noise > 0.999, 0.0, 1 / (1 + ratio))


def save(utterances, path):
    fields = {name: np.empty(len(utterances), object) for name in Utterance.__dataclass_fields__}
    for i, u in enumerate(utterances):
        for name in fields:
            fields[name][i] = getattr(u, name)
    part_path = path.with_suffix(".part.npz")
    np.savez(part_path, **fields)
    part_path.rename(path)


def load(work):
    found = []
    for path in sorted(work.glob("tracks-*.npz"), key=lambda path: int(path.stem.split("-")[1])):
        with np.load(path, allow_pickle=True) as stored:
            columns = {name: stored[name] for name in Utterance.__dataclass_fields__}
        found += [Utterance(**{name: column[i] for name, column in columns.items()}) for i in range(len(columns["voice"]))]
    return found
