import unittest

import numpy as np

from ears.speech import RATE
from ears.windows import apart


class Differences(unittest.TestCase):
    def setUp(self):
        noise = np.random.default_rng(1)
        self.sound = (0.1 * noise.standard_normal(3 * RATE)).astype(np.float32)

    def test_a_sound_is_not_apart_from_itself(self):
        found = apart(self.sound, self.sound)
        self.assertEqual((found.spectrum, found.level, found.worst_second, found.first_second), (0, 0, 0, 0))

    def test_a_second_that_is_louder_is_the_worst(self):
        other = self.sound.copy()
        other[RATE : 2 * RATE] *= 2
        found = apart(self.sound, other)
        self.assertAlmostEqual(found.worst_second, 6.02, places=1)
        self.assertAlmostEqual(found.first_second, 0, places=3)
        self.assertGreater(found.spectrum, 1)

    def test_a_second_of_silence_does_not_count(self):
        whole, other = self.sound.copy(), self.sound.copy()
        whole[:RATE] *= 0.001
        other[:RATE] *= 0.01
        self.assertLess(apart(whole, other).worst_second, 0.1)


if __name__ == "__main__":
    unittest.main()
