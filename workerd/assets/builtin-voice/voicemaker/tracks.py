"""The form of the tracks: 40 mel-cepstra at 24 kHz, log F0, voicing, 5 band strengths, every 5 ms."""

import numpy as np

RATE = 24000
FRAME_SECONDS = 0.005
WARP = 0.466
CEPSTRA = 40
BANDS = 5
SEMITONES = 12 / np.log(2)
# The analysis adds an amplitude (of samples of 16 bits) to every spectrum; this is its natural logarithm. It is 73 dB below the loudest vowels. The
# network does not learn what lies far below it, because nobody hears that.
FLOOR = 2.5
# Spectra are compared on this many points, uniform on the warped axis.
POINTS = 256


def warped(omega, alpha):
    return omega + 2 * np.arctan(alpha * np.sin(omega) / (1 - alpha * np.cos(omega)))


def cosines(omega, order):
    return np.cos(np.outer(omega, np.arange(order)))


AXIS = np.linspace(0, np.pi, POINTS)
_FINE = np.linspace(0, np.pi, 4001)
HERTZ = np.interp(AXIS, warped(_FINE, WARP), _FINE) / np.pi * RATE / 2
TO_CEPSTRA = np.linalg.pinv(cosines(AXIS, CEPSTRA))
