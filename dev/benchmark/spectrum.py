"""How far two recordings are apart: samples and spectra. `python3 -m benchmark.spectrum A.f32 B.f32 NAME` prints a row;
`python3 -m benchmark.spectrum nudge VOICE.bin OUT.bin` writes a voice that is a millionth off."""

import array
import cmath
import math
import sys
from pathlib import Path

FRAME, HOP = 1024, 512
# Below that, relative to the loudest bin, nobody hears and rounding is all there is.
FLOOR = 1e-10


def fft(signal: list[complex]) -> list[complex]:
    """The discrete Fourier transform of a power of two of samples."""
    if len(signal) == 1:
        return signal
    even, odd = fft(signal[::2]), fft(signal[1::2])
    half = len(even)
    turned = [cmath.exp(-2j * math.pi * k / len(signal)) * odd[k] for k in range(half)]
    return [even[k] + turned[k] for k in range(half)] + [even[k] - turned[k] for k in range(half)]


def powers(samples: list[float]) -> list[list[float]]:
    """The power spectrum of each frame, under a Hann window."""
    window = [0.5 - 0.5 * math.cos(2 * math.pi * n / FRAME) for n in range(FRAME)]
    frames = range(0, len(samples) - FRAME + 1, HOP)
    return [
        [abs(bin) ** 2 for bin in fft([s * w for s, w in zip(samples[at : at + FRAME], window)])[: FRAME // 2 + 1]]
        for at in frames
    ]


def distance(a: list[float], b: list[float]) -> float:
    """Log-spectral distance in dB: the root of the mean square over the bins of a frame, the mean over the frames."""
    if len(a) != len(b):
        return math.inf
    spectra = list(zip(powers(a), powers(b)))
    floor = FLOOR * max((max(frame) for frame, _ in spectra), default=0.0) or FLOOR
    frames = [
        math.sqrt(sum((10 * math.log10((x + floor) / (y + floor))) ** 2 for x, y in zip(one, other)) / len(one))
        for one, other in spectra
    ]
    return sum(frames) / len(frames) if frames else 0.0


def apart(a: list[float], b: list[float]) -> float:
    """The power of the difference over that of `a`, in dB."""
    if len(a) != len(b):
        return math.inf
    power, difference = sum(x * x for x in a), sum((x - y) ** 2 for x, y in zip(a, b))
    return 10 * math.log10(difference / power) if difference and power else -math.inf


def read(path: str) -> list[float]:
    return floats(path).tolist()


def floats(path: str) -> "array.array[float]":
    """Little-endian f32."""
    samples = array.array("f")
    samples.frombytes(Path(path).read_bytes())
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def nudge(source: str, target: str) -> None:
    """A voice whose every number is larger by a millionth, a few roundings: what a graph makes of that is its own noise."""
    voice = array.array("f", (x * 1.000001 for x in floats(source)))
    if sys.byteorder == "big":
        voice.byteswap()
    Path(target).write_bytes(voice.tobytes())


if __name__ == "__main__":
    if sys.argv[1] == "nudge":
        nudge(*sys.argv[2:])
    else:
        first, second = read(sys.argv[1]), read(sys.argv[2])
        print(f"| {sys.argv[3]} | {apart(first, second):.1f} dB | {distance(first, second):.4f} dB |")
