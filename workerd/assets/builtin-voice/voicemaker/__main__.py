"""make-voice: makes the built-in voice, which learns from Kokoro-82M."""

import argparse
from pathlib import Path

from . import analysis, sentences, teacher, train

STAGES = ("teach", "analyse", "train", "export", "judge")


def main():
    options = argparse.ArgumentParser(prog="make-voice", description=__doc__)
    options.add_argument("stages", nargs="*", default=STAGES, help=f"what to do, in this order: {' '.join(STAGES)} (default: all)")
    options.add_argument("--work", type=Path, required=True, help="folder for what is made on the way (about 2 GB)")
    options.add_argument("--voices", type=Path, required=True, help="folder of Kokoro's voice packs, NAME.bin")
    options.add_argument("--graph", help="plain.onnx of a converted model")
    options.add_argument("--teach", help="the program of workerd/examples/teach.rs")
    options.add_argument("--frontd", help="the program that spells the lines")
    options.add_argument("--out", type=Path, required=True, help="the model to write")
    options.add_argument("--table", type=Path, required=True, help="the table of voices to write")
    options.add_argument("--former", type=Path, help="a built-in voice to judge beside the new one")
    options.add_argument("--lines", type=int, nargs=2, default=(2300, 700), help="short and long lines to learn from")
    options.add_argument("--steps", type=int, default=train.STEPS, help=f"training steps (default {train.STEPS}; fewer for a trial)")
    options.add_argument("--threads", type=int, default=2)
    options = options.parse_args()
    if unknown := set(options.stages) - set(STAGES):
        raise SystemExit(f"unknown stage {', '.join(sorted(unknown))}; the stages are {', '.join(STAGES)}")

    options.work.mkdir(parents=True, exist_ok=True)
    voices = teacher.Voices(options.voices)
    if "teach" in options.stages:
        lines = teacher.lines(sentences.chosen(*options.lines), voices, options.frontd)
        teacher.teach(lines, options.teach, options.graph, options.work)
    if "analyse" in options.stages:
        analysis.analyse(options.work, voices)
    if "train" in options.stages:
        train.train(options.work, options.steps, options.threads)
    if "export" in options.stages:
        from . import export

        export.export(options.work, voices, options.out, options.table)
    if "judge" in options.stages:
        from . import judge

        judge.judge(options.work, voices, options.out, options.former)


if __name__ == "__main__":
    main()
