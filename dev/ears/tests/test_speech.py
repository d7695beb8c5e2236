import http.server
import json
import threading
import unittest
from unittest import mock

from ears import speech
from ears.speech import Ask, NoSpeech, captions, say

from .test_sound import wav


class Answers(http.server.BaseHTTPRequestHandler):
    """Gives the statuses of `queue`, then sound."""

    queue: list[int] = []
    asked: list[dict] = []

    def do_POST(self):
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status = self.queue.pop(0) if self.queue else 200
        body = wav(b"\0\1" * 10) if status == 200 else b"no"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Asking(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Answers.queue, Answers.asked = [], []
        patch = mock.patch.object(speech, "PATIENCE", 0), mock.patch("sys.stderr")
        for one in patch:
            one.start()
            self.addCleanup(one.stop)

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def test_what_is_asked_for(self):
        self.assertEqual(len(say(self.url, Ask("Hello.", "af_heart", 1.5))), 10)
        fields = Answers.asked[0]
        self.assertEqual((fields["input"], fields["voice"], fields["speed"], fields["response_format"]), ("Hello.", "af_heart", 1.5, "wav"))

    def test_a_server_that_cannot_is_asked_again(self):
        Answers.queue = [503, 500]
        self.assertEqual(len(say(self.url, Ask("Hello.", "af_heart"))), 10)
        self.assertEqual(len(Answers.asked), 3)

    def test_a_server_that_never_can_is_a_fault(self):
        Answers.queue = [500] * speech.TRIALS
        with self.assertRaisesRegex(NoSpeech, "status 500"):
            say(self.url, Ask("Hello.", "af_heart"))

    def test_a_request_that_is_refused_is_not_made_again(self):
        Answers.queue = [400]
        with self.assertRaisesRegex(NoSpeech, "status 400"):
            say(self.url, Ask("Hello.", "af_heart"))
        self.assertEqual(len(Answers.asked), 1)

    def test_a_server_without_captions(self):
        Answers.queue = [501]
        self.assertIsNone(captions(self.url, Ask("Hello.", "af_heart")))


if __name__ == "__main__":
    unittest.main()
