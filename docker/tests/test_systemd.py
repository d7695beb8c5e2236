"""ops/install-service, ops/upgrade and the unit itself under a real systemd, which is PID 1 of a container."""

import contextlib
import json
import pathlib
import tempfile
import unittest

from support import IMAGE, ROOT, SENTENCE, Container, Load, await_true, docker

SYSTEMD_IMAGE = "dexterous-systemd:test"
HIERARCHY = pathlib.Path("/sys/fs/cgroup/systemd")
# What systemd needs and Docker does not give: mounts of its own, and its own hierarchy (of control groups v1).
AS_PID_1 = ("--cap-add", "SYS_ADMIN", "--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp",
            "--tmpfs", "/sys/fs/cgroup", "--volume", f"{HIERARCHY}:{HIERARCHY}")
SETTINGS = "/etc/dexterous-tts.env"
# These tests need load.
USUAL = "SEGMENT_CACHE_MB=0\n"
DROP_IN = "/etc/systemd/system/dexterous-tts@.service.d/test.conf"
# The unit's own 30 s are long for a test.
SOON = "[Service]\nWatchdogSec=5\n"


class Machine(Container):
    """A machine with systemd, and the clone that docker/tests/systemd.Dockerfile describes."""

    def sh(self, script, check=True):
        return self.exec("sh", "-c", f"exec 2>&1; {script}", check=check)

    def write(self, path, text):
        docker("exec", "--interactive", self.id, "sh", "-c", f"mkdir -p {pathlib.Path(path).parent} && cat >{path}", input=text)

    def await_systemd(self):
        """Or a SkipTest."""
        up = ("running", "degraded")
        try:
            await_true("systemd", lambda: self.sh("systemctl is-system-running", check=False) in up)
        except AssertionError as error:
            raise unittest.SkipTest(f"systemd does not start in a container here: {error}") from error

    def show(self, instance, what):
        return self.sh(f"systemctl show --property {what} --value dexterous-tts@{instance}")

    def happenings(self):
        """The journal, without the requests."""
        return self.sh("journalctl --no-pager | grep -v ' request{' | tail -n 60")

    def instance(self):
        """The one instance that serves."""
        active = [name for name in ("blue", "green") if self.show(name, "ActiveState") == "active"]
        assert len(active) == 1, active
        return active[0]


class SystemdTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not HIERARCHY.is_dir():
            raise unittest.SkipTest("systemd in a container is set up for control groups v1, and this machine has v2")
        with tempfile.TemporaryDirectory() as nothing:
            docker("build", "--file", ROOT / "docker/tests/systemd.Dockerfile", "--build-arg", f"IMAGE={IMAGE}",
                   "--tag", SYSTEMD_IMAGE, nothing)
        with contextlib.ExitStack() as stack:
            cls.machine = stack.enter_context(Machine(*AS_PID_1, image=SYSTEMD_IMAGE))
            cls.machine.await_systemd()
            for part in ("ops", "docker", "README.md"):
                docker("cp", ROOT / part, f"{cls.machine.id}:/clone/{part}")
            cls.machine.write(SETTINGS, USUAL)
            cls.machine.sh("/clone/ops/install-service")
            cls.machine.server.await_ready()
            # tearDownClass ends it.
            cls.stack = stack.pop_all()

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def test_installing_again_leaves_the_running_one_alone(self):
        instance = self.machine.instance()
        before = self.machine.show(instance, "MainPID")
        self.assertIn("goes on with the old binaries", self.machine.sh("/clone/ops/install-service"))
        self.assertEqual(self.machine.show(instance, "MainPID"), before)

    def test_an_upgrade_fails_no_request(self):
        with Load(self.machine.server) as load:
            for _ in range(2):
                before = self.machine.instance()
                load.await_responses(4)
                self.machine.sh("/clone/ops/upgrade")
                self.assertNotEqual(self.machine.instance(), before)
            load.await_responses(4)
        print(f"two upgrades: {load.done} responses, {len(load.faults)} failed")
        self.assertEqual(load.faults, [], self.machine.happenings())

    def test_a_restart_refuses_no_connection(self):
        with Load(self.machine.server) as load:
            load.await_responses(4)
            self.machine.sh(f"systemctl restart dexterous-tts@{self.machine.instance()}")
            load.await_responses(6)
        print(f"restart: {load.done} responses, {len(load.faults)} failed")
        self.assertEqual(load.faults, [], self.machine.happenings())

    def test_a_server_that_is_killed_or_hangs_is_started_again(self):
        instance = self.machine.instance()
        reload = f"systemctl daemon-reload && systemctl restart dexterous-tts@{instance}"
        self.machine.write(DROP_IN, SOON)
        try:
            self.machine.sh(reload)
            for signal in ("KILL", "STOP"):
                before = self.machine.show(instance, "MainPID")
                self.machine.sh(f"kill -{signal} {before}")
                await_true(f"another process after {signal}", lambda: self.machine.show(instance, "MainPID") not in ("0", before))
                self.machine.server.await_ready()
            self.assertIn("Watchdog timeout", self.machine.sh(f"journalctl --unit dexterous-tts@{instance}"))
        finally:
            self.machine.sh(f"rm {DROP_IN} && {reload}")
            self.machine.server.await_ready()

    def test_a_wrong_setting_is_told_and_not_tried_again(self):
        instance = self.machine.instance()
        self.machine.write(SETTINGS, "WORKERS=none\n")
        try:
            self.machine.sh(f"systemctl restart dexterous-tts@{instance}", check=False)
            self.assertEqual(self.machine.show(instance, "ActiveState"), "failed")
            self.assertEqual(self.machine.show(instance, "ExecMainStatus"), "64")
            self.assertIn("WORKERS: must be", self.machine.sh("/clone/ops/logs --tail 20"))
        finally:
            self.machine.write(SETTINGS, USUAL)
            self.machine.sh(f"systemctl reset-failed; systemctl restart dexterous-tts@{instance}")
            self.machine.server.await_ready()

    def test_the_commands_find_the_service(self):
        self.machine.sh("/clone/ops/scale 1 --wait")
        status = json.loads(self.machine.exec("/clone/ops/status", "--json"))
        self.assertEqual(status["fleet"]["target"], 1)
        self.assertIn("1 to be replaced", self.machine.sh("/clone/ops/recycle all"))
        voices = "/var/lib/dexterous-tts/models/kokoro/voices"
        self.machine.sh(f"mkdir -p {voices} && echo mine >{voices}/mine.bin")
        self.machine.sh("/clone/ops/backup-voices /tmp/voices.tar")
        self.machine.sh(f"rm {voices}/mine.bin && /clone/ops/backup-voices --restore /tmp/voices.tar")
        self.assertEqual(self.machine.sh(f"cat {voices}/mine.bin"), "mine")
        self.machine.sh("rm -r /var/lib/dexterous-tts/models/kokoro")
        instance = self.machine.instance()
        try:
            self.machine.sh("/clone/ops/drain")
            self.assertEqual(self.machine.show(instance, "ActiveState"), "inactive")
            self.assertRaises(OSError, self.machine.server.speak, SENTENCE)
        finally:
            self.machine.sh(f"systemctl start dexterous-tts.socket dexterous-tts@{instance}")
            self.machine.server.await_ready()


if __name__ == "__main__":
    unittest.main()
