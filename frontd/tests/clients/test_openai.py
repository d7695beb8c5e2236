"""The OpenAI Python package, as its users use it."""

import threading

import openai
import pytest
import requests

from conftest import seconds


@pytest.fixture
def client(server):
    return openai.OpenAI(base_url=server.url + "/v1", api_key="not-needed", max_retries=0)


def test_create(client, tmp_path):
    response = client.audio.speech.create(model="tts-1", voice="alloy", input="Hello there. This is a test.")
    assert response.response.headers["content-type"] == "audio/mpeg"
    response.write_to_file(tmp_path / "hello.mp3")
    assert seconds(tmp_path / "hello.mp3", tmp_path) > 1


def test_all_parameters(client, tmp_path):
    fast = client.audio.speech.create(
        model="gpt-4o-mini-tts", voice="nova", input="Hello there. This is a test.", response_format="wav", speed=2.0,
        instructions="Speak kindly.", extra_body={"stream": False},
    )
    slow = client.audio.speech.create(
        model="kokoro", voice="bf_isabella", input="Hello there. This is a test.", response_format="wav", speed=1.0,
        extra_body={"stream": False},
    )
    assert int(fast.response.headers["content-length"]) == len(fast.content)
    assert seconds(fast.content, tmp_path) < 0.7 * seconds(slow.content, tmp_path)


def test_with_streaming_response(client, tmp_path):
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="echo", input="One. Two. Three. " * 20, response_format="wav"
    ) as response:
        assert response.headers["transfer-encoding"] == "chunked"
        chunks = list(response.iter_bytes(1024))
    assert b"".join(chunks[:1])[:4] == b"RIFF"
    assert seconds(b"".join(chunks), tmp_path) > 10


def test_with_raw_response(client):
    raw = client.audio.speech.with_raw_response.create(model="tts-1", voice="sage", input="Hi.")
    assert raw.status_code == 200
    assert raw.headers["x-request-id"]
    assert "first;dur=" in raw.headers["server-timing"]


def test_events(client, tmp_path):
    with client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice="coral", input="One sentence. Another sentence.", stream_format="sse"
    ) as response:
        assert response.headers["content-type"] == "text/event-stream"
        lines = [line for line in response.iter_lines() if line]
    import base64, json

    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert {event["type"] for event in events} == {"speech.audio.delta", "speech.audio.done"}
    assert events[-1]["type"] == "speech.audio.done"
    usage = events[-1]["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"] > 0
    sound = b"".join(base64.b64decode(event["audio"]) for event in events[:-1])
    assert seconds(sound, tmp_path) > 1


@pytest.mark.parametrize("fields, kind, code, param", [
    ({"voice": "nobody"}, openai.BadRequestError, "voice_not_found", "voice"),
    ({"model": "whisper-1"}, openai.BadRequestError, "invalid_model", "model"),
    ({"input": ""}, openai.BadRequestError, "nothing_to_say", "input"),
    ({"input": "... !"}, openai.BadRequestError, "nothing_to_say", "input"),
    ({"response_format": "opus"}, openai.UnprocessableEntityError, "unsupported_format", "response_format"),
    ({"speed": 9.0}, openai.UnprocessableEntityError, "invalid_value", "speed"),
])
def test_errors_are_parsed(client, fields, kind, code, param):
    body = {"model": "tts-1", "voice": "alloy", "input": "Hello.", **fields}
    with pytest.raises(kind) as caught:
        client.audio.speech.create(**body)
    assert caught.value.code == code
    assert caught.value.param == param
    assert caught.value.type == "invalid_request_error"
    assert caught.value.body["message"] in str(caught.value)
    assert caught.value.request_id


def test_keys(start):
    server = start(API_KEYS="sk-right,sk-other")
    ask = dict(model="tts-1", voice="alloy", input="Hi.")
    for key in ("sk-right", "sk-other"):
        client = openai.OpenAI(base_url=server.url + "/v1", api_key=key, max_retries=0)
        assert client.audio.speech.create(**ask).content
    client = openai.OpenAI(base_url=server.url + "/v1", api_key="sk-wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError) as caught:
        client.audio.speech.create(**ask)
    assert caught.value.code == "invalid_api_key"
    assert [model.id for model in client.models.list()][0] == "kokoro"
    assert client.models.retrieve("tts-1-hd").id == "tts-1-hd"


def test_models(client):
    for model in client.models.list():
        assert client.models.retrieve(model.id).id == model.id
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-4")
    assert caught.value.code == "model_not_found"


def test_a_busy_server_is_tried_again(start):
    """One response is let in at a time; another client gets a 503 with Retry-After, and gets through by trying again."""
    server = start(MAX_RESPONSES="1")
    holder = server.speak("A long text goes on. " * 4000, response_format="wav", http_stream=True)
    assert holder.status_code == 200
    ask = dict(model="tts-1", voice="alloy", input="Hi.")
    client = openai.OpenAI(base_url=server.url + "/v1", api_key="x", max_retries=0)
    with pytest.raises(openai.InternalServerError) as caught:
        client.audio.speech.create(**ask)
    assert caught.value.status_code == 503 and caught.value.code == "queue_full"
    assert 1 <= int(caught.value.response.headers["retry-after"]) <= 120
    threading.Timer(0.5, holder.close).start()
    assert client.with_options(max_retries=5).audio.speech.create(**ask).content


def test_plain_requests_are_served(server):
    response = requests.post(server.url + "/v1/audio/speech", data='{"input": "Hi."}', headers={"Content-Type": "application/json"})
    assert response.status_code == 200 and response.content
