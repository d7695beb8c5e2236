"""What the teacher says: WordNet's example sentences, and lines made here for what those lack (numbers, questions, lists,
single words, long sentences and speech)."""

import random
import re
from collections import Counter
from pathlib import Path

WORDNET = Path("/usr/share/wordnet")
PARTS = ("noun", "verb", "adj", "adv")
SEED = 1

DIGITS = "zero one two three four five six seven eight nine".split()
NUMBERS = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million point percent dollars degrees minutes hours seconds"
).split()
WH_WORDS = "what when where who why how which whose".split()
ASKING_WORDS = WH_WORDS + "is are do does did can could will would have has was were should may".split()
OPENERS = (
    "Please|Now|Hello|Yes|No|Okay|Sorry|Thanks|Well|Then|Hey|Good morning|Good evening|Thank you|However|Finally"
).split("|")

# Fillers of the question patterns: frequent words that together hold every vowel.
PEOPLE = "your brother|my sister|the teacher|that woman|the young man|our neighbour|the doctor|his father|the children|those people|the captain|she|he|they".split("|")
THINGS = (
    "the book|a new car|the red house|some water|this picture|the long road|his old coat|the answer|your name|the first train|that noise|"
    "the small boat|a good story|the wrong key|our money|the blue box|the church|more milk|the garden|that letter"
).split("|")
ACTIONS = "see|find|buy|want|leave|hear|like|know|bring|need|choose|move|paint|watch|hide|break|carry|forget".split("|")
PLACES = "at school|in the town|on the table|near the lake|outside|after lunch|last night|every day|in the kitchen|by the window|before noon|".split("|")
WH_PATTERNS = (
    "What did {person} {action} {place}?|Where did {person} {action} {thing}?|When will {person} {action} {thing}?|Why does nobody {action} {thing}?|"
    "How can {person} {action} {thing}?|Who will {action} {thing} {place}?|Which of them did {person} {action}?|What is {thing}?|Where is {thing}?|"
    "Whose idea was {thing}?|How much is {thing}?|How far is it from here to {thing}?|Why is {thing} {place}?|What are they going to {action}?|"
    "How often do you {action} {thing}?|Who are you?|What can {person} do {place}?"
).split("|")
YES_NO_PATTERNS = (
    "Did {person} {action} {thing} {place}?|Will {person} {action} {thing}?|Can {person} {action} {thing} {place}?|Is {thing} {place}?|"
    "Are you going to {action} {thing}?|Have you got {thing}?|Should {person} {action} {thing}?|Is it {thing}?|Do you {action} {thing} {place}?|"
    "{thing}?|You want to {action} {thing}?"
).split("|")


# Between two parts of a long sentence.
JOINTS = (", and | and |, but |, because | because |; |, so |, while | when |, although | before | after |: |, or | — ").split("|")
SAID = "he said|she said|said the teacher|the doctor asked|my sister answered|they cried|he whispered".split("|")


def chosen(count, longer):
    """So many lines and, besides, longer ones: what a page is made of. The same Debian package gives the same."""
    rng = random.Random(SEED)
    examples = wordnet_examples()
    rng.shuffle(examples)
    return mixed(corpus(random.Random(SEED))[:count], [long_line(rng, examples) for _ in range(longer)], rng)


def mixed(lines, others, rng):
    lines = list(dict.fromkeys(lines + others))
    rng.shuffle(lines)
    return lines


def long_line(rng, examples):
    parts = [plain(rng.choice(examples)) for _ in range(rng.randint(2, 4))]
    kind = rng.random()
    if kind < 0.15:
        return f"“{capital(parts[0])},” {rng.choice(SAID)}, “{parts[1]}.”"
    if kind < 0.3:
        return " ".join(capital(part) + rng.choice("..!?") for part in parts)
    return capital("".join(part + rng.choice(JOINTS) for part in parts[:-1]) + parts[-1]) + rng.choice("......?!")


def plain(example):
    """Without capitals that a beginning has, and without its mark."""
    example = example.rstrip("?!., ")
    return example if example.startswith(("I ", "I'")) else example[0].lower() + example[1:]


def corpus(rng):
    examples = wordnet_examples()
    rng.shuffle(examples)
    counts = Counter(word.lower() for line in examples for word in re.findall(r"[A-Za-z']+", line))
    frequent = [word for word, _ in counts.most_common(3500)]
    lines = [*statements(rng, examples), *numbers(rng), *questions(rng), *lists(rng, frequent, wordnet_words()), *openings(rng, examples)]
    lines = [re.sub(r"\s+", " ", line.replace(" ?", "?")).strip() for line in lines]
    rng.shuffle(lines)
    return lines


def wordnet_examples():
    found = set()
    for part in PARTS:
        for line in (WORDNET / f"data.{part}").read_text(encoding="latin1").splitlines():
            if line.startswith("  ") or "|" not in line:
                continue
            for quote in re.findall(r'"([^"]+)"', line.split("|", 1)[1]):
                quote = quote.strip().rstrip(".;,").replace("--", ",")
                plain = re.fullmatch(r"[A-Za-z' ,!?\-]+", quote) and not re.search(r"[A-Z]{2}", quote)
                if plain and 3 <= len(quote.split()) <= 13:
                    found.add(quote)
    return sorted(found)


def wordnet_words():
    words = set()
    for part in PARTS:
        for line in (WORDNET / f"index.{part}").read_text().splitlines():
            word = line.split(" ", 1)[0]
            if re.fullmatch("[a-z]{3,11}", word):
                words.add(word)
    return sorted(words)


def statements(rng, examples):
    lines = []
    for example in examples[:4600]:
        line = capital(example)
        if line[-1] not in "?!":
            asking = line.split()[0].lower() in ASKING_WORDS
            line += "?" if asking else rng.choices([".", "?", "!", "", ";", ":"], [72, 12, 9, 3, 2, 2])[0]
        if rng.random() < 0.12 and line[-1] in ".?!":
            line += " " + capital(rng.choice(examples)) + "."
        lines.append(line)
    return lines


def numbers(rng):
    lines = []
    for _ in range(250):
        lines.append(capital(" ".join(rng.choices(DIGITS, k=rng.randint(3, 9)))) + rng.choice("..?"))
    for separator, count in ((", ", 120), (" ", 180)):
        lines += [capital(separator.join(rng.choices(DIGITS + NUMBERS, k=rng.randint(2, 7)))) + "." for _ in range(count)]
    return lines


def questions(rng):
    def fill(pattern):
        return capital(
            pattern.format(person=rng.choice(PEOPLE), action=rng.choice(ACTIONS), thing=rng.choice(THINGS), place=rng.choice(PLACES))
        )

    return [fill(rng.choice(patterns)) for patterns, count in ((WH_PATTERNS, 420), (YES_NO_PATTERNS, 260)) for _ in range(count)]


def lists(rng, frequent, words):
    lines = []
    for _ in range(900):
        chosen = [rng.choice(frequent if rng.random() < 0.7 else words) for _ in range(rng.randint(2, 6))]
        lines.append(capital(rng.choice([" ", " ", ", ", "; "]).join(chosen)) + rng.choice("..!?"))
    lines += [capital(rng.choice(frequent)) + rng.choice([".", ".", "!", "?", ""]) for _ in range(350)]
    return lines


def openings(rng, examples):
    lines = []
    for _ in range(350):
        example = rng.choice(examples)
        rest = example if rng.random() < 0.5 else " ".join(example.split()[:4]).rstrip(",")
        lines.append(rng.choice(OPENERS) + rng.choice([",", ",", ".", "!", ""]) + " " + rest + rng.choice("..!?"))
    return lines


def capital(line):
    return line[0].upper() + line[1:]
