"""`/openapi.json`, held against its specification and, by requests of all kinds, against the gateway."""

import json
import re
import subprocess
import sys

import pytest
from openapi_schema_validator import OAS32Validator
from openapi_spec_validator import validate

import described
from rest import Api, ok, problem
from sse import parse

#: Streams are read in `streams/`; one that is open is never answered.
STREAMS = re.compile("/stream|/connect$")


@pytest.fixture
def anyone(server):
    """Calls without a token."""
    return Api(server.url)


@pytest.mark.parametrize("version", ["3.1", "3.2"])
def test_the_document_is_what_its_specification_says(anyone, version):
    document = ok(anyone.get("/openapi.json", params={"version": version}), 200).json()
    assert document["openapi"].startswith(version + ".")
    validate(document)


def test_streams_are_described_by_their_items_in_the_newer_version(anyone):
    """OpenAPI 3.2 §4.14.3: `itemSchema` instead of `schema`; an item has the fields of an event as members."""
    document = ok(anyone.get("/openapi.json", params={"version": "3.2"}), 200).json()
    streams = {
        path: content["text/event-stream"]
        for path, methods in document["paths"].items()
        if (content := methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {}))
        and "text/event-stream" in content
    }
    assert len(streams) == 6 and "/sse/connect" in streams
    for media in streams.values():
        assert "schema" not in media
        for item in media["itemSchema"]["anyOf"]:
            OAS32Validator.check_schema(item)
            assert set(item["properties"]) <= {"event", "id", "data", "retry"}
            assert item["properties"]["data"]["contentMediaType"] == "application/json"


@pytest.mark.parametrize("odd", [
    lambda event: event | {"seq": "1"}, lambda event: event | {"unheard": 1}, lambda event: event | {"type": "task.moved"},
    lambda event: {name: value for name, value in event.items() if name != "task"},
])
def test_an_event_that_is_not_as_described_would_be_noticed(team, odd):
    """Of each stream that a test has open, `Stream.close` checks this."""
    stream = team.stream("ann")
    team.api("ann").create_task("A task")
    event = stream.wait_for_type("task.created")

    def errors(path, data):
        [frame] = parse(f"id: {event.id}\ndata: {json.dumps(data)}\n\n".encode())
        return described.streams().errors(path, frame)

    assert errors("/sse/connect", event.data) == [] and errors("/api/events/stream", event.data) == []
    assert errors("/sse/connect", odd(event.data)) != [] and errors("/api/events/stream", odd(event.data)) != []
    assert errors("/api/tasks/stream", event.data) != []


def test_the_document_is_known_again_by_its_tag(anyone):
    first = ok(anyone.get("/openapi.json"), 200)
    again = anyone.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and not again.content
    assert problem(anyone.get("/openapi.json", params={"version": "2.0"}), 400)["code"] == "invalid_query"


@pytest.mark.parametrize("calls, seconds", [("all others", 40), ("revocations", 8)])
def test_requests_of_all_kinds_are_answered_as_described(start_server, make_team, rng, calls, seconds):
    """Schemathesis makes requests of the document, good ones and bad ones, and judges the answers; a minute in all."""
    server = start_server()
    team = make_team(server)
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", server.url + "/openapi.json",
        "--header", f"Authorization: Bearer {team.token('root', role='admin')}",
        "--exclude-path-regex", STREAMS.pattern,
        # What it revokes may be its own token.
        "--exclude-operation-id" if calls == "all others" else "--include-operation-id", "revocations.create",
        "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
        "response_headers_conformance,response_schema_conformance,negative_data_rejection",
        "--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--max-time", str(seconds),
        "--generation-with-security-parameters", "false", "--generation-database", "none", "--no-shrink",
        "--seed", str(rng.randrange(2**32)), "--warnings", "off", "--request-timeout", "40",
    ]
    run = subprocess.run(command, cwd=server.directory, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2_000:]
    if calls == "all others":
        # Its good requests were taken: there is what it has made.
        assert ok(team.api().get("/api/events", params={"limit": 1000})).json()["events"]
