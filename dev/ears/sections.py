"""What measure-hearing measures, a function each: sound from the server, words from the recogniser."""

import statistics
import sys
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from . import levels, stretchers, texts
from .aligner import Aligner
from .front import Front, is_british
from .model import Model
from .paragraphs import Speller, all_of_them
from .recogniser import Recogniser
from .speech import RATE, Ask, captions, say, say_all
from .words import Score, plain, score, total

# Sentences of prose that every voice says; all of the list are said at every speed.
PROSE = 12
# Every fifth paragraph, of each manner some.
EVERY = 5
# Sentences of which the model's own sound is made.
RAW = 3
# A silence that is long enough to tell where a word begins, and how near a word's time must be to be that word's, in seconds.
PAUSE = 0.08
NEAR = 0.3


@dataclass
class Bench:
    """What every measurement needs."""

    url: str
    front: Front
    ears: Recogniser
    # At most so many texts of each list; a quick look.
    most: int | None = None
    model: str = "kokoro"

    def some(self, items: list, usual: int | None = None) -> list:
        return items[: min(number for number in (usual, self.most, len(items)) if number is not None)]

    def heard(self, asks: list[Ask], label: str):
        """Each request with its sound and what was heard, in order."""
        asks = [replace(ask, model=self.model) for ask in asks]
        for number, (ask, sound) in enumerate(zip(asks, say_all(self.url, asks)), 1):
            print(f"\r{label}: {number} of {len(asks)}", end="\n" if number == len(asks) else "", file=sys.stderr, flush=True)
            yield ask, sound, self.ears.text(sound)


def prose(bench: Bench, voices: list[str]) -> dict:
    """By voice: words heard, and levels."""
    return by_voice(bench, voices, bench.some(texts.lines("prose"), PROSE), "prose")


def paragraphs(bench: Bench, voices: list[str]) -> dict:
    """As prose, of whole paragraphs."""
    return by_voice(bench, voices, bench.some([paragraph.text for paragraph in all_of_them()[::EVERY]]), "paragraphs")


def by_voice(bench: Bench, voices: list[str], said: list[str], label: str) -> dict:
    scores, sounds = {voice: Score() for voice in voices}, {voice: [] for voice in voices}
    for ask, sound, heard in bench.heard([Ask(text, voice) for voice in voices for text in said], label):
        scores[ask.voice].add(score(ask.text, heard, bench.front))
        sounds[ask.voice].append(sound)
    return {voice: {**scores[voice].figures(), **levels.of(sounds[voice])} for voice in voices}


def raw(bench: Bench, model: Model, voices: list[str]) -> dict:
    """By voice: the model's own sound, before any server trims and limits it."""
    sentences = bench.some(texts.lines("prose"), RAW)
    found = {}
    for voice in voices:
        sounds = []
        for text in sentences:
            spoken = Speller(bench.front).spoken(text, is_british(voice))
            sounds.append(model.run(list(spoken.tokens), voice).sound)
        found[voice] = levels.of(sounds)
    return found


def numbers(bench: Bench, voices: list[str]) -> dict:
    """By class: words heard of sentences with numbers, dates, names and the like."""
    sentences = bench.some(texts.pairs("numbers"))
    classes = {text: kind for kind, text in sentences}
    scores: dict[str, Score] = {}
    for ask, _, heard in bench.heard([Ask(text, voice) for _, text in sentences for voice in voices], "numbers"):
        scores.setdefault(classes[ask.text], Score()).add(score(ask.text, heard, bench.front))
    return {**{kind: found.figures() for kind, found in scores.items()}, "all": total(scores.values()).figures()}


def speeds(bench: Bench, voices: list[str], wanted: list[float]) -> dict:
    """By speed: words heard, and the length of each response against that at speed 1, divided by the speed."""
    sentences = bench.some(texts.lines("prose"))
    keys = list(product(voices, sentences))
    asks = [Ask(text, voice, speed) for speed in (1.0, *(s for s in wanted if s != 1.0)) for voice, text in keys]
    usual: dict[tuple[str, str], int] = {}
    scores = {speed: Score() for speed in wanted}
    lengths: dict[float, list[float]] = {speed: [] for speed in wanted}
    for ask, sound, heard in bench.heard(asks, "speeds"):
        key = (ask.voice, ask.text)
        if ask.speed == 1.0:
            usual[key] = len(sound)
        if ask.speed in scores:
            scores[ask.speed].add(score(ask.text, heard, bench.front))
            lengths[ask.speed].append(len(sound) * ask.speed / usual[key])
    return {
        f"{speed:g}": {
            **scores[speed].figures(),
            "length_median": median(lengths[speed]),
            "length_least": min(lengths[speed]),
            "length_most": max(lengths[speed]),
            "length_within_2_percent": statistics.mean(abs(length - 1) <= 0.02 for length in lengths[speed]),
        }
        for speed in wanted
    }


def by_stretchers(bench: Bench, voices: list[str], wanted: list[float]) -> dict:
    """By speed and stretcher: words heard of the server's sound, and of its sound at speed 1 made faster by other programs."""
    asks = [Ask(text, voice) for voice in voices for text in bench.some(texts.lines("prose"))]
    scores: dict[str, Score] = {}
    for number, (ask, sound) in enumerate(zip(asks, say_all(bench.url, asks)), 1):
        print(f"\rstretchers: {number} of {len(asks)}", end="\n" if number == len(asks) else "", file=sys.stderr, flush=True)
        for speed in wanted:
            made = {name: stretchers.stretched(name, sound, speed) for name in stretchers.installed()}
            made["ours"] = say(bench.url, replace(ask, speed=speed))
            for name, faster in made.items():
                scores.setdefault(f"{name} at {speed:g}", Score()).add(score(ask.text, bench.ears.text(faster), bench.front))
    return {name: found.figures() for name, found in scores.items()}


def words(bench: Bench, voices: list[str]) -> dict:
    """Single words by their sound, interjections by a list of what a recogniser may write for them."""
    single = bench.some(texts.lines("words"))
    accepted = {said: {folded(one) for one in heard.split(",")} for said, heard in bench.some(texts.pairs("interjections"))}
    found = {}
    for kind, items in (("words", single), ("interjections", list(accepted))):
        right, faults = {voice: 0 for voice in voices}, []
        for ask, _, heard in bench.heard([Ask(text, voice) for text in items for voice in voices], kind):
            if kind == "words":
                good = score(ask.text, heard, bench.front).errors == 0
            else:
                good = folded(heard) in accepted[ask.text] | {folded(ask.text)}
            right[ask.voice] += good
            if not good:
                faults.append(f"{ask.voice}: {ask.text} → {heard or '∅'}")
        found[kind] = {"said": len(items), "right": right, "faults": faults}
    return found


def folded(text: str) -> str:
    """Without case, marks and spaces: an interjection has no spelling of its own."""
    return "".join(plain(text))


def times(bench: Bench, voices: list[str]) -> dict:
    """By voice: the server's word times against those of a forced alignment and of Whisper, in ms; and how much later than the
    sound words begin after a silence."""
    aligner, found = Aligner(), {}
    for voice in voices:
        aligned, whisper, ours_late = [], [], []
        for text in bench.some(texts.lines("prose")):
            answer = captions(bench.url, Ask(text, voice, stream=False))
            if answer is None:
                return {}
            sound, said = answer
            aligned += off(said, aligner.align(sound, [word for word, _, _ in said]) or [])
            whisper += off(said, [(word.text, word.start, word.end) for word in bench.ears.hear(sound)])
            ours_late += late(said, onsets(sound))
        found[voice] = {
            "words": len(aligned),
            **errors("start", [start for start, _ in aligned]),
            **errors("end", [end for _, end in aligned]),
            "whisper_words": len(whisper),
            **errors("whisper_start", [start for start, _ in whisper]),
            **errors("whisper_end", [end for _, end in whisper]),
            "onsets": len(ours_late),
            "onset_late_ms": median(ours_late),
        }
    return found


def off(said: list[tuple[str, float, float]], heard: list[tuple[str, float, float]]) -> list[tuple[float, float]]:
    """How much later the starts and the ends of the same words are in `said`, in ms."""
    return [(1000 * (ours[1] - theirs[1]), 1000 * (ours[2] - theirs[2])) for ours, theirs in same_words(said, heard)]


def errors(name: str, late: list[float]) -> dict:
    return {f"{name}_late_ms": median(late), f"{name}_error_ms": median(np.abs(late))}


def onsets(sound: np.ndarray) -> list[float]:
    """Where sound begins after a silence of at least `PAUSE`, in seconds."""
    step = levels.HOP / RATE
    quiet = levels.silent(sound)
    return [b * step for a, b in levels.runs(quiet) if a and b < len(quiet) and (b - a) * step >= PAUSE]


def late(words: list[tuple[str, float, float]], places: list[float]) -> list[float]:
    """How much later than each place the nearest word begins, in ms, where one is near."""
    found = [min((word[1] - place for word in words), key=abs, default=float("inf")) for place in places]
    return [1000 * off for off in found if abs(off) < NEAR]


def median(values) -> float | None:
    return float(np.median(values)) if len(values) else None


def same_words(said: list[tuple[str, float, float]], heard: list[tuple[str, float, float]]):
    """Pairs of the same word in both, by the longest common row."""
    from difflib import SequenceMatcher

    ours, theirs = ([folded(word[0]) for word in row] for row in (said, heard))
    for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        for i in range(block.size):
            yield said[block.a + i], heard[block.b + i]


