"""The stack on a swarm of one node: keys from a secret, replicas, and a rolling update that no listener notices."""

import contextlib
import json
import os
import unittest

from support import IMAGE, NGINX_IMAGE, ROOT, SENTENCE, Load, Server, await_true, docker, free_port

STACK = "dexterous-test"
KEY = "swarm-test-key"


def tasks(state="running"):
    """Addresses of the service's tasks in that state."""
    lines = docker("service", "ps", f"{STACK}_tts", "--filter", f"desired-state={state}", "--format", "{{.ID}} {{.CurrentState}}")
    return [line.split()[0] for line in lines.splitlines() if line.split()[1] == "Running"]


class SwarmTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cleanup = contextlib.ExitStack()
        if docker("info", "--format", "{{.Swarm.LocalNodeState}}") == "inactive":
            docker("swarm", "init", "--advertise-addr", "127.0.0.1")
            cls.cleanup.callback(docker, "swarm", "leave", "--force", check=False)
        docker("secret", "create", "tts_api_keys", "-", input=f"{KEY}\n")
        cls.cleanup.callback(docker, "secret", "rm", "tts_api_keys", check=False)
        cls.server = Server(free_port(), key=KEY)
        environment = {
            **os.environ,
            "IMAGE": IMAGE,
            "NGINX_IMAGE": f"{NGINX_IMAGE}-plain",
            "PUBLIC_PORT": str(cls.server.port),
            "REPLICAS": "2",
            "REPLICAS_PER_NODE": "4",
            "DOWNLOAD_MODEL": "false",
            "WORKERS": "1",
            "SEGMENT_CACHE_MB": "0",
            "MEMORY_RESERVATION": "256m",
            "MEMORY_LIMIT": "1500m",
        }
        file = ROOT / "docker/swarm/stack.yml"
        docker("stack", "deploy", "--resolve-image", "never", "-c", file, STACK, env=environment)
        cls.cleanup.callback(cls.remove)
        try:
            await_true("two replicas", lambda: len(tasks()) == 2, 300)
            cls.server.await_ready()
        except BaseException:
            for service in (f"{STACK}_tts", f"{STACK}_nginx"):
                print(docker("service", "ps", "--no-trunc", service, check=False), docker("service", "logs", service, check=False))
            cls.cleanup.close()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.cleanup.close()

    @staticmethod
    def remove():
        docker("stack", "rm", STACK)
        label = f"label=com.docker.stack.namespace={STACK}"
        await_true("no containers", lambda: not docker("ps", "-aq", "--filter", label), 300)
        await_true("no network", lambda: not docker("network", "ls", "-q", "--filter", label), 120)
        docker("volume", "rm", f"{STACK}_models", f"{STACK}_output", check=False)

    def test_keys_come_from_the_secret(self):
        with Server(self.server.port).speech(SENTENCE) as response:
            self.assertEqual(response.status, 401)
        self.assertGreater(len(self.server.speak(SENTENCE)), 48_000)

    def test_a_download_link_reaches_its_file(self):
        for _ in range(4):
            with self.server.speech(SENTENCE, return_download_link=True) as response:
                response.read()
                link = response.getheader("x-download-path")
            self.assertIsNotNone(link)
            link = link if link.startswith("/v1/") else f"/v1/download/{link.rsplit('/', 1)[-1]}"
            # The next replica in turn is not the one that made it.
            for _ in range(3):
                status, file = self.server.get(link)
                self.assertEqual(status, 200, file[:200])

    def test_a_rolling_update_fails_no_request(self):
        before = set(tasks())
        with Load(self.server, listeners=3) as load:
            load.await_responses(3)
            docker("service", "update", "--quiet", "--force", f"{STACK}_tts")
            load.await_responses(6)
        print(f"rolling update: {load.done} responses, {len(load.faults)} failed")
        self.assertEqual(load.faults, [])
        self.assertFalse(before & set(tasks()), "every replica was replaced")

    def test_a_lost_replica_is_replaced_and_the_next_one_answers(self):
        label = f"label=com.docker.swarm.service.name={STACK}_tts"
        lost = docker("ps", "-q", "--filter", label).split()[0]
        docker("kill", lost)
        for _ in range(6):
            self.assertGreater(len(self.server.speak(SENTENCE)), 48_000)
        await_true("two replicas", lambda: len(tasks()) == 2, 300)


if __name__ == "__main__":
    unittest.main()
