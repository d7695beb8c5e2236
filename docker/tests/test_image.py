"""One container: what is in it, whom it runs as, and what a listener hears when things are killed."""

import threading
import time
import unittest

from support import BASE, IMAGE, SENTENCE, Container, await_true, docker

READ_ONLY = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")


def bytes_of(image):
    return int(docker("image", "inspect", "--format", "{{.Size}}", image))


class ImageTest(unittest.TestCase):
    def test_it_is_small(self):
        above = (bytes_of(IMAGE) - bytes_of(BASE)) / 1e6
        print(f"image: {bytes_of(IMAGE) / 1e6:.0f} MB, {above:.0f} MB above {BASE}")
        self.assertLess(above, 125)

    def test_nothing_else_is_in_it(self):
        tools = "gcc cc ld git python3 perl5 ffmpeg curl wget cargo rustc make nginx".split()
        script = "for tool in \"$@\"; do command -v $tool; done; true"
        found = docker("run", "--rm", "--entrypoint", "sh", IMAGE, "-c", script, "sh", *tools)
        self.assertEqual(found, "")

    def test_espeak_reads_without_sound_libraries(self):
        script = "echo xylophonic | espeak-ng -q --ipa -v en-us; ls /usr/lib/*/ | grep -cE 'pulse|asound|libX11' || true"
        self.assertEqual(docker("run", "--rm", "--entrypoint", "sh", IMAGE, "-c", script).split(), ["zˌaɪləfˈɑːnɪk", "0"])


class ContainerTest(unittest.TestCase):
    def test_it_speaks_read_only_as_any_user_without_capabilities(self):
        with Container(*READ_ONLY, "--user", "12345:54321") as container:
            container.server.await_ready()
            sound = container.server.speak(SENTENCE)
            self.assertEqual(sound[:4], b"RIFF")
            self.assertGreater(len(sound), 48_000)
            self.assertEqual(container.exec("id", "-u"), "12345")
            await_true("healthy", lambda: container.inspect("{{.State.Health.Status}}") == "healthy")

    def test_a_killed_worker_is_not_heard_and_leaves_no_zombie(self):
        with Container(*READ_ONLY, "--env", "WORKERS=2") as container:
            container.server.await_ready()
            text = SENTENCE * 150
            quiet = container.server.speak(text)
            with container.server.speech(text) as response:
                sound = response.read(20_000)
                killed = 0
                while killed < 6:
                    # Both at once, again and again, while the rest is still to be made.
                    for worker in await_true("two workers", lambda: (found := container.workers())[1:] and found):
                        container.exec("sh", "-c", f"kill -9 {worker['pid']}")
                        killed += 1
                    sound += response.read(1_000_000)
                self.assertLess(len(sound), len(quiet))
                sound += response.read()
            self.assertTrue(sound == quiet, f"{len(sound)} bytes, {len(quiet)} expected")
            ended = container.status()["fleet"]["ended"]
            self.assertEqual(ended["killed"], killed, ended)
            # frontd is PID 1: what it does not wait for stays.
            zombies = "cat /proc/[0-9]*/stat | grep -c ') Z ' || true"
            await_true("no zombies", lambda: container.exec("sh", "-c", zombies) == "0", 10)

    def test_a_stop_under_load_cuts_no_response(self):
        with Container(*READ_ONLY) as container:
            container.server.await_ready()
            text = SENTENCE * 40
            quiet = container.server.speak(text)
            sounds, begun = {}, threading.Barrier(5)

            def listen(number):
                with container.server.speech(text) as response:
                    first = response.read(4_000)
                    begun.wait(timeout=300)
                    sounds[number] = first + response.read()

            listeners = [threading.Thread(target=listen, args=(number,)) for number in range(4)]
            for listener in listeners:
                listener.start()
            begun.wait(timeout=300)
            started = time.monotonic()
            docker("stop", "--time", "60", container.id)
            print(f"stopped in {time.monotonic() - started:.1f} s with 4 listeners")
            for listener in listeners:
                listener.join(timeout=300)
            self.assertEqual(sorted(sounds), [0, 1, 2, 3])
            for sound in sounds.values():
                self.assertTrue(sound == quiet, f"{len(sound)} bytes, {len(quiet)} expected")
            self.assertEqual(container.exit_code(), 0)

    def test_what_cannot_be_is_refused_with_a_sentence(self):
        for variable, sentence in [
            ("USE_GPU=true", "USE_GPU: there is no GPU support"),
            ("DEVICE=cuda", "DEVICE: must be cpu"),
            ("WORKERS=none", "WORKERS: must be"),
        ]:
            with self.subTest(variable), Container("--env", variable) as container:
                self.assertEqual(container.exit_code(), 64)
                self.assertIn(sentence, container.log())

    def test_an_unknown_key_is_warned_about(self):
        with Container("--env", "WORKER_THREAD=2", "--env", "PYTHONPATH=/x") as container:
            container.server.await_ready()
            self.assertIn("WORKER_THREAD", container.log())
            self.assertNotIn("PYTHONPATH", container.log())

    def test_it_takes_the_number_of_workers_from_the_quota(self):
        with Container("--cpus", "1") as container:
            container.server.await_ready()
            self.assertEqual(container.status()["fleet"]["target"], 1)


if __name__ == "__main__":
    unittest.main()
