"""British pronunciations for American teachers: misaki's British entry said with the phones that an American voice has."""

# One British symbol, or vowel and length mark, as phones of the teachers. GOAT starts at schwa; NURSE, SQUARE and final vowels have no r.
PHONES = {
    "ɑː": ["aa"], "ɔː": ["ao"], "ɜː": ["ax"], "əː": ["ax"], "ɛː": ["eh"], "iː": ["iy"], "uː": ["uw"], "ɑ": ["aa"], "ɔ": ["ao"], "ɒ": ["ao"],
    "a": ["ae"], "ɛ": ["eh"], "ɪ": ["ih"], "i": ["iy"], "ʊ": ["uh"], "u": ["uw"], "ʌ": ["ah"], "ə": ["ax"], "ᵊ": ["ax"], "A": ["ey"], "I": ["ay"],
    "W": ["aw"], "Y": ["oy"], "Q": ["ax", "w"], "b": ["b"], "d": ["d"], "f": ["f"], "h": ["hh"], "j": ["y"], "k": ["k"], "l": ["l"], "m": ["m"],
    "n": ["n"], "p": ["p"], "s": ["s"], "t": ["t"], "v": ["v"], "w": ["w"], "z": ["z"], "ð": ["dh"], "ŋ": ["ng"], "ɡ": ["g"], "ɹ": ["r"],
    "ʃ": ["sh"], "ʒ": ["zh"], "ʤ": ["jh"], "ʧ": ["ch"], "θ": ["th"],
}
# The teachers' vowels are too short or too long for these; their frames are stretched by this factor, and more where the
# teacher had to say a stressed schwa as an unstressed one.
STRETCH = {"ɜː": 1.7, "əː": 1.4, "ɛː": 1.45, "ɑː": 1.15, "ɔː": 1.2, "ɒ": 0.85}
UNSTRESSED_SCHWA = {"ɜː": 2.6, "əː": 2.0, "Q": 1.3}


def units(pronunciation):
    """[(symbols, stress mark before them or "")] of a British entry; None when a symbol has no phone."""
    found, stress, at = [], "", 0
    while at < len(pronunciation):
        symbol = pronunciation[at]
        if symbol in "ˈˌ":
            stress, at = symbol, at + 1
            continue
        symbol = pronunciation[at : at + 2] if pronunciation[at + 1 : at + 2] == "ː" else symbol
        if symbol not in PHONES:
            return None
        found.append((symbol, stress))
        stress, at = "", at + len(symbol)
    return found


def phones(pronunciation):
    """The entry as phones with stress digits on vowels, for the teachers' lexicons: `bˈɑːθ` -> b aa1 th."""
    listed, stressed = [], "0"
    for symbol, stress in units(pronunciation) or []:
        stressed = "1" if stress else stressed
        first, *rest = PHONES[symbol]
        vowel = first[0] in "aeiou"
        listed += [first + stressed if vowel else first, *rest]
        stressed = "0" if vowel else stressed
    return listed


def stretch(symbol, phone):
    table = UNSTRESSED_SCHWA if phone.name == "ax" and phone.stress == "0" and symbol in UNSTRESSED_SCHWA else STRETCH
    return table.get(symbol, 1.0)
