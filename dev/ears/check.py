"""Whether the recogniser hears a server word for word: a test, where hearing.py measures.

Usage: python -m ears.check NAME=MODEL_DIR...    each edition of the model says one sentence; status 1 when a word is lost

Where the English voices are not, a Japanese one speaks with an accent: of its words one in five may be lost.
"""

import os
import sys

from . import texts
from .front import Front
from .recogniser import Recogniser
from .servers import NotStarted, running
from .speech import Ask, NoSpeech, say
from .words import score


BEST = "af_heart"


def main(editions: list[str]) -> int:
    ears, frontd, lost = Recogniser(os.environ["WHISPER_BASE"]), os.environ["FRONTD"], 0
    with Front(frontd) as front:
        for number, edition in enumerate(editions):
            name, _, os.environ["MODEL_DIR"] = edition.partition("=")
            text = texts.lines("prose")[number]
            with running(frontd, None) as url:
                heard = ears.text(say(url, Ask(text, voice())))
            found = score(text, heard, front)
            print(f"{name}, {voice()}: {found.said} words, {found.errors} lost or wrong: {heard}")
            lost += max(0, found.errors - (0 if voice() == BEST else found.said // 5))
    return min(lost, 1)


def voice() -> str:
    """The one that the recogniser knows best, or the first that is there."""
    there = {path.removesuffix(".bin") for path in os.listdir(f"{os.environ['MODEL_DIR']}/kokoro/voices")}
    return BEST if BEST in there else min(there)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (NotStarted, NoSpeech) as error:
        sys.exit(f"ears.check: {error}")
