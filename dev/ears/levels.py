"""Levels and silences of a sound."""

import numpy as np

from .speech import RATE

# 5 ms: the grain in which silence is looked for.
HOP = RATE // 200
# A frame is silent this far under the loud frames of its sound (their 95th percentile)…
UNDER_LOUD_DB = 40.0
# …and in any case below this.
FLOOR_DB = -70.0
NOTHING_DB = -120.0


def decibel(amplitude):
    """20 log10, of nothing too."""
    return 20 * np.log10(np.maximum(amplitude, 10 ** (NOTHING_DB / 20)))


def frames(sound: np.ndarray, hop: int = HOP) -> np.ndarray:
    """RMS of each whole frame, in dB of full scale."""
    whole = sound[: len(sound) // hop * hop].reshape(-1, hop).astype(np.float64)
    return decibel(np.sqrt(np.mean(whole**2, axis=1)))


def rms(sound: np.ndarray) -> float:
    """The level of all of it, in dB of full scale."""
    return float(decibel(np.sqrt(np.mean(sound.astype(np.float64) ** 2))))


def loud(frame_levels: np.ndarray) -> float:
    """The level of the loud frames, in dB."""
    return float(np.percentile(frame_levels, 95)) if len(frame_levels) else NOTHING_DB


def silent(sound: np.ndarray) -> np.ndarray:
    """Whether each frame of `HOP` samples is silent."""
    heard = frames(sound)
    return heard < max(loud(heard) - UNDER_LOUD_DB, FLOOR_DB)


def sounding(sound: np.ndarray) -> tuple[int, int]:
    """First sample, and the one after the last, of what sounds; (0, 0) where nothing does."""
    found = np.flatnonzero(~silent(sound))
    return (int(found[0]) * HOP, min(len(sound), (int(found[-1]) + 1) * HOP)) if len(found) else (0, 0)


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """The runs of true, as (first, one after the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2])]


def of(sounds: list[np.ndarray]) -> dict[str, float]:
    """Figures of some responses of one voice."""
    import pyloudnorm

    together = np.concatenate(sounds).astype(np.float64)
    edges = [sounding(sound) for sound in sounds]
    return {
        "lufs": float(pyloudnorm.Meter(RATE).integrated_loudness(together)),
        "rms_db": rms(together),
        "peak": float(np.abs(together).max()),
        # A file of 16 bits holds no more: what was clipped is found here.
        "at_full_scale": float(np.mean(np.abs(together) >= 32766 / 32768)),
        "above_full_scale": float(np.mean(np.abs(together) > 1)),
        "dc": float(np.mean(together)),
        "before_ms": float(np.median([1000 * start / RATE for start, _ in edges])),
        "after_ms": float(np.median([1000 * (len(sound) - end) / RATE for sound, (_, end) in zip(sounds, edges)])),
    }
