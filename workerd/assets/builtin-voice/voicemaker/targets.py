"""What the network learns: a teacher's tracks, normalised, with the melody that the teachers lack.

Both teachers say a question and an exclamation as they say a statement, and their accents are weak. The rules here write the
difference into the pitch and the energy, from tokens that the network sees as well.
"""

from dataclasses import dataclass

import numpy as np

from .tracks import BANDS, FRAME_SECONDS
from .vocabulary import MARKS, PAD, SIZE, SYMBOLS

SEMITONES = 12 / np.log(2)
# By speaker: what the teacher's own range is multiplied by, and semitones at the end of a phrase. The male teacher falls by himself.
RANGE = (1.35, 1.1)
STATEMENT_FALL = (3.5, 0.5)
EXCLAMATION_FALL = (4.5, 0.5)
QUESTION_RISE = (7.5, 10.5)
COMMA_RISE = (2.5, 3.5)
OTHER_FALL = (1.0, 1.0)
ACCENT = {"ˈ": (2.2, 0.09), "ˌ": (0.8, 0.0)}  # semitones, energy (nepers)
ACCENT_MARGIN = 6  # frames on both sides of the accented symbol
# Below this, in semitones from the mean, pitch is compressed towards a floor: deeper it is creak, not melody.
LOW, FLOOR = -4.0, -7.5
# The male teacher breathes out after each phrase; nepers that a pause loses, and over how many frames.
HUSH, HUSH_FRAMES = 1.6, 16
WH_ACCENT = 2.0
WH_ACCENT_MS = 320
STOPS = set("ptkbdɡʧʤ")
# The male teacher voices everything and leaves it to the band strengths; here these are not voiced.
VOICELESS = set("ptkfθsʃʧh")
RELEASE = 0.45  # nepers that a phrase-final stop's release gains over its closure
# First words of a question that falls, without stress and length marks; both accents.
WH_WORDS = {"wʌt", "wɒt", "wɑt", "wɛn", "wɛɹ", "wɛ", "hu", "huz", "wI", "hW", "wɪʧ"}


@dataclass
class Target:
    speaker: int
    tokens: np.ndarray
    durations: np.ndarray
    cepstra: np.ndarray  # [frames, 40]
    pitch: np.ndarray  # [frames], semitones from the speaker's mean
    voiced: np.ndarray  # [frames], 0 or 1
    strengths: np.ndarray  # [frames, 5]


@dataclass
class Speaker:
    log_f0: float
    mean: np.ndarray  # of the cepstra
    deviation: np.ndarray


def prepare(utterances, known=None):
    """(targets, [Speaker]) of all utterances; `known` speakers stay as they are."""
    typical = typical_strengths(utterances)
    log_f0 = [k.log_f0 for k in known] if known else [mean_log_f0([u for u in utterances if u.speaker == s]) for s in (0, 1)]
    targets = [target(u, log_f0[u.speaker], typical) for u in utterances]
    if known:
        return targets, known
    speakers = []
    for s in (0, 1):
        cepstra = np.concatenate([t.cepstra for t in [t for t in targets if t.speaker == s][:800]])
        speakers.append(Speaker(log_f0[s], cepstra.mean(0), cepstra.std(0)))
    # One deviation for both, so that a mixture of speakers is a mixture of means.
    shared = (speakers[0].deviation + speakers[1].deviation) / 2
    for speaker in speakers:
        speaker.deviation = shared
    return targets, speakers


def mean_log_f0(utterances):
    return float(np.concatenate([u.log_f0[u.voiced] for u in utterances]).mean())


def typical_strengths(utterances):
    """Band strengths [178, 5] of each symbol as the male teacher voices it; the female teacher gives none."""
    symbols, rows = [], []
    for u in utterances:
        if u.strengths is not None:
            symbols.append(np.repeat(u.tokens, u.durations)[u.voiced])
            rows.append(u.strengths[u.voiced].astype(np.float32))
    symbols, rows = np.concatenate(symbols), np.concatenate(rows)
    typical = np.tile(rows.mean(0), (SIZE, 1))
    for symbol in np.unique(symbols):
        if (symbols == symbol).sum() > 50:
            typical[symbol] = rows[symbols == symbol].mean(0)
    return typical


def target(u, log_f0, typical):
    pitch = (u.log_f0 - log_f0) * SEMITONES * RANGE[u.speaker]
    pitch, energy = melody(u.tokens, u.durations, pitch, u.speaker)
    cepstra = u.cepstra.astype(np.float32)
    cepstra[:, 0] += energy
    strengths = typical[np.repeat(u.tokens, u.durations)] if u.strengths is None else u.strengths
    voiced = u.voiced.astype(np.float32)
    if u.speaker == 1:
        voiced *= ~voiceless(u.tokens, u.durations)
    strengths = (strengths * voiced[:, None]).astype(np.float32).reshape(-1, BANDS)
    return Target(u.speaker, u.tokens, u.durations, cepstra, pitch.astype(np.float32), voiced, strengths)


def voiceless(tokens, durations):
    """Frames inside voiceless consonants and pads, but the outermost of each."""
    ends = np.cumsum(durations)
    inside = np.zeros(ends[-1], bool)
    for token, start, end in zip(tokens, ends - durations, ends):
        if token == PAD or SYMBOLS.get(int(token)) in VOICELESS:
            inside[start + 1 : end - 1] = True
    return inside


def melody(tokens, durations, pitch, speaker):
    """Pitch with accents and the contours of the marks, and what they add to the energy."""
    symbols = [SYMBOLS.get(int(t), "_") for t in tokens]
    ends = np.cumsum(durations)
    starts = ends - durations
    pitch, energy = pitch.copy(), np.zeros(len(pitch), np.float32)
    time, phrase = np.arange(len(pitch)), 0
    for i, symbol in enumerate(symbols):
        if symbol in ACCENT and i + 1 < len(symbols) and durations[i + 1]:
            window, shape = around(starts[i + 1], ends[i + 1], len(pitch))
            pitch[window] += ACCENT[symbol][0] * shape
            energy[window] += ACCENT[symbol][1] * shape
        if symbol in MARKS:
            end = starts[i]
            if end > starts[phrase] + 4:
                pitch, energy = contour(symbols[phrase:i], symbol, time, starts[phrase], end, speaker, pitch, energy)
            phrase = i + 1
        if symbol in STOPS and final(symbols, i) and durations[i] > 4:
            closed = starts[i] + int(durations[i] * 0.45)
            energy[closed : ends[i]] += RELEASE
            energy[starts[i] : closed] -= RELEASE / 2
    return floored(smooth(pitch)), energy - hush(symbols, starts, ends, len(pitch))


def hush(symbols, starts, ends, frames):
    """What pauses lose of their energy; a pause is the time of a mark or of a pad at the end."""
    lost = np.zeros(frames, np.float32)
    for symbol, start, end in zip(symbols[1:], starts[1:], ends[1:]):
        if symbol in MARKS or symbol == "_":
            lost[start:end] = HUSH * np.clip(np.arange(end - start) / HUSH_FRAMES, 0, 1)
    return lost


def floored(pitch):
    depth = LOW - FLOOR
    return np.where(pitch < LOW, LOW - depth * np.tanh((LOW - pitch) / depth), pitch)


def contour(phrase, mark, time, start, end, speaker, pitch, energy):
    span = (time >= start) & (time < end + 10)

    def ramp(milliseconds):
        frames = milliseconds / 1000 / FRAME_SECONDS
        return np.clip((time - (end - frames)) / frames, 0, 1) * (time < end + 10)

    if mark == "?" and not asks_wh(phrase):
        return pitch + QUESTION_RISE[speaker] * ramp(min(380, (end - start) * 5 * 0.6)) ** 1.4, energy
    if mark == "?":
        frames = WH_ACCENT_MS / 1000 / FRAME_SECONDS
        opening = np.sin(np.pi * np.clip((time - start) / frames, 0, 1))
        return pitch + WH_ACCENT * opening - STATEMENT_FALL[speaker] * ramp(450), energy
    if mark == "!":
        raised = np.where(span, pitch * 1.3 + 2.0, pitch)
        return raised - EXCLAMATION_FALL[speaker] * ramp(300), energy + 0.12 * span
    if mark == ".":
        return pitch - STATEMENT_FALL[speaker] * ramp(450), energy
    if mark == ",":
        return pitch + COMMA_RISE[speaker] * ramp(220) ** 1.3, energy
    return pitch - OTHER_FALL[speaker] * ramp(250), energy


def asks_wh(phrase):
    """Whether a phrase's first word is what, where, who ..."""
    first = "".join(phrase).strip(" _").split(" ")[0]
    return "".join(c for c in first if c not in "ˈˌː") in WH_WORDS


def final(symbols, i):
    """Whether a mark or the end comes right after symbol i."""
    return symbols[i + 1] in MARKS or symbols[i + 1] == "_"


def around(start, end, frames):
    first, last = max(0, start - ACCENT_MARGIN), min(frames, end + ACCENT_MARGIN)
    return slice(first, last), np.hanning(last - first + 2)[1:-1]


def smooth(pitch):
    return np.convolve(np.pad(pitch, 4, mode="edge"), np.ones(9) / 9, "valid")
