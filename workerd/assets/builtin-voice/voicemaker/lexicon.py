"""misaki's dictionaries (PyPI `misaki`, Apache-2.0), read from the installed package without importing it."""

import importlib.util
import json
from functools import cache
from pathlib import Path

# Words whose form misaki picks by context rather than by dictionary.
BY_CONTEXT = {
    "the": ["ðə", "ði"], "to": ["tə", "tʊ", "tu"], "a": ["ɐ", "ə", "ˈA"], "an": ["ɐn", "ən"], "in": ["ɪn", "ˈɪn"], "i": ["ˌI", "ˈI", "I"],
    "and": ["ænd", "ənd"], "or": ["ɔɹ"], "are": ["ɑɹ"], "was": ["wʌz", "wəz"], "of": ["ʌv", "əv"], "at": ["æt"], "that": ["ðæt"],
    "her": ["hɜɹ", "həɹ"], "his": ["hɪz"], "he": ["hi"], "she": ["ʃi"], "for": ["fɔɹ", "fəɹ"],
}
# Words that the teachers already say as misaki writes them for either accent.
SAME_IN_BOTH = {"a", "an", "the", "to", "i"}


@cache
def dictionary(name):
    """`us_gold`, `us_silver`, `gb_gold` or `gb_silver`: word -> entry, or entries by part of speech."""
    package = Path(importlib.util.find_spec("misaki").origin).parent
    return json.loads((package / "data" / f"{name}.json").read_text())


def british(word):
    for name in ("gb_gold", "gb_silver"):
        entry = dictionary(name).get(word.lower()) or dictionary(name).get(word.capitalize())
        if entry:
            return entry if isinstance(entry, str) else entry.get("DEFAULT")
    return None


@cache
def american(word):
    """Every form that misaki may give for a word, its inflections included, most likely first."""
    word = word.lower()
    forms = BY_CONTEXT.get(word, []) + entries(word)
    return list(dict.fromkeys(forms or inflected(word)))


def entries(word):
    for name in ("us_gold", "us_silver"):
        found = [dictionary(name)[key] for key in (word, word.capitalize()) if key in dictionary(name)]
        if found:
            return [form for entry in found for form in ([entry] if isinstance(entry, str) else entry.values()) if form]
    return []


def inflected(word):
    """-s, -ed, -ing and -ly on a stem that the dictionary has."""

    def stems(suffix, *restored):
        stem = word[: -len(suffix)]
        doubled = [stem[:-1]] if len(stem) > 2 and stem[-1] == stem[-2] else []
        return [form for candidate in [stem, *(stem + end for end in restored), *doubled] for form in entries(candidate)]

    def joined(forms, voiced, voiceless, after, own):
        return [form + (own if form[-1] in after else voiceless if form[-1] in "ptkfθsʃʧ" else voiced) for form in forms]

    if word.endswith("'s"):
        return joined(stems("'s"), "z", "s", "szʃʒʧʤ", "ᵻz")
    if word.endswith("ies"):
        return joined(stems("ies", "y"), "z", "s", "szʃʒʧʤ", "ᵻz")
    if word.endswith("s") and len(word) > 3:
        return joined(stems("s") or stems("es"), "z", "s", "szʃʒʧʤ", "ᵻz")
    if word.endswith("ed"):
        return joined(stems("ed", "e"), "d", "t", "td", "ᵻd")
    if word.endswith("ing"):
        return [form + "ɪŋ" for form in stems("ing", "e")]
    if word.endswith("ly"):
        return [form + "li" for form in stems("ly")]
    return []
