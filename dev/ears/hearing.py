"""The command line of dev/measure-hearing."""

import argparse
import json
import os
import sys
from pathlib import Path

from benchmark.options import end_on_sigterm, need_folder_of_json, some_of

from . import report, sections, trimming
from .front import Front
from .model import Model
from .recogniser import Recogniser
from .servers import NotStarted, running
from .speech import NoSpeech

PARTS = ("prose", "paragraphs", "raw", "numbers", "speeds", "stretchers", "words", "trim", "times")
# What the built-in voice can be measured by.
OF_DRAFTS = ("prose", "paragraphs", "numbers", "speeds", "words")
FEW = "af_heart,am_michael,bf_emma,bm_george"


def main() -> int:
    options = arguments()
    end_on_sigterm()
    if options.voices == "all":
        everyone = sorted(path.stem for path in (Path(os.environ["MODEL_DIR"]) / "kokoro" / "voices").glob("*.bin"))
    else:
        everyone = options.voices.split(",")
    few = [voice for voice in options.few.split(",") if voice in everyone] or everyone[:4]
    found = {}
    try:
        with running(options.server) as url, Front(os.environ["FRONTD"]) as front:
            bench = sections.Bench(url, front, Recogniser(os.environ["WHISPER_BASE"]), options.sentences, "draft" if options.draft else "kokoro")
            model = Model.of_environment()
            measures = {
                "prose": lambda: sections.prose(bench, everyone),
                "paragraphs": lambda: sections.paragraphs(bench, few),
                "raw": lambda: sections.raw(bench, model, everyone),
                "numbers": lambda: sections.numbers(bench, few),
                "speeds": lambda: sections.speeds(bench, few, options.speeds),
                "stretchers": lambda: sections.by_stretchers(bench, few, [speed for speed in options.speeds if speed > 1.5]),
                "words": lambda: sections.words(bench, few),
                "trim": lambda: trimming.measure(bench, model, few),
                "times": lambda: sections.times(bench, few),
            }
            for part in options.only:
                found[part] = measures[part]()
                print(report.SHOWN[part](found[part]), end="\n\n", flush=True)
                # A long run that breaks off keeps what it has.
                if options.json:
                    options.json.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    except (NotStarted, NoSpeech) as error:
        print(f"measure-hearing: {error}", file=sys.stderr)
        return 1
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev/measure-hearing", description="Counts the words that a recogniser hears, and measures the sound.")
    parser.add_argument("--server", default=os.environ["FRONTD"], metavar="URL|FRONTD", help="a server that runs, or a program to start (default: ours)")
    parser.add_argument("--only", type=some_of(PARTS), metavar="PARTS", help=f"of {','.join(PARTS)} (default all)")
    parser.add_argument("--voices", default="all", help="of prose and raw: all, or names by commas")
    parser.add_argument("--few", default=FEW, help="voices of all else (default %(default)s)")
    parser.add_argument("--speeds", type=numbers, default="0.5,0.75,1,1.25,1.5,2,3", help="default %(default)s")
    parser.add_argument("--sentences", type=int, metavar="N", help="at most so many of each list: a quick look")
    parser.add_argument("--draft", action="store_true", help=f"the built-in voice, as a draft: {', '.join(OF_DRAFTS)}")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    need_folder_of_json(parser, options)
    measurable = OF_DRAFTS if options.draft else PARTS
    options.only = options.only or list(measurable)
    if not set(options.only) <= set(measurable):
        parser.error(f"--draft measures {', '.join(measurable)}")
    if options.sentences is not None and options.sentences < 1:
        parser.error("--sentences is at least 1")
    return options


def numbers(given: str) -> list[float]:
    try:
        found = [float(number) for number in given.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{given} is no row of numbers such as 0.5,1,2") from error
    if not all(0.25 <= number <= 4 for number in found):
        raise argparse.ArgumentTypeError("speeds are from 0.25 to 4")
    return found


if __name__ == "__main__":
    sys.exit(main())
