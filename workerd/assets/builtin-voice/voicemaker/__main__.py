"""make-voice: makes workerd/assets/builtin.onnx again, from the Debian and PyPI packages named in the README."""

import argparse
from pathlib import Path

from . import dataset, export, sentences, teachers, train

ASSETS = Path(__file__).resolve().parent.parent.parent
ROOT = ASSETS.parent.parent
STAGES = ("teach", "align", "train", "export")


def main():
    options = argparse.ArgumentParser(prog="make-voice", description=__doc__)
    options.add_argument("stages", nargs="*", default=STAGES, help=f"what to do, in this order: {' '.join(STAGES)} (default: all)")
    options.add_argument("--work", type=Path, default=ROOT / ".cache/builtin-voice/work", help="folder for what is made on the way (about 4 GB)")
    options.add_argument("--packs", type=Path, default=ROOT.parent / "shared/voices", help="folder of Kokoro's voice packs, NAME.bin")
    options.add_argument("--out", type=Path, default=ASSETS / "builtin.onnx", help="the model to write")
    options.add_argument("--steps", type=int, default=train.STEPS, help=f"training steps (default {train.STEPS}; fewer for a trial)")
    options.add_argument("--start", type=Path, help="folder of the study, to train on from its weights instead of from nothing")
    options.add_argument("--stop", type=int, help="end at this step of the plan of --steps")
    options = options.parse_args()
    if unknown := set(options.stages) - set(STAGES):
        raise SystemExit(f"unknown stage {', '.join(sorted(unknown))}; the stages are {', '.join(STAGES)}")

    options.work.mkdir(parents=True, exist_ok=True)
    if "teach" in options.stages:
        teachers.run(sentences.write(options.work / "lines.txt"), options.work)
    if "align" in options.stages:
        dataset.build(options.work)
    if "train" in options.stages:
        train.train(options.work, options.steps, options.start, options.stop)
    if "export" in options.stages:
        export.export(options.work, options.packs, options.out)


if __name__ == "__main__":
    main()
