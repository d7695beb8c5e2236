"""The sentences of the measures."""

from pathlib import Path

FOLDER = Path(__file__).parent


def lines(name: str) -> list[str]:
    """The lines of a list, without its comments."""
    read = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in read if line.strip() and not line.startswith("#")]


def pairs(name: str) -> list[tuple[str, str]]:
    """The lines of a list of two columns."""
    return [tuple(line.split("\t", 1)) for line in lines(name)]
