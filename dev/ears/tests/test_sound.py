import struct
import unittest

import numpy as np

from ears import levels, recogniser, trimming
from ears.recogniser import Heard
from ears.speech import RATE, NoSpeech, samples


def tone(seconds, amplitude=0.5, hertz=1000.0):
    return (amplitude * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def nothing(seconds):
    return np.zeros(int(seconds * RATE), np.float32)


def wav(data, declared=None, rate=RATE):
    size = len(data) if declared is None else declared
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    return b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE" + form + struct.pack("<4sI", b"data", size) + data


class Wav(unittest.TestCase):
    DATA = struct.pack("<3h", 0, 16384, -32768)

    def test_a_streamed_file_is_as_long_as_what_came(self):
        for declared in (None, 0xFFFFFFFF, 0x7FFFF000):
            self.assertEqual(samples(wav(self.DATA, declared)).tolist(), [0.0, 0.5, -1.0])

    def test_other_sound_is_refused(self):
        for body in (b"", b"{}", wav(self.DATA, rate=48000), wav(self.DATA)[:40]):
            with self.assertRaises(NoSpeech):
                samples(body)


class Levels(unittest.TestCase):
    def test_edges_of_what_sounds(self):
        start, end = levels.sounding(np.concatenate([nothing(0.3), tone(1), nothing(0.5)]))
        self.assertEqual((start, end), (int(0.3 * RATE), int(1.3 * RATE)))
        self.assertEqual(levels.sounding(nothing(1)), (0, 0))

    def test_a_tone_of_full_scale_at_1_khz_has_minus_3_lufs(self):
        found = levels.of([tone(5, 1.0, 997.0)])
        self.assertAlmostEqual(found["lufs"], -3.01, delta=0.1)
        self.assertAlmostEqual(found["rms_db"], -3.01, delta=0.01)

    def test_dc_and_full_scale_are_seen(self):
        found = levels.of([np.clip(tone(2, 0.2) + 0.1, -1, 1)])
        self.assertAlmostEqual(found["dc"], 0.1, delta=0.001)
        self.assertGreater(levels.of([np.clip(tone(2, 2.0), -1, 1)])["at_full_scale"], 0.5)

    def test_runs(self):
        self.assertEqual(levels.runs(np.array([True, False, True, True])), [(0, 1), (2, 4)])
        self.assertEqual(levels.runs(np.array([False])), [])


class Recogniser(unittest.TestCase):
    def test_words_whose_time_stands_still_at_the_end_were_made_up(self):
        words = [Heard("one", 0.0, 0.0), Heard("two", 0.2, 0.5), Heard("thank", 0.9, 0.9), Heard("you", 0.9, 0.9)]
        self.assertEqual([word.text for word in recogniser.without_made_up(words)], ["one", "two"])

    def test_parts_of_a_word_are_one(self):
        parts = [recogniser.Heard(text, place, place + 1.0) for place, text in enumerate([" five", " a", ".m", ".", " sharp"])]
        words = recogniser.whole_words(parts)
        self.assertEqual([(word.text, word.start, word.end) for word in words], [("five", 0, 1), ("a.m.", 1, 4), ("sharp", 4, 5)])

    def test_what_is_heard_ends_soon_after_the_last_sound(self):
        prepared = recogniser.prepare(np.concatenate([tone(1), nothing(5)]))
        self.assertAlmostEqual(len(prepared) / 16000, 1 + 2 * recogniser.MARGIN, delta=0.01)


class Trimming(unittest.TestCase):
    # A soft beginning of 100 ms at -20 dB under the vowel, and one that nobody hears.
    RAW = np.concatenate([nothing(0.3), tone(0.1, 0.05, 3000), tone(0.5), tone(0.1, 0.001, 3000), nothing(0.4)])

    def test_what_was_kept_is_found(self):
        for start in (0, 1234, 7200):
            found = trimming.found_in(self.RAW, self.RAW[start : start + 15000])
            self.assertAlmostEqual(found, start, delta=trimming.GRAIN)

    def test_what_was_kept_is_found_by_its_level(self):
        # Other samples, as of another phase, a little louder.
        kept = np.concatenate([tone(0.08, 0.056, 2500), tone(0.5, 0.56, 900), nothing(0.1)])
        self.assertAlmostEqual(trimming.found_in(self.RAW, kept), int(0.32 * RATE), delta=trimming.GRAIN)

    def test_another_sound_is_not_found(self):
        other = np.concatenate([tone(0.1), nothing(0.05)] * 4)
        self.assertIsNone(trimming.found_in(self.RAW, other))
        self.assertIsNone(trimming.found_in(self.RAW[:100], self.RAW))

    def test_a_cut_into_a_soft_sound_is_seen(self):
        loudest, audible = trimming.cut_away(self.RAW, int(0.35 * RATE), len(self.RAW), "begin")
        self.assertAlmostEqual(loudest, -20, delta=0.5)
        self.assertEqual(audible, 50)

    def test_a_cut_of_what_nobody_hears_is_none(self):
        loudest, audible = trimming.cut_away(self.RAW, 0, int(0.9 * RATE), "end")
        self.assertLess(loudest, -50)
        self.assertEqual(audible, 0)
        self.assertEqual(trimming.cut_away(self.RAW, 0, len(self.RAW), "end"), (levels.NOTHING_DB, 0.0))


if __name__ == "__main__":
    unittest.main()
