"""Where the time of a request goes, by the server's own metrics: `python3 -m benchmark.profile` starts a server, asks it
for speech and prints a row for each stage."""

import argparse
import http.client
import re
import sys
import time
from urllib.parse import urlsplit

from . import processes
from .client import Ask, together
from .options import end_on_sigterm
from .scenarios import Failed, good
from .server import Server
from .texts import Writer

# In the order of a request.
STAGES = ("text", "queue", "model", "join", "encode", "send")
NOTES = {
    "text": "normalise, phonemes, segments (front process, blocking pool)",
    "queue": "a segment waits for a worker",
    "model": "a worker computes a segment, as the front process sees it",
    "join": "trim, fade, pauses (front process)",
    "encode": "MP3 or WAV (front process, blocking pool)",
    "send": "an encoded segment waits for room towards the client",
}


def stages(metrics: str) -> dict[str, tuple[float, float]]:
    """Seconds and pieces so far of each stage, out of the text of /metrics."""
    found = {}
    for stage in STAGES:
        name, label = ("tts_segment_queue_seconds", "") if stage == "queue" else ("tts_stage_seconds", f'stage="{stage}"')
        sums = [
            re.search(rf"^{name}_{part}{re.escape('{' + label + '}') if label else ''} ([\d.e+-]+)$", metrics, re.M)
            for part in ("sum", "count")
        ]
        found[stage] = tuple(float(match.group(1)) if match else 0.0 for match in sums)
    return found


def rows(before: dict, after: dict, audio: float) -> list[str]:
    """Markdown: what was added between two looks."""
    lines = ["| stage | pieces | ms a piece | ms for a second of audio | what it is |", "|---|---|---|---|---|"]
    for stage in STAGES:
        seconds, pieces = (b - a for a, b in zip(before[stage], after[stage]))
        each = 1000 * seconds / pieces if pieces else 0.0
        lines.append(f"| {stage} | {pieces:.0f} | {each:.2f} | {1000 * seconds / audio:.3f} | {NOTES[stage]} |")
    return lines


def fetch(server: Server) -> dict[str, tuple[float, float]]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        connection.request("GET", "/metrics")
        return stages(connection.getresponse().read().decode())
    finally:
        connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev/profile")
    parser.add_argument("--start", required=True, metavar="COMMAND", help="starts this server; {port} is its port")
    parser.add_argument("--listeners", type=int, default=1)
    parser.add_argument("--words", type=int, default=100)
    parser.add_argument("--format", choices=("wav", "mp3"), default="mp3")
    parser.add_argument("--voice", default="af_heart")
    options = parser.parse_args()
    server = Server("ours", "", command=options.start)
    ask = Ask(options.voice, "kokoro", options.format, None, 120)

    def say(name: str) -> list:
        return good(together(server.url, ask, [Writer(name, n, time.time_ns()).text(options.words) for n in range(options.listeners)]))

    end_on_sigterm()
    try:
        server.start(60)
        say("warm")
        root = server.root() or 0
        before, spent = fetch(server), processes.cpu(root)
        takes = say("counted")
        after, front, tree = fetch(server), *(b - a for a, b in zip(spent, processes.cpu(root)))
    except Failed as error:
        print(f"profile: {error}", file=sys.stderr)
        return 1
    finally:
        server.stop()
    audio = sum(take.audio for take in takes)
    took = max(take.ended for take in takes) - min(take.began for take in takes)
    print(
        f"{options.listeners} × {options.words} words as {options.format}: {audio:.1f} s of audio in {took:.2f} s; "
        f"CPU {tree:.2f} s, {100 * front / tree if tree else 0:.2f} % of it in the front process\n"
    )
    print("\n".join(rows(before, after, audio)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
