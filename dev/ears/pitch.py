"""Fundamental frequency by YIN (de Cheveigné and Kawahara, 2002): the difference function, normalised by its mean."""

import numpy as np

from . import levels
from .speech import RATE

LOWEST, HIGHEST = 60, 450
# 10 ms
HOP = RATE // 100
# What is summed: more than two periods of the lowest voice.
WINDOW = 960
# The first dip under this is the period…
DIP = 0.12
# …and where none is deeper than this the frame has no voice.
VOICED = 0.25
# Frames that are further under the loud ones are left out: breath, noise, the end of a word.
UNDER_LOUD_DB = 25.0


def track(sound: np.ndarray) -> np.ndarray:
    """Hz for every hop, 0 where there is no voice."""
    longest = RATE // LOWEST
    count = (len(sound) - WINDOW - longest) // HOP
    if count < 1:
        return np.zeros(0)
    at = np.arange(count)[:, None] * HOP
    found = np.concatenate([of_frames(sound[part + np.arange(WINDOW + longest)].astype(np.float64)) for part in np.array_split(at, count // 500 + 1)])
    level = levels.decibel(np.sqrt(np.mean(sound[at + np.arange(WINDOW)].astype(np.float64) ** 2, axis=1)))
    return np.where(level > levels.loud(level) - UNDER_LOUD_DB, found, 0.0)


def of_frames(frames: np.ndarray) -> np.ndarray:
    shortest, longest = RATE // HIGHEST, RATE // LOWEST
    normal = normalised(difference(frames, longest))
    inner = normal[:, shortest:longest]
    # A dip, lower than its neighbours.
    dips = (inner <= normal[:, shortest - 1 : longest - 1]) & (inner < normal[:, shortest + 1 : longest + 1])
    deep = dips & (inner < DIP)
    lag = np.where(deep.any(1), deep.argmax(1), np.where(dips, inner, np.inf).argmin(1)) + shortest
    rows = np.arange(len(frames))
    left, here, right = (normal[rows, lag + i] for i in (-1, 0, 1))
    bend = left - 2 * here + right
    shift = np.where(np.abs(bend) > 1e-12, 0.5 * (left - right) / np.where(bend == 0, 1, bend), 0.0)
    return np.where(here < VOICED, RATE / (lag + np.clip(shift, -0.5, 0.5)), 0.0)


def difference(frames: np.ndarray, longest: int) -> np.ndarray:
    """Sum of squares of each frame less itself, later by 0 to `longest`."""
    size = 1 << (frames.shape[1] + WINDOW).bit_length()
    spectrum = np.fft.rfft(frames, size)
    product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(frames[:, :WINDOW], size)), size)[:, : longest + 1]
    squares = np.concatenate([np.zeros((len(frames), 1)), np.cumsum(frames**2, axis=1)], axis=1)
    energy = squares[:, WINDOW : WINDOW + longest + 1] - squares[:, : longest + 1]
    return np.maximum(energy[:, :1] + energy - 2 * product, 0)


def normalised(differences: np.ndarray) -> np.ndarray:
    """Each difference by the mean of those of shorter lags."""
    lags = np.arange(1, differences.shape[1])
    sums = np.cumsum(differences[:, 1:], axis=1)
    rest = differences[:, 1:] * lags / np.maximum(sums, 1e-12)
    return np.concatenate([np.ones((len(differences), 1)), rest], axis=1)


def median_and_spread(hertz: np.ndarray) -> tuple[float, float] | None:
    """Median in Hz, and the semitones from the 10th to the 90th percentile; `None` of fewer than 10 voiced frames."""
    voiced = hertz[hertz > 0]
    if len(voiced) < 10:
        return None
    low, high = np.percentile(voiced, [10, 90])
    return float(np.median(voiced)), float(12 * np.log2(high / low))
