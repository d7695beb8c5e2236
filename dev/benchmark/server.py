"""A server under measurement: where it is, and, when we start it, how."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from . import processes

READY_PATHS = ("/health/ready", "/health", "/v1/models", "/")


class NotStarted(Exception):
    """A server that was to be started does not serve."""


@dataclass
class Server:
    name: str
    url: str
    # A shell command that serves in the foreground; `{port}` stands for the port.
    command: str | None = None
    pid: int | None = None
    ready_path: str | None = None
    process: subprocess.Popen[bytes] | None = None

    def root(self) -> int | None:
        """The first process of the server, when it is on this machine."""
        if self.pid is None and urlsplit(self.url).hostname in ("127.0.0.1", "localhost", "::1"):
            parts = urlsplit(self.url)
            self.pid = processes.listening(parts.port or (443 if parts.scheme == "https" else 80))
        return self.pid

    def start(self, limit: float) -> float:
        """Runs the command; returns the seconds until the server says that it is ready."""
        assert self.command
        port = free_port()
        self.url, self.pid = f"http://127.0.0.1:{port}", None
        began = time.perf_counter()
        command = self.command.replace("{port}", str(port))
        # A group of its own, to be ended as one; not a session, which may have other rights to the CPU.
        self.process = subprocess.Popen(["sh", "-c", f"exec {command}"], stdout=subprocess.DEVNULL, preexec_fn=os.setpgrp)
        while not self.ready():
            if self.process.poll() is not None:
                raise NotStarted(f"{self.name} ended with status {self.process.returncode} before it was ready")
            if time.perf_counter() - began > limit:
                self.stop()
                raise NotStarted(f"{self.name} was not ready after {limit:.0f} s")
            time.sleep(0.01)
        return time.perf_counter() - began

    def ready(self) -> bool:
        """Whether the server says so: the first of the usual paths that it has, or the one that was given."""
        for path in (self.ready_path,) if self.ready_path else READY_PATHS:
            status = self.status(path)
            if status != 404:
                return status == 200
        return False

    def readiness(self) -> dict:
        """What this project's server reports about itself."""
        return json.loads(self.get("/health/ready")[1])

    def status(self, path: str) -> int | None:
        try:
            return self.get(path)[0]
        except (OSError, http.client.HTTPException):
            return None

    def get(self, path: str) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=5)
        try:
            connection.request("GET", parts.path.rstrip("/") + path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def stop(self) -> None:
        """Ends what we started, and nothing else."""
        if self.process is None:
            return
        for sign, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(patience)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self.process, self.pid = None, None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
