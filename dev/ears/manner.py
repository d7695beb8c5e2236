"""How a sentence was said: its rate, pitch and level, its silences inside clauses and at marks."""

from dataclasses import dataclass

import numpy as np

from . import levels, pitch
from .reference import Mark, Sentence, breaks, marks
from .speech import RATE
from .warp import Warp

# A silence inside a clause is a hole when it is longer by more than this than what the uncut run has at its place.
HOLE = 0.05
# Silence that touches a place by so much belongs to it: an alignment is good to two frames or so.
SLACK = 0.06


@dataclass(frozen=True)
class Manner:
    """`rate`: phonemes a second of sound without silences. `median` and `spread` of the pitch: Hz and semitones."""

    rate: float
    median: float | None
    spread: float | None
    level: float


def manner(sound: np.ndarray, phonemes: int) -> Manner:
    quiet = levels.silent(sound)
    loud = np.repeat(~quiet, levels.HOP)
    sounding = sound[: len(loud)][loud]
    seconds = len(sounding) / RATE
    hertz = pitch.median_and_spread(pitch.track(sound))
    level = levels.rms(sounding) if seconds else levels.NOTHING_DB
    return Manner(phonemes / seconds if seconds else 0.0, *(hertz or (None, None)), level)


def silences(sound: np.ndarray, offset: float) -> list[tuple[float, float]]:
    """Silences between two sounds, in seconds of the whole that has `sound` at `offset`."""
    step = levels.HOP / RATE
    quiet = levels.silent(sound)
    inside = [(a, b) for a, b in levels.runs(quiet) if a > 0 and b < len(quiet)]
    return [(offset + a * step, offset + b * step) for a, b in inside]


def overlap(one: tuple[float, float], other: tuple[float, float]) -> float:
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))


def holes(sentence: Sentence, uncut: list[tuple[float, float]], said: list[tuple[float, float]], way: Warp) -> list[tuple[float, float]]:
    """The silences of the response inside a clause that the uncut run has not: (where in the response, seconds more)."""
    pauses = [around(start, end, uncut) for start, end in breaks(sentence.tokens)]
    found = []
    for start, end in said:
        if end - start <= HOLE:
            continue
        place = way.to_one(start) - SLACK, way.to_one(end) + SLACK
        if any(overlap(place, pause) for pause in pauses):
            continue
        more = end - start - sum(overlap(place, silence) for silence in uncut)
        if more > HOLE:
            found.append((start, more))
    return found


def pauses(sentence: Sentence, uncut: list[tuple[float, float]], said: list[tuple[float, float]], way: Warp) -> list[tuple[str, float, float]]:
    """At each place with marks: its kind, the silence of the uncut run and that of the response."""
    placed = [((way.to_one(start), way.to_one(end)), end - start) for start, end in said]
    found = []
    for mark in marks(sentence.tokens):
        place = around(mark.start, mark.end, uncut)
        found.append((mark.kind, longest(place, [(silence, silence[1] - silence[0]) for silence in uncut]), longest(place, placed)))
    return found


def around(start: float, end: float, silences: list[tuple[float, float]]) -> tuple[float, float]:
    """A place with marks, with the silence of the same sound that touches it.

    The model counts a pause to the phoneme before the mark, whose token ends up to half a second after its sound.
    """
    place = start - SLACK, end + SLACK
    return min([place[0], *(silence[0] for silence in silences if overlap(place, silence))]), place[1]


def longest(place: tuple[float, float], silences: list[tuple[tuple[float, float], float]]) -> float:
    return max((length for where, length in silences if overlap(place, widened(where))), default=0.0)


def widened(where: tuple[float, float]) -> tuple[float, float]:
    """A silence that is one moment of the other sound has no width there."""
    return where[0] - 1e-3, where[1] + 1e-3


def pause_at(mark: Mark, said: list[tuple[float, float]]) -> float:
    """The longest silence at a place of the same sound."""
    return longest(around(mark.start, mark.end, said), [(silence, silence[1] - silence[0]) for silence in said])
