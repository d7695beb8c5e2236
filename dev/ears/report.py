"""What measure-hearing found, as Markdown for people."""

from .table import table


def score_row(name: str, found: dict) -> list[str]:
    return [name, found["words"], found["substituted"], found["deleted"], found["inserted"], f"{found['accuracy']:.1f} %"]


SCORE = ["words", "other word", "missing", "too many", "heard"]


def prose(found: dict) -> str:
    return by_voice("Prose by voice", found)


def paragraphs(found: dict) -> str:
    return by_voice("Paragraphs by voice", found)


def by_voice(title: str, found: dict) -> str:
    level = ["LUFS", "RMS dB", "peak", "at full scale", "DC", "silence before ms", "after ms"]
    rows = [
        [
            *score_row(voice, of),
            f"{of['lufs']:.1f}",
            f"{of['rms_db']:.1f}",
            f"{of['peak']:.2f}",
            f"{of['at_full_scale']:.1e}",
            f"{of['dc']:+.1e}",
            f"{of['before_ms']:.0f}",
            f"{of['after_ms']:.0f}",
        ]
        for voice, of in found.items()
    ]
    said = sum(of["words"] for of in found.values())
    errors = sum(of[name] for of in found.values() for name in ("substituted", "deleted", "inserted"))
    return (
        f"## {title}\n\n{table(['voice', *SCORE, *level], rows)}\n\n"
        f"All voices: {said} words, {100 * (1 - errors / said):.2f} % heard.\n{faults(found)}"
    )


def raw(found: dict) -> str:
    rows = [
        [
            voice,
            f"{of['lufs']:.1f}",
            f"{of['rms_db']:.1f}",
            f"{of['peak']:.2f}",
            f"{of['above_full_scale']:.1e}",
            f"{of['dc']:+.1e}",
            f"{of['before_ms']:.0f}",
            f"{of['after_ms']:.0f}",
        ]
        for voice, of in found.items()
    ]
    head = ["voice", "LUFS", "RMS dB", "peak", "share above 1.0", "DC", "silence before ms", "after ms"]
    return f"## The model's own sound\n\n{table(head, rows)}"


def numbers(found: dict) -> str:
    rows = [score_row(kind, of) for kind, of in found.items()]
    return f"## Numbers, names and abbreviations\n\n{table(['class', *SCORE], rows)}\n{faults({k: v for k, v in found.items() if k != 'all'})}"


def speeds(found: dict) -> str:
    rows = [
        [
            *score_row(speed, of),
            f"{of['length_median']:.3f} ({of['length_least']:.3f}–{of['length_most']:.3f})",
            f"{100 * of['length_within_2_percent']:.0f} %",
        ]
        for speed, of in found.items()
    ]
    return f"## Speeds\n\n{table(['speed', *SCORE, 'length × speed, of that at 1', 'within 2 %'], rows)}\n{faults(found)}"


def stretchers(found: dict) -> str:
    return f"## Speeds by other programs\n\n{table(['stretcher', *SCORE], [score_row(name, of) for name, of in found.items()])}\n{faults(found)}"


def words(found: dict) -> str:
    voices = list(found["words"]["right"])
    rows = [[kind, of["said"], *(f"{100 * of['right'][voice] / of['said']:.0f} %" for voice in voices)] for kind, of in found.items()]
    return f"## Single words and interjections\n\n{table(['', 'said', *voices], rows)}\n{faults(found)}"


def times(found: dict) -> str:
    if not found:
        return "## Word times\n\nThe server or its model tells no word times."
    names = ("start_late_ms", "start_error_ms", "end_late_ms", "end_error_ms", "whisper_start_error_ms", "whisper_end_error_ms", "onsets", "onset_late_ms")
    rows = [[voice, of["words"], *(shown_ms(of[name]) for name in names)] for voice, of in found.items()]
    head = ["voice", "words", "start later than aligned, ms", "error ms", "end later, ms", "error ms", "start, error to Whisper's ms", "end ms"]
    return f"## Word times\n\nMedians.\n\n{table([*head, 'onsets after a silence', 'later than they, ms'], rows)}"


def shown_ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def trim(found: dict) -> str:
    rows = [
        [f"{place}, {kind}", of["compared"], of["other_sound"], shown_db(of["loudest_db"]), f"{of['audible_ms']:.0f}", of["heard_less"], of["heard_more"]]
        for place, kinds in found["places"].items()
        for kind, of in kinds.items()
    ]
    head = ["edge, sound", "compared", "not the raw sound", "loudest cut, dB under the peak", "cut above -35 dB, ms", "heard less than raw", "heard more"]
    return f"## Trimming of soft sounds\n\n{table(head, rows)}\n{faults(found)}"


def shown_db(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def faults(found: dict) -> str:
    """What was misheard, a line each."""
    lines = []
    for name, of in found.items():
        listed = of.get("faults", []) if isinstance(of, dict) else of if name == "faults" else []
        lines += [f"- {name}: {fault}" for fault in listed]
    return "\n" + "\n".join(lines) if lines else ""


SHOWN = {"prose": prose, "paragraphs": paragraphs, "raw": raw, "numbers": numbers, "speeds": speeds, "stretchers": stretchers, "words": words, "trim": trim, "times": times}
