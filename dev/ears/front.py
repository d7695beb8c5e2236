"""The product's text front end, through `frontd phonemize`."""

import json
import re
import subprocess

# Marks of Kokoro's alphabet that are no sounds: stress, length, and what else modifies a sound.
MODIFIERS = set("ˈˌːʰʲ↓→↗↘ᵊ")


class Front:
    """Reads lines of text as the server reads them. One process a dialect, which lives as long as this does."""

    def __init__(self, frontd: str) -> None:
        self._frontd = frontd
        self._processes: dict[bool, subprocess.Popen[str]] = {}
        self._known: dict[tuple[bool, str], dict] = {}

    def __enter__(self) -> "Front":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.stdin.close()
            process.wait(30)

    def read(self, text: str, british: bool = False) -> dict:
        """`normalized`, `phonemes` and `segments` (each `phonemes` and `tokens`) of one line."""
        line = " ".join(text.split())
        if (british, line) not in self._known:
            process = self._process(british)
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            if not answer:
                raise RuntimeError(f"{self._frontd} phonemize ended with status {process.wait()}")
            self._known[british, line] = json.loads(answer)
        return self._known[british, line]

    def normalised(self, text: str) -> str:
        return self.read(text)["normalized"]

    def sounds(self, word: str) -> str:
        """What a word sounds like, without stress and length: equal for `harbour` and `harbor`, `their` and `there`."""
        return "".join(sign for sign in self.read(word)["phonemes"] if sign.isalpha() and sign not in MODIFIERS)

    def _process(self, british: bool) -> "subprocess.Popen[str]":
        if british not in self._processes:
            command = [self._frontd, "phonemize", *(["--british"] if british else [])]
            self._processes[british] = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
            )
        return self._processes[british]


def is_british(voice: str) -> bool:
    """Kokoro's names begin with the dialect."""
    return bool(re.match("b[fm]_", voice))
