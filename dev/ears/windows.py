"""How far a sound that leaves out silence, or is made in windows, is from the sentence computed in one piece."""

import argparse
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import texts
from .front import Front, is_british
from .levels import rms
from .speech import RATE
from .warp import bands

WAYS = ("served", "windows")
# A bin counts if it is no further under the loudest of its frame; a second if it is no further under the sentence.
NEAR_DB = 40.0
LOUD_DB = 15.0
# Sentences of no more words are short.
SHORT_WORDS = 5


@dataclass(frozen=True)
class Apart:
    """Differences in dB."""

    spectrum: float
    level: float
    worst_second: float
    first_second: float


def apart(whole: np.ndarray, other: np.ndarray) -> Apart:
    """How far `other` is from `whole`, which has as many samples."""
    one, two = bands(whole), bands(other)
    near = (one > one.max(axis=1, keepdims=True) - NEAR_DB) & (one > 0)
    seconds = [slice(at, at + RATE) for at in range(0, max(1, len(whole) - RATE // 2), RATE)]
    differences = [rms(other[second]) - rms(whole[second]) for second in seconds if rms(whole[second]) > rms(whole) - LOUD_DB]
    return Apart(
        spectrum=float(np.sqrt(np.mean((one - two)[near] ** 2))),
        level=rms(other) - rms(whole),
        worst_second=max(map(abs, differences), default=0.0),
        first_second=differences[0] if differences else 0.0,
    )


def made(way: str, pack: Path, tokens: list[int], folder: Path) -> np.ndarray:
    """By `inspect`, the example of workerd; its `speak` computes everything in one piece."""
    out = folder / "sound.f32"
    subprocess.run([os.environ["INSPECT"], way, os.environ["GRAPH"], pack, "auto", ",".join(map(str, tokens)), out], check=True)
    return np.fromfile(out, "<f4")


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev/measure-windows")
    parser.add_argument("--voices", default="af_heart,am_michael,bf_emma,bm_george")
    voices = parser.parse_args().voices.split(",")
    packs = Path(os.environ["MODEL_DIR"]) / "kokoro" / "voices"
    found: dict[tuple[str, str], list[Apart]] = {}
    with Front(os.environ["FRONTD"]) as front, tempfile.TemporaryDirectory() as folder:
        for i, sentence in enumerate(texts.lines("windows")):
            voice = voices[i % len(voices)]
            kind = "1 to 5 words" if len(sentence.split()) <= SHORT_WORDS else "6 to 11 s"
            for segment in front.read(sentence, is_british(voice))["segments"]:
                sounds = {way: made(way, packs / f"{voice}.bin", segment["tokens"], Path(folder)) for way in ("speak", *WAYS)}
                for way in WAYS:
                    found.setdefault((kind, way), []).append(apart(sounds["speak"], sounds[way]))
    print("| sentences | way | spectrum, dB | level, dB | worst | level of the worst second, dB | worst | first second, dB |")
    print("|---|---|---|---|---|---|---|---|")
    for (kind, way), each in found.items():
        levels, worst = [abs(a.level) for a in each], [a.worst_second for a in each]
        print(
            f"| {len(each)} of {kind} | {way} | {np.mean([a.spectrum for a in each]):.2f} | {np.mean([a.level for a in each]):+.2f} | {max(levels):.2f} "
            f"| {np.mean(worst):.2f} | {max(worst):.2f} | {np.mean([a.first_second for a in each]):+.2f} |"
        )


if __name__ == "__main__":
    main()
