"""Says sentences with several synthesisers and has pocketsphinx write down what it hears. See dev/measure-voice."""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

import numpy as np
import onnxruntime
import pocketsphinx
from scipy.signal import resample_poly

ROOT = Path(__file__).resolve().parent.parent
FRONTD = Path(os.environ.get("FRONTD", ROOT / "target/release/frontd"))
ASSETS = ROOT / "workerd/assets"
SENTENCES = Path(__file__).with_name("voice-sentences.txt")
VOICES = ["af_heart", "am_adam", "bf_emma", "bm_george"]
RATE = 16000  # of the recogniser
# What the built-in voice promises, in percent, for its first two voices.
PROMISED = {"digits": 98.0, "commands": 70.0, "open": 88.0}
PROMISED_REAL_TIME = 0.02


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", type=Path, help="say with this file instead of with frontd's own worker")
    options.add_argument("--misheard", action="store_true", help="print each sentence that was misheard")
    options.add_argument("--voices", nargs="*", default=VOICES, help=f"voices of the table (default {' '.join(VOICES)})")
    options.add_argument("--sets", nargs="*", choices=PROMISED, default=list(PROMISED), help="which sentences (default all)")
    options = options.parse_args()
    if not FRONTD.exists():
        sys.exit(f"{FRONTD} is not there: run ops/run or cargo build --release first")

    sets = {name: sentences for name, sentences in read_sentences().items() if name in options.sets}
    recognisers = {name: recogniser(name, sentences) for name, sentences in sets.items()}
    builtin = (lambda voice: with_model(options.model, voice)) if options.model else with_frontd
    systems = {f"builtin {voice}": builtin(voice) for voice in options.voices}
    systems |= {"flite slt": flite("slt"), "flite rms": flite("rms"), "espeak-ng en-us": espeak("en-us"), "espeak-ng en-gb": espeak("en-gb")}

    words = {name: sum(len(plain(s)) for s in sentences) for name, sentences in sets.items()}
    print("| word accuracy | " + " | ".join(f"{name} ({count} words)" for name, count in words.items()) + " |")
    print("|---|" + "---|" * len(words))
    accuracy = {}
    for system, say in systems.items():
        accuracy[system] = {name: measure(say, sets[name], recognisers[name], options.misheard) for name in sets}
        print(f"| {system} | " + " | ".join(f"{value:.1f} %" for value in accuracy[system].values()) + " |", flush=True)
    factor = real_time_factor(options.model or ASSETS / "builtin.onnx", read_sentences()["open"])
    print(f"\nReal-time factor, one thread, onnxruntime {onnxruntime.__version__}: {factor:.4f}")
    sys.exit(broken_promises(accuracy, options.voices[:2], factor))


def read_sentences():
    sets, current = {}, None
    for line in SENTENCES.read_text().splitlines():
        if line.startswith("["):
            current = sets.setdefault(line.strip("[]"), [])
        elif line.strip() and not line.startswith("#"):
            current.append(line.strip())
    return sets


def broken_promises(accuracy, voices, factor):
    broken = 0
    for voice in voices:
        for name, got in accuracy[f"builtin {voice}"].items():
            least, rival = PROMISED[name], accuracy["espeak-ng en-us"][name]
            if got < least or got <= rival:
                print(f"promise broken: {voice}, {name}: {got:.1f} %, promised {least} % and more than espeak-ng's {rival:.1f} %")
                broken = 1
    if factor > PROMISED_REAL_TIME:
        print(f"promise broken: real-time factor {factor:.4f}, promised {PROMISED_REAL_TIME}")
        broken = 1
    return broken


def measure(say, sentences, heard_by, misheard):
    """Percent of the words that arrive: 100 x (1 - errors / words)."""
    errors = words = 0
    for sentence in sentences:
        wanted, got = plain(sentence), heard_by(say(punctuated(sentence)))
        wrong = edits(wanted, got)
        errors, words = errors + wrong, words + len(wanted)
        if wrong and misheard:
            print(f"    {' '.join(wanted)} -> {' '.join(got)}", file=sys.stderr)
    return 100 * (1 - errors / words)


def recogniser(name, sentences):
    """Digits and commands: any sequence of the words of the set. Open sentences: the packaged language model of American English."""
    model = Path(pocketsphinx.get_model_path("en-us"))
    common = {"hmm": str(model / "en-us"), "dict": str(model / "cmudict-en-us.dict"), "loglevel": "FATAL"}
    if name == "open":
        decoder = pocketsphinx.Decoder(lm=str(model / "en-us.lm.bin"), **common)
    else:
        words = sorted({word for sentence in sentences for word in plain(sentence)})
        with tempfile.NamedTemporaryFile("w", suffix=".gram") as grammar:
            grammar.write("#JSGF V1.0;\ngrammar words;\npublic <said> = ( " + " | ".join(words) + " )+ ;\n")
            grammar.flush()
            decoder = pocketsphinx.Decoder(jsgf=grammar.name, **common)

    def heard(samples):
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), full_utt=True)
        decoder.end_utt()
        return plain(re.sub(r"\(\d\)", "", decoder.hyp().hypstr)) if decoder.hyp() else []

    return heard


def with_frontd(voice):
    def say(text):
        with tempfile.NamedTemporaryFile(suffix=".wav") as out:
            command = [FRONTD, "speak", text, "--voice", voice, "-o", out.name]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
            return read_wav(out.name)

    return say


def environment():
    library = ROOT / ".cache/onnxruntime/libonnxruntime.so"
    return {"MODEL": "builtin", "ORT_DYLIB_PATH": str(library), **os.environ}


def with_model(path, voice):
    session = open_session(path)

    def say(text):
        parts = []
        for segment in phonemize(text, voice):
            parts.append(session.run(["waveform"], inputs(segment, voice))[0])
        return recorded(np.concatenate(parts), 24000)

    return say


def open_session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def phonemize(text, voice):
    command = [FRONTD, "phonemize"] + (["--british"] if voice.startswith("b") else [])
    done = subprocess.run(command, input=text + "\n", check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["segments"]


def inputs(segment, voice):
    tokens = np.array([[0, *segment["tokens"], 0]], np.int64)
    return {"input_ids": tokens, "style": style(voice), "speed": np.ones(1, np.float32)}


def style(voice):
    rows = dict(line.split(",", 1) for line in (ASSETS / "builtin-voices.csv").read_text().splitlines()[1:])
    numbers = [float(number) for number in rows[voice].split(",")]
    made = np.zeros((1, 256), np.float32)
    made[0, : len(numbers)] = numbers
    return made


def flite(voice):
    return lambda text: spoken(lambda out: ["flite", "-voice", voice, "-t", text, "-o", out])


def espeak(voice):
    return lambda text: spoken(lambda out: ["espeak-ng", "-v", voice, "-w", out, text])


def spoken(command):
    with tempfile.NamedTemporaryFile(suffix=".wav") as out:
        subprocess.run(command(out.name), check=True)
        return read_wav(out.name)


def read_wav(path):
    with wave.open(path) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64) / 32768
        return recorded(samples.reshape(-1, file.getnchannels())[:, 0], file.getframerate())


def recorded(samples, rate):
    """As the recogniser wants it: 16 kHz, even level, silence around, a breath of noise (it fails on digital silence)."""
    samples = np.concatenate([np.zeros(rate // 5), samples, np.zeros(rate // 5)])
    divisor = int(np.gcd(rate, RATE))
    samples = resample_poly(samples, RATE // divisor, rate // divisor)
    samples = samples / np.abs(samples).max() * 0.5
    samples += np.random.default_rng(len(samples)).normal(size=len(samples)) * 1e-4
    return (samples * 32767).astype("<i2")


def real_time_factor(path, sentences):
    """Median over the sentences of (processor seconds) / (seconds of sound), each the median of 5 runs; a busy machine changes little."""
    session, factors = open_session(path), []
    for sentence in sentences:
        for segment in phonemize(sentence, "af_heart"):
            given = inputs(segment, "af_heart")
            times = []
            for _ in range(5):
                start = time.process_time()
                sound = session.run(["waveform"], given)[0]
                times.append(time.process_time() - start)
            factors.append(statistics.median(times) / (len(sound) / 24000))
    return statistics.median(factors)


def punctuated(sentence):
    """Digits and commands are written without marks; a recogniser's words have none."""
    if sentence[-1] in ".?!":
        return sentence
    asking = sentence.split()[0] in ("what", "how", "when", "where", "who")
    return sentence[0].upper() + sentence[1:] + ("?" if asking else ".")


def plain(text):
    return re.sub("[^a-z' ]", "", text.lower()).split()


def edits(wanted, got):
    """Words to insert, delete or replace (Levenshtein)."""
    row = list(range(len(got) + 1))
    for i, word in enumerate(wanted, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(got, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


if __name__ == "__main__":
    main()
