"""Sentences made of tones: a sound of its own for every letter, so that every place is known."""

import unittest

import numpy as np

from ears import pitch
from ears.manner import holes, manner, pause_at, pauses, silences
from ears.paragraphs import Run, Speller, Spoken, parse
from ears.reference import Mark, Sentence, Token, breaks, marks, split
from ears.speech import RATE
from ears.warp import warp

LETTER = 0.08


def letter(sign, stretch=1.0, pitched=1.0):
    """A voiced sound with a formant that tells the letter."""
    time = np.arange(int(LETTER * stretch * RATE)) / RATE
    formant = 400 + 137 * (ord(sign) % 23)
    harmonics = np.arange(1, 40) * 120 * pitched
    gains = np.exp(-(((harmonics - formant) / 200) ** 2)) + 0.05
    return (0.1 * (gains[:, None] * np.sin(2 * np.pi * harmonics[:, None] * time)).sum(0)).astype(np.float32)


def said(signs, silence, stretch=1.0, pitched=1.0):
    """The sound of letters, and the tokens; `silence` gives the seconds at each index."""
    sounds, tokens, at = [], [], 0.0
    for index, sign in enumerate(signs):
        sound = letter(sign, stretch, pitched) if sign.isalpha() else np.zeros(0, np.float32)
        sound = np.concatenate([sound, np.zeros(int(silence.get(index, 0) * RATE), np.float32)])
        tokens.append(Token(sign, at, at + len(sound) / RATE))
        sounds.append(sound)
        at = tokens[-1].end
    return np.concatenate(sounds), tuple(tokens)


def sentence(tokens):
    return Sentence(Spoken("", "", ()), tokens[0].start, tokens[-1].end, tokens)


class Places(unittest.TestCase):
    def test_marks_stand_between_the_sounds_around_them(self):
        _, tokens = said("ab, cd; ef.", {2: 0.1, 6: 0.2})
        found = marks(tokens)
        self.assertEqual([mark.kind for mark in found], ["comma", "semicolon"])
        self.assertAlmostEqual(found[0].start, 2 * LETTER, places=3)
        self.assertAlmostEqual(found[0].end, 2 * LETTER + 0.1, places=3)

    def test_of_several_marks_the_strongest_counts(self):
        self.assertEqual([mark.kind for mark in marks(said("ab,” — cd", {})[1])], ["dash"])

    def test_quotes_and_the_end_are_breaks_but_no_marks(self):
        _, tokens = said("ab “cd” ef.", {})
        self.assertEqual(marks(tokens), [])
        self.assertEqual(len(breaks(tokens)), 3)


class Phrasing(unittest.TestCase):
    SIGNS = "abcdefg hijklm, nopqrst uvwxyz"

    def compare(self, silence_uncut, silence_said, stretch=1.0):
        uncut, tokens = said(self.SIGNS, silence_uncut)
        other, _ = said(self.SIGNS, silence_said, stretch)
        way = warp(uncut, other)
        between = silences(uncut, 0.0), silences(other, 0.0)
        return holes(sentence(tokens), *between, way), pauses(sentence(tokens), *between, way)

    def test_the_same_sound_has_no_holes(self):
        found, at_marks = self.compare({14: 0.2}, {14: 0.2})
        self.assertEqual(found, [])
        self.assertEqual(len(at_marks), 1)
        self.assertAlmostEqual(at_marks[0][1], 0.2, delta=0.011)
        self.assertAlmostEqual(at_marks[0][2], 0.2, delta=0.011)

    def test_a_hole_between_words_is_found_where_it_is(self):
        found, _ = self.compare({14: 0.2}, {7: 0.1, 14: 0.2})
        self.assertEqual(len(found), 1)
        self.assertAlmostEqual(found[0][0], 7 * LETTER, delta=0.011)
        self.assertAlmostEqual(found[0][1], 0.1, delta=0.011)

    def test_a_silence_that_the_uncut_run_has_too_is_none(self):
        self.assertEqual(self.compare({7: 0.1, 14: 0.2}, {7: 0.12, 14: 0.2})[0], [])

    def test_a_longer_pause_at_a_mark_is_no_hole(self):
        found, at_marks = self.compare({14: 0.1}, {14: 0.4})
        self.assertEqual(found, [])
        self.assertAlmostEqual(at_marks[0][2], 0.4, delta=0.011)

    def test_a_pause_that_the_model_counts_to_the_sound_before_is_at_the_mark(self):
        uncut, tokens = said(self.SIGNS, {13: 0.3})
        other, _ = said(self.SIGNS, {13: 0.5})
        way = warp(uncut, other)
        between = silences(uncut, 0.0), silences(other, 0.0)
        self.assertEqual(holes(sentence(tokens), *between, way), [])
        ((kind, one, two),) = pauses(sentence(tokens), *between, way)
        self.assertAlmostEqual(one, 0.3, delta=0.011)
        self.assertAlmostEqual(two, 0.5, delta=0.011)

    def test_a_mark_without_a_pause_has_none(self):
        self.assertEqual(self.compare({}, {})[1], [("comma", 0.0, 0.0)])

    def test_holes_are_found_in_slower_speech_too(self):
        found, at_marks = self.compare({14: 0.2}, {7: 0.1, 14: 0.25}, stretch=1.25)
        self.assertEqual(len(found), 1)
        self.assertAlmostEqual(at_marks[0][2], 0.25, delta=0.02)

    def test_a_pause_between_two_sentences_of_one_run(self):
        sound, tokens = said("abc. def", {3: 0.5})
        self.assertAlmostEqual(pause_at(Mark("stop", tokens[2].end, tokens[5].start), silences(sound, 0.0)), 0.5, delta=0.011)


class Manners(unittest.TestCase):
    def test_rate_goes_by_what_sounds(self):
        signs = "abcdefghijklmnop"
        plain, paused = said(signs, {})[0], said(signs, {4: 0.3, 9: 0.5})[0]
        self.assertAlmostEqual(manner(plain, 16).rate, 1 / LETTER, delta=0.1)
        self.assertAlmostEqual(manner(paused, 16).rate, 1 / LETTER, delta=0.2)
        self.assertAlmostEqual(manner(said(signs, {}, stretch=1.1)[0], 16).rate, 1 / LETTER / 1.1, delta=0.1)

    def test_pitch_and_level(self):
        one, other = (manner(said("abcdefghijklmnop", {}, pitched=pitched)[0], 16) for pitched in (1.0, 1.1))
        self.assertAlmostEqual(one.median, 120, delta=1)
        self.assertAlmostEqual(other.median, 132, delta=1)
        sound = said("abcdefgh", {})[0]
        self.assertAlmostEqual(manner(sound, 8).level - manner(sound / 2, 8).level, 6.02, delta=0.05)


class Pitch(unittest.TestCase):
    def test_tones_and_glides(self):
        for hertz in (70, 110, 220, 400):
            time = np.arange(RATE) / RATE
            sound = sum(np.sin(2 * np.pi * hertz * k * time) for k in range(1, 12)).astype(np.float32) * 0.1
            median, spread = pitch.median_and_spread(pitch.track(sound))
            self.assertAlmostEqual(median, hertz, delta=0.002 * hertz)
            self.assertLess(spread, 0.1)
        rising = 150 * 2 ** (np.arange(2 * RATE) / (2 * RATE))
        phase = 2 * np.pi * np.cumsum(rising) / RATE
        sound = sum(np.sin(k * phase) / k for k in range(1, 8)).astype(np.float32) * 0.1
        self.assertAlmostEqual(pitch.median_and_spread(pitch.track(sound))[1], 9.6, delta=0.5)

    def test_noise_and_nothing_have_no_pitch(self):
        noise = np.random.default_rng(0).normal(size=RATE).astype(np.float32) * 0.1
        self.assertIsNone(pitch.median_and_spread(pitch.track(noise)))
        self.assertIsNone(pitch.median_and_spread(pitch.track(np.zeros(100, np.float32))))


class Paragraphs(unittest.TestCase):
    TEXT = "# comment\n\nOne.\nTwo.\n\n# list\nThings:\n| - a\n| - b\n\nHead\n¶ Text."

    def test_lines_are_sentences_and_blocks_are_paragraphs(self):
        self.assertEqual([paragraph.text for paragraph in parse(self.TEXT)], ["One. Two.", "Things:\n- a\n- b", "Head\n\nText."])
        self.assertEqual(parse(self.TEXT)[2].sentences, ("Head", "Text."))

    def test_there_are_sixty(self):
        from ears.paragraphs import all_of_them

        self.assertEqual(len(all_of_them()), 60)

    def test_only_what_the_model_cannot_take_is_cut(self):
        signs = "abcdefghi, " * 60
        spoken = Spoken("", signs, tuple(range(len(signs))))
        parts = Speller(None).parts(spoken)
        self.assertEqual([len(part.signs) <= 400 for part in parts], [True] * len(parts))
        self.assertEqual([signs[token] for part in parts for token in part.tokens], [sign for part in parts for sign in part.signs])
        self.assertEqual("".join(part.signs for part in parts).replace(" ", ""), signs.replace(" ", ""))
        short = Spoken("", "abc", (1, 2, 3))
        self.assertEqual(Speller(None).parts(short), [short])

    def test_sentences_that_are_said_together_are_together_and_cut_ones_are_whole(self):
        speller = Speller(Spelt({"Ab. Cd.": ["ˈab. cd."], "Ef gh.": ["ef ", "gh."]}))
        runs = speller.runs(["Ab.", "Cd.", "Ef gh."], british=False)
        self.assertEqual([run.spoken.signs for run in runs], ["ˈab. cd.", "ef gh."])
        self.assertEqual([run.ends for run in runs], [(4, 8), (6,)])
        self.assertEqual(runs[0].spoken.tokens, tuple(map(ord, "ˈab. cd.")))

    def test_a_run_is_parted_in_the_silence_between_its_sentences(self):
        sound, tokens = said("abc. def.", {3: 0.2, 5: 0.05})
        first, second = Spoken("", "abc.", ()), Spoken("", "def.", ())
        parted = split(Run(Spoken("", "abc. def.", ()), (first, second), (4, 9)), tokens, sound, 0.0)
        self.assertAlmostEqual(parted[0].end, 3 * LETTER + 0.1, delta=0.01)
        self.assertEqual(["".join(token.sign for token in of.tokens) for of in parted], ["abc.", " def."])
        self.assertAlmostEqual(parted[1].end, len(sound) / RATE)


class Spelt:
    """A front end that gives the signs of a text in the segments that are given for its sentences, and a text by itself in small letters."""

    def __init__(self, segments):
        self._segments = segments

    def read(self, text, british=False):
        segments, left = [], text
        while left:
            known = next((known for known in self._segments if left.startswith(known)), left)
            segments += self._segments.get(known, [known.lower()])
            left = left[len(known) :].lstrip()
        return {
            "phonemes": "".join(segments),
            "segments": [{"phonemes": signs, "tokens": [ord(sign) for sign in signs]} for signs in segments],
        }


if __name__ == "__main__":
    unittest.main()
