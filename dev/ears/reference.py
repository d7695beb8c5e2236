"""The sentences of a paragraph, none of them cut, and where every token of them sounds."""

from dataclasses import dataclass

import numpy as np

from . import levels
from .model import Model
from .paragraphs import Run, Speller, Spoken
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


def reference(model: Model, speller: Speller, runs: list[Run], voice: str) -> Reference:
    """The sentences of all runs, one run after the other."""
    sounds, found, at = [], [], 0.0
    for run in runs:
        if sounds:
            sounds.append(np.zeros(int(GAP * RATE), np.float32))
            at += GAP
        start, tokens, made = at, [], []
        for part in speller.parts(run.spoken):
            sound, placed = kept(model, part, voice)
            tokens += [Token(token.sign, token.start + at, token.end + at) for token in placed]
            made.append(sound)
            at += len(sound) / RATE
        sounds += made
        found += split(run, tuple(tokens), np.concatenate(made), start)
    return Reference(np.concatenate(sounds), tuple(found))


def split(run: Run, tokens: tuple[Token, ...], sound: np.ndarray, start: float) -> list[Sentence]:
    """The sentences of one run whose `sound` begins at `start`: parted in the middle of the longest silence between them."""
    quiet = [(start + a * levels.HOP / RATE, start + b * levels.HOP / RATE) for a, b in levels.runs(levels.silent(sound))]
    found, first, began = [], 0, start
    for sentence, last in zip(run.sentences[:-1], run.ends):
        before = next(token for token in reversed(tokens[first:last]) if token.sign not in SILENT)
        after = next(token for token in tokens[last:] if token.sign not in SILENT)
        # The model counts a pause to the phoneme before the mark.
        between = [(max(a, before.start), min(b, after.end)) for a, b in quiet if b > before.start and a < after.end]
        border = sum(max(between, key=lambda silence: silence[1] - silence[0], default=(after.start, after.start))) / 2
        found.append(Sentence(sentence, began, border, tokens[first:last]))
        first, began = last, border
    return [*found, Sentence(run.sentences[-1], began, start + len(sound) / RATE, tokens[first:])]


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
