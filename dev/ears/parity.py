"""What Python's onnxruntime makes of some tokens, as JSON: what workerd's test of the real weights compares with.

Usage: python -m ears.parity      MODEL_DIR names the models folder, EARS_CACHE a folder for what is computed
"""

import json
import os
import sys

import numpy as np

from .model import FRAME, Model

LENGTHS = [1, 12, 60, 150]
SPEEDS = [1.0, 0.7, 1.6, 1.0]


def main() -> None:
    model, runs = Model.of_environment(), []
    there = sorted(path.removesuffix(".bin") for path in os.listdir(f"{os.environ['MODEL_DIR']}/kokoro/voices"))
    for number, (length, speed) in enumerate(zip(LENGTHS, SPEEDS)):
        voice = there[number * (len(there) // len(LENGTHS))]
        tokens = [43 + i * 7 % 100 for i in range(length)]
        run = model.run(tokens, voice, speed=speed)
        runs.append(
            {
                "voice": voice,
                "tokens": tokens,
                "speed": speed,
                "samples": int(run.sound.size),
                "frames": [int(n) for n in run.durations // FRAME],
                "rms": float(np.sqrt(np.mean(np.square(run.sound, dtype=np.float64)))),
            }
        )
    json.dump(runs, sys.stdout)


if __name__ == "__main__":
    main()
