"""Which moment of one sound is which of another that says the same: dynamic time warping of their spectra."""

from dataclasses import dataclass

import numpy as np

from .speech import RATE

# 10 ms
HOP = RATE // 100
FFT = 1024
BANDS = 32
# What is so far under the loudest band counts as silence, and all silence is alike.
RANGE_DB = 55.0
# What a step costs that goes on in one sound only, in dB: time is not warped for nothing.
WARPING = 0.5


@dataclass(frozen=True)
class Warp:
    """Times in seconds, from one to the other and back, never backwards."""

    _one: np.ndarray
    _other: np.ndarray

    def to_other(self, time: float) -> float:
        return float(np.interp(time, self._one, self._other))

    def to_one(self, time: float) -> float:
        return float(np.interp(time, self._other, self._one))


def warp(one: np.ndarray, other: np.ndarray) -> Warp:
    """Aligns two sounds of at least 30 ms each."""
    path = cheapest_path(distances(bands(one), bands(other)))
    step = HOP / RATE
    # The middle of each frame.
    return Warp((path[:, 0] + 0.5) * step, (path[:, 1] + 0.5) * step)


def bands(sound: np.ndarray) -> np.ndarray:
    """Levels in dB of `BANDS` mel bands, a row for every hop, 0 at the bottom of the range."""
    padded = np.pad(sound.astype(np.float64), (FFT // 2, FFT))
    count = max(1, len(sound) // HOP)
    at = np.arange(count)[:, None] * HOP + HOP // 2 + np.arange(FFT)
    power = np.abs(np.fft.rfft(padded[at] * np.hanning(FFT), axis=1)) ** 2
    level = 10 * np.log10(power @ filters().T + 1e-12)
    # A loud click is not to hide the speech.
    top = np.percentile(level.max(axis=1), 95)
    return np.clip(level - (top - RANGE_DB), 0, None)


def filters() -> np.ndarray:
    """Triangles of equal width on the mel scale, from 60 Hz to 8 kHz."""

    def mel(hertz):
        return 2595 * np.log10(1 + hertz / 700)

    edges = 700 * (10 ** (np.linspace(mel(60), mel(8000), BANDS + 2) / 2595) - 1)
    hertz = np.fft.rfftfreq(FFT, 1 / RATE)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return np.clip(np.minimum((hertz - low) / (middle - low), (high - hertz) / (high - middle)), 0, None)


def distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """RMS difference in dB of each frame of one to each of the other."""
    squares = (one**2).sum(1)[:, None] + (other**2).sum(1)[None, :] - 2 * one @ other.T
    return np.sqrt(np.maximum(squares, 0) / one.shape[1]).astype(np.float32)


def cheapest_path(cost: np.ndarray) -> np.ndarray:
    """The pairs (row, column) from one corner to the other, one diagonal of the table after the next."""
    rows, columns = cost.shape
    far = np.float32(np.inf)
    came = np.zeros((rows, columns), np.int8)
    before, last = np.full(rows, far, np.float32), np.full(rows, far, np.float32)
    for diagonal in range(rows + columns - 1):
        row = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        here = cost[row, diagonal - row]
        if diagonal == 0:
            best, way = np.zeros(1, np.float32), np.zeros(1, np.int8)
        else:
            above = np.where(row > 0, last[row - 1], far) + WARPING
            left = np.where(row < diagonal, last[row], far) + WARPING
            both = np.where((row > 0) & (row < diagonal), before[row - 1], far) + here
            ways = np.stack([both, above, left])
            way = ways.argmin(0).astype(np.int8)
            best = np.take_along_axis(ways, way[None].astype(np.int64), 0)[0]
        now = np.full(rows, far, np.float32)
        now[row] = best + here
        came[row, diagonal - row] = way
        before, last = last, now
    path, i, j = [], rows - 1, columns - 1
    while i or j:
        path.append((i, j))
        way = came[i, j]
        i, j = i - (way != 2), j - (way != 1)
    return np.array([(0, 0), *path[::-1]])
