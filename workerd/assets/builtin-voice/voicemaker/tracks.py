"""Brings both teachers' parameters to one form: 40 mel-cepstra at 24 kHz, log F0, voicing, 5 band strengths, every 5 ms."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solveh_banded

RATE = 24000
FRAME_SECONDS = 0.005
WARP = 0.466
CEPSTRA = 40
BANDS = 5
# Spectra are compared on this many points, uniform on the warped axis.
POINTS = 256
# The male teacher was recorded at 16 kHz: above this his spectrum is predicted from what is below, as the female has it.
SPLIT_HZ = 7000
SHAPE_TERMS = 12


@dataclass
class Tracks:
    cepstra: np.ndarray  # [frames, 40]
    log_f0: np.ndarray  # [frames], interpolated where unvoiced
    voiced: np.ndarray  # [frames], bool
    strengths: np.ndarray | None  # [frames, 5], 0 to 1: how periodic each band is
    ends: list  # last frame + 1 of each phone


def warped(omega, alpha):
    return omega + 2 * np.arctan(alpha * np.sin(omega) / (1 - alpha * np.cos(omega)))


def cosines(omega, order):
    return np.cos(np.outer(omega, np.arange(order)))


AXIS = np.linspace(0, np.pi, POINTS)
_FINE = np.linspace(0, np.pi, 4001)
HERTZ = np.interp(AXIS, warped(_FINE, WARP), _FINE) / np.pi * RATE / 2
LOW = HERTZ < SPLIT_HZ
TO_CEPSTRA = np.linalg.pinv(cosines(AXIS, CEPSTRA))
FEMALE_SPECTRUM = cosines(warped(2 * np.pi * HERTZ / 32000, 0.45), 45)
MALE_SPECTRUM = cosines(warped(np.minimum(2 * np.pi * HERTZ / 16000, np.pi), 0.42), 25)
_LOW_POINTS = (np.arange(LOW.sum()) + 0.5) / LOW.sum() * np.pi
SHAPE = np.cos(np.outer(_LOW_POINTS, np.arange(1, SHAPE_TERMS + 1))) * 2 / LOW.sum()


def female(path):
    """A line of the female teacher, from hts_engine's files."""
    spectrum = np.fromfile(f"{path}.mgc", np.float32).reshape(-1, 45) @ FEMALE_SPECTRUM.T
    log_f0 = np.fromfile(f"{path}.lf0", np.float32)
    with open(f"{path}.dur") as lines:
        ends = [round(int(line.split()[1]) / 50000) for line in lines]
    return spectrum, log_f0, None, ends


def male(path, upper_band):
    """A line of the male teacher, from teacher-rms' files. `upper_band` is what learn_upper_band returned."""
    raw = np.fromfile(f"{path}.param", np.float32)
    rows = raw[1:].reshape(-1, int(raw[:1].view(np.int32)[0]))
    strengths = np.fromfile(f"{path}.strength", np.float32)[1:].reshape(-1, BANDS)
    spectrum = smoothed(rows) @ MALE_SPECTRUM.T
    predicted, level = shape_of(spectrum) @ upper_band, spectrum[:, LOW].mean(1, keepdims=True)
    # The joint is made continuous by an offset that fades towards the top.
    step = spectrum[:, LOW][:, -1:] - (predicted[:, :1] + level)
    spectrum[:, ~LOW] = predicted + level + step * np.exp(-np.arange((~LOW).sum()) / 12.0)
    log_f0 = np.where(rows[:, 0] > 40, np.log(np.maximum(rows[:, 0], 40)), -1e10)
    with open(f"{path}.seg") as lines:
        ends = [round(float(line.rstrip("\n").split("\t")[5]) / FRAME_SECONDS) for line in lines]
    return spectrum, log_f0, strengths, ends


def tracks(spectrum, log_f0, strengths, ends):
    """None where there is nothing voiced to learn from."""
    frames = min(len(spectrum), ends[-1])
    voiced = log_f0[:frames] > 0
    if voiced.sum() < 10:
        return None
    filled = np.interp(np.arange(frames), np.where(voiced)[0], log_f0[:frames][voiced])
    return Tracks(spectrum[:frames] @ TO_CEPSTRA.T, filled, voiced, None if strengths is None else strengths[:frames], ends)


def smoothed(rows):
    """The most likely cepstra [frames, 25] given means and deviations of the values and of their slopes, as in HMM synthesis."""
    order, frames = 25, len(rows)
    mean, deviation = rows[:, 2::2].astype(np.float64), rows[:, 3::2].astype(np.float64)
    weight = 1 / np.maximum(deviation, 0.02) ** 2
    out = np.zeros((frames, order))
    for d in range(order):
        slope, slope_mean = weight[1:-1, d + order], mean[1:-1, d + order]
        banded = np.zeros((3, frames))
        banded[2] = weight[:, d]
        banded[2, :-2] += 0.25 * slope
        banded[2, 2:] += 0.25 * slope
        banded[0, 2:] = -0.25 * slope
        right = weight[:, d] * mean[:, d]
        right[2:] += 0.5 * slope * slope_mean
        right[:-2] -= 0.5 * slope * slope_mean
        out[:, d] = solveh_banded(banded, right)
    return out


def shape_of(spectrum):
    """Smooth shape of the lower band, without its level, and a constant."""
    low = spectrum[:, LOW]
    return np.concatenate([(low - low.mean(1, keepdims=True)) @ SHAPE, np.ones((len(low), 1))], 1)


def learn_upper_band(paths):
    """Least squares from the lower band's shape to the upper band, on the female teacher: [shape, points above the split]."""
    shapes, uppers = [], []
    for path in paths:
        spectrum = female(path)[0][::7]
        shapes.append(shape_of(spectrum))
        uppers.append(spectrum[:, ~LOW] - spectrum[:, LOW].mean(1, keepdims=True))
    shape, upper = np.concatenate(shapes), np.concatenate(uppers)
    return np.linalg.solve(shape.T @ shape + 1e-3 * len(shape) * np.eye(shape.shape[1]), shape.T @ upper)
