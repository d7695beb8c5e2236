"""The request forms of well-known programs, and what they must get back."""

import base64
import json
import struct

import pytest
import requests

from conftest import error_of, seconds

TEXT = "Hello there. How are you today?"

# (program, headers, body)
FORMS = [
    ("Open WebUI", {"Authorization": "Bearer none"}, {"input": TEXT, "voice": "alloy", "model": "tts-1"}),
    ("Open WebUI with parameters", {"Authorization": "Bearer "},
     {"input": TEXT, "voice": "af_bella", "model": "kokoro", "response_format": "mp3", "speed": 1}),
    ("SillyTavern", {}, {"model": "tts-1", "input": TEXT, "voice": "shimmer", "response_format": "mp3", "speed": 1.05}),
    ("LibreChat", {"Authorization": "Bearer x"}, {"input": TEXT, "model": "tts-1", "voice": "alloy"}),
    ("LibreChat with a backend", {"Authorization": "Bearer x"},
     {"input": TEXT, "model": "kokoro", "voice": "af_sky+af_bella", "backend": "kokoro"}),
    ("LibreChat on Azure", {"api-key": "x"}, {"model": "tts-1-hd", "input": TEXT, "voice": "nova"}),
    ("Home Assistant", {"Authorization": "Bearer x"},
     {"model": "tts-1", "voice": "onyx", "input": TEXT, "response_format": "wav", "speed": 1.0, "instructions": "calm"}),
    ("LiveKit", {"Authorization": "Bearer x"},
     {"input": TEXT, "model": "gpt-4o-mini-tts", "voice": "ash", "response_format": "mp3", "speed": 1.0, "instructions": None}),
    ("Kokoro web player", {}, {"input": TEXT, "voice": "af_bella(2)+af_sky(1)", "response_format": "mp3", "stream": True,
                               "speed": 1, "return_download_link": True, "lang_code": "a", "download_format": "mp3"}),
    ("a voice as an object", {}, {"input": TEXT, "voice": {"id": "marin"}, "model": "gpt-4o-mini-tts"}),
    ("the n8n and curl crowd", {}, {"input": TEXT}),
]


@pytest.mark.parametrize("headers, body", [form[1:] for form in FORMS], ids=[form[0] for form in FORMS])
def test_forms(server, tmp_path, headers, body):
    response = requests.post(server.url + "/v1/audio/speech", json=body, headers=headers, timeout=60)
    assert response.status_code == 200, response.text
    wav = body.get("response_format") == "wav"
    assert response.headers["content-type"] == ("audio/wav" if wav else "audio/mpeg")
    assert response.headers["content-disposition"] == f'attachment; filename="speech.{"wav" if wav else "mp3"}"'
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"
    assert 1 < seconds(response.content, tmp_path) < 6


def test_home_assistant_reads_the_wav_header_from_the_first_bytes(server):
    """wyoming_openai looks into the first 2,048 bytes for the format."""
    response = server.speak(TEXT, response_format="wav", http_stream=True)
    first = next(response.iter_content(2048))
    riff, size, wave = struct.unpack_from("<4sI4s", first)
    tag, length, kind, channels, rate, _, frame, bits = struct.unpack_from("<4sIHHIIHH", first, 12)
    assert (riff, size, wave) == (b"RIFF", 0x7FFFF024, b"WAVE")
    assert (tag, length, kind, channels, rate, frame, bits) == (b"fmt ", 16, 1, 1, 24000, 2, 16)
    assert struct.unpack_from("<4sI", first, 36) == (b"data", 0x7FFFF000)


def test_livekit_events(server, tmp_path):
    response = server.speak(TEXT, model="gpt-4o-mini-tts", voice="ash", stream_format="sse", response_format="mp3")
    assert response.headers["content-type"] == "text/event-stream"
    blocks = response.text.split("\n\n")
    assert blocks.pop() == "" and all(block.startswith("data: ") and "\n" not in block for block in blocks)
    events = [json.loads(block[6:]) for block in blocks]
    assert events[-1]["type"] == "speech.audio.done"
    assert set(events[-1]["usage"]) == {"input_tokens", "output_tokens", "total_tokens"}
    sound = b"".join(base64.b64decode(event["audio"]) for event in events[:-1])
    assert seconds(sound, tmp_path) > 1


def test_the_studio_follows_a_response(server):
    text = "Hällo 🙂 there. How are you today? " * 5
    response = server.speak(text, stream_format="sse", include=["progress", "segments"], return_timing=True)
    events = [json.loads(block[6:]) for block in response.content.decode().split("\n\n") if block]
    segments = [event for event in events if event["type"] == "speech.segment"]
    units = text.encode("utf-16-le")
    for segment in segments:
        place = units[2 * segment["from"]:2 * segment["to"]].decode("utf-16-le")
        assert " ".join(place.split()) == segment["text"]
        assert segment["start"] < segment["end"] and segment["words"]
    assert " ".join(segment["text"] for segment in segments) == " ".join(text.split())
    progress = [event for event in events if event["type"] == "speech.progress"]
    assert progress[-1]["segments_done"] == progress[-1]["segments_known"] == len(segments)
    assert progress[-1]["text_done"] == pytest.approx(1, abs=0.01)
    done = events[-1]
    assert server.get(done["download_path"]).status_code == server.get(done["timing_path"]).status_code == 200


def test_lists(server):
    voices = server.get("/v1/audio/voices").json()["voices"]
    assert len(voices) == 28
    assert {"id": "bm_george", "name": "bm_george", "gender": "male", "accent": "british"} in voices
    assert "af_heart" in server.get("/v1/audio/voices?legacy=true").json()["voices"]
    assert {"id": "kokoro"} in server.get("/v1/audio/models").json()["models"]
    assert server.get("/v1/test").json() == {"status": "ok"}
    config = server.get("/web/config").json()
    assert config["model"]["name"] == "builtin" and config["model"]["hint"]
    assert config["default_voice"] == "af_heart" and config["formats"] == ["mp3", "wav"]


@pytest.mark.parametrize("path", ["/debug/threads", "/dev/captioned_speech", "/debug", "/v1/readyz", "/v1/nothing", "/v1/",
                                  "/v1/audio/speech/", "/v1/download/", "/v1/download/x.mp3", "/%2e%2e/etc/passwd"])
def test_nothing_else_is_there(server, path):
    response = server.get(path)
    assert response.status_code == 404
    assert error_of(response)["code"] in ("not_found", "file_not_found")


@pytest.mark.parametrize("method, path", [("GET", "/v1/audio/speech"), ("DELETE", "/v1/models"), ("POST", "/v1/audio/voices"),
                                          ("PUT", "/v1/audio/speech"), ("POST", "/health"), ("PATCH", "/v1/download/x.mp3")])
def test_wrong_methods(server, method, path):
    response = requests.request(method, server.url + path, timeout=10)
    assert response.status_code == 405
    assert error_of(response)["code"] == "method_not_allowed"
    assert response.headers["allow"]


def test_whole_responses_have_a_length(server, tmp_path):
    for format in ("mp3", "wav"):
        response = server.speak(TEXT, response_format=format, stream=False)
        assert int(response.headers["content-length"]) == len(response.content)
    size, = struct.unpack_from("<I", response.content, 4)
    assert size == len(response.content) - 8
    assert seconds(response.content, tmp_path) == pytest.approx((len(response.content) - 44) / 48000)


def test_other_origins(start):
    server = start(CORS_ORIGINS="https://a.example")
    preflight = requests.options(server.url + "/v1/audio/speech", timeout=10, headers={
        "Origin": "https://a.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"})
    assert preflight.headers["access-control-allow-origin"] == "https://a.example"
    allowed = server.get("/v1/models", headers={"Origin": "https://a.example"})
    assert "x-download-path" in allowed.headers["access-control-expose-headers"]
    other = server.get("/v1/models", headers={"Origin": "https://b.example"})
    assert "access-control-allow-origin" not in other.headers
    # Another page speaks, and does not replace the server's lexicon.
    preflight = requests.options(server.url + "/v1/lexicon", timeout=10, headers={
        "Origin": "https://a.example", "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"})
    assert "PUT" not in preflight.headers["access-control-allow-methods"]


def test_safe_headers(server):
    for path in ("/health", "/v1/models", "/nothing", "/docs/", "/web/"):
        headers = server.get(path).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert server.get("/health", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"] == "mine-1"


def test_below_a_path(start):
    server = start(ROOT_PATH="/tts")
    for prefix in ("", "/tts"):
        assert server.get(prefix + "/v1/test").json() == {"status": "ok"}
        assert server.get(prefix + "/docs/").status_code == 200
    assert server.get("/ttsx/v1/test").status_code == 404
    response = server.speak("Hi.", return_download_link=True)
    assert response.headers["x-download-path"].startswith("/tts/v1/download/")
    assert server.get(response.headers["x-download-path"]).status_code == 200
    assert server.get("/openapi.json").json()["servers"] == [{"url": "/tts"}]


def test_a_client_may_have_only_so_much_at_once(start):
    server = start(MAX_CLIENT_REQUESTS="1")
    holder = server.speak("A long text goes on. " * 4000, response_format="wav", http_stream=True)
    response = server.speak("Hi.")
    assert response.status_code == 429 and response.headers["retry-after"]
    assert error_of(response)["code"] == "too_many_requests"
    assert server.get("/v1/models").status_code == 200
    holder.close()


def test_keys_guard_what_costs_something(start):
    server = start(API_KEYS="sk-a")
    public = ["/health", "/health/ready", "/v1/models", "/v1/models/kokoro", "/v1/audio/models", "/v1/audio/voices",
              "/v1/test", "/web/", "/web/config", "/openapi.json", "/docs/"]
    for path in public:
        assert server.get(path).status_code == 200, path
    assert server.get("/web/config").json()["auth_required"] is True
    for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "}, {"Authorization": "Basic sk-a"},
                    {"Authorization": "Bearer sk-b"}):
        for path in ("/v1/audio/speech", "/v1/audio/speech/captions", "/v1/audio/voices/combine"):
            response = requests.post(server.url + path, json={"input": "Hi."}, headers=headers, timeout=10)
            assert response.status_code == 401 and response.headers["www-authenticate"] == "Bearer"
            assert error_of(response)["code"] == "invalid_api_key"
        assert requests.delete(server.url + "/v1/download/x.mp3", headers=headers, timeout=10).status_code == 401
    assert server.speak("Hi.", headers={"Authorization": "Bearer sk-a"}).status_code == 200


def test_combined_voices(server):
    mixes = ["af_bella(2)+am_adam(1)", ["af_bella", "am_adam"], "alloy+nova"]
    packs = [requests.post(server.url + "/v1/audio/voices/combine", json=mix, timeout=10) for mix in mixes]
    for pack in packs:
        assert pack.status_code == 200 and len(pack.content) == 510 * 256 * 4
    assert packs[0].content != packs[1].content
    saved = requests.post(server.url + "/v1/audio/voices/combine?save=my_mix", json=mixes[0], timeout=10)
    assert saved.status_code == 201 and saved.json() == {"voice": "my_mix"}
    assert "my_mix" in server.get("/v1/audio/voices?legacy=true").json()["voices"]
    mix = server.speak(TEXT, voice=mixes[0], response_format="wav", stream=False).content
    assert server.speak(TEXT, voice="my_mix", response_format="wav", stream=False).content == mix
    again = requests.post(server.url + "/v1/audio/voices/combine?save=my_mix", json=mixes[0], timeout=10)
    assert again.status_code == 409 and error_of(again)["code"] == "voice_exists"
    for name in ("../evil", "a/b", "", "x" * 65, "a b"):
        refused = requests.post(server.url + "/v1/audio/voices/combine", params={"save": name}, json=mixes[0], timeout=10)
        assert refused.status_code == 422, name


def test_voice_saving_is_off_by_default(start):
    server = start()
    response = requests.post(server.url + "/v1/audio/voices/combine", json="af_bella+af_sky", timeout=10)
    assert response.status_code == 403 and error_of(response)["code"] == "voice_saving_disabled"
