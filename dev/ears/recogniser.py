"""Whisper base as the ear: words with their times."""

import os
from dataclasses import dataclass

import numpy as np
from scipy.signal import resample_poly

from . import levels
from .speech import RATE

# Silence on both sides of what is heard. More after the end invites sentences that nobody said.
MARGIN = 0.2
# Words of no length at the end were not heard but made up.
STANDSTILL = 0.02
FIGURES = set("0123456789%$£€")


@dataclass(frozen=True)
class Heard:
    text: str
    start: float
    end: float


class Recogniser:
    """Writes down speech. The same sound always gives the same words."""

    def __init__(self, folder: str) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        from faster_whisper import WhisperModel

        self._model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
        # Without digits and signs it writes a number as it heard it, and a time or a price in one way only. -1 is its own list.
        vocabulary = self._model.hf_tokenizer.get_vocab()
        figures = (i for token, i in vocabulary.items() if set(token) & FIGURES and not token.startswith("<|"))
        self._unwritten = [-1, *sorted(figures)]

    def hear(self, sound: np.ndarray) -> list[Heard]:
        """The words of `sound` (24 kHz), timed from its first sample."""
        prepared = prepare(sound)
        # One temperature: the others draw lots.
        segments, _ = self._model.transcribe(
            prepared,
            language="en",
            beam_size=5,
            temperature=0.0,
            word_timestamps=True,
            condition_on_previous_text=False,
            suppress_tokens=self._unwritten,
        )
        parts = [Heard(word.word, word.start - MARGIN, word.end - MARGIN) for segment in segments for word in segment.words or []]
        return without_made_up(whole_words(parts))

    def text(self, sound: np.ndarray) -> str:
        return " ".join(word.text for word in self.hear(sound))


def prepare(sound: np.ndarray) -> np.ndarray:
    """At 16 kHz, a margin of silence before the first sample and after the last that sounds."""
    end = levels.sounding(sound)[1]
    margin = np.zeros(int(MARGIN * RATE), np.float32)
    return resample_poly(np.concatenate([margin, sound[:end], margin]), 2, 3).astype(np.float32)


def whole_words(parts: list[Heard]) -> list[Heard]:
    """A part without a space in front belongs to the word before it: "a" and ".m."."""
    words: list[Heard] = []
    for part in parts:
        if words and not part.text.startswith(" "):
            before = words.pop()
            words.append(Heard(before.text + part.text.strip(), before.start, part.end))
        else:
            words.append(Heard(part.text.strip(), part.start, part.end))
    return words


def without_made_up(words: list[Heard]) -> list[Heard]:
    """Leaves out the words at the end whose time stands still."""
    kept = len(words)
    while kept and words[kept - 1].end - words[kept - 1].start < STANDSTILL:
        kept -= 1
    return words[:kept]
