"""The figures as a table for people."""

UNITS = {"_s": "s", "_mb": "MiB"}
# Names as they are shown; what is not here shows itself.
SHOWN = {
    "first_s": "first audio",
    "first_median_s": "first audio, median",
    "first_last_s": "first audio, last",
    "first_worst_s": "first audio, worst",
    "total_s": "all audio",
    "audio_s": "length of the audio",
    "real_time_factor": "real-time factor",
    "silence_s": "silence after first audio",
    "silence_mean_s": "silence of a listener, mean",
    "silence_worst_s": "silence of a listener, worst",
    "gaps": "gaps of all listeners",
    "cut_listeners": "listeners who heard a gap",
    "audio_per_s": "seconds of audio a second",
    "front_share": "front process's share of the CPU",
    "streams_silence_alone_s": "silence of both pages, alone",
    "streams_silence_s": "silence of both pages",
    "streams_gaps_alone": "gaps of both pages, alone",
    "streams_gaps": "gaps of both pages",
    "first_new_s": "first audio, as it was",
    "cpu_new_s": "computing, as it was",
    "cpu_s": "computing",
    "cpu_share": "computing, of that as it was",
    "freed_s": "left to free workers",
    "freed_worst_s": "left to free workers, worst",
    "fresh_mb": "memory, ready and not used yet",
    "peak_mb": "memory, peak of five pages",
    "rest_mb": "memory, 15 s after that",
    "ready_s": "start to ready",
}


def table(cells: list[dict]) -> str:
    """Markdown: a row for each measurement, a column for each server."""
    servers = unique(cell["server"] for cell in cells)
    rows = [["scenario", "format", "measured", *servers]]
    for scenario, form in unique((cell["scenario"], cell["format"]) for cell in cells):
        here = {cell["server"]: cell for cell in cells if (cell["scenario"], cell["format"]) == (scenario, form)}
        names = unique(name for cell in here.values() for name in cell["values"])
        for name in names or ["-"]:
            rows.append([scenario, form, SHOWN.get(name, name), *(shown(here.get(server), name) for server in servers)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def shown(cell: dict | None, name: str) -> str:
    """`median (min–max)`, or why there is nothing."""
    if cell is None:
        return ""
    if not cell["valid"]:
        return f"invalid: {cell['errors'][0] if cell['errors'] else 'nothing was measured'}".replace("|", "/").replace("\n", " ")
    if name not in cell["values"]:
        return "-"
    value = cell["values"][name]
    unit = next((f" {unit}" for end, unit in UNITS.items() if name.endswith(end) and not name.endswith("per_s")), "")
    return f"{number(value['median'])} ({number(value['min'])}–{number(value['max'])}){unit}"


def number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def unique(items) -> list:
    return list(dict.fromkeys(items))
