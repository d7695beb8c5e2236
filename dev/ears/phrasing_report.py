"""What measure-phrasing found, as Markdown for people."""

from statistics import median

import numpy as np

from .table import table

# What a sentence may be off from its uncut run: rate and pitch in percent, level in dB, pauses in ms.
RATE, PITCH, LEVEL, PAUSE = 5.0, 3.0, 1.0, 60.0
KINDS = {"comma": ",", "semicolon": "; :", "dash": "—", "stop": "… . ! ? inside", "sentence": "end of sentence", "line": "new line", "paragraph": "new paragraph"}


def tables(found: dict) -> str:
    lines = ["## Sentences against the same made in one run", "", sentences(found), "", "## The same by their length", "", lengths(found), "", "## Pauses, ms", "", pauses(found), "", "## Misheard", "", misheard(found)]
    return "\n".join(lines)


def each(found: dict):
    """Server, voice (and all of them) and the responses."""
    for server, voices in found.items():
        yield from ((server, voice, responses) for voice, responses in voices.items())
        if len(voices) > 1:
            yield server, "all", [response for responses in voices.values() for response in responses]


def sentences(found: dict) -> str:
    head = [
        "server", "voice", "sentences", "rate off %", f"over {RATE:g} %", "F0 off %", f"over {PITCH:g} %", "F0 spread, semitones", "level off dB", f"over {LEVEL:g} dB",
        "holes in a clause", "ms each", "length of uncut", "heard", "heard uncut",
    ]  # fmt: skip
    rows = []
    for server, voice, responses in each(found):
        said = [sentence for response in responses for sentence in response["sentences"]]
        rate, pitch, level = off(said)
        spread = [one["said"]["spread"] - one["uncut"]["spread"] for one in said if one["said"]["spread"] and one["uncut"]["spread"]]
        holes = [more for one in said for _, more in one["holes"]]
        rows.append(
            [
                server, voice, len(said), spread_of(rate), outside(rate, RATE), spread_of(pitch), outside(pitch, PITCH), f"{median(spread):+.1f}" if spread else "-",
                spread_of(level), outside(level, LEVEL), len(holes), f"{1000 * median(holes):.0f}" if holes else "-",
                f"{sum(response['seconds'] for response in responses) / sum(response['uncut_seconds'] for response in responses):.3f}",
                heard(responses, "heard"), heard(responses, "uncut_heard"),
            ]  # fmt: skip
        )
    note = "Off: the median of all sentences and, in brackets, the 90th percentile and the worst of its size. A hole: a silence inside a clause over 50 ms longer than in the uncut run."
    return f"{table(head, rows)}\n\n{note}"


# Words of a sentence; one of a word or two is said with the next, where its run by itself is another sentence.
LENGTHS = ((1, 2), (3, 4), (5, 7), (8, 11), (12, None))


def lengths(found: dict) -> str:
    head = ["server", "words", "sentences", "rate off %", f"over {RATE:g} %", "F0 off %", f"over {PITCH:g} %", "level off dB", f"over {LEVEL:g} dB", "holes in a clause"]
    rows = []
    for server, voices in found.items():
        every = [sentence for responses in voices.values() for response in responses for sentence in response["sentences"]]
        for least, most in LENGTHS:
            said = [one for one in every if least <= len(one["text"].split()) <= (most or len(one["text"]))]
            if not said:
                continue
            rate, pitch, level = off(said)
            rows.append(
                [
                    server, f"{least}–{most}" if most else f"{least} and more", len(said), spread_of(rate), outside(rate, RATE), spread_of(pitch), outside(pitch, PITCH),
                    spread_of(level), outside(level, LEVEL), sum(len(one["holes"]) for one in said),
                ]  # fmt: skip
            )
    return table(head, rows)


def off(said: list[dict]) -> tuple[list[float], list[float], list[float]]:
    """How far each sentence is from its uncut run: rate and pitch in percent, level in dB."""
    rate = [percent(one, "rate") for one in said]
    pitch = [percent(one, "median") for one in said if one["said"]["median"] and one["uncut"]["median"]]
    level = [one["said"]["level"] - one["uncut"]["level"] for one in said]
    return rate, pitch, level


def percent(sentence: dict, name: str) -> float:
    return 100 * (sentence["said"][name] / sentence["uncut"][name] - 1)


def spread_of(values: list[float]) -> str:
    if not values:
        return "-"
    sizes = np.abs(values)
    return f"{median(values):+.1f} ({np.percentile(sizes, 90):.1f}, {sizes.max():.1f})"


def outside(values: list[float], most: float) -> str:
    return f"{sum(abs(value) > most for value in values)}" if values else "-"


def heard(responses: list[dict], name: str) -> str:
    words = sum(response[name]["words"] for response in responses)
    errors = sum(response[name][kind] for response in responses for kind in ("substituted", "deleted", "inserted"))
    return f"{100 * (1 - errors / words):.1f} %"


def pauses(found: dict) -> str:
    """Against the median of the uncut runs of the same voice: the voice decides about a pause."""
    rows = []
    for server, voice, responses in each(found):
        if voice == "all":
            continue
        inner = [pause for response in responses for sentence in response["sentences"] for pause in sentence["pauses"]]
        ends = [end for response in responses for end in response["ends"]]
        uncut = {kind: [1000 * one for k, one, _ in inner if k == kind] for kind in KINDS}
        uncut["sentence"] = [1000 * response["uncut_end"] for response in responses if response["uncut_end"] is not None]
        same = {kind: [1000 * (other - one) for k, one, other in inner if k == kind] for kind in KINDS}
        said = {kind: [1000 * other for k, _, other in inner if k == kind] + [1000 * other for k, other in ends if k == kind] for kind in KINDS}
        for kind, shown in KINDS.items():
            if not said[kind]:
                continue
            usual = median(uncut[kind]) if uncut[kind] else None
            off = [value - usual for value in said[kind]] if usual is not None else []
            rows.append(
                [
                    server, voice, shown, len(said[kind]), f"{usual:.0f}" if usual is not None else "-", f"{median(said[kind]):.0f}",
                    f"{min(said[kind]):.0f}–{max(said[kind]):.0f}", outside(off, PAUSE), outside([value - usual for value in uncut[kind]], PAUSE) if off else "-",
                    f"{median(same[kind]):+.0f}" if same[kind] else "-", outside(same[kind], PAUSE),
                ]  # fmt: skip
            )
    head = ["server", "voice", "at", "places", "uncut, median", "said, median", "said, range", f"off by over {PAUSE:g} ms", "of the uncut", "against the same place, median", f"off by over {PAUSE:g} ms there"]
    return table(head, rows)


def misheard(found: dict) -> str:
    lines = []
    for server, voice, responses in each(found):
        if voice == "all":
            continue
        for response in responses:
            said, uncut = response["heard"]["faults"], response["uncut_heard"]["faults"]
            lines += [f"- {server}, {voice}: {fault}" for fault in said if fault not in uncut]
            lines += [f"- uncut, {voice}: {fault}" for fault in uncut if server == next(iter(found))]
    return "\n".join(lines) or "Nothing."
