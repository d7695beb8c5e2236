"""Our locations in the nginx of this machine, in front of servers that refuse, vanish or lack a file. No container."""

import contextlib
import http.server
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import unittest

from support import ROOT, Server, await_true, free_port

NGINX = os.environ.get("NGINX") or shutil.which("nginx") or "/usr/sbin/nginx"


class Replica(http.server.ThreadingHTTPServer):
    """Answers as frontd would, or with the status that it is told."""

    def __init__(self, files=()):
        self.files, self.status, self.posts = set(files), 200, 0
        self.gate = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        """nginx hangs up when its test ends: no fault."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", len(body))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.server.posts += 1
        if self.server.status != 200:
            self.answer(self.server.status, b"busy", [("retry-after", "7")])
            return
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.send_header("x-forwarded-proto", self.headers["x-forwarded-proto"])
        self.send_header("x-request-id", self.headers["x-request-id"])
        self.send_header("x-seen-client", self.headers["x-forwarded-for"].rsplit(",")[-1].strip())
        self.end_headers()
        self.wfile.write(b"5\r\nfirst\r\n")
        self.wfile.flush()
        self.server.gate.wait(timeout=30)
        self.wfile.write(b"4\r\nlast\r\n0\r\n\r\n")

    def do_GET(self):
        name = self.path.rsplit("/", 1)[-1]
        self.answer(200, name.encode()) if name in self.server.files else self.answer(404, b"no such file")

    def log_message(self, *_):
        pass


class NginxTest(unittest.TestCase):
    def setUp(self):
        if not pathlib.Path(NGINX).is_file():
            self.skipTest("there is no nginx")
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.replicas = [Replica(files=["a.mp3"]), Replica(files=["b.mp3"])]
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in ("nginx.conf", "locations.conf", "plain.conf"):
            shutil.copy(ROOT / "docker/nginx" / name, folder)
        (folder / "mime.types").write_text("types { text/plain txt; }\n")
        (folder / "servers").mkdir()
        self.server = Server(free_port())
        (folder / "servers/plain.conf").write_text(
            (folder / "plain.conf").read_text().replace("listen 8080", f"listen 127.0.0.1:{self.server.port}")
            # This test is the load balancer.
            .replace("10.0.0.0/8", "127.0.0.1"))
        servers = "".join(f"server 127.0.0.1:{replica.server_port} max_fails=0; " for replica in self.replicas)
        (folder / "backend.conf").write_text(f"upstream replicas {{ {servers} }}\nmap $host $backend {{ default replicas; }}\n")
        # The paths of the container's /tmp, in a folder of this test.
        config = folder / "nginx.conf"
        config.write_text(config.read_text().replace("/tmp/", f"{folder}/").replace("/dev/stdout", f"{folder}/access.log"))
        process = subprocess.Popen([NGINX, "-p", folder, "-c", config, "-g", "daemon off;"], stderr=subprocess.PIPE, text=True)
        stack.callback(process.stderr.close)
        stack.callback(process.wait)
        stack.callback(process.terminate)
        await_true("nginx answers", lambda: self.server.get("/v1/download/a.mp3"), 10)
        self.log = folder / "access.log"

    def speak(self, gate=True, headers=()):
        for replica in self.replicas:
            replica.gate.set() if gate else replica.gate.clear()
        return self.server.speech("hello", dict(headers))

    def test_a_refusal_before_any_audio_goes_to_the_next_replica(self):
        self.replicas[0].status = 503
        for _ in range(6):
            with self.speak() as response:
                self.assertEqual((response.status, response.read()), (200, b"firstlast"))
        self.assertGreater(self.replicas[0].posts, 0, "the first one was asked too")

    def test_when_all_refuse_the_client_learns_when_to_come_back(self):
        for replica in self.replicas:
            replica.status = 503
        with self.speak() as response:
            self.assertEqual((response.status, response.getheader("retry-after")), (503, "7"))

    def test_a_replica_that_is_gone_costs_nothing(self):
        self.replicas[0].shutdown()
        self.replicas[0].server_close()
        for _ in range(6):
            with self.speak() as response:
                self.assertEqual(response.status, 200)

    def test_other_errors_are_passed_on_and_not_repeated(self):
        for replica in self.replicas:
            replica.status = 500
        with self.speak() as response:
            self.assertEqual(response.status, 500)
        self.assertEqual(sum(replica.posts for replica in self.replicas), 1)

    def test_audio_is_passed_on_before_the_response_ends(self):
        with self.speak(gate=False) as response:
            self.assertEqual(response.read(5), b"first")
            for replica in self.replicas:
                replica.gate.set()
            self.assertEqual(response.read(), b"last")
            self.assertEqual(response.getheader("x-forwarded-proto"), "http")
            self.assertEqual(len(response.getheader("x-request-id")), 32)

    def test_the_client_is_whom_the_load_balancer_names(self):
        for forwarded, client in (
            ({}, "127.0.0.1"),
            ({"x-forwarded-for": "203.0.113.9"}, "203.0.113.9"),
            # What stands before the balancer's own entry is the client's invention.
            ({"x-forwarded-for": "198.51.100.1, 203.0.113.9"}, "203.0.113.9"),
        ):
            with self.speak(headers=forwarded) as response:
                response.read()
                self.assertEqual(response.getheader("x-seen-client"), client)

    def test_a_file_is_found_on_whichever_replica_has_it(self):
        for _ in range(4):
            for name in ("a.mp3", "b.mp3"):
                self.assertEqual(self.server.get(f"/v1/download/{name}"), (200, name.encode()))
        self.assertEqual(self.server.get("/v1/download/none.mp3")[0], 404)

    def test_metrics_and_large_bodies_stay_outside(self):
        self.assertEqual(self.server.get("/metrics")[0], 404)
        with self.server.speech("x" * 1_200_000) as response:
            self.assertEqual(response.status, 413)

    def test_no_text_is_logged(self):
        with self.speak() as response:
            response.read()
        self.assertNotIn("hello", self.log.read_text())


if __name__ == "__main__":
    unittest.main()
