"""Markdown tables."""


def table(head: list[str], rows: list[list]) -> str:
    """Columns as wide as their widest cell. Figures are given as they are to be shown."""
    cells = [[str(cell).replace("|", "/") for cell in row] for row in [head, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
