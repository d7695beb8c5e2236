"""From a style row to the five controls of the voice.

Dimensions 0 to 4 are the controls themselves: that is what the project's own table uses. The others matter for Kokoro's
published packs only, which a matrix takes to controls of the right sex and of each name's own.
"""

import zlib

import numpy as np

CONTROLS = 5  # speaker, pitch, formant, range, breath
STYLE = 256


def matrix(folder):
    """[256, 5], so that controls = style @ matrix. Without a folder of packs the dimensions above 4 do nothing."""
    weights = np.zeros((STYLE, CONTROLS), np.float32)
    weights[:CONTROLS] = np.eye(CONTROLS)
    packs = sorted(folder.glob("[ab][fm]_*.bin")) if folder and folder.is_dir() else []
    if not packs:
        print("no Kokoro packs given: such a pack will drive this voice with its first five numbers only")
        return weights
    rows, wanted = [], []
    for pack in packs:
        chosen = np.fromfile(pack, "<f4").reshape(-1, STYLE)[5:400:3]
        rows.append(chosen[:, CONTROLS:])
        wanted.append(controls(pack.stem) - chosen[:, :CONTROLS])
    rows, wanted = np.concatenate(rows).astype(np.float64), np.concatenate(wanted)
    ridge = 1e-4 * len(rows) * rows.var()
    weights[CONTROLS:] = np.linalg.solve(rows.T @ rows + ridge * np.eye(rows.shape[1]), rows.T @ wanted)
    return weights


def controls(name):
    """A place of its own for a name: the sex from its second letter, the rest scattered by a hash."""
    scatter = np.random.default_rng(zlib.crc32(name.encode())).uniform(-1, 1, CONTROLS)
    male = name[1] == "m"
    speaker = 0.93 + 0.07 * scatter[0] if male else 0.07 + 0.07 * scatter[0]
    pitch = 2.5 * scatter[1] + (0.0 if male else 0.5)
    formant = 0.055 * scatter[2] + (-0.02 if male else 0.02)
    return np.array([speaker, pitch, formant, 0.25 * scatter[3], 0.25 * scatter[4]])
