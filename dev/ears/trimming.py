"""Whether the server's trimming takes a soft sound: what it kept against the model's raw sound."""

import numpy as np

from . import texts
from .front import is_british
from .levels import NOTHING_DB, frames
from .model import Model
from .sections import Bench
from .speech import RATE, Ask
from .words import score

# A listener can tell what is no further under the loudest moment than this.
AUDIBLE_DB = -35.0
# 10 ms
WINDOW = RATE // 100
# The grain in which the place of what was kept is looked for: 2.5 ms.
GRAIN = RATE // 400
# Levels further under the loudest are all alike: the silence that the server does not compute must not count.
FLOOR_DB = -45.0
# Level curves that lie further apart, in the mean, are of another sound: a cut elsewhere, another style row.
APART_DB = 3.0


def measure(bench: Bench, model: Model, voices: list[str]) -> dict:
    """By edge and sound: the loudest that was cut, and how much of it can be heard."""
    places: dict[str, dict[str, dict]] = {"begin": {}, "end": {}}
    faults = []
    sentences = [line.split("\t") for line in bench.some(texts.lines("soft"))]
    about = {text: (place, kind) for place, kind, text in sentences}
    for ask, sound, heard in bench.heard([Ask(text, voice) for *_, text in sentences for voice in voices], "trim"):
        place, kind = about[ask.text]
        of = places[place].setdefault(kind, {"compared": 0, "other_sound": 0, "loudest_db": None, "audible_ms": 0.0, "heard_less": 0, "heard_more": 0})
        segments = bench.front.read(ask.text, is_british(ask.voice))["segments"]
        raw = model.run(segments[0]["tokens"], ask.voice).sound if len(segments) == 1 else None
        start = found_in(raw, sound) if raw is not None else None
        if start is None:
            of["other_sound"] += 1
            continue
        of["compared"] += 1
        loudest, audible = cut_away(raw, start, start + len(sound), place)
        of["loudest_db"] = loudest if of["loudest_db"] is None else max(of["loudest_db"], loudest)
        of["audible_ms"] = max(of["audible_ms"], audible)
        ours, theirs = (score(ask.text, words, bench.front).errors for words in (heard, bench.ears.text(raw)))
        less = ours > theirs
        of["heard_less"] += less
        of["heard_more"] += ours < theirs
        if less or audible:
            faults.append(f"{ask.voice}, {place}, {kind}: “{ask.text}”: {loudest:.1f} dB cut, {audible:.0f} ms audible, heard “{heard}”")
    return {"places": places, "faults": faults}


def found_in(raw: np.ndarray, kept: np.ndarray) -> int | None:
    """Where `kept` begins in `raw`, to `GRAIN`; `None` where it is no part of it. By the curves of their levels, because the
    server's samples are not the raw ones: it makes them in windows."""
    theirs, ours = curve(raw), curve(kept)
    if not 0 < len(ours) <= len(theirs):
        return None
    apart = np.abs(np.lib.stride_tricks.sliding_window_view(theirs, len(ours)) - ours).mean(axis=1)
    place = int(np.argmin(apart))
    return place * GRAIN if apart[place] <= APART_DB else None


def curve(sound: np.ndarray) -> np.ndarray:
    """The level of each `GRAIN` under the loudest, in dB, not below `FLOOR_DB`."""
    level = frames(sound, GRAIN)
    return np.maximum(level - level.max(initial=NOTHING_DB), FLOOR_DB)


def cut_away(raw: np.ndarray, start: int, end: int, place: str) -> tuple[float, float]:
    """The loudest 10 ms cut at one edge in dB under the loudest of all, and the milliseconds that can be heard."""
    top = frames(raw, WINDOW).max()
    # Whole windows are counted from the edge of what was kept.
    cut = raw[:start][::-1] if place == "begin" else raw[end:]
    under = frames(cut, WINDOW) - top
    if not len(under):
        return NOTHING_DB, 0.0
    return float(under.max()), 10.0 * int(np.sum(under > AUDIBLE_DB))
