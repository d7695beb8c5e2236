"""What is measured. A scenario takes a server and a round and returns the round's measurements by name."""

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from statistics import mean, median

from . import processes
from .client import Ask, Take, post, speak, together
from .server import Server
from .texts import Writer

SENTENCE, PARAGRAPH, PAGE = 14, 100, 500
MEMORY_LISTENERS = 5
# What a server needs to forget requests that were left.
SETTLE = 1.0
# After that a server that gives memory back has done so.
REST = 15.0
LEAVERS = 10
# So long after its first sound a listener loses a worker: in what was made then, it has little or more in hand.
KILLED_AFTER = (0.1, 0.4, 0.8, 1.2, 2.0, 3.0)
# So many listeners at once.
KILLED_UNDER = (1, 3)


class Failed(Exception):
    """A request of the scenario did not end well."""


@dataclass
class Run:
    """One scenario, one server, one round. Rounds of all servers say the same texts."""

    server: Server
    ask: Ask
    seed: tuple[object, ...]
    beside_seconds: float
    start_limit: float

    def text(self, words: int, which: object = 0) -> str:
        return Writer(*self.seed, words, which).text(words)


Scenario = Callable[[Run], dict[str, float]]


def alone(words: int) -> Scenario:
    """One listener, and nobody else."""

    def run(run: Run) -> dict[str, float]:
        root = run.server.root()
        before = processes.cpu(root)[1] if root else 0.0
        [take] = good([speak(run.server.url, run.ask, run.text(words))])
        measured = {
            "first_s": take.first,
            "total_s": take.total,
            "audio_s": take.audio,
            "real_time_factor": take.total / take.audio,
            "silence_s": take.listener.silence,
        }
        if root:
            measured["cpu_s"] = processes.cpu(root)[1] - before
        return measured

    return run


def listeners(count: int, words: int = PARAGRAPH) -> Scenario:
    """`count` listeners who ask at the same moment, each for a text of its own."""

    def run(run: Run) -> dict[str, float]:
        root = run.server.root()
        before = processes.cpu(root) if root else None
        takes = good(together(run.server.url, run.ask, [run.text(words, n) for n in range(count)]))
        measured = several(takes)
        if root and before:
            front, tree = (b - a for a, b in zip(before, processes.cpu(root)))
            measured["front_share"] = front / tree if tree else 0.0
        return measured

    return run


def several(takes: list[Take]) -> dict[str, float]:
    firsts = [take.first for take in takes]
    silences = [take.listener.silence for take in takes]
    took = max(take.ended for take in takes) - min(take.began for take in takes)
    return {
        "first_median_s": median(firsts),
        "first_last_s": max(firsts),
        "silence_mean_s": mean(silences),
        "silence_worst_s": max(silences),
        "gaps": float(sum(len(take.listener.gaps) for take in takes)),
        "cut_listeners": float(sum(1 for take in takes if take.listener.gaps)),
        "audio_per_s": sum(take.audio for take in takes) / took,
        "total_s": took,
    }


def beside(run: Run) -> dict[str, float]:
    """Sentences asked for one after the other while two pages are heard, and two pages with nothing beside them. Both are
    left after a while: what comes later says nothing new."""
    quiet, _ = two_pages(run, "alone", [])
    shorts = [run.text(SENTENCE, n) for n in range(3)]
    busy, takes = two_pages(run, "beside", shorts)
    if not takes:
        raise Failed("the long texts were done before a short one was asked for")
    return {
        "first_s": median(take.first for take in takes),
        "first_worst_s": max(take.first for take in takes),
        "streams_silence_alone_s": sum(take.listener.silence for take in quiet),
        "streams_silence_s": sum(take.listener.silence for take in busy),
        "streams_gaps_alone": float(sum(len(take.listener.gaps) for take in quiet)),
        "streams_gaps": float(sum(len(take.listener.gaps) for take in busy)),
    }


def two_pages(run: Run, name: str, shorts: list[str]) -> tuple[list[Take], list[Take]]:
    """The two streams, and the takes of those short texts that were asked for while both were under way."""
    leave, heard = threading.Event(), [threading.Event(), threading.Event()]
    pages: list[Take] = [Take(), Take()]

    def page(index: int) -> None:
        pages[index] = speak(run.server.url, run.ask, run.text(PAGE, (name, index)), heard[index], leave)

    threads = [threading.Thread(target=page, args=(index,)) for index in (0, 1)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for event in heard:
        event.wait()
    takes = []
    for number, text in enumerate(shorts):
        # Spread over the time, and not in step with the segments of the streams.
        wait_for(threads, began + run.beside_seconds * (number + 0.37) / len(shorts))
        if all(thread.is_alive() for thread in threads):
            takes.append(speak(run.server.url, run.ask, text))
    wait_for(threads, began + run.beside_seconds)
    leave.set()
    for thread in threads:
        thread.join()
    time.sleep(SETTLE)
    return good(pages), good(takes)


def wait_for(threads: list[threading.Thread], moment: float) -> None:
    """Until `moment` or until all threads have ended."""
    for thread in threads:
        thread.join(max(0.0, moment - time.perf_counter()))


def edit(run: Run) -> dict[str, float]:
    """A page, then the same page with one word changed, as its writer hears it after an edit: first audio of both, and what
    the second cost of the computing of the first. The first sentence stays as it is."""
    page = run.text(PAGE)
    root = run.server.root()
    spent = []
    takes = []
    for text in (page, with_another_word(page, run.seed)):
        before = processes.cpu(root)[1] if root else 0.0
        [take] = good([speak(run.server.url, run.ask, text)])
        takes.append(take)
        spent.append(processes.cpu(root)[1] - before if root else 0.0)
    measured = {"first_new_s": takes[0].first, "first_s": takes[1].first, "total_s": takes[1].total}
    if root:
        measured |= {"cpu_new_s": spent[0], "cpu_s": spent[1], "cpu_share": spent[1] / spent[0]}
    return measured


def with_another_word(page: str, seed: object) -> str:
    words = page.split()
    first = next(n for n, word in enumerate(words) if word.endswith(".")) + 1
    plain = [n for n in range(first, len(words)) if words[n].isalpha() and words[n].islower()]
    which = random.Random(repr(seed)).choice(plain)
    words[which] = "umbrella"
    return " ".join(words)


def leave(run: Run) -> dict[str, float]:
    """Two listeners of a page leave in the middle of a segment, again and again: how long until the server tells, on its page
    about readiness, that nothing is computed any more. Of this project's server only."""
    pick, freed = random.Random(repr(run.seed)), []
    for number in range(LEAVERS):
        connections = []
        for index in (0, 1):
            connection, response = post(run.server.url, run.ask, run.text(PAGE, (number, index)))
            connections.append(connection)
            if response.status != 200 or not response.read1():
                raise Failed(f"status {response.status}, or no sound")
        # At no particular moment of a later segment.
        time.sleep(pick.uniform(0.2, 1.5))
        if not run.server.readiness()["queue"]["running"]:
            raise Failed("nothing was computed any more when the listeners left")
        began = time.perf_counter()
        for connection in connections:
            connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()
        while run.server.readiness()["queue"]["running"]:
            if time.perf_counter() - began > run.start_limit:
                raise Failed("the segments of listeners who have left are still computed")
        freed.append(time.perf_counter() - began)
    return {"freed_s": median(freed), "freed_worst_s": max(freed)}


def kill(count: int) -> Scenario:
    """So many listeners of 100 words at once, and one worker killed on the way, each at each moment: the longest gap of any of them, by
    seconds after the last one's first sound. Of this project's server only."""

    def run(run: Run) -> dict[str, float]:
        root = root_of(run)
        takes: dict[float, list[Take]] = {after: [] for after in KILLED_AFTER}
        for after, which in product(KILLED_AFTER, range(run.server.readiness()["workers"]["wanted"])):
            while (workers := run.server.readiness()["workers"])["serving"] < workers["wanted"]:
                time.sleep(0.1)
            time.sleep(SETTLE)
            texts = [run.text(PARAGRAPH, (after, which, listener)) for listener in range(count)]
            takes[after] += good(with_a_worker_killed(run, texts, root, after, which))
        return {f"gap_after_{after}_s": longest_gap(of) for after, of in takes.items()}

    return run


def longest_gap(takes: list[Take]) -> float:
    return max((gap for take in takes for gap in take.listener.gaps), default=0.0)


def with_a_worker_killed(run: Run, texts: list[str], root: int, after: float, which: int) -> list[Take]:
    with ThreadPoolExecutor(len(texts)) as pool:
        heard = [threading.Event() for _ in texts]
        takes = [pool.submit(speak, run.server.url, run.ask, *of) for of in zip(texts, heard, strict=True)]
        for event in heard:
            event.wait()
        time.sleep(after)
        workers = processes.tree(root)[1:]
        os.kill(sorted(workers)[which], signal.SIGKILL)
        return [take.result() for take in takes]


def memory(run: Run) -> dict[str, float]:
    """Before work (only of servers that we start), at the peak of five pages, and at rest after that."""
    measured = {}
    if run.server.command:
        start(run)
        time.sleep(SETTLE)
        measured["fresh_mb"] = processes.pss_mb(run.server.root() or 0)
    root = root_of(run)
    with processes.Peak(root) as peak:
        good(together(run.server.url, run.ask, [run.text(PAGE, n) for n in range(MEMORY_LISTENERS)]))
    measured["peak_mb"] = peak.mb
    time.sleep(REST)
    measured["rest_mb"] = processes.pss_mb(root)
    return measured


def start(run: Run) -> dict[str, float]:
    """Start to ready, with the files in the page cache since the start before; the server stays."""
    run.server.stop()
    return {"ready_s": run.server.start(run.start_limit)}


def root_of(run: Run) -> int:
    root = run.server.root()
    if root is None:
        raise Failed("its process is not on this machine or cannot be seen; name it with --pid")
    return root


def good(takes: list[Take]) -> list[Take]:
    for take in takes:
        if take.error:
            raise Failed(take.error)
    return takes


def chosen(names: list[str], counts: list[int]) -> dict[str, Scenario]:
    """The scenarios of the command line by their names in the report."""
    every: dict[str, dict[str, Scenario]] = {
        "start": {"start": start},
        "one": {"sentence": alone(SENTENCE), "100 words": alone(PARAGRAPH), "500 words": alone(PAGE)},
        "sentence": {"sentence": alone(SENTENCE)},
        "listeners": {f"{n} listener{'s' * (n > 1)}": listeners(n) for n in counts},
        "beside": {"beside two": beside},
        "edit": {"500 words edited": edit},
        "leave": {"two leave": leave},
        "kill": {f"killed under {n}": kill(n) for n in KILLED_UNDER},
        "memory": {"memory": memory},
    }
    return {name: scenario for wanted in names for name, scenario in every[wanted].items()}
