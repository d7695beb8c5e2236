"""The sentences of a paragraph, each made in one run of the model, and where every token of them sounds."""

from dataclasses import dataclass

import numpy as np

from . import levels
from .model import Model
from .paragraphs import Speller, Spoken
from .speech import RATE

# Kept around each sentence, and the silence between two.
MARGIN = 0.03
GAP = 0.3
MARKS = {",": "comma", ";": "semicolon", ":": "semicolon", "—": "dash", "…": "stop", ".": "stop", "!": "stop", "?": "stop"}
# Where a voice may pause without any of them.
BREAKS = set(MARKS) | set("()“”\"")
# Signs that sound by themselves; stress and the like belong to their neighbours.
SILENT = BREAKS | set(" ˈˌːʰʲ↓→↗↘-")


@dataclass(frozen=True)
class Token:
    sign: str
    start: float
    end: float


@dataclass(frozen=True)
class Sentence:
    """`start` and `end` are where its sound lies in the whole."""

    spoken: Spoken
    start: float
    end: float
    tokens: tuple[Token, ...]

    @property
    def phonemes(self) -> int:
        return sum(token.sign not in SILENT for token in self.tokens)


@dataclass(frozen=True)
class Reference:
    sound: np.ndarray
    sentences: tuple[Sentence, ...]

    def borders(self) -> list[float]:
        """The middle of each silence between two sentences."""
        return [(one.end + other.start) / 2 for one, other in zip(self.sentences, self.sentences[1:])]


@dataclass(frozen=True)
class Mark:
    """A place with marks inside a sentence: from the last sound before it to the first after it."""

    kind: str
    start: float
    end: float


def reference(model: Model, speller: Speller, sentences: list[Spoken], voice: str) -> Reference:
    """Each sentence in a run of its own."""
    sounds, found, at = [], [], 0.0
    for spoken in sentences:
        if sounds:
            sounds.append(np.zeros(int(GAP * RATE), np.float32))
            at += GAP
        start, tokens = at, []
        for part in speller.parts(spoken):
            sound, placed = kept(model, part, voice)
            tokens += [Token(token.sign, token.start + at, token.end + at) for token in placed]
            sounds.append(sound)
            at += len(sound) / RATE
        found.append(Sentence(spoken, start, at, tuple(tokens)))
    return Reference(np.concatenate(sounds), tuple(found))


def kept(model: Model, part: Spoken, voice: str) -> tuple[np.ndarray, list[Token]]:
    """The sound of one run without the silence around it, and its tokens."""
    run = model.run(list(part.tokens), voice)
    start, end = levels.sounding(run.sound)
    start, end = max(0, start - int(MARGIN * RATE)), min(len(run.sound), end + int(MARGIN * RATE))
    edges = (np.cumsum(run.durations) - start) / RATE
    return run.sound[start:end], [Token(sign, float(edges[i]), float(edges[i + 1])) for i, sign in enumerate(part.signs)]


def marks(tokens: tuple[Token, ...]) -> list[Mark]:
    """The places with marks between two sounds."""
    found, i = [], 0
    while i < len(tokens):
        j = i
        while j < len(tokens) and tokens[j].sign in SILENT:
            j += 1
        kinds = [MARKS[token.sign] for token in tokens[i:j] if token.sign in MARKS]
        if kinds and i > 0 and j < len(tokens):
            found.append(Mark(max(kinds, key=("comma", "semicolon", "dash", "stop").index), tokens[i].start, tokens[j].start))
        i = max(j, i + 1)
    return found


def breaks(tokens: tuple[Token, ...]) -> list[tuple[float, float]]:
    """Where a silence is not inside a clause: from the sound before a mark, bracket or quote to the sound after it."""
    found, i = [], 0
    while i < len(tokens):
        j = i
        while j < len(tokens) and tokens[j].sign in SILENT:
            j += 1
        if any(token.sign in BREAKS for token in tokens[i:j]):
            found.append((tokens[i].start, tokens[j].start if j < len(tokens) else float("inf")))
        i = max(j, i + 1)
    return found
