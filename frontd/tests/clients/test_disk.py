"""A disk that is full, read-only or gone: sound still streams, nothing crashes, and it can be seen."""

import os
import shutil
import subprocess

import pytest

from conftest import eventually, seconds

TEXT = "The quick brown fox jumps over the lazy dog. " * 10


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fault(server, kind):
    folders = {folder["kind"]: folder for folder in server.get("/health/ready").json()["folders"]}
    return folders[kind]["fault"]


def test_a_full_disk(start, small_disk, tmp_path):
    server = start(OUTPUT_DIR=str(small_disk), TEMP_DIR=str(small_disk / "temp"))
    (small_disk / "filler").write_bytes(b"x" * (1000 << 10))
    response = server.speak(TEXT, response_format="wav", return_download_link=True)
    assert response.status_code == 200 and seconds(response.content, tmp_path) > 10
    if response.headers["x-download-status"] == "pending":
        assert server.get(response.headers["x-download-path"]).status_code == 404
    assert server.get("/health/ready").status_code == 200
    assert fault(server, "temp") or fault(server, "output")
    assert "tts_folder_fault" in server.get("/metrics").text
    (small_disk / "filler").unlink()
    response = server.speak("Hello.", return_download_link=True)
    assert server.get(response.headers["x-download-path"]).status_code == 200
    assert fault(server, "output") is None


def test_a_read_only_disk(start, small_disk, tmp_path):
    server = start(OUTPUT_DIR=str(small_disk))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    response = server.speak(TEXT, return_download_link=True)
    assert response.status_code == 200 and response.headers["x-download-status"] == "unavailable"
    assert "x-download-path" not in response.headers
    assert seconds(response.content, tmp_path) > 10
    assert "Read-only" in fault(server, "output")
    assert 'tts_folder_fault{folder="output"} 1' in server.get("/metrics").text
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    response = server.speak(TEXT, return_download_link=True)
    assert server.get(response.headers["x-download-path"]).status_code == 200


def test_folders_that_are_deleted_come_back(start):
    server = start()
    for _ in range(2):
        response = server.speak(TEXT, return_download_link=True, return_timing=True)
        assert server.get(response.headers["x-download-path"]).status_code == 200
        assert server.get(response.headers["x-timing-path"]).status_code == 200
        shutil.rmtree(server.folder / "output")
        shutil.rmtree(server.folder / "temp")


def test_folders_keep_their_limits(start):
    server = start(OUTPUT_DIR_SIZE_LIMIT_MB="1")
    first = None
    for _ in range(6):
        response = server.speak(TEXT, response_format="wav", return_download_link=True)
        first = first or response.headers["x-download-path"]
        held = sum(file.stat().st_size for file in (server.folder / "output").iterdir())
        assert held <= 1 << 20
    assert server.get(first).status_code == 404
    assert server.get(response.headers["x-download-path"]).status_code in (200, 404)


def test_a_response_too_large_for_memory_waits_on_the_disk(start, tmp_path):
    server = start()
    text = "The quick brown fox jumps over the lazy dog. " * 60
    response = server.speak(text, response_format="wav", stream=False)
    assert len(response.content) == int(response.headers["content-length"]) > 4 << 20
    assert seconds(response.content, tmp_path) == pytest.approx((len(response.content) - 44) / 48000)
    eventually(lambda: not any((server.folder / "temp").iterdir()))
