"""Bars as SVG, legible on light and on dark paper."""

import math
from html import escape
from pathlib import Path

from .report import unique

COLOURS = ("#3b7dd8", "#d9822b", "#2a9d6f", "#a35bb5", "#c0433f", "#7a7f87")
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 760, 300, 64, 56, 40
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #22272e } .title { font-size: 15px; font-weight: 600 }
.paper { fill: #ffffff } .line { stroke: #d0d5db } .range { stroke: #22272e; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #dfe4ea } .paper { fill: #1b1f24 } .line { stroke: #3a414a } .range { stroke: #dfe4ea }
}"""
# File, title, measurement, which scenarios.
PLOTS = (
    ("first-audio", "First audio, one listener (s)", "first_s", ("sentence", "100 words", "500 words", "beside two")),
    ("last-first-audio", "First audio of the last listener, 100 words each (s)", "first_last_s", None),
    ("silence", "Silence of a listener after first audio, mean (s)", "silence_mean_s", None),
    ("throughput", "Seconds of audio a second", "audio_per_s", None),
    ("memory", "Memory of the process tree at peak, five listeners (MiB)", "peak_mb", None),
)


def write_all(cells: list[dict], folder: Path) -> list[Path]:
    """A plot for each measurement and format that has valid cells."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for form in unique(cell["format"] for cell in cells):
        for file, title, name, scenarios in PLOTS:
            here = [c for c in cells if c["format"] == form and name in c["values"]]
            here = [c for c in here if scenarios is None or c["scenario"] in scenarios]
            if here:
                path = folder / f"{file}-{form}.svg"
                path.write_text(bars(f"{title}, {form.upper()}", name, here), encoding="utf-8")
                written.append(path)
    return written


def round_top(most: float) -> float:
    """The top of the axis, so that its four steps are round numbers."""
    if most <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(most / 4))
    return 4 * unit * next(step for step in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 20) if 4 * unit * step >= most)


def bars(title: str, name: str, cells: list[dict]) -> str:
    """A group for each scenario, a bar for each server: the median, with a line from the least to the most."""
    groups, series = unique(c["scenario"] for c in cells), unique(c["server"] for c in cells)
    top = round_top(max(c["values"][name]["max"] for c in cells))
    floor = HEIGHT - BOTTOM
    scale = (floor - TOP) / top
    group = (WIDTH - LEFT - 16) / len(groups)
    bar = min(64, group * 0.8 / len(series))
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="16" y="22">{escape(title)}</text>',
    ]
    for step in range(5):
        y = floor - (floor - TOP) * step / 4
        out.append(f'<line class="line" x1="{LEFT}" x2="{WIDTH - 16}" y1="{y:.1f}" y2="{y:.1f}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{top * step / 4:.3g}</text>')
    for index, server in enumerate(series):
        x = LEFT + 150 * index
        out.append(f'<rect x="{x}" y="32" width="12" height="12" fill="{COLOURS[index % len(COLOURS)]}"/>')
        out.append(f'<text x="{x + 18}" y="43">{escape(server)}</text>')
    for at, scenario in enumerate(groups):
        middle = LEFT + group * (at + 0.5)
        out.append(f'<text x="{middle:.1f}" y="{HEIGHT - 14}" text-anchor="middle">{escape(scenario)}</text>')
        for index, server in enumerate(series):
            value = next((c["values"][name] for c in cells if (c["scenario"], c["server"]) == (scenario, server)), None)
            if value is None:
                continue
            x = middle + (index - len(series) / 2) * bar
            height, centre = value["median"] * scale, x + bar / 2
            out.append(
                f'<rect x="{x + 1:.1f}" y="{floor - height:.1f}" width="{bar - 2:.1f}" height="{height:.1f}" '
                f'fill="{COLOURS[index % len(COLOURS)]}"><title>{escape(server)}: {value["median"]:.3g}</title></rect>'
            )
            low, high = floor - value["min"] * scale, floor - value["max"] * scale
            out.append(f'<line class="range" x1="{centre:.1f}" x2="{centre:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>')
    return "\n".join([*out, "</svg>", ""])
