"""Measures one response against the same sentences, none of them cut."""

import hashlib
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np

from . import levels
from .front import Front, is_british
from .manner import holes, manner, pause_at, pauses, silences
from .model import Model
from .paragraphs import MOST_TOKENS, Paragraph, Speller, Spoken
from .recogniser import Recogniser
from .reference import Mark, Reference, kept, reference
from .speech import RATE
from .warp import warp
from .words import Score, count, plain

JOINTS = {" ": "sentence", "\n": "line", "\n\n": "paragraph"}


class Measure:
    def __init__(self, front: Front, model: Model, ears: Recogniser) -> None:
        self._front, self._model, self._ears = front, model, ears
        self._speller = Speller(front)

    def paragraph(self, paragraph: Paragraph, voice: str, sound: np.ndarray) -> dict:
        """All figures of one response."""
        spoken = [self._speller.spoken(sentence, is_british(voice)) for sentence in paragraph.sentences]
        runs = [run for line in paragraph.lines() for run in self._speller.runs(line, is_british(voice))]
        uncut = reference(self._model, self._speller, runs, voice)
        way = warp(uncut.sound, sound)
        edges = [0.0, *map(way.to_other, uncut.borders()), len(sound) / RATE]
        sentences, parts = [], [(a, b, part(sound, a, b)) for a, b in zip(edges, edges[1:])]
        for sentence, (start, _, said) in zip(uncut.sentences, parts):
            made = part(uncut.sound, sentence.start, sentence.end)
            between = silences(made, sentence.start), silences(said, start)
            sentences.append(
                {
                    "text": sentence.spoken.text,
                    "uncut": asdict(manner(made, sentence.phonemes)),
                    "said": asdict(manner(said, sentence.phonemes)),
                    "holes": [[round(where, 3), round(more, 3)] for where, more in holes(sentence, *between, way)],
                    "pauses": [[kind, round(one, 3), round(other, 3)] for kind, one, other in pauses(sentence, *between, way)],
                }
            )
        return {
            "seconds": len(sound) / RATE,
            "uncut_seconds": len(uncut.sound) / RATE,
            "sentences": sentences,
            "ends": [[JOINTS[joint], round(pause, 3)] for joint, pause in zip(paragraph.joints[1:], ends(parts))],
            "uncut_end": self._end(paragraph, spoken, voice),
            "heard": self._heard(paragraph, self._ears.text(sound)).figures(),
            "uncut_heard": self._heard(paragraph, self._text_of(uncut)).figures(),
        }

    def _heard(self, paragraph: Paragraph, text: str) -> Score:
        wanted = [word for sentence in paragraph.sentences for word in plain(self._front.normalised(sentence))]
        return count(wanted, text, self._front)

    def _end(self, paragraph: Paragraph, spoken: list[Spoken], voice: str) -> float | None:
        """The pause between the first two sentences where both are made in one run."""
        if len(spoken) < 2 or paragraph.joints[1] != " " or len(spoken[0].signs) + len(spoken[1].signs) >= MOST_TOKENS:
            return None
        space = self._speller.spoken("One and two", False)
        at = space.signs.index(" ")
        both = Spoken("", f"{spoken[0].signs} {spoken[1].signs}", (*spoken[0].tokens, space.tokens[at], *spoken[1].tokens))
        sound, tokens = kept(self._model, both, voice)
        after = next(token for token in tokens[len(spoken[0].signs) + 1 :] if token.sign.isalpha())
        before = next(token for token in reversed(tokens[: len(spoken[0].signs)]) if token.sign.isalpha())
        return round(pause_at(Mark("stop", before.end, after.start), silences(sound, 0.0)), 3)

    def _text_of(self, uncut: Reference) -> str:
        """What is heard of an uncut run, kept on disk."""
        path = Path(os.environ["EARS_CACHE"]) / "heard" / f"{hashlib.sha256(uncut.sound.tobytes()).hexdigest()[:32]}.txt"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._ears.text(uncut.sound), encoding="utf-8")
        return path.read_text(encoding="utf-8")


def part(sound: np.ndarray, start: float, end: float) -> np.ndarray:
    return sound[max(0, round(start * RATE)) : round(end * RATE)]


def ends(parts: list[tuple[float, float, np.ndarray]]) -> list[float]:
    """The silence between each sentence and the next, in seconds."""
    found = []
    for (_, _, one), (_, _, other) in zip(parts, parts[1:]):
        before = (len(one) - levels.sounding(one)[1]) / RATE
        found.append(before + levels.sounding(other)[0] / RATE)
    return found


