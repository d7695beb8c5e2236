import unittest

import numpy as np

from ears import texts
from ears.sections import folded, late, onsets, same_words

from .test_sound import nothing, tone


class Lists(unittest.TestCase):
    def test_each_list_is_as_long_as_the_measure_says(self):
        self.assertEqual(len(texts.lines("prose")), 20)
        self.assertEqual(len(texts.pairs("numbers")), 60)
        self.assertEqual(len(texts.lines("words")), 100)
        self.assertEqual(len(texts.pairs("interjections")), 60)

    def test_nothing_stands_twice(self):
        for name in ("prose", "numbers", "words", "interjections", "soft"):
            self.assertEqual(len(set(texts.lines(name))), len(texts.lines(name)), name)

    def test_columns(self):
        self.assertTrue(all(len(line.split("\t")) == 3 for line in texts.lines("soft")))
        self.assertTrue(all(len(pair) == 2 and all(pair) for name in ("numbers", "interjections") for pair in texts.pairs(name)))


class Folding(unittest.TestCase):
    def test_spelling_of_an_interjection(self):
        self.assertEqual(folded("Uh-huh."), folded("uh huh"))
        self.assertNotEqual(folded("Uh-huh."), folded("Uh-uh."))

    def test_words_are_paired_in_order(self):
        said = [("The", 0.0, 0.1), ("cat", 0.2, 0.5), ("sat", 0.5, 0.9)]
        heard = [("the", 0.05, 0.1), ("hat", 0.2, 0.5), ("sat.", 0.6, 0.9)]
        self.assertEqual([(a[0], b[0]) for a, b in same_words(said, heard)], [("The", "the"), ("sat", "sat.")])

    def test_word_times_are_set_against_where_sound_begins(self):
        sound = np.concatenate([tone(0.5), nothing(0.2), tone(0.5), nothing(0.03), tone(0.2)])
        self.assertEqual([round(place, 3) for place in onsets(sound)], [0.7])
        self.assertEqual([round(off) for off in late([("a", 0.0, 0.4), ("b", 0.75, 1.0)], [0.7])], [50])
        self.assertEqual(late([("a", 0.0, 0.4)], [0.7]), [])


if __name__ == "__main__":
    unittest.main()
