import http.server
import threading
import unittest
from contextlib import suppress

from benchmark.client import Ask, speak, together
from benchmark.scenarios import Run, alone, listeners
from benchmark.server import Server
from benchmark.texts import Writer
from benchmark.tests.test_audio import FRAME_64, wav

ASK = Ask("af_heart", "kokoro", "wav", None, 10)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the text says."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if "refuse" in text:
            self.send_error(503, "busy")
            return
        self.send_response(200)
        if "close" in text:
            self.send_header("Content-Length", "200000")
            self.end_headers()
            self.wfile.write(wav(bytes(1000), 0xFFFFFFFF))
            self.close_connection = True
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        # Three seconds of sound.
        pieces = [FRAME_64 * 125] if "frames" in text else [wav(bytes(48000), 0xFFFFFFFF), bytes(48000), bytes(48000)]
        for piece in pieces:
            try:
                self.wfile.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
            except OSError:
                self.close_connection = True
                return
            if "break" in text:
                self.close_connection = True
                return
        with suppress(OSError):
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        pass


class FakeServer(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that leaves is what some of the tests are about."""


class ClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.server = FakeServer(("127.0.0.1", 0), Handler)
        cls.url = f"http://127.0.0.1:{cls.server.server_address[1]}"
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.shutdown()
        cls.server.server_close()

    def test_a_whole_response_is_measured(self) -> None:
        take = speak(self.url, ASK, "a few words")
        self.assertIsNone(take.error)
        self.assertEqual(take.audio, 3.0)
        self.assertTrue(0 < take.first <= take.total)
        take = speak(self.url, Ask("v", "m", "mp3", None, 10), "a few frames")
        self.assertIsNone(take.error)
        self.assertAlmostEqual(take.audio, 3.0)

    def test_whatever_is_missing_is_an_error(self) -> None:
        for text, said in (
            ("please refuse", "status 503"),
            ("please break", "broke off"),
            ("please close", "bytes early"),
            ("many " * 100, "left out"),
        ):
            self.assertRegex(speak(self.url, ASK, text).error or "none", said)
        self.assertIsNotNone(speak("http://127.0.0.1:1", ASK, "nobody is there").error)
        self.assertIsNotNone(speak(self.url, Ask("v", "m", "mp3", None, 10), "this is a WAV").error)

    def test_who_leaves_makes_no_error(self) -> None:
        leave = threading.Event()
        leave.set()
        take = speak(self.url, ASK, "many " * 100, leave=leave)
        self.assertIsNone(take.error)

    def test_listeners_come_together(self) -> None:
        takes = together(self.url, ASK, ["one", "please break", "three"])
        self.assertEqual([take.error is None for take in takes], [True, False, True])

    def test_scenarios_have_their_measurements(self) -> None:
        run = Run(Server("fake", self.url), ASK, ("seed",), 1, 1)
        self.assertEqual(alone(14)(run)["audio_s"], 3.0)
        # Three seconds are too few for a hundred words.
        with self.assertRaisesRegex(Exception, "left out"):
            listeners(2)(run)
        self.assertEqual(listeners(2, 14)(run)["gaps"], 0.0)


class TextsTest(unittest.TestCase):
    def test_texts_have_their_length_and_are_new(self) -> None:
        for words in (6, 14, 100, 500):
            self.assertEqual(len(Writer("a", words).text(words).split()), words)
        self.assertEqual(Writer("a", 1).text(100), Writer("a", 1).text(100))
        stretches = [part for n in range(200) for part in Writer("b", n).text(100).replace(".", ",").split(",")]
        self.assertEqual(len(set(stretches)), len(stretches) - stretches.count("") + 1)


if __name__ == "__main__":
    unittest.main()
