"""The compose file: volumes that last, HTTPS by nginx, an upgrade under load, and memory on Kokoro's weights."""

import contextlib
import http.client
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

from support import IMAGE, NGINX_IMAGE, ROOT, SENTENCE, Load, Server, await_true, compose, docker, free_port, run

# A models folder with the real weights.
MODELS = pathlib.Path(os.environ.get("KOKORO_MODELS", ROOT / ".cache/kokoro-real/models"))


class Project:
    """The compose project under a name and ports of its own."""

    def __init__(self, name, **settings):
        self.name = f"dexterous-test-{name}"
        self.server = Server(free_port())
        self.environment = {
            "IMAGE": IMAGE,
            "NGINX_IMAGE": NGINX_IMAGE,
            "HOST_ADDRESS": "127.0.0.1",
            "HOST_PORTS": str(self.server.port),
            # The server must compute again what it spoke before, because these tests need load.
            "SEGMENT_CACHE_MB": "0",
            **settings,
        }

    def __enter__(self):
        self.down("--volumes")
        return self

    def __exit__(self, kind, *_):
        if kind:
            print(self("logs", "--tail", "40", check=False))
        self.down("--volumes")

    def __call__(self, *arguments, check=True):
        return compose(*arguments, project=self.name, environment=self.environment, check=check)

    def up(self, *arguments):
        self("up", "-d", "--no-build", *arguments)

    def down(self, *arguments):
        self("--profile", "https", "down", "--remove-orphans", *arguments, check=False)

    def exec(self, *command, check=True):
        return self("exec", "-T", "tts", *command, check=check)


class ComposeTest(unittest.TestCase):
    def test_speech_and_what_lasts(self):
        with Project("lasting") as project:
            project.up()
            project.server.await_ready()
            sound = project.server.speak(SENTENCE)
            project.exec("sh", "-c", "mkdir -p /data/models/kokoro/voices && echo x > /data/models/kokoro/voices/mine.txt")
            link = finished_file(project.server)
            for restart in (("restart",), ("down",)):
                project(*restart)
                project.up()
                project.server.await_ready()
                self.assertTrue(project.server.speak(SENTENCE) == sound)
                self.assertEqual(project.exec("cat", "/data/models/kokoro/voices/mine.txt"), "x")
                status, file = project.server.get(link)
                self.assertEqual(status, 200, file[:200])
                self.assertTrue(file == sound[:0] + file and len(file) > 1000)

    def test_every_variable_of_the_example_is_known(self):
        example = (ROOT / "docker/cpu/.env.example").read_text()
        keys = {line.lstrip("#").split("=")[0] for line in example.splitlines() if "=" in line and " " not in line.split("=")[0]}
        # These are Compose's and ours for the file itself.
        keys -= {"COMPOSE_PROJECT_NAME", "ENV_FILE", "HOST_ADDRESS", "HOST_PORTS", "MEMORY_LIMIT", "CPU_LIMIT"}
        keys -= {"HTTP_PORT", "HTTPS_PORT", "CERTS_DIR", "CERTBOT_DIR"}
        shown = docker("run", "--rm", IMAGE, "check-config")
        known = {line.split("=")[0] for line in shown.splitlines()}
        self.assertLessEqual(keys, known, keys - known)

    def test_memory_with_five_listeners_on_the_real_weights(self):
        voice = MODELS / "kokoro/voices/af_heart.bin"
        if not voice.is_file():
            self.skipTest(f"{voice} is not here")
        # On a machine that does much else, a segment takes long, and that is not what is tested here.
        settings = tempfile.NamedTemporaryFile("w", suffix=".env")
        self.addCleanup(settings.close)
        print("JOB_DEADLINE_SECONDS=600", file=settings, flush=True)
        with Project("memory", MODEL="kokoro", ENV_FILE=settings.name) as project:
            # The files come as an operator would bring them: into the volume, by a container.
            volume = f"{project.name}_models"
            docker("run", "--rm", "--user", "0", "--entrypoint", "sh", "-v", f"{volume}:/data/models",
                   "-v", f"{MODELS.resolve()}/kokoro:/from:ro", IMAGE, "-c",
                   "mkdir -p /data/models/kokoro && cp -r /from/model.onnx /from/voices /data/models/kokoro/ && chmod -R a+rwX /data/models")
            project.up()
            project.server.await_ready(300)
            faults = []

            def listen():
                try:
                    sound = project.server.speak(SENTENCE * 4)
                    assert len(sound) > 300_000, len(sound)
                except (AssertionError, OSError, http.client.HTTPException) as error:
                    faults.append(str(error))

            listeners = [threading.Thread(target=listen) for _ in range(5)]
            for listener in listeners:
                listener.start()
            for listener in listeners:
                listener.join(timeout=900)
            self.assertEqual(faults, [])
            # The page cache of the group counts until the kernel wants it back: what processes hold is rss and mapped files.
            shared = project.exec("sh", "-c", "cat /proc/[0-9]*/smaps_rollup 2>/dev/null | awk '/^Pss:/ {sum += $2} END {print sum}'")
            megabytes = int(shared) / 1024
            container = project("ps", "-q", "tts")
            peak = peak_bytes(container) / 1e6
            print(f"five listeners on the real weights: {megabytes:.0f} MB held after, {peak:.0f} MB peak with page cache")
            self.assertEqual(docker("inspect", "--format", "{{.State.OOMKilled}} {{.RestartCount}}", container), "false 0")
            self.assertLess(peak, 4000)
            ended = json.loads(project.exec("frontd", "ctl", "status", "--json"))["fleet"]["ended"]
            self.assertEqual({reason: n for reason, n in ended.items() if n and reason in ("memory", "killed", "crash")}, {})


class HttpsTest(unittest.TestCase):
    def test_https_by_nginx_and_an_upgrade_under_load(self):
        with contextlib.ExitStack() as stack:
            certs = stack.enter_context(tempfile.TemporaryDirectory())
            run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-keyout", f"{certs}/privkey.pem", "-out", f"{certs}/fullchain.pem")
            os.chmod(certs, 0o755)
            os.chmod(f"{certs}/privkey.pem", 0o644)
            plain, https = free_port(), free_port()
            low = free_port()
            project = stack.enter_context(Project(
                "https", CERTS_DIR=certs, CERTBOT_DIR=certs, HTTP_PORT=str(plain), HTTPS_PORT=str(https), HOST_PORTS=f"{low}-{low + 3}"))
            project("--profile", "https", "up", "-d", "--no-build")
            server = Server(https, tls=True)
            server.await_ready()

            with self.subTest("plain HTTP leads to HTTPS"):
                self.assertEqual(Server(plain).get("/health")[0], 308)
            with self.subTest("the metrics are not for the public"):
                self.assertEqual(server.get("/metrics")[0], 404)
            with self.subTest("a body above the limit is refused"):
                with server.speech("x" * 1_200_000) as response:
                    self.assertEqual(response.status, 413)
            with self.subTest("sound comes as it is made"):
                with server.speech(SENTENCE * 300) as response:
                    first = response.read(1)
                    # The rest is not made yet: the workers still have segments of it.
                    status = json.loads(project.exec("frontd", "ctl", "status", "--json"))
                    busy = [w for w in status["fleet"]["workers"] if w["state"] == "busy"]
                    self.assertTrue(first and busy, status)

            with self.subTest("an upgrade fails no request"), Load(server, listeners=3) as load:
                load.await_responses(3)
                result = subprocess.run([ROOT / "ops/upgrade"], capture_output=True, text=True, env={
                    **os.environ, **project.environment, "COMPOSE_PROJECT_NAME": project.name, "DEPLOYMENT": "compose"})
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
                load.await_responses(6)
            print(f"upgrade: {load.done} responses, {len(load.faults)} failed")
            self.assertEqual(load.faults, [])


def finished_file(server):
    """The path of a finished file that the server keeps."""
    with server.speech(SENTENCE, stream=True, return_download_link=True) as response:
        response.read()
        path = response.getheader("x-download-path")
        assert response.status == 200 and path, response.getheaders()
    link = path if path.startswith("/v1/") else f"/v1/download/{path.rsplit('/', 1)[-1]}"
    await_true("the finished file", lambda: server.get(link)[0] == 200, 10)
    return link


def peak_bytes(container):
    """The most that the container's group ever held, of cgroup v1 or v2."""
    full = docker("inspect", "--format", "{{.Id}}", container)
    for path in (
        f"/sys/fs/cgroup/memory/docker/{full}/memory.max_usage_in_bytes",
        f"/sys/fs/cgroup/system.slice/docker-{full}.scope/memory.peak",
        f"/sys/fs/cgroup/docker/{full}/memory.peak",
    ):
        if pathlib.Path(path).exists():
            return int(pathlib.Path(path).read_text())
    raise unittest.SkipTest("the container's group was not found")


if __name__ == "__main__":
    unittest.main()
