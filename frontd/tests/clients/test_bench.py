"""The bench measures the real server: what it says of a whole response, and of one that is refused."""

import json
import os
import pathlib
import subprocess
import sys

DEV = pathlib.Path(__file__).parents[3] / "dev"


def bench(tmp_path, *arguments):
    file = tmp_path / "figures.json"
    run = subprocess.run(
        [sys.executable, "-B", "-m", "benchmark", *arguments, "--rounds", "1", "--json", file],
        cwd=DEV, env={**os.environ, "PYTHONPATH": ""}, capture_output=True, text=True, timeout=240,
    )
    assert file.exists(), run.stderr
    return run, {(cell["scenario"], cell["format"]): cell for cell in json.loads(file.read_text())["cells"]}


def test_the_bench_hears_what_the_server_says(server, tmp_path):
    run, cells = bench(tmp_path, f"ours={server.url}", "--only", "sentence,listeners", "--listeners", "2", "--forms", "wav,mp3")
    assert run.returncode == 0, run.stderr
    assert set(cells) == {(scenario, form) for scenario in ("sentence", "2 listeners") for form in ("wav", "mp3")}
    wav, mp3 = (cells["sentence", form]["values"] for form in ("wav", "mp3"))
    for values in (wav, mp3):
        assert 0 < values["first_s"]["median"] <= values["total_s"]["median"]
        assert 2 < values["audio_s"]["median"] < 20
    two = cells["2 listeners", "wav"]["values"]
    assert two["first_last_s"]["median"] >= two["first_median_s"]["median"]
    # Its own process is found by the port: the workers compute, the front process hardly.
    assert 0 <= two["front_share"]["median"] < 1
    assert "| 2 listeners | mp3" in run.stdout


def test_the_bench_says_when_a_server_does_not_speak(server, tmp_path):
    run = subprocess.run(
        [sys.executable, "-B", "-m", "benchmark", f"ours={server.url}", "--only", "sentence", "--voice", "nobody"],
        cwd=DEV, capture_output=True, text=True, timeout=240,
    )
    assert run.returncode == 1
    assert "ours" in run.stderr and "status 400" in run.stderr
