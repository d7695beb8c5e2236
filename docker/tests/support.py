"""What the container tests share: the docker client, requests for speech, and load that counts failures.

Times are those after which something hangs; a machine that builds other things meanwhile needs them.
"""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGE = os.environ.get("TEST_IMAGE", "dexterous-tts:test")
NGINX_IMAGE = os.environ.get("TEST_NGINX_IMAGE", "dexterous-nginx:test")
BASE = "debian:bookworm-slim"
SENTENCE = "The quick brown fox jumps over the lazy dog. "


def docker(*arguments, check=True, **options):
    """Runs the docker client and returns its output, without the last line end."""
    return run("docker", *arguments, check=check, **options)


def run(*command, check=True, **options):
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if check and result.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} failed:\n{result.stdout}{result.stderr}")
    return result.stdout.rstrip("\n")


def compose(*arguments, project, environment, check=True):
    """Runs whichever Compose there is on the project's file."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0
    program = ["docker", "compose"] if plugin else [shutil.which("docker-compose")]
    if program[0] is None:
        raise unittest.SkipTest("there is no Docker Compose")
    file = ROOT / "docker/cpu/docker-compose.yml"
    return run(*program, "-p", project, "-f", file, *arguments, check=check, env={**os.environ, **environment})


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def await_true(what, condition, seconds=120):
    """Waits until condition() is true. What fails meanwhile is tried again."""
    deadline = time.monotonic() + seconds
    fault = None
    while time.monotonic() < deadline:
        try:
            if value := condition():
                return value
        except (OSError, http.client.HTTPException, AssertionError, ValueError) as error:
            fault = error
        time.sleep(0.2)
    raise AssertionError(f"{what}: not within {seconds} s ({fault})")


class Server:
    """A place that answers, and requests to it."""

    def __init__(self, port, tls=False, key=None):
        self.port, self.tls, self.key = port, tls, key

    def connection(self, timeout=600):
        if not self.tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        context = ssl.create_default_context()
        # The test's certificate is its own.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=context)

    def get(self, path):
        with contextlib.closing(self.connection()) as connection:
            connection.request("GET", path, headers=self.headers())
            response = connection.getresponse()
            return response.status, response.read()

    def headers(self):
        return {"authorization": f"Bearer {self.key}"} if self.key else {}

    @contextlib.contextmanager
    def speech(self, text, more_headers=None, **fields):
        """The open response to a request for speech."""
        body = {"model": "kokoro", "input": text, "voice": "af_heart", "response_format": "wav", **fields}
        with contextlib.closing(self.connection()) as connection:
            headers = {"content-type": "application/json", **self.headers(), **(more_headers or {})}
            connection.request("POST", "/v1/audio/speech", json.dumps(body), headers)
            yield connection.getresponse()

    def speak(self, text, **fields):
        """All bytes of the sound, or an AssertionError."""
        with self.speech(text, **fields) as response:
            sound = response.read()
            assert response.status == 200, f"{response.status}: {sound[:300]!r}"
            return sound

    def is_ready(self):
        return self.get("/health/ready")[0] == 200

    def await_ready(self, seconds=180):
        await_true(f"port {self.port} is ready", self.is_ready, seconds)


class Load:
    """Listeners that ask again and again until the block ends; every response must be whole and the same as the first."""

    def __init__(self, server, listeners=3, sentences=3):
        self.server, self.text = server, SENTENCE * sentences
        self.expected = server.speak(self.text)
        self.faults, self.done = [], 0
        self.ending, self.lock = threading.Event(), threading.Lock()
        self.threads = [threading.Thread(target=self.listen) for _ in range(listeners)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join(timeout=600)

    def listen(self):
        while not self.ending.is_set():
            try:
                sound = self.server.speak(self.text)
                fault = None if sound == self.expected else f"{len(sound)} bytes, {len(self.expected)} expected"
            except (AssertionError, OSError, http.client.HTTPException) as error:
                fault = f"{type(error).__name__}: {error}"
            with self.lock:
                self.done += 1
                if fault:
                    self.faults.append(fault)

    def await_responses(self, more):
        """Until so many more responses have ended."""
        target = self.done + more
        await_true(f"{more} more responses", lambda: self.done >= target, 600)


class Container:
    """A container of the image, removed at the end of the block."""

    def __init__(self, *options, command=(), image=IMAGE, port=None):
        self.server = Server(port or free_port())
        publish = ["--publish", f"127.0.0.1:{self.server.port}:8880"]
        # The server must compute again what it spoke before, because these tests are about the workers.
        uncached = ["--env", "SEGMENT_CACHE_MB=0"]
        self.id = docker("run", "--detach", *publish, *uncached, *options, image, *command)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            print(docker("logs", "--tail", "40", self.id, check=False))
            print(subprocess.run(["docker", "logs", "--tail", "40", self.id], capture_output=True, text=True).stderr)
        docker("rm", "--force", "--volumes", self.id, check=False)

    def exec(self, *command, check=True):
        return docker("exec", self.id, *command, check=check)

    def status(self):
        return json.loads(self.exec("frontd", "ctl", "status", "--json"))

    def workers(self):
        return [worker for worker in self.status()["fleet"]["workers"] if worker["state"] in ("ready", "busy")]

    def log(self):
        result = subprocess.run(["docker", "logs", self.id], capture_output=True, text=True)
        return result.stdout + result.stderr

    def exit_code(self):
        return int(docker("wait", self.id))

    def inspect(self, template):
        return docker("inspect", "--format", template, self.id)
