"""Counts words that were heard otherwise than they were said."""

import re
from dataclasses import dataclass, field

NUMBERS = set(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
    "twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dollar dollars pound pounds euro euros".split()
)


@dataclass
class Score:
    """Words said, and how many of them were heard otherwise."""

    said: int = 0
    substituted: int = 0
    deleted: int = 0
    inserted: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def errors(self) -> int:
        return self.substituted + self.deleted + self.inserted

    @property
    def accuracy(self) -> float:
        """Percent of the words that arrive."""
        return 100 * (1 - self.errors / self.said) if self.said else 100.0

    def add(self, other: "Score") -> None:
        self.said += other.said
        self.substituted += other.substituted
        self.deleted += other.deleted
        self.inserted += other.inserted
        self.faults += other.faults

    def figures(self) -> dict:
        return {
            "words": self.said,
            "substituted": self.substituted,
            "deleted": self.deleted,
            "inserted": self.inserted,
            "accuracy": round(self.accuracy, 2),
            "faults": self.faults,
        }


def total(scores) -> Score:
    whole = Score()
    for score in scores:
        whole.add(score)
    return whole


def score(said: str, heard: str, front) -> Score:
    """Compares what was said with what was heard. `front` is the product's reader."""
    return count(plain(front.normalised(said)), heard, front)


def count(wanted: list[str], heard: str, front) -> Score:
    """As `score`, of words that are normalised already."""
    got = plain(front.normalised(heard))

    def same(one: str, other: str) -> bool:
        return one == other or (front.sounds(one) == front.sounds(other) != "")

    steps = align(wanted, got, same)
    found = Score(said=len(wanted))
    kinds = [kind for kind, _, _ in steps]
    found.substituted, found.deleted, found.inserted = (kinds.count(kind) for kind in ("substituted", "deleted", "inserted"))
    if found.errors:
        found.faults = ["; ".join(f"{one or '∅'} → {other or '∅'}" for kind, one, other in steps if kind != "same")]
    return found


def plain(normalised: str) -> list[str]:
    """Lower-case words without marks. `and` inside a number is a matter of taste and left out."""
    text = normalised.lower().replace("’", "'").replace("-", " ").replace("–", " ").replace("—", " ")
    words = [word.strip("'") for word in re.sub(r"[^\w' ]", "", text).split()]
    words = [word for word in words if word]
    kept = []
    for i, word in enumerate(words):
        if word == "and" and 0 < i < len(words) - 1 and words[i - 1] in NUMBERS and words[i + 1] in NUMBERS:
            continue
        kept.append(word)
    return kept


def align(wanted: list[str], got: list[str], same) -> list[tuple[str, str, str]]:
    """The cheapest way from `wanted` to `got`: (`same`, `substituted`, `deleted` or `inserted`, said, heard).

    One word written as two ("river bank"), or two as one, is the same.
    """
    rows, columns = len(wanted) + 1, len(got) + 1
    cost = [[0] * columns for _ in range(rows)]
    back: list[list[tuple[int, int, str]]] = [[(0, 0, "")] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            if i == j == 0:
                continue
            ways = []
            if i and j:
                equal = same(wanted[i - 1], got[j - 1])
                ways.append((cost[i - 1][j - 1] + (not equal), (1, 1, "same" if equal else "substituted")))
            if i and j > 1 and same(wanted[i - 1], got[j - 2] + got[j - 1]):
                ways.append((cost[i - 1][j - 2], (1, 2, "same")))
            if i > 1 and j and same(wanted[i - 2] + wanted[i - 1], got[j - 1]):
                ways.append((cost[i - 2][j - 1], (2, 1, "same")))
            if i:
                ways.append((cost[i - 1][j] + 1, (1, 0, "deleted")))
            if j:
                ways.append((cost[i][j - 1] + 1, (0, 1, "inserted")))
            cost[i][j], back[i][j] = min(ways, key=lambda way: way[0])
    steps, i, j = [], len(wanted), len(got)
    while i or j:
        down, left, kind = back[i][j]
        steps.append((kind, " ".join(wanted[i - down : i]), " ".join(got[j - left : j])))
        i, j = i - down, j - left
    return steps[::-1]
