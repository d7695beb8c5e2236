"""The document tells the truth: requests made from it get what it says."""

import pathlib
import subprocess
import sys

from conftest import error_of

UNDOCUMENTED_BY_DESIGN = {"/docs", "/openapi.json", "/web/"}


def test_schemathesis(server):
    """No 5xx, no status or body that the document does not name.

    By one worker: two are threads that parse Python at once, which CPython before 3.11.8 and 3.12.2 cannot do ("AST constructor
    recursion depth mismatch").
    """
    run = subprocess.run(
        [
            pathlib.Path(sys.executable).with_name("schemathesis"), "run", server.url + "/openapi.json",
            "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
                        "unsupported_method",
            "--phases", "examples,coverage,fuzzing", "--max-examples", "15", "--seed", "1", "--generation-database", "none",
            "--request-timeout", "60", "--workers", "1",
        ],
        capture_output=True, text=True, timeout=900, cwd=server.folder,
    )
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]


def test_the_document_is_complete(server):
    document = server.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    fields = {"model", "input", "voice", "response_format", "download_format", "speed", "variant", "stream", "return_download_link",
              "return_timing", "lang_code", "volume_multiplier", "loudness", "normalization_options", "voice_aliases", "lexicon", "bitrate", "sample_rate", "title", "artist", "chapters", "master",
              "allow_voice_tags", "ssml", "stream_format", "include"}
    assert set(schemas["SpeechRequest"]["properties"]) == fields
    assert all(field.get("description") or field.get("$ref") or field.get("oneOf")
               for field in schemas["SpeechRequest"]["properties"].values())
    speech = document["paths"]["/v1/audio/speech"]["post"]["responses"]
    assert {"200", "400", "401", "408", "413", "415", "422", "429", "500", "503", "504"} <= set(speech)
    assert {"X-Download-Path", "X-Timing-Path", "Server-Timing"} <= set(speech["200"]["headers"])
    assert set(speech["200"]["content"]) == {"audio/mpeg", "audio/wav", "application/zip", "text/event-stream"}
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_swagger_is_served_from_the_program(server):
    page = server.get("/docs/")
    assert page.status_code == 200 and "swagger" in page.text.lower()
    assert "http://" not in page.text and "https://" not in page.text
    for file in ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"):
        assert server.get("/docs/" + file).status_code == 200
    assert "/openapi.json" in server.get("/docs/swagger-initializer.js").text
