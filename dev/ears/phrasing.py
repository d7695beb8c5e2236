"""The command line of dev/measure-phrasing."""

import argparse
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path

from benchmark.options import end_on_sigterm, need_folder_of_json

from . import paragraphs, phrasing_report
from .front import Front
from .model import Model
from .recogniser import Recogniser
from .response import Measure
from .servers import NotStarted, running
from .speech import Ask, NoSpeech, say

VOICES = "af_heart,am_michael,bf_emma,bm_george"


def main() -> int:
    options = arguments()
    end_on_sigterm()
    wanted = chosen(paragraphs.all_of_them(), options.paragraphs)
    voices = options.voices.split(",")
    with ExitStack() as stack:
        try:
            front = stack.enter_context(Front(os.environ["FRONTD"]))
            servers = {"server": stack.enter_context(running(options.server, "server"))}
            if options.compare:
                servers["compared"] = stack.enter_context(running(options.compare, "compared"))
            measure = Measure(front, Model.of_environment(), Recogniser(os.environ["WHISPER_BASE"]))
            found = {name: {voice: [] for voice in voices} for name in servers}
            for number, paragraph in enumerate(wanted, 1):
                for voice in voices:
                    for name, url in servers.items():
                        print(f"\rparagraph {number} of {len(wanted)}, {voice}, {name}   ", end="", file=sys.stderr, flush=True)
                        sound = say(url, Ask(paragraph.text, voice, stream=not options.whole))
                        found[name][voice].append(measure.paragraph(paragraph, voice, sound))
                # A long run that breaks off keeps what it has.
                if options.json:
                    options.json.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
            print(file=sys.stderr)
        except (NotStarted, NoSpeech) as error:
            print(f"measure-phrasing: {error}", file=sys.stderr)
            return 1
    print(phrasing_report.tables(found))
    return 0


def chosen(known: list, most: int | None) -> list:
    """All, or so many of every kind: spread evenly over the list."""
    if most is None or most >= len(known):
        return known
    return [known[i * len(known) // most] for i in range(most)]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev/measure-phrasing", description="Measures how far a server's speech is from sentences made in one run.")
    parser.add_argument("--server", default=os.environ["FRONTD"], metavar="URL|FRONTD", help="a server that runs, or a program to start (default: ours)")
    parser.add_argument("--compare", metavar="URL|FRONTD", help="another, in the same run")
    parser.add_argument("--paragraphs", type=int, metavar="N", help="only so many, spread over the list")
    parser.add_argument("--voices", default=VOICES, help="default %(default)s")
    parser.add_argument("--whole", action="store_true", help="as a file (stream=false) instead of streamed")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    need_folder_of_json(parser, options)
    if options.paragraphs is not None and options.paragraphs < 1:
        parser.error("--paragraphs is at least 1")
    return options


if __name__ == "__main__":
    sys.exit(main())
