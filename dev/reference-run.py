#!/usr/bin/env python3
"""What Python's onnxruntime makes of some tokens, as JSON: the reference for workerd's parity test.

Usage: reference-run.py FOLDER      FOLDER holds model.onnx and voices/
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime

VOICES = ["af_heart", "am_adam", "bf_emma", "bm_george"]
LENGTHS = [1, 12, 60, 150]
SPEEDS = [1.0, 0.7, 1.6, 1.0]


def main(folder: pathlib.Path) -> None:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
    runs = []
    for voice, length, speed in zip(VOICES, LENGTHS, SPEEDS):
        tokens = [43 + i * 7 % 100 for i in range(length)]
        pack = np.fromfile(folder / "voices" / f"{voice}.bin", dtype="<f4").reshape(510, 1, 256)
        audio, frames = session.run(
            ["waveform", "durations"],
            {
                "input_ids": np.array([[0, *tokens, 0]], dtype=np.int64),
                "style": pack[length - 1],
                "speed": np.array([speed], dtype=np.float32),
            },
        )
        runs.append(
            {
                "voice": voice,
                "tokens": tokens,
                "speed": speed,
                "samples": int(audio.size),
                "frames": [int(n) for n in frames.ravel()],
                "rms": float(np.sqrt(np.mean(np.square(audio, dtype=np.float64)))),
            }
        )
    json.dump(runs, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
