"""The paragraphs of measure-phrasing, and their sentences in Kokoro's tokens."""

from dataclasses import dataclass

from . import texts
from .front import Front

# A sentence that is longer is cut in the reference too, for the model takes 510.
MOST_TOKENS = 400
# What a line of the list begins with, and what then stands before it in the text.
JOINTS = {"| ": "\n", "¶ ": "\n\n"}


@dataclass(frozen=True)
class Paragraph:
    """Sentences, and what stands before each (nothing, a space, a new line or a new paragraph)."""

    sentences: tuple[str, ...]
    joints: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(joint + sentence for joint, sentence in zip(self.joints, self.sentences))


@dataclass(frozen=True)
class Spoken:
    """A sentence as the model takes it: a sign of Kokoro's alphabet for each token."""

    text: str
    signs: str
    tokens: tuple[int, ...]


def parse(text: str) -> list[Paragraph]:
    found = []
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
        if not lines:
            continue
        joints, sentences = [], []
        for line in lines:
            joint = JOINTS.get(line[:2])
            joints.append("" if not sentences else joint or " ")
            sentences.append(line[2:] if joint else line)
        found.append(Paragraph(tuple(sentences), tuple(joints)))
    return found


def all_of_them() -> list[Paragraph]:
    return parse((texts.FOLDER / "paragraphs.txt").read_text(encoding="utf-8"))


class Speller:
    """Gives the tokens of whole sentences. The vocabulary is learnt from what the product spells."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._ids: dict[str, int] = {}

    def spoken(self, sentence: str, british: bool) -> Spoken:
        read = self._front.read(sentence, british)
        for segment in read["segments"]:
            self._ids.update(zip(segment["phonemes"], segment["tokens"]))
        signs = "".join(sign for sign in read["phonemes"] if sign in self._known())
        return Spoken(sentence, signs, tuple(self._ids[sign] for sign in signs))

    def parts(self, spoken: Spoken) -> list[Spoken]:
        """The sentence whole, or cut at the last mark or space that keeps each part short enough for the model."""
        if len(spoken.signs) <= MOST_TOKENS:
            return [spoken]
        head = spoken.signs[:MOST_TOKENS]
        at = max(head.rfind(", "), head.rfind("; "), head.rfind("— ")) + 1 or head.rfind(" ") or MOST_TOKENS
        rest = Spoken(spoken.text, spoken.signs[at:].lstrip(), spoken.tokens[at + len(spoken.signs[at:]) - len(spoken.signs[at:].lstrip()) :])
        return [Spoken(spoken.text, spoken.signs[:at], spoken.tokens[:at]), *self.parts(rest)]

    def _known(self) -> dict[str, int]:
        # A space between words may be dropped at every cut of a short text; a second reading has one for sure.
        if " " not in self._ids:
            for segment in self._front.read("One and two and three")["segments"]:
                self._ids.update(zip(segment["phonemes"], segment["tokens"]))
        return self._ids
