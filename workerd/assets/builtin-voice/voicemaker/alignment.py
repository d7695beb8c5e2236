"""A teacher's phones -> Kokoro's tokens with a duration each."""

import re
from dataclasses import dataclass

from . import british, lexicon
from .vocabulary import IDS, PAD, STRESS, VOWELS

ARPABET = {
    "aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "W", "ax": "ə", "ay": "I", "b": "b", "ch": "ʧ", "d": "d", "dh": "ð", "dx": "ɾ", "eh": "ɛ",
    "el": "əl", "em": "əm", "en": "ən", "er": "ɜɹ", "axr": "əɹ", "ey": "A", "f": "f", "g": "ɡ", "hh": "h", "hv": "h", "ih": "ɪ", "ix": "ɪ",
    "iy": "i", "jh": "ʤ", "k": "k", "l": "l", "m": "m", "n": "n", "ng": "ŋ", "ow": "O", "oy": "Y", "p": "p", "r": "ɹ", "s": "s", "sh": "ʃ",
    "t": "t", "th": "θ", "uh": "ʊ", "uw": "u", "v": "v", "w": "w", "y": "j", "z": "z", "zh": "ʒ",
}
PAUSES = {"pau", "h#", "brth"}
# Symbols that dictionaries swap for each other in the same word.
ALIKE = "ɪəᵻɛiʌɐᵊ ɑɔɒa ʊuəʌ æəɐaɛ ɾtdʔ sz Oəo ɜəᵊ Iɪ ʌɑɔ Aɪi ʧt ʤd ʃʒ ɪʊ".split()
WORST_MATCH = 2.0
# Share of words that are spelled from the teacher's phones even so, so that the network also learns forms no dictionary has.
UNLISTED = 0.15


@dataclass
class Phone:
    name: str
    stress: str
    word: str
    token: str
    mark: str
    start: int
    end: int


@dataclass
class Token:
    symbol: str
    start: int  # the teacher's frames that it covers
    end: int
    stretch: float = 1.0


def read(path, ends, frames):
    """The phones of a line; None when the files do not agree."""
    with open(f"{path}.seg") as lines:
        rows = [line.rstrip("\n").split("\t")[:5] for line in lines]
    if len(rows) != len(ends) or len(rows) < 4:
        return None
    starts = [0, *ends[:-1]]
    phones = [Phone(*row, min(start, frames), min(end, frames)) for row, start, end in zip(rows, starts, ends)]
    for phone in phones:
        phone.mark = next((c for c in phone.mark if c in ".,;:!?"), "") if phone.mark not in ("_", "0") else ""
    return phones


def tokens(phones, frames, rng, gb=False):
    """Tokens covering every frame once, pads first and last; None when a phone is unknown."""
    out, words = [], grouped(phones)
    for k, (first, *rest) in enumerate(words):
        if first.name in PAUSES:
            pause(out, words, k)
            continue
        if any(phone.name not in ARPABET for phone in (first, *rest)):
            return None
        if out and out[-1].symbol not in " ^":
            out.append(Token(" ", first.start, first.start))
        out += word_tokens([first, *rest], rng, gb)
        last = (rest or [first])[-1]
        if last.mark and ends_token(words, k):
            out.append(Token(last.mark, last.end, last.end))
    if not out or out[-1].symbol != "$":
        out.append(Token("$", frames, frames))
    if out[0].symbol != "^":
        out.insert(0, Token("^", 0, 0))
    out[-1].end = frames
    return out


def ids(sequence):
    return [PAD if token.symbol in "^$" else IDS[token.symbol] for token in sequence]


def grouped(phones):
    """Runs of phones of one word; a pause is a run of its own."""
    runs = []
    for phone in phones:
        same = runs and phone.name not in PAUSES and runs[-1][0].name not in PAUSES
        if same and (runs[-1][0].word, runs[-1][0].token) == (phone.word, phone.token):
            runs[-1].append(phone)
        else:
            runs.append([phone])
    return runs


def pause(out, words, k):
    start, end = words[k][0].start, words[k][0].end
    if k == 0:
        out.append(Token("^", start, end))
    elif k == len(words) - 1:
        out.append(Token("$", start, end))
    elif out[-1].symbol in ".,;:!?":
        out[-1].end = end
    else:
        out.append(Token(" ", start, end))


def ends_token(words, k):
    """Whether the next word belongs to another token of the text ("it's" is two words and one token)."""
    following = [word[0] for word in words[k + 1 : k + 2] if word[0].name not in PAUSES]
    return not following or following[0].token != words[k][0].token


def word_tokens(phones, rng, gb):
    if gb and (spelled := british_tokens(phones)):
        return spelled
    parts = []
    for phone in phones:
        symbols = "əɹ" if phone.name == "er" and phone.stress == "0" else ARPABET[phone.name]
        middle = phone.start + round((phone.end - phone.start) * 0.45)
        bounds = [phone.start, phone.end] if len(symbols) == 1 else [phone.start, middle, phone.end]
        parts += [(symbol, phone.stress, *bounds[i : i + 2]) for i, symbol in enumerate(symbols)]
    name = re.sub("[^A-Za-z']", "", phones[0].token)
    if name.lower().replace("'", "") != phones[0].word.lower().replace("'", ""):
        name = phones[0].word
    form = nearest_form(name, [part[0] for part in parts]) if rng.random() >= UNLISTED else None
    return from_form(form, parts) if form else from_phones(name, parts)


def british_tokens(phones):
    units = british.units(lexicon.british(phones[0].word) or "")
    if not units or [p for symbol, _ in units for p in british.PHONES[symbol]] != [phone.name for phone in phones]:
        return None
    out, at = [], 0
    for symbol, stress in units:
        covered = phones[at : at + len(british.PHONES[symbol])]
        at += len(covered)
        start, end, stretch = covered[0].start, covered[-1].end, british.stretch(symbol, covered[0])
        if stress:
            out.append(Token(stress, start, start))
        if len(symbol) == 2:
            middle = start + round((end - start) * 0.6)
            out += [Token(symbol[0], start, middle, stretch), Token("ː", middle, end, stretch)]
        else:
            out.append(Token(symbol, start, end, stretch))
    return out


def nearest_form(word, spoken):
    best, cost = None, WORST_MATCH
    for form in lexicon.american(word):
        symbols = [symbol for symbol in form if symbol not in STRESS]
        if len(symbols) == len(spoken) and all(symbol in IDS for symbol in symbols):
            total = sum(distance(a, b) for a, b in zip(symbols, spoken))
            if total < cost:
                best, cost = form, total
    return best


def distance(a, b):
    if a == b:
        return 0.0
    if any(a in group and b in group for group in ALIKE):
        return 0.4
    return 1.0 if a in VOWELS and b in VOWELS else 9.0


def from_form(form, parts):
    out, remaining = [], iter(parts)
    start = parts[0][2]
    for symbol in form:
        if symbol in STRESS:
            out.append(Token(symbol, start, start))
        else:
            _, _, begin, start = next(remaining)
            out.append(Token(symbol, begin, start))
    return out


def from_phones(word, parts):
    entry = lexicon.dictionary("us_gold").get(word.lower())
    unstressed = isinstance(entry, str) and not STRESS & set(entry)
    out = []
    for symbol, stress, start, end in parts:
        if symbol in VOWELS and stress != "0" and not unstressed:
            out.append(Token("ˈ", start, start))
        out.append(Token(symbol, start, end))
    return out
