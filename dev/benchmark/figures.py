"""Rounds to one cell of the table: the median with the least and the most, or the reason why there is none."""

from statistics import median


def cell(rounds: list[dict[str, float]], errors: list[str]) -> dict[str, object]:
    """`rounds` are measurements of the same names. One failed request makes the whole cell worthless: a server is
    not quick because it leaves something out."""
    values = {} if errors or not rounds else {name: spread([r[name] for r in rounds]) for name in rounds[0]}
    return {"valid": bool(values), "rounds": len(rounds), "values": values, "errors": errors}


def spread(values: list[float]) -> dict[str, object]:
    return {"median": median(values), "min": min(values), "max": max(values), "all": values}
