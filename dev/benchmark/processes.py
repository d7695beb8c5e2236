"""The processes of a server on this machine: found by its port, their memory, their computing. Linux only."""

import os
import threading
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                # The program's name, in brackets, may hold anything.
                found[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
    return found


def tree(root: int) -> list[int]:
    """`root` and all its descendants."""
    above, found = parents(), [root]
    for pid in found:
        found.extend(child for child, parent in above.items() if parent == pid)
    return found


def listening(port: int) -> int | None:
    """The process that listens on `port`, the topmost where several share it; `None` where it cannot be seen."""
    inodes = set()
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            words = line.split()
            if words[3] == "0A" and int(words[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{words[9]}]")
    holders = {pid for pid in parents() if inodes & set(links(pid))}
    above = parents()
    return min((pid for pid in holders if above.get(pid) not in holders), default=None)


def links(pid: int) -> list[str]:
    try:
        return [os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return []


def pss_mb(root: int) -> float:
    """Proportional set size of the tree in MiB: shared pages count once."""
    total = 0
    for pid in tree(root):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def cpu(root: int) -> tuple[float, float]:
    """Seconds computed so far by `root` itself and by the tree."""
    spent = [of_process(pid) for pid in tree(root)]
    return (spent[0], sum(spent)) if spent else (0.0, 0.0)


def of_process(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / TICKS


class Peak:
    """The most memory of a tree while the block runs."""

    def __init__(self, root: int, every: float = 0.1) -> None:
        self.mb = 0.0
        self._root, self._every = root, every
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.mb = max(self.mb, pss_mb(self._root))
            if self._done.wait(self._every):
                return
