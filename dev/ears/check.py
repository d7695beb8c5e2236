"""Whether the recogniser hears a server word for word, and when its captions say so: a test, where hearing.py measures.

Usage: python -m ears.check NAME=MODEL_DIR...    each edition of the model says one sentence; status 1 when a word is lost, or when
                                                half of the words have times that are 60 ms and more off

Where the English voices are not, a Japanese one speaks with an accent: of its words one in five may be lost.
"""

import os
import sys

import numpy as np

from . import texts
from .aligner import Aligner
from .front import Front
from .recogniser import Recogniser
from .servers import NotStarted, running
from .sections import off
from .speech import Ask, NoSpeech, captions, say
from .words import score


BEST = "af_heart"
# Of the captions' word times, in ms.
MOST_OFF = 60


def main(editions: list[str]) -> int:
    ears, frontd, lost = Recogniser(os.environ["WHISPER_BASE"]), os.environ["FRONTD"], 0
    with Front(frontd) as front:
        for number, edition in enumerate(editions):
            name, _, os.environ["MODEL_DIR"] = edition.partition("=")
            text = texts.lines("prose")[number]
            with running(frontd, None) as url:
                heard = ears.text(say(url, Ask(text, voice())))
                late = word_times(url, text)
            found = score(text, heard, front)
            print(f"{name}, {voice()}: {found.said} words, {found.errors} lost or wrong: {heard}")
            print(f"{name}: word times are {late:.0f} ms off (median)")
            lost += late >= MOST_OFF
            lost += max(0, found.errors - (0 if voice() == BEST else found.said // 5))
    return min(lost, 1)


def word_times(url: str, text: str) -> float:
    """The median error of the captions' starts and ends, in ms."""
    sound, said = captions(url, Ask(text, voice(), stream=False))
    aligned = Aligner().align(sound, [word for word, _, _ in said])
    return float(np.median(np.abs(off(said, aligned)))) if aligned else float("inf")


def voice() -> str:
    """The one that the recogniser knows best, or the first that is there."""
    there = {path.removesuffix(".bin") for path in os.listdir(f"{os.environ['MODEL_DIR']}/kokoro/voices")}
    return BEST if BEST in there else min(there)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (NotStarted, NoSpeech) as error:
        sys.exit(f"ears.check: {error}")
