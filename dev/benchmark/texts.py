"""Texts that no cache has seen: made-up English of an exact number of words, the same again for the same seed."""

import random

ADJECTIVES = (
    "amber ancient brave broken calm careful crooked curious distant dusty eager empty faint fearless "
    "fragile gentle golden heavy hidden hollow honest humble idle jagged lonely lucky mellow narrow nimble "
    "patient proud quiet restless rusty silent silver slender solemn steady stubborn sudden tired weary wooden"
).split()
NOUNS = (
    "anchor apple baker bell blanket bridge candle captain carpenter castle child clock coast doctor engine "
    "farmer feather fence fiddler forest garden gate hammer harbour hedge island kettle ladder lantern letter "
    "market meadow miller mirror mountain needle orchard painter parcel pilot quarry railway river sailor "
    "scholar shepherd shutter soldier station stranger tailor teacher tower traveller valley village weaver window"
).split()
VERBS = (
    "admired avoided balanced blessed borrowed carried chased counted covered crossed followed forgot found "
    "gathered guarded heard honoured ignored lifted lowered measured mended missed moved noticed opened painted "
    "passed pulled pushed reached remembered rescued saved searched shook sketched touched visited watched"
).split()
PLACES = "above behind below beneath beside beyond inside near opposite past under within".split()
MANNERS = "again alone bravely gladly kindly quickly slowly softly together twice warmly well".split()
SHORTEST = 6
LONGEST = 18


class Writer:
    """Writes texts. Two writers of one seed write the same."""

    def __init__(self, *seed: object) -> None:
        self._random = random.Random(repr(seed))

    def text(self, words: int) -> str:
        """A text of exactly `words` words, at least 6, in sentences of 6 to 18 words."""
        if words < SHORTEST:
            raise ValueError(f"a text has at least {SHORTEST} words")
        sentences = []
        while words:
            # What is left after this sentence has to be none or another sentence.
            lengths = [n for n in range(SHORTEST, LONGEST + 1) if n == words or words - n >= SHORTEST]
            length = self._random.choice(lengths)
            sentences.append(self.sentence(length))
            words -= length
        return " ".join(sentences)

    def sentence(self, words: int) -> str:
        """A sentence of exactly `words` words, at least 6."""
        pick = self._random.choice
        # Every stretch between two marks has hundreds of thousands of forms, for that is what a cache might keep.
        more, words = (words - SHORTEST) % 4, (words - SHORTEST) // 4 * 4
        subject = self._random.sample(ADJECTIVES, 1 + more)
        parts = " ".join(["the", *subject, pick(NOUNS), pick(VERBS), "the", pick(NOUNS)])
        while words:
            if words >= 8 and pick((True, False)):
                parts += f", and the {pick(ADJECTIVES)} {pick(NOUNS)} {pick(MANNERS)} {pick(VERBS)} the {pick(NOUNS)}"
                words -= 8
            else:
                parts += f" {pick(PLACES)} the {pick(ADJECTIVES)} {pick(NOUNS)}"
                words -= 4
        return parts[0].upper() + parts[1:] + "."
