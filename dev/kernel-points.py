#!/usr/bin/env python3
"""Looks for interpolation points of the Toom-Cook convolutions (kernels/src/toom.rs). Needs numpy.

Usage: dev/kernel-points.py [OUTPUTS TAPS]...      default: 6 3  6 7  7 6

Tries sets of pairs +-a of simple candidates, with 0 and infinity, on random data of 16 channels in 32-bit floats, and prints
the best four on 128 channels: the power of the error against f64, in decibels. At most 12,000 sets, drawn at random.
"""
import itertools
import sys

import numpy as np

CANDIDATES = [.25, .3, 1 / 3, .375, .4, .45, .5, .55, .6, .625, 2 / 3, .7, .75, .8, .9, 1,
              1.125, 1.25, 4 / 3, 1.5, 1.6, 5 / 3, 1.75, 2, 2.25, 2.5, 8 / 3, 3, 3.5, 4]
MOST = 12_000


def tables(pairs, outputs, taps):
    """A^T, G, B^T for the points 0, +-pairs and infinity."""
    points = [0.0] + [sign * p for p in pairs for sign in (1, -1)]
    n = outputs + taps - 1
    at, g, bt = np.zeros((outputs, n)), np.zeros((n, taps)), np.zeros((n, n))
    for j, a in enumerate(points):
        others = [b for b in points if b != a]
        bt[j, :n - 1] = np.poly(others)[::-1]
        at[:, j] = [a ** i for i in range(outputs)]
        g[j] = np.array([a ** k for k in range(taps)]) / np.prod([a - b for b in others])
    bt[n - 1] = np.poly(points)[::-1]
    at[-1, -1] = g[-1, -1] = 1
    scale = 2.0 ** np.round(np.log2(np.abs(bt).max(axis=1)))
    return at, g * scale[:, None], bt / scale[:, None]


def error(pairs, outputs, taps, channels, tiles):
    """Decibels of the error of a tile summed over channels, every step rounded to 32 bits."""
    at, g, bt = tables(pairs, outputs, taps)
    n = outputs + taps - 1
    random = np.random.default_rng(3)
    w = random.standard_normal((channels, taps)).astype(np.float32)
    x = random.standard_normal((tiles, channels, n)).astype(np.float32)
    u = (w.astype(np.float64) @ g.T).astype(np.float32)
    v = np.zeros((tiles, channels, n), np.float32)
    for j in range(n):
        v += x[:, :, j:j + 1] * bt[:, j].astype(np.float32)
    m = np.zeros((tiles, n), np.float32)
    for c in range(channels):
        m += v[:, c] * u[c]
    y = np.zeros((tiles, outputs), np.float32)
    for j in range(n):
        y += m[:, j:j + 1] * at[:, j].astype(np.float32)
    exact = np.stack([(x[:, :, i:i + taps].astype(np.float64) * w).sum((1, 2)) for i in range(outputs)], 1)
    return 10 * np.log10(((y - exact) ** 2).mean() / (exact ** 2).mean())


def search(outputs, taps):
    n = outputs + taps - 1
    if n % 2:
        sys.exit(f"F({outputs}, {taps}) has {n} points; pairs with 0 and infinity make an even number")
    sets = list(itertools.combinations(CANDIDATES, (n - 2) // 2))
    if len(sets) > MOST:
        sets = [sets[i] for i in np.random.default_rng(1).choice(len(sets), MOST, replace=False)]
    first = sorted(sets, key=lambda s: error(s, outputs, taps, 16, 10))[:60]
    best = sorted((error(s, outputs, taps, 128, 60), s) for s in first)[:4]
    print(f"F({outputs}, {taps}), {n} points, {len(sets)} sets tried")
    for decibels, pairs in best:
        print(f"  {decibels:7.1f} dB  {', '.join(f'{p:.4g}' for p in pairs)}")


if __name__ == "__main__":
    if sys.argv[1:2] in (["-h"], ["--help"]) or len(sys.argv) % 2 == 0:
        sys.exit(__doc__)
    numbers = [int(a) for a in sys.argv[1:]] or [6, 3, 6, 7, 7, 6]
    for outputs, taps in zip(numbers[::2], numbers[1::2]):
        search(outputs, taps)
