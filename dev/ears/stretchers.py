"""Other programs that make speech faster, to compare the server's with."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from scipy.io import wavfile

from .speech import RATE, samples

# What each is started with: the file that is given, the file that it makes, the speed.
PROGRAMS = {
    "sox tempo -s": lambda given, made, speed: ["sox", given, made, "tempo", "-s", speed],
    "rubberband -3": lambda given, made, speed: ["rubberband", "-3", "-q", "-T", speed, given, made],
}


def installed() -> list[str]:
    return [name for name in PROGRAMS if shutil.which(name.split()[0])]


def stretched(name: str, sound: np.ndarray, speed: float) -> np.ndarray:
    """The sound, faster by one of the programs."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "given.wav", Path(folder) / "made.wav"
        # 16 bits, as the server sent them.
        wavfile.write(given, RATE, (sound * 32767).round().astype(np.int16))
        subprocess.run(PROGRAMS[name](str(given), str(made), f"{speed:g}"), check=True, capture_output=True)
        return samples(made.read_bytes())
