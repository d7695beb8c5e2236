import unittest

from ears.words import align, plain, score


class Plain:
    """A reader that takes words as they are written; a dictionary says which sound alike."""

    ALIKE = {"harbor": "harbour", "their": "there"}

    def normalised(self, text):
        return text

    def sounds(self, word):
        return self.ALIKE.get(word, word)


class Words(unittest.TestCase):
    def count(self, said, heard):
        found = score(said, heard, Plain())
        return found.substituted, found.deleted, found.inserted

    def test_what_is_heard_word_for_word_has_no_error(self):
        self.assertEqual(self.count("The old man sat down.", "the old man, sat down"), (0, 0, 0))

    def test_each_kind_of_error_counts(self):
        self.assertEqual(self.count("the bridge came into view", "the bridge came interview"), (1, 1, 0))
        self.assertEqual(self.count("jumps over the lazy dog", "jumps over there the lazy dog"), (0, 0, 1))
        self.assertEqual(self.count("a b c", ""), (0, 3, 0))

    def test_words_that_sound_alike_are_the_same(self):
        self.assertEqual(self.count("there harbour", "their harbor"), (0, 0, 0))

    def test_a_word_written_as_two_is_the_same(self):
        self.assertEqual(self.count("near the river bank today", "near the riverbank today"), (0, 0, 0))
        self.assertEqual(self.count("near the riverbank", "near the river bank"), (0, 0, 0))

    def test_and_inside_a_number_does_not_count(self):
        self.assertEqual(plain("one hundred and five, and two men"), ["one", "hundred", "five", "two", "men"])
        self.assertEqual(plain("salt and pepper"), ["salt", "and", "pepper"])

    def test_faults_are_told_with_both_sides(self):
        self.assertEqual(score("green apples", "green owls", Plain()).faults, ["apples → owls"])

    def test_accuracy_goes_by_what_was_said(self):
        self.assertEqual(score("a b c d", "a b x d", Plain()).accuracy, 75.0)

    def test_the_alignment_gives_every_word_once(self):
        steps = align(["a", "b", "c"], ["x", "a", "c"], lambda one, other: one == other)
        self.assertEqual([word for _, word, _ in steps if word], ["a", "b", "c"])
        self.assertEqual([word for *_, word in steps if word], ["x", "a", "c"])


if __name__ == "__main__":
    unittest.main()
