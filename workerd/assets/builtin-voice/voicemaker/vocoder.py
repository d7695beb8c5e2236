"""Tracks -> sound, as ONNX: pulses and noise through the minimum-phase filter that the mel-cepstrum stands for.

Every frame of 5 ms: 240 samples of excitation under a Hann window, a 720-point transform by matrix product, the filter, the
inverse transform, and overlap-add. Nothing is random: the noise is a table.
"""

import numpy as np

from .tracks import CEPSTRA, FLOOR, RATE, WARP

HOP = 120
WINDOW = 2 * HOP
POINTS = 720
BINS = POINTS // 2 + 1
HIGHEST_HARMONIC = 11500.0
NOISE_FRAMES = 200
NOISE_SCALE = 32.0
BAND_CENTRES = np.array([500, 1500, 3000, 5000, 7000, 10000.0])
# Above the last band the voice is this much less periodic than in it.
TOP_BAND = 0.75
# Formants are sharpened by this much, with the frame's energy kept: a filter that does not keep it makes nasals boom.
SHARPEN = 0.1
LOUDEST = 14.0

HERTZ = np.arange(BINS) * RATE / POINTS


def waveform(graph, spoken, gain, colour):
    """Samples [600 x sum of durations] at 24 kHz. `colour` [40] are the cepstra of a filter for all of them."""
    pulse_re, pulse_im = halves(windows(graph, pulses(graph, spoken.f0)) @ forward(graph))
    noise_re, noise_im = noise(graph, spoken.frames)
    periodic, aperiodic = balance(spoken.strengths)
    filter_re, filter_im = envelope(graph, spoken.cepstra, colour)
    excite_re = pulse_re * periodic + noise_re * aperiodic
    excite_im = pulse_im * periodic + noise_im * aperiodic
    out_re = filter_re * excite_re - filter_im * excite_im
    out_im = filter_re * excite_im + filter_im * excite_re
    frames = graph.concat(out_re, out_im, axis=1) @ inverse(graph)
    return limited(overlap_add(graph, frames, spoken.frames) * gain)


def pulses(graph, f0):
    """A pulse train with all harmonics below HIGHEST_HARMONIC: [frames, HOP]. The phase is summed in f64, or long texts drift."""
    following = graph.concat(f0.part(1), f0.part(-1), axis=0)
    cycles = ((f0 + following) * (0.5 * HOP / RATE)).cast("double").cumsum(exclusive=1)
    phase = (cycles - cycles.floor()).cast("float").unsqueeze(1)
    here, slope = f0.unsqueeze(1), (following - f0).unsqueeze(1)
    n = np.arange(HOP, dtype=np.float32)
    phase = phase + here * (n / RATE) + slope * (n * n / (2 * HOP * RATE))
    angle = (phase - phase.floor()) * (2 * np.pi)
    # The sum of K cosines is Dirichlet's kernel: (sin((K + 1/2) x) / sin(x / 2) - 1) / 2.
    harmonics = (HIGHEST_HARMONIC / here.max(following.unsqueeze(1))).floor() + 0.5
    half = (angle * 0.5).sin()
    near_pulse = half.abs().op("Less", 1e-4)
    kernel = near_pulse.op("Where", harmonics, (angle * harmonics).sin() / (near_pulse.op("Where", 1.0, half) * 2.0))
    return (kernel - 0.5) * ((here + slope * (n / HOP)) * (1.0 / RATE)).sqrt() * 2.0


def noise(graph, frames):
    """The table's transform, frame after frame, over and over."""
    table = np.random.default_rng(7).normal(size=(NOISE_FRAMES, HOP)) * NOISE_SCALE
    table = graph.value(np.clip(np.round(table), -127, 127).astype(np.int8)).cast("float") / NOISE_SCALE
    around = graph.concat(table, graph.concat(table.part(1), table.part(0, 1), axis=0), axis=1)
    transformed = around @ forward(graph)
    return halves(transformed.gather(graph.range(frames).mod(NOISE_FRAMES)))


def balance(strengths):
    """How much of the pulses and of the noise each bin gets, their power summing to 1."""
    weights = np.stack([np.interp(HERTZ, BAND_CENTRES, row) for row in np.eye(len(BAND_CENTRES))])
    bands = weights[:-1].copy()
    bands[-1] += TOP_BAND * weights[-1]
    periodic = (strengths @ bands).clip(0.0, 1.0)
    aperiodic = 1.0 - periodic
    power = (periodic * periodic + aperiodic * aperiodic).sqrt()
    return periodic / power, aperiodic / power


def envelope(graph, cepstra, colour):
    """The filter's real and imaginary part: of minimum phase, and without the floor that the tracks stand on."""
    omega = np.pi * np.arange(BINS) / (BINS - 1)
    mel = omega + 2 * np.arctan(np.sin(omega) * WARP / (1 - np.cos(omega) * WARP))
    angles = (graph.value(mel[None]) * np.arange(CEPSTRA, dtype=np.float32)[:, None])
    sharpen = np.ones(CEPSTRA, np.float32)
    sharpen[2:] += SHARPEN
    cosines = angles.cos()
    plain = cepstra @ cosines
    sharp_cepstra = cepstra * sharpen
    sharp = sharp_cepstra @ cosines
    level = sharp + (energy(plain) / energy(sharp)).log() * 0.5
    tint = graph.value(colour[None].astype(np.float32))
    gain = (level.min(LOUDEST).exp() - float(np.exp(FLOOR))).max(0.0) * (tint @ cosines).exp()
    phase = (sharp_cepstra + tint) @ angles.sin()
    return gain * phase.cos(), -(gain * phase.sin())


def energy(log_spectrum):
    # Below the floor there is no sound, but a sum that must not become 0.
    return (log_spectrum.clip(0.0, LOUDEST) * 2.0).exp().op("ReduceMean", axes=[1], keepdims=1)


def windows(graph, rows):
    """Each row and the next one: [frames, WINDOW]"""
    return graph.concat(rows, graph.concat(rows.part(1), np.zeros((1, HOP)), axis=0), axis=1)


def forward(graph):
    """Windowed transform [WINDOW, 2 BINS]. Tables of angles are made in the graph, so that the file stays small."""
    cosine, sine = angles(graph, WINDOW, BINS)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    return graph.concat(cosine, -sine, axis=1) * hann[:, None]


def inverse(graph):
    """[2 BINS, POINTS], without the two lowest bins, which carry no speech."""
    cosine, sine = angles(graph, BINS, POINTS)
    weight = np.full((BINS, 1), 2.0 / POINTS)
    weight[:2], weight[-1] = 0, 1.0 / POINTS
    return graph.concat(cosine * weight, -sine * weight, axis=0)


def angles(graph, rows, columns):
    turns = (graph.range(rows).unsqueeze(1) * graph.range(columns).unsqueeze(0)).mod(POINTS).cast("float") * (2 * np.pi / POINTS)
    return turns.cos(), turns.sin()


def overlap_add(graph, frames, count):
    """Rows of POINTS samples, each HOP later than the one before, summed and cut to `count` hops."""
    parts, total = POINTS // HOP, None
    for part in range(parts):
        shifted = frames.part(part * HOP, (part + 1) * HOP, axis=1).op("Pad", np.array([part, 0, parts - 1 - part, 0]), 0.0)
        total = shifted if total is None else total + shifted
    return total.op("Slice", np.array([0]), count, np.array([0])).reshape([-1])


def limited(sound):
    """Linear up to about 0.6, then softly below 1."""
    fourth = sound * sound * sound * sound
    return sound / (fourth * 1.1 + 1.0).sqrt().sqrt()


def halves(transform):
    return transform.part(0, BINS, axis=1), transform.part(BINS, axis=1)
