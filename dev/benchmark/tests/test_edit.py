import unittest

from benchmark.scenarios import with_another_word
from benchmark.texts import Writer


class EditTest(unittest.TestCase):
    def test_one_word_differs_and_the_first_sentence_stays(self) -> None:
        for seed in range(50):
            page = Writer(seed).text(500)
            before, after = page.split(), with_another_word(page, seed).split()
            changed = [n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
            self.assertEqual(len(changed), 1)
            self.assertNotIn(changed[0], range(page.split(".")[0].count(" ") + 1))
