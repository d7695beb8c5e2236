"""Kokoro-82M's symbols and their ids (hexgrad/Kokoro-82M, `config.json`, `vocab`)."""

SIZE = 178
PAD = 0

_RUNS = {
    1: ";:,.!?", 9: "—…\"()“” \u0303ʣʥʦʨᵝ\uab67AI", 31: "O", 33: "Q", 35: "ST", 39: "W", 41: "Yᵊabcdef", 50: "hijklmnopqrstuvwxyzɑɐɒæ",
    75: "βɔɕç", 80: "ɖðʤə", 85: "ɚɛɜ", 90: "ɟ", 92: "ɡ", 99: "ɥ", 101: "ɨɪʝ", 110: "ɯɰŋɳɲɴø", 118: "ɸθœ", 123: "ɹ", 125: "ɾɻ", 128: "ʁɽʂʃʈʧ",
    135: "ʊʋ", 138: "ʌɣɤ", 142: "χʎ", 147: "ʒʔ", 156: "ˈˌː", 162: "ʰ", 164: "ʲ", 169: "↓", 171: "→↗↘", 177: "ᵻ",
}

IDS = {symbol: start + offset for start, run in _RUNS.items() for offset, symbol in enumerate(run)}
SYMBOLS = {number: symbol for symbol, number in IDS.items()}

VOWELS = set("AIOQWYaeiouɑɐɒæɔəɚɛɜɨɪʊʌᵊᵻ")
STRESS = set("ˈˌ")
MARKS = set(".,;:!?—…")
# Symbols that take no time of their own: they only colour their neighbours, or nothing.
SILENT = set("ˈˌʰʲ↓→↗↘\"()“”\u0303ᵝ")

# A symbol that no teacher says borrows the embedding of the nearest one that some teacher does.
NEAREST = {
    "ɚ": "ɜ", "e": "ɛ", "o": "O", "r": "ɹ", "ʔ": "t", "T": "ɾ", "—": ",", "…": ".", "ɨ": "ᵻ", "y": "i", "ø": "ɜ", "œ": "ɜ", "x": "h", "ç": "h",
    "ʁ": "ɹ", "β": "v", "ɣ": "ɡ", "c": "k", "q": "k", "S": "ʃ", "ʦ": "s", "ʣ": "z", "ɲ": "n", "ɯ": "u", "ɥ": "w", "ʋ": "v", "ɻ": "ɹ", "ɸ": "f",
    "ʂ": "ʃ", "ɕ": "ʃ", "ʝ": "j", "χ": "h", "ɤ": "ʌ", "ɳ": "n", "ʈ": "t", "ɖ": "d", "ɽ": "ɾ", "ʎ": "l", "ɟ": "ɡ", "ɰ": "w", "ɴ": "ŋ", "ʨ": "ʧ",
    "ʥ": "ʤ", "\uab67": "ʧ",
}


def encode(phonemes):
    """Ids of a phoneme string with the pads at both ends; symbols that Kokoro has not are dropped."""
    return [PAD, *(IDS[symbol] for symbol in phonemes if symbol in IDS), PAD]
