"""The Python package kokoro-onnx behind `/v1/audio/speech`, streamed as WAV as it computes: a peer for `dev/bench`.

Usage: python peer.py MODEL.onnx VOICE.bin PORT. `dev/peer-server` installs what it needs and calls it.
"""

import asyncio
import json
import os
import struct
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from kokoro_onnx import Kokoro

RATE = 24_000
# A stream's length is not known ahead; players take the largest for "until it ends".
HEADER = struct.pack(
    "<4sI4s4sIHHIIHH4sI", b"RIFF", 2**32 - 1, b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16, b"data", 2**32 - 37
)


def load(model: str, voice: str) -> Kokoro:
    """The package wants all voices in one archive, `[510][1][256]` each."""
    style = np.fromfile(voice, dtype="<f4").reshape(510, 1, 256)
    with tempfile.TemporaryDirectory() as folder:
        voices = os.path.join(folder, "voices.npz")
        np.savez(voices, af_heart=style)
        return Kokoro(model, voices)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kokoro: Kokoro

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.part(HEADER)
        asyncio.run(self.speak(asked["input"]))
        self.wfile.write(b"0\r\n\r\n")

    async def speak(self, text: str) -> None:
        async for samples, _rate in self.kokoro.create_stream(text, voice="af_heart"):
            self.part((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())

    def part(self, data: bytes) -> None:
        if data:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Texts stay out of logs."""


if __name__ == "__main__":
    Handler.kokoro = load(sys.argv[1], sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3])), Handler).serve_forever()
