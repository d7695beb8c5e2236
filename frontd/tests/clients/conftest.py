"""Starts the real server, with real workers and the built-in voice, for clients that are not ours."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest
import requests

# Starts frontd as the tests in Rust do.
HARNESS = os.environ.get("HARNESS", pathlib.Path(__file__).parents[3] / "target/debug/harness")
START_SECONDS = 60


class Server:
    """A frontd of its own folders on a free port."""

    def __init__(self, folder: pathlib.Path, **settings: str):
        self.folder = folder
        settings = {"WORKERS": "1", "DRAIN": "2s", "LOG_LEVEL": "info", **settings}
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            [HARNESS, folder, *(f"{name}={value}" for name, value in settings.items())],
            cwd=folder, stdout=subprocess.PIPE, stderr=self.log,
        )
        self.url = self._address()

    def _address(self) -> str:
        timer = threading.Timer(START_SECONDS, self.process.kill)
        timer.start()
        try:
            for line in self.process.stdout:
                if found := re.search(r"listens on (http://\S+)", line.decode()):
                    break
            else:
                raise RuntimeError(f"frontd did not start:\n{self.messages()}")
        finally:
            timer.cancel()
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return found.group(1)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def messages(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def get(self, path: str, **more) -> requests.Response:
        return requests.get(self.url + path, timeout=60, **more)

    def speak(self, text: str = "Hello there.", headers=None, http_stream=False, **fields) -> requests.Response:
        body = {"input": text, **fields}
        return requests.post(self.url + "/v1/audio/speech", json=body, headers=headers, timeout=120, stream=http_stream)

    def stop(self):
        """Ends the server as an operator would, and looks at how it ended."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.log.close()
        assert code == 0, f"frontd ended with {code}:\n{self.messages()[-4000:]}"
        assert "panicked" not in self.messages(), self.messages()[-4000:]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server that most tests share."""
    server = Server(tmp_path_factory.mktemp("shared"), ALLOW_LOCAL_VOICE_SAVING="true")
    yield server
    server.stop()


@pytest.fixture
def start(tmp_path):
    """Starts servers with settings of their own."""
    servers = []

    def start(**settings):
        folder = tmp_path / str(len(servers))
        folder.mkdir()
        servers.append(Server(folder, **settings))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.stop()


def seconds(path_or_bytes, tmp_path) -> float:
    """The length of a sound, decoded to the end by ffmpeg."""
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    path = path_or_bytes
    if isinstance(path, bytes):
        path = tmp_path / "sound"
        path.write_bytes(path_or_bytes)
    run = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "s16le", "-ac", "1", "-ar", "24000", "-"],
        capture_output=True, timeout=120,
    )
    assert run.returncode == 0 and not run.stderr, run.stderr.decode()
    return len(run.stdout) / 48000


def told_seconds(path) -> float:
    """The length that a player shows before it has played."""
    run = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path],
        capture_output=True, check=True, timeout=60,
    )
    return float(run.stdout)


def error_of(response) -> dict:
    """The error of a response, after a look at both of its shapes."""
    body = response.json()
    error, detail = body["error"], body["detail"]
    assert set(error) == {"message", "type", "param", "code"}
    assert detail == {"error": error["code"], "message": error["message"], "type": error["type"]}
    assert response.headers["x-request-id"]
    return error


def eventually(what, seconds=10):
    """Waits until `what()` is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)
