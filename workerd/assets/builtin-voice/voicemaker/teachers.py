"""Runs the two teachers over the lines. Each says the American text, and a part of it with British pronunciations.

female: festival's cmu_us_slt_arctic_hts writes labels, hts_engine turns them into mel-cepstra, pitch and durations.
male:   flite's cmu_us_rms writes what its trees predict (see teacher_rms.c).
"""

import re
import subprocess
from pathlib import Path

from . import british, lexicon

HERE = Path(__file__).parent.parent
HTS_VOICE = "/usr/share/festival/voices/us/cmu_us_slt_arctic_hts/hts/cmu_us_slt_arctic_hts.htsvoice"
# The female teacher is the slower by far, and learned from well with fewer lines.
FEMALE_LINES = 5000
FEMALE_BRITISH_LINES = 800
BRITISH_LINES = 1500
CHUNK = 250


def run(lines, work):
    """Fills work/{slt,rms}-{us,gb}/ with one set of files a line, named by the line's number. Lines that are there are kept."""
    american = list(enumerate(lines))
    with_british = [(number, line) for number, line in american if british_words(line)][:BRITISH_LINES]
    (work / "british.txt").write_text("".join(f"{number}\n" for number, _ in with_british))
    male(american, work, "us")
    male(with_british, work, "gb")
    female(american[:FEMALE_LINES], work, "us")
    female(with_british[:FEMALE_BRITISH_LINES], work, "gb")


def british_words(line):
    """Word -> phones for a line that can be said the British way: plain words, all in the British dictionary."""
    if not re.fullmatch(r"[A-Za-z ,.!?;]+", line):
        return None
    words = {word.lower() for word in re.findall("[A-Za-z]+", line)} - lexicon.SAME_IN_BOTH
    said = {word: british.phones(lexicon.british(word) or "") for word in words}
    return said if all(said.values()) else None


def female(numbered, work, accent):
    folder = work / f"slt-{accent}"
    folder.mkdir(exist_ok=True)
    numbered = [(number, line) for number, line in numbered if not (folder / f"{number:05d}.dur").exists()]
    for start in range(0, len(numbered), CHUNK):
        chunk = numbered[start : start + CHUNK]
        script = [f'(load "{HERE}/teacher_slt.scm")']
        if accent == "gb":
            said = {word: phones for _, line in chunk for word, phones in british_words(line).items()}
            script += [f"(pronounce \"{word}\" '({' '.join(phones)}))" for word, phones in sorted(said.items())]
        for number, line in chunk:
            text = line.replace('"', "")
            script.append(f'(unwind-protect (dump "{text}" "{folder}/{number:05d}") (print "not said: {number}"))')
        (folder / "script.scm").write_text("\n".join(script))
        subprocess.run(["festival", "-b", folder / "script.scm"], check=True, stdout=subprocess.DEVNULL)
        for number, _ in chunk:
            synthesise(folder / f"{number:05d}")


def synthesise(path):
    labels = path.with_suffix(".lab")
    if labels.exists():
        outputs = ["-om", f"{path}.mgc", "-of", f"{path}.lf0", "-od", f"{path}.dur"]
        subprocess.run(["hts_engine", "-m", HTS_VOICE, *outputs, labels], check=True, stdout=subprocess.DEVNULL)
        labels.unlink()


def male(numbered, work, accent):
    folder = work / f"rms-{accent}"
    folder.mkdir(exist_ok=True)
    if len(list(folder.glob("*.strength"))) == len(numbered):
        return
    program = work / "teacher-rms"
    libraries = ["-lflite_cmu_us_rms", "-lflite_usenglish", "-lflite_cmulex", "-lflite", "-lm"]
    subprocess.run(["cc", "-O1", "-o", program, HERE / "teacher_rms.c", "-I/usr/include/flite", *libraries], check=True)
    (folder / "lines.txt").write_text("".join(line + "\n" for _, line in numbered))
    command = [program, folder / "lines.txt", folder]
    if accent == "gb":
        said = {word: phones for _, line in numbered for word, phones in british_words(line).items()}
        # flite knows no stressed schwa.
        entries = [f"{word} 0 : {' '.join(phones)}\n".replace("ax1", "ax0") for word, phones in sorted(said.items())]
        (folder / "addenda.txt").write_text("".join(entries))
        command.append(folder / "addenda.txt")
    subprocess.run(command, check=True)
    # The program counts its own lines; give the files the lines' numbers, last first so that none is overwritten.
    for position, (number, _) in reversed(list(enumerate(numbered))):
        for extension in ("seg", "param", "strength"):
            source = folder / f"{position:05d}.{extension}"
            if source.exists():
                source.rename(folder / f"{number:05d}.{extension}")
