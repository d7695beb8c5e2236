"""Asks a server for speech and gives the samples."""

import base64
import http.client
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

# Kokoro's rate, and what every response is expected in.
RATE = 24_000
TIMEOUT = 600
# One for each worker of the usual two, so that both are busy.
AT_ONCE = 2
# How often a request is made that the server could not serve, and the seconds before it is made again.
TRIALS = 4
PATIENCE = 5


class NoSpeech(Exception):
    """A server did not answer with the sound that was asked for."""


@dataclass(frozen=True)
class Ask:
    """One request for speech."""

    text: str
    voice: str
    speed: float = 1.0
    # Streamed, as a listener gets it; else the whole as a file.
    stream: bool = True
    model: str = "kokoro"

    def body(self) -> dict:
        return {
            "model": self.model,
            "input": self.text,
            "voice": self.voice,
            "speed": self.speed,
            "stream": self.stream,
            "response_format": "wav",
            # Off in a server unless it is asked for; `frontd phonemize`, with which words are compared, reads units.
            "normalization_options": {"unit_normalization": True},
        }


def say(url: str, ask: Ask) -> np.ndarray:
    """The sound of one request, as float32 in -1 to 1."""
    return samples(answer(url, "/v1/audio/speech", ask, ask.body()))


def say_all(url: str, asks: list[Ask]):
    """The sound of each request, in order. A few are under way at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda ask: say(url, ask), asks)


def captions(url: str, ask: Ask) -> tuple[np.ndarray, list[tuple[str, float, float]]] | None:
    """The sound and its words with their times in seconds; `None` where the server or its model tells no times."""
    body = answer(url, "/v1/audio/speech/captions", ask, {**ask.body(), "stream": False}, without=(404, 405, 501))
    if body is None:
        return None
    told = json.loads(body)
    words = [(word["word"], word["start_time"], word["end_time"]) for word in told["timestamps"]]
    return samples(base64.b64decode(told["audio"])), words


def answer(url: str, path: str, ask: Ask, fields: dict, without: tuple[int, ...] = ()) -> bytes | None:
    """The body of the answer; `None` where its status is one of `without`.

    A server that is starved of its CPU gives up on a segment. A measurement of an hour does not end with it, but it is told.
    """
    for trial in range(TRIALS):
        try:
            status, body = post(url, path, fields)
        except NoSpeech as error:
            fault = str(error)
        else:
            if status == 200:
                return body
            if status in without:
                return None
            fault = f"status {status}: {body[:300].decode(errors='replace')}"
            if status < 500:
                break
        if trial + 1 < TRIALS:
            print(f"\n{ask.voice}: {fault}: asked again", file=sys.stderr)
            time.sleep(PATIENCE)
    raise NoSpeech(f"{ask.voice}: {fault}")


def post(url: str, path: str, body: dict) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT)
    try:
        connection.request("POST", parts.path.rstrip("/") + path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException) as error:
        raise NoSpeech(f"{path}: {error or type(error).__name__}") from error
    finally:
        connection.close()


def samples(wav: bytes) -> np.ndarray:
    """The samples of a WAV file of 16 bits, mono, 24 kHz. The size of a streamed one says nothing: what is there counts."""
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise NoSpeech("the response is not a WAV file")
    at, form = 12, None
    while at + 8 <= len(wav):
        name, size = wav[at : at + 4], int.from_bytes(wav[at + 4 : at + 8], "little")
        if name == b"fmt ":
            kind, channels = (int.from_bytes(wav[at + i : at + i + 2], "little") for i in (8, 10))
            rate, bits = int.from_bytes(wav[at + 12 : at + 16], "little"), int.from_bytes(wav[at + 22 : at + 24], "little")
            form = (kind, channels, rate, bits)
        if name == b"data":
            if form != (1, 1, RATE, 16):
                raise NoSpeech(f"the WAV file is (kind, channels, rate, bits) = {form}, not 16 bits, mono, {RATE} Hz")
            sound = wav[at + 8 : min(len(wav), at + 8 + size)]
            return np.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(np.float32) / 32768
        at += 8 + size + size % 2
    raise NoSpeech("the WAV file has no sound")
