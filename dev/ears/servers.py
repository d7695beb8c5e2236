"""The servers under measurement: one that runs, or a program that is started on the real model."""

import os
import shlex
import tempfile
from contextlib import contextmanager
from pathlib import Path

from benchmark.server import NotStarted, Server

READY_LIMIT = 300

__all__ = ["NotStarted", "running"]


@contextmanager
def running(where: str, name: str | None = "ours"):
    """The address of a server: `where` is its URL, or the path of a frontd that is started and stopped here.

    What it converts is in a folder of that name; without one, beside the model.
    """
    if where.startswith(("http://", "https://")):
        yield where.rstrip("/")
        return
    if not os.access(where, os.X_OK):
        raise NotStarted(f"{where} is neither an address nor a program")
    with tempfile.TemporaryDirectory() as folder:
        # An upgrade converts a model anew, so two builds share none.
        settings = {
            "HOST": "127.0.0.1",
            "WORKERS": os.environ.get("WORKERS", "2"),
            # These measures do not time anything, so they wait for a busy machine.
            "JOB_DEADLINE_SECONDS": "600",
            "MAX_WAIT_SECONDS": "600",
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "warn"),
            "CONTROL_SOCKET": f"{folder}/control.sock",
            "OUTPUT_DIR": f"{folder}/output",
            "TEMP_DIR": f"{folder}/temp",
            "RUN_DIR": f"{folder}/run",
            "MODEL": os.environ.get("MODEL", "kokoro"),
            "MODEL_DIR": str(own_models(Path(os.environ["MODEL_DIR"]), name)) if name else os.environ["MODEL_DIR"],
        }
        words = " ".join(f"{key}={shlex.quote(value)}" for key, value in settings.items())
        server = Server(name or "ours", "", command=f"env {words} PORT={{port}} {shlex.quote(str(Path(where).absolute()))}")
        try:
            server.start(READY_LIMIT)
            yield server.url
        finally:
            server.stop()


def own_models(models: Path, name: str) -> Path:
    """A models folder of this server's own, with links to the files of `models`: what it converts stays its own."""
    own = models.parent / f"{models.name}-{name}"
    kokoro = own / "kokoro"
    kokoro.mkdir(parents=True, exist_ok=True)
    source = (models / "kokoro" / "model.onnx").resolve()
    link = kokoro / "model.onnx"
    if not link.exists() or not link.samefile(source):
        link.unlink(missing_ok=True)
        os.link(source, link)
    voices = kokoro / "voices"
    if not voices.exists():
        voices.symlink_to((models / "kokoro" / "voices").resolve())
    return own
