#!/usr/bin/env python3
"""Times ONNX Runtime with one option changed; dev/sweep calls it. `sweep.py FOLDER [--rounds N] [--tokens N] [OPTION...]`."""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

RATE = 24_000
# What workerd sets, and for each option what it would set instead.
OURS = {"threads": 1, "spinning": 0, "memory_pattern": 0, "prepacking": 0, "arena": 1, "shrink": 0, "denormals": 0, "level": 99}
OPTIONS = {
    "as served": {},
    "two threads": {"threads": 2},
    "two threads, spinning": {"threads": 2, "spinning": 1},
    "prepacking": {"prepacking": 1},
    "memory pattern": {"memory_pattern": 1},
    "no arena": {"arena": 0},
    "arena shrinks": {"shrink": 1},
    "denormals are zero": {"denormals": 1},
    "basic graph optimisation": {"level": 1},
    "huge pages": {"environment": {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}},
    "one malloc arena": {"environment": {"MALLOC_ARENA_MAX": "1"}},
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev/sweep")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=100)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("options", nargs="*", metavar="OPTION")
    arguments = parser.parse_intermixed_args()
    if arguments.worker:
        print(json.dumps(work(arguments.folder, arguments.tokens, json.loads(arguments.worker))))
        return
    known = [*OPTIONS, "two", "int8"]
    if arguments.list:
        print("\n".join(known))
        return
    if unknown := [option for option in arguments.options if option not in known]:
        parser.error(f"{unknown[0]!r} is none of {', '.join(known)}")
    wanted = arguments.options or known
    alone = {name: changed for name, changed in OPTIONS.items() if name in wanted}
    if "int8" in wanted:
        alone |= {name: {"model": str(file)} for name, file in int8(arguments.folder).items()}
    if alone:
        table(arguments, {"as served": {}} | alone)
    if "two" in wanted:
        pairs(arguments)


def table(arguments: argparse.Namespace, options: dict[str, dict]) -> None:
    runs: dict[str, list[dict]] = {name: [] for name in options}
    for number in range(arguments.rounds):
        for name in list(options)[:: -1 if number % 2 else 1]:
            print(f"round {number + 1} of {arguments.rounds}: {name}", file=sys.stderr)
            runs[name].append(json.loads(start(arguments, options[name]).communicate()[0]))
    print(f"| {arguments.tokens} tokens | real-time factor, CPU | by the clock | own memory, most | after | ready |")
    print("|---|---|---|---|---|---|")
    for name in options:
        own = {key: statistics.median(run[key] for run in runs[name]) for key in runs[name][0]}
        print(
            f"| {name} | {own['cpu']:.3f} | {own['wall']:.3f} | {own['peak_mb']:.0f} MB | {own['rest_mb']:.0f} MB | {own['load_s']:.2f} s |"
        )


def pairs(arguments: argparse.Namespace) -> None:
    """Two processes that compute at the same time: seconds of audio a second of both."""
    kinds = {"one thread each": {}, "two threads each": {"threads": 2}, "two threads each, spinning": {"threads": 2, "spinning": 1}}
    rates: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(arguments.rounds):
        for name in list(kinds)[:: -1 if number % 2 else 1]:
            both = [start(arguments, kinds[name] | {"together": 8}) for _ in range(2)]
            for one in both:
                one.stdout.readline()
            for one in both:
                one.stdin.write(b"\n")
                one.stdin.flush()
            rates[name].append(sum(1 / json.loads(one.communicate()[0])["wall"] for one in both))
    print("| two workers at once | seconds of audio a second |\n|---|---|")
    for name, rate in rates.items():
        print(f"| {name} | {statistics.median(rate):.2f} |")


def start(arguments: argparse.Namespace, changed: dict) -> subprocess.Popen:
    environment = os.environ | changed.get("environment", {})
    own = json.dumps({key: value for key, value in changed.items() if key != "environment"})
    command = [sys.executable, __file__, str(arguments.folder), "--tokens", str(arguments.tokens), "--worker", own]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


def work(folder: pathlib.Path, tokens: int, changed: dict) -> dict:
    import numpy as np
    import onnxruntime as ort

    own = OURS | changed
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads, options.inter_op_num_threads = own["threads"], 1
    options.enable_mem_pattern, options.enable_cpu_mem_arena = bool(own["memory_pattern"]), bool(own["arena"])
    options.graph_optimization_level = ort.GraphOptimizationLevel(own["level"])
    options.add_session_config_entry("session.intra_op.allow_spinning", str(own["spinning"]))
    options.add_session_config_entry("session.disable_prepacking", str(1 - own["prepacking"]))
    options.add_session_config_entry("session.set_denormal_as_zero", str(own["denormals"]))
    run = ort.RunOptions()
    if own["shrink"]:
        run.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    before = memory("RssAnon")
    began = time.perf_counter()
    session = ort.InferenceSession(own.get("model") or plain(folder), options, providers=["CPUExecutionProvider"])
    pack = np.fromfile(folder / "voices" / "af_heart.bin", dtype="<f4").reshape(510, 1, 256)

    def speak(count: int) -> float:
        row = [[0, *(43 + i * 7 % 100 for i in range(count)), 0]]
        feeds = {"input_ids": np.array(row, dtype=np.int64), "style": pack[count - 1], "speed": np.ones(1, dtype=np.float32)}
        return session.run(["waveform"], feeds, run)[0].size / RATE

    speak(2)
    ready = time.perf_counter() - began
    # A worker sees segments of all lengths.
    for count in (30, 220, tokens):
        speak(count)
    least = own.get("together", 0)
    if least:
        print("ready", flush=True)
        sys.stdin.readline()
    clock, spent, audio, times = time.perf_counter(), time.process_time(), 0.0, 0
    while times < 2 or time.perf_counter() - clock < least:
        audio += speak(tokens)
        times += 1
    return {
        "wall": (time.perf_counter() - clock) / audio,
        "cpu": (time.process_time() - spent) / audio,
        "peak_mb": memory("VmHWM") - mapped() - before,
        "rest_mb": memory("RssAnon") - before,
        "load_s": ready,
    }


def memory(name: str) -> float:
    """A line of /proc/self/status in MB."""
    found = re.search(rf"^{name}:\s+(\d+)", pathlib.Path("/proc/self/status").read_text(), re.M)
    return int(found[1]) / 1024


def mapped() -> float:
    """Weights and libraries: files that all workers share, in MB."""
    return memory("RssFile")


def plain(folder: pathlib.Path) -> str:
    """The graph as frontd converts it, its weights mapped; the file itself before the server was ever started on it."""
    return str(next(folder.glob("converted-*/plain.onnx"), folder / "model.onnx"))


def int8(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """The graph in eight bits by ONNX Runtime's own tool, made once: matrix products only, and with the convolutions."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    made = {}
    for name, kinds in {"int8 products": ["MatMul", "Gemm"], "int8 products and convolutions": ["MatMul", "Gemm", "Conv"]}.items():
        file = folder.parent.parent / "sweep" / f"{name.replace(' ', '-')}.onnx"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            quantize_dynamic(folder / "model.onnx", file, op_types_to_quantize=kinds, weight_type=QuantType.QUInt8)
        made[name] = file
    return made


if __name__ == "__main__":
    main()
