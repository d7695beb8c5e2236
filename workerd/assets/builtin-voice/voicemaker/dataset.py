"""Utterances to learn from: tokens, their durations and the tracks, from the teachers' files."""

import random
from dataclasses import dataclass

import numpy as np

from . import alignment, tracks

SPEAKERS = ("slt", "rms")
LONGEST_FRAMES = 1800
LONGEST_TOKENS = 500
SEED = 5


@dataclass
class Utterance:
    speaker: int
    tokens: np.ndarray  # ids [n]
    durations: np.ndarray  # frames of 5 ms [n], their sum is the number of frames
    cepstra: np.ndarray  # f16 [frames, 40]
    log_f0: np.ndarray  # [frames]
    voiced: np.ndarray  # bool [frames]
    strengths: np.ndarray | None  # f16 [frames, 5]


def build(work):
    """Reads every file of the teachers and writes work/utterances.npz."""
    female_files = files(work / "slt-us")
    upper_band = tracks.learn_upper_band(female_files[:1500])
    utterances = []
    for speaker, name in enumerate(SPEAKERS):
        for accent in ("us", "gb"):
            rng = random.Random(SEED)
            found = [utterance(path, speaker, accent, upper_band, rng) for path in files(work / f"{name}-{accent}")]
            kept = [u for u in found if u is not None]
            hours = sum(len(u.cepstra) for u in kept) * tracks.FRAME_SECONDS / 3600
            print(f"{name} {accent}: {len(kept)} of {len(found)} lines, {hours:.2f} h", flush=True)
            utterances += kept
    save(utterances, work / "utterances.npz")


def files(folder):
    return sorted(path.with_suffix("") for path in folder.glob("*.seg"))


def utterance(path, speaker, accent, upper_band, rng):
    """None for a line whose files do not agree, or that is too long."""
    try:
        raw = tracks.male(path, upper_band) if speaker else tracks.female(path)
    except FileNotFoundError:
        return None
    made = tracks.tracks(*raw)
    if made is None or len(made.cepstra) > LONGEST_FRAMES:
        return None
    frames = len(made.cepstra)
    phones = alignment.read(path, made.ends, frames)
    sequence = phones and alignment.tokens(phones, frames, rng, gb=accent == "gb")
    if not sequence or len(sequence) > LONGEST_TOKENS:
        return None
    if any(a.end != b.start for a, b in zip(sequence, sequence[1:])):
        return None
    source, durations = stretched(sequence)
    below = np.floor(source).astype(int)
    part = (source - below)[:, None]

    def read(track):
        return track[below] * (1 - part) + track[np.minimum(below + 1, frames - 1)] * part

    return Utterance(
        speaker,
        np.array(alignment.ids(sequence), np.int64),
        durations,
        read(made.cepstra).astype(np.float16),
        read(made.log_f0[:, None])[:, 0].astype(np.float32),
        made.voiced[np.round(source).astype(int)],
        None if made.strengths is None else read(made.strengths).astype(np.float16),
    )


def stretched(sequence):
    """(where in the teacher's frames each new frame lies, frames of each token)"""
    places, durations = [], []
    for token in sequence:
        length = token.end - token.start
        frames = round(length * token.stretch)
        durations.append(frames)
        if frames:
            inside = token.start + (np.arange(frames) + 0.5) * length / frames - 0.5
            places.append(np.clip(inside, token.start, token.end - 1))
    return np.concatenate(places), np.array(durations, np.int64)


def save(utterances, path):
    strengths = [u.strengths for u in utterances if u.strengths is not None]
    np.savez(
        path,
        speaker=[u.speaker for u in utterances],
        token_counts=[len(u.tokens) for u in utterances],
        frame_counts=[len(u.cepstra) for u in utterances],
        strengths=np.concatenate(strengths),
        **{name: np.concatenate([getattr(u, name) for u in utterances]) for name in ("tokens", "durations", "cepstra", "log_f0", "voiced")},
    )


def load(path):
    stored = np.load(path)
    stored = {name: stored[name] for name in stored.files}
    token_bounds = np.cumsum(stored["token_counts"])[:-1]
    frame_bounds = np.cumsum(stored["frame_counts"])[:-1]
    columns = [np.split(stored[name], token_bounds) for name in ("tokens", "durations")]
    columns += [np.split(stored[name], frame_bounds) for name in ("cepstra", "log_f0", "voiced")]
    male = stored["speaker"] == 1
    male_bounds = np.cumsum(stored["frame_counts"][male])[:-1]
    strengths = iter(np.split(stored["strengths"], male_bounds))
    return [Utterance(s, *row, next(strengths) if s else None) for s, *row in zip(stored["speaker"], *columns)]
