import math
import random
import struct
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmark import profile, spectrum

METRICS = """
# TYPE tts_stage_seconds histogram
tts_stage_seconds_bucket{stage="text",le="0.005"} 3
tts_stage_seconds_sum{stage="text"} 0.5
tts_stage_seconds_count{stage="text"} 4
tts_stage_seconds_sum{stage="model"} 1e1
tts_stage_seconds_count{stage="model"} 2
tts_segment_queue_seconds_sum 0.25
tts_segment_queue_seconds_count 2
"""


class ProfileTest(unittest.TestCase):
    def test_stages_are_found(self) -> None:
        found = profile.stages(METRICS)
        self.assertEqual(found["text"], (0.5, 4.0))
        self.assertEqual(found["model"], (10.0, 2.0))
        self.assertEqual(found["queue"], (0.25, 2.0))
        self.assertEqual(found["send"], (0.0, 0.0))

    def test_rows_are_what_was_added(self) -> None:
        before = profile.stages("")
        lines = profile.rows(before, profile.stages(METRICS), 20.0)
        self.assertIn("| model | 2 | 5000.00 | 500.000 |", lines[4])
        self.assertIn("| send | 0 | 0.00 | 0.000 |", lines[7])


class SpectrumTest(unittest.TestCase):
    def test_a_tone_is_in_its_bin(self) -> None:
        bins = [abs(x) for x in spectrum.fft([math.cos(2 * math.pi * 5 * n / 64) + 0j for n in range(64)])]
        self.assertEqual(max(range(33), key=bins.__getitem__), 5)
        self.assertAlmostEqual(bins[5], 32.0)
        self.assertAlmostEqual(sum(bins), 64.0)

    def test_a_nudged_voice_is_a_millionth_off(self) -> None:
        with TemporaryDirectory() as folder:
            source, target = Path(folder, "a"), Path(folder, "b")
            source.write_bytes(struct.pack("<2f", 1.0, -0.5))
            spectrum.nudge(str(source), str(target))
            self.assertAlmostEqual(spectrum.read(str(target))[0], 1.000001, places=7)
            self.assertLess(spectrum.apart(spectrum.read(str(source)), spectrum.read(str(target))), -115)

    def test_twice_as_loud_is_six_decibels(self) -> None:
        noise = random.Random(1)
        a = [noise.uniform(-0.3, 0.3) for _ in range(4096)]
        self.assertEqual(spectrum.distance(a, a), 0.0)
        self.assertAlmostEqual(spectrum.distance(a, [2 * x for x in a]), 6.02, places=2)
        self.assertAlmostEqual(spectrum.apart(a, [x * 1.001 for x in a]), -60.0, places=3)
        self.assertEqual(spectrum.distance(a, a[1:]), math.inf)


if __name__ == "__main__":
    unittest.main()
