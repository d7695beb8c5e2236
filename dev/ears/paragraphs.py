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

    def lines(self) -> list[list[str]]:
        """The sentences of each line."""
        found: list[list[str]] = []
        for joint, sentence in zip(self.joints, self.sentences):
            if joint == " ":
                found[-1].append(sentence)
            else:
                found.append([sentence])
        return found


@dataclass(frozen=True)
class Spoken:
    """A sentence as the model takes it: a sign of Kokoro's alphabet for each token."""

    text: str
    signs: str
    tokens: tuple[int, ...]


@dataclass(frozen=True)
class Run:
    """What is said in one run of the model: its sentences, and the number of signs at which each ends."""

    spoken: Spoken
    sentences: tuple[Spoken, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, sentence: Spoken) -> "Run":
        return cls(sentence, (sentence,), (len(sentence.signs),))


def sounds(signs: str) -> str:
    """Without spaces and stress, which a sentence may have otherwise beside another."""
    return "".join(sign for sign in signs if sign not in " ˈˌ")


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

    def runs(self, line: list[str], british: bool) -> list["Run"]:
        """The runs of the model that say a line: a sentence each. Only sentences that the server says in one run, because the model garbles
        a short one by itself, are together here too; a sentence that the server cuts is whole."""
        read = self._front.read(" ".join(line), british)["segments"]
        for segment in read:
            self._ids.update(zip(segment["phonemes"], segment["tokens"]))
        segments = [segment["phonemes"] for segment in read]
        left = [self.spoken(sentence, british) for sentence in line]
        found = []
        while left:
            found.append(next((run for run in (self._together(left[:n], segments) for n in range(len(left), 1, -1)) if run), Run.of(left[0])))
            left = left[len(found[-1].sentences) :]
        return found

    def _together(self, sentences: list[Spoken], segments: list[str]) -> "Run | None":
        wanted = "".join(sounds(sentence.signs) for sentence in sentences)
        signs = next((signs for signs in segments if sounds(signs) == wanted), None)
        if signs is None:
            return None
        whole = Spoken(" ".join(sentence.text for sentence in sentences), signs, tuple(self._known()[sign] for sign in signs))
        ends, said = [], 0
        for sentence in sentences:
            said += len(sounds(sentence.signs))
            ends.append(next(end for end in range(len(signs) + 1) if len(sounds(signs[:end])) == said))
        return Run(whole, tuple(sentences), tuple(ends))

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
