"""ops/droplet-setup on a bare Debian, and the commands of ops/ on what it sets up. The bare machine is a container of the
slim image whose Docker is this engine; it has neither systemd (test_systemd has) nor leave to switch on swap or a firewall."""

import contextlib
import json
import pathlib
import shutil
import tempfile
import unittest

from support import BASE, IMAGE, NGINX_IMAGE, ROOT, SENTENCE, Server, docker, free_port, run

PROJECT = "dexterous-test-droplet"
SOCKET = pathlib.Path("/var/run/docker.sock")


def clone(folder):
    """What git has and would add, in another folder; and what this machine trusts, so that the builder's cache is good."""
    for name in run("git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for certificate in (ROOT / "docker/ca").glob("*.crt"):
        shutil.copy2(certificate, folder / "docker/ca")


class DropletTest(unittest.TestCase):
    def setUp(self):
        if not SOCKET.is_socket():
            self.skipTest(f"the engine does not listen on {SOCKET}")
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        # The same path inside and outside: the engine reads what Compose mounts.
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        clone(self.folder)
        self.machine = docker(
            "run", "--detach", "--init", "--volume", f"{SOCKET}:/engine.sock", "--env", "DOCKER_HOST=unix:///engine.sock",
            "--volume", f"{self.folder}:{self.folder}", "--workdir", self.folder, BASE, "sleep", "infinity")
        self.stack.callback(docker, "rm", "--force", "--volumes", self.machine, check=False)
        # The package must not start a second engine here.
        self.sh("printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d")

    def sh(self, script, check=True):
        return docker("exec", self.machine, "bash", "-c", f"exec 2>&1; {script}", check=check)

    def test_from_a_bare_machine_to_speech(self):
        settings = self.folder / "docker/cpu/.env"
        self.sh("ops/droplet-setup --https --no-start --swap 16")
        first = settings.read_text()
        for line in ("ENV_FILE=.env", "HOST_ADDRESS=127.0.0.1", "HOST_PORTS=8880-8881", "TRUST_FORWARDED_FOR=true",
                     "COMPOSE_PROFILES=https"):
            self.assertIn(f"{line}\n", first)
        self.assertIn(f"WorkingDirectory={self.folder}/docker/cpu", self.sh("cat /etc/systemd/system/dexterous-compose.service"))
        self.assertEqual(self.sh("stat -c '%a %s' /swapfile"), f"600 {16 << 20}")

        # From here on without nginx, which test_compose has, under a name and a port of this test.
        server = Server(free_port())
        ours = {"COMPOSE_PROJECT_NAME": PROJECT, "HOST_PORTS": server.port, "IMAGE": IMAGE, "NGINX_IMAGE": NGINX_IMAGE,
                "COMPOSE_PROFILES": "", "HOST_ADDRESS": "127.0.0.1", "ENV_FILE": ".env", "WORKERS": "2"}
        settings.write_text("".join(f"{key}={value}\n" for key, value in ours.items()))
        self.stack.callback(self.sh, "source ops/lib.sh && compose down --volumes", check=False)
        again = self.sh("ops/droplet-setup --https --swap 16")
        self.assertIn("Swap: there is some.", again)
        self.assertNotIn("TRUST_FORWARDED_FOR", settings.read_text(), "settings that are there are left alone")
        self.assertEqual(self.sh("grep -c swapfile /etc/fstab"), "1")
        server.await_ready(120)
        self.assertGreater(len(server.speak(SENTENCE)), 48_000)
        self.commands(server)

    def commands(self, server):
        self.sh("ops/scale 1 --wait")
        self.assertEqual(json.loads(docker("exec", self.machine, "ops/status", "--json"))["fleet"]["target"], 1)
        self.assertIn("1 to be replaced", self.sh("ops/recycle all"))
        self.assertIn("a worker is ready", self.sh("ops/logs --tail 50"))
        pack = "/data/models/kokoro/voices/mine.bin"
        inside = "source ops/lib.sh && compose exec -T tts"
        self.sh(f"{inside} sh -c 'mkdir -p $(dirname {pack}) && echo mine >{pack}'")
        self.assertIn("Saved: 1 packs", self.sh("ops/backup-voices voices.tar"))
        self.sh(f"{inside} rm {pack}")
        self.assertIn("Brought back: 1 packs", self.sh("ops/backup-voices --restore voices.tar"))
        self.assertEqual(self.sh(f"{inside} cat {pack}"), "mine")
        self.sh("tar -cf other.tar README.md")
        self.assertIn("nothing was brought back", self.sh("ops/backup-voices --restore other.tar", check=False))
        self.sh("ops/drain")
        self.assertRaises(OSError, server.speak, SENTENCE)


if __name__ == "__main__":
    unittest.main()
