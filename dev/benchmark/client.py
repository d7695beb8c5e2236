"""One request for speech, with a listener's clock on what comes."""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .audio import Malformed, meter
from .listener import Listener

# Nobody says a word in less: what is shorter leaves something out.
LEAST_SECONDS_A_WORD = 0.12
READ = 16 * 1024


@dataclass
class Ask:
    """What every request of a run has in common."""

    voice: str
    model: str
    form: str
    key: str | None
    timeout: float
    speed: float = 1.0


@dataclass
class Take:
    """What became of a request. Times are seconds since it was sent; `error` says why it is worth nothing."""

    first: float = 0.0
    total: float = 0.0
    audio: float = 0.0
    # Of the machine's clock, to count over several takes.
    began: float = 0.0
    ended: float = 0.0
    listener: Listener = field(default_factory=Listener)
    error: str | None = None


def speak(url: str, ask: Ask, text: str, heard: threading.Event | None = None, leave: threading.Event | None = None) -> Take:
    """Asks for `text`. Sets `heard` at the first sound; goes away when `leave` is set, which is no error."""
    take = Take(began=time.perf_counter())
    sound, left = meter(ask.form), False
    try:
        connection, response = post(url, ask, text)
        try:
            if response.status != 200:
                said = response.read(300).decode(errors="replace")
                raise Malformed(f"status {response.status}: {said}")
            while piece := response.read1(READ):
                seconds = sound.feed(piece)
                take.listener.hear(time.perf_counter(), seconds)
                if heard and seconds:
                    heard.set()
                if leave and leave.is_set():
                    left = True
                    break
            if not left and response.length:
                raise Malformed(f"the body ended {response.length} bytes early")
        finally:
            connection.close()
        take.audio = sound.seconds() if left else sound.close()
        if not left and take.audio * ask.speed < LEAST_SECONDS_A_WORD * len(text.split()):
            raise Malformed(f"{take.audio:.1f} s of sound for {len(text.split())} words: something is left out")
    except http.client.IncompleteRead:
        take.error = "the body broke off"
    except (Malformed, OSError, http.client.HTTPException) as error:
        take.error = str(error) or type(error).__name__
    finally:
        take.ended = time.perf_counter()
        take.total = take.ended - take.began
        if heard:
            heard.set()
    if left:
        take.listener.stop(take.ended)
    if take.listener.first is not None:
        take.first = take.listener.first - take.began
    return take


def post(url: str, ask: Ask, text: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=ask.timeout)
    body = {"model": ask.model, "voice": ask.voice, "input": text, "response_format": ask.form, "stream": True}
    if ask.speed != 1:
        body["speed"] = ask.speed
    headers = {"Content-Type": "application/json"}
    if ask.key:
        headers["Authorization"] = f"Bearer {ask.key}"
    try:
        connection.request("POST", f"{parts.path.rstrip('/')}/v1/audio/speech", json.dumps(body), headers)
        return connection, connection.getresponse()
    except BaseException:
        connection.close()
        raise


def together(url: str, ask: Ask, texts: list[str]) -> list[Take]:
    """All texts at the same moment, each heard by a listener of its own."""
    gate = threading.Barrier(len(texts))
    takes: list[Take] = [Take(error="it was not run")] * len(texts)

    def one(index: int) -> None:
        gate.wait()
        takes[index] = speak(url, ask, texts[index])

    threads = [threading.Thread(target=one, args=(index,)) for index in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return takes
