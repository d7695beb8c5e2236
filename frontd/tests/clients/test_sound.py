"""What comes out: lengths, downloads, captions, tags and SSML, decoded by programs that are not ours."""

import base64
import json
import re

import pytest
import requests

from conftest import error_of, eventually, seconds, told_seconds

TEXT = "Hello there. How are you today?"


def test_each_sentence_adds_its_length_and_a_pause(server, tmp_path):
    def length(sentences):
        return seconds(server.speak("The weather is fine today. " * sentences, response_format="wav").content, tmp_path)

    one, two, three = map(length, (1, 2, 3))
    assert three - two == pytest.approx(two - one, rel=0.1)
    assert one < two - one < one + 1


def test_a_pause_is_as_long_as_asked(server, tmp_path):
    short = seconds(server.speak("One. [pause:500ms] Two.", response_format="wav").content, tmp_path)
    long = seconds(server.speak("One. [pause:2s] Two.", response_format="wav").content, tmp_path)
    assert long - short == pytest.approx(1.5, abs=0.001)


def test_volume_does_not_clip(server):
    quiet = server.speak(TEXT, response_format="wav", stream=False).content[44:]
    loud = server.speak(TEXT, response_format="wav", stream=False, volume_multiplier=8).content[44:]
    samples = memoryview(loud).cast("h")
    assert len(quiet) == len(loud)
    assert max(map(abs, samples)) <= 0.98 * 32767 + 1
    assert sum(abs(s) > 32000 for s in samples) < len(samples) / 20
    silent = server.speak(TEXT, response_format="wav", stream=False, volume_multiplier=0).content[44:]
    assert not any(silent)


def test_downloads(server, tmp_path):
    response = server.speak(TEXT * 3, response_format="wav", download_format="mp3", return_download_link=True, return_timing=True)
    assert response.headers["x-download-format"] == "mp3" and response.headers["x-download-status"] == "pending"
    path, timing = response.headers["x-download-path"], response.headers["x-timing-path"]
    assert re.fullmatch(r"/v1/download/[a-z2-7]{26}\.mp3", path)
    download = server.get(path + "?name=My%20book")
    assert download.headers["content-type"] == "audio/mpeg"
    assert download.headers["content-disposition"] == 'attachment; filename="My book.mp3"'
    spoken = seconds(response.content, tmp_path)
    assert seconds(download.content, tmp_path) == pytest.approx(spoken, abs=0.001)
    file = tmp_path / "book.mp3"
    file.write_bytes(download.content)
    # ffprobe counts the encoder's delay and the padding of the last frame.
    assert told_seconds(file) == pytest.approx(spoken, abs=0.1)

    part = server.get(path, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206 and part.content == download.content[100:200]
    assert part.headers["content-range"] == f"bytes 100-199/{len(download.content)}"
    assert server.get(path, headers={"Range": "bytes=-10"}).content == download.content[-10:]
    outside = server.get(path, headers={"Range": f"bytes={len(download.content)}-"})
    assert outside.status_code == 416 and outside.headers["content-range"] == f"bytes */{len(download.content)}"
    etag = download.headers["etag"]
    assert server.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert server.get(path, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code == 200
    assert requests.head(server.url + path, timeout=10).headers["content-length"] == str(len(download.content))

    chunks = server.get(timing).json()["chunks"]
    assert chunks[0]["start"] == 0 and chunks[-1]["end"] == pytest.approx(spoken, abs=0.002)
    assert all(a["end"] == b["start"] for a, b in zip(chunks, chunks[1:]))
    assert " ".join(chunk["text"] for chunk in chunks) == TEXT * 2 + TEXT or TEXT.split()[0] in chunks[0]["text"]
    assert server.get(timing.replace("json", "vtt")).text.startswith("WEBVTT\n\n")
    assert " --> " in server.get(timing.replace("json", "srt")).text

    assert requests.delete(server.url + path, timeout=10).status_code == 204
    assert server.get(path).status_code == 404
    assert requests.delete(server.url + path, timeout=10).status_code == 404


@pytest.mark.parametrize("name", ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e", "a" * 26 + ".mp3", "x.mp3",
                                  "a" * 26 + ".mp3%00", "a" * 26 + ".part", "." * 5000])
def test_downloads_lead_nowhere_else(server, name):
    assert server.get("/v1/download/" + name).status_code == 404


def test_former_formats_are_made_in_the_response_format(server):
    for format in ("opus", "flac", "aac", "pcm"):
        response = server.speak(TEXT, return_download_link=True, download_format=format, response_format="wav")
        assert response.headers["x-download-format"] == "wav"
        assert server.get(response.headers["x-download-path"]).content[:4] == b"RIFF"


def test_captions(server, tmp_path):
    url = server.url + "/v1/audio/speech/captions"
    whole = requests.post(url, json={"input": TEXT, "response_format": "wav"}, timeout=60).json()
    assert whole["audio_format"] == "wav"
    length = seconds(base64.b64decode(whole["audio"]), tmp_path)
    words = whole["timestamps"]
    assert [word["word"].strip("?.,") for word in words] == ["Hello", "there", "How", "are", "you", "today"]
    assert all(a["start_time"] <= a["end_time"] <= b["start_time"] for a, b in zip(words, words[1:]))
    assert words[-1]["end_time"] <= length

    lines = requests.post(url, json={"input": TEXT * 3, "stream": True}, timeout=60)
    assert lines.headers["content-type"] == "application/x-ndjson"
    parts = [json.loads(line) for line in lines.text.splitlines()]
    assert len(parts) > 1 and sum(len(part["timestamps"]) for part in parts) == 18
    assert seconds(b"".join(base64.b64decode(part["audio"]) for part in parts), tmp_path) > 3

    for form, start in (("srt", "1\n00:00:0"), ("vtt", "WEBVTT\n\n")):
        subtitles = requests.post(url, params={"captions": form}, json={"input": TEXT}, timeout=60)
        assert subtitles.text.startswith(start) and "How are you today?" in subtitles.text
    assert requests.post(url, params={"captions": "ass"}, json={"input": TEXT}, timeout=60).status_code == 422


def test_voices_in_the_text(server, tmp_path):
    body = {"allow_voice_tags": True, "return_timing": True, "voice": "af_heart",
            "voice_aliases": {"Bob": {"voice": "am_adam", "rate": 1.5}, "Eve": "af_sky+af_bella"}}
    response = server.speak("Hi there. [voice:bob]Hello. [voice:Eve]Good morning. [rate:0.5]Bye.", **body)
    chunks = server.get(response.headers["x-timing-path"]).json()["chunks"]
    assert [chunk["voice"] for chunk in chunks] == ["af_heart", "am_adam", "af_sky+af_bella", "af_sky+af_bella"]
    assert [chunk["text"] for chunk in chunks] == ["Hi there.", "Hello.", "Good morning.", "Bye."]


def test_ssml(server, tmp_path):
    plain = seconds(server.speak("Hello. World.", response_format="wav").content, tmp_path)
    text = "<speak>Hello. <break time='1s'/><voice name='am_adam'><prosody rate='100%'>World.</prosody></voice></speak>"
    assert seconds(server.speak(text, ssml=True, response_format="wav").content, tmp_path) > plain + 0.5
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><speak>&a;</speak>'
    assert error_of(server.speak(bomb, ssml=True))["code"] == "invalid_ssml"


def test_dialects(server):
    sound = {code: server.speak("The tomato bath.", lang_code=code, response_format="wav", stream=False).content
             for code in ("a", "b", "en-us", "en-gb")}
    assert sound["a"] == sound["en-us"] != sound["b"] == sound["en-gb"]


def test_a_long_text_is_heard_long_before_it_is_done(start):
    import time

    server = start()
    server.speak("The lexicon is loaded at its first use.")
    begin = time.monotonic()
    response = server.speak("The quick brown fox jumps over the lazy dog. " * 200, http_stream=True)
    # One iterator to the end: requests hangs up when it loses one.
    parts = response.iter_content(4096)
    sound = len(next(parts))
    to_first = time.monotonic() - begin
    sound += sum(map(len, parts))
    assert sound > (20 << 20) / 6 and to_first < (time.monotonic() - begin) / 3


def test_words_without_punctuation_are_all_said(server):
    text = " ".join(f"word{'abcdefghij'[i % 10]}" for i in range(600))
    body = requests.post(server.url + "/v1/audio/speech/captions", json={"input": text}, timeout=120).json()
    assert len(body["timestamps"]) == 600


def test_who_leaves_frees_the_worker(start):
    server = start()
    response = server.speak("A long text goes on and on. " * 4000, response_format="wav", http_stream=True)
    sound = response.iter_content(1024)  # Held: its end is the connection's.
    next(sound)
    assert server.get("/health/ready").json()["queue"]["responses"] == 1
    response.close()
    eventually(lambda: server.get("/health/ready").json()["queue"]["responses"] == 0, 2)
