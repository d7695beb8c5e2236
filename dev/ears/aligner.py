"""When each word of a known text is heard, by the hidden Markov models of PocketSphinx (they come with its package).

Steps of 10 ms. Whisper finds words by attention: inside speech it begins them about 50 ms early, after a silence 70 ms late.
"""

import numpy as np
from scipy.signal import resample_poly

from .speech import RATE

# Silence on both sides of what is aligned, in seconds.
MARGIN = 0.3
STEP = 0.01
# Of 16 bits; the models were trained on speech of about this level.
PEAK = 20_000


class Aligner:
    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(samprate=16_000, lm=None, loglevel="FATAL")

    def align(self, sound: np.ndarray, words: list[str]) -> list[tuple[str, float, float]] | None:
        """The words with their start and end in seconds of `sound` (24 kHz); `None` where a word is not in its dictionary."""
        plain = ["".join(letter for letter in word.lower() if letter.isalpha() or letter == "'") for word in words]
        if not all(self._decoder.lookup_word(word) for word in plain):
            return None
        margin = np.zeros(int(MARGIN * RATE))
        heard = resample_poly(np.concatenate([margin, sound, margin]), 2, 3)
        heard = (heard / max(np.abs(heard).max(), 1e-9) * PEAK).astype(np.int16)
        self._decoder.set_align_text(" ".join(plain))
        self._decoder.start_utt()
        self._decoder.process_raw(heard.tobytes(), full_utt=True)
        self._decoder.end_utt()
        # Silences and the sentence's ends have names in signs; another way to say a word has a number behind it.
        found = [part for part in self._decoder.seg() if part.word[0] not in "<([+"]
        if [part.word.partition("(")[0] for part in found] != plain:
            return None
        return [(word, part.start_frame * STEP - MARGIN, (part.end_frame + 1) * STEP - MARGIN) for word, part in zip(words, found)]
